/*
 * runone.c: one scenario in one release.
 *
 * A process models one release and has one heap. So whoever wants several runs
 * forks, and gets the figures back through a pipe.
 */
#include "tools/scenarios/runone.h"
#include "runtime/base/goversion.h"
#include "runtime/type/hash.h"
#include "tools/cli/cmd.h"
#include "tools/lib/exits.h"
#include "tools/log/logout.h"
#include "tools/measure/anymap.h"
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

const char *const frame_words[] = {"full", "go", NULL};
static const enum frameView frame_views[] = {FRAMES_FULL, FRAMES_GO};
const char *const sort_words[] = {"objects", "space", NULL};
static const enum chainOrder sort_orders[] = {CHAINS_OBJECTS, CHAINS_SPACE};

enum format format_of(const struct runFlags *f)
{
    return f->json ? FORMAT_JSON : f->tsv ? FORMAT_TSV : FORMAT_TEXT;
}

/* A flag that a scenario does not know would be ignored in silence: refused. */
static void check_takes(const struct scenario *s, const struct runFlags *f)
{
    if (f->n != NotGiven && !(s->takes & TAKES_N))
        usage_error("scenario %s takes no -n; `hmap scenarios` shows which do",
                    s->name);
    if (f->hint != NotGiven && !(s->takes & TAKES_HINT))
        usage_error("scenario %s takes no -hint; `hmap scenarios` shows which "
                    "do",
                    s->name);
    if (f->type != NULL && !(s->takes & TAKES_TYPE))
        usage_error("scenario %s takes no -type; `hmap scenarios` shows which "
                    "do",
                    s->name);
    if (f->w != NotGiven && !(s->takes & TAKES_W))
        usage_error("scenario %s takes no -w; `hmap scenarios` shows which do",
                    s->name);
    int64_t most = s->estimates > 0 ? s->estimates : s->nmax;
    if (f->n != NotGiven && (f->n < 1 || f->n > most))
        usage_error("scenario %s: -n %" PRId64 ": want 1 to %" PRId64, s->name,
                    f->n, most);
}

/* The map that text names. How it lies in memory is another matter: that
 * depends on the release, which is chosen later. */
static const struct type *map_named(const char *text)
{
    struct typeError err;
    const struct type *t = type_parse(text, &err);
    if (t != NULL && t->kind == kindMap)
        return t;
    maptype_parse(text, &err); /* says what is wrong with it */
    usage_error("-type '%s': at byte %zu: %s", text, err.at + 1, err.msg);
}

/* Entries that do not fit into memory would only drive the machine to swap. */
static void check_fits(const struct scenario *s, const struct runFlags *f)
{
    if (s->estimates > 0)
        return; /* it counts on larger ones */
    uint64_t n = (uint64_t)(f->n != NotGiven ? f->n : s->n), bytes;
    uint64_t memory =
        (uint64_t)sysconf(_SC_PHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE);
    uint64_t entry = f->map->key->size + f->map->elem->size;
    if (mul_overflows(n, entry, &bytes) || bytes > memory)
        usage_error("scenario %s: %" PRIu64 " entries of %" PRIu64
                    " bytes are more than this machine's memory, %" PRIu64
                    " MiB; try a smaller -n or -type",
                    s->name, n, entry, memory >> 20);
}

void run_flags_check(const struct scenario *s, struct runFlags *f)
{
    check_takes(s, f);
    if (f->type == NULL)
        return;
    f->map = map_named(f->type);
    check_fits(s, f);
}

static const struct maptype *layout_of(const struct type *map)
{
    struct typeError err;
    const struct maptype *t = maptype_of(map->key, map->elem, &err);
    if (t == NULL)
        usage_error("-type '%s': %s", map->str, err.msg);
    return t;
}

static void print_heading(const struct scenario *s, const struct runFlags *f,
                          const struct scenarioArgs *a)
{
    char n[40] = "", hint[40] = "", w[40] = "";
    char *line = xprintf("%s: %s", s->name, scenario_lesson(s, modelled));
    print_paragraph(line, 0, STYLE_TITLE);
    free(line);
    if (s->takes & TAKES_N)
        snprintf(n, sizeof n, ", n %s", commas(a->n));
    if (s->takes & TAKES_HINT)
        snprintf(hint, sizeof hint, ", hint %s", commas(a->hint));
    if (s->takes & TAKES_W)
        snprintf(w, sizeof w, ", w %s", commas(a->w));
    line = xprintf("%s, seed %" PRIu64 ", %s hash%s%s%s%s%s", modelled->name,
                   f->seed, hash_family(), a->type != NULL ? ", " : "",
                   a->type != NULL ? a->type->typ.str : "", n, hint, w);
    print_paragraph(line, 0, STYLE_DIM);
    free(line);
    if (s->races == NULL)
        return;
    line = xprintf("not repeatable: %s", s->races);
    print_paragraph(line, 0, STYLE_DIM);
    free(line);
}

static json_t *json_figures(const struct figures *f)
{
    json_t *object = json_object();
    for (size_t i = 0; i < f->n; i++) {
        const struct namedFigure *one = &f->list[i];
        json_t *value = one->decimals == 0
                            ? json_integer((json_int_t)one->value)
                            : json_real(one->value);
        json_object_set_new(object, one->name, value);
    }
    return object;
}

static json_t *json_scenario(const struct scenario *s,
                             const struct scenarioArgs *a,
                             const struct report *r)
{
    json_t *doc =
        json_pack("{s:s, s:s, s:s}", "scenario", s->name, "lesson",
                  scenario_lesson(s, modelled), "hash", hash_family());
    if (r->release != NULL)
        json_object_set_new(doc, "version", json_string(r->release));
    if (s->takes & TAKES_N)
        json_object_set_new(doc, "n", json_integer(a->n));
    if (s->takes & TAKES_HINT)
        json_object_set_new(doc, "hint", json_integer(a->hint));
    if (s->takes & TAKES_W)
        json_object_set_new(doc, "w", json_integer(a->w));
    if (a->type != NULL)
        json_object_set_new(doc, "type", json_string(a->type->typ.str));
    if (s->races != NULL)
        json_object_set_new(doc, "not_repeatable", json_string(s->races));
    json_object_set_new(doc, "parts", r->parts);
    if (r->release != NULL)
        json_object_set_new(doc, "figures", json_figures(&r->figures));
    return doc;
}

/* All that the map allocates, in half of this machine's memory. */
static bool fits(const struct scenarioArgs *a)
{
    double pages = (double)sysconf(_SC_PHYS_PAGES) / 2;
    return estimate_map(a->type, a->hint, a->n).allBytes <
           pages * (double)sysconf(_SC_PAGESIZE);
}

static struct scenarioArgs args_of(const struct scenario *s,
                                   const struct runFlags *f)
{
    struct scenarioArgs a = {
        .n = f->n != NotGiven ? f->n : scenario_n(s, modelled),
        .hint = f->hint != NotGiven ? f->hint : s->hint,
        .w = f->w != NotGiven ? f->w : s->w,
    };
    if (s->takes & TAKES_TYPE) {
        struct typeError err;
        a.type = layout_of(f->map != NULL ? f->map : type_parse(s->type, &err));
    }
    a.estimate = s->estimates > 0 && (a.n > s->nmax || !fits(&a));
    return a;
}

static void run_here(const struct scenario *s, const struct runFlags *f,
                     const struct goversion *v, enum format format,
                     struct figures *figures)
{
    program_start(v, f->seed, f->rate);
    program_use_aes();
    gc_scan_this_stack(__builtin_frame_address(0));
    struct scenarioArgs a = args_of(s, f);
    struct report r = {
        .scenario = s->name,
        .release = f->go.list[1] != NULL ? v->name : NULL,
        .format = format,
        .brief = !f->whole,
        .view = frame_views[f->frames],
        .order = sort_orders[f->sort],
        .rate = f->rate,
        .parts = format == FORMAT_JSON ? json_array() : NULL,
    };
    if (format == FORMAT_TEXT)
        print_heading(s, f, &a);
    profile_files_rescue(&f->files);
    if (f->begin != NULL)
        f->begin(s, f, &a);
    if (scenario_on(s, v))
        s->run(&r, &a);
    else
        report_caveat(&r, "%s", s->elsewhere);
    profile_files_write(&f->files);
    if (format == FORMAT_JSON)
        print_json(json_scenario(s, &a, &r));
    *figures = r.figures;
}

/* A run that a child does. */
struct errand {
    const struct scenario *s;
    const struct runFlags *f;
    const struct goversion *v;
    enum format format;
};

static void run_errand(void *arg, FILE *out)
{
    const struct errand *e = arg;
    struct figures figures = {NULL, 0};
    run_here(e->s, e->f, e->v, e->format, &figures);
    figures_write(&figures, out);
    figures_free(&figures);
}

static struct asked ask_apart(const struct scenario *s,
                              const struct runFlags *f,
                              const struct goversion *v, enum format format)
{
    struct errand e = {s, f, v, format};
    callstack_sound(); /* so that symbols are read once, not by each child */
    return process_ask(run_errand, &e);
}

void run_answer(struct asked a, struct figures *figures)
{
    char *text = process_answer(a);
    figures_parse(figures, text);
    free(text);
}

void run_in(const struct scenario *s, const struct runFlags *f,
            const struct goversion *v, bool apart, struct figures *figures)
{
    if (apart)
        run_answer(ask_apart(s, f, v, format_of(f)), figures);
    else
        run_here(s, f, v, format_of(f), figures);
}

struct asked run_quietly(const struct scenario *s, const struct runFlags *f,
                         const struct goversion *v)
{
    return ask_apart(s, f, v, FORMAT_FIGURES);
}

/* --- while events are recorded ------------------------------------------- */

/* Of the recording in this process. */
static struct {
    const struct logWants *want;
    void (*begun)(json_t *head);
    json_t *head;
} now;

static json_t *head_of(const struct scenario *s, const struct runFlags *f,
                       const struct scenarioArgs *a)
{
    json_t *head =
        json_pack("{s:s, s:s, s:s, s:o, s:s}", "go", modelled->name, "source",
                  s->name, "lesson", scenario_lesson(s, modelled), "seed",
                  json_integer((json_int_t)f->seed), "hash", hash_family());
    if (s->takes & TAKES_N)
        json_object_set_new(head, "n", json_integer(a->n));
    if (s->takes & TAKES_HINT)
        json_object_set_new(head, "hint", json_integer(a->hint));
    if (a->type != NULL)
        json_object_set_new(head, "type", json_string(a->type->typ.str));
    if (s->races != NULL)
        json_object_set_new(head, "not_repeatable", json_string(s->races));
    if (!scenario_on(s, modelled))
        json_object_set_new(head, "elsewhere", json_string(s->elsewhere));
    return head;
}

static void begin(const struct scenario *s, const struct runFlags *f,
                  const struct scenarioArgs *a)
{
    now.begun(head_of(s, f, a));
    eventlog_start(now.want);
}

static void record(const struct scenario *s, const struct runFlags *f,
                   const struct goversion *v, struct figures *figures)
{
    struct runFlags same = *f;
    same.begin = begin;
    same.rate = 1;
    run_here(s, &same, v, FORMAT_FIGURES, figures);
    eventlog_stop();
}

void record_here(const struct scenario *s, const struct runFlags *f,
                 const struct goversion *v, const struct logWants *w,
                 void (*begun)(json_t *head))
{
    struct figures figures = {NULL, 0};
    now.want = w;
    now.begun = begun;
    record(s, f, v, &figures);
    figures_free(&figures);
}

static void keep_head(json_t *head)
{
    now.head = head;
}

struct recordErrand {
    const struct scenario *s;
    const struct runFlags *f;
    const struct goversion *v;
    const struct logWants *w;
};

static void record_errand(void *arg, FILE *out)
{
    const struct recordErrand *e = arg;
    struct figures figures = {NULL, 0};
    now.want = e->w;
    now.begun = keep_head;
    record(e->s, e->f, e->v, &figures);
    json_object_set_new(now.head, "parts", logout_parts());
    json_object_set_new(now.head, "figures", json_figures(&figures));
    if (e->w->put != NULL)
        json_object_set_new(now.head, "log", logout_packed());
    json_dumpf(now.head, out, JSON_COMPACT);
    figures_free(&figures);
}

json_t *recording_apart(void (*fn)(void *arg, FILE *out), void *arg,
                        const char *name)
{
    char *text = process_answer(process_ask(fn, arg));
    json_t *doc = json_loads(text, 0, NULL);
    if (doc == NULL)
        file_error("%s: its recording cannot be read", name);
    free(text);
    return doc;
}

json_t *record_apart(const struct scenario *s, const struct runFlags *f,
                     const struct goversion *v, const struct logWants *w)
{
    struct recordErrand e = {s, f, v, w};
    return recording_apart(record_errand, &e, s->name);
}
