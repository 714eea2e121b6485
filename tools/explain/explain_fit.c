/*
 * explain_fit.c: which bucket size explains a line's sizes?
 *
 *     explain_site --> [explain_fit] --> explain_replay
 *
 * Every bucket size that a map can have is tried. Each says exactly which array
 * sizes growth must have left: 2, 4, 8, 17, 34 … buckets, rounded up.
 * explain_odds.c weighs them; the best of all sizes wins, if it is likely
 * enough.
 *
 * A profile at rate 1 misses nothing: there a gap in the series ends it. The
 * best fit is taken off the line and the rest tried again, so that a line can
 * grow two maps, or a map and slices.
 */
#include "tools/explain/explain_odds.h"

#include "tools/lib/exits.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    MinBucket = 16, /* key and element of no size: tophash and overflow */
    MaxBucket = 16 + 8 * 256,
};

static const double SureOdds = 2.0, /* from here on it is a map, … */
    UnsureOdds = 0.0,   /* … and from here on it may be one, … */
    WorthOdds = -1.0,   /* … on a line of much weight even here */
    Worth = 0.05,       /* of all bytes */
    RarestNamed = -7.5, /* log_prior of alternatives that are named */
    CertainOdds = 20.0; /* the runtime's own frames say so */

/* Of objects so large that sampling takes nearly every one, the number is
 * known, and a size that is missing was not allocated. */
static bool all_sampled(const struct fitting *f, int64_t size)
{
    return size >= 4 * f->all->rate;
}

/* How many arrays of each B the maps of this line got. No B has more than the
 * one below, where more objects of its size are something else's; but for the
 * largest, which maps that churn allocate again and again. Sampled, a map that
 * reached B had all arrays below, seen or not. */
static void infer_arrays(const struct fitting *f, struct mapFit *m)
{
    memset(m->arrays, 0, sizeof m->arrays);
    for (int b = m->B; b >= m->lowB; b--) {
        int64_t size = array_of(m, b);
        int i = size_index(f, size, ROLE_ARRAY);
        double n = i < 0 ? 0 : round(f->objects[i]);
        double above = b < m->B ? m->arrays[b + 1] : 0;
        bool few = i < 0 || f->samples[i] < 4;
        if (!all_sampled(f, size) && b < m->B && (few || n < above))
            n = above;
        m->arrays[b] = n < 1 ? 1 : n;
    }
    for (int b = m->lowB + 1; b <= m->B; b++)
        if (all_sampled(f, array_of(m, b - 1)) &&
            (b < m->B || is_side_list_size(array_of(m, b))))
            m->arrays[b] = fmin(m->arrays[b], m->arrays[b - 1]);
    m->maps = m->arrays[m->lowB];
}

/* The series from low to top. */
static void try_from(const struct fitting *f, int low, struct mapFit *m,
                     int top, struct mapFit *best)
{
    m->lowB = low;
    m->B = top;
    infer_arrays(f, m);
    m->score = fit_odds(f, m);
    if (m->score > best->score)
        *best = *m;
}

/* The best series of one bucket size. At rate 1 each run without a gap is one;
 * sampled, all that is there is, from B = 1 on. */
static void try_bucket(const struct fitting *f, int bucket, bool headers,
                       struct mapFit *best)
{
    int64_t largest = f->site->sizes[f->site->nsizes - 1].size;
    struct mapFit m = {.bucket = bucket, .headers = headers};
    int low = 0, top = 0;
    for (int b = 1; b <= MaxB && array_of(&m, b) <= largest; b++) {
        bool there = count_size(f, array_of(&m, b), ROLE_ARRAY) > 0;
        if (there && !low)
            low = b;
        if (there)
            top = b;
        bool run_ends =
            !f->sampled && low && (!there || array_of(&m, b + 1) > largest);
        if (!run_ends)
            continue;
        try_from(f, low, &m, top, best);
        low = 0;
    }
    if (!f->sampled || !top)
        return;
    try_from(f, 1, &m, top, best);
    if (low > 1) /* they may have been made with a hint, too small */
        try_from(f, low, &m, top, best);
}

/* Would buckets of this size have left the same? All arrays and the bucket
 * itself, where everything was recorded; sampled, the largest arrays, perhaps
 * under a neighbouring B. */
static bool fits_as_well(const struct fitting *f, const struct mapFit *m,
                         int bucket, int shift)
{
    int low = f->sampled && m->B > 5 ? m->B - 2 : m->lowB;
    if (!f->sampled && bucket_class(bucket) != bucket_class(m->bucket))
        return false;
    for (int b = low; b <= m->B; b++)
        if (b + shift < 1 ||
            array_size_in(bucket, b + shift, m->headers) != array_of(m, b))
            return false;
    return true;
}

static void find_alternatives(const struct fitting *f, struct mapFit *m)
{
    int n = 0;
    for (int bucket = MinBucket; bucket <= MaxBucket; bucket += 8) {
        if (bucket == m->bucket || n == MaxAlternatives ||
            log_prior(bucket / 8 - 2) < RarestNamed)
            continue;
        bool fits = fits_as_well(f, m, bucket, 0);
        if (f->sampled)
            fits |=
                fits_as_well(f, m, bucket, 1) || fits_as_well(f, m, bucket, -1);
        if (fits)
            m->alternatives[n++] = bucket;
    }
}

static void take(struct fitting *f, int64_t size, enum sizeRole role,
                 double most, double *objects, double *bytes)
{
    int i = size_index(f, size, role);
    if (i < 0)
        return;
    double n = fmin(most, f->objects[i]);
    *objects += n;
    *bytes += n * (double)size;
    f->samples[i] *= 1 - n / f->objects[i];
    f->objects[i] -= n;
}

static double in_use(const struct fitting *f, int64_t size, enum sizeRole role)
{
    int i = size_index(f, size, role);
    return i < 0 ? 0 : f->site->sizes[i].inuse;
}

/* The buckets in use, when the arrays in use are exactly those that maps end
 * with: then every map is whole, and its buckets are those of its last
 * array. */
static double live_buckets(const struct fitting *f, const struct mapFit *m)
{
    if (f->sampled)
        return -1;
    for (int b = m->lowB; b <= m->B; b++) {
        int64_t size = array_of(m, b);
        double ended = m->arrays[b] - (b < m->B ? m->arrays[b + 1] : 0);
        if (m->pointer_free && is_side_list_size(size))
            continue; /* it may be the list that is in use */
        if (in_use(f, size, ROLE_ARRAY) != ended)
            return -1;
    }
    return in_use(f, bucket_class(m->bucket), ROLE_BUCKET) - m->small;
}

/* Other objects of the line, one for each entry, betray how many there are: the
 * numbers that fit the last array. */
static void entries_by_others(const struct fitting *f, struct mapFit *m)
{
    double buckets = ldexp(1, m->B);
    int n = 0;
    if (f->sampled || m->arrays[m->lowB] != m->arrays[m->B])
        return;
    for (size_t i = 0; i < f->site->nsizes && n < MaxEntryCounts; i++) {
        double each = f->objects[i] / m->maps;
        if (each > 3.25 * buckets && each <= 6.5 * buckets && each > 8)
            m->entries[n++] = each;
    }
}

/* Takes off the line what m explains, side lists aside. */
static void subtract(struct fitting *f, struct mapFit *m)
{
    int64_t bucket = bucket_class(m->bucket);
    for (int b = m->lowB; b <= m->B; b++)
        take(f, array_of(m, b), ROLE_ARRAY,
             f->sampled ? INFINITY : m->arrays[b], &m->array_objects,
             &m->array_bytes);
    take(f, bucket, ROLE_BUCKET, count_size(f, bucket, ROLE_BUCKET) - m->small,
         &m->bucket_objects, &m->bucket_bytes);
    take(f, ExtraSize, ROLE_BOOK, extra_needed(m), &m->book_objects,
         &m->book_bytes);
}

static void take_side_lists(struct fitting *f, struct mapFit *m)
{
    int64_t series[MaxSeries];
    int n = append_series(8, series, MaxSeries);
    take(f, ExtraSize, ROLE_BOOK, INFINITY, &m->book_objects, &m->book_bytes);
    for (int i = 0; i < n; i++)
        take(f, series[i], ROLE_BOOK, INFINITY, &m->book_objects,
             &m->book_bytes);
}

/* The side lists of a line are one map's, as far as sizes tell. Where several
 * maps may have them, they go to the one with the smallest buckets, the
 * likeliest to hold no pointers, and nothing is certain of any. */
static void share_side_lists(struct fitting *f, struct finding *out)
{
    struct mapFit *owner = NULL;
    for (int i = 0; i < out->nmaps; i++) {
        struct mapFit *m = &out->maps[i];
        if (out->nmaps > 1)
            m->known_pointers = false;
        if (m->pointer_free && (!owner || m->bucket < owner->bucket))
            owner = m;
    }
    for (int i = 0; i < out->nmaps; i++)
        out->maps[i].pointer_free = &out->maps[i] == owner;
    if (owner)
        take_side_lists(f, owner);
}

/* A sampled line that costs much is worth a doubtful word, where an array
 * has the spare sixteenth. */
static double unsure_from(const struct fitting *f, const struct mapFit *m)
{
    bool worth =
        f->sampled && m->B >= 4 && f->site->bytes > Worth * f->all->bytes;
    return worth ? WorthOdds : UnsureOdds;
}

/* One size of arrays, without the next smaller and without single buckets,
 * which growth would have left; or with a header for each: make(map[K]V,
 * hint) itself. */
static bool made_whole(const struct fitting *f, const struct mapFit *m)
{
    if (f->site->frames || m->lowB < m->B)
        return false;
    if (!f->sampled && count_size(f, HmapSize, ROLE_BOOK) >= m->arrays[m->B])
        return true;
    return m->B >= 4 && all_sampled(f, array_of(m, m->B - 1)) &&
           count_size(f, bucket_class(m->bucket), ROLE_BUCKET) == 0;
}

/* The map that explains the rest of the line best; false when none does. */
static bool fit_one(struct fitting *f, struct mapFit *best)
{
    *best = (struct mapFit){.score = -INFINITY};
    for (int bucket = MinBucket; bucket <= MaxBucket; bucket += 8) {
        try_bucket(f, bucket, false, best);
        try_bucket(f, bucket, true, best);
    }
    if (best->score + MostHeaderOdds <= unsure_from(f, best) &&
        !f->site->frames)
        return false;
    if (best->score == -INFINITY || made_whole(f, best))
        return false;
    best->score += header_odds(f, best) - slice_odds(f, best);
    if (f->sampled && !seen_whole(f, best))
        best->score = fmin(best->score, SureOdds);
    if (f->site->frames)
        best->score = CertainOdds;
    if (best->score <= unsure_from(f, best))
        return false;
    find_alternatives(f, best);
    best->live_buckets = live_buckets(f, best);
    subtract(f, best);
    f->listed |= best->pointer_free;
    return true;
}

/* The map with most buckets first: the hint is for it. */
static int by_largest(const void *a, const void *b)
{
    const struct mapFit *x = a, *y = b;
    if (x->B != y->B)
        return y->B - x->B;
    return (x->array_bytes < y->array_bytes) -
           (x->array_bytes > y->array_bytes);
}

static void fit_buckets(struct fitting *f, struct finding *out)
{
    const struct site *s = f->site;
    f->objects = xcalloc(s->nsizes, sizeof *f->objects);
    f->samples = xcalloc(s->nsizes, sizeof *f->samples);
    for (size_t i = 0; i < s->nsizes; i++) {
        f->objects[i] = s->sizes[i].objects;
        f->samples[i] = s->sizes[i].samples;
    }
    while (out->nmaps < MaxMapsOnLine && s->nsizes > 0 &&
           fit_one(f, &out->maps[out->nmaps]))
        out->nmaps++;
    share_side_lists(f, out);
    for (int i = 0; i < out->nmaps; i++)
        entries_by_others(f, &out->maps[i]);
    free(f->objects);
    free(f->samples);
    qsort(out->maps, (size_t)out->nmaps, sizeof *out->maps, by_largest);
    for (int i = 0; i < out->nmaps; i++)
        if (out->maps[i].score > SureOdds)
            out->verdict = VERDICT_MAP;
    if (out->nmaps > 0 && out->verdict != VERDICT_MAP)
        out->verdict = VERDICT_UNSURE;
}

/* Small bucket maps and small swiss maps have array sizes in common; from B = 4
 * on the spare sixteenth tells them apart. */
static bool is_swiss(const struct fitting *f, const struct finding *out)
{
    const struct sites *all = f->all;
    if (f->site->swiss)
        return true;
    if (f->sampled || all->era == ERA_BUCKETS ||
        (out->nmaps > 0 && out->maps[0].B >= 4))
        return false;
    return looks_swiss(f->site, all->era);
}

void explain_fit(const struct sites *all, const struct site *s,
                 struct finding *out)
{
    struct fitting f = {.all = all, .site = s, .sampled = all->rate > 1};
    *out = (struct finding){.site = s};
    if (all->era != ERA_SWISS && !s->swiss)
        fit_buckets(&f, out);
    if (is_swiss(&f, out))
        *out = (struct finding){.site = s, .verdict = VERDICT_SWISS};
}
