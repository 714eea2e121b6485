/*
 * test_callstack.c: walks, the cut at the program's entry, and the three views
 * of a stack.
 */
#include "runtime/prof/callstack.h"
#include "runtime/sched/thread.h"
#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <stdio.h>
#include <stdlib.h>
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
static const char *view_in(const char *release, const char *stack,
                           enum frameView view, const struct goMalloc *what)
{
    static char text[4096];
    static char words[4096];
    static char names[2 * MaxStack][64];
    static struct frame frames[2 * MaxStack];
    const struct frame *shown[2 * MaxStack + 1];
    int n = 0;

    goversion_choose(goversion_named(release));
    strcpy(words, stack);
    for (char *w = strtok(words, " "); w; w = strtok(NULL, " "), n++) {
        bool plumbing = w[0] == '-';
        snprintf(names[n], sizeof(names[n]), "%s%s",
                 strchr(w, '.') ? "" : "runtime.", w + plumbing);
        frames[n] = (struct frame){.func = names[n], .goframe = !plumbing};
        shown[n] = &frames[n];
    }
    n = frames_view(shown, n, view, what);
    text[0] = '\0';
    for (int i = 0; i < n; i++) {
        const char *func = shown[i]->func;
        func += strncmp(func, "runtime.", 8) == 0 ? 8 : 0;
        sprintf(text + strlen(text), "%s%s", i ? " " : "", func);
    }
    return text;
}

static const char *view_of(const char *stack, enum frameView view)
{
    return view_in("1.19", stack, view, NULL);
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
    cr_assert_str_eq(
        view_of("mallocgc newobject makemap_small main.f", FRAMES_GO),
        "makemap_small main.f");
}

/* It counts frames: of a rune slice one function of text more stays. */
Test(callstack, two_frames_are_cut_whatever_they_are_called)
{
    cr_assert_str_eq(
        view_of("mallocgc newobject main.f newobject main.g", FRAMES_GO),
        "main.f newobject main.g");
    cr_assert_str_eq(view_of("mallocgc rawstring rawstringtmp concatstrings "
                             "concatstring2 main.f",
                             FRAMES_GO),
                     "rawstringtmp concatstrings concatstring2 main.f");
    cr_assert_str_eq(
        view_of("mallocgc makeslice makeslice64 main.f", FRAMES_GO),
        "makeslice64 main.f");
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
        view_of("mallocgc newobject mapassign main.f makemap main.g",
                FRAMES_USER),
        "main.f makemap main.g");
    cr_assert_str_eq(view_of("mallocgc newobject makemap_small", FRAMES_USER),
                     "makemap_small", "all of it where there is nothing else");
}

static const char table[] = "mallocgc newobject internal/runtime/maps.newTable "
                            "internal/runtime/maps.NewMap makemap main.f";
static const struct goMalloc table32 = {.size = 32, .sizeclass = 4};
static const struct goMalloc bytes96 = {
    .size = 96, .sizeclass = 8, .noscan = true};
static const struct goMalloc object48 = {.size = 48, .sizeclass = 5};
static const struct goMalloc large = {.size = 40960};

/* A function of the swiss map. */
#define MAPS(f) "internal/runtime/maps." f

Test(callstack, split_mallocs_stand_in_full_chains)
{
    cr_assert_str_eq(
        view_in("1.23", "mallocgc newobject main.f", FRAMES_FULL, &object48),
        "mallocgc newobject main.f");
    cr_assert_str_eq(view_in("1.24", table, FRAMES_FULL, &table32),
                     "mallocgcSmallScanNoHeader mallocgc newobject " MAPS(
                         "newTable ") MAPS("NewMap ") "makemap main.f");
    cr_assert_str_eq(
        view_in("1.25", "mallocgc makeslice main.f", FRAMES_FULL, &bytes96),
        "mallocgcSmallNoscan mallocgc makeslice main.f");
    cr_assert_str_eq(
        view_in("1.27", "mallocgc makeslice main.f", FRAMES_FULL, &large),
        "mallocgcLarge mallocgc makeslice main.f");
}

Test(callstack, releases_keep_different_leaves)
{
    static const char tail[] =
        MAPS("newTable ") MAPS("NewMap ") "makemap main.f";
    char kept[256];
    cr_assert_str_eq(view_in("1.24", table, FRAMES_GO, &table32), tail);
    cr_assert_str_eq(view_in("1.25", table, FRAMES_GO, &table32), tail);
    snprintf(kept, sizeof kept, "mallocgc newobject %s", tail);
    cr_assert_str_eq(view_in("1.26", table, FRAMES_GO, &table32), kept);
    cr_assert_str_eq(view_in("1.27", table, FRAMES_GO, &table32), kept,
                     "the runtime's own code calls newobject");
    cr_assert_str_eq(view_in("1.24", table, FRAMES_USER, &table32), "main.f");
    cr_assert_str_eq(view_in("1.27", table, FRAMES_USER, &table32), "main.f");
}

Test(callstack, specialised_mallocs_take_the_place_of_newobject)
{
    static const char made[] = "mallocgc newobject main.f main.main";
    cr_assert_str_eq(view_in("1.27", made, FRAMES_FULL, &object48),
                     "mallocgcSmallScanNoHeaderSC5 main.f main.main");
    cr_assert_str_eq(view_in("1.27", made, FRAMES_GO, &object48),
                     "main.f main.main");
    cr_assert_str_eq(view_in("1.26", made, FRAMES_GO, &object48),
                     "mallocgc newobject main.f main.main");
    cr_assert_str_eq(view_in("1.27", made, FRAMES_FULL, &bytes96),
                     "mallocgcSmallNoscan mallocgc newobject main.f main.main");
    cr_assert_str_eq(
        view_in("1.27", "mallocgc makeslice main.f", FRAMES_GO, &object48),
        "mallocgc makeslice main.f");
    cr_assert_str_eq(view_in("1.27", table, FRAMES_FULL, &table32),
                     "mallocgcSmallScanNoHeaderSC4 mallocgc newobject " MAPS(
                         "newTable ") MAPS("NewMap ") "makemap main.f");
}

Test(callstack, only_newer_profiles_hide_internal_packages)
{
    static const char stack[] = "mallocgc newobject internal/runtime/maps.x "
                                "main.f";
    cr_assert_str_eq(view_in("1.23", stack, FRAMES_USER, NULL),
                     MAPS("x ") "main.f");
    cr_assert_str_eq(view_in("1.26", stack, FRAMES_USER, &large), "main.f");
}

/* A stack of n frames below mallocgc and newobject. */
static const char *deep(int n)
{
    static char text[2048];
    strcpy(text, "mallocgc newobject");
    for (int i = 0; i < n; i++)
        strcat(text, " main.f");
    return text;
}

static int words_in(const char *text)
{
    int n = 1;
    for (; *text != '\0'; text++)
        n += *text == ' ';
    return n;
}

Test(callstack, a_go_view_keeps_as_many_frames_as_the_release)
{
    cr_assert_eq(words_in(view_of(deep(150), FRAMES_GO)), 32);
    cr_assert_eq(words_in(view_of(deep(31), FRAMES_GO)), 31);
    cr_assert_eq(words_in(view_in("1.23", deep(150), FRAMES_GO, NULL)), 128);
    cr_assert_eq(words_in(view_in("1.26", deep(150), FRAMES_GO, &large)), 128);
}

Test(callstack, stacks_are_sound_here)
{
    cr_assert(callstack_sound());
}

/*
 * A stack in Go's layout.
 */

Test(traceback, two_lines_a_frame)
{
    static const struct frame fill = {.func = "main.fill",
                                      .file = "tools/scenarios/fill.c",
                                      .line = 12,
                                      .pc = 0x1045,
                                      .entry = 0x1000};
    static const struct frame grow = {.func = "runtime.(*hmap).newoverflow",
                                      .file = "map/classic/map.c",
                                      .line = 7,
                                      .pc = 0x2001,
                                      .entry = 0x2000};
    const struct frame *frames[] = {&grow, &fill};
    char *text;
    size_t len;
    FILE *out = open_memstream(&text, &len);
    printframes(out, frames, 2);
    fclose(out);
    cr_assert_str_eq(text, "runtime.(*hmap).newoverflow(...)\n"
                           "\tmap/classic/map.c:7 +0x1\n"
                           "main.fill(...)\n"
                           "\ttools/scenarios/fill.c:12 +0x45\n");
    free(text);
}

Test(traceback, the_header_names_the_thread, .init = cr_redirect_stderr)
{
    goroutineheader(stderr);
    getm()->id = 7;
    goroutineheader(stderr);
    cr_assert_stderr_eq_str("goroutine 1 [running]:\n"
                            "goroutine 7 [running]:\n");
}
