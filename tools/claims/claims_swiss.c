/*
 * claims_swiss.c: the claims whose subject a swiss map has not, or has in
 * another shape: measured on what is there in its place.
 */
#include "map/mapview.h"
#include "runtime/prof/goframe.h"
#include "tools/claims/claims.h"
#include <inttypes.h>
#include <stdio.h>

/* The article's load factor, as entries and slots. */
enum { claimedEntries = 13, claimedSlots = 16 };

void swiss_load_factor(struct measured *f)
{
    struct measurement *m = claim_fill("map[int]int", 0, 10000, FRAMES_GO);
    size_t claimed = 0, at_limit = 0;
    for (size_t i = 0; i < m->ngrowths; i++) {
        const struct mapGrowth *g = &m->growths[i];
        claimed += g->moves * claimedSlots == g->oldSlots * claimedEntries;
        at_limit += g->moves == g->oldSlots / 8 * 7;
    }
    found(f, claimed == m->ngrowths, VERDICT_DIFFERS,
          "%zu of %zu growths came when 7 of 8 slots of a table were taken, "
          "the first when all 8 of the small map's group were; there are no "
          "overflow buckets",
          at_limit, m->ngrowths);
    measure_free(m);
}

/* Of the chains that make group arrays, the one with the most bytes. */
static const struct chainRow *array_row(const struct measurement *m)
{
    const struct chainRow *row = NULL;
    for (size_t i = 0; i < m->chains->n; i++) {
        const struct chainRow *r = &m->chains->rows[i];
        if (r->part_objects[PART_ARRAY] > 0 &&
            (row == NULL || r->alloc_bytes > row->alloc_bytes))
            row = r;
    }
    return row;
}

/* A chain from its first frame of package maps on, which is called just that.
 */
static void short_chain(const struct chainRow *row, char *out, size_t size)
{
    static const char path[] = "internal/runtime/";
    const char *from = strstr(row->text, path);
    size_t n = 0;
    while (from != NULL && *from != '\0' && n + 1 < size) {
        if (strncmp(from, path, strlen(path)) == 0)
            from += strlen(path);
        out[n++] = *from++;
    }
    out[n] = '\0';
}

void swiss_growth_chain(struct measured *f)
{
    struct measurement *m = claim_fill("map[int]int", 0, 10000, FRAMES_GO);
    bool known = goframe_has(modelled, "runtime.growWork") == GO_HAS;
    char chain[sizeof f->ours];
    short_chain(array_row(m), chain, sizeof chain);
    found(f, known, VERDICT_NOTHING, "%s", chain);
    measure_free(m);
}

void swiss_one_object_a_growth(struct measured *f)
{
    struct measurement *m = claim_fill("map[int]int", 0, 1000, FRAMES_GO);
    const uint64_t *part = m->chains->total.part_objects;
    uint64_t objects = part[PART_ARRAY] + part[PART_BOOKKEEPING];
    found(f, objects == m->ngrowths, VERDICT_DIFFERS,
          "1,000 inserts, %zu growths: %" PRIu64 " group arrays, %" PRIu64
          " tables and directories",
          m->ngrowths, part[PART_ARRAY], part[PART_BOOKKEEPING]);
    measure_free(m);
}

static void say_growth(struct measured *f, size_t slots, int claimed_insert,
                       uint64_t claimed_objects)
{
    struct watched w;
    claim_watch(&w);
    int at = claim_insert_of(&w, slots);
    found(f, at == claimed_insert && w.objects[at] == claimed_objects,
          VERDICT_DIFFERS,
          "growth from %zu to %zu slots at insert %d: +%" PRIu64 " (%" PRIu64
          " bytes)",
          slots / 2, slots, at, w.objects[at], w.bytes[at]);
}

void swiss_first_growth(struct measured *f)
{
    say_growth(f, 16, 7, 1);
}

void swiss_second_growth(struct measured *f)
{
    say_growth(f, 32, 19, 2);
}

void swiss_ninth_key(struct measured *f)
{
    struct watched w;
    claim_watch(&w);
    found(f, modelled->map == MAPKIND_CLASSIC, VERDICT_NOTHING,
          "the 9th key of a full group: +%" PRIu64 " objects, a table of %zu "
          "slots with its groups and a directory; no bucket is chained to "
          "another",
          w.objects[9], w.slots[9]);
}

void swiss_memory_layout(struct measured *f)
{
    const struct maptype *ints = claim_type("map[int]int");
    const struct maptype *strings = claim_type("map[string]int");
    struct measurement *m = claim_make("map[int]int", 0, FRAMES_GO);
    found(f, ints->kind == MAPKIND_CLASSIC, VERDICT_NOTHING,
          "no bmap: Map %" PRIu64 " bytes; a group of map[int]int %u, of "
          "map[string]int %u: 8 bytes of control, 8 slots of key and element",
          m->bytes, ints->groupsize, strings->groupsize);
    measure_free(m);
}

void swiss_overflow(struct measured *f)
{
    struct measurement *m = claim_fill("map[int]int", 0, 100000, FRAMES_GO);
    const struct chainRow *sum = &m->chains->total;
    found(f, sum->part_objects[PART_OVERFLOW] > 0, VERDICT_NOTHING,
          "100,000 inserts, %zu growths: %" PRIu64
          " overflow buckets, and none "
          "for want of them",
          m->ngrowths, sum->part_objects[PART_OVERFLOW]);
    measure_free(m);
}

void swiss_evacuation(struct measured *f)
{
    struct measurement *m = claim_fill("map[int]int", 0, 10000, FRAMES_GO);
    const struct mapGrowth *last = &m->growths[m->ngrowths - 1];
    bool known = goframe_has(modelled, "runtime.growWork") == GO_HAS;
    found(f, known, VERDICT_NOTHING,
          "the last growth of 10,000 inserts moved %s entries, within one "
          "insert, and left the other %s where they were",
          commas(last->moves), commas(last->count - last->moves));
    measure_free(m);
}

void swiss_make_chain(struct measured *f)
{
    struct measurement *m = claim_make("map[int]int", 100, FRAMES_GO);
    bool known = goframe_has(modelled, "runtime.makemap_slow") == GO_HAS &&
                 goframe_has(modelled, "runtime.hashinit") == GO_HAS;
    char chain[sizeof f->ours];
    short_chain(array_row(m), chain, sizeof chain);
    found(f, known, VERDICT_NOTHING, "%s", chain);
    measure_free(m);
}

void swiss_array_tier(struct measured *f)
{
    struct measurement *m = claim_make("map[string]int", 1024, FRAMES_FULL);
    const struct chainRow *row = array_row(m);
    uint64_t one = row->alloc_bytes / row->alloc_objects;
    found(f, row->tier_objects[TIER_MHEAP] == row->alloc_objects,
          VERDICT_DIFFERS,
          "%" PRIu64 " group arrays of %s bytes, %" PRIu64 " of them by %s",
          row->alloc_objects, commas((int64_t)one),
          row->tier_objects[TIER_MHEAP], tier_names[TIER_MHEAP]);
    measure_free(m);
}

void swiss_objects_of_make(struct measured *f)
{
    struct measurement *m = claim_make("map[int]int", 100, FRAMES_GO);
    const uint64_t *part = m->chains->total.part_objects;
    found(f,
          part[PART_HEADER] == 1 && part[PART_ARRAY] == 1 &&
              part[PART_BOOKKEEPING] == 1,
          VERDICT_DIFFERS,
          "hint 100: Map %" PRIu64 ", groups %" PRIu64 ", table and directory "
          "%" PRIu64 " = %" PRIu64 " objects",
          part[PART_HEADER], part[PART_ARRAY], part[PART_BOOKKEEPING],
          m->mallocs);
    measure_free(m);
}

/* Slots that make(map[int]int, hint) allocates, and the insert that grows. */
static size_t slots_of_hint(int64_t hint, int64_t *grows)
{
    const struct maptype *t = claim_type("map[int]int");
    struct measurement *m = claim_fill("map[int]int", hint, 40, FRAMES_GO);
    struct measurement *made = claim_make("map[int]int", hint, FRAMES_GO);
    bool eager = made->chains->total.part_objects[PART_ARRAY] > 0;
    *grows = m->steps[0];
    measure_free(m);
    measure_free(made);
    return eager ? mapview_hinted(t, (intptr_t)hint).slots : 0;
}

void swiss_hint_table(struct measured *f)
{
    char text[sizeof f->ours] = "";
    size_t len = 0;
    bool as_claimed = true;
    for (int64_t hint = 1, first = 1, grows, next; hint <= 15; hint++) {
        size_t slots = slots_of_hint(hint, &grows);
        slots_of_hint(hint + 1, &next);
        as_claimed &= slots == (hint < 8 ? 8u : 16u);
        if (grows == next && hint < 15)
            continue;
        len += (size_t)snprintf(text + len, sizeof text - len,
                                "%sfrom %" PRId64
                                ": %zu slots, grows at insert %" PRId64,
                                len > 0 ? "; " : "", first, slots, grows);
        first = hint + 1;
    }
    found(f, as_claimed, VERDICT_DIFFERS, "%s", text);
}

void swiss_dirty_copy(struct measured *f)
{
    enum { Keys = 1000 };
    static struct hashTrieMap *m;
    gc_add_roots(&m, sizeof m);
    m = newobject(hashTrieMap_type());
    for (int64_t k = 0; k < Keys; k++)
        trieMap_Store(m, eface_int(k), eface_int(k));
    struct MemStats before, after;
    struct eface key = eface_int(Keys);
    readmemstats(&before);
    trieMap_Store(m, key, eface_int(1)); /* an int below 256 needs no box */
    readmemstats(&after);
    found(
        f, modelled->syncMap == SYNCMAP_READ_DIRTY, VERDICT_NOTHING,
        "no second map: one new key beside 1,000 costs %s, %" PRIu64 " bytes",
        plural((int64_t)(after.Mallocs - before.Mallocs), "object", "objects"),
        after.TotalAlloc - before.TotalAlloc);
    gc_remove_roots(&m);
    m = NULL;
}
