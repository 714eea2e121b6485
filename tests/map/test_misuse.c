/*
 * test_misuse.c: a plain map shared by threads that do not lock: caught in the
 * act, in Go's words. The keys are long and all there already, so a write
 * spends its time comparing one, and breaks nothing until it is caught.
 */
#include "alloc/malloc.h"
#include "map/map.h"
#include "runtime/sched/sched.h"
#include "tests/child.h"
#include <stdlib.h>

enum { Keys = 4, KeyBytes = 1 << 16, Seconds = 100 };

static const struct maptype *t;
static struct gomap *h;
static struct gostring keys[Keys];

static struct gostring copy_of(const struct gostring *key)
{
    char *text = malloc((size_t)key->len);
    memcpy(text, key->str, (size_t)key->len);
    return (struct gostring){text, key->len};
}

static void make_map(void)
{
    t = maptype_parse("map[string]int", NULL);
    h = map_make_small(t);
    for (int i = 0; i < Keys; i++) {
        char *text = calloc(1, KeyBytes);
        text[0] = (char)i;
        keys[i] = (struct gostring){text, KeyBytes};
        struct gostring own = copy_of(&keys[i]);
        *(int64_t *)map_assign(t, h, &own) = i;
    }
}

static void write_on(void *unused)
{
    (void)unused;
    for (uint32_t i = 0;; i++)
        *(int64_t *)map_assign(t, h, &keys[i % Keys]) = i;
}

static void delete_on(void *unused)
{
    static struct gostring absent;
    (void)unused;
    absent = copy_of(&keys[0]);
    ((char *)(uintptr_t)absent.str)[KeyBytes - 1] = 1;
    for (;;)
        map_delete(t, h, &absent);
}

static void read_on(void *unused)
{
    bool ok;
    (void)unused;
    for (uint32_t i = 0;; i++)
        map_access2(t, h, &keys[i % Keys], &ok);
}

static void iterate_on(void *unused)
{
    struct mapiter it;
    (void)unused;
    for (;;)
        for (mapiter_init(t, h, &it); it.key != NULL; mapiter_next(&it))
            ;
}

static void (*one)(void *), (*other)(void *);

static void both(void)
{
    make_map();
    alarm(Seconds); /* nobody is caught: the test fails by SIGALRM */
    sched_start(2);
    go_run(one, NULL);
    go_run(other, NULL);
    sched_stop();
}

static void expect_caught(void (*a)(void *), void (*b)(void *),
                          const char *words)
{
    if (CHECK >= 3)
        cr_skip("the proof that a write ends with may find the other first");
    one = a;
    other = b;
    expect_panic(both, words);
}

Test(misuse, two_writers, .timeout = 200)
{
    expect_caught(write_on, write_on, "fatal error: concurrent map writes\n");
    expect_caught(write_on, delete_on, "fatal error: concurrent map writes\n");
}

Test(misuse, a_reader_and_a_writer, .timeout = 200)
{
    expect_caught(read_on, write_on,
                  "fatal error: concurrent map read and map write\n");
}

Test(misuse, an_iteration_and_a_writer, .timeout = 200)
{
    expect_caught(iterate_on, write_on,
                  "fatal error: concurrent map iteration and map write\n");
}
