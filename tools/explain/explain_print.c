/*
 * explain_print.c: what was found, told to people.
 *
 *     explain_fit, explain_replay --> [explain_print] --> stdout
 */
#include "runtime/base/goversion.h"
#include "tools/explain/explain.h"

#include "tools/lib/exits.h"
#include "tools/lib/render.h"
#include "tools/pprof/pprofunits.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const verdict_words[] = {
    [VERDICT_NONE] = "none",
    [VERDICT_UNSURE] = "unsure",
    [VERDICT_MAP] = "map",
    [VERDICT_SWISS] = "swiss",
};

struct text {
    char buf[UnitsTextSize];
};

static const char *bytes(double n, struct text *t)
{
    return units_label(t->buf, llround(n), "bytes", "auto");
}

static const char *number(double n)
{
    return commas(llround(n));
}

static double share(double part, double whole)
{
    return whole > 0 ? 100 * part / whole : 0;
}

/* The site's lines, the first that of the site itself; the caller frees it. */
static char *places(const struct site *s, const char *between)
{
    char *all = xprintf("%s:%" PRId64, s->func, s->line);
    for (size_t i = 1; i < s->nparts; i++) {
        const struct site *part = s->parts[i];
        char *longer =
            xprintf("%s%s%s:%" PRId64, all, between, part->func, part->line);
        free(all);
        all = longer;
    }
    return all;
}

char *site_place(const struct site *s)
{
    return places(s, ",");
}

double saved_bytes(const struct finding *f)
{
    return fmax(f->cost.bytes - f->cost.hinted_bytes, 0);
}

double saved_objects(const struct finding *f)
{
    return fmax(f->cost.objects - f->cost.hinted_objects, 0);
}

bool takes_hint(const struct site *s)
{
    static const char methods[] = "sync.(*Map).";
    return strncmp(s->func, methods, sizeof methods - 1) != 0;
}

/* One row a site: what fits 80 columns. */
static const struct column short_columns[] = {
    {"site", COL_WRAP},   {"verdict", 0},        {"objects", COL_RIGHT},
    {"bytes", COL_RIGHT}, {"bucket", COL_RIGHT}, {"B", COL_RIGHT},
    {"hint", COL_RIGHT},  {"saves", COL_RIGHT},
};

static void add_short_row(struct table *t, const struct finding *f)
{
    struct text a;
    const struct site *s = f->site;
    char *where = s->nparts > 1 ? xprintf("%s:%" PRId64 " +%zu", s->func,
                                          s->line, s->nparts - 1)
                                : site_place(s);
    table_text(t, "%s", where);
    table_text(t, "%s", verdict_words[f->verdict]);
    table_num(t, llround(f->site->objects));
    table_text(t, "%s", bytes(f->site->bytes, &a));
    free(where);
    if (f->nmaps == 0) {
        for (int i = 4; i < (int)ARRAY_LEN(short_columns); i++)
            table_none(t);
        return;
    }
    table_num(t, f->maps[0].bucket);
    table_num(t, f->maps[0].B);
    if (takes_hint(f->site))
        table_num(t, f->cost.hint_low);
    else
        table_none(t);
    table_text(t, "%s", bytes(saved_bytes(f), &a));
}

static void print_short_table(const struct findings *f)
{
    struct table *t = table_new(short_columns, ARRAY_LEN(short_columns));
    for (size_t i = 0; i < f->n; i++)
        add_short_row(t, &f->list[i]);
    table_print(t);
    table_free(t);
}

/* "83 objects (20.25kB)"; the caller frees it. */
static char *amount(double objects, double size)
{
    struct text t;
    int64_t n = llround(objects);
    return xprintf("%s (%s)", plural(n, "object", "objects"), bytes(size, &t));
}

/* "from B = 4 to B = 11" where the growth begins above what an empty map
 * has. */
static char *say_range(const struct mapFit *m)
{
    if (m->lowB > 1)
        return xprintf("from B = %d to B = %d", m->lowB - 1, m->B);
    return xprintf("to B = %d", m->B);
}

static void say_maps(const struct mapFit *m, bool sampled)
{
    char *range = say_range(m), *line;
    if (m->maps > 1.5)
        line = xprintf("%s%s maps grew here, %s at the most.",
                       sampled ? "About " : "", number(m->maps), range);
    else
        line = xprintf("One map grew here, %s: %s buckets.", range,
                       commas((int64_t)1 << m->B));
    print_paragraph(line, 2, STYLE_PLAIN);
    free(line);
    free(range);
    if (m->small < 0.5)
        return;
    line = xprintf("%s more never outgrew one bucket, and need no hint.",
                   plural(llround(m->small), "map", "maps"));
    print_paragraph(line, 2, STYLE_PLAIN);
    free(line);
}

static void say_parts(const struct mapFit *m)
{
    char *arrays = amount(m->array_objects, m->array_bytes);
    char *buckets = amount(m->bucket_objects, m->bucket_bytes);
    char *book = amount(m->book_objects, m->book_bytes);
    char *line = xprintf("Bucket arrays from B = %d on, the growth: %s. Single "
                         "buckets, first and overflow: %s.",
                         m->lowB, arrays, buckets);
    print_paragraph(line, 2, STYLE_PLAIN);
    free(line);
    line = xprintf("Bookkeeping%s: %s.",
                   m->pointer_free ? ", the list of overflow buckets that maps "
                                     "without pointers keep"
                                   : "",
                   book);
    if (m->book_objects >= 0.5)
        print_paragraph(line, 2, STYLE_PLAIN);
    free(line);
    free(arrays);
    free(buckets);
    free(book);
}

static void say_bucket(const struct finding *f, const struct mapFit *m)
{
    char *pairs = common_pairs(m);
    char *others = xprintf("%s", "");
    for (int i = 0; i < MaxAlternatives && m->alternatives[i]; i++) {
        const char *joint =
            i ? "," : "; the sizes would fit buckets of other sizes, too:";
        char *longer = xprintf("%s%s %d", others, joint, m->alternatives[i]);
        free(others);
        others = longer;
    }
    char *line;
    if (f->site->type)
        line = xprintf("A bucket is %d bytes: %s.", m->bucket, f->site->type);
    else
        line = xprintf("A bucket is %d bytes: key and element take %d "
                       "together%s%s%s.",
                       m->bucket, m->bucket / 8 - 2, pairs ? ", as in " : "",
                       pairs ? pairs : "", others);
    print_paragraph(line, 2, STYLE_PLAIN);
    free(line);
    free(others);
    free(pairs);
}

/* "map[string]int" where a label tells, else "map[K]V". */
static void map_type(const struct site *s, char *buf, size_t size)
{
    const char *key = s->type ? strchr(s->type, '[') : NULL;
    snprintf(buf, size, "map%s", key ? key : "[K]V");
}

/* The sizes of the maps that end here differ. Of a sampled profile's counts,
 * only that most did not reach the largest is worth saying. */
static bool sizes_differ(const struct mapFit *m, bool sampled)
{
    if (sampled)
        return m->maps > 2 * m->arrays[m->B];
    for (int b = m->lowB; b < m->B; b++)
        if (m->arrays[b] > m->arrays[b + 1] + 0.5)
            return true;
    return false;
}

/* What to write on the line; the caller frees it. */
static char *advice(const struct finding *f, bool sampled)
{
    char type[80];
    bool differ = f->nmaps > 1;
    for (int i = 0; i < f->nmaps; i++)
        differ |= sizes_differ(&f->maps[i], sampled);
    if (!takes_hint(f->site))
        return xprintf("About %s entries: a sync.Map takes no hint, a map of "
                       "your own behind a lock would.",
                       number(f->cost.entries));
    map_type(f->site, type, sizeof type);
    if (differ)
        return xprintf("Give each map its own size: make(%s, n). The largest "
                       "hold about %s entries.",
                       type, number(f->cost.entries));
    return xprintf("%s %s entries: write make(%s, %" PRId64
                   "); any hint in %s … %s gives the same array.",
                   f->cost.churns ? "At most" : "About",
                   f->cost.churns ? commas(f->cost.hint_high)
                                  : number(f->cost.entries),
                   type, f->cost.hint_low, commas(f->cost.hint_low),
                   commas(f->cost.hint_high));
}

static void say_hint(const struct finding *f, bool sampled)
{
    struct text a;
    char *line = advice(f, sampled);
    print_paragraph(line, 2, STYLE_PLAIN);
    free(line);
    line = xprintf(
        "That %s %s of %s, %s (%.0f %%), and the moving of %s from array to "
        "array.",
        f->site->ncallers || !takes_hint(f->site) ? "would save" : "saves",
        number(saved_objects(f)),
        plural(llround(f->cost.objects), "object", "objects"),
        bytes(saved_bytes(f), &a), share(saved_bytes(f), f->cost.bytes),
        plural(llround(f->cost.copied), "entry", "entries"));
    print_paragraph(line, 2, STYLE_PLAIN);
    free(line);
    if (f->cost.churns)
        print_paragraph("Growth alone leaves fewer buckets: keys come and go, "
                        "or the line makes other objects of a bucket's size. "
                        "A hint saves neither.",
                        2, STYLE_PLAIN);
}

static void say_rest(const struct finding *f)
{
    double objects = f->site->objects, rest = f->site->bytes;
    for (int i = 0; i < f->nmaps; i++) {
        const struct mapFit *m = &f->maps[i];
        objects -= m->array_objects + m->bucket_objects + m->book_objects;
        rest -= m->array_bytes + m->bucket_bytes + m->book_bytes;
    }
    if (objects < 0.5)
        return;
    char *others = amount(objects, rest);
    char *line =
        xprintf("The line's other %s %s not of this growth: map headers, "
                "values, slices or strings made there.",
                others, llround(objects) == 1 ? "is" : "are");
    free(others);
    print_paragraph(line, 2, STYLE_PLAIN);
    free(line);
}

/* All lines that grow the map, where it is more than one. */
static void say_parts_of(const struct site *s)
{
    if (s->nparts < 2)
        return;
    char *lines = places(s, ", ");
    char *line = xprintf("The map grows on %zu lines, here added up: %s.",
                         s->nparts, lines);
    print_paragraph(line, 2, STYLE_PLAIN);
    free(line);
    free(lines);
}

/* Whose line it is where nobody will change it: the largest caller names who
 * could. */
static void say_caller(const struct site *s)
{
    const struct siteCaller *most = s->callers;
    for (size_t i = 1; i < s->ncallers; i++)
        if (s->callers[i].bytes > most->bytes)
            most = &s->callers[i];
    if (s->ncallers == 0)
        return;
    char *line = xprintf(
        "A line of Go's own packages, called %sfrom %s:%" PRId64 ".%s",
        s->ncallers > 1 ? "most " : "", most->func, most->line,
        takes_hint(s) ? " A map that is made there can be given its size; one "
                        "that the package makes for itself cannot."
                      : "");
    print_paragraph(line, 2, STYLE_PLAIN);
    free(line);
}

/* "1.24": the oldest release with maps of the newer kind. */
static const char *first_swiss(void)
{
    return goversion_first(MAPKIND_SWISS)->name + strlen("go");
}

static void say_site(const struct finding *f, const struct sites *all)
{
    const struct site *s = f->site;
    char *line = xprintf("%s  %s:%" PRId64, s->func, s->file, s->line);
    putchar('\n');
    print_paragraph(line, 0, STYLE_TITLE);
    free(line);
    char *all_of_it = amount(s->objects, s->bytes);
    line = xprintf("%s: %.1f %% of the bytes that the program allocated.%s",
                   all_of_it, share(s->bytes, all->bytes),
                   f->verdict == VERDICT_UNSURE
                       ? " Unsure: these sizes may also be those of a map made "
                         "with its size, of a slice, of an array that is "
                         "doubled, or of several things on one line. If "
                         "it is a map:"
                       : "");
    free(all_of_it);
    print_paragraph(line, 2, STYLE_PLAIN);
    free(line);
    say_parts_of(s);
    say_caller(s);
    if (f->verdict == VERDICT_SWISS) {
        char *newer = xprintf("A map of Go %s or later, which grows by other "
                              "rules: its sizes are not read here.",
                              first_swiss());
        print_paragraph(newer, 2, STYLE_PLAIN);
        free(newer);
        return;
    }
    for (int i = 0; i < f->nmaps; i++) {
        say_maps(&f->maps[i], all->rate > 1);
        say_bucket(f, &f->maps[i]);
        say_parts(&f->maps[i]);
    }
    say_hint(f, all->rate > 1);
    say_rest(f);
}

static void print_text(const struct findings *f, const struct explainContext *c)
{
    struct text a;
    const struct sites *s = c->sites;
    char *sampled =
        s->rate > 1 ? xprintf("sampled, one in %s", bytes((double)s->rate, &a))
                    : xprintf("every allocation");
    char *line = xprintf("%s: %s; maps as of %s, seed %" PRIu64, c->path,
                         sampled, modelled->name, c->seed);
    print_paragraph(line, 0, STYLE_DIM);
    free(line);
    free(sampled);
    if (f->n == 0 && s->era == ERA_SWISS)
        printf("no growing map found; the program was made by Go %s or later, "
               "whose maps\nshow in a profile of every allocation (rate 1) "
               "only\n",
               first_swiss());
    else if (f->n == 0)
        puts("no growing map found");
    else
        print_short_table(f);
    for (size_t i = 0; i < f->n; i++)
        say_site(&f->list[i], s);
    if (c->left_out)
        printf("\n%s below half a percent; -all lists %s.\n",
               plural((int64_t)c->left_out, "more line", "more lines"),
               c->left_out > 1 ? "them" : "it");
}

void explain_print(const struct findings *f, const struct explainContext *c,
                   enum explainForm form)
{
    if (form == EXPLAIN_JSON) {
        print_document(f, c);
    } else if (form == EXPLAIN_TSV) {
        print_rows(f);
    } else {
        print_text(f, c);
    }
}
