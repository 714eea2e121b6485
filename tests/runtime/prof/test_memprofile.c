/*
 * test_memprofile.c: buckets, the three-cycle accounting, and what is left when
 * memory is refused; the table of the buckets.
 */
#include "runtime/base/sysmem.h"
#include "runtime/prof/memprofile.h"
#include "runtime/sched/rand.h"
#include <criterion/criterion.h>
#include <pthread.h>
#include <string.h>

static const struct allocTag plain = {.tier = TIER_MCACHE, .sizeclass = 5};

/* One call site: always the same stack below a test. */
static GOFRAME struct bucket *allocate(size_t size, const struct allocTag *tag)
{
    return mProf_Malloc(size, tag);
}
GOFRAME_MAIN(allocate);

static NOINLINE struct bucket *elsewhere(size_t size,
                                         const struct allocTag *tag)
{
    return mProf_Malloc(size, tag);
}

/* n objects on one stack, wherever this is called from: it ends here. */
static GOFRAME struct bucket *many(int n)
{
    struct bucket *b = NULL;
    callstack_enter();
    for (int i = 0; i < n; i++)
        b = allocate(48, &plain);
    callstack_leave();
    return b;
}
GOFRAME_MAIN(many);

static void collect(void)
{
    mProf_Flush();
    mProf_NextCycle();
}

Test(memprofile, one_site_one_bucket)
{
    struct bucket *b = many(3);
    cr_assert_eq(mprof_buckets(), b);
    cr_assert_null(b->allnext);
    struct memRecordCycle t = mprof_total(b);
    cr_assert_eq(t.allocs, 3);
    cr_assert_eq(t.alloc_bytes, 144);
    cr_assert_eq(t.frees, 0);
    mprof_check();
}

Test(memprofile, the_stack_begins_at_the_caller)
{
    struct bucket *b = many(1);
    cr_assert_eq(b->nstk, 2);
    cr_assert_str_eq(callstack_frame(b->stk[0])->func, "main.allocate");
    cr_assert_str_eq(callstack_frame(b->stk[1])->func, "main.many");
}

Test(memprofile, stack_size_and_each_field_of_the_tag_are_the_key)
{
    static const struct type t1, t2;
    struct bucket *b[8];
    struct allocTag tag = plain;
    for (int round = 0; round < 2; round++) {
        struct bucket *now[] = {
            allocate(48, &tag),
            elsewhere(48, &tag),
            allocate(64, &tag),
            allocate(48, &(struct allocTag){.type = &t1, .sizeclass = 5}),
            allocate(48, &(struct allocTag){.type = &t2, .sizeclass = 5}),
            allocate(48, &(struct allocTag){.owner = mprof_buckets()}),
            allocate(48, &(struct allocTag){.tier = TIER_MHEAP}),
            allocate(48, &(struct allocTag){.sizeclass = 6}),
        };
        /* The sites differ by line, so both rounds pass the same lines. */
        for (int i = 0; i < 8 && round == 0; i++)
            for (int j = 0; j < i; j++)
                cr_assert_neq(now[i], now[j], "%d and %d", i, j);
        for (int i = 0; i < 8 && i != 5; i++)
            cr_assert(round == 0 || now[i] == b[i], "%d", i);
        memcpy(b, now, sizeof(b));
    }
    mprof_check();
}

Test(memprofile, buckets_are_in_the_order_of_their_first_allocation)
{
    struct bucket *a = allocate(16, &plain);
    many(4);
    struct bucket *c = allocate(32, &plain);
    cr_assert_eq(a->first, 1);
    cr_assert_eq(c->first, 6);
    cr_assert_eq(mprof_buckets(), c);
}

Test(memprofile, before_the_first_collection_all_is_published)
{
    struct bucket *b = many(5);
    mProf_Free(b, 48);
    cr_assert_eq(mprof_published(b).allocs, 0);
    mprof_publish();
    struct memRecordCycle p = mprof_published(b);
    cr_assert_eq(p.allocs, 5);
    cr_assert_eq(p.frees, 1);
}

/* As the real runtime: the first look decides, later allocations wait. */
Test(memprofile, what_comes_after_the_first_look_waits_for_collections)
{
    struct bucket *b = many(5);
    mprof_publish();
    many(2);
    mprof_publish();
    cr_assert_eq(mprof_published(b).allocs, 5);
    cr_assert_eq(mprof_total(b).allocs, 7);
}

Test(memprofile, a_collection_publishes_the_heap_as_it_left_it)
{
    struct bucket *b = many(10);
    collect();
    for (int i = 0; i < 4; i++)
        mProf_Free(b, 48); /* swept */
    mprof_publish();
    cr_assert_eq(mprof_published(b).allocs, 10, "nothing else to show yet");

    mProf_PostSweep();
    struct memRecordCycle p = mprof_published(b);
    cr_assert_eq(p.allocs, 10);
    cr_assert_eq(p.frees, 4);
}

Test(memprofile, allocations_after_a_collection_are_not_in_its_snapshot)
{
    struct bucket *b = many(10);
    collect();
    many(3);
    for (int i = 0; i < 4; i++)
        mProf_Free(b, 48);
    mProf_PostSweep();
    mprof_publish();
    cr_assert_eq(mprof_published(b).allocs, 10);
    cr_assert_eq(mprof_published(b).frees, 4);
    cr_assert_eq(mprof_total(b).allocs, 13);
}

Test(memprofile, without_post_sweep_a_snapshot_is_two_collections_old)
{
    struct bucket *b = many(10);
    collect();
    many(1);
    collect();
    mProf_Flush();
    cr_assert_eq(mprof_published(b).allocs, 10);
    collect();
    mProf_Flush();
    cr_assert_eq(mprof_published(b).allocs, 11);
}

Test(memprofile, flushing_twice_counts_once)
{
    struct bucket *b = many(10);
    collect();
    collect();
    mProf_Flush();
    mProf_Flush();
    cr_assert_eq(mprof_published(b).allocs, 10);
    mprof_check();
}

/* Random allocations, frees and collections against a model that keeps the
 * definition: a snapshot holds what was allocated before the mark termination,
 * and loses what its sweep freed. */
Test(memprofile, random_cycles_against_a_model)
{
    uint64_t seed = 5;
    cr_log_info("seed %lu", seed);
    struct bucket *b = many(1);
    uint64_t live = 1, made = 1, freed = 0;
    for (uint64_t round = 0; round < 300; round++) {
        int n = (int)(mix(seed + round) % 50);
        many(n);
        made += n, live += n;
        uint64_t snapshot = made;
        collect();
        uint64_t garbage = mix(seed ^ round) % (live + 1);
        int more = (int)(mix(~round) % 20);
        for (uint64_t i = 0; i < garbage; i++) {
            if (i == garbage / 2)
                many(more), made += more, live += more;
            mProf_Free(b, 48);
        }
        freed += garbage, live -= garbage;
        mProf_PostSweep();
        mprof_publish();
        struct memRecordCycle p = mprof_published(b);
        cr_assert_eq(p.allocs, snapshot, "round %lu", round);
        cr_assert_eq(p.frees, freed, "round %lu", round);
        mprof_check();
    }
}

Test(memprofile, reset_begins_anew_and_old_objects_do_no_harm)
{
    struct bucket *old = many(3);
    mprof_reset();
    cr_assert_null(mprof_buckets());
    struct bucket *b = many(2);
    cr_assert_neq(b, old);
    mProf_Free(old, 48);
    cr_assert_eq(mprof_total(b).allocs, 2);
    cr_assert_eq(mprof_total(b).frees, 0);
    cr_assert_eq(b->first, 1);
    mprof_check();
}

static struct bucket *branch(uint32_t bits, int depth);

static NOINLINE struct bucket *left(uint32_t bits, int depth)
{
    return branch(bits, depth);
}

static NOINLINE struct bucket *right(uint32_t bits, int depth)
{
    return branch(bits, depth);
}

/* A stack of its own for each number: the bits choose between two sites. */
static NOINLINE struct bucket *branch(uint32_t bits, int depth)
{
    if (depth == 0)
        return mProf_Malloc(48, &plain);
    return bits & 1 ? left(bits >> 1, depth - 1) : right(bits >> 1, depth - 1);
}

/* Stacks end here, so that they do not depend on the test's code. */
static NOINLINE struct bucket *numbered(uint32_t bits)
{
    callstack_enter();
    struct bucket *b = branch(bits, 12);
    callstack_leave();
    return b;
}

Test(memprofile, thousands_of_stacks)
{
    enum { N = 4096 };
    static struct bucket *b[N];
    for (int round = 0; round < 2; round++)
        for (uint32_t i = 0; i < N; i++) {
            struct bucket *got = numbered(i);
            cr_assert(round == 0 || got == b[i]);
            b[i] = got;
        }
    mprof_check();
    int n = 0;
    for (const struct bucket *p = mprof_buckets(); p; p = p->allnext, n++)
        cr_assert_eq(mprof_total(p).allocs, 2);
    cr_assert_eq(n, N);
}

Test(memprofile, refused_memory_loses_events_and_nothing_else)
{
    for (uint64_t at = 1; at < 40; at++) {
        mprof_reset();
        sysmem_fail_at(at);
        uint64_t kept = 0;
        for (uint32_t i = 0; i < 3000; i++)
            kept += numbered(i) != NULL;
        sysmem_fail_at(0);
        cr_assert_eq(kept + mprof_lost(), 3000, "request %lu", at);
        mprof_check();
    }
}

Test(memprofile, no_memory_at_all)
{
    sysmem_fail_from(1);
    for (uint32_t i = 0; i < 100; i++)
        cr_assert_null(numbered(i));
    cr_assert_eq(mprof_lost(), 100);
    mprof_check();
}

enum { PerThread = 2000 };

static void *allocate_many(void *arg)
{
    for (uint32_t i = 0; i < PerThread; i++)
        mProf_Free(branch(i % 16, 4), 48);
    return arg;
}

Test(memprofile, threads_share_the_buckets)
{
    pthread_t t[4];
    for (int i = 0; i < 4; i++)
        pthread_create(&t[i], NULL, allocate_many, NULL);
    for (int i = 0; i < 4; i++)
        pthread_join(t[i], NULL);
    uint64_t allocs = 0, frees = 0;
    for (const struct bucket *b = mprof_buckets(); b; b = b->allnext) {
        allocs += mprof_total(b).allocs;
        frees += mprof_total(b).frees;
    }
    cr_assert_eq(allocs, 4 * PerThread);
    cr_assert_eq(frees, 4 * PerThread);
    mprof_check();
}

/*
 * The table of buckets by itself: nobody else is running, so nobody holds the
 * profile's lock.
 */

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
