/*
 * explain_replay.c: the growth of a line's maps once more, on our own heap, and
 * what it would have been with the right hint.
 *
 *     explain_fit --> [explain_replay] --> explain_print
 *
 * Two maps of the bucket size found are filled with the same keys, one without a
 * hint, one with; what each has allocated is noted at points between the fewest
 * and the most entries that end at the same B. Small maps are filled many times
 * over, for their overflow buckets come by chance. How many entries the real map
 * has, Go does not say: the overflow buckets that the profile shows decide, best those still in use.
 *
 * Arrays beyond MaxReplayB are computed and the rest is scaled up: chains of
 * overflow buckets are alike in small maps and large.
 *
 * Locking: none; nothing else may allocate from the heap meanwhile.
 */
#include "tools/explain.h"

#include "alloc/malloc.h"
#include "map/map.h"
#include "runtime/rand.h"
#include "runtime/throw.h"
#include "tools/exits.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    Points = 32, /* between the fewest and the most entries */
    MaxStackKey = 256,
    MaxReplayB = 16,         /* larger maps are scaled up from it */
    EntriesToFill = 1 << 17, /* maps are repeated up to so many in all */
    UsualPoint = Points / 2, /* when nothing tells how full the map is */
};

/* What one map had allocated when it was so full. */
struct amount {
    double objects, bytes;
    double buckets; /* objects of a bucket's size class */
};

/* One B: the curves of growth and of the map made with the hint. */
struct curve {
    struct amount grown[Points + 1], hinted[Points + 1];
    double copied;
};

/* Maps of one bucket size that started at one B: how to fill them. */
struct replay {
    const struct mapFit *m;
    const struct maptype *t;
    int64_t start_hint; /* that the maps were made with */
    size_t keysize;
};

static double copied_entries;

static void count_copied(const struct mapGrowth *g)
{
    copied_entries += (double)g->count;
}

/* The most entries that 2^b buckets hold without growing. Go: overLoadFactor. */
static int64_t capacity(int b)
{
    ASSERT(b >= 0 && b <= MaxB);
    if (b == 0)
        return bucketCnt;
    return (int64_t)loadFactorNum * (((int64_t)1 << b) / loadFactorDen);
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
    size_t class_size = roundupsize((size_t)bucket);
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

static int64_t entries_at(int b, int point)
{
    int64_t low = capacity(b - 1) + 1, high = capacity(b);
    return low + (high - low) * point / Points;
}

/* Fills one map of 2^b buckets, adding to the amounts at each point. The header
 * is on our stack, as it costs the same either way. */
static void fill_once(const struct replay *r, int b, int64_t hint,
                      uint64_t salt, struct amount *at)
{
    uint8_t key[MaxStackKey];
    struct hmap h;
    memset(&h, 0, sizeof h);
    memset(key, 0, sizeof key);
    struct amount before = allocated(r->m->bucket);
    makemap(r->t, hint, &h);
    int64_t i = 0;
    for (int point = 0; point <= Points; point++) {
        for (; i < entries_at(b, point); i++) {
            make_key(key, r->keysize, (uint64_t)i, salt);
            map_assign(r->t, &h, key);
        }
        add_since(&at[point], before, allocated(r->m->bucket));
    }
}

static void divide(struct amount *a, double n)
{
    a->objects /= n;
    a->bytes /= n;
    a->buckets /= n;
}

/* What arrays alone cost from B = low to high. */
static struct amount arrays_of(const struct replay *r, int low, int high)
{
    struct amount a = {0, 0, 0};
    for (int b = low; b <= high; b++) {
        a.objects++;
        a.bytes += (double)array_size(r->m->bucket, b);
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

static void scale_curve(const struct replay *r, struct curve *c, int from,
                        int to)
{
    int low = r->m->lowB;
    for (int i = 0; i <= Points; i++) {
        scale_up(&c->grown[i], arrays_of(r, low, from), arrays_of(r, low, to),
                 from, to);
        scale_up(&c->hinted[i], arrays_of(r, from, from), arrays_of(r, to, to),
                 from, to);
    }
    c->copied *= ldexp(1, to - from);
}

static void measure(const struct replay *r, int b, struct curve *c)
{
    int replayed = b < MaxReplayB ? b : MaxReplayB;
    int64_t repeats = EntriesToFill / capacity(replayed);
    repeats = repeats < 1 ? 1 : repeats;
    memset(c, 0, sizeof *c);
    copied_entries = 0;
    for (int64_t n = 0; n < repeats; n++) {
        uint64_t salt = (uint64_t)n << 32;
        fill_once(r, replayed, r->start_hint, salt, c->grown);
        fill_once(r, replayed, capacity(replayed), salt, c->hinted);
    }
    c->copied = copied_entries / (double)repeats;
    for (int i = 0; i <= Points; i++) {
        divide(&c->grown[i], (double)repeats);
        divide(&c->hinted[i], (double)repeats);
    }
    if (b > replayed)
        scale_curve(r, c, replayed, b);
    gc(); /* the maps are garbage: nothing is a root here */
}

/* How many maps ended at each B. */
static double ended_at(const struct mapFit *m, int b)
{
    double above = b < m->B ? m->arrays[b + 1] : 0;
    if (b == m->B)
        return fmin(m->arrays[b], m->maps);
    return fmax(0, m->arrays[b] - above);
}

/* How likely the maps are at each point, which add up to 1. */
struct weights {
    double at[Points + 1];
};

/* Buckets of all maps of m, at a point of their growth, or had they a hint. */
static double buckets_at(const struct mapFit *m, const struct curve *curves,
                         int point, bool hinted)
{
    double n = 0;
    for (int b = m->lowB; b <= m->B; b++) {
        const struct curve *c = &curves[b];
        n += ended_at(m, b) * (hinted ? c->hinted : c->grown)[point].buckets;
    }
    return n;
}

/* All weight between two points, so that their mean is where is. */
static struct weights weigh_place(double where)
{
    struct weights w = {{0}};
    where = fmin(fmax(where, 0), Points);
    int i = where < Points ? (int)where : Points - 1;
    w.at[i + 1] = where - i;
    w.at[i] = 1 - w.at[i + 1];
    return w;
}

/* Where the hinted maps have as many overflow buckets as those in use. Few
 * entries need none at all: then the middle of those is as good as any. */
static struct weights weigh_live(const struct mapFit *m,
                                 const struct curve *curves)
{
    double before = buckets_at(m, curves, 0, true);
    for (int i = 1; i <= Points; i++) {
        double n = buckets_at(m, curves, i, true);
        if (m->live_buckets < 0.5 && n >= 0.5)
            return weigh_place(i / 2.0);
        if (m->live_buckets >= 0.5 && n >= m->live_buckets && n > before)
            return weigh_place(i - (n - m->live_buckets) / (n - before));
        before = n;
    }
    return weigh_place(m->live_buckets < 0.5 ? Points / 2.0 : Points);
}

/* Overflow buckets come by chance, about as many more or fewer as the root of
 * their number: each point is as likely as what it gives is near what was. */
static struct weights weigh_grown(const struct mapFit *m,
                                  const struct curve *curves)
{
    struct weights w;
    double sum = 0;
    for (int i = 0; i <= Points; i++) {
        double n = buckets_at(m, curves, i, false);
        double off = n - m->bucket_objects;
        w.at[i] = exp(-off * off / (2 * n + 1)) + 1e-300;
        sum += w.at[i];
    }
    for (int i = 0; i <= Points; i++)
        w.at[i] /= sum;
    return w;
}

static struct weights weigh(const struct mapFit *m, const struct curve *curves,
                            bool sampled)
{
    if (sampled)
        return weigh_place(UsualPoint);
    if (m->entries > 0) {
        double low = (double)entries_at(m->B, 0);
        double high = (double)entries_at(m->B, Points);
        return weigh_place((m->entries - low) / (high - low) * Points);
    }
    if (m->live_buckets >= 0)
        return weigh_live(m, curves);
    return weigh_grown(m, curves);
}

static struct amount mean(const struct amount *at, const struct weights *w)
{
    struct amount a = {0, 0, 0};
    for (int i = 0; i <= Points; i++) {
        a.objects += at[i].objects * w->at[i];
        a.bytes += at[i].bytes * w->at[i];
    }
    return a;
}

static void add_cost(struct finding *f, const struct mapFit *m,
                     const struct curve *curves, const struct weights *w,
                     bool sampled)
{
    struct amount grown = {0, 0, 0};
    for (int b = m->lowB; b <= m->B; b++) {
        double n = ended_at(m, b);
        struct amount as_was = mean(curves[b].grown, w);
        struct amount hinted = mean(curves[b].hinted, w);
        grown.objects += n * as_was.objects;
        grown.bytes += n * as_was.bytes;
        f->cost.hinted_objects += n * hinted.objects;
        f->cost.hinted_bytes += n * hinted.bytes;
        f->cost.copied += n * curves[b].copied;
    }
    if (!sampled) { /* what really was */
        grown.objects = m->array_objects + m->bucket_objects + m->book_objects;
        grown.bytes = m->array_bytes + m->bucket_bytes + m->book_bytes;
    }
    f->cost.objects += grown.objects;
    f->cost.bytes += grown.bytes;
    /* Same-size growth: a hint does not prevent it. */
    double again = m->arrays[m->B] - fmin(m->arrays[m->B], m->maps);
    f->cost.hinted_objects += again;
    f->cost.hinted_bytes += again * (double)array_size(m->bucket, m->B);
}

static double mean_entries(int b, const struct weights *w)
{
    double n = 0;
    for (int i = 0; i <= Points; i++)
        n += w->at[i] * (double)entries_at(b, i);
    return n;
}

static void replay_fit(struct finding *f, const struct mapFit *m, bool sampled)
{
    bool pointers =
        m->known_pointers ? !m->pointer_free : m->bucket / 8 - 2 > 16;
    struct replay r = {.m = m};
    r.t = type_of_bucket(m->bucket, pointers, &r.keysize);
    r.start_hint = m->lowB > 1 ? capacity(m->lowB - 1) : 0;
    if (!r.t || r.t->bucketsize != m->bucket)
        return;
    struct curve *curves = xcalloc(MaxB + 1, sizeof *curves);
    for (int b = m->lowB; b <= m->B; b++)
        if (ended_at(m, b) > 0)
            measure(&r, b, &curves[b]);
    struct weights w = weigh(m, curves, sampled);
    add_cost(f, m, curves, &w, sampled);
    double entries = mean_entries(m->B, &w);
    if (entries > f->cost.entries) {
        f->cost.entries = entries;
        f->cost.hint_low = capacity(m->B - 1) + 1;
        f->cost.hint_high = capacity(m->B);
    }
    free(curves);
}

void explain_replay(struct finding *f, int64_t rate)
{
    void (*hook)(const struct mapGrowth *) = mapgrow_hook;
    int32_t percent = gc_set_percent(-1);
    mapgrow_hook = count_copied;
    for (int i = 0; i < f->nmaps; i++)
        replay_fit(f, &f->maps[i], rate > 1);
    mapgrow_hook = hook;
    gc_set_percent(percent);
}
