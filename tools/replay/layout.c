/*
 * layout.c: the digest of a map's memory; tools/verify/oracle makes the same
 * one from a real Go map.
 */
#include "map/classic/bucketview.h"
#include "tools/replay/replay.h"
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

uint64_t layout_digest(const struct maptype *t, const struct gomap *m)
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
