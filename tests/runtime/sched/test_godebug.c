/*
 * test_godebug.c: the environment read by Go's rules.
 */
#include "runtime/base/goversion.h"
#include "runtime/prof/memprofile.h"
#include "runtime/sched/godebug.h"
#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <limits.h>
#include <stdlib.h>

static void godebug(const char *value)
{
    setenv("GODEBUG", value, 1);
    parsedebugvars();
}

static int32_t gogc(const char *value)
{
    setenv("GOGC", value, 1);
    return readGOGC();
}

Test(godebug, nothing_set)
{
    unsetenv("GODEBUG");
    parsedebugvars();
    cr_assert_eq(debug.gctrace, 0);
    cr_assert_eq(debug.allocfreetrace, 0);
    cr_assert_eq(debug.cpu_aes, 1);
    cr_assert_eq(MemProfileRate, 524288);
}

Test(godebug, keys_are_set_in_order)
{
    godebug("gctrace=1,allocfreetrace=1,cpu.aes=off,gctrace=2");
    cr_assert_eq(debug.gctrace, 2);
    cr_assert_eq(debug.allocfreetrace, 1);
    cr_assert_eq(debug.cpu_aes, 0);
}

Test(godebug, what_go_ignores_is_ignored)
{
    godebug("gctrace,=1,,madvdontneed=0,gctrace=1x,gctracer=1,"
            "allocfreetrace=99999999999,gctrace=+1");
    cr_assert_eq(debug.gctrace, 0);
    cr_assert_eq(debug.allocfreetrace, 0);
}

Test(godebug, memprofilerate_is_wider_than_the_others)
{
    godebug("memprofilerate=8589934592");
    cr_assert_eq(MemProfileRate, 8589934592);
}

/* Go's AES hash wants all three of them: alg.go alginit. */
Test(godebug, cpu_all_is_every_feature)
{
    godebug("cpu.all=off");
    cr_assert_eq(debug.cpu_aes, 0);
    godebug("cpu.aes=on");
    cr_assert_eq(debug.cpu_aes, 0);
    godebug("cpu.ssse3=on,cpu.sse41=on");
    cr_assert_eq(debug.cpu_aes, 1);
    godebug("cpu.sse41=off");
    cr_assert_eq(debug.cpu_aes, 0);
    godebug("cpu.all=on");
    cr_assert_eq(debug.cpu_aes, 1);
}

Test(godebug, every_cpu_feature_that_go_knows_is_known,
     .init = cr_redirect_stderr)
{
    godebug("cpu.adx=off,cpu.avx=off,cpu.avx2=off,cpu.bmi1=off,cpu.bmi2=off,"
            "cpu.erms=off,cpu.fma=off,cpu.pclmulqdq=off,cpu.popcnt=off,"
            "cpu.rdtscp=off,cpu.sse3=off,cpu.sse42=off,cpu.sse2=off");
    fflush(stderr);
    cr_assert_stderr_eq_str("GODEBUG: unknown cpu feature \"sse2\"\n");
    cr_assert_eq(debug.cpu_aes, 1);
}

Test(godebug, cpu_options_are_judged_aloud, .init = cr_redirect_stderr)
{
    godebug("cpu.aes=no,cpu.aes,cpu.mmx=off,cpu.erms=off");
    fflush(stderr);
    cr_assert_stderr_eq_str(
        "GODEBUG: value \"no\" not supported for cpu option \"aes\"\n"
        "GODEBUG: no value specified for \"cpu.aes\"\n"
        "GODEBUG: unknown cpu feature \"mmx\"\n");
    cr_assert_eq(debug.cpu_aes, 1);
}

Test(godebug, allocfreetrace_has_ended, .init = cr_redirect_stderr)
{
    goversion_choose(goversion_named("1.22"));
    godebug("allocfreetrace=1");
    cr_assert_eq(debug.allocfreetrace, 1);
    goversion_choose(goversion_named("1.23"));
    godebug("allocfreetrace=0");
    godebug("allocfreetrace=1,gctrace=1");
    cr_assert_eq(debug.allocfreetrace, 0);
    cr_assert_eq(debug.gctrace, 1);
    fflush(stderr);
    cr_assert_stderr_eq_str(
        "GODEBUG: allocfreetrace ended after go1.22: go1.23 "
        "has no such setting, so nothing is traced\n");
}

Test(godebug, gogc)
{
    unsetenv("GOGC");
    cr_assert_eq(readGOGC(), 100);
    cr_assert_eq(gogc(""), 100);
    cr_assert_eq(gogc("off"), -1);
    cr_assert_eq(gogc("200"), 200);
    cr_assert_eq(gogc("0"), 0);
    cr_assert_eq(gogc("-5"), -5);
    cr_assert_eq(gogc("Off"), 100);
    cr_assert_eq(gogc("50%"), 100);
    cr_assert_eq(gogc("2147483647"), INT_MAX);
    cr_assert_eq(gogc("2147483648"), 100);
}

Test(godebug, gomaxprocs)
{
    setenv("GOMAXPROCS", "3", 1);
    cr_assert_eq(readGOMAXPROCS(), 3);
    setenv("GOMAXPROCS", "0", 1);
    cr_assert_geq(readGOMAXPROCS(), 1);
    unsetenv("GOMAXPROCS");
    int32_t processors = readGOMAXPROCS();
    setenv("GOMAXPROCS", "many", 1);
    cr_assert_eq(readGOMAXPROCS(), processors);
}

static int64_t byte_count(const char *s)
{
    int64_t n = -1;
    return parseByteCount(s, &n) ? n : -1;
}

/* The cases of Go's own table (string_test.go parseByteCountTests). */
Test(godebug, byte_counts)
{
    static const struct {
        const char *text;
        int64_t want;
    } good[] = {
        {"1", 1},
        {"12345", 12345},
        {"012345", 12345},
        {"98765432100", 98765432100},
        {"9223372036854775807", INT64_MAX},
        {"1B", 1},
        {"12345B", 12345},
        {"1KiB", 1 << 10},
        {"05KiB", 5 << 10},
        {"1MiB", 1 << 20},
        {"10MiB", 10 << 20},
        {"1GiB", 1 << 30},
        {"100GiB", 100LL << 30},
        {"1TiB", 1LL << 40},
        {"99TiB", 99LL << 40},
        {"8388607TiB", 8388607LL << 40},
        {"-0", 0},
    };
    static const char *const bad[] = {
        "",
        "aaaaaa",
        "+1",
        "-1",
        "B",
        "KiB",
        "iB",
        "i",
        "9223372036854775808",
        "8388608TiB",
        "1e3",
        "0x10",
        "1.5GiB",
        "10 MiB",
        "1kB",
        "1KB",
        "1kiB",
        "1K",
        "1Ki",
        "1PiB",
        "1iB",
        "-1KiB",
        "aKiB",
        "1Kib",
        "1BB",
        "18446744073709551616",
        "-",
        "-B",
    };
    for (size_t i = 0; i < ARRAY_LEN(good); i++)
        cr_assert_eq(byte_count(good[i].text), good[i].want, "%s gave %ld",
                     good[i].text, byte_count(good[i].text));
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        cr_assert_eq(byte_count(bad[i]), -1, "'%s' is no byte count", bad[i]);
}

Test(godebug, gomemlimit)
{
    unsetenv("GOMEMLIMIT");
    cr_assert_eq(readGOMEMLIMIT(), INT64_MAX);
    setenv("GOMEMLIMIT", "off", 1);
    cr_assert_eq(readGOMEMLIMIT(), INT64_MAX);
    setenv("GOMEMLIMIT", "512MiB", 1);
    cr_assert_eq(readGOMEMLIMIT(), 512 << 20);
}

Test(godebug, a_malformed_gomemlimit_ends_the_program, .exit_code = 2)
{
    setenv("GOMEMLIMIT", "12x", 1);
    readGOMEMLIMIT();
}
