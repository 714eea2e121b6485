/*
 * test_codeindex.c: the index finds for an address what DWARF says of it, and
 * nothing for one that is no code of ours.
 */
#include "runtime/base/base.h"
#include "runtime/prof/codeindex.h"
#include <criterion/criterion.h>
#include <dwarf.h>
#include <unistd.h>

static const Dwfl_Callbacks callbacks = {
    .find_elf = dwfl_linux_proc_find_elf,
    .find_debuginfo = dwfl_standard_find_debuginfo,
};

static void read_this_program(void)
{
    Dwfl *dwfl = dwfl_begin(&callbacks);
    cr_assert_eq(dwfl_linux_proc_report(dwfl, getpid()), 0);
    dwfl_report_end(dwfl, NULL, NULL);
    codeindex_read(dwfl);
}

static NOINLINE int first(int n)
{
    return n + 1;
}

static NOINLINE int second(int n)
{
    return n + 2;
}

static void is_in(int (*function)(int), const char *name)
{
    struct codePlace at;
    cr_assert(codeindex_find((uintptr_t)function, &at));
    cr_assert_not_null(at.function);
    cr_expect_str_eq(dwarf_diename(at.function), name);
    cr_expect_str_eq(dwarf_diename(at.unit),
                     "tests/runtime/prof/test_codeindex.c");
    Dwarf_Addr entry;
    cr_assert_eq(dwarf_lowpc(at.function, &entry), 0);
    cr_expect_eq(entry, at.addr, "relative to the module, as DWARF's are");
}

Test(codeindex, an_address_is_in_its_function_and_unit)
{
    cr_assert_eq(first(1) + second(1), 5);
    read_this_program();
    is_in(first, "first");
    is_in(second, "second");
}

Test(codeindex, what_is_no_code_of_ours_is_nowhere)
{
    read_this_program();
    struct codePlace at;
    static const int data = 1;
    int here = 0;
    cr_expect_not(codeindex_find(0, &at));
    cr_expect_not(codeindex_find(UINTPTR_MAX, &at));
    cr_expect_not(codeindex_find((uintptr_t)&here, &at));
    cr_expect_not(codeindex_find((uintptr_t)&data, &at));
}

/* Before anything was read. */
Test(codeindex, an_empty_index_knows_nothing)
{
    struct codePlace at;
    cr_expect_not(codeindex_find((uintptr_t)first, &at));
}
