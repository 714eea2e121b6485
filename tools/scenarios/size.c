/*
 * size.c: how many bytes and objects a map of n entries takes: what is live,
 * what it took to get there, and where the bytes go.
 */
#include "map/mapview.h"
#include "tools/lib/exits.h"
#include "tools/measure/anymap.h"
#include "tools/scenarios/fill.h"
#include <math.h>
#include <stdlib.h>

/* A bucket and its waste: padding inside, the size class around. */
static void report_bucket(struct report *r, const struct maptype *t)
{
    size_t slots = bucketCnt * (size_t)(1 + t->keysize + t->elemsize);
    size_t padding = t->bucketsize - slots - PtrSize;
    size_t class = (size_t)box_class(t);
    report_text(r,
                "A bucket of %s: 8 bytes of hash, 8 keys of %u bytes%s, 8 "
                "elements of %u%s, a pointer%s: %u bytes. By itself, as an "
                "overflow bucket is, it takes an object of %zu: %zu wasted. "
                "The collector %s.",
                t->typ.str, t->keysize, t->indirectkey ? " (by pointer)" : "",
                t->elemsize, t->indirectelem ? " (by pointer)" : "",
                padding > 0 ? ", padding" : "", t->bucketsize, class,
                class - t->bucketsize,
                t->bucket->ptrdata == 0 ? "need not look into it: no pointers"
                                        : "looks into it for pointers");
}

/* The same of a group. */
static void report_group(struct report *r, const struct maptype *t)
{
    unsigned padding = t->slotsize - t->keysize - t->elemsize;
    size_t class = (size_t)box_class(t);
    report_text(r,
                "A group of %s: 8 bytes of control, 8 slots of a key of %u "
                "bytes%s and an element of %u%s, %u of padding: %u bytes. By "
                "itself, in a map of up to 8 entries, it takes an object of "
                "%zu: %zu wasted. The collector %s.",
                t->typ.str, t->keysize, t->indirectkey ? " (by pointer)" : "",
                t->elemsize, t->indirectelem ? " (by pointer)" : "", padding,
                t->groupsize, class, class - t->groupsize,
                t->group->ptrdata == 0 ? "need not look into it: no pointers"
                                       : "looks into it for pointers");
}

static void report_array(struct report *r, const struct maptype *t,
                         const struct gomap *m)
{
    struct bucketCounts c = bucketview_counts(t, m);
    uint8_t B = bucketview_map(m)->B;
    if (B == 0 || map_len(m) == 0)
        return;
    struct mapArray array = bucketview_array(t, B);
    report_text(r,
                "The map has B=%u: %s buckets and %zu spare ones in an array "
                "of %s bytes, for which the allocator takes %s (%s wasted). "
                "%.2f entries a bucket, %s overflow buckets, %s of them "
                "spares. It grows at insert %s.",
                B, commas((int64_t)array.buckets), array.spares,
                commas((int64_t)array.bytes), commas((int64_t)array.rounded),
                commas((int64_t)(array.rounded - array.bytes)),
                (double)map_len(m) / (double)array.buckets,
                commas((int64_t)c.overflow), commas((int64_t)c.sparesUsed),
                commas((int64_t)geometry_capacity(B) + 1));
    if (c.oldleft > 0)
        report_text(r,
                    "It is growing: still to be moved are %s of %s old "
                    "buckets, and the old array lives until then.",
                    commas((int64_t)c.oldleft), commas((int64_t)c.oldbuckets));
}

static void report_tables(struct report *r, const struct maptype *t,
                          const struct gomap *m)
{
    struct mapShape s = mapview_shape(t, m);
    if (s.slots <= bucketCnt)
        return;
    report_text(r,
                "The map has %s with %s slots in all, %.1f %% of them taken. "
                "Each table grows by itself, when 7 of 8 slots are taken.",
                plural((int64_t)s.tables, "table", "tables"),
                commas((int64_t)s.slots),
                100 * (double)map_len(m) / (double)s.slots);
}

static void report_box(struct report *r, const struct maptype *t)
{
    if (t->kind == MAPKIND_SWISS)
        report_group(r, t);
    else
        report_bucket(r, t);
}

static void report_shape(struct report *r, const struct maptype *t,
                         const struct gomap *m)
{
    if (t->kind == MAPKIND_SWISS)
        report_tables(r, t, m);
    else
        report_array(r, t, m);
}

static void add_part(struct table *t, const char *name, const uint64_t n[4])
{
    table_text(t, "%s", name);
    for (int i = 0; i < 4; i++)
        table_num(t, (int64_t)n[i]);
}

static void report_parts(struct report *r, const struct measurement *m)
{
    static const struct column cols[] = {
        {"what", 0},
        {"live objects", COL_RIGHT},
        {"live bytes", COL_RIGHT},
        {"all objects", COL_RIGHT},
        {"all bytes", COL_RIGHT},
    };
    const struct chainRow *sum = &m->chains->total;
    struct table *t = table_new(cols, ARRAY_LEN(cols));
    for (int i = 0; i < NPARTS; i++)
        if (sum->part_objects[i] != 0)
            add_part(t, part_name(i),
                     (const uint64_t[4]){
                         sum->part_live_objects[i], sum->part_live_bytes[i],
                         sum->part_objects[i], sum->part_bytes[i]});
    add_part(t, "together",
             (const uint64_t[4]){sum->inuse_objects, sum->inuse_bytes,
                                 sum->alloc_objects, sum->alloc_bytes});
    report_table(r,
                 r->rate == 1
                     ? "Live at the end, and all that was allocated on the way"
                     : "The samples of the profile: live at the end, and all",
                 t);
}

static void add_sum(struct report *r, struct table *t, const char *name,
                    uint64_t bytes, int64_t entries)
{
    char *figure = xprintf("bytes an entry, %s", name);
    report_real(r, figure, (double)bytes / (double)entries, 1);
    free(figure);
    table_text(t, "%s", name);
    table_num(t, (int64_t)bytes);
    table_real(t, (double)bytes / (double)entries, 1);
}

/* What the map keeps alive that was filled and measured as grown. A profile of
 * all allocations knows it; where it was sampled the map is filled anew. */
static uint64_t live_at_end(const struct report *r,
                            const struct scenarioArgs *a,
                            const struct values *keys,
                            const struct measurement *grown)
{
    if (r->rate == 1)
        return grown->chains->total.inuse_bytes;
    return measured_live(r, a->type, a->hint, keys);
}

static void report_sums(struct report *r, const struct scenarioArgs *a,
                        const struct values *keys, int64_t entries,
                        const struct measurement *grown)
{
    static const struct column cols[] = {
        {"bytes of", 0},
        {"bytes", COL_RIGHT},
        {"bytes/entry", COL_RIGHT},
    };
    struct table *t = table_new(cols, ARRAY_LEN(cols));
    size_t entry = a->type->key->size + a->type->elem->size;
    add_sum(r, t, "keys and elements", (uint64_t)entries * entry, entries);
    uint64_t live = live_at_end(r, a, keys, grown);
    add_sum(r, t, "the map, live", live, entries);
    if (grown->ngrowths > 0)
        add_sum(r, t, "the map as its last growth begins",
                live_at_growth(r, a->type, a->hint, keys, grown, live),
                entries);
    add_sum(r, t, "all that was allocated", grown->bytes, entries);
    report_table(r, "An entry's share", t);
}

static GOFRAME struct gomap *make_live(const struct scenarioArgs *a,
                                       const struct values *keys)
{
    struct gomap *m = fill_new(a->type, a->hint, keys);
    collect_around(m); /* from here on in-use is what is live */
    return m;
}
GOFRAME_MAIN(make_live);

/* To four digits: an estimate knows no more, and the machine's libm has the
 * last ones. */
static int64_t rounded(double x)
{
    double unit = 1;
    while (x / unit >= 10000)
        unit *= 10;
    return (int64_t)(round(x / unit) * unit);
}

static void add_estimated(struct table *t, const char *what, double objects,
                          double bytes, double n)
{
    table_text(t, "%s", what);
    if (objects >= 0)
        table_num(t, rounded(objects));
    else
        table_none(t);
    table_num(t, rounded(bytes));
    table_real(t, bytes / n, 1);
}

static void report_expected_shape(struct report *r, const struct maptype *t,
                                  const struct mapEstimate *e, double n)
{
    const char *slots = commas(rounded(e->slots));
    if (t->kind == MAPKIND_SWISS)
        report_text(r,
                    "About %s tables with %s slots in all are to be expected, "
                    "%.1f %% of them taken.",
                    commas(rounded(e->tables)), slots, 100 * n / e->slots);
    else
        report_text(r,
                    "The array has %s slots, %.2f entries a bucket of 8; about "
                    "%s overflow buckets more are to be expected than come "
                    "with it.",
                    slots, 8 * n / e->slots, commas(rounded(e->overflow)));
}

/* What cannot be measured here follows from the rules. */
static void estimate(struct report *r, const struct scenarioArgs *a)
{
    static const struct column cols[] = {
        {"estimate of", 0},
        {"objects", COL_RIGHT},
        {"bytes", COL_RIGHT},
        {"bytes/entry", COL_RIGHT},
    };
    struct mapEstimate e = estimate_map(a->type, a->hint, a->n);
    double n = (double)a->n;
    double entry = (double)(a->type->key->size + a->type->elem->size);
    struct table *t = table_new(cols, ARRAY_LEN(cols));
    report_caveat(
        r, "An estimate: so many entries are not measured here. It "
           "follows from the rules of growth and from what chance lets "
           "expect, to four digits; where a map can be filled in, the two "
           "agree within a few percent.");
    report_box(r, a->type);
    report_expected_shape(r, a->type, &e, n);
    add_estimated(t, "keys and elements", -1, entry * n, n);
    add_estimated(t, "the map, live", e.objects, e.bytes, n);
    add_estimated(t, "the map as its last growth begins", -1, e.peak, n);
    add_estimated(t, "all that was allocated", e.allObjects, e.allBytes, n);
    report_table(r, NULL, t);
    report_real(r, "bytes an entry, the map, live", e.bytes / n, 1);
    report_real(r, "bytes an entry, the map as its last growth begins",
                e.peak / n, 1);
    report_real(r, "bytes an entry, all that was allocated", e.allBytes / n, 1);
}

static void run(struct report *r, const struct scenarioArgs *a)
{
    if (a->estimate) {
        estimate(r, a);
        return;
    }
    struct values *keys = values_make(a->type->key, 0, (size_t)a->n);
    int32_t percent = gc_set_percent(-1);
    measure_begin();
    struct gomap *m = make_live(a, keys);
    struct measurement *grown = measure_end(r->view);
    report_box(r, a->type);
    report_shape(r, a->type, m);
    report_parts(r, grown);
    int64_t entries = map_len(m);
    report_sums(r, a, keys, entries, grown);
    measure_free(grown);
    gc_set_percent(percent);
    values_free(keys);
}

static const struct reason reasons[] = {
    {CHANGE_MAP, "A swiss map is denser at its fullest, 7 of 8 slots against "
                 "6.5, and has no spare buckets. While it grows only one table "
                 "is there twice, so the peak is hardly above what is live."},
    {0},
};

const struct scenario scenario_size = {
    .name = "size",
    .lesson = "What a map of n entries takes: bytes an entry live, while it "
              "grows, and in all.",
    .reasons = reasons,
    .takes = TAKES_N | TAKES_HINT | TAKES_TYPE,
    .n = 10000,
    .nmax = 10000000,
    .estimates = 1000000000000000,
    .type = "map[string]int",
    .run = run,
};
