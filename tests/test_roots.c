/* Registered ranges: what is visited, what is not any more. */
#include "alloc/roots.h"
#include "runtime/sysmem.h"
#include <criterion/criterion.h>

static struct roots roots;
static uintptr_t sum;
static int visited;

static void setup(void)
{
    roots_init(&roots);
}

TestSuite(roots, .init = setup);

static void add_word(void *arg, uintptr_t word)
{
    cr_assert_eq(arg, &roots);
    sum += word;
    visited++;
}

static void visit_all(void)
{
    sum = 0;
    visited = 0;
    roots_eachWord(&roots, add_word, &roots);
}

Test(roots, every_aligned_word_of_every_range_is_visited)
{
    uintptr_t a[3] = {1, 2, 3}, b[1] = {10}, c[2] = {100, 200};

    cr_assert(roots_add(&roots, a, sizeof(a)));
    cr_assert(roots_add(&roots, b, sizeof(b)));
    cr_assert(roots_add(&roots, (char *)c + 1, sizeof(c) - 1));
    visit_all();
    cr_assert_eq(sum, 6 + 10 + 200);
    cr_assert_eq(visited, 5);
    roots_check(&roots);
}

Test(roots, a_removed_range_is_not)
{
    uintptr_t a[3] = {1, 2, 3}, b[1] = {10};

    roots_add(&roots, a, sizeof(a));
    roots_add(&roots, b, sizeof(b));
    roots_remove(&roots, a);
    roots_remove(&roots, &roots); /* none begins there */
    visit_all();
    cr_assert_eq(sum, 10);
    cr_assert_eq(roots.bytes, 8);
    roots_check(&roots);
}

Test(roots, a_range_at_the_same_place_replaces_the_former)
{
    uintptr_t a[3] = {1, 2, 3};

    roots_add(&roots, a, sizeof(a));
    roots_add(&roots, a, PtrSize);
    visit_all();
    cr_assert_eq(sum, 1);
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

Test(roots, a_stack_is_read_from_sp_to_its_bottom)
{
    uintptr_t stack[4] = {1, 20, 300, 4000};
    struct m m = {.stackHi = (uintptr_t)&stack[3]};

    sum = 0;
    roots_eachStackWord(&m, (uintptr_t)&stack[1], add_word, &roots);
    cr_assert_eq(sum, 320);
}
