/* Registered ranges: what is visited, what is not any more. */
#include "alloc/gc/gcwork.h"
#include "runtime/base/sysmem.h"
#include <criterion/criterion.h>

static struct roots roots;
static uintptr_t bases; /* of all ranges visited, added up */
static size_t bytes;    /* of them */
static int visited;

static void setup(void)
{
    roots_init(&roots);
}

TestSuite(roots, .init = setup);

static void add_range(void *arg, uintptr_t from, uintptr_t to)
{
    cr_assert_eq(arg, &roots);
    bases += from;
    bytes += to - from;
    visited++;
}

static void visit_all(void)
{
    bases = 0;
    bytes = 0;
    visited = 0;
    roots_each(&roots, add_range, &roots);
}

Test(roots, every_range_is_visited)
{
    uintptr_t a[3], b[1], c[2];

    cr_assert(roots_add(&roots, a, sizeof(a)));
    cr_assert(roots_add(&roots, b, sizeof(b)));
    cr_assert(roots_add(&roots, (char *)c + 1, sizeof(c) - 1));
    visit_all();
    cr_assert_eq(bases, (uintptr_t)a + (uintptr_t)b + (uintptr_t)c + 1);
    cr_assert_eq(bytes, 24 + 8 + 15);
    cr_assert_eq(visited, 3);
    roots_check(&roots);
}

Test(roots, a_removed_range_is_not)
{
    uintptr_t a[3], b[1];

    roots_add(&roots, a, sizeof(a));
    roots_add(&roots, b, sizeof(b));
    roots_remove(&roots, a);
    roots_remove(&roots, &roots); /* none begins there */
    visit_all();
    cr_assert_eq(bases, (uintptr_t)b);
    cr_assert_eq(roots.bytes, 8);
    roots_check(&roots);
}

Test(roots, a_range_at_the_same_place_replaces_the_former)
{
    uintptr_t a[3];

    roots_add(&roots, a, sizeof(a));
    roots_add(&roots, a, PtrSize);
    visit_all();
    cr_assert_eq(bytes, PtrSize);
    cr_assert_eq(roots.bytes, PtrSize);
    roots_check(&roots);
}

Test(roots, records_are_used_again)
{
    uintptr_t a;

    roots_add(&roots, &a, sizeof(a));
    const struct rootRange *first = roots.all;
    roots_remove(&roots, &a);
    roots_add(&roots, &a, sizeof(a));
    cr_assert_eq(roots.all, first);
}
