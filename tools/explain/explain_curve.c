/*
 * explain_curve.c: maps filled on our own heap, and what they had allocated
 * when.
 *
 *     explain_replay --> [explain_curve] --> map, mallocgc
 *
 * Two maps of the bucket size found are filled with the same keys, one without
 * a hint, one with; what each has allocated is noted at points between the
 * fewest and the most entries that end at the same B. Small maps are filled
 * many times over, for their overflow buckets come by chance.
 *
 * Arrays beyond MaxReplayB are computed and the rest is scaled up: chains of
 * overflow buckets are alike in small maps and large.
 *
 * Locking: none; nothing else may allocate from the heap meanwhile.
 */
#include "tools/explain/explain_curve.h"

#include "alloc/malloc.h"
#include "map/classic/bucketview.h"
#include "map/map.h"
#include "runtime/base/throw.h"
#include "runtime/sched/rand.h"
#include "tools/lib/exits.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MaxStackKey = 256,
    MaxReplayB = 16,         /* larger maps are scaled up from it */
    EntriesToFill = 1 << 17, /* maps are repeated up to so many in all */
};

int64_t capacity(int b)
{
    ASSERT(b >= 0 && b <= MaxB);
    return (int64_t)geometry_capacity((uint8_t)b);
}

static const struct maptype *parse_map(size_t key, const char *key_type,
                                       const char *elem_type)
{
    char *text = key_type ? xprintf("map[%s]%s", key_type, elem_type)
                          : xprintf("map[[%zu]uint8]%s", key, elem_type);
    const struct maptype *t = maptype_parse(text, NULL);
    free(text);
    return t;
}

/* A map type whose buckets hold pointers; width is of key and element. */
static const struct maptype *pointer_map(size_t width, size_t *key)
{
    if (width < 16 && width != 12) { /* the key is the pointer */
        char elem[32];
        snprintf(elem, sizeof elem, "[%zu]uint8", width - PtrSize);
        *key = PtrSize;
        return parse_map(PtrSize, "*int64", elem);
    }
    if (width <= maxKeySize + PtrSize) {
        *key = width - PtrSize;
        return parse_map(*key, NULL, "*int64");
    }
    char elem[64];
    size_t size = align_up(width - maxKeySize, PtrSize);
    snprintf(elem, sizeof elem, "struct{p *int64; b [%zu]uint8}",
             size - PtrSize);
    *key = width - size;
    return parse_map(*key, NULL, elem);
}

/* A map type with buckets of that size: a key that numbers entries, and the
 * rest in the element. */
static const struct maptype *type_of_bucket(int bucket, bool pointers,
                                            size_t *key)
{
    size_t width = (size_t)bucket / 8 - 2;
    if (pointers && width >= PtrSize)
        return pointer_map(width, key);
    *key = width >= 8 ? 8 : width >= 4 ? 4 : width >= 2 ? 2 : width;
    if (width > *key + maxElemSize)
        *key = width - maxElemSize;
    char elem[32];
    snprintf(elem, sizeof elem, "[%zu]uint8", width - *key);
    return parse_map(*key, NULL, elem);
}

bool filling_init(struct filling *f, const struct mapFit *m)
{
    bool pointers =
        m->known_pointers ? !m->pointer_free : m->bucket / 8 - 2 > 16;
    *f = (struct filling){.m = m};
    f->t = type_of_bucket(m->bucket, pointers, &f->keysize);
    f->start_hint = m->lowB > 1 ? capacity(m->lowB - 1) : 0;
    return f->t != NULL && f->t->bucketsize == m->bucket;
}

/* Entry number i's key, distinct for each i as far as keysize bytes can be. */
static void make_key(uint8_t *key, size_t keysize, uint64_t i, uint64_t salt)
{
    uint64_t word = i + salt; /* in short keys a mixed number would repeat */
    if (keysize >= 8)
        word = mix(word);
    memcpy(key, &word, keysize < 8 ? keysize : 8);
}

static struct amount allocated(int bucket)
{
    struct MemStats s;
    readmemstats(&s);
    struct amount a = {(double)s.Mallocs, (double)s.TotalAlloc, 0};
    size_t class_size = (size_t)slot_size(bucket, false);
    for (size_t i = 0; i < NBySize; i++)
        if (s.BySize[i].Size == class_size)
            a.buckets = (double)s.BySize[i].Mallocs;
    return a;
}

static void add_since(struct amount *sum, struct amount before,
                      struct amount now)
{
    sum->objects += now.objects - before.objects;
    sum->bytes += now.bytes - before.bytes;
    sum->buckets += now.buckets - before.buckets;
}

int64_t entries_at(int b, int point)
{
    int64_t low = capacity(b - 1) + 1, high = capacity(b);
    return low + (high - low) * point / Points;
}

/* Fills one map of 2^b buckets, adding to the amounts at each point. The header
 * is on our stack, as it costs the same either way. */
static void fill_once(const struct filling *f, int b, int64_t hint,
                      uint64_t salt, struct amount *at)
{
    uint8_t key[MaxStackKey];
    struct gomap h = {0};
    memset(key, 0, sizeof key);
    struct amount before = allocated(f->m->bucket);
    map_make(f->t, hint, &h);
    int64_t i = 0;
    for (int point = 0; point <= Points; point++) {
        for (; i < entries_at(b, point); i++) {
            make_key(key, f->keysize, (uint64_t)i, salt);
            map_assign(f->t, &h, key);
        }
        add_since(&at[point], before, allocated(f->m->bucket));
    }
}

static void divide(struct amount *a, double n)
{
    a->objects /= n;
    a->bytes /= n;
    a->buckets /= n;
}

/* What arrays alone cost from B = low to high. */
static struct amount arrays_of(const struct filling *f, int low, int high)
{
    struct amount a = {0, 0, 0};
    for (int b = low; b <= high; b++) {
        a.objects++;
        a.bytes += (double)array_size(f->m->bucket, b);
    }
    return a;
}

/* a was measured at 2^from buckets, with arrays worth was: the same at 2^to
 * buckets, with arrays worth is. */
static void scale_up(struct amount *a, struct amount was, struct amount is,
                     int from, int to)
{
    double times = ldexp(1, to - from);
    a->objects = (a->objects - was.objects) * times + is.objects;
    a->bytes = (a->bytes - was.bytes) * times + is.bytes;
    a->buckets *= times;
}

static void scale_curve(const struct filling *f, struct curve *c, int from,
                        int to)
{
    int low = f->m->lowB;
    for (int i = 0; i <= Points; i++) {
        scale_up(&c->grown[i], arrays_of(f, low, from), arrays_of(f, low, to),
                 from, to);
        scale_up(&c->hinted[i], arrays_of(f, from, from), arrays_of(f, to, to),
                 from, to);
    }
    c->copied *= ldexp(1, to - from);
}

static double copied_entries;

static void count_copied(const struct mapGrowth *g)
{
    copied_entries += (double)g->count;
}

/* Fills so many maps of 2^b buckets, and as many with the hint: their sums. */
static void fill_all(const struct filling *f, int b, int64_t repeats,
                     struct curve *sum)
{
    void (*hook)(const struct mapGrowth *) = mapgrow_hook;
    mapgrow_hook = count_copied;
    copied_entries = 0;
    for (int64_t n = 0; n < repeats; n++) {
        uint64_t salt = (uint64_t)n << 32;
        fill_once(f, b, f->start_hint, salt, sum->grown);
        fill_once(f, b, capacity(b), salt, sum->hinted);
    }
    sum->copied = copied_entries;
    mapgrow_hook = hook;
}

void curve_measure(const struct filling *f, int b, struct curve *c)
{
    int replayed = b < MaxReplayB ? b : MaxReplayB;
    int64_t repeats = EntriesToFill / capacity(replayed);
    repeats = repeats < 1 ? 1 : repeats;
    memset(c, 0, sizeof *c);
    fill_all(f, replayed, repeats, c);
    c->copied /= (double)repeats;
    for (int i = 0; i <= Points; i++) {
        divide(&c->grown[i], (double)repeats);
        divide(&c->hinted[i], (double)repeats);
    }
    if (b > replayed)
        scale_curve(f, c, replayed, b);
    gc(); /* the maps are garbage: nothing is a root here */
}
