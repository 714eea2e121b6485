/*
 * test_world.c: threads stop where they may, and only there.
 */
#include "runtime/sched/sched.h"
#include "runtime/sched/thread.h"
#include <criterion/criterion.h>
#include <signal.h>
#include <unistd.h>

enum { N = 4 };

static _Atomic uint64_t steps[N];
static _Atomic bool over, ready, released;

static void *walk(void *arg)
{
    _Atomic uint64_t *step = arg;
    thread_attach();
    while (!over) {
        ++*step;
        gosafepoint();
    }
    return NULL;
}

static uint64_t all_steps(void)
{
    uint64_t sum = 0;
    for (int i = 0; i < N; i++)
        sum += steps[i];
    return sum;
}

static void until_all_have_begun(void)
{
    for (int i = 0; i < N; i++)
        while (steps[i] == 0)
            usleep(100);
}

/* What should go on and does not, hangs. */
TestSuite(world, .timeout = 120);

Test(world, nobody_runs_while_it_is_stopped)
{
    pthread_t t[N];
    thread_attach();
    for (int i = 0; i < N; i++)
        pthread_create(&t[i], NULL, walk, (void *)&steps[i]);
    until_all_have_begun();
    for (int round = 0; round < 20; round++) {
        stopTheWorld();
        uint64_t before = all_steps();
        usleep(2000);
        cr_assert_eq(all_steps(), before, "round %d", round);
        startTheWorld();
    }
    uint64_t before = all_steps();
    while (all_steps() == before)
        usleep(100);
    over = true;
    for (int i = 0; i < N; i++)
        thread_join(t[i]);
}

static void wait_for_release(void *unused)
{
    (void)unused;
    ready = true;
    while (!released)
        usleep(100);
}

static _Atomic bool returned;

static void *block(void *unused)
{
    thread_attach();
    blocking(wait_for_release, NULL);
    returned = true;
    return unused;
}

Test(world, a_blocked_thread_counts_as_stopped_and_does_not_run_into_the_stop)
{
    pthread_t t;
    thread_attach();
    pthread_create(&t, NULL, block, NULL);
    while (!ready)
        usleep(100);
    stopTheWorld();
    released = true;
    usleep(20000);
    cr_assert(!returned, "it came back while the world was stopped");
    startTheWorld();
    thread_join(t);
    cr_assert(returned);
}

static void *attach_late(void *unused)
{
    ready = true;
    thread_attach();
    returned = true;
    return unused;
}

Test(world, a_new_thread_waits_for_the_start)
{
    pthread_t t;
    stopTheWorld();
    pthread_create(&t, NULL, attach_late, NULL);
    while (!ready)
        usleep(100);
    usleep(20000);
    cr_assert(!returned);
    startTheWorld();
    thread_join(t);
    cr_assert(returned);
}

static _Atomic int inside, most;

static void *stop_often(void *unused)
{
    thread_attach();
    for (int i = 0; i < 200; i++) {
        stopTheWorld();
        int n = ++inside;
        if (n > most)
            most = n;
        inside--;
        startTheWorld();
    }
    return unused;
}

Test(world, those_who_stop_it_take_turns)
{
    pthread_t t[N];
    thread_attach();
    for (int i = 0; i < N; i++)
        pthread_create(&t[i], NULL, stop_often, NULL);
    for (int i = 0; i < N; i++)
        thread_join(t[i]);
    cr_assert_eq(most, 1);
}

/* Marks a word that lies on no stack but in a register that calls keep, as far
 * as the compiler can be asked for that. */
static _Atomic bool found;
static const uintptr_t secret = 0x5ec4e75ec4e7;

static void *hold(void *unused)
{
    thread_attach()->stackHi = (uintptr_t)__builtin_frame_address(0);
    register uintptr_t word __asm__(ARCH_KEPT) = ~secret;
    __asm__ volatile("" : "+r"(word));
    word = ~word;
    while (!over) {
        ready = true;
        gosafepoint();
        __asm__ volatile("" : "+r"(word));
    }
    return unused;
}

/* The words between the variables of a stack are AddressSanitizer's own. */
__attribute__((no_sanitize_address)) static void look(struct m *m, void *unused)
{
    (void)unused;
    if (m == getm() || m->stackHi == 0)
        return;
    for (uintptr_t p = m->stackLo; p + 8 <= m->stackHi; p += 8)
        if (*(volatile uintptr_t *)p == secret)
            found = true;
}

Test(world, a_stopped_thread_has_spilled_its_registers)
{
    pthread_t t;
    thread_attach();
    pthread_create(&t, NULL, hold, NULL);
    while (!ready)
        usleep(100);
    stopTheWorld();
    thread_each(look, NULL);
    startTheWorld();
    over = true;
    thread_join(t);
    cr_assert(found);
}

Test(world, stops_are_not_nested, .signal = SIGABRT)
{
    stopTheWorld();
    stopTheWorld();
}

Test(world, only_who_stopped_it_starts_it, .signal = SIGABRT)
{
    thread_attach();
    startTheWorld();
}
