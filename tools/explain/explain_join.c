/*
 * explain_join.c: maps that grow on several lines.
 *
 *     explain_site --> explain_fit <--> [explain_join] --> explain_replay
 *
 * Where m[k] = v stands on two lines, or in two functions, each array is made
 * by the line that happens to insert when the map is full. Each then has a part
 * of the series, and the hint for a part is too small. So a series with an end
 * in the air, above or below, is followed to the line that has its next array,
 * and the lines are fitted once more as one.
 *
 * Two maps of one type must not become one. Below, a series may well begin in
 * the air: with the array that make gave it. The next array must be on one line
 * only, in the same function if there is one. And arrays that others replaced
 * may not be in use, where the collector has freed some, except the last.
 *
 * Only for profiles at rate 1: in others every series is full of holes.
 */
#include "tools/explain/explain_odds.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MaxParts = 16 };

/* A map being followed from line to line. */
struct joining {
    struct sites *all;
    const struct findings *found;
    const struct mapFit *m; /* of the line that it began with */
    const struct site *parts[MaxParts];
    size_t nparts;
};

static const struct siteSize *find_size(const struct site *s, int64_t size,
                                        enum sizeRole role)
{
    for (size_t i = 0; i < s->nsizes; i++)
        if (s->sizes[i].size == size &&
            (!s->frames || s->sizes[i].role == role))
            return &s->sizes[i];
    return NULL;
}

static double count_on(const struct site *s, int64_t size, enum sizeRole role)
{
    const struct siteSize *found = find_size(s, size, role);
    return found ? found->objects : 0;
}

static double arrays_on(const struct site *s, const struct mapFit *m, int b)
{
    return count_on(s, array_of(m, b), ROLE_ARRAY);
}

static double buckets_on(const struct site *s, const struct mapFit *m)
{
    return count_on(s, bucket_class(m->bucket), ROLE_BUCKET);
}

/* make(map[K]V, hint) for 2^b buckets: an array for each header or, where those
 * are on the stack, for each mapextra; and no single bucket. */
static bool makes(const struct site *s, const struct mapFit *m, int b)
{
    double n = count_on(s, array_of(m, b), ROLE_OTHER);
    if (n == 0 || buckets_on(s, m) > 0)
        return false;
    double headers = count_on(s, HmapSize, ROLE_OTHER);
    double extras = count_on(s, ExtraSize, ROLE_OTHER);
    return headers == n || (b >= 4 && headers == 0 && extras == n);
}

/* Maps whose growth begins above 2^b buckets may have been made with these. */
static bool made_with(const struct joining *j, int b)
{
    for (size_t i = 0; i < j->all->n; i++)
        if (makes(&j->all->list[i], j->m, b))
            return true;
    return false;
}

static bool is_part(const struct joining *j, const struct site *s)
{
    for (size_t i = 0; i < j->nparts; i++)
        if (j->parts[i] == s)
            return true;
    return false;
}

static bool in_a_function_of(const struct joining *j, const struct site *s)
{
    for (size_t i = 0; i < j->nparts; i++)
        if (strcmp(j->parts[i]->func, s->func) == 0)
            return true;
    return false;
}

/* Was a map of the same buckets with such an array found on the line? */
static bool found_on(const struct joining *j, const struct site *s, int b)
{
    for (size_t i = 0; i < j->found->n; i++) {
        const struct finding *f = &j->found->list[i];
        for (int k = 0; f->site == s && k < f->nmaps; k++)
            if (f->maps[k].bucket == j->m->bucket && f->maps[k].lowB <= b &&
                b <= f->maps[k].B)
                return true;
    }
    return false;
}

/* The only line that may have made the array of 2^b buckets next to those at
 * hand: more of it than of the one on their side, which came from them. A size
 * alone is believed in the same function only. NULL: none, or several. */
static const struct site *line_of(const struct joining *j, int b, int beside)
{
    const struct site *best = NULL;
    int rank = 0;
    bool several = false;
    for (size_t i = 0; i < j->all->n; i++) {
        const struct site *s = &j->all->list[i];
        if (is_part(j, s) || makes(s, j->m, b) ||
            arrays_on(s, j->m, b) <= arrays_on(s, j->m, beside))
            continue;
        int r = 2 * in_a_function_of(j, s) + found_on(j, s, b);
        if (r == 0 || r < rank)
            continue;
        several = r == rank;
        rank = r;
        best = s;
    }
    return several ? NULL : best;
}

/* True when the array of 2^b buckets is on some line of the map's. */
static bool follow(struct joining *j, int b, int beside)
{
    for (size_t i = 0; i < j->nparts; i++)
        if (arrays_on(j->parts[i], j->m, b) > 0)
            return true;
    const struct site *s = j->nparts < MaxParts ? line_of(j, b, beside) : NULL;
    if (s)
        j->parts[j->nparts++] = s;
    return s != NULL;
}

/* Lines of the same functions that made overflow buckets only. */
static void add_bucket_lines(struct joining *j)
{
    for (size_t i = 0; i < j->all->n && j->nparts < MaxParts; i++) {
        const struct site *s = &j->all->list[i];
        if (!is_part(j, s) && in_a_function_of(j, s) &&
            buckets_on(s, j->m) > 0 && count_on(s, HmapSize, ROLE_OTHER) == 0 &&
            !found_on(j, s, j->m->B))
            j->parts[j->nparts++] = s;
    }
}

static int by_bytes(const void *a, const void *b)
{
    const struct site *const *x = a, *const *y = b;
    return ((*x)->bytes < (*y)->bytes) - ((*x)->bytes > (*y)->bytes);
}

/* All parts as one line; it lives as long as the profile. */
static const struct site *joined_site(struct joining *j)
{
    struct site *sum = pool_alloc(j->all->pool, sizeof *sum);
    size_t most = 0;
    qsort(j->parts, j->nparts, sizeof(struct site *), by_bytes);
    for (size_t i = 0; i < j->nparts; i++)
        most += j->parts[i]->nsizes;
    *sum = *j->parts[0];
    sum->cap_sizes = most;
    sum->nsizes = 0;
    sum->sizes = pool_alloc(j->all->pool, most * sizeof *sum->sizes);
    sum->objects = sum->bytes = 0;
    sum->nparts = j->nparts;
    sum->parts = pool_alloc(j->all->pool, sizeof j->parts);
    for (size_t i = 0; i < j->nparts; i++) {
        const struct site *part = j->parts[i];
        sum->parts[i] = part;
        sum->objects += part->objects;
        sum->bytes += part->bytes;
        for (size_t k = 0; k < part->nsizes; k++)
            site_add_size(sum, &part->sizes[k]);
    }
    site_sort_sizes(sum);
    return sum;
}

/* Did one line make all arrays but the last? Then those may be a map's own. */
static bool all_but_last(const struct site *s, const struct mapFit *m)
{
    for (int b = m->lowB; b < m->B; b++)
        if (arrays_on(s, m, b) == 0)
            return false;
    return true;
}

/* Of the arrays that larger ones replaced, all that it must be are freed, or
 * none at all. The last of them is in use until its entries have moved. */
static bool dead_or_not(const struct site *s, const struct mapFit *m)
{
    bool some = false, all = true, own = false;
    for (size_t i = 0; i < s->nparts; i++)
        own |= all_but_last(s->parts[i], m);
    for (int b = m->lowB; b < m->B - !own; b++) {
        const struct siteSize *array = find_size(s, array_of(m, b), ROLE_ARRAY);
        double freed = array ? array->objects - array->inuse : 0;
        some |= freed > 0;
        all &= freed >= m->arrays[b + 1];
    }
    return all || !some;
}

static bool is_longer(const struct finding *joined, const struct mapFit *m)
{
    const struct mapFit *all = &joined->maps[0];
    return joined->verdict == VERDICT_MAP && all->bucket == m->bucket &&
           all->lowB <= m->lowB && all->B >= m->B &&
           all->B - all->lowB > m->B - m->lowB;
}

/* In place of what was found on its parts. */
static void replace(struct findings *found, const struct joining *j,
                    const struct finding *joined)
{
    size_t n = 0;
    for (size_t i = 0; i < found->n; i++)
        if (!is_part(j, found->list[i].site))
            found->list[n++] = found->list[i];
    found->list[n++] = *joined; /* one of them at least was a part */
    found->n = n;
}

/* Follows what was found on one line to others; true when it went on there. */
static bool join_from(struct sites *all, struct findings *found, size_t i)
{
    const struct mapFit m = found->list[i].maps[0];
    struct joining j = {.all = all, .found = found, .m = &m};
    struct finding joined;
    if (found->list[i].nmaps == 0 || found->list[i].site->nparts > 0)
        return false;
    j.parts[j.nparts++] = found->list[i].site;
    for (int b = m.lowB - 1; b > 0; b--)
        if (made_with(&j, b) || !follow(&j, b, b + 1))
            break;
    for (int b = m.B + 1; b <= MaxB; b++)
        if (made_with(&j, b - 1) || !follow(&j, b, b - 1))
            break;
    if (j.nparts == 1)
        return false;
    add_bucket_lines(&j);
    explain_fit(all, joined_site(&j), &joined);
    if (!is_longer(&joined, &m) || !dead_or_not(joined.site, &joined.maps[0]))
        return false;
    replace(found, &j, &joined);
    return true;
}

struct findings explain_lines(struct sites *all)
{
    struct findings found = {NULL, 0, 0};
    for (size_t i = 0; i < all->n; i++) {
        struct finding f;
        explain_fit(all, &all->list[i], &f);
        if (f.verdict == VERDICT_NONE)
            continue;
        found.list = array_reserve(found.list, &found.cap, found.n + 1,
                                   sizeof *found.list);
        found.list[found.n++] = f;
    }
    for (size_t i = 0; all->rate <= 1 && i < found.n;)
        i = join_from(all, &found, i) ? 0 : i + 1;
    return found;
}
