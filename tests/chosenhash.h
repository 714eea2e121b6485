/*
 * chosenhash.h: swiss maps whose hashes are the keys themselves, so that a test
 * chooses where each key goes.
 */
#ifndef TESTS_CHOSENHASH_H
#define TESTS_CHOSENHASH_H

#include "map/swiss/swisstable.h"
#include "tests/mapmodel.h"

static inline uintptr_t key_is_hash(const struct type *typ, const void *p,
                                    uintptr_t seed)
{
    (void)typ;
    (void)seed;
    return *(const uint64_t *)p;
}

static struct type chosenKey; /* may be given another `equal` */
static struct maptype chosenType;
static const struct maptype *const t = &chosenType;

static inline struct swissMap *chosen_map(const char *release)
{
    release_setup(release, 1);
    chosenType = *maptype_must("map[uint64]int");
    chosenKey = *chosenType.key;
    chosenKey.hash = key_is_hash;
    chosenType.key = &chosenKey;
    chosenType.fast = SWISS_SLOW;
    return swiss_makemap_small();
}

static inline void put(struct swissMap *m, uint64_t hash)
{
    *(uint64_t *)swiss_mapassign(t, m, &hash) = hash;
}

static inline void take(struct swissMap *m, uint64_t hash)
{
    swiss_mapdelete(t, m, &hash);
}

/* Key number i whose search begins in this group, in tables of up to 128, and
 * which stands in the lowest table of any directory. */
static inline uint64_t in_group(uint64_t group, uint64_t i)
{
    return (i + 1) << 14 | group << 7 | (i & 0x7f);
}

/* Hash number i whose top `bits` bits are `top`. */
static inline uint64_t with_top(uint64_t top, uint32_t bits, uint64_t i)
{
    return top << (64 - bits) | mix(i) >> bits;
}

#endif
