/*
 * explain_fit.c: which bucket size explains a line's sizes?
 *
 *     explain_site --> [explain_fit] --> explain_replay
 *
 * Every bucket size that a map can have is tried. Each says exactly which array
 * sizes growth must have left: 2, 4, 8, 17, 34 … buckets, rounded up. What
 * speaks for and against is added up as log-odds:
 *
 *   for      each array size that is there, the more the rarer such a size is by
 *            chance; the header, the first bucket, the bookkeeping where they
 *            must be
 *   against  how uncommon keys and elements of that width are; array sizes that
 *            are missing, weighed by how likely sampling misses them; large
 *            sizes that this growth does not explain
 *   nothing  array sizes that a slice of bucket-sized elements has as well
 *
 * A profile at rate 1 misses nothing: there a gap in the series ends it. The
 * best fit is taken off the line and the rest tried again, so that a line can
 * grow two maps, or a map and slices.
 */
#include "tools/explain.h"

#include "alloc/malloc.h"
#include "tools/exits.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    MinBucket = 16, /* key and element of no size: tophash and overflow */
    MaxBucket = 16 + 8 * 256,
    MaxSeries = 64,
    MaxSliceElem = 4096,
};

/* Log-odds. Every one is a judgement; tests/test_explain.c holds them to
 * profiles of real programs with and without maps. */
static const double StartOdds = -1.0, /* before anything is known of a line */
    SureOdds = 2.0,                   /* from here on it is a map, … */
    UnsureOdds = 0.0,                 /* … and from here on it may be one */
    ExtraOdds = 1.5, FirstBucketOdds = 1.0, NoFirstBucketOdds = -2.0,
                    SideListOdds = 3.0, OverflowOdds = 2.0,
                    LateStartOdds = -1.5, StrangerOdds = -1.0,
                    NearMissOdds = -4.0, NoHeaderOdds = -2.0, CrowdOdds = -2.0,
                    CertainOdds = 20.0;

/* A line being taken apart: what no fit has explained yet. */
struct fitting {
    const struct sites *all;
    const struct site *site;
    double *objects, *samples; /* by index in site->sizes */
    bool sampled;
};

/* Index of a size that is still there, or -1. Where frames tell the objects'
 * roles, only those of the role count. */
static int size_index(const struct fitting *f, int64_t size, enum sizeRole role)
{
    const struct site *s = f->site;
    for (size_t i = 0; i < s->nsizes && s->sizes[i].size <= size; i++) {
        if (s->sizes[i].size != size || f->objects[i] < 0.5)
            continue;
        if (!s->frames || s->sizes[i].role == role)
            return (int)i;
    }
    return -1;
}

static double count(const struct fitting *f, int64_t size, enum sizeRole role)
{
    int i = size_index(f, size, role);
    return i < 0 ? 0 : f->objects[i];
}

static double count_array(const struct fitting *f, int bucket, int b)
{
    return count(f, array_size(bucket, b), ROLE_ARRAY);
}

static int64_t bucket_class(int bucket)
{
    return (int64_t)roundupsize((size_t)bucket);
}

/* The side list of overflow buckets, a slice of pointers, takes such arrays. */
static bool is_side_list_size(int64_t size)
{
    int64_t series[MaxSeries];
    int n = append_series(8, series, MaxSeries);
    for (int i = 0; i < n && series[i] <= size; i++)
        if (series[i] == size)
            return true;
    return false;
}

/* How many arrays of each B the maps of this line got. No B has more than the
 * one below, where more objects of its size are something else's; but for the
 * largest, which maps that churn allocate again and again. Sampled, a map that
 * reached B had all arrays below, seen or not. */
static void infer_arrays(const struct fitting *f, struct mapFit *m)
{
    memset(m->arrays, 0, sizeof m->arrays);
    for (int b = m->B; b >= m->lowB; b--) {
        int i = size_index(f, array_size(m->bucket, b), ROLE_ARRAY);
        double n = i < 0 ? 0 : round(f->objects[i]);
        double above = b < m->B ? m->arrays[b + 1] : 0;
        bool few = i < 0 || f->samples[i] < 4;
        if (f->sampled && b < m->B && (few || n < above))
            n = above;
        m->arrays[b] = n < 1 ? 1 : n;
    }
    for (int b = m->lowB + 1; !f->sampled && b <= m->B; b++)
        if (b < m->B || is_side_list_size(array_size(m->bucket, b)))
            m->arrays[b] = fmin(m->arrays[b], m->arrays[b - 1]);
    m->maps = m->arrays[m->lowB];
}

/* Of small arrays there may be more than of the large: other maps stayed small.
 * Far more of one size than of the next look like something else's. */
static bool crowd(const struct fitting *f, const struct mapFit *m, int i, int b)
{
    return f->sampled && b < m->B && f->samples[i] > 1.5 &&
           f->objects[i] > 20 * m->arrays[b + 1];
}

/* What the presence and absence of the series' sizes says. */
static double series_odds(const struct fitting *f, const struct mapFit *m)
{
    double odds = 0;
    for (int b = m->lowB; b <= m->B; b++) {
        int64_t size = array_size(m->bucket, b);
        int i = size_index(f, size, ROLE_ARRAY);
        if (i < 0)
            odds -= (double)size / (double)f->all->rate;
        else
            odds += crowd(f, m, i, b) ? CrowdOdds : -log(chance_of_size(size));
    }
    return odds;
}

/* What the sizes of the series that a slice of elem-byte elements has as well
 * earned. Below B = 4 that is all of it; from there on it is discounted by how
 * uncommon large elements are, for only an odd one fits by chance. */
static double odds_of_slice(const struct fitting *f, const struct mapFit *m,
                            int64_t elem)
{
    int64_t series[MaxSeries];
    int n = append_series(elem, series, MaxSeries);
    double small = 0, large = -log((double)elem / 8);
    for (int b = m->lowB, i = 0; b <= m->B; b++) {
        int64_t size = array_size(m->bucket, b);
        while (i < n && series[i] < size)
            i++;
        if (i == n || series[i] != size || size_index(f, size, ROLE_ARRAY) < 0)
            continue;
        if (b < 4)
            small -= log(chance_of_size(size));
        else
            large -= log(chance_of_size(size));
    }
    return small + fmax(large, 0);
}

static double slice_odds(const struct fitting *f, const struct mapFit *m)
{
    double best = 0;
    for (int64_t elem = 8; elem <= MaxSliceElem; elem += 8)
        best = fmax(best, odds_of_slice(f, m, elem));
    return best;
}

static bool in_series(const struct mapFit *m, int64_t size)
{
    for (int b = m->lowB; b <= m->B; b++)
        if (array_size(m->bucket, b) == size)
            return true;
    return size == bucket_class(m->bucket);
}

/* A size that misses the series narrowly belongs to something that doubles, but
 * not to a map. */
static bool near_miss(const struct mapFit *m, int64_t size)
{
    for (int b = m->lowB; b <= m->B + 1; b++) {
        double off = (double)size / (double)array_size(m->bucket, b) - 1;
        if (off != 0 && fabs(off) < 0.02)
            return true;
    }
    return false;
}

/* Sizes nearly as large as the largest array that the series does not have:
 * every map leaves only its own. */
static double stranger_odds(const struct fitting *f, const struct mapFit *m)
{
    double odds = 0;
    int64_t from = array_size(m->bucket, m->B > 2 ? m->B - 2 : m->B);
    for (size_t i = 0; i < f->site->nsizes; i++)
        if (f->site->sizes[i].size > from && f->objects[i] > 0.5 &&
            !in_series(m, f->site->sizes[i].size))
            odds += near_miss(m, f->site->sizes[i].size) ? NearMissOdds
                                                         : StrangerOdds;
    return odds;
}

/* Headers of 48 bytes: in the same function, or as many elsewhere as there are
 * maps. Where everything was recorded and none is found, the maps must be on
 * the stack, headers and all. */
static double header_odds(const struct fitting *f, const struct mapFit *m)
{
    double odds = 0, headers = 0;
    for (size_t i = 0; i < f->all->n; i++) {
        const struct site *s = &f->all->list[i];
        bool same = strcmp(s->func, f->site->func) == 0;
        for (size_t j = 0; j < s->nsizes; j++) {
            if (s->sizes[j].size != HmapSize)
                continue;
            bool equal = !f->sampled && s->sizes[j].objects == m->maps;
            double o = 0;
            if (same)
                o = equal && m->maps > 1 ? 6 : equal ? 2.5 : 1;
            else if (equal && m->maps > 4)
                o = 2.5;
            odds = fmax(odds, o);
            headers += s->sizes[j].objects;
        }
    }
    if (!f->sampled && headers < m->maps)
        odds += m->B < 4 ? 2 * NoHeaderOdds : NoHeaderOdds;
    return odds;
}

/* Maps of 16 buckets and more that began smaller have a mapextra each. */
static double extra_needed(const struct mapFit *m)
{
    return m->lowB <= 4 && m->B >= 4 ? m->arrays[4] : 0;
}

/* Arrays that were filled leave overflow buckets: 4 % of their bytes and more.
 * Far fewer in the samples than that speaks against a map. */
static double overflow_odds(const struct fitting *f, const struct mapFit *m)
{
    double bytes = 0;
    for (int b = m->lowB; b < m->B; b++)
        bytes += m->arrays[b] * (double)array_size(m->bucket, b);
    double expected = 0.04 * bytes / (double)f->all->rate;
    int i = size_index(f, bucket_class(m->bucket), ROLE_BUCKET);
    double seen = i < 0 ? 0 : f->samples[i];
    if (seen >= expected)
        return 0;
    /* log of the Poisson probability, against that of the likeliest outcome */
    double odds = seen - expected;
    return seen > 0 ? odds + seen * log(expected / seen) : odds;
}

/* First bucket, mapextra, side list: the small objects around the arrays. */
static double small_odds(const struct fitting *f, struct mapFit *m)
{
    double buckets = count(f, bucket_class(m->bucket), ROLE_BUCKET);
    double extras = count(f, ExtraSize, ROLE_BOOK);
    double firsts = count(f, 8, ROLE_BOOK);
    double odds = 0;
    if (buckets > 0)
        odds += FirstBucketOdds;
    else if (!f->sampled && m->lowB == 1)
        odds += NoFirstBucketOdds;
    if (f->sampled)
        return odds + overflow_odds(f, m);
    double needed = extra_needed(m);
    if (extras < needed)
        return -INFINITY;
    odds += needed > 0 ? ExtraOdds : 0;
    m->pointer_free = firsts > 0 && extras > needed;
    m->known_pointers = m->pointer_free || buckets > m->maps;
    /* One bucket for each first element, and all of them growing to the same
     * top, would be odd for slices; overflow buckets come so. */
    if (buckets > m->maps && m->B >= 4 && m->arrays[m->lowB] == m->arrays[m->B])
        odds += OverflowOdds;
    return odds + (m->pointer_free ? SideListOdds : 0);
}

static double all_odds(const struct fitting *f, struct mapFit *m)
{
    infer_arrays(f, m);
    double odds = StartOdds + log_prior(m->bucket / 8 - 2);
    odds += series_odds(f, m) + small_odds(f, m) + stranger_odds(f, m);
    if (m->lowB > 1)
        odds += LateStartOdds;
    return odds;
}

static void keep_better(struct mapFit *best, const struct mapFit *m)
{
    if (m->score > best->score)
        *best = *m;
}

/* The best series of one bucket size. At rate 1 each run without a gap is one;
 * sampled, all that is there is, from B = 1 on. */
static void try_bucket(const struct fitting *f, int bucket, struct mapFit *best)
{
    int64_t largest = f->site->sizes[f->site->nsizes - 1].size;
    int low = 0, top = 0;
    for (int b = 1; b <= MaxB && array_size(bucket, b) <= largest; b++) {
        bool there = count_array(f, bucket, b) > 0;
        if (there && !low)
            low = b;
        if (there)
            top = b;
        bool run_ends = !f->sampled && low &&
                        (!there || array_size(bucket, b + 1) > largest);
        if (!run_ends)
            continue;
        struct mapFit m = {.bucket = bucket, .lowB = low, .B = top};
        m.score = all_odds(f, &m);
        keep_better(best, &m);
        low = 0;
    }
    if (!f->sampled || !top)
        return;
    struct mapFit m = {.bucket = bucket, .lowB = 1, .B = top};
    m.score = all_odds(f, &m);
    keep_better(best, &m);
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
            array_size(bucket, b + shift) != array_size(m->bucket, b))
            return false;
    return true;
}

static void find_alternatives(const struct fitting *f, struct mapFit *m)
{
    int n = 0;
    for (int bucket = MinBucket; bucket <= MaxBucket; bucket += 8) {
        if (bucket == m->bucket || n == MaxAlternatives ||
            log_prior(bucket / 8 - 2) < log(1e-2))
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
 * with: then every map is whole, and its buckets are those of its last array. */
static double live_buckets(const struct fitting *f, const struct mapFit *m)
{
    if (f->sampled)
        return -1;
    for (int b = m->lowB; b <= m->B; b++) {
        int64_t size = array_size(m->bucket, b);
        double ended = m->arrays[b] - (b < m->B ? m->arrays[b + 1] : 0);
        if (m->pointer_free && is_side_list_size(size))
            continue; /* it may be the list that is in use */
        if (in_use(f, size, ROLE_ARRAY) != ended)
            return -1;
    }
    return in_use(f, bucket_class(m->bucket), ROLE_BUCKET);
}

/* Other objects of the line, one for each entry, betray how many there are. */
static double entries_by_others(const struct fitting *f, const struct mapFit *m)
{
    double buckets = ldexp(1, m->B), best = 0;
    if (f->sampled || m->arrays[m->lowB] != m->arrays[m->B])
        return 0;
    for (size_t i = 0; i < f->site->nsizes; i++) {
        double each = f->objects[i] / m->maps;
        if (each > 3.25 * buckets && each <= 6.5 * buckets && each > 8)
            best = fmax(best, each);
    }
    return best;
}

/* Takes off the line what m explains. */
static void subtract(struct fitting *f, struct mapFit *m)
{
    for (int b = m->lowB; b <= m->B; b++)
        take(f, array_size(m->bucket, b), ROLE_ARRAY,
             f->sampled ? INFINITY : m->arrays[b], &m->array_objects,
             &m->array_bytes);
    take(f, bucket_class(m->bucket), ROLE_BUCKET, INFINITY, &m->bucket_objects,
         &m->bucket_bytes);
    double extras = m->pointer_free ? INFINITY : extra_needed(m);
    take(f, ExtraSize, ROLE_BOOK, extras, &m->book_objects, &m->book_bytes);
    if (!m->pointer_free)
        return;
    int64_t series[MaxSeries];
    int n = append_series(8, series, MaxSeries);
    for (int i = 0; i < n; i++)
        take(f, series[i], ROLE_BOOK, INFINITY, &m->book_objects,
             &m->book_bytes);
}

/* The map that explains the rest of the line best; false when none does. */
static bool fit_one(struct fitting *f, struct mapFit *best)
{
    *best = (struct mapFit){.score = -INFINITY};
    for (int bucket = MinBucket; bucket <= MaxBucket; bucket += 8)
        try_bucket(f, bucket, best);
    if (best->score <= UnsureOdds && !f->site->frames)
        return false;
    if (best->score == -INFINITY)
        return false;
    best->score += header_odds(f, best) - slice_odds(f, best);
    if (f->site->frames)
        best->score = CertainOdds;
    if (best->score <= UnsureOdds)
        return false;
    find_alternatives(f, best);
    best->live_buckets = live_buckets(f, best);
    subtract(f, best);
    best->entries = entries_by_others(f, best);
    return true;
}

void explain_fit(const struct sites *all, const struct site *s,
                 struct finding *out)
{
    struct fitting f = {.all = all, .site = s, .sampled = all->rate > 1};
    *out = (struct finding){.site = s};
    if (s->swiss) {
        out->verdict = VERDICT_SWISS;
        return;
    }
    f.objects = xcalloc(s->nsizes, sizeof *f.objects);
    f.samples = xcalloc(s->nsizes, sizeof *f.samples);
    for (size_t i = 0; i < s->nsizes; i++) {
        f.objects[i] = s->sizes[i].objects;
        f.samples[i] = s->sizes[i].samples;
    }
    while (out->nmaps < MaxMapsOnLine && s->nsizes > 0 &&
           fit_one(&f, &out->maps[out->nmaps]))
        out->nmaps++;
    free(f.objects);
    free(f.samples);
    for (int i = 0; i < out->nmaps; i++)
        if (out->maps[i].score > SureOdds)
            out->verdict = VERDICT_MAP;
    if (out->nmaps > 0 && out->verdict != VERDICT_MAP)
        out->verdict = VERDICT_UNSURE;
}
