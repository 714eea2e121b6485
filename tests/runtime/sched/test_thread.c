/*
 * test_thread.c: the list of threads and what happens at a thread's end.
 */
#include "runtime/sched/thread.h"
#include <criterion/criterion.h>
#include <pthread.h>
#include <string.h>

static void sum_ids(struct m *m, void *arg)
{
    *(uint32_t *)arg += m->id;
}

static uint32_t ids_on_list(void)
{
    uint32_t sum = 0;
    thread_each(sum_ids, &sum);
    return sum;
}

Test(thread, attaching_gives_an_id_once)
{
    cr_assert_eq(getm()->id, 0);
    cr_assert_eq(thread_attach(), getm());
    cr_assert_eq(thread_attach()->id, 1);
    cr_assert_eq(thread_count(), 1);
    cr_assert_eq(ids_on_list(), 1);
}

Test(thread, detaching_takes_it_off_the_list)
{
    thread_detach();
    thread_attach();
    thread_detach();
    thread_detach();
    cr_assert_eq(thread_count(), 0);
    cr_assert_eq(getm()->id, 0);
    cr_assert_eq(thread_attach()->id, 2, "ids are not used twice");
}

static pthread_barrier_t all_here, may_end;

static void *attend(void *arg)
{
    thread_attach();
    pthread_barrier_wait(&all_here);
    pthread_barrier_wait(&may_end);
    return arg;
}

Test(thread, a_thread_leaves_the_list_when_it_ends)
{
    enum { N = 4 };
    pthread_t t[N];
    thread_attach();
    pthread_barrier_init(&all_here, NULL, N + 1);
    pthread_barrier_init(&may_end, NULL, N + 1);
    for (int i = 0; i < N; i++)
        pthread_create(&t[i], NULL, attend, NULL);
    pthread_barrier_wait(&all_here);
    cr_assert_eq(thread_count(), N + 1);
    cr_assert_eq(ids_on_list(), 1 + 2 + 3 + 4 + 5);
    pthread_barrier_wait(&may_end);
    for (int i = 0; i < N; i++)
        pthread_join(t[i], NULL);
    cr_assert_eq(thread_count(), 1);
    cr_assert_eq(ids_on_list(), 1);
}

static char ended[8]; /* which hooks ran, in order */
static uint32_t ended_id;

static void first_hook(struct m *m)
{
    strcat(ended, "1");
    ended_id = m->id;
}

static void second_hook(struct m *m)
{
    strcat(ended, "2");
    ended_id = m->id;
}

static void *attach_and_end(void *arg)
{
    *(uint32_t *)arg = thread_attach()->id;
    return NULL;
}

Test(thread, hooks_run_at_the_end_last_registered_first)
{
    pthread_t t;
    uint32_t id = 0;
    thread_atdetach(first_hook);
    thread_atdetach(second_hook);
    pthread_create(&t, NULL, attach_and_end, &id);
    pthread_join(t, NULL);
    cr_assert_str_eq(ended, "21");
    cr_assert_eq(ended_id, id, "the id is still there");
}

static void *never_attach(void *arg)
{
    return arg;
}

Test(thread, a_thread_that_never_attached_runs_no_hooks)
{
    pthread_t t;
    thread_atdetach(first_hook);
    pthread_create(&t, NULL, never_attach, NULL);
    pthread_join(t, NULL);
    cr_assert_str_eq(ended, "");
}
