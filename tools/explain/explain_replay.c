/*
 * explain_replay.c: the growth of a line's maps once more, on our own heap, and
 * what it would have been with the right hint.
 *
 *     explain_fit --> [explain_replay] --> explain_print
 *                            |
 *                      explain_curve
 *
 * How many entries the real map has, Go does not say: the overflow buckets that
 * the profile shows decide, best those still in use.
 *
 * Locking: none; nothing else may allocate from the heap meanwhile.
 */
#include "tools/explain/explain_curve.h"

#include "alloc/malloc.h"
#include "tools/lib/exits.h"

#include <math.h>
#include <stdlib.h>

enum { UsualPoint = Points / 2 }; /* when nothing tells how full the map is */

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

/* Buckets of all maps of m, at a point of their growth, or had they a hint. The
 * replay has first buckets on the heap. */
static double buckets_at(const struct mapFit *m, const struct curve *curves,
                         int point, bool hinted)
{
    double n = m->on_stack && m->lowB == 1 && !hinted ? -m->maps : 0;
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
        w.at[i] = exp(-off * off / (2 * fmax(n, 0) + 1)) + 1e-300;
        sum += w.at[i];
    }
    for (int i = 0; i <= Points; i++)
        w.at[i] /= sum;
    return w;
}

/* Where so many entries are, as the line's other objects have it. They are
 * believed if the buckets are about those of so many. */
static bool weigh_entries(const struct mapFit *m, const struct curve *curves,
                          double entries, struct weights *w)
{
    double low = (double)entries_at(m->B, 0);
    double high = (double)entries_at(m->B, Points);
    if (entries < low || entries > high)
        return false;
    double place = (entries - low) / (high - low) * Points;
    double n = buckets_at(m, curves, (int)lround(place), false);
    if (fabs(n - m->bucket_objects) >= 3 * sqrt(fmax(n, 0)) + 2)
        return false;
    *w = weigh_place(place);
    return true;
}

static struct weights weigh(const struct mapFit *m, const struct curve *curves,
                            bool sampled)
{
    struct weights w;
    if (sampled)
        return weigh_place(UsualPoint);
    for (int i = 0; i < MaxEntryCounts; i++)
        if (weigh_entries(m, curves, m->entries[i], &w))
            return w;
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

/* Growth alone never leaves so many buckets, nor arrays of one size again: keys
 * come and go. Chance is about the root of the number; four roots are none. */
static bool churns(const struct mapFit *m, const struct curve *curves)
{
    double most = buckets_at(m, curves, Points, false);
    return m->arrays[m->B] > m->maps ||
           m->bucket_objects > most + 4 * sqrt(fmax(most, 0));
}

/* Puts what was counted in place of the replayed growth. What keys that come
 * and go allocate besides, same-size growth with it, a hint does not
 * prevent. */
static void use_counts(struct finding *f, const struct mapFit *m,
                       const struct curve *curves, struct amount *grown)
{
    double objects = m->array_objects + m->bucket_objects + m->book_objects;
    double bytes = m->array_bytes + m->bucket_bytes + m->book_bytes;
    if (churns(m, curves)) {
        f->cost.churns = true;
        f->cost.hinted_objects += fmax(objects - grown->objects, 0);
        f->cost.hinted_bytes += fmax(bytes - grown->bytes, 0);
    }
    grown->objects = objects;
    grown->bytes = bytes;
}

/* Maps whose growth begins above B = 1 were made with a hint, too small: the
 * array that each began with, and its mapextra from B = 4 on, are not on the
 * line, but the right hint has them in its stead. */
static void add_first_arrays(const struct mapFit *m, struct amount *grown)
{
    int made = m->lowB - 1;
    if (made == 0)
        return;
    grown->objects += m->maps;
    grown->bytes +=
        m->maps * (double)array_size_in(m->bucket, made, m->headers);
    if (made < 4)
        return;
    grown->objects += m->maps;
    grown->bytes += m->maps * ExtraSize;
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
    if (!sampled)
        use_counts(f, m, curves, &grown);
    add_first_arrays(m, &grown);
    f->cost.objects += grown.objects;
    f->cost.bytes += grown.bytes;
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
    struct filling filling;
    if (!filling_init(&filling, m))
        return;
    struct curve *curves = xcalloc(MaxB + 1, sizeof *curves);
    for (int b = m->lowB; b <= m->B; b++)
        if (ended_at(m, b) > 0)
            curve_measure(&filling, b, &curves[b]);
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
    int32_t percent = gc_set_percent(-1);
    for (int i = 0; i < f->nmaps; i++)
        replay_fit(f, &f->maps[i], rate > 1);
    gc_set_percent(percent);
}
