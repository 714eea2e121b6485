/*
 * runone.c: one scenario in one release.
 *
 * A process models one release and has one heap. So whoever wants several runs
 * forks, and gets the figures back through a pipe.
 */
#include "tools/scenarios/runone.h"
#include "runtime/base/goversion.h"
#include "runtime/type/hash.h"
#include "tools/cli/program.h"
#include "tools/lib/exits.h"
#include "tools/lib/process.h"
#include "tools/measure/mapestimate.h"
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
        .view = frame_views[f->frames],
        .order = sort_orders[f->sort],
        .rate = f->rate,
        .parts = format == FORMAT_JSON ? json_array() : NULL,
    };
    if (format == FORMAT_TEXT)
        print_heading(s, f, &a);
    profile_files_rescue(&f->files);
    if (scenario_on(s, v))
        s->run(&r, &a);
    else
        report_text(&r, "%s", s->elsewhere);
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

static void run_apart(const struct scenario *s, const struct runFlags *f,
                      const struct goversion *v, enum format format,
                      struct figures *figures)
{
    struct errand e = {s, f, v, format};
    char *text = process_answer(run_errand, &e);
    figures_parse(figures, text);
    free(text);
}

void run_in(const struct scenario *s, const struct runFlags *f,
            const struct goversion *v, bool apart, struct figures *figures)
{
    if (apart)
        run_apart(s, f, v, format_of(f), figures);
    else
        run_here(s, f, v, format_of(f), figures);
}

void run_quietly(const struct scenario *s, const struct runFlags *f,
                 const struct goversion *v, struct figures *figures)
{
    run_apart(s, f, v, FORMAT_FIGURES, figures);
}
