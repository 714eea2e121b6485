/*
 * rand.c: all chance comes from one seed.
 *
 *     seed --mix--> wyrand's state in each thread's record
 *       `--atseed--> hash.c: hashkey
 *
 * The state of a thread is made from the seed and the thread's id, so a program
 * of one thread repeats exactly; with several, each thread's own numbers do,
 * as long as the threads attach in the same order. Setting a new seed raises
 * the epoch; a thread notices at its next number that its state is of an older
 * one. That is cheaper than reaching into other threads' records, and right.
 *
 * Locking: none; the seed is set before threads start.
 */
#include "runtime/sched/rand.h"
#include "runtime/base/throw.h"
#include "runtime/sched/thread.h"
#include <stdatomic.h>

static uint64_t currentSeed;
static _Atomic uint32_t epoch = 1;

static void (*seedHook)(uint64_t seed);
static bool allZero; /* so are all random numbers */

static bool hash0Pinned;
static uint32_t pinnedHash0;
static bool seed64Pinned;
static uint64_t pinnedSeed64;

uint64_t mix(uint64_t x)
{
    x += 0x9e3779b97f4a7c15;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
    x = (x ^ x >> 27) * 0x94d049bb133111eb;
    return x ^ x >> 31;
}

void rand_atseed(void (*fn)(uint64_t seed))
{
    ASSERT(seedHook == NULL);
    seedHook = fn;
}

void rand_seed(uint64_t seed)
{
    currentSeed = seed;
    epoch++;
    if (seedHook != NULL)
        seedHook(seed);
}

uint64_t rand_current_seed(void)
{
    return currentSeed;
}

static NOINLINE void reseed(struct m *m)
{
    thread_attach();
    m->fastrand = mix(currentSeed ^ mix(m->id));
    m->randEpoch = epoch;
}

/* One step of wyrand. Go: stubs.go fastrand. */
uint32_t fastrand(void)
{
    struct m *m = getm();
    if (UNLIKELY(allZero))
        return 0;
    if (UNLIKELY(m->randEpoch != epoch))
        reseed(m);
    m->fastrand += 0xa0761d6478bd642f;
    unsigned __int128 product =
        (unsigned __int128)m->fastrand * (m->fastrand ^ 0xe7037ed1a0b428db);
    return (uint32_t)(product >> 64 ^ product);
}

void fastrand_zero(void)
{
    allZero = true;
}

uint32_t fastrandn(uint32_t n)
{
    return (uint32_t)((uint64_t)fastrand() * n >> 32);
}

void hash0_pin(uint32_t hash0)
{
    pinnedHash0 = hash0;
    hash0Pinned = true;
}

void hash0_unpin(void)
{
    hash0Pinned = false;
}

uint32_t newhash0(void)
{
    return hash0Pinned ? pinnedHash0 : fastrand();
}

void seed64_pin(uint64_t seed)
{
    pinnedSeed64 = seed;
    seed64Pinned = true;
}

void seed64_unpin(void)
{
    seed64Pinned = false;
}

uint64_t newseed64(void)
{
    if (seed64Pinned)
        return pinnedSeed64;
    uint64_t high = fastrand();
    return high << 32 | fastrand();
}
