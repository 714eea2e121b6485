/*
 * test_pprofunits.c: values, units and percentages as pprof prints them.
 */
#include "tools/pprof/pprofunits.h"

#include <criterion/criterion.h>

static void expect_label(int64_t v, const char *from, const char *to,
                         const char *want)
{
    char buf[UnitsTextSize];
    cr_expect_str_eq(units_label(buf, v, from, to), want);
}

static void expect_percent(int64_t v, int64_t total, const char *want)
{
    char buf[UnitsTextSize];
    cr_expect_str_eq(units_percent(buf, v, total), want);
}

Test(pprofunits, labels)
{
    expect_label(0, "bytes", "MB", "0");
    expect_label(512, "bytes", "auto", "512B");
    expect_label(1536, "bytes", "auto", "1.50kB");
    expect_label(1536, "bytes", "MB", "0");
    expect_label(16384, "bytes", "MB", "0.02MB");
    expect_label(-1536, "bytes", "auto", "-1.50kB");
    expect_label(3 << 20, "bytes", "minimum", "3MB");
    expect_label(42, "count", "minimum", "42");
    expect_label(42, "count", "count", "42");
    expect_label(1500000, "nanoseconds", "auto", "1.50ms");
    expect_label(7, "widgets", "widgets", "7widgets");
    expect_label(INT64_MIN, "count", "count", "-9223372036854775808");
}

Test(pprofunits, percentages)
{
    expect_percent(75, 80, "93.75%");
    expect_percent(80, 80, "  100%");
    expect_percent(1, 80, " 1.25%");
    expect_percent(1, 800, " 0.12%");
    expect_percent(1, 80000000, "1.2e-06%");
    expect_percent(0, 80, "    0%");
    expect_percent(5, 0, "    0%");
    expect_percent(-40, 80, "50.00%");
    expect_percent(200, 80, "250.00%");
}
