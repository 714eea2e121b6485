/*
 * subject.c: what is looked at.
 *
 * A workload is kept as text: its types lie in memory as the release has it, so
 * it is read again in the process of each release.
 */
#include "tools/watch/subject.h"
#include "tools/cli/cmd.h"
#include "tools/lib/exits.h"
#include "tools/lib/pool.h"
#include "tools/lib/process.h"
#include "tools/log/logout.h"
#include "tools/replay/replay.h"
#include <stdlib.h>
#include <string.h>

enum { MostText = 64 << 20 }; /* bytes of a workload */

struct subjectFlags subject_defaults(void)
{
    return (struct subjectFlags){
        .n = NotGiven, .hint = NotGiven, .seed = DefaultSeed};
}

static const struct scenario *scenario_named(const char *name)
{
    for (int i = 0; scenarios[i] != NULL; i++)
        if (strcmp(scenarios[i]->name, name) == 0)
            return scenarios[i];
    return NULL;
}

static char *read_all(FILE *f, const char *name, size_t *len)
{
    char *text = NULL;
    size_t room = 0, got;
    *len = 0;
    do {
        text = array_reserve(text, &room, *len + BUFSIZ, 1);
        got = fread(text + *len, 1, BUFSIZ, f);
        *len += got;
    } while (got > 0 && *len <= MostText);
    if (ferror(f))
        io_error("%s", name);
    if (*len > MostText)
        usage_error("%s: more than %d MiB: no workload is that long", name,
                    MostText >> 20);
    return text;
}

static void open_text(struct subject *s)
{
    bool standard = strcmp(s->name, "-") == 0;
    FILE *f = standard ? stdin : fopen(s->name, "r");
    if (f == NULL && strchr(s->name, '/') == NULL &&
        strchr(s->name, '.') == NULL)
        scenario_want(s->name); /* offers the nearest */
    if (f == NULL)
        io_error("%s", s->name);
    s->text = read_all(f, standard ? "standard input" : s->name, &s->len);
    if (!standard)
        fclose(f);
}

struct subject subject_named(const char *name, const struct subjectFlags *f)
{
    struct subject s = {
        .name = name,
        .s = scenario_named(name),
        .flags = {.n = f->n,
                  .hint = f->hint,
                  .rate = 1,
                  .w = NotGiven,
                  .type = f->type,
                  .seed = f->seed},
    };
    if (s.s != NULL) {
        run_flags_check(s.s, &s.flags);
        return s;
    }
    if (f->n != NotGiven || f->hint != NotGiven || f->type != NULL)
        usage_error("-n, -hint and -type are for scenarios; %s is none", name);
    open_text(&s);
    return s;
}

void subject_free(struct subject *s)
{
    free(s->text);
}

static struct workload *read_workload(const struct subject *s)
{
    struct workloadError err;
    FILE *f =
        s->len == 0 ? fopen("/dev/null", "r") : fmemopen(s->text, s->len, "r");
    if (f == NULL)
        io_error("%s", s->name);
    struct workload *w = workload_read(f, &err);
    if (w == NULL)
        usage_error("%s:%d: %s", s->name, err.line, err.msg);
    fclose(f);
    return w;
}

static json_t *workload_head(const struct subject *s)
{
    return json_pack("{s:s, s:s, s:I, s:s}", "go", modelled->name, "source",
                     s->name, "seed", (json_int_t)s->flags.seed, "hash",
                     "fallback");
}

static void record_workload(const struct subject *s, const struct goversion *v,
                            const struct logWants *w,
                            void (*begun)(json_t *head))
{
    struct replay r;
    program_start(v, s->flags.seed, 1);
    struct workload *work = read_workload(s);
    begun(workload_head(s));
    eventlog_start(w);
    replay_run(&r, work);
    eventlog_stop();
    replay_free(&r);
    workload_free(work);
}

void subject_record(const struct subject *s, const struct goversion *v,
                    const struct logWants *w, void (*begun)(json_t *head))
{
    if (s->s != NULL)
        record_here(s->s, &s->flags, v, w, begun);
    else
        record_workload(s, v, w, begun);
}

/* The head of the recording in this process. */
static json_t *kept;

static void keep_head(json_t *head)
{
    kept = head;
}

struct subjectErrand {
    const struct subject *s;
    const struct goversion *v;
    const struct logWants *w;
};

static void run_errand(void *arg, FILE *out)
{
    const struct subjectErrand *e = arg;
    record_workload(e->s, e->v, e->w, keep_head);
    json_object_set_new(kept, "parts", logout_parts());
    if (e->w->put != NULL)
        json_object_set_new(kept, "log", logout_packed());
    json_dumpf(kept, out, JSON_COMPACT);
}

json_t *subject_record_apart(const struct subject *s, const struct goversion *v,
                             const struct logWants *w)
{
    if (s->s != NULL)
        return record_apart(s->s, &s->flags, v, w);
    struct subjectErrand e = {s, v, w};
    return recording_apart(run_errand, &e, s->name);
}

static bool has_title(const json_t *part)
{
    return json_is_string(json_object_get(part, "title"));
}

bool subject_shows(const json_t *parts, const json_t *part)
{
    size_t i;
    json_t *p;
    bool titled = false;
    json_array_foreach (parts, i, p)
        titled |= has_title(p);
    return !titled || has_title(part);
}

int64_t subject_first_part(const json_t *parts)
{
    size_t i;
    json_t *p;
    json_array_foreach (parts, i, p)
        if (subject_shows(parts, p))
            break;
    return (int64_t)i + 1;
}
