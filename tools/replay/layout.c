/*
 * layout.c: what a map is like inside, as lines and as a digest of its memory;
 * tools/verify/oracle says the same of a real Go map.
 */
#include "map/mapview.h"
#include "runtime/base/goversion.h"
#include "tools/replay/replay.h"
#include <inttypes.h>
#include <string.h>

static void digest_bucket(uint64_t *d, const struct maptype *t,
                          const struct bucketView *b)
{
    uint8_t old = b->old;
    digest_bytes(d, &old, 1);
    digest_u64(d, b->number);
    digest_u64(d, b->depth);
    for (int i = 0; i < bucketCnt; i++) {
        digest_bytes(d, &b->tophash[i], 1);
        if (b->key[i] == NULL)
            continue;
        digest_value(d, t->key, b->key[i]);
        digest_value(d, t->elem, b->elem[i]);
    }
}

static uint64_t digest_buckets(const struct maptype *t, const struct gomap *m)
{
    uint64_t d = DigestStart;
    struct bucketWalk walk;
    struct bucketView b;
    digest_bytes(&d, &bucketview_map(m)->flags, 1);
    bucketview_begin(&walk, t, m);
    while (bucketview_next(&walk, &b)) {
        /* What an evacuated bucket still holds is nobody's business. */
        if (strchr("xy-", bucketview_letter(b.tophash[0])) == NULL)
            digest_bucket(&d, t, &b);
    }
    return d;
}

static void digest_group(uint64_t *d, const struct maptype *t,
                         const struct groupView *g)
{
    for (int i = 0; i < groupSlots; i++) {
        digest_bytes(d, &g->ctrl[i], 1);
        if (g->key[i] == NULL)
            continue;
        digest_value(d, t->key, g->key[i]);
        digest_value(d, t->elem, g->elem[i]);
    }
}

static uint64_t digest_tables(const struct maptype *t, const struct gomap *m)
{
    uint64_t d = DigestStart;
    struct swissWalk walk;
    struct tableView tab;
    const struct swissMap *sm = swissview_map(m);
    digest_bytes(&d, &sm->globalDepth, 1);
    swissview_begin(&walk, t, sm);
    while (swissview_next(&walk, &tab)) {
        if (tab.tab != NULL) { /* else it is the group of a small map */
            digest_u64(&d, tab.index);
            digest_bytes(&d, &tab.localDepth, 1);
        }
        for (size_t i = 0; i < tab.groups; i++) {
            struct groupView g;
            swissview_group(&walk, &tab, i, &g);
            digest_group(&d, t, &g);
        }
    }
    return d;
}

uint64_t layout_digest(const struct maptype *t, const struct gomap *m)
{
    return t->kind == MAPKIND_SWISS ? digest_tables(t, m)
                                    : digest_buckets(t, m);
}

/* From here on a bucket map counts its overflow buckets by chance. */
enum { sampledB = 16 };

static void print_bucket_state(const char *name, const struct gomap *m,
                               bool certain, FILE *out)
{
    const struct hmap *h = bucketview_map(m);
    bool chance = certain && h->B >= sampledB && modelled->sharesRandom;
    char noverflow[8];
    snprintf(noverflow, sizeof noverflow, "%d", h->noverflow);
    fprintf(out,
            "hmap %s count=%lld B=%d noverflow=%s nevacuate=%llu growing=%s\n",
            name, (long long)h->count, h->B, chance ? "chance" : noverflow,
            (unsigned long long)h->nevacuate,
            h->oldbuckets != NULL ? "true" : "false");
}

static void print_swiss_state(const char *name, const struct maptype *t,
                              const struct gomap *m, FILE *out)
{
    const struct swissMap *sm = swissview_map(m);
    struct swissCounts c = swissview_counts(t, sm);
    struct swissWalk walk;
    struct tableView tab;
    fprintf(out,
            "hmap %s used=%" PRIu64 " dirLen=%zu globalDepth=%u tables=%zu "
            "groups=%zu\n",
            name, c.used, c.dirLen, c.globalDepth, c.tables, c.groups);
    swissview_begin(&walk, t, sm);
    while (swissview_next(&walk, &tab)) {
        if (tab.tab != NULL)
            fprintf(out,
                    "table %s %zu localDepth=%u capacity=%u used=%u "
                    "growthLeft=%u tombstones=%u\n",
                    name, tab.index, tab.localDepth, tab.capacity, tab.used,
                    tab.growthLeft, tab.tombstones);
    }
}

void print_map_state(const char *name, const struct maptype *t,
                     const struct gomap *m, bool certain, FILE *out)
{
    if (t->kind == MAPKIND_SWISS)
        print_swiss_state(name, t, m, out);
    else
        print_bucket_state(name, m, certain, out);
}
