/*
 * test_proffront.c: a thread's own counts of the heap profile.
 */
#include "runtime/base/sysmem.h"
#include "runtime/prof/memprofile.h"
#include "runtime/prof/proffront.h"
#include "runtime/sched/sched.h"
#include "runtime/sched/thread.h"
#include <criterion/criterion.h>
#include <pthread.h>

enum { N = 10000 };

static struct bucket *bucket(uint64_t i)
{
    return (struct bucket *)(16 * (i + 1)); /* never looked into */
}

static struct frontEntry *find(const struct front *f, uint32_t hash)
{
    uint32_t at = hash;
    return front_next(f, hash, &at);
}

static uint64_t collected[N];

static void collect(struct bucket *b, uint64_t n)
{
    collected[(uintptr_t)b / 16 - 1] += n;
}

Test(proffront, keeps_every_entry_while_it_grows)
{
    struct front f = {0};
    for (uint64_t i = 0; i < N; i++) {
        /* one place: worst case */
        front_add(&f, (uint32_t)i << 16, bucket(i));
        front_count(&f, find(&f, (uint32_t)i << 16));
        if (i == 100)
            i = N - 100; /* the rest would take quadratic time */
    }
    cr_assert_eq(front_pending(&f), f.table.n);
    cr_assert_eq(front_collect(&f, collect), f.table.n);
    cr_assert_eq(front_pending(&f), 0);
    for (uint64_t i = 0; i <= 100; i++)
        cr_assert_eq(collected[i], 1);
    cr_assert_eq(collected[N - 1], 1);
    cr_assert_eq(collected[101], 0);
    front_clear(&f);
}

Test(proffront, a_count_is_collected_once)
{
    struct front f = {0};
    uint64_t want[N] = {0};
    for (uint64_t i = 0; i < N; i++)
        front_add(&f, (uint32_t)i * 0x9e3779b1, bucket(i));
    for (uint64_t round = 0; round < 5; round++) {
        for (uint64_t i = round; i < N; i += 3) {
            front_count(&f, find(&f, (uint32_t)i * 0x9e3779b1));
            want[i]++;
        }
        front_collect(&f, collect);
        cr_assert_arr_eq(collected, want, sizeof want);
    }
    front_clear(&f);
    cr_assert_eq(f.table.n, 0);
    cr_assert_eq(front_pending(&f), 0);
}

Test(proffront, entries_of_one_hash_are_all_found)
{
    struct front f = {0};
    uint32_t at = 7;
    front_add(&f, 7, bucket(1));
    front_add(&f, 8, bucket(2)); /* in the way */
    front_add(&f, 7, bucket(3));
    cr_assert_eq(front_next(&f, 7, &at)->b, bucket(1));
    cr_assert_eq(front_next(&f, 7, &at)->b, bucket(3));
    cr_assert_null(front_next(&f, 7, &at));
    front_clear(&f);
}

Test(proffront, the_entry_behind_the_last_can_be_expected)
{
    struct front f = {0};
    for (uint32_t i = 0; i < 128; i++) /* as many as 256 slots hold */
        front_add(&f, i, bucket(i));
    cr_assert_eq(f.table.mask, 255);
    front_expect(&f, find(&f, 127));
    front_clear(&f);
}

Test(proffront, without_memory_it_finds_nothing)
{
    struct front f = {0};
    sysmem_fail_from(1);
    front_add(&f, 1, bucket(1));
    sysmem_fail_from(0);
    cr_assert_null(f.table.slots);
    front_add(&f, 1, bucket(1));
    cr_assert_eq(find(&f, 1)->b, bucket(1));
    front_clear(&f);
}

static NOINLINE struct bucket *record(void)
{
    static const struct allocTag tag = {.tier = TIER_MCACHE};
    return mProf_Malloc(16, &tag);
}

static void *record_many(void *unused)
{
    for (int i = 0; i < N; i++)
        record();
    return unused;
}

static pthread_barrier_t counted, looked;

static void *record_and_stay(void *unused)
{
    record_many(NULL);
    pthread_barrier_wait(&counted);
    pthread_barrier_wait(&looked);
    return unused;
}

/* Objects in all buckets. */
static uint64_t total(void)
{
    uint64_t n = 0;
    for (const struct bucket *b = mprof_buckets(); b != NULL; b = b->allnext)
        n += mprof_total(b).allocs;
    return n;
}

Test(proffront, the_profile_counts_threads_that_live_and_threads_that_are_gone)
{
    enum { Threads = 4 };
    pthread_t t[Threads];
    pthread_barrier_init(&counted, NULL, Threads + 1);
    pthread_barrier_init(&looked, NULL, Threads + 1);
    for (int i = 0; i < Threads; i++)
        pthread_create(&t[i], NULL, record_and_stay, NULL);
    pthread_barrier_wait(&counted);
    cr_assert_eq(total(), Threads * N);
    mprof_check();
    pthread_barrier_wait(&looked);
    for (int i = 0; i < Threads; i++)
        thread_join(t[i]);
    cr_assert_eq(total(), Threads * N);
    mprof_check();
    record_many(NULL);
    cr_assert_eq(total(), (Threads + 1) * N);
}

Test(proffront, a_reset_reaches_every_thread)
{
    record_many(NULL);
    mprof_reset();
    cr_assert_eq(total(), 0);
    const struct bucket *b = record();
    cr_assert_eq(mprof_buckets(), b, "not the bucket from before");
    cr_assert_eq(total(), 1);
    mprof_check();
}

Test(proffront, counts_belong_to_the_cycle_in_which_they_were_made)
{
    struct bucket *b = record();
    record_many(NULL);
    mProf_NextCycle();
    mProf_Flush();
    cr_assert_eq(mprof_published(b).allocs, 0, "too early by a cycle");
    record_many(NULL); /* in cycles to come */
    mProf_NextCycle();
    mProf_Flush();
    uint64_t sum = 0;
    for (const struct bucket *x = mprof_buckets(); x != NULL; x = x->allnext)
        sum += mprof_published(x).allocs;
    cr_assert_eq(sum, N + 1);
}
