/*
 * test_symbol.c: from addresses to functions, files and lines.
 */
#include "alloc/malloc.h"
#include "runtime/base/lock.h"
#include "runtime/prof/callstack.h"
#include <criterion/criterion.h>
#include <pthread.h>
#include <string.h>

static uintptr_t pcs[MaxStack];

static GOFRAME int leaf(void)
{
    return callstack_capture(pcs, MaxStack);
}
GOFRAME_MAIN(leaf);

static GOFRAME int caller(int *line)
{
    *line = __LINE__ + 1;
    return leaf();
}
GOFRAME_MAIN(caller);

Test(symbol, the_line_is_the_line_of_the_call)
{
    int line;
    cr_assert_gt(caller(&line), 1);
    const struct frame *f = symbol_frame(pcs[1]);
    cr_assert_str_eq(f->func, "main.caller");
    cr_assert_str_eq(f->file, "tests/runtime/prof/test_symbol.c");
    cr_assert_eq(f->line, line, "line %d, not %d", f->line, line);
    cr_assert_eq(f->pc, pcs[1]);
    cr_assert(f->entry < f->pc && f->pc - f->entry < 4096);
    cr_assert(f->goframe);
}

ALWAYS_INLINE int inner(void)
{
    return leaf();
}

ALWAYS_INLINE int inlined(void)
{
    return inner();
}

static GOFRAME int outer(int *line)
{
    *line = __LINE__ + 1;
    return inlined();
}
GOFRAME_MAIN(outer);

Test(symbol, an_inlined_call_shows_the_line_in_the_function_of_the_frame)
{
#ifdef HMAP_OUTLINED
    cr_skip("nothing is inlined where coverage is counted");
#endif
    int line;
    cr_assert_gt(outer(&line), 1);
    const struct frame *f = symbol_frame(pcs[1]);
    cr_assert_str_eq(f->func, "main.outer");
    cr_assert_str_eq(f->file, "tests/runtime/prof/test_symbol.c");
    cr_assert_eq(f->line, line, "line %d, not %d", f->line, line);
}

Test(symbol, a_function_marked_goframe_stands_in_chains_and_plumbing_does_not)
{
    const struct frame *f = symbol_frame((uintptr_t)mallocgc + 1);
    cr_assert_str_eq(f->func, "runtime.mallocgc");
    cr_assert_str_eq(f->file, "alloc/malloc.c");
    cr_assert_eq(f->entry, (uintptr_t)mallocgc);
    cr_assert(f->goframe);

    f = symbol_frame((uintptr_t)lock + 1);
    cr_assert_str_eq(f->func, "lock");
    cr_assert_str_eq(f->file, "runtime/base/lock.c");
    cr_assert_not(f->goframe);
}

Test(symbol, code_of_libraries_is_not_shown)
{
    const struct frame *f = symbol_frame((uintptr_t)pthread_mutex_lock + 1);
    cr_assert_not(f->goframe, "%s", f->func);
    cr_assert_null(strstr(f->func, "runtime."), "%s", f->func);
}

Test(symbol, unknown_code_is_an_address)
{
    const struct frame *f = symbol_frame(0x10);
    cr_assert_str_eq(f->func, "0x10");
    cr_assert_str_eq(f->file, "?");
    cr_assert_eq(f->entry, 0);
    cr_assert_not(f->goframe);
}

Test(symbol, an_address_is_looked_up_once)
{
    const struct frame *f = symbol_frame((uintptr_t)leaf + 1);
    cr_assert_eq(symbol_frame((uintptr_t)leaf + 1), f);
    cr_assert_neq(symbol_frame((uintptr_t)leaf + 2), f);
}

static void *name_all(void *arg)
{
    uintptr_t at = (uintptr_t)mallocgc;
    for (uintptr_t i = 1; i <= 64; i++)
        cr_assert_str_eq(symbol_frame(at + i)->func, "runtime.mallocgc");
    return arg;
}

Test(symbol, threads_may_ask_at_once)
{
    pthread_t t[4];
    for (int i = 0; i < 4; i++)
        pthread_create(&t[i], NULL, name_all, NULL);
    for (int i = 0; i < 4; i++)
        pthread_join(t[i], NULL);
}
