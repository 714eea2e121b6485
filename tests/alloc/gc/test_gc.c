/*
 * test_gc.c: whole cycles through the door: what survives, when one begins,
 * what the profile and the statistics say of it, and what gctrace does.
 */
#include "alloc/gc/gc.h"
#include "alloc/heap.h"
#include "alloc/malloc.h"
#include "runtime/base/arch.h"
#include "runtime/base/throw.h"
#include "runtime/sched/godebug.h"
#include "runtime/sched/rand.h"
#include "runtime/sched/thread.h"
#include "tests/child.h"
#include <regex.h>
#include <stdio.h>

static void *roots[64];
static const struct type *node;

static void setup(void)
{
    setenv("GOGC", "off", 1);
    MemProfileRate = 1;
    mallocinit();
    gc_add_roots(roots, sizeof(roots));
    node = type_parse("struct{next *int; n int}", NULL);
}

TestSuite(gc, .init = setup);

struct node {
    struct node *next;
    long n;
};

static NOINLINE struct node *list_of(long n)
{
    struct node *list = NULL;

    for (long i = 0; i < n; i++) {
        struct node *x = newobject(node);
        x->next = list;
        x->n = i;
        list = x;
    }
    return list;
}

/* size bytes that nothing will point to. */
static NOINLINE void garbage(size_t size)
{
    for (size_t done = 0; done < size; done += 8000)
        makeslice(node, 500, 500);
}

static struct MemStats stats(void)
{
    struct MemStats m;

    readmemstats(&m);
    return m;
}

Test(gc, what_a_root_reaches_lives_and_the_rest_is_freed)
{
    roots[0] = list_of(1000);
    list_of(500);
    gc();
    cr_assert_eq(stats().HeapObjects, 1000);
    cr_assert_eq(stats().Frees, 500);
    long n = 1000;
    for (const struct node *x = roots[0]; x != NULL; x = x->next)
        cr_assert_eq(x->n, --n);
    cr_assert_eq(n, 0);
    roots[0] = NULL;
    gc();
    cr_assert_eq(stats().HeapObjects, 0);
    cr_assert_eq(stats().HeapAlloc, 0);
    heapcheck();
}

Test(gc, a_removed_root_keeps_nothing)
{
    roots[3] = list_of(10);
    gc_remove_roots(roots);
    gc();
    cr_assert_eq(stats().HeapObjects, 0);
}

Test(gc, freed_slots_are_given_out_again_and_zeroed)
{
    struct node *x = list_of(1);

    x->n = -1;
    roots[0] = list_of(1); /* keeps the span */
    gc();
    struct node *y = newobject(node);
    cr_assert_eq(y, x);
    cr_assert_eq(y->n, 0);
}

Test(gc, the_open_tiny_block_lives_one_cycle_longer)
{
    mallocgc(4, NULL, true);
    gc();
    cr_assert_eq(stats().HeapAlloc, 16, "it was still being filled");
    gc();
    cr_assert_eq(stats().HeapAlloc, 0);
}

Test(gc, a_collection_closes_the_tiny_block)
{
    char *a = roots[0] = mallocgc(4, NULL, true);
    char *b = mallocgc(4, NULL, true);
    cr_assert_eq(b, a + 4);
    gc();
    char *c = mallocgc(4, NULL, true);
    cr_assert(c < a || c >= a + 16);
}

Test(gc, the_profile_shows_what_the_last_cycle_left)
{
    roots[0] = list_of(100);
    list_of(11);
    for (int i = 0; i < 3; i++)
        gc();
    mprof_publish();
    struct memRecordCycle sum = {0};
    for (const struct bucket *b = mprof_buckets(); b; b = b->allnext) {
        struct memRecordCycle c = mprof_published(b);
        sum.allocs += c.allocs;
        sum.frees += c.frees;
        sum.alloc_bytes += c.alloc_bytes;
        sum.free_bytes += c.free_bytes;
    }
    cr_assert_eq(sum.allocs, 111);
    cr_assert_eq(sum.frees, 11);
    cr_assert_eq(sum.alloc_bytes - sum.free_bytes, 1600);
}

Test(gc, statistics_of_cycles)
{
    gc();
    gc();
    struct MemStats m = stats();
    cr_assert_eq(m.NumGC, 2);
    cr_assert_eq(m.NumForcedGC, 2);
    cr_assert_gt(m.PauseNs[0], 0);
    cr_assert_gt(m.PauseNs[1], 0);
    cr_assert_eq(m.PauseNs[0] + m.PauseNs[1], m.PauseTotalNs);
    cr_assert_eq(m.PauseEnd[1], m.LastGC);
    cr_assert_geq(m.PauseEnd[1], m.PauseEnd[0]);
    cr_assert(m.GCCPUFraction > 0 && m.GCCPUFraction < 1);
    cr_assert_lt((uint64_t)INT64_MAX - m.NextGC, 64 << 20,
                 "no limit, but for "
                 "headroom");
}

Test(gc, nothing_is_collected_by_itself_without_a_scanned_stack)
{
    gc_set_percent(100);
    for (int i = 0; i < 100; i++)
        makeslice(node, 10000, 10000);
    cr_assert_eq(stats().NumGC, 0);
}

Test(gc, GOGC_begins_cycles_when_the_heap_reaches_its_goal)
{
    gc_scan_this_stack(__builtin_frame_address(0));
    cr_assert_eq(gc_set_percent(100), -1);
    garbage(16 << 20);
    struct MemStats m = stats();
    cr_assert(m.NumGC >= 3 && m.NumGC <= 6, "%u cycles of 4 MiB in 16 MB",
              m.NumGC);
    cr_assert_eq(m.NumForcedGC, 0);
    cr_assert_lt(m.HeapSys, 12 << 20);
    heapcheck();
}

Test(gc, GOMEMLIMIT_begins_them_too)
{
    gc_scan_this_stack(__builtin_frame_address(0));
    cr_assert_eq(gc_set_memory_limit(16 << 20), INT64_MAX);
    garbage(64 << 20);
    struct MemStats m = stats();
    cr_assert_gt(m.NumGC, 3);
    cr_assert_leq(m.Sys - m.HeapReleased, 16 << 20);
    heapcheck();
}

static NOINLINE long sum_of(const struct node *x)
{
    long sum = 0;

    for (; x != NULL; x = x->next)
        sum += x->n;
    return sum;
}

Test(gc, the_stack_keeps_what_it_holds)
{
    if (!ARCH_RECORD_ON_TOP)
        cr_skip("a frame's variables lie above its address here, where nobody "
                "looks (runtime/base/arch.h)");
    gc_scan_this_stack(__builtin_frame_address(0));
    struct node *volatile list = list_of(1000);
    gc();
    list_of(1000);
    cr_assert_eq(sum_of(list), 999 * 500);
    cr_assert_geq(stats().HeapObjects, 1000);
}

Test(gc, memory_goes_back_to_the_system_after_a_peak)
{
    gc_set_percent(100);
    gc();
    for (int i = 0; i < 64; i++)
        roots[i] = makeslice(node, 1 << 16, 1 << 16);
    gc();
    struct MemStats peak = stats();
    memset(roots, 0, sizeof(roots));
    gc();
    gc();
    struct MemStats m = stats();
    cr_assert_geq(peak.HeapInuse, 64 << 20);
    cr_assert_leq(m.HeapSys - m.HeapReleased, 12 << 20);
    heapcheck();
}

/* What a heap may keep is what it used, scaled as the goal is, and a tenth.
 * Go: mgcscavenge.go retainExtraPercent */
Test(gc, a_tenth_more_than_was_used_is_kept)
{
    gc_set_percent(100);
    for (int i = 0; i < 32; i++)
        roots[i] = makeslice(node, 5 << 17, 5 << 17); /* 10 MiB */
    gc();
    gc();
    memset(roots, 0, sizeof(roots) / 4); /* 16 of them */
    gc();
    gc(); /* the heap is as large as it was, and so is its goal */
    struct MemStats m = stats();
    double kept = (double)(m.HeapSys - m.HeapReleased) / (double)m.HeapInuse;
    cr_assert_geq(m.HeapInuse, 160 << 20);
    /* It gives back a chunk of 4 MiB at a time. */
    cr_assert_float_eq(kept, 1.1, 0.03, "%g of what is in use", kept);
}

/* An array in roots[0] that takes more memory to mark than anything before. */
static void hold_many_pointers(void)
{
    roots[0] = makeslice(type_parse("*int", NULL), 1 << 20, 1 << 20);
    void **p = roots[0];
    for (int i = 0; i < 1 << 20; i++)
        p[i] = p;
}

static void collect_without_memory(void)
{
    hold_many_pointers();
    sysmem_fail_from(1);
    gc();
}

Test(gc, without_memory_to_mark_with_the_program_ends_in_go_s_words)
{
    struct ending e = ending_of(collect_without_memory);

    cr_assert_not_null(strstr(e.said, "runtime: out of memory: cannot allocate "
                                      "65536-byte block ("));
    cr_assert_not_null(strstr(e.said, "fatal error: out of memory"));
    cr_assert(WIFEXITED(e.status) && WEXITSTATUS(e.status) == 2);
}

/* A cycle that was called off has changed nothing, however many there are. Once
 * each of them ended an epoch of the bitmaps, and the second one gave those
 * away which said what is allocated. */
Test(gc, cycles_called_off_leave_the_bitmaps_alone)
{
    static void *held[128]; /* a span of 64 bytes a slot, full */
    struct heap *h = malloc_heap();

    gc_add_roots(held, sizeof(held));
    for (int i = 0; i < 128; i++)
        held[i] = mallocgc(64, NULL, true);
    gc();
    hold_many_pointers();
    for (int i = 0; i < 3; i++) {
        sysmem_fail_from(1);
        cr_assert_not(gc_cycle(h, getm()->mcache), "it had memory");
        sysmem_fail_from(0);
        mallocgc(8192, NULL, true); /* a new span, with bits of its own */
        heapcheck();
    }
    gc();
    cr_assert_eq(stats().HeapObjects, 128 + 1);
}

/* Random allocation, linking and dropping, against a plain count of what must
 * live: a list of objects for each root, each with its contents known. */
Test(gc, a_random_program_keeps_exactly_what_it_can_reach)
{
    enum { steps = CHECK < 3 ? 30000 : 3000 };
    long len[64] = {0}, live = 0;
    uint64_t seed = 99;

    cr_log_info("seed %lu", seed);
    for (int step = 0; step < steps; step++) {
        uint64_t r = mix(seed++), k = r >> 8 & 63;
        if (r % 500 == 0) {
            gc();
            cr_assert_eq((long)stats().HeapObjects, live, "step %d", step);
        } else if (r % 50 == 0) {
            live -= len[k];
            len[k] = 0;
            roots[k] = NULL;
        } else {
            struct node *x = newobject(node);
            x->next = roots[k];
            x->n = len[k]++;
            roots[k] = x;
            live++;
        }
        if (r % 1000 == 1)
            heapcheck();
    }
    for (int k = 0; k < 64; k++) {
        long n = len[k];
        for (const struct node *x = roots[k]; x != NULL; x = x->next)
            cr_assert_eq(x->n, --n);
        cr_assert_eq(n, 0);
    }
}

/*
 * The gctrace line against the form of a real one.
 */

/* One regular expression for Go's lines and for ours. */
static const char form[] =
    "^gc [0-9]+ @[0-9]+\\.[0-9]{3}s [0-9]+%: "
    "NUM\\+NUM\\+NUM ms clock, NUM\\+NUM/NUM/NUM\\+NUM ms cpu, "
    "[0-9]+->[0-9]+->[0-9]+ MB, [0-9]+ MB goal, [0-9]+ MB stacks, "
    "[0-9]+ MB globals, [0-9]+ P( \\(forced\\))?$";

/* As Go 1.19.8 printed them. */
static const char real[] =
    "gc 2 @0.004s 3%: 0.069+0.14+0.002 ms clock, 0.13+0.072/0/0+0.004 ms cpu, "
    "6->6->6 MB, 7 MB goal, 0 MB stacks, 0 MB globals, 2 P\n"
    "gc 3 @0.006s 2%: 0.005+1.7+0.002 ms clock, 0.010+0/0.042/0.068+0.004 ms "
    "cpu, 11->60->57 MB, 12 MB goal, 0 MB stacks, 0 MB globals, 2 P\n"
    "gc 4 @0.011s 1%: 0.006+4.8+0.004 ms clock, 0.012+0/0.10/0.097+0.009 ms "
    "cpu, 97->113->87 MB, 114 MB goal, 0 MB stacks, 0 MB globals, 2 P "
    "(forced)\n";

/* form with NUM written out: what fmtNSAsMS prints. */
static void compile(regex_t *re)
{
    char pattern[1024] = "";
    const char *rest = form, *num;

    while ((num = strstr(rest, "NUM")) != NULL) {
        strncat(pattern, rest, (size_t)(num - rest));
        strcat(pattern, "([0-9]+|[0-9]\\.[0-9]|0\\.[0-9]{2,3})");
        rest = num + 3;
    }
    strcat(pattern, rest);
    cr_assert_eq(regcomp(re, pattern, REG_EXTENDED | REG_NOSUB), 0);
}

/* How many lines of text there are; each must match. */
static int lines_that_match(char *text)
{
    regex_t re;
    int n = 0;

    compile(&re);
    for (char *l = strtok(text, "\n"); l != NULL; l = strtok(NULL, "\n"), n++)
        cr_assert_eq(regexec(&re, l, 0, NULL, 0), 0, "%s", l);
    regfree(&re);
    return n;
}

static void *traceRoots[1000];

static void collect_a_few_times(void)
{
    debug.gctrace = 1;
    gc_add_roots(traceRoots, sizeof(traceRoots));
    gc_scan_this_stack(__builtin_frame_address(0));
    for (int i = 0; i < 20000; i++)
        traceRoots[i % 1000] = mallocgc(3000, NULL, true);
    gc();
}

Test(gctrace, our_lines_have_the_form_of_real_ones)
{
    char golden[sizeof(real)];

    memcpy(golden, real, sizeof(real));
    cr_assert_eq(lines_that_match(golden), 3);
    struct ending e = ending_of(collect_a_few_times);
    cr_assert_gt(lines_that_match(e.said), 5);
}

Test(gctrace, the_forced_one_says_so_and_the_figures_are_ours)
{
    struct ending e = ending_of(collect_a_few_times);
    unsigned n, forced = 0;
    const char *l = e.said;

    cr_assert_eq(sscanf(e.said, "gc %u", &n), 1);
    cr_assert_eq(n, 1);
    cr_assert_not_null(strstr(e.said, "3->3->"));
    cr_assert_not_null(strstr(e.said, " 4 MB goal"));
    for (; (l = strstr(l, "(forced)")) != NULL; l++)
        forced++;
    cr_assert_eq(forced, 1);
}
