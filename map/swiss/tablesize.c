/*
 * tablesize.c: what a hint makes.
 *
 * Locking: none; pure functions.
 */
#include "map/swiss/tablesize.h"
#include "alloc/malloc.h"
#include "runtime/base/bits.h"

/* The least power of two that is n or more; 0 when it does not fit.
 * Go: group.go alignUpPow2. */
static uint64_t alignUpPow2(uint64_t n)
{
    uint32_t bits = n == 0 ? 0 : bits_len64(n - 1);
    return n == 0 || bits == 64 ? 0 : (uint64_t)1 << bits;
}

struct tableSizes table_sizes(const struct maptype *t, intptr_t hint)
{
    const struct tableSizes none = {0, 0};
    uint64_t slots = (uint64_t)hint * groupSlots;
    uint64_t target = slots / maxAvgGroupLoad;
    size_t mem;
    if (hint <= groupSlots || target < (uint64_t)hint)
        return none;
    uint64_t dirSize =
        alignUpPow2((target + maxTableCapacity - 1) / maxTableCapacity);
    /* A group for each slot: eight times too much, but so Go counts. */
    if (mul_overflows(dirSize * maxTableCapacity, t->groupsize, &mem) ||
        mem > maxAlloc)
        return none;
    /* Rounded down here: a hint just past what fits in dirSize / 2 full tables
     * gets dirSize tables of half the room. */
    uint64_t capacity = alignUpPow2(target / dirSize);
    return (struct tableSizes){dirSize, (uint16_t)capacity};
}
