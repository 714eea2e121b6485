/*
 * claims_alloc.c: chapters 2.3 to 3.1: who allocates, which tier serves, what
 * the counters say.
 */
#include "runtime/base/throw.h"
#include "tools/claims/claims.h"
#include <inttypes.h>
#include <stdio.h>

static void make_chain(struct measured *f)
{
    struct measurement *m = claim_make("map[int]int", 100, FRAMES_GO);
    bool known = goframe_has(modelled, "runtime.makemap_slow") == GO_HAS &&
                 goframe_has(modelled, "runtime.hashinit") == GO_HAS;
    found(f, known, VERDICT_NOTHING,
          "as Go names it: %s; Go has neither makemap_slow nor hashinit",
          claim_row(m, "makeBucketArray")->text);
    measure_free(m);
}

static void lazy_buckets(struct measured *f)
{
    struct measurement *lazy = claim_make("map[int]int", 8, FRAMES_GO);
    struct measurement *eager = claim_make("map[int]int", 9, FRAMES_GO);
    uint64_t before = lazy->chains->total.part_objects[PART_ARRAY] +
                      lazy->chains->total.part_objects[PART_FIRST];
    uint64_t with = eager->chains->total.part_objects[PART_ARRAY];
    found(f, before == 0 && with == 1, VERDICT_DIFFERS,
          by_kind("hint 8 (B = 0): %" PRIu64 " bucket arrays; hint 9 (B = 1): "
                  "%" PRIu64,
                  "hint 8: %" PRIu64 " groups; hint 9: %" PRIu64
                  " array of groups"),
          before, with);
    measure_free(lazy);
    measure_free(eager);
}

static void header_tier(struct measured *f)
{
    struct measurement *m = claim_make("map[int]int", 0, FRAMES_FULL);
    const struct chainRow *row = &m->chains->rows[0];
    found(f, row->tier_objects[TIER_TINY] > 0, VERDICT_DIFFERS,
          "%s: %" PRIu64 " from a tiny block; %zu bytes from the size class of "
          "%zu, with pointers in its first %zu bytes",
          row->type->str, row->tier_objects[TIER_TINY], row->type->size,
          row->maxsize, row->type->ptrdata);
    measure_free(m);
}

static void array_tier(struct measured *f)
{
    struct measurement *m = claim_make("map[string]int", 1024, FRAMES_FULL);
    const struct chainRow *row = claim_row(m, "makeBucketArray");
    found(f, row->tier_objects[TIER_MHEAP] == row->alloc_objects,
          VERDICT_DIFFERS, "%" PRIu64 " array of %s bytes, served by %s",
          row->alloc_objects, commas((int64_t)row->alloc_bytes),
          row->tier_objects[TIER_MHEAP] > 0 ? tier_names[TIER_MHEAP]
                                            : tier_names[TIER_MCACHE]);
    measure_free(m);
}

static void objects_of_make(struct measured *f)
{
    struct measurement *m = claim_make("map[int]int", 100, FRAMES_GO);
    const uint64_t *part = m->chains->total.part_objects;
    found(f,
          part[PART_HEADER] == 1 && part[PART_ARRAY] == 1 &&
              part[PART_BOOKKEEPING] == 1,
          VERDICT_DIFFERS,
          "hint 100: hmap %" PRIu64 ", buckets %" PRIu64 ", extra %" PRIu64
          " = %" PRIu64 " objects",
          part[PART_HEADER], part[PART_ARRAY], part[PART_BOOKKEEPING],
          m->mallocs);
    measure_free(m);
}

static void say_objects(struct measured *f, int64_t hint, size_t n,
                        uint64_t claimed)
{
    struct measurement *m = claim_fill("map[string]int", hint, n, FRAMES_GO);
    found(f, m->mallocs == claimed, VERDICT_DIFFERS,
          "%s objects, %s bytes, %zu growths", commas((int64_t)m->mallocs),
          commas((int64_t)m->bytes), m->ngrowths);
    measure_free(m);
}

static void small_map(struct measured *f)
{
    say_objects(f, 0, 100, 12840);
}

static void large_map(struct measured *f)
{
    say_objects(f, 0, 10000, 41600);
}

static void hinted_map(struct measured *f)
{
    say_objects(f, 10000, 10000, 1020);
}

/* Bytes allocated by a map[string]int of n entries, all of them ever. */
static double bytes_of_map(int64_t hint, size_t n)
{
    struct measurement *m = claim_fill("map[string]int", hint, n, FRAMES_GO);
    double bytes = (double)m->bytes;
    measure_free(m);
    return bytes;
}

/* Whether bytes are claimed megabytes, said to a tenth. */
static bool is_MB(double bytes, double claimed)
{
    return bytes > (claimed - 0.05) * 1e6 && bytes < (claimed + 0.05) * 1e6;
}

static void three_peaks(struct measured *f)
{
    double small = bytes_of_map(0, 100), large = bytes_of_map(0, 10000);
    double hinted = bytes_of_map(10000, 10000);
    found(f, is_MB(small, 3.2) && is_MB(large, 8.7) && is_MB(hinted, 2.1),
          VERDICT_DIFFERS,
          "allocated in all: %.1f kB, %.0f kB, %.0f kB; a peak is no more",
          small / 1000, large / 1000, hinted / 1000);
}

static GOFRAME struct gostring new_item(int i)
{
    char text[16];
    int n = snprintf(text, sizeof text, "item%d", i);
    char *bytes = makeslice(type_basic(kindUint8), n, n);
    memcpy(bytes, text, (size_t)n);
    return (struct gostring){bytes, n};
}
GOFRAME_MAIN(new_item);

/* list := make([]string, 0, 16); ten times: append(list, "item" + itoa(i)) */
static GOFRAME struct gostring *make_list(void)
{
    struct gostring *list = makeslice(type_basic(kindString), 0, 16);
    for (int i = 0; i < 10; i++)
        list[i] = new_item(i);
    return list;
}
GOFRAME_MAIN(make_list);

static void list_of_strings(struct measured *f)
{
    measure_begin();
    make_list();
    struct measurement *m = measure_end(FRAMES_GO);
    const struct chainRow *total = &m->chains->total;
    found(f, m->mallocs == 11 && m->bytes != m->mallocs, VERDICT_DIFFERS,
          "%" PRIu64 " objects asked for (Mallocs); alloc_objects %" PRIu64
          ", alloc_space %" PRIu64 " bytes",
          m->mallocs, total->alloc_objects, total->alloc_bytes);
    measure_free(m);
}

const struct claim claims_alloc[] = {
    {12, "2.3", "what make(map[K]V, n) calls",
     "makemap < makemap_slow < hashinit < mallocgc",
     "the array comes by makeBucketArray, newarray; hash0 is a random number",
     make_chain, "NewMap makes directory and tables, newGroups their arrays",
     swiss_make_chain},
    {13, "2.3", "buckets are allocated by make", "if B > 0, else lazily",
     "the first bucket of a map with B = 0 comes with the first insert",
     lazy_buckets, "up to 8 entries the one group comes with the first insert",
     NULL},
    {14, "2.4", "the 48-byte hmap comes from", "the tiny allocator",
     "tiny objects are below 16 bytes and free of pointers", header_tier, NULL,
     NULL},
    {15, "2.4", "buckets of make(map[string]int, 1024)", "bypass mcache",
     "above 32 KiB an object is a span of its own", array_tier,
     "tables of 1,024 slots are below 32 KiB here, each by itself",
     swiss_array_tier},
    {16, "2.4", "heap_objects counts", "hmap 1, buckets 1, extra 1",
     "extra from B = 4 on, where the array ends with spare overflow buckets",
     objects_of_make, "one table of 128 slots, and a directory of one",
     swiss_objects_of_make},
    {17, "2.5", "map[string]int, 100 inserts, no hint: alloc_objects", "12,840",
     "a header, a first bucket, an array for each growth, few overflow buckets",
     small_map, "a header, a group, a table and its groups for each growth",
     NULL},
    {18, "2.5", "10,000 inserts, no hint: alloc_objects", "41,600",
     "growth doubles; the overflow buckets are most of the objects", large_map,
     "tables double up to 1,024 slots, then split one by one", NULL},
    {19, "2.5", "10,000 inserts, hint 10,000: alloc_objects", "1,020",
     "one array with spare overflow buckets; few more are wanted", hinted_map,
     "a directory, and a table with its groups for each 896 entries", NULL},
    {20, "2.5", "memory peaks of these three", "3.2, 8.7, 2.1 MB",
     "nothing else lives in the program", three_peaks, NULL, NULL},
    {21, "3.1", "a list and its ten strings: alloc_objects",
     "11, whatever their bytes",
     "one object each; but tiny strings share blocks, and the profile counts "
     "blocks",
     list_of_strings, NULL, NULL},
    {0},
};
