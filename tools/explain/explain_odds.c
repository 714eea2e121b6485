/*
 * explain_odds.c: what speaks for and against a map, as log-odds.
 *
 *   for      each array size that is there, the more the rarer such a size is
 *            by chance; the header, the first bucket, the bookkeeping where
 *            they must be
 *   against  how uncommon keys and elements of that width are; array sizes that
 *            are missing, weighed by how likely sampling misses them; large
 *            sizes that this growth does not explain
 *   nothing  array sizes that a slice of bucket-sized elements has as well
 */
#include "tools/explain/explain_odds.h"

#include <math.h>
#include <string.h>

enum { MaxSliceElem = 4096 };

/* Log-odds. Every one is a judgement; tests/tools/explain/test_explain.c
 * holds them to profiles of real programs with and without maps. */
static const double StartOdds = -1.0, /* before anything is known of a line */
    ExtraOdds = 1.5, FirstBucketOdds = 1.0, NoFirstBucketOdds = -2.0,
                    SideListOdds = 3.0, SampledBucketOdds = 2.5,
                    OtherSizeOdds = -0.5, OverflowOdds = 2.0,
                    LateStartOdds = -1.5, StrangerOdds = -1.0,
                    NearMissOdds = -4.0, ListOdds = 3.0, NoHeaderOdds = -2.0,
                    CrowdOdds = -2.0, RarestOdds = -6.0, DoublingOdds = -2.0,
                    HeadersOdds = -1.0, DeadBucketOdds = 3.0,
                    ExactExtraOdds = 3.0;
const double MostHeaderOdds = 6.0;

int size_index(const struct fitting *f, int64_t size, enum sizeRole role)
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

double count_size(const struct fitting *f, int64_t size, enum sizeRole role)
{
    int i = size_index(f, size, role);
    return i < 0 ? 0 : f->objects[i];
}

int64_t array_of(const struct mapFit *m, int b)
{
    return array_size_in(m->bucket, b, m->headers);
}

int64_t bucket_class(int bucket)
{
    return slot_size(bucket, false);
}

bool is_side_list_size(int64_t size)
{
    int64_t series[MaxSeries];
    int n = append_series(8, series, MaxSeries);
    for (int i = 0; i < n && series[i] <= size; i++)
        if (series[i] == size)
            return true;
    return false;
}

/* Of small arrays there may be more than of the large: other maps stayed small.
 * Far more of one size than of the next look like something else's. */
static bool crowd(const struct fitting *f, const struct mapFit *m, int i, int b)
{
    return b < m->B && f->samples[i] > 1.5 &&
           f->objects[i] > 20 * m->arrays[b + 1];
}

/* How many of n objects of a size sampling sees. At rate 1 nothing is
 * missed. */
static double expected_samples(const struct fitting *f, double n, int64_t size)
{
    return n * (1 - exp(-(double)size / (double)f->all->rate));
}

/* What the absence of a size says. n is itself an estimate from few samples, so
 * that an absence means less than Poisson's law has it: log1p(x) where x is
 * expected, near enough. */
static double absence_odds(const struct fitting *f, const struct mapFit *m,
                           int b)
{
    return -0.7 * expected_samples(f, m->arrays[b], array_of(m, b));
}

/* What the presence and absence of the series' sizes says. */
static double series_odds(const struct fitting *f, const struct mapFit *m)
{
    double odds = 0;
    for (int b = m->lowB; b <= m->B; b++) {
        int64_t size = array_of(m, b);
        int i = size_index(f, size, ROLE_ARRAY);
        if (i < 0)
            odds += absence_odds(f, m, b);
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
    double rare = -(f->sampled ? 1.5 : 1) * log((double)elem / 8), small = 0,
           large = 0;
    for (int b = m->lowB, i = 0; b <= m->B; b++) {
        int64_t size = array_of(m, b);
        while (i < n && series[i] < size)
            i++;
        if (i == n || series[i] != size || size_index(f, size, ROLE_ARRAY) < 0)
            continue;
        if (b < 4)
            small -= log(chance_of_size(size));
        else
            large -= log(chance_of_size(size));
    }
    if (f->sampled) /* a map's lower sizes are as good a witness as any */
        return fmax(small + large + rare, 0);
    return small + fmax(large + rare, 0);
}

/* An array of any size that is doubled by hand: its largest size settles the
 * others. */
static double odds_of_doubling(const struct fitting *f, const struct mapFit *m)
{
    double odds = DoublingOdds, last = 0;
    for (int b = 4; b <= m->B; b++) {
        int64_t size = array_of(m, b);
        if (size_index(f, size, ROLE_ARRAY) < 0)
            continue;
        last = -log(chance_of_size(size));
        odds += last;
    }
    return odds - last;
}

double slice_odds(const struct fitting *f, const struct mapFit *m)
{
    double best = f->sampled ? fmax(odds_of_doubling(f, m), 0) : 0;
    for (int64_t elem = 8; elem <= MaxSliceElem; elem += 8)
        best = fmax(best, odds_of_slice(f, m, elem));
    return best;
}

static bool in_series(const struct mapFit *m, int64_t size)
{
    for (int b = m->lowB; b <= m->B; b++)
        if (array_of(m, b) == size)
            return true;
    return size == bucket_class(m->bucket);
}

/* A size that misses the series narrowly belongs to something that doubles, but
 * not to a map. */
static bool near_miss(const struct mapFit *m, int64_t size)
{
    for (int b = m->lowB; b <= m->B + 1; b++) {
        double off = (double)size / (double)array_of(m, b) - 1;
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
    int64_t from = array_of(m, m->B > 2 ? m->B - 2 : m->B);
    for (size_t i = 0; i < f->site->nsizes; i++)
        if (f->site->sizes[i].size > from && f->objects[i] > 0.5 &&
            !in_series(m, f->site->sizes[i].size))
            odds += near_miss(m, f->site->sizes[i].size) ? NearMissOdds
                                                         : StrangerOdds;
    return odds;
}

/* Overflow buckets that the maps allocated which outgrew 2^b buckets: when 6.5
 * entries a bucket are there, a fifth of the buckets hold more than eight, by
 * Poisson's law; the spare ones of the array, which rounding adds to, are used
 * first. */
static double overflow_of(const struct mapFit *m, int b)
{
    const double share = 0.17; /* somewhat less than a fifth: chance */
    double n = ldexp(1, b), spare = 0;
    if (b >= 4)
        spare = floor((double)array_of(m, b) / m->bucket) - n;
    return fmin(m->arrays[b], m->arrays[b + 1]) * fmax(share * n - spare, 0);
}

static double expected_overflow(const struct mapFit *m)
{
    double n = 0;
    for (int b = m->lowB; b < m->B; b++)
        n += overflow_of(m, b);
    return n;
}

/* Maps with few entries stay in their first bucket: then there are more headers
 * than arrays, and a first bucket for each; what more buckets there are is
 * overflow, of the maps that grew. Returns the maps that did not grow; 0
 * where the numbers do not say so. */
static double small_maps(const struct fitting *f, const struct mapFit *m,
                         double headers)
{
    int64_t size = bucket_class(m->bucket);
    double arrays = 0, buckets = count_size(f, size, ROLE_BUCKET);
    for (int b = m->lowB; b <= m->B; b++)
        arrays += m->arrays[b];
    bool fits = !f->sampled && m->lowB == 1 && m->maps > 4 &&
                size != HmapSize && headers > m->maps && headers < buckets &&
                buckets - headers < 0.6 * arrays;
    return fits ? headers - m->maps : 0;
}

/* As many headers as maps are a struct with a slice, too, if there is a first
 * bucket for each and no overflow. */
static double odds_of_pairs(const struct fitting *f, const struct mapFit *m)
{
    double overflow =
        count_size(f, bucket_class(m->bucket), ROLE_BUCKET) - m->maps;
    double expected = expected_overflow(m);
    if (expected > 4 && overflow < expected / 2)
        return 1;
    return m->maps > 1 && overflow > 0 ? MostHeaderOdds : 3;
}

/* What count headers on one line say. */
static double odds_of_headers(const struct fitting *f, struct mapFit *m,
                              const struct site *s, double headers)
{
    bool equal = !f->sampled && headers == m->maps;
    if (strcmp(s->func, f->site->func) != 0)
        return equal && m->maps > 4 ? 2.5 : 0;
    if (equal)
        return odds_of_pairs(f, m);
    double small = small_maps(f, m, headers);
    if (small == 0)
        return 1;
    m->small = small;
    return 3;
}

/* Small arrays without a single bucket may be first buckets themselves, of
 * other maps: a header for each says nothing. */
static bool only_arrays(const struct fitting *f, const struct mapFit *m)
{
    return !f->sampled && m->B < 4 &&
           count_size(f, bucket_class(m->bucket), ROLE_BUCKET) == 0;
}

double header_odds(const struct fitting *f, struct mapFit *m)
{
    double odds = 0, headers = 0;
    for (size_t i = 0; i < f->all->n; i++) {
        const struct site *s = &f->all->list[i];
        for (size_t j = 0; j < s->nsizes; j++) {
            if (s->sizes[j].size != HmapSize)
                continue;
            double n = s->sizes[j].objects;
            odds = fmax(odds, odds_of_headers(f, m, s, n));
            headers += n;
        }
    }
    if (only_arrays(f, m))
        odds = 0;
    m->on_stack = !f->sampled && headers < m->maps;
    if (m->on_stack)
        odds += m->B < 4 ? 2 * NoHeaderOdds : NoHeaderOdds;
    return odds;
}

double extra_needed(const struct mapFit *m)
{
    return m->lowB <= 4 && m->B >= 4 ? m->arrays[4] : 0;
}

/* Far fewer overflow buckets than there must be speak against a map. */
static double overflow_odds(const struct fitting *f, const struct mapFit *m)
{
    double expected = expected_overflow(m);
    if (f->sampled)
        expected = expected_samples(f, expected, bucket_class(m->bucket));
    int i = size_index(f, bucket_class(m->bucket), ROLE_BUCKET);
    double seen = i < 0 ? 0 : f->samples[i];
    if (seen >= expected)
        return 0;
    /* log of the Poisson probability, against that of the likeliest outcome */
    double odds = seen - expected;
    return seen > 0 ? odds + seen * log(expected / seen) : odds;
}

/* A sample of the bucket's very size: the more the line has of other small
 * sizes, the likelier by chance. */
static double sampled_bucket_odds(const struct fitting *f,
                                  const struct mapFit *m)
{
    double odds = SampledBucketOdds, arrays = 0;
    for (int b = m->lowB; b <= m->B; b++)
        arrays += m->arrays[b] * (double)array_of(m, b);
    int64_t bucket = bucket_class(m->bucket);
    if (m->B >= 4 &&
        count_size(f, bucket, ROLE_BUCKET) * (double)bucket > arrays)
        return CrowdOdds; /* no map overflows so much */
    for (size_t i = 0; i < f->site->nsizes; i++) {
        int64_t size = f->site->sizes[i].size;
        if (size > ExtraSize && size < array_of(m, m->lowB) &&
            size != bucket_class(m->bucket))
            odds += OtherSizeOdds;
    }
    return fmax(odds, 0);
}

/* Side lists balance: each has a header and its first element for an overflow
 * bucket. What more there is of ExtraSize are mapextras: small maps have one
 * with their first overflow bucket, larger ones one in any case. */
static bool lists_add_up(const struct mapFit *m, double buckets, double extras,
                         double firsts)
{
    double mapextras = m->B < 4 ? fmin(firsts, m->maps) : m->maps;
    return firsts <= buckets && firsts <= extras &&
           extras - firsts <= mapextras;
}

/* Buckets that are dead while every map lives: its first, when it grew, and
 * overflow buckets. Of a slice's elements no more are dead than were copied. */
static bool overflow_died(const struct fitting *f, const struct mapFit *m)
{
    int top = size_index(f, array_of(m, m->B), ROLE_ARRAY);
    int i = size_index(f, bucket_class(m->bucket), ROLE_BUCKET);
    if (i < 0 || top < 0 || m->lowB > 1)
        return false;
    const struct siteSize *sizes = f->site->sizes;
    double dead = sizes[i].objects - sizes[i].inuse;
    return sizes[top].inuse == sizes[top].objects &&
           dead > 1.02 * m->arrays[1] + 4;
}

/* First bucket, mapextra, side list: the small objects around the arrays. */
static double small_odds(const struct fitting *f, struct mapFit *m)
{
    double buckets = count_size(f, bucket_class(m->bucket), ROLE_BUCKET);
    double extras = count_size(f, ExtraSize, ROLE_BOOK);
    double firsts = count_size(f, 8, ROLE_BOOK);
    double odds = 0;
    odds += overflow_odds(f, m);
    if (f->sampled)
        return odds + (buckets > 0 ? sampled_bucket_odds(f, m) : 0);
    if (buckets > 0)
        odds += FirstBucketOdds;
    else if (m->lowB == 1)
        odds += NoFirstBucketOdds;
    double needed = extra_needed(m);
    if (extras < needed)
        return -INFINITY;
    odds += needed > 0 ? ExtraOdds : 0;
    if (needed > 4 && extras == needed)
        odds += ExactExtraOdds;
    m->pointer_free = firsts > 0 && extras > needed;
    m->known_pointers = m->pointer_free || buckets > m->maps;
    /* One bucket for each first element, and all of them growing to the same
     * top, would be odd for slices; overflow buckets come so. */
    if (buckets > m->maps && m->B >= 4 && m->arrays[m->lowB] == m->arrays[m->B])
        odds += OverflowOdds;
    if (m->B < 4 && overflow_died(f, m))
        odds += DeadBucketOdds;
    if (f->listed) /* the lists speak for one map only */
        return odds;
    if (m->pointer_free && lists_add_up(m, buckets, extras, firsts))
        odds += ListOdds;
    return odds + (m->pointer_free ? SideListOdds : 0);
}

bool seen_whole(const struct fitting *f, const struct mapFit *m)
{
    bool spare = false;
    for (int b = 4; b <= m->B; b++)
        spare |= count_size(f, array_of(m, b), ROLE_ARRAY) > 0;
    return spare && count_size(f, bucket_class(m->bucket), ROLE_BUCKET) > 0;
}

double fit_odds(const struct fitting *f, struct mapFit *m)
{
    double prior = log_prior(m->bucket / 8 - 2);
    if (!f->sampled) /* then the sizes say so much that a freak may be true */
        prior = fmax(prior, RarestOdds);
    double odds = StartOdds + prior;
    odds += series_odds(f, m) + small_odds(f, m) + stranger_odds(f, m);
    if (m->lowB > 1)
        odds += LateStartOdds;
    if (m->headers) /* without pointers there is none */
        odds += m->pointer_free ? -INFINITY : HeadersOdds;
    return odds;
}
