/*
 * test_callstack.c: walks, the cut at the program's entry, and the three views
 * of a stack.
 */
#include "runtime/prof/callstack.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static uintptr_t pcs[MaxStack];

static GOFRAME int leaf(int max)
{
    return callstack_capture(pcs, max);
}
GOFRAME_MAIN(leaf);

static GOFRAME int middle(int max)
{
    return leaf(max);
}
GOFRAME_MAIN(middle);

static GOFRAME int entry(int max)
{
    callstack_enter();
    int n = middle(max);
    callstack_leave();
    return n;
}
GOFRAME_MAIN(entry);

static GOFRAME int recurse(int depth)
{
    return depth > 0 ? recurse(depth - 1) : leaf(MaxStack);
}
GOFRAME_MAIN(recurse);

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

/* Draws the view of a stack written leaf first: "mallocgc newarray" are
 * runtime's, "main.fill" has its package, "-x" is plumbing. */
static const char *view_of(const char *stack, enum frameView view)
{
    static char text[1024];
    static char words[1024];
    static char names[2 * MaxStack][64];
    struct frame frames[2 * MaxStack] = {0};
    const struct frame *shown[2 * MaxStack];
    int n = 0;

    strcpy(words, stack);
    for (char *w = strtok(words, " "); w; w = strtok(NULL, " "), n++) {
        bool plumbing = w[0] == '-';
        snprintf(names[n], sizeof(names[n]), "%s%s",
                 strchr(w, '.') ? "" : "runtime.", w + plumbing);
        frames[n] = (struct frame){.func = names[n], .goframe = !plumbing};
        shown[n] = &frames[n];
    }
    n = frames_view(shown, n, view);
    text[0] = '\0';
    for (int i = 0; i < n; i++) {
        const char *func = shown[i]->func;
        func += strncmp(func, "runtime.", 8) == 0 ? 8 : 0;
        sprintf(text + strlen(text), "%s%s", i ? " " : "", func);
    }
    return text;
}

static const char making[] =
    "-profilealloc mallocgc newarray makeBucketArray makemap_slow makemap "
    "-dispatch main.fill main.main";

Test(callstack, the_full_view_begins_at_mallocgc)
{
    cr_assert_str_eq(view_of(making, FRAMES_FULL),
                     "mallocgc newarray makeBucketArray makemap_slow makemap "
                     "main.fill main.main");
}

Test(callstack, the_go_view_cuts_the_allocator_and_folds_makemap_slow)
{
    cr_assert_str_eq(view_of(making, FRAMES_GO),
                     "makeBucketArray makemap main.fill main.main");
    cr_assert_str_eq(
        view_of("mallocgc growslice newoverflow mapassign main.f", FRAMES_GO),
        "newoverflow mapassign main.f");
    cr_assert_str_eq(view_of("mallocgc makemap_small main.f", FRAMES_GO),
                     "makemap_small main.f");
}

Test(callstack, only_the_leaf_is_cut)
{
    cr_assert_str_eq(
        view_of("mallocgc newobject main.f newobject main.g", FRAMES_GO),
        "main.f newobject main.g");
}

Test(callstack, a_collection_inside_mallocgc_is_not_the_allocation)
{
    cr_assert_str_eq(view_of("-x mallocgc main.f mallocgc main.g", FRAMES_FULL),
                     "mallocgc main.f mallocgc main.g");
}

Test(callstack, the_user_view_hides_leading_runtime_frames)
{
    cr_assert_str_eq(view_of(making, FRAMES_USER), "main.fill main.main");
    cr_assert_str_eq(
        view_of("mallocgc mapassign main.f makemap main.g", FRAMES_USER),
        "main.f makemap main.g");
    cr_assert_str_eq(view_of("mallocgc makemap_small", FRAMES_USER),
                     "makemap_small", "all of it where there is nothing else");
}

Test(callstack, a_go_view_keeps_32_frames)
{
    char deep[1024] = "mallocgc";
    char want[1024] = "main.f";
    for (int i = 0; i < 40; i++)
        strcat(deep, " main.f");
    for (int i = 1; i < MaxStackGo; i++)
        strcat(want, " main.f");
    cr_assert_str_eq(view_of(deep, FRAMES_GO), want);
}

Test(callstack, stacks_are_sound_here)
{
    cr_assert(callstack_sound());
}
