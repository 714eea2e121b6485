/*
 * test_proftable.c: the table of buckets by itself: nobody else is running, so
 * nobody holds the profile's lock.
 */
#include "runtime/base/sysmem.h"
#include "runtime/prof/proftable.h"
#include <criterion/criterion.h>

static const struct allocTag tag = {.tier = TIER_MHEAP, .sizeclass = 7};

static struct probe probe_of(const uintptr_t *stk, int n)
{
    return (struct probe){.stk = stk, .nstk = n, .size = 48, .tag = &tag};
}

Test(proftable, what_was_added_is_found_by_an_equal_probe)
{
    uintptr_t stk[] = {11, 22, 33}, same[] = {11, 22, 33};
    struct probe p = probe_of(stk, 3), q = probe_of(same, 3);
    cr_assert_null(proftable_find(&p, probe_hash(&p)));
    struct bucket *b = proftable_add(&p, probe_hash(&p));
    stk[0] = 0; /* it has a copy */
    cr_assert_eq(proftable_find(&q, probe_hash(&q)), b);
    cr_assert_eq(b->size, 48);
    cr_assert_eq(b->tag.sizeclass, 7);
    cr_assert_eq(b->active.allocs, 0);
}

/* Even where all hashes are the same one. */
Test(proftable, stacks_that_begin_alike_are_distinct)
{
    enum { N = 50 };
    uintptr_t stk[N] = {0};
    struct bucket *b[N];
    for (int n = 0; n < N; n++) {
        struct probe p = probe_of(stk, n);
        cr_assert_null(proftable_find(&p, 99));
        b[n] = proftable_add(&p, 99);
    }
    for (int n = 0; n < N; n++) {
        struct probe p = probe_of(stk, n);
        cr_assert_eq(proftable_find(&p, 99), b[n]);
    }
    cr_assert_eq(proftable_count(), N);
}

Test(proftable, cleared_buckets_live_on)
{
    uintptr_t stk[] = {11};
    struct probe p = probe_of(stk, 1);
    struct bucket *b = proftable_add(&p, probe_hash(&p));
    proftable_clear();
    cr_assert_eq(proftable_count(), 0);
    cr_assert_null(proftable_find(&p, probe_hash(&p)));
    cr_assert_eq(b->stk[0], 11);
}

/* The table is left as it was, wherever the system says no. */
Test(proftable, without_memory_nothing_is_added)
{
    enum { N = 5000 };
    uint64_t refused = 0;
    for (uint64_t at = 1; at < 10; at++) {
        proftable_clear();
        sysmem_fail_at(at);
        unsigned added = 0;
        for (uintptr_t i = 0; i < N; i++) {
            struct probe p = probe_of(&i, 1);
            p.stackHash = i;
            added += proftable_add(&p, probe_hash(&p)) != NULL;
        }
        sysmem_fail_at(0);
        cr_assert_eq(proftable_count(), added, "request %lu", at);
        refused += N - added;
    }
    cr_assert_gt(refused, 0);
}
