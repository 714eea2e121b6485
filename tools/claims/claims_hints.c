/*
 * claims_hints.c: chapters 3.2 to 4.4: hints, concurrency, escape, advice.
 */
#include "map/mapview.h"
#include "runtime/base/throw.h"
#include "runtime/sched/rand.h"
#include "tools/claims/claims.h"
#include "tools/scenarios/fill.h"
#include <inttypes.h>
#include <stdio.h>

/* A bucket and the overflow bucket that hangs on it, found in m. */
struct overflowing {
    struct bucketView bucket;
    const struct bmap *next;
};

static bool find_overflow(const struct maptype *t, const struct gomap *m,
                          struct overflowing *o)
{
    struct bucketWalk w;
    struct bucketView b;
    bucketview_begin(&w, t, m);
    while (bucketview_next(&w, &b)) {
        if (b.depth == 1) {
            o->next = b.b;
            return true;
        }
        o->bucket = b;
    }
    return false;
}

static int entries_in(const struct bucketView *b)
{
    int n = 0;
    for (int i = 0; i < bucketCnt; i++)
        n += b->key[i] != NULL;
    return n;
}

static void overflow_link(struct measured *f)
{
    const struct maptype *t = claim_type("map[int]int");
    struct values *keys = values_make(t->key, 0, 52);
    struct gomap *m = map_make(t, 52, NULL); /* 8 buckets and no spares */
    struct overflowing o = {0};
    size_t i = 0;
    while (!find_overflow(t, m, &o)) {
        if (i == keys->n) { /* spread evenly, as under few hash seeds: again */
            m = map_make(t, 52, NULL);
            i = 0;
        }
        fill(t, m, keys, i, i + 1);
        i++;
    }
    ASSERT(o.bucket.b != NULL);
    size_t last = t->bucketsize - PtrSize;
    bool at_end =
        memcmp((const char *)o.bucket.b + last, &o.next, PtrSize) == 0;
    bool in_tophash = bucketview_letter(o.bucket.tophash[0]) != '#';
    found(f, in_tophash && !at_end, VERDICT_DIFFERS,
          "insert %zu met a bucket of %d entries: +1 bucket, linked from %s "
          "of %d bytes; tophash[0] holds %s",
          i, entries_in(&o.bucket), at_end ? "the last word" : "elsewhere",
          t->bucketsize, in_tophash ? "a link" : "a key's top byte");
    values_free(keys);
}

static void million(struct measured *f)
{
    enum { Million = 1000000 };
    struct measurement *hinted =
        claim_fill("map[int]int", Million, Million, FRAMES_GO);
    struct measurement *plain =
        claim_fill("map[int]int", 0, Million, FRAMES_GO);
    found(f, hinted->mallocs == 1 && plain->mallocs <= 7, VERDICT_DIFFERS,
          "%s objects with the hint, %s without (%zu growths)",
          commas((int64_t)hinted->mallocs), commas((int64_t)plain->mallocs),
          plain->ngrowths);
    measure_free(hinted);
    measure_free(plain);
}

/* The bucket arrays that m's program allocated. */
static uint64_t arrays(const struct measurement *m)
{
    return m->chains->total.part_objects[PART_ARRAY];
}

static void slow_path(struct measured *f)
{
    int64_t hint = 0;
    for (uint64_t made = 0; made == 0; hint++) {
        struct measurement *m = claim_make("map[int]int", hint, FRAMES_GO);
        made = arrays(m);
        measure_free(m);
    }
    found(f, hint - 1 == 257, VERDICT_DIFFERS,
          "make allocates %s from hint %" PRId64 " on",
          by_kind("buckets", "tables"), hint - 1);
}

enum { Rounds = 1000, RoundHint = 1024 };

static GOFRAME void loop_of_makes(const struct maptype *t,
                                  const struct values *keys, int64_t hint)
{
    for (int i = 0; i < Rounds; i++)
        fill(t, make_map(t, hint), keys, 0, keys->n);
}
GOFRAME_MAIN(loop_of_makes);

static struct measurement *measure_loop(int64_t hint)
{
    const struct maptype *t = claim_type("map[int]int");
    struct values *keys = values_make(t->key, 0, 1);
    measure_begin();
    loop_of_makes(t, keys, hint);
    struct measurement *m = measure_end(FRAMES_GO);
    values_free(keys);
    return m;
}

static void large_loop(struct measured *f)
{
    struct measurement *m = measure_loop(RoundHint);
    struct measurement *hoisted =
        claim_fill("map[int]int", RoundHint, 1, FRAMES_GO);
    found(f, arrays(m) >= Rounds, VERDICT_DIFFERS,
          "%s rounds: %s arrays, %s objects, %s bytes; one map hoisted "
          "out: %" PRIu64 " objects, %s bytes",
          commas(Rounds), commas((int64_t)arrays(m)),
          commas((int64_t)m->mallocs), commas((int64_t)m->bytes),
          hoisted->mallocs, commas((int64_t)hoisted->bytes));
    measure_free(m);
    measure_free(hoisted);
}

static void small_loop(struct measured *f)
{
    struct measurement *m = measure_loop(0);
    found(f, arrays(m) == Rounds, VERDICT_DIFFERS,
          "%s rounds without a hint: %s arrays, %s objects: a header and a "
          "%s each",
          commas(Rounds), commas((int64_t)arrays(m)),
          commas((int64_t)m->mallocs), part_name(PART_FIRST));
    measure_free(m);
}

/* Buckets that make(map[int]int, hint) allocates, and the insert that grows. */
struct hintRow {
    int buckets, grows;
};

static struct hintRow try_hint(int64_t hint)
{
    struct measurement *m = claim_fill("map[int]int", hint, 40, FRAMES_GO);
    struct measurement *made = claim_make("map[int]int", hint, FRAMES_GO);
    bool eager = made->chains->total.part_objects[PART_ARRAY] > 0;
    struct hintRow row = {eager ? 1 << m->growths[0].oldB : 0,
                          (int)m->steps[0]};
    measure_free(m);
    measure_free(made);
    return row;
}

/* "hint 0-8: no bucket, grows at insert 9; …" for hints up to 15. */
static void hint_table(struct measured *f)
{
    /* The article: 1 bucket below hint 8, full at 8; 2 buckets up to 15. */
    char text[sizeof f->ours] = "";
    size_t len = 0;
    bool as_claimed = true;
    for (int64_t hint = 1, first = 1; hint <= 15; hint++) {
        struct hintRow row = try_hint(hint), next = try_hint(hint + 1);
        as_claimed &= row.buckets == (hint < 8 ? 1 : 2);
        if (row.grows == next.grows && hint < 15)
            continue;
        len += (size_t)snprintf(
            text + len, sizeof text - len,
            "%s%" PRId64 "-%" PRId64 ": %d buckets, grows at insert %d",
            len > 0 ? "; " : "", first, hint, row.buckets, row.grows);
        first = hint + 1;
    }
    found(f, as_claimed, VERDICT_DIFFERS, "%s", text);
}

static uint64_t bytes_of_make(int64_t hint)
{
    struct measurement *m = claim_make("map[int]int", hint, FRAMES_GO);
    uint64_t bytes = m->bytes;
    measure_free(m);
    return bytes;
}

static void quarter_more(struct measured *f)
{
    enum { Plain = 10000, Near = 6500 };
    uint64_t plain = bytes_of_make(Plain), more = bytes_of_make(Plain * 5 / 4);
    uint64_t near = bytes_of_make(Near),
             near_more = bytes_of_make(Near * 5 / 4);
    found(f, more > plain && near_more < 2 * near, VERDICT_DIFFERS,
          "hint 10,000: %s bytes, 12,500: %s; hint 6,500: %s, 8,125: %s",
          commas((int64_t)plain), commas((int64_t)more), commas((int64_t)near),
          commas((int64_t)near_more));
}

static void hint_by_load(struct measured *f)
{
    enum { N = 10000, Ceil = (N * 2 + 12) / 13 }; /* ceil(n / 6.5) */
    struct measurement *right = claim_fill("map[string]int", N, N, FRAMES_GO);
    struct measurement *m = claim_fill("map[string]int", Ceil, N, FRAMES_GO);
    found(f, m->ngrowths == 0, VERDICT_DIFFERS,
          "hint %s: %zu growths, %" PRIu64 " objects; hint %s: %zu, %" PRIu64,
          commas(Ceil), m->ngrowths, m->mallocs, commas(N), right->ngrowths,
          right->mallocs);
    measure_free(right);
    measure_free(m);
}

/* A map that stays in its function: header and first bucket are in the
 * frame. */
static GOFRAME void stays(const struct maptype *t, const struct values *keys)
{
    struct gomap h = {0};
    _Alignas(PtrSize) char first[MaxFirst] = {0};
    map_make_stack(&h, first);
    fill(t, &h, keys, 0, keys->n);
}
GOFRAME_MAIN(stays);

static void escape_decides(struct measured *f)
{
    const struct maptype *t = claim_type("map[int]int");
    struct values *keys = values_make(t->key, 0, bucketCnt);
    measure_begin();
    stays(t, keys);
    struct measurement *stay = measure_end(FRAMES_GO);
    struct measurement *escape =
        claim_fill("map[int]int", 0, bucketCnt, FRAMES_GO);
    found(f, stay->mallocs == 0 && escape->mallocs > 0, VERDICT_DIFFERS,
          "8 entries, the map stays: %" PRIu64 " objects; it escapes: %" PRIu64,
          stay->mallocs, escape->mallocs);
    measure_free(stay);
    measure_free(escape);
    values_free(keys);
}

static void *held; /* keeps an object alive for as long as it is set */

static void alloc_is_live(struct measured *f)
{
    enum { Size = 1 << 20 };
    struct MemStats before, with, after;
    gc_add_roots(&held, sizeof held);
    gc();
    readmemstats(&before);
    held = mallocgc(Size, NULL, true);
    gc();
    readmemstats(&with);
    held = NULL;
    gc();
    readmemstats(&after);
    gc_remove_roots(&held);
    int64_t more = (int64_t)(with.Alloc - before.Alloc);
    int64_t less = (int64_t)(with.Alloc - after.Alloc);
    found(f, more == Size && less == Size, VERDICT_DIFFERS,
          "1 MiB held: Alloc +%s; dropped and collected: -%s", commas(more),
          commas(less));
}

static void linkname(struct measured *f)
{
    struct measurement *m = claim_make("map[int]int", 100, FRAMES_GO);
    bool slow = goframe_has(modelled, "runtime.makemap_slow") == GO_HAS;
    found(f, slow, VERDICT_NOTHING,
          "Go has no makemap_slow to link to; hint 100: of %s bytes that make "
          "allocates the array takes %s",
          commas((int64_t)m->bytes),
          commas((int64_t)m->chains->total.part_bytes[PART_ARRAY]));
    measure_free(m);
}

/* Chapter 4.2: maps that many goroutines write to. */

/* What the article measured, in objects: 12.8K, 34.2K, 9.5K. */
static bool within_a_tenth(uint64_t objects, double claimed)
{
    return (double)objects > claimed * 0.9 && (double)objects < claimed * 1.1;
}

static void three_maps(struct measured *f)
{
    static const double claimed[NSHAREDMAPS] = {12840, 34200, 9500};
    const struct crowd c = {.tasks = 10000, .writes = 100};
    uint64_t objects[NSHAREDMAPS], blocks;
    bool holds = true;
    for (int which = 0; which < NSHAREDMAPS; which++) {
        int64_t present;
        struct measurement *m =
            crowd_measure(&c, which, FRAMES_GO, &present, &blocks);
        objects[which] = m->chains->total.alloc_objects;
        holds = holds && within_a_tenth(objects[which], claimed[which]);
        measure_free(m);
    }
    found(f, holds, VERDICT_DIFFERS,
          "RWMutex map %.2fM, sync.Map %.2fM, 32 shards of map[int]int %lu",
          (double)objects[RWMUTEX_MAP] / 1e6, (double)objects[SYNC_MAP] / 1e6,
          objects[SHARDED_MAP]);
}

static void dirty_copy(struct measured *f)
{
    enum { Keys = 1000 };
    static struct dirtyMap *m;
    gc_add_roots(&m, sizeof m);
    m = newobject(dirtyMap_type());
    for (int64_t k = 0; k < Keys; k++) {
        struct eface key = eface_int(k);
        dirtyMap_Store(m, key, key);
    }
    for (int64_t k = 0; k < Keys; k++) {
        bool ok;
        dirtyMap_Load(m, eface_int(k), &ok);
    }
    struct dirtyMapView promoted = dirtyMap_view(m);
    struct eface key = eface_int(Keys);
    dirtyMap_Store(m, key, key);
    struct dirtyMapView copied = dirtyMap_view(m);
    found(
        f,
        promoted.read == Keys && promoted.dirty == 0 &&
            copied.dirty == Keys + 1,
        VERDICT_DIFFERS,
        "after %d misses read has %ld keys, dirty %ld; one new key: dirty %ld",
        Keys, promoted.read, promoted.dirty, copied.dirty);
    gc_remove_roots(&m);
    m = NULL;
}

const struct claim claims_hints[] = {
    {22, "3.2", "the 9th key of a full bucket",
     "+1 overflow bucket, linked "
     "into tophash[0]",
     "the overflow pointer is a bucket's last word", overflow_link,
     "a small map's group becomes a table: nothing is linked", swiss_ninth_key},
    {23, "3.2", "1,000,000 inserts: allocations", "1 with the hint, 4 to 7 not",
     "each doubling is one array, and overflow buckets come by the thousand",
     million, "a table and its groups for each thousand entries", NULL},
    {24, "3.3", "makemap_slow is taken", "for n > 256",
     "any hint above the 8 entries of one bucket wants an array", slow_path,
     "any hint above the 8 entries of one group wants a table", NULL},
    {25, "3.3", "make(m, 1024) in a loop shows in the execution trace",
     "makemap_slow again and again",
     "every round allocates: hoist the map or "
     "clear it",
     large_loop, NULL, NULL},
    {26, "4.1", "buckets by hint", "1-7: 1 bucket, full at 8; 8-15: 2",
     "hints to 8 allocate none; then B is the least with hint <= 6.5 * 2^B",
     hint_table, "hints to 8 allocate none; 9 to 14 want a table of 16 slots",
     swiss_hint_table},
    {27, "4.1", "hint = n * 1.25 for large maps", "leaves room",
     "6.5 of 8 slots is room already; near a power of two more doubles the "
     "array",
     quarter_more,
     "7 of 8 slots is room already; near a power of two more doubles the "
     "tables",
     NULL},
    {28, "4.2", "10,000 goroutines, 100 writes each: objects",
     "RWMutex map 12.8K, sync.Map 34.2K, sharded 9.5K",
     "boxing keys and values alone is an object a write", three_maps, NULL,
     NULL},
    {29, "4.2", "sync.Map after a miss promotion",
     "copies the whole read map to a new dirty map",
     "dirtyLocked copies each entry that is not expunged", dirty_copy,
     "sync.Map is a trie of hashes here: no dirty map, nothing to copy",
     swiss_dirty_copy},
    {30, "4.3", "escape analysis decides where a map is", "stack or heap",
     "a small map that stays has header and first bucket in the frame",
     escape_decides, "a small map that stays has header and group in the frame",
     NULL},
    {31, "4.3", "MemStats.Alloc", "bytes of live heap objects",
     "allocated and not yet freed by the sweeper", alloc_is_live, NULL, NULL},
    {32, "4.4", "make in a loop without a hint", "makemap_slow each time",
     "a constant hint up to 8 is makemap_small", small_loop, NULL, NULL},
    {33, "4.4", "the right hint for n entries", "ceil(n / 6.5)",
     "the hint counts entries, not buckets", hint_by_load,
     "the hint counts entries; the runtime adds one slot in seven", NULL},
    {34, "4.4", "go:linkname around makemap_slow", "saves the slow path",
     "the cost is the array itself, whoever asks for it", linkname, NULL, NULL},
    {0},
};
