/*
 * report.c: the parts of a report, in the reader's format.
 */
#include "tools/measure/report.h"
#include "tools/lib/exits.h"
#include "tools/log/eventlog.h"
#include "tools/measure/anymap.h"
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LongestTierText = 96, LongestLine = 400, GrowthsShown = 24 };
enum { BriefRows = 8, BriefChains = 3, BriefPercent = 90 };

/* Whether text is left out here: of a brief report the paragraphs, and what
 * comes after its one table. */
static bool left_out(const struct report *r)
{
    return r->format != FORMAT_TEXT || r->answered;
}

static void add_paragraph(struct report *r, const char *fmt, va_list ap,
                          bool shown)
{
    char *text = NULL;
    if (vasprintf(&text, fmt, ap) < 0)
        io_error("a paragraph");
    if (r->format == FORMAT_TEXT && shown) {
        putchar('\n');
        print_paragraph(text, 0, STYLE_PLAIN);
    } else if (r->format == FORMAT_JSON) {
        json_array_append_new(r->parts, json_pack("{s:s}", "text", text));
    }
    free(text);
}

void report_text(struct report *r, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    add_paragraph(r, fmt, ap, !r->brief);
    va_end(ap);
}

void report_caveat(struct report *r, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    add_paragraph(r, fmt, ap, true);
    va_end(ap);
}

static void print_title(const char *title)
{
    putchar('\n');
    if (title == NULL)
        return;
    char *line = xprintf("%s:", title);
    print_paragraph(line, 0, STYLE_TITLE);
    free(line);
}

static void set_title(json_t *part, const char *title)
{
    if (title != NULL)
        json_object_set_new(part, "title", json_string(title));
}

void report_table(struct report *r, const char *title, struct table *t)
{
    if (!left_out(r)) {
        print_title(title);
        table_print_first(t, r->brief ? BriefRows : SIZE_MAX);
        r->answered = r->brief;
    } else if (r->format == FORMAT_JSON) {
        json_t *part = json_object();
        set_title(part, title);
        json_object_set_new(part, "table", table_json(t));
        json_array_append_new(r->parts, part);
    }
    table_free(t);
}

/* "mcache", or "mcache:20 mcentral:4" where several tiers served. */
static void tier_text(const struct chainRow *row, char *out)
{
    size_t at = 0;
    out[0] = '\0';
    for (int i = 0; i < NTIERS; i++) {
        if (row->tier_objects[i] == 0)
            continue;
        if (row->tier_objects[i] == row->alloc_objects) {
            snprintf(out, LongestTierText, "%s", tier_names[i]);
            return;
        }
        at += (size_t)snprintf(out + at, LongestTierText - at, "%s%s:%" PRIu64,
                               at > 0 ? " " : "", tier_names[i],
                               row->tier_objects[i]);
    }
}

/* How many rows are nine tenths of all objects, and of all bytes: of a brief
 * report's. */
static size_t most_of(const struct chains *c)
{
    uint64_t objects = 0, bytes = 0;
    size_t n = 0;
    while (n < c->n && n < BriefChains &&
           (100 * objects < BriefPercent * c->total.alloc_objects ||
            100 * bytes < BriefPercent * c->total.alloc_bytes)) {
        objects += c->rows[n].alloc_objects;
        bytes += c->rows[n].alloc_bytes;
        n++;
    }
    return n;
}

static void print_chains(const struct chains *c, size_t n)
{
    static const struct column cols[] = {
        {"objects", COL_RIGHT},
        {"bytes", COL_RIGHT},
        {"tier", COL_WRAP},
        {"chain", COL_WRAP},
    };
    struct table *t = table_new(cols, ARRAY_LEN(cols));
    for (size_t i = 0; i < n; i++) {
        const struct chainRow *row = &c->rows[i];
        char tiers[LongestTierText];
        tier_text(row, tiers);
        table_num(t, (int64_t)row->alloc_objects);
        table_num(t, (int64_t)row->alloc_bytes);
        table_text(t, "%s", tiers);
        table_text(t, "%s", row->text);
    }
    table_print(t);
    table_free(t);
}

static void print_parts(const struct chainRow *total)
{
    char parts[LongestLine], line[LongestLine + 8];
    if (total->part_objects[PART_OTHER] == total->alloc_objects)
        return; /* nothing of a map's */
    chains_what(total, parts, sizeof parts);
    snprintf(line, sizeof line, "what: %s", parts);
    print_paragraph(line, 0, STYLE_PLAIN);
}

/* Objects by the tier that served them, as the profile has them; and what the
 * allocator did that no profile shows. */
static void print_tiers(const struct measurement *m)
{
    const struct tierStats *t = &m->tiers;
    const uint64_t *served = m->chains->total.tier_objects;
    char line[LongestLine], tiny[80] = "", refills[80] = "";
    if (t->tinyHits > 0)
        snprintf(tiny, sizeof tiny, "; %s fit an open block: in no profile",
                 plural((int64_t)t->tinyHits, "tiny object", "tiny objects"));
    if (t->refills > 0)
        snprintf(refills, sizeof refills, "; %s, %s with a fresh span",
                 plural((int64_t)t->refills, "refill", "refills"),
                 commas((int64_t)t->refillsFresh));
    snprintf(line, sizeof line,
             "served by: tiny %s, mcache %s, mcentral %s, mheap %s%s%s",
             commas((int64_t)served[TIER_TINY]),
             commas((int64_t)served[TIER_MCACHE]),
             commas((int64_t)served[TIER_MCENTRAL]),
             commas((int64_t)served[TIER_MHEAP]), tiny, refills);
    print_paragraph(line, 0, STYLE_PLAIN);
}

static void print_totals(const struct report *r, const struct measurement *m)
{
    char line[LongestLine];
    const struct chainRow *total = &m->chains->total;
    snprintf(line, sizeof line, "total: %s, %s%s",
             plural((int64_t)total->alloc_objects, "object", "objects"),
             plural((int64_t)total->alloc_bytes, "byte", "bytes"),
             r->rate == 1 ? "" : " in the samples of the profile");
    print_paragraph(line, 0, STYLE_TITLE);
    if (r->rate != 1) {
        snprintf(line, sizeof line, "truly allocated: %s, %s",
                 plural((int64_t)m->mallocs, "object", "objects"),
                 plural((int64_t)m->bytes, "byte", "bytes"));
        print_paragraph(line, 0, STYLE_PLAIN);
    }
    if (r->brief)
        return;
    print_parts(total);
    print_tiers(m);
}

static const char *growth_reason(const struct mapGrowth *g)
{
    if (g->sameSize)
        return "same size: too many overflow buckets";
    return g->oldB == 0 ? "above 8 entries" : "above 6.5 entries a bucket";
}

static void bucket_growth(struct table *t, const struct mapGrowth *g)
{
    table_text(t, "%u -> %u", g->oldB, g->newB);
    table_num(t, (int64_t)1 << g->newB);
    table_num(t, (int64_t)g->bytes);
    table_num(t, g->noverflow);
    table_text(t, "%s", growth_reason(g));
}

static void swiss_growth(struct table *t, const struct mapGrowth *g)
{
    bool small = g->oldSlots == bucketCnt;
    table_text(t, "%s -> %s%s", commas(g->oldSlots), g->split ? "2 x " : "",
               commas(g->newSlots));
    table_num(t, (int64_t)g->places);
    table_num(t, (int64_t)g->bytes);
    table_num(t, g->moves);
    table_text(t, "%s",
               g->split ? "1,024 is the most"
               : small  ? "above 8 entries"
                        : "7 of 8 slots taken");
}

static struct table *growth_table(const struct measurement *m, size_t from)
{
    static const struct column buckets[] = {
        {"insert", COL_RIGHT}, {"B", COL_RIGHT},        {"buckets", COL_RIGHT},
        {"bytes", COL_RIGHT},  {"overflow", COL_RIGHT}, {"why", 0},
    };
    static const struct column tables[] = {
        {"insert", COL_RIGHT},    {"slots of a table", COL_RIGHT},
        {"directory", COL_RIGHT}, {"bytes", COL_RIGHT},
        {"moved", COL_RIGHT},     {"why", 0},
    };
    bool swiss = modelled->map == MAPKIND_SWISS;
    struct table *t = table_new(swiss ? tables : buckets, ARRAY_LEN(buckets));
    for (size_t i = from; i < m->ngrowths; i++) {
        table_num(t, m->steps[i]);
        if (swiss)
            swiss_growth(t, &m->growths[i]);
        else
            bucket_growth(t, &m->growths[i]);
    }
    return t;
}

/* From here on a map counts its overflow buckets by samples
 * (map/classic/bucketmap.h). */
enum { sampledB = 16 };

static void print_growth(const struct measurement *m)
{
    if (m->ngrowths == 0)
        return;
    bool cut = m->ngrowths > GrowthsShown;
    struct table *t = growth_table(m, cut ? m->ngrowths - GrowthsShown : 0);
    printf("growth: %s%s\n", plural((int64_t)m->ngrowths, "step", "steps"),
           cut ? "; the last ones:" : "");
    table_print(t);
    table_free(t);
    if (m->growths[m->ngrowths - 1].oldB >= sampledB)
        print_paragraph("overflow is the count by which Go decides: below "
                        "B = 16 every overflow bucket, from there on one in "
                        "2^(B - 15), by chance.",
                        0, STYLE_PLAIN);
}

static json_t *json_frames(const struct chainRow *row)
{
    json_t *frames = json_array();
    for (int i = 0; i < row->nframes; i++)
        json_array_append_new(frames, json_pack("{s:s, s:s?, s:i}", "func",
                                                row->frames[i]->func, "file",
                                                row->frames[i]->file, "line",
                                                row->frames[i]->line));
    return frames;
}

static json_t *json_counts(const struct chainRow *row)
{
    json_t *tiers = json_object(), *parts = json_object();
    for (int i = 0; i < NTIERS; i++)
        json_object_set_new(tiers, tier_names[i],
                            json_integer((json_int_t)row->tier_objects[i]));
    for (int i = 0; i < NPARTS; i++)
        json_object_set_new(parts, part_name(i),
                            json_integer((json_int_t)row->part_objects[i]));
    return json_pack(
        "{s:I, s:I, s:I, s:I, s:o, s:o}", "objects",
        (json_int_t)row->alloc_objects, "bytes", (json_int_t)row->alloc_bytes,
        "inuse_objects", (json_int_t)row->inuse_objects, "inuse_bytes",
        (json_int_t)row->inuse_bytes, "tiers", tiers, "what", parts);
}

static json_t *json_chains(const struct chains *c)
{
    json_t *rows = json_array();
    for (size_t i = 0; i < c->n; i++) {
        const struct chainRow *row = &c->rows[i];
        json_t *object = json_counts(row);
        if (row->type != NULL)
            json_object_set_new(object, "type", json_string(row->type->str));
        json_object_set_new(object, "chain", json_string(row->text));
        json_object_set_new(object, "frames", json_frames(row));
        json_array_append_new(rows, object);
    }
    return rows;
}

static json_t *json_memstats(const struct measurement *m)
{
    const struct tierStats *t = &m->tiers;
    return json_pack(
        "{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "mallocs",
        (json_int_t)m->mallocs, "total_alloc", (json_int_t)m->bytes,
        "tiny_hits", (json_int_t)t->tinyHits, "tiny_blocks",
        (json_int_t)t->tinyBlocks, "mcache_hits", (json_int_t)t->mcacheHits,
        "refills", (json_int_t)t->refills, "refills_fresh",
        (json_int_t)t->refillsFresh, "large_objects",
        (json_int_t)t->largeObjects, "spans", (json_int_t)t->spans);
}

static json_t *json_growth(const struct measurement *m)
{
    struct table *t = growth_table(m, 0);
    json_t *rows = table_json(t);
    table_free(t);
    return rows;
}

static void json_measurement(struct report *r, const char *title,
                             const struct measurement *m)
{
    json_t *part = json_object();
    set_title(part, title);
    json_object_set_new(part, "chains", json_chains(m->chains));
    json_object_set_new(part, "total", json_counts(&m->chains->total));
    json_object_set_new(part, "allocator", json_memstats(m));
    json_object_set_new(part, "growth", json_growth(m));
    json_array_append_new(r->parts, part);
}

void report_tsv_header(bool releases)
{
    if (releases)
        fputs("release\t", stdout);
    puts("scenario\tpart\tobjects\tbytes\tinuse_objects\tinuse_bytes\ttier\t"
         "chain");
}

static void tsv_measurement(const struct report *r, const char *title,
                            const struct measurement *m)
{
    for (size_t i = 0; i < m->chains->n; i++) {
        const struct chainRow *row = &m->chains->rows[i];
        char tiers[LongestTierText];
        tier_text(row, tiers);
        if (r->release != NULL)
            printf("%s\t", r->release);
        printf("%s\t%s\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64
               "\t%s\t%s\n",
               r->scenario, title, row->alloc_objects, row->alloc_bytes,
               row->inuse_objects, row->inuse_bytes, tiers, row->text);
    }
}

void report_figure(struct report *r, const char *name, int64_t value)
{
    figures_add(&r->figures, name, (double)value, 0);
}

void report_real(struct report *r, const char *name, double value, int decimals)
{
    figures_add(&r->figures, name, value, decimals);
}

void report_cost(struct report *r, const char *name,
                 const struct measurement *m)
{
    char *line = xprintf("objects, %s", name);
    report_figure(r, line, (int64_t)m->mallocs);
    free(line);
    line = xprintf("bytes, %s", name);
    report_figure(r, line, (int64_t)m->bytes);
    free(line);
}

static void print_measurement(struct report *r, const char *title,
                              const struct measurement *m)
{
    print_title(title);
    print_chains(m->chains, r->brief ? most_of(m->chains) : m->chains->n);
    print_totals(r, m);
    if (!r->brief)
        print_growth(m);
    r->answered = r->brief;
}

void report_measurement(struct report *r, const char *title,
                        const struct measurement *m)
{
    eventlog_title(m->part, title);
    chains_sort(m->chains, r->order);
    switch (r->format) {
    case FORMAT_JSON:
        json_measurement(r, title, m);
        return;
    case FORMAT_TSV:
        tsv_measurement(r, title, m);
        return;
    case FORMAT_FIGURES:
        return;
    case FORMAT_TEXT:
        if (!left_out(r))
            print_measurement(r, title, m);
    }
}

/*
 * Figures by name, in memory and as text.
 */

void figures_add(struct figures *f, const char *name, double value,
                 int decimals)
{
    f->list = xrealloc(f->list, f->n + 1, sizeof f->list[0]);
    f->list[f->n++] =
        (struct namedFigure){xprintf("%s", name), value, decimals};
}

const struct namedFigure *figures_find(const struct figures *f,
                                       const char *name)
{
    for (size_t i = 0; i < f->n; i++) {
        if (strcmp(f->list[i].name, name) == 0)
            return &f->list[i];
    }
    return NULL;
}

void figures_free(struct figures *f)
{
    for (size_t i = 0; i < f->n; i++)
        free(f->list[i].name);
    free(f->list);
    *f = (struct figures){NULL, 0};
}

void figures_write(const struct figures *f, FILE *out)
{
    for (size_t i = 0; i < f->n; i++)
        fprintf(out, "%d %.17g %s\n", f->list[i].decimals, f->list[i].value,
                f->list[i].name);
}

void figures_parse(struct figures *f, char *text)
{
    char *state, *line = strtok_r(text, "\n", &state);
    for (; line != NULL; line = strtok_r(NULL, "\n", &state)) {
        char *at = line;
        int decimals = (int)strtol(at, &at, 10);
        double value = strtod(at, &at);
        figures_add(f, at + 1, value, decimals);
    }
}
