/*
 * claims_alloc.c: chapters 2.3 to 3.1: who allocates, which tier serves, what
 * the counters say.
 */
#include "runtime/throw.h"
#include "tools/claims.h"
#include <inttypes.h>
#include <stdio.h>

static void make_chain(struct finding *f)
{
    struct measurement *m = claim_make("map[int]int", 100, FRAMES_GO);
    struct measurement *full = claim_make("map[int]int", 100, FRAMES_FULL);
    uint64_t hashinit = claim_objects(full, "hashinit");
    found(f, hashinit > 0, VERDICT_NOTHING,
          "as Go names it: %s; hashinit is in no chain (%" PRIu64
          " objects); this program's makemap_slow is makemap's second half",
          claim_row(m, "makeBucketArray")->text, hashinit);
    measure_free(m);
    measure_free(full);
}

static void lazy_buckets(struct finding *f)
{
    struct measurement *lazy = claim_make("map[int]int", 8, FRAMES_GO);
    struct measurement *eager = claim_make("map[int]int", 9, FRAMES_GO);
    uint64_t before = lazy->chains->total.part_objects[PART_ARRAY] +
                      lazy->chains->total.part_objects[PART_FIRST];
    uint64_t with = eager->chains->total.part_objects[PART_ARRAY];
    found(f, before == 0 && with == 1, VERDICT_DIFFERS,
          "hint 8 (B = 0): %" PRIu64 " bucket arrays; hint 9 (B = 1): %" PRIu64,
          before, with);
    measure_free(lazy);
    measure_free(eager);
}

static void header_tier(struct finding *f)
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

static void array_tier(struct finding *f)
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

static void objects_of_make(struct finding *f)
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

/* --- article 2.5: three maps ------------------------------------------------ */

struct threeMaps {
    struct measurement *small, *large, *hinted;
};

static struct threeMaps measure_maps(void)
{
    return (struct threeMaps){
        claim_fill("map[string]int", 0, 100, FRAMES_GO),
        claim_fill("map[string]int", 0, 10000, FRAMES_GO),
        claim_fill("map[string]int", 10000, 10000, FRAMES_GO),
    };
}

static void free_maps(struct threeMaps *maps)
{
    measure_free(maps->small);
    measure_free(maps->large);
    measure_free(maps->hinted);
}

static void say_objects(struct finding *f, const struct measurement *m,
                        uint64_t claimed)
{
    found(f, m->mallocs == claimed, VERDICT_DIFFERS,
          "%s objects, %s bytes, %zu growths", commas((int64_t)m->mallocs),
          commas((int64_t)m->bytes), m->ngrowths);
}

static void small_map(struct finding *f)
{
    struct threeMaps maps = measure_maps();
    say_objects(f, maps.small, 12840);
    free_maps(&maps);
}

static void large_map(struct finding *f)
{
    struct threeMaps maps = measure_maps();
    say_objects(f, maps.large, 41600);
    free_maps(&maps);
}

static void hinted_map(struct finding *f)
{
    struct threeMaps maps = measure_maps();
    say_objects(f, maps.hinted, 1020);
    free_maps(&maps);
}

static void three_peaks(struct finding *f)
{
    struct threeMaps maps = measure_maps();
    double kB = 1000, MB = 1e6;
    double small = (double)maps.small->bytes, large = (double)maps.large->bytes;
    double hinted = (double)maps.hinted->bytes;
    /* The claim is given to a tenth of a megabyte. */
    bool same = small > 3.15 * MB && small < 3.25 * MB && large > 8.65 * MB &&
                large < 8.75 * MB && hinted > 2.05 * MB && hinted < 2.15 * MB;
    found(f, same, VERDICT_DIFFERS,
          "allocated in all: %.1f kB, %.0f kB, %.0f kB; a peak is no more",
          small / kB, large / kB, hinted / kB);
    free_maps(&maps);
}

/* --- 3.1: ten strings in a list --------------------------------------------- */

static NOINLINE struct gostring new_item(int i)
{
    char text[16];
    int n = snprintf(text, sizeof text, "item%d", i);
    char *bytes = makeslice(type_basic(kindUint8), n, n);
    memcpy(bytes, text, (size_t)n);
    return (struct gostring){bytes, n};
}

/* list := make([]string, 0, 16); ten times: append(list, "item" + itoa(i)) */
static NOINLINE struct gostring *make_list(void)
{
    struct gostring *list = makeslice(type_basic(kindString), 0, 16);
    for (int i = 0; i < 10; i++)
        list[i] = new_item(i);
    return list;
}

static void list_of_strings(struct finding *f)
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
     make_chain},
    {13, "2.3", "buckets are allocated by make", "if B > 0, else lazily",
     "the first bucket of a map with B = 0 comes with the first insert",
     lazy_buckets},
    {14, "2.4", "the 48-byte hmap comes from", "the tiny allocator",
     "tiny objects are below 16 bytes and free of pointers", header_tier},
    {15, "2.4", "buckets of make(map[string]int, 1024)", "bypass mcache",
     "above 32 KiB an object is a span of its own", array_tier},
    {16, "2.4", "heap_objects counts", "hmap 1, buckets 1, extra 1",
     "extra from B = 4 on, where the array ends with spare overflow buckets",
     objects_of_make},
    {17, "2.5", "map[string]int, 100 inserts, no hint: alloc_objects", "12,840",
     "a header, a first bucket, an array for each growth, few overflow buckets",
     small_map},
    {18, "2.5", "10,000 inserts, no hint: alloc_objects", "41,600",
     "growth doubles; the overflow buckets are most of the objects", large_map},
    {19, "2.5", "10,000 inserts, hint 10,000: alloc_objects", "1,020",
     "one array with spare overflow buckets; few more are wanted", hinted_map},
    {20, "2.5", "memory peaks of these three", "3.2, 8.7, 2.1 MB",
     "nothing else lives in the program", three_peaks},
    {21, "3.1", "a list and its ten strings: alloc_objects",
     "11, whatever their bytes",
     "one object each; but tiny strings share blocks, and the profile counts "
     "blocks",
     list_of_strings},
    {0},
};
