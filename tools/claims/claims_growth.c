/*
 * claims_growth.c: chapters 1 and 2.2: when a map grows and what that costs.
 */
#include "map/mapview.h"
#include "runtime/base/throw.h"
#include "tools/claims/claims.h"
#include <inttypes.h>
#include <stdio.h>

/* Inserts and deletes until the map has been rebuilt in its own size: entries
 * come and go, len stays. */
static GOFRAME void churn_map(const struct maptype *t,
                              const struct values *keys, size_t len)
{
    struct gomap *m = make_map(t, 0);
    for (size_t i = 0; i < keys->n; i++) {
        fill(t, m, keys, i, i + 1);
        if (i >= len)
            map_delete(t, m, value_at(keys, i - len));
    }
}
GOFRAME_MAIN(churn_map);

static struct measurement *measure_churn(void)
{
    enum { Len = 200, Turnovers = 200 };
    const struct maptype *t = claim_type("map[int]int");
    struct values *keys = values_make(t->key, 0, (size_t)Len * Turnovers);
    measure_begin();
    churn_map(t, keys, Len);
    struct measurement *m = measure_end(FRAMES_GO);
    values_free(keys);
    return m;
}

/* The first growth to the same size, or NULL. */
static const struct mapGrowth *same_size(const struct measurement *m)
{
    for (size_t i = 0; i < m->ngrowths; i++) {
        if (m->growths[i].sameSize)
            return &m->growths[i];
    }
    return NULL;
}

static void load_factor(struct measured *f)
{
    struct measurement *m = claim_fill("map[int]int", 0, 10000, FRAMES_GO);
    struct measurement *churned = measure_churn();
    const struct mapGrowth *same = same_size(churned);
    size_t at_limit = 0;
    for (size_t i = 0; i < m->ngrowths; i++)
        at_limit += (size_t)m->growths[i].count ==
                    geometry_capacity(m->growths[i].oldB);
    found(f,
          at_limit == m->ngrowths && same != NULL &&
              same->noverflow >= 1u << same->oldB,
          VERDICT_DIFFERS,
          "%zu of %zu growths came with exactly 6.5 entries a bucket (8 in one "
          "bucket) and one more to insert; churn rebuilt %d buckets when %d "
          "overflow buckets hung on them",
          at_limit, m->ngrowths, same ? 1 << same->oldB : 0,
          same ? same->noverflow : 0);
    measure_free(m);
    measure_free(churned);
}

static void growth_chain(struct measured *f)
{
    struct measurement *m = claim_fill("map[int]int", 0, 10000, FRAMES_FULL);
    const struct chainRow *array = claim_row(m, "makeBucketArray");
    bool known = goframe_has(modelled, "runtime.makeBucketShift") == GO_HAS &&
                 goframe_has(modelled, "runtime.makemap_slow") == GO_HAS;
    found(f, known, VERDICT_NOTHING,
          "%s; Go has neither makeBucketShift nor makemap_slow", array->text);
    measure_free(m);
}

static void one_object_a_growth(struct measured *f)
{
    struct measurement *m = claim_fill("map[int]int", 0, 1000, FRAMES_GO);
    const uint64_t *part = m->chains->total.part_objects;
    uint64_t besides = part[PART_BOOKKEEPING] + part[PART_OVERFLOW];
    found(f, besides == 0, VERDICT_DIFFERS,
          "1,000 inserts, %zu growths: %" PRIu64 " arrays, %" PRIu64
          " overflow buckets, %" PRIu64 " objects of bookkeeping",
          m->ngrowths, part[PART_ARRAY], part[PART_OVERFLOW],
          part[PART_BOOKKEEPING]);
    measure_free(m);
}

static void in_pprof(struct measured *f)
{
    struct measurement *m = claim_fill("map[int]int", 0, 1000, FRAMES_USER);
    uint64_t named = claim_objects(m, "mallocgc");
    bool slow = goframe_has(modelled, "runtime.makemap_slow") == GO_HAS;
    found(f, slow && named > 0, VERDICT_NOTHING,
          "a written heap profile names %s for %" PRIu64
          " objects, and mallocgc for %" PRIu64 "; Go has %s makemap_slow",
          m->chains->rows[0].text, m->chains->total.alloc_objects, named,
          slow ? "a" : "no");
    measure_free(m);
}

static void make_zero(struct measured *f)
{
    struct measurement *m = claim_make("map[int]int", 0, FRAMES_GO);
    found(f, m->mallocs == 1, VERDICT_DIFFERS,
          "%" PRIu64 " object, %" PRIu64 " bytes", m->mallocs, m->bytes);
    measure_free(m);
}

static void first_growth(struct measured *f)
{
    struct watched w;
    claim_watch(&w);
    int at = claim_insert_of(&w, 2 * bucketCnt);
    found(f, at == 7 && w.objects[at] == 1, VERDICT_DIFFERS,
          "insert 1: +%" PRIu64 " (the bucket, %" PRIu64
          " bytes); growth to 2 buckets at insert %d: +%" PRIu64 " (%" PRIu64
          " bytes)",
          w.objects[1], w.bytes[1], at, w.objects[at], w.bytes[at]);
}

static void second_growth(struct measured *f)
{
    struct watched w;
    claim_watch(&w);
    int at = claim_insert_of(&w, 4 * bucketCnt);
    found(f, at == 19 && w.objects[at] == 2, VERDICT_DIFFERS,
          "growth to 4 buckets at insert %d: +%" PRIu64 " (%" PRIu64 " bytes)",
          at, w.objects[at], w.bytes[at]);
}

enum { Rounds = 10000 };

static GOFRAME void make_rounds(const struct maptype *t,
                                const struct values *keys)
{
    for (int i = 0; i < Rounds; i++)
        fill_new(t, 0, keys);
}
GOFRAME_MAIN(make_rounds);

static GOFRAME void clear_rounds(const struct maptype *t,
                                 const struct values *keys)
{
    struct gomap *m = make_map(t, 0);
    for (int i = 0; i < Rounds; i++) {
        fill(t, m, keys, 0, keys->n);
        map_clear(t, m);
    }
}
GOFRAME_MAIN(clear_rounds);

static uint64_t objects_of_rounds(void (*rounds)(const struct maptype *,
                                                 const struct values *))
{
    const struct maptype *t = claim_type("map[int]int");
    struct values *keys = values_make(t->key, 0, bucketCnt);
    measure_begin();
    rounds(t, keys);
    struct measurement *m = measure_end(FRAMES_GO);
    uint64_t objects = m->mallocs;
    measure_free(m);
    values_free(keys);
    return objects;
}

static void clear_for_make(struct measured *f)
{
    uint64_t cleared = objects_of_rounds(clear_rounds);
    uint64_t made = objects_of_rounds(make_rounds);
    found(f, cleared < Rounds && cleared < made, VERDICT_DIFFERS,
          "%s rounds of 8 inserts: %" PRIu64
          " objects with clear, %s with make",
          commas(Rounds), cleared, commas((int64_t)made));
}

static bool laid_out_as_said(const struct maptype *t)
{
    return t->bucketsize ==
           bucketCnt * (1 + t->keysize + t->elemsize) + PtrSize;
}

static void memory_layout(struct measured *f)
{
    const struct maptype *ints = claim_type("map[int]int");
    const struct maptype *strings = claim_type("map[string]int");
    found(f,
          sizeof(struct gomap) == 48 && laid_out_as_said(ints) &&
              laid_out_as_said(strings),
          VERDICT_DIFFERS,
          "hmap %zu bytes; a bucket of map[int]int %d, of map[string]int %d",
          sizeof(struct gomap), ints->bucketsize, strings->bucketsize);
}

static void overflow_limit(struct measured *f)
{
    struct measurement *m = measure_churn();
    const struct mapGrowth *same = same_size(m);
    ASSERT(same != NULL);
    found(f, same->noverflow >= 1 << 15, VERDICT_DIFFERS,
          "%d buckets were rebuilt at %d overflow buckets", 1 << same->oldB,
          same->noverflow);
    measure_free(m);
}

/* Writes the numbers of the old buckets that have moved; returns how many. */
static int moved_buckets(const struct maptype *t, const struct gomap *m,
                         char *out, size_t size)
{
    struct bucketWalk w;
    struct bucketView b;
    int n = 0;
    size_t len = 0;
    out[0] = '\0';
    bucketview_begin(&w, t, m);
    while (bucketview_next(&w, &b)) {
        if (!b.old || b.depth > 0 ||
            strchr("xy-", bucketview_letter(b.tophash[0])) == NULL)
            continue;
        len += (size_t)snprintf(out + len, size - len, "%s%" PRIuPTR,
                                n++ > 0 ? " and " : "", b.number);
    }
    return n;
}

static void second_evacuation(struct measured *f)
{
    const struct maptype *t = claim_type("map[int]int");
    struct values *keys = values_make(t->key, 0, 1000);
    struct gomap *m = make_map(t, 0);
    char moved[40];
    size_t i = 0;
    int n;
    do { /* the insert that grew 32 buckets, and moved two by two chains */
        fill(t, m, keys, i, i + 1);
        i++;
    } while (bucketview_map(m)->B < 6);
    n = moved_buckets(t, m, moved, sizeof moved);
    found(f, bucketview_map(m)->nevacuate == 0, VERDICT_DIFFERS,
          "the insert that grew 32 buckets moved old bucket%s %s: its own and "
          "the next in order; nevacuate is %" PRIuPTR,
          n == 1 ? "" : "s", moved, bucketview_map(m)->nevacuate);
    values_free(keys);
}

const struct claim claims_growth[] = {
    {1, "1",
     "a map grows above a load factor of about 6.5, or with too many "
     "overflow buckets",
     "both", "count > 8 and count > 6.5 * 2^B, or noverflow >= 2^min(B,15)",
     load_factor, "a table takes 7 of 8 slots; a full group needs nothing",
     swiss_load_factor},
    {2, "1", "what a growth calls", "growWork < makeBucketShift < makemap_slow",
     "hashGrow allocates the new array; growWork only moves entries",
     growth_chain, "a table grows by itself, or is split in two",
     swiss_growth_chain},
    {3, "1", "each growth allocates once", "1 object",
     "pointer-free buckets need mapextra and a list of overflow buckets, which "
     "grows by append",
     one_object_a_growth,
     "a table and its groups; a split makes two of each, and at times a larger "
     "directory",
     swiss_one_object_a_growth},
    {4, "1", "pprof shows makemap_slow, with mallocgc at 100 %",
     "both in the call graph",
     "Go cuts mallocgc when it records, and leading runtime frames when it "
     "writes a heap profile",
     in_pprof, NULL, NULL},
    {5, "1", "make(map[int]int, 0)", "+1 object",
     "the header alone; the first bucket comes with the first insert",
     make_zero, "the header alone; a group comes with the first insert", NULL},
    {6, "1", "the insert that ends one bucket", "insert 7: +1, 2 buckets",
     "one bucket takes 8 entries: the load factor counts only above 8",
     first_growth, "one group takes 8 entries", swiss_first_growth},
    {7, "1", "the insert that ends two buckets", "insert 19: +2, 4 buckets",
     "2 buckets take 13 entries; an overflow bucket comes on top by chance",
     second_growth, "16 slots take 14 entries, always", swiss_second_growth},
    {8, "1", "clear(m) in place of make", "avoids the allocation",
     "mapclear zeroes buckets and keeps the array", clear_for_make,
     "clear empties groups and keeps the tables", NULL},
    {9, "2.1", "hmap, and bmap: 8 tophash, 8 keys, 8 values, overflow pointer",
     "48 bytes, and those four in order",
     "keys and values above 128 bytes are kept by pointer", memory_layout,
     "a slot has its key and its element side by side", swiss_memory_layout},
    {10, "2.2", "growth by overflow buckets", "at 2^15 overflow buckets",
     "the limit is 2^min(B,15): as many as there are buckets", overflow_limit,
     "a key that finds its group full goes on to the next", swiss_overflow},
    {11, "2.2", "growWork evacuates twice",
     "the old bucket, then `bucket` itself",
     "the second is of h.nevacuate: so a growth ends though some buckets "
     "are not written to",
     second_evacuation,
     "a table is replaced within the insert that finds it full",
     swiss_evacuation},
    {0},
};
