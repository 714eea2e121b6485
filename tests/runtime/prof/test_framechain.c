/*
 * test_framechain.c: stacks found again by their frame pointers, and those that
 * must not be.
 */
#include "runtime/base/throw.h"
#include "runtime/prof/callstack.h"
#include "runtime/prof/framechain.h"
#include "runtime/prof/memprofile.h"
#include "runtime/sched/thread.h"
#include "tests/hmaprun.h"
#include <criterion/criterion.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

enum { Rounds = 100 };

static struct bucket *got;

static GOFRAME void record(void)
{
    static const struct allocTag tag = {.tier = TIER_MCACHE};
    got = mProf_Malloc(16, &tag);
}
GOFRAME_MAIN(record);

/* How often libunwind walks while fn runs Rounds times. */
static GOFRAME uint64_t walks_of(void (*fn)(void))
{
    uint64_t before = getm()->walks;
#pragma GCC unroll 1 /* one call, one stack */
    for (int i = 0; i < Rounds; i++)
        fn();
    return getm()->walks - before;
}
GOFRAME_MAIN(walks_of);

static GOFRAME uint64_t entered(void (*fn)(void))
{
    callstack_enter();
    uint64_t walks = walks_of(fn);
    callstack_leave();
    return walks;
}
GOFRAME_MAIN(entered);

static NOINLINE void twice(void)
{
    record();
    const struct bucket *first = got;
    record();
    cr_assert_neq(got, first, "two places, two buckets");
}

/* At CHECK=2 what is recognised is walked too, to prove it. */
static void assert_walks(uint64_t walks, uint64_t stacks)
{
    if (CHECK >= 2)
        return;
    cr_assert_eq(walks, stacks);
}

/* Three frames of no program; nothing is written behind the room for two. */
Test(framechain, a_chain_longer_than_asked_for_is_none)
{
    uintptr_t pc = (uintptr_t)record, pcs[3] = {0}, other = 42;
    struct frameLink f[4] = {
        {&f[1], pc}, {&f[2], pc + 1}, {&f[3], pc + 2}, {NULL, 0}};
    struct m m = {.chainEnd = 0, .chainTop = (uintptr_t)&f[3]};
    uint64_t hash;

    cr_assert_eq(framechain(&m, f, pcs, 3, &hash), 3);
    cr_assert(pcs[0] == pc && pcs[1] == pc + 1 && pcs[2] == pc + 2);
    cr_assert_eq(hash, stack_hash_of(pcs, 3));
    pcs[2] = other;
    cr_assert_eq(framechain(&m, f, pcs, 2, &hash), 0);
    cr_assert_eq(pcs[2], other);
}

Test(framechain, a_stack_is_walked_once)
{
    needs_known_stacks();
    assert_walks(entered(record), 1);
    assert_walks(entered(twice), 2);
    mprof_check();
}

/* Two functions that call record, and two that call one of those; what follows
 * the calls differs, or compilers make one function of two. */
static NOINLINE void here(void)
{
    record();
    __asm__ volatile("# here");
}

static NOINLINE void there(void)
{
    record();
    __asm__ volatile("# there");
}

static NOINLINE void odd(void (*fn)(void))
{
    fn();
    __asm__ volatile("# odd");
}

static NOINLINE void even(void (*fn)(void))
{
    fn();
    __asm__ volatile("# even");
}

static GOFRAME void four_ways(unsigned way)
{
    void (*last)(void) = way & 2 ? here : there;
    void (*first)(void (*)(void)) = way & 1 ? odd : even;
    first(last);
    __asm__ volatile("");
}
GOFRAME_MAIN(four_ways);

/* Of four stacks made of the same addresses two have been walked: then all
 * addresses are known, and the others are not. */
Test(framechain, new_stacks_of_known_addresses_are_not_walked)
{
    needs_known_stacks();
    struct bucket *b[4];
    volatile unsigned ways = 4; /* or the loop is four calls */
    callstack_enter();
    uint64_t before = getm()->walks;
    for (unsigned i = 0; i < ways; i++) {
        four_ways((3 * i) & 3); /* 0, 3, then 2 and 1 */
        b[i] = got;
    }
    assert_walks(getm()->walks - before, 2);
    callstack_leave();
    for (unsigned i = 0; i < 4; i++)
        for (unsigned k = 0; k < i; k++)
            cr_assert_neq(b[i], b[k]);
    mprof_check();
}

Test(framechain, what_is_recognised_is_what_was_walked)
{
    entered(record);
    const uintptr_t *stk = got->stk;
    cr_assert_eq(got->nstk, 3);
    cr_assert_str_eq(callstack_frame(stk[0])->func, "main.record");
    cr_assert_str_eq(callstack_frame(stk[1])->func, "main.walks_of");
    cr_assert_str_eq(callstack_frame(stk[2])->func, "main.entered");
    cr_assert_eq(mprof_total(got).allocs, Rounds);
}

/* The frame that entered is gone; stacks end level with it. */
static NOINLINE void enter_level(void)
{
    callstack_enter();
}

Test(framechain, the_mark_outlives_the_function_that_made_it)
{
    needs_known_stacks();
    enter_level();
    assert_walks(walks_of(record), 1);
    cr_assert_eq(got->nstk, 2);
}

Test(framechain, without_an_entry_every_stack_is_walked)
{
    callstack_leave();
    cr_assert_geq(walks_of(record), Rounds);
    const struct bucket *b = got;
    record();
    cr_assert_neq(got, b);
}

static GOFRAME int compare(const void *a, const void *b)
{
    record();
    return *(const int *)a - *(const int *)b;
}
GOFRAME_MAIN(compare);

static GOFRAME void sort_two(void)
{
    int n[] = {2, 1};
    qsort(n, ARRAY_LEN(n), sizeof(n[0]), compare);
}
GOFRAME_MAIN(sort_two);

Test(framechain, a_callback_out_of_libc_is_walked)
{
    cr_assert_geq(entered(sort_two), Rounds);
    cr_assert_str_eq(callstack_frame(got->stk[1])->func, "main.compare");
    cr_assert_eq(mprof_total(got).allocs, Rounds);
    bool seen = false;
    for (int i = 0; i < got->nstk; i++)
        seen |=
            strcmp(callstack_frame(got->stk[i])->func, "main.sort_two") == 0;
    cr_assert(seen, "the frames beneath libc's are there");
    mprof_check();
}

static GOFRAME void on_signal(int sig)
{
    (void)sig;
    record();
}
GOFRAME_MAIN(on_signal);

static NOINLINE void signalled(void)
{
    raise(SIGUSR1);
}

Test(framechain, a_signal_handler_is_walked)
{
    signal(SIGUSR1, on_signal);
    cr_assert_geq(entered(signalled), Rounds);
    cr_assert_str_eq(callstack_frame(got->stk[1])->func, "main.on_signal");
    cr_assert_eq(mprof_total(got).allocs, Rounds);
}

static NOINLINE void deep(int depth)
{
    if (depth > 0)
        deep(depth - 1);
    else
        record();
    __asm__ volatile("" ::: "memory");
}

static NOINLINE void too_deep(void)
{
    deep(2 * MaxStack);
}

Test(framechain, a_stack_deeper_than_is_kept_is_walked)
{
    cr_assert_geq(entered(too_deep), Rounds);
    cr_assert_eq(got->nstk, MaxStack - 1);
    cr_assert_eq(mprof_total(got).allocs, Rounds);
}

static void *start_routine(void *walks)
{
    callstack_enter(); /* called by libc: no frame of ours beneath */
    *(uint64_t *)walks = walks_of(record);
    callstack_leave();
    return NULL;
}

Test(framechain, a_start_routine_may_mark_itself)
{
    needs_known_stacks();
    pthread_t t;
    uint64_t walks;
    pthread_create(&t, NULL, start_routine, &walks);
    pthread_join(t, NULL);
    assert_walks(walks, 1);
    cr_assert_eq(got->nstk, 3);
}

static void *unmarked(void *walks)
{
    *(uint64_t *)walks = walks_of(record);
    return NULL;
}

Test(framechain, a_thread_that_never_entered_is_walked)
{
    pthread_t t;
    uint64_t walks;
    pthread_create(&t, NULL, unmarked, &walks);
    pthread_join(t, NULL);
    cr_assert_geq(walks, Rounds);
    cr_assert_eq(mprof_total(got).allocs, Rounds);
}
