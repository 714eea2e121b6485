/*
 * test_profmalloc.c: which of its four ways an allocation is counted by, and
 * that all lead to the same bucket.
 */
#include "runtime/base/throw.h"
#include "runtime/prof/framechain.h"
#include "runtime/prof/memprofile.h"
#include "runtime/prof/proffront.h"
#include "tests/hmaprun.h"
#include <criterion/criterion.h>

static const struct allocTag tag = {.tier = TIER_MCACHE};

static struct bucket *got;

static NOINLINE void record(void)
{
    got = mProf_Malloc(16, &tag);
}

/* What the functions below have done. */
struct deed {
    struct bucket *b;
    uint64_t walks;   /* of libunwind */
    uint32_t entries; /* in the thread's front, after it */
};

/* Calls fn below the mark. With the chain hidden the walk would still end
 * there. */
static NOINLINE void marked(void (*fn)(void), bool hidden)
{
    callstack_enter();
    if (hidden)
        framechain_leave(getm());
    fn();
    callstack_leave();
}

static struct deed deed_of(void (*fn)(void), bool hidden)
{
    uint64_t before = getm()->walks;
    marked(fn, hidden);
    return (struct deed){got, getm()->walks - before, getm()->front->table.n};
}

/* At CHECK=2 what is recognised is walked too, to prove it. */
enum { WalksOfRecognised = CHECK >= 2 };

static void assert_deed(struct deed d, uint64_t walks, uint32_t entries)
{
    cr_assert_eq(d.walks, walks);
    cr_assert_eq(d.entries, entries);
    cr_assert_eq(d.b, mprof_buckets());
    cr_assert_null(d.b->allnext, "one stack, one bucket");
}

Test(profmalloc, all_four_ways_lead_to_one_bucket)
{
    needs_known_stacks();
    assert_deed(deed_of(record, false), 1, 1); /* 2: a new chain */
    assert_deed(deed_of(record, false), WalksOfRecognised, 1); /* 1 */
    assert_deed(deed_of(record, true), 1, 2);                  /* 4: no chain */
    assert_deed(deed_of(record, true), 1, 2); /* 3: and again */
    cr_assert_eq(mprof_total(got).allocs, 4);
    mprof_check();
}

Test(profmalloc, a_stack_that_was_walked_is_no_witness_for_a_chain)
{
    needs_known_stacks();
    assert_deed(deed_of(record, true), 1, 1);
    assert_deed(deed_of(record, false), 1, 2);
    assert_deed(deed_of(record, false), WalksOfRecognised, 2);
    cr_assert_eq(mprof_total(got).allocs, 3);
}

static int depth;

static NOINLINE void recurse(int n)
{
    if (n > 0)
        recurse(n - 1);
    else
        record();
    __asm__ volatile("" ::: "memory");
}

static NOINLINE void deep(void)
{
    recurse(depth);
}

/* record, depth + 1 times recurse, deep, marked. */
Test(profmalloc, the_deepest_stack_that_is_kept_is_recognised_too)
{
    needs_known_stacks();
    depth = MaxStack - 1 - 4;
    assert_deed(deed_of(deep, false), 1, 1);
    cr_assert_eq(got->nstk, MaxStack - 1);
    assert_deed(deed_of(deep, false), WalksOfRecognised, 1);
}

Test(profmalloc, a_stack_that_is_cut_is_walked)
{
    depth = MaxStack - 1 - 3;
    assert_deed(deed_of(deep, false), 1, 1);
    cr_assert_eq(got->nstk, MaxStack - 1);
    assert_deed(deed_of(deep, false), 1, 1);
}
