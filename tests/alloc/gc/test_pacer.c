/* The heap goal: GOGC, the minimum, GOMEMLIMIT. */
#include "runtime/base/goversion.h"
#include "tests/testheap.h"

static struct gcController *c = &heap.controller;

static void init(int32_t percent, int64_t limit)
{
    cr_assert(heap_init(&heap, percent, limit));
}

static uint64_t goal_after(uint64_t marked)
{
    gcController_resetLive(c, &(struct gcFound){.marked = marked});
    gcController_commit(c, true);
    return gcController_heapGoal(c);
}

Test(pacer, the_first_goal_is_four_megabytes)
{
    init(100, INT64_MAX);
    cr_assert_eq(gcController_heapGoal(c), 4 << 20);
}

Test(pacer, the_minimum_scales_with_GOGC)
{
    init(50, INT64_MAX);
    cr_assert_eq(gcController_heapGoal(c), 2 << 20);
    cr_assert_eq(gcController_setGCPercent(c, 400), 50);
    gcController_commit(c, true);
    cr_assert_eq(gcController_heapGoal(c), 16 << 20);
    cr_assert_eq(goal_after(1000), 16 << 20);
}

Test(pacer, the_heap_may_grow_by_GOGC_percent)
{
    init(100, INT64_MAX);
    cr_assert_eq(goal_after(10 << 20), 20 << 20);
    gcController_setGCPercent(c, 25);
    cr_assert_eq(goal_after(100 << 20), 125 << 20);
}

Test(pacer, stacks_and_globals_count_as_what_is_scanned)
{
    init(100, INT64_MAX);
    c->globalsScan = 1 << 20;
    gcController_resetLive(
        c, &(struct gcFound){.marked = 10 << 20, .stack = 2 << 20});
    gcController_commit(c, true);
    cr_assert_eq(gcController_heapGoal(c), 23 << 20);
}

Test(pacer, off_means_never)
{
    init(-1, INT64_MAX);
    uint64_t others = gcController_mappedReady(c);
    cr_assert_eq(gcController_heapGoal(c), INT64_MAX - others - (1 << 20));
    c->heapLive = 1ull << 46;
    cr_assert(!gcController_triggered(c));
    cr_assert_eq(gcController_setGCPercent(c, 100), -1);
    gcController_commit(c, true);
    cr_assert(gcController_triggered(c));
    cr_assert_eq(gcController_setGCPercent(c, -7), 100);
    cr_assert_eq(gcController_setGCPercent(c, 100), -1);
}

/* 61 64ths of the way to the goal, while nothing is known of cons/mark. */
Test(pacer, a_cycle_is_due_some_way_before_the_goal)
{
    init(100, INT64_MAX);
    cr_assert_eq(gcController_trigger(c), (4 << 20) / 64 * 61);
    gcController_update(c, (4 << 20) / 64 * 61 - 1);
    cr_assert(!gcController_triggered(c));
    gcController_update(c, 1);
    cr_assert(gcController_triggered(c));
}

Test(pacer, a_large_heap_may_come_as_near_as_the_smallest_is_large)
{
    init(100, INT64_MAX);
    cr_assert_eq(goal_after(1 << 30), 2ull << 30);
    cr_assert_eq(gcController_trigger(c), (2ull << 30) - (4 << 20));
}

/* A cycle at heapLive bytes that looked through work of them. */
static void cycle(uint64_t heapLive, uint64_t marked, uint64_t work)
{
    struct gcFound found = {.marked = marked, .heap = work};

    c->heapLive = heapLive;
    gcController_startCycle(c);
    gcController_endCycle(c, &found, false);
    gcController_resetLive(c, &found);
    gcController_commit(c, true);
}

Test(pacer, what_is_allocated_meanwhile_counts_as_marked)
{
    goversion_choose(goversion_named("1.22"));
    init(100, INT64_MAX);
    cycle(3 << 20, 3 << 20, 0);
    /* 100 KiB, and half of 200 KiB at three to one. */
    cr_assert_eq(c->meanwhile, (100 + 300) << 10);
    cr_assert_eq(gcController_heapGoal(c), 2 * ((3 << 20) + (400 << 10)));
    c->heapLive = 8 << 20;
    gcController_startCycle(c);
    gcController_endCycle(c, &(struct gcFound){.marked = 8 << 20}, true);
    cr_assert_eq(c->meanwhile, 0, "who asks for a cycle waits for it");
}

/* As long a way as the expected work takes, but three tenths at most. */
Test(pacer, work_makes_a_cycle_begin_earlier)
{
    goversion_choose(goversion_named("1.22"));
    init(100, INT64_MAX);
    goal_after(16 << 20);
    cycle(24 << 20, 16 << 20, 3 << 20);
    uint64_t less = gcController_heapGoal(c) - gcController_trigger(c);
    cycle(24 << 20, 16 << 20, 4 << 20);
    uint64_t more = gcController_heapGoal(c) - gcController_trigger(c);
    cycle(24 << 20, 16 << 20, 16 << 20);
    uint64_t marked = c->heapMarked + c->meanwhile;
    uint64_t step = (gcController_heapGoal(c) - marked) / 64;
    cr_assert_lt(less, more);
    cr_assert_eq(gcController_trigger(c), marked + step * 45);
}

/* Newer releases take the most of the last measurements, older ones smooth. */
Test(pacer, the_estimate_is_the_release_s)
{
    goversion_choose(goversion_named("1.22"));
    init(100, INT64_MAX);
    for (int i = 0; i < 6; i++) {
        cycle(16 << 20, 16 << 20, i == 0 ? 0 : 16 << 20);
        if (i == 0)
            cr_assert_float_eq(c->consMark, 400.0 / 200 / 3, 1e-9);
    }
    cr_assert_float_eq(c->consMark, 0.5, 0.01, "the first is forgotten");
}

Test(pacer, an_older_estimate_approaches_what_was_measured)
{
    init(100, INT64_MAX);
    cycle((4 << 20) / 64 * 61, 3 << 20, 0);
    cr_assert_float_eq(c->consMark, 0.9 * 400 / 200 / 3, 1e-9);
    cr_assert_float_eq(c->errIntegral, 0.225 * 400 / 200 / 3, 1e-9);
}

Test(pacer, an_unswept_heap_gets_a_megabyte_of_way)
{
    init(10, INT64_MAX);
    gcController_resetLive(c, &(struct gcFound){.marked = 5 << 20});
    gcController_commit(c, false);
    cr_assert_eq(gcController_heapGoal(c), 6 << 20);
    gcController_commit(c, true);
    cr_assert_eq(gcController_heapGoal(c), (5 << 20) + (5 << 20) / 10);
}

Test(pacer, the_limit_pulls_the_goal_down_but_not_below_what_lives)
{
    init(-1, 64 << 20);
    uint64_t others = gcController_mappedReady(c);
    cr_assert_eq(gcController_heapGoal(c), (64 << 20) - others - (1 << 20));
    c->heapMarked = 63 << 20;
    cr_assert_eq(gcController_heapGoal(c), 63 << 20);
    cr_assert_eq(gcController_setMemoryLimit(c, 1), 64 << 20);
    cr_assert_eq(gcController_heapGoal(c), 63 << 20);
    cr_assert_eq(gcController_setMemoryLimit(c, -1), 1, "asks only");
    cr_assert_eq(c->memoryLimit, 1);
}

/* The goal leaves the headroom below the limit, but is never less than it. */
Test(pacer, a_limit_just_above_what_is_used_leaves_the_headroom)
{
    enum { Headroom = 1 << 20 };
    init(-1, 64 << 20);
    int64_t others = (int64_t)gcController_mappedReady(c);
    gcController_setMemoryLimit(c, others + Headroom * 3 / 2);
    cr_assert_eq(gcController_heapGoal(c), Headroom);
    gcController_setMemoryLimit(c, others + Headroom * 5 / 2);
    cr_assert_eq(gcController_heapGoal(c), Headroom * 3 / 2);
}

/* Recorded from Go 1.22 at GOGC=off: NextGC = 8946670875746791793. */
Test(pacer, newer_releases_keep_three_percent_below_the_limit)
{
    goversion_choose(goversion_named("1.22"));
    init(-1, INT64_MAX);
    uint64_t go = 8946670875746791793u, goal = gcController_heapGoal(c);
    cr_assert_lt(goal > go ? goal - go : go - goal, 64 << 20);
    gcController_setMemoryLimit(c, 64 << 20);
    uint64_t others = gcController_mappedReady(c);
    uint64_t left = (64 << 20) - others;
    cr_assert_eq(gcController_heapGoal(c), left - left / 100 * 3);
    gcController_setMemoryLimit(c, 16 << 20);
    cr_assert_eq(gcController_heapGoal(c), (16 << 20) - others - (1 << 20));
}

Test(pacer, beyond_the_limit_a_program_still_gets_some_way)
{
    init(100, 1);
    cr_assert_eq(goal_after(16 << 20), 16 << 20);
    gcController_update(c, (1 << 20) - 1);
    cr_assert(!gcController_triggered(c));
    gcController_update(c, 1);
    cr_assert(gcController_triggered(c), "a 16th of what lives");
    gcController_setGCPercent(c, 3);
    cr_assert_eq(goal_after(32 << 20), 32 << 20);
    gcController_update(c, (32 << 20) * 3 / 100);
    cr_assert(gcController_triggered(c), "no more than GOGC allows");
}

Test(pacer, the_lower_of_both_goals_holds)
{
    init(100, 1ll << 40);
    cr_assert_eq(goal_after(10 << 20), 20 << 20);
    gcController_setMemoryLimit(c, 15 << 20);
    cr_assert_lt(goal_after(10 << 20), 15 << 20);
}

Test(pacer, mappedReady_is_what_the_system_gave_and_has_not_got_back)
{
    testheap_setup();
    take_noscan(8); /* the first arena and its records */
    uint64_t before = gcController_mappedReady(c);
    struct mspan *s = mcache_allocLarge(cache, 1 << 20, true);
    uint64_t with = gcController_mappedReady(c);
    cr_assert_eq(with - before, 1 << 20);
    cr_assert_eq(mheap_scavenge(&heap.mheap, 1), 0, "nothing is free");
    cr_assert_eq(s->npages, 128);
}
