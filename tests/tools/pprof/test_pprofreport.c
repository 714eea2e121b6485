/*
 * test_pprofreport.c: top, tree, peek and traces against what `go tool pprof`
 * printed for the same files (tests/programs/record.sh recorded it).
 */
#include "tests/hmaprun.h"
#include "tools/pprof/pprofreport.h"
#include <criterion/criterion.h>

enum { MaxArgs = 16 };
static const char profiles[] = "tests/golden/profiles";

static char *slurp(const char *path)
{
    FILE *f = fopen(path, "rb");
    cr_assert(f, "cannot open %s", path);
    return read_to_end(f);
}

/* "-top -cum -diff_base=x.pb.gz" for pprof into hmap's words: the report first,
 * as a command. Files are named from the folder of profiles. */
static void to_argv(char *flags, char *file, const char **argv, char *base)
{
    int n = 0;
    argv[n++] = "hmap";
    for (char *w = strtok(flags, " "); w; w = strtok(NULL, " ")) {
        if (n == 1) {
            char *symbol = strchr(w, '=');
            argv[n++] = w + 1;
            if (symbol) { /* -peek=REGEX */
                *symbol = 0;
                argv[n++] = symbol + 1;
            }
        } else if (strncmp(w, "-diff_base=", 11) == 0) {
            sprintf(base, "-diff_base=%s/%s", profiles, w + 11);
            argv[n++] = base;
        } else {
            argv[n++] = w;
        }
        cr_assert_lt(n, MaxArgs - 2);
    }
    argv[n++] = file;
    argv[n] = NULL;
}

static void check_section(const char *name, char *section, char *file)
{
    const char *argv[MaxArgs];
    char base[256], flags[256];
    char *want = strchr(section, '\n') + 1;
    want[-1] = 0;
    cr_assert_lt(strlen(section), sizeof flags);
    strcpy(flags, section);
    to_argv(flags, file, argv, base);
    struct ran r = run_hmap(argv);
    cr_expect_str_eq(r.out, want, "%s: %s differs", name, section);
    ran_free(&r);
}

/* A .want file is sections of "$ FLAGS" and the report that pprof printed. */
static int check_profile(const char *name, const char *want_name)
{
    char want_path[256], file[256];
    int n = 0;
    setenv("TZ", "UTC", 1);
    sprintf(want_path, "tests/golden/pprof/%s.want", want_name);
    sprintf(file, "%s/%s.pb.gz", profiles, name);
    char *all = slurp(want_path);
    char *next = all;
    cr_assert(strncmp(all, "$ ", 2) == 0);
    for (char *at = all; at; at = next) {
        next = strstr(at, "\n$ ");
        if (next)
            *next++ = 0;
        char *section = malloc(strlen(at) + 2); /* with its last newline */
        sprintf(section, "%s%s", at + 2, next ? "\n" : "");
        check_section(name, section, file);
        free(section);
        n++;
    }
    free(all);
    return n;
}

Test(pprofreport, ten_real_profiles_print_as_pprof_prints_them)
{
    static const char *const names[] = {
        "map_int_int",       "map_inlined", "map_nested",
        "map_group",         "none_json",   "none_printf",
        "none_closures",     "none_scan",   "none_buffer.sampled",
        "none_json.sampled",
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        cr_expect_geq(check_profile(names[i], names[i]), 12);
}

Test(pprofreport, filters_and_differences_print_as_pprof_prints_them)
{
    cr_expect_eq(check_profile("none_json", "none_json.flags"), 11);
    cr_expect_eq(check_profile("none_printf", "none_printf.flags"), 11);
    cr_expect_eq(check_profile("map_inlined", "map_inlined.flags"), 33);
}

static void expect_error(const char *const argv[], int status, const char *err)
{
    struct ran r = run_hmap(argv);
    cr_expect_eq(r.status, status);
    cr_expect_str_eq(r.err, err);
    cr_expect_str_eq(r.out, "");
    ran_free(&r);
}

#define ARGS(...) ((const char *[]){"hmap", __VA_ARGS__, NULL})

Test(pprofreport, mistakes_are_one_line)
{
    const char *file = "tests/golden/profiles/map_set.pb.gz";
    expect_error(ARGS("top", "-sample_index=x", file), 2,
                 "hmap: -sample_index=x: this profile has alloc_objects, "
                 "alloc_space, inuse_objects, inuse_space\n");
    expect_error(ARGS("top", "-focus=(*", file), 2,
                 "hmap: -focus '(*' is no regular expression: no argument "
                 "for repetition operator: *\n");
    expect_error(ARGS("top", "no/such/file"), 1,
                 "hmap: no/such/file: No such file or directory\n");
    expect_error(ARGS("traces", "Makefile"), 1,
                 "hmap: Makefile: not a profile that can be read: want "
                 ".pb.gz, debug=1 text or an allocfreetrace log\n");
}

/*
 * Values, units and percentages as pprof prints them.
 */

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
