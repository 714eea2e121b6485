/*
 * test_callstack.c: walks, the cut at the program's entry, and the three views.
 * The functions named as Go's stand in for the runtime's: their unit is this
 * file, so they are main's; the views that need runtime names are tested where
 * those functions live.
 */
#include "runtime/callstack.h"
#include <criterion/criterion.h>
#include <string.h>

static uintptr_t pcs[MaxStack];

static NOINLINE int leaf(int max)
{
    return callstack_capture(pcs, max);
}

static NOINLINE int middle(int max)
{
    return leaf(max);
}

static NOINLINE int entry(int max)
{
    callstack_enter();
    int n = middle(max);
    callstack_leave();
    return n;
}

static NOINLINE int recurse(int depth)
{
    return depth > 0 ? recurse(depth - 1) : leaf(MaxStack);
}

static const char *func(int i)
{
    return callstack_frame(pcs[i])->func;
}

Test(callstack, ends_with_the_function_that_entered)
{
    int n = entry(MaxStack);
    cr_assert_eq(n, 3);
    cr_assert_str_eq(func(0), "main.leaf");
    cr_assert_str_eq(func(1), "main.middle");
    cr_assert_str_eq(func(2), "main.entry");
}

Test(callstack, the_bottom_is_cut_where_max_cuts_higher_up)
{
    cr_assert_eq(entry(2), 2);
    cr_assert_str_eq(func(1), "main.middle");
}

Test(callstack, deep_stacks_keep_the_frames_nearest_to_the_leaf)
{
    callstack_enter();
    int n = recurse(3 * MaxStack);
    callstack_leave();
    cr_assert_eq(n, MaxStack);
    cr_assert_str_eq(func(0), "main.leaf");
    for (int i = 1; i < n; i++)
        cr_assert_str_eq(func(i), "main.recurse");
}

Test(callstack, without_an_entry_everything_is_walked)
{
    int entered = entry(MaxStack);
    int whole = middle(MaxStack);
    cr_assert_gt(whole, entered, "%d frames, %d below an entry", whole,
                 entered);
}

Test(callstack, the_line_is_the_line_of_the_call)
{
    int line = __LINE__ + 1;
    int n = middle(MaxStack);
    const struct frame *f = callstack_frame(pcs[2]);
    cr_assert_gt(n, 2);
    cr_assert_str_eq(f->file, "tests/test_callstack.c");
    cr_assert_eq(f->line, line, "line %d, not %d", f->line, line);
    cr_assert(f->goframe);
    cr_assert(f->entry < f->pc && f->pc - f->entry < 4096);
}
