/* The process's heap as a whole: its threads, its settings, its end. */
#include "alloc/heap.h"
#include "alloc/malloc.h"
#include "runtime/sched/thread.h"
#include "tests/child.h"
#include <pthread.h>

static const struct type *ptr;

static void setup(void)
{
    setenv("GOGC", "100", 1);
    setenv("GOMEMLIMIT", "1GiB", 1);
    MemProfileRate = 1;
    ptr = type_parse("*int", NULL);
}

TestSuite(processheap, .init = setup);

Test(processheap, it_is_built_once_and_reads_the_environment)
{
    struct heap *h = malloc_heap();

    mallocinit();
    cr_assert_eq(malloc_heap(), h);
    cr_assert_eq(gc_set_percent(50), 100, "GOGC");
    cr_assert_eq(gc_set_percent(-1), 50);
    cr_assert_eq(gc_set_memory_limit(1 << 20), 1 << 30, "GOMEMLIMIT");
    cr_assert_eq(gc_set_memory_limit(-1), 1 << 20, "asked, not set");
    cr_assert_eq(gc_set_memory_limit(-1), 1 << 20);
}

static void *allocate_once(void *unused)
{
    (void)unused;
    mallocgc(100, NULL, true);
    return (void *)(uintptr_t)theheap.mheap.nmcaches;
}

struct joined {
    pthread_t thread;
    void **result;
};

static void join(void *arg)
{
    const struct joined *j = arg;

    cr_assert_eq(pthread_join(j->thread, j->result), 0);
}

Test(processheap, a_thread_has_an_mcache_from_its_first_object_to_its_end)
{
    pthread_t thread;
    void *during;

    mallocgc(100, NULL, true);
    cr_assert_eq(theheap.mheap.nmcaches, 1);
    cr_assert_eq(pthread_create(&thread, NULL, allocate_once, NULL), 0);
    blocking(join, &(struct joined){thread, &during});
    cr_assert_eq((uintptr_t)during, 2);
    cr_assert_eq(theheap.mheap.nmcaches, 1);
    heapcheck();
}

Test(processheap, rate_zero_records_nothing)
{
    setMemProfileRate(0);
    for (int i = 0; i < 1000; i++)
        mallocgc(100, NULL, true);
    cr_assert_null(mprof_buckets());
    setMemProfileRate(1);
    mallocgc(100, NULL, true);
    cr_assert_eq(mprof_total(mprof_buckets()).allocs, 1);
}

Test(processheap, what_roots_do_not_reach_is_collected)
{
    static void *root;
    struct MemStats m;

    gc_add_roots(&root, sizeof(root));
    root = newobject(ptr);
    *(void **)root = newobject(ptr);
    gc();
    readmemstats(&m);
    cr_assert_eq(m.Mallocs - m.Frees, 2);
    gc_remove_roots(&root);
    gc();
    readmemstats(&m);
    cr_assert_eq(m.Mallocs - m.Frees, 0);
}

static void ask_for_too_much(void)
{
    mallocgc((size_t)1 << 47, NULL, true);
}

static void ask_for_everything(void)
{
    mallocgc(SIZE_MAX - 100, NULL, true);
}

static void array_too_long(void)
{
    newarray(ptr, INTPTR_MAX / 4);
}

static void array_negative(void)
{
    newarray(ptr, -1);
}

static void expect_out_of_memory(void (*fn)(void), const char *words)
{
    struct ending e = ending_of(fn);

    cr_assert_not_null(strstr(e.said, words), "said: %s", e.said);
    cr_assert_not_null(strstr(e.said, "fatal error: out of memory\n"));
    cr_assert(WIFEXITED(e.status) && WEXITSTATUS(e.status) == 2);
}

Test(processheap, too_much_ends_in_go_s_words)
{
    expect_out_of_memory(ask_for_too_much,
                         "runtime: out of memory: cannot allocate "
                         "140737488355328-byte block (");
    expect_out_of_memory(ask_for_everything, "runtime: out of memory: cannot");
    const char *words = "panic: runtime: allocation size out of range";
    expect_panic(array_too_long, words);
    expect_panic(array_negative, words);
}
