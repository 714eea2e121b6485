/*
 * test_flags.c: flags as Go programs take them, and one line for each way to
 * get them wrong.
 */
#include "tests/hmaprun.h"
#include "tools/cli/cmd.h"
#include "tools/lib/text.h"

struct opts {
    int64_t n;
    bool json;
    int order;
    const char *type;
    uint64_t seed;
    const struct goversion *go;
    struct releases some;
};

static const char *const orders[] = {"objects", "space", NULL};
static const struct flag flags[] = {
    {"n", "N", "entries", FLAG_INT, offsetof(struct opts, n), 1, 1000, NULL},
    {"json", NULL, "as JSON", FLAG_BOOL, offsetof(struct opts, json), 0, 0,
     NULL},
    {"sort", "WORD", "order", FLAG_CHOICE, offsetof(struct opts, order), 0, 0,
     orders},
    {"type", "T", "type", FLAG_STRING, offsetof(struct opts, type), 0, 0, NULL},
    {"seed", "S", "seed", FLAG_SEED, offsetof(struct opts, seed), 0, 0, NULL},
    {"go", "R", NULL, FLAG_RELEASE, offsetof(struct opts, go), 0, 0, NULL},
    {"some", "R", NULL, FLAG_RELEASES, offsetof(struct opts, some), 0, 0, NULL},
    {0},
};
static const struct command command = {.name = "test", .flags = flags};

enum { MaxWords = 12 };

/* Parses words parted by blanks; returns the first operand's place in argv,
 * which is copied to argv_out. */
static int parse(const char *words, struct opts *o, char **argv_out)
{
    static char text[200];
    snprintf(text, sizeof text, "test %s", words);
    int argc = 0;
    for (char *w = strtok(text, " "); w != NULL; w = strtok(NULL, " "))
        argv_out[argc++] = w;
    argv_out[argc] = NULL;
    return flags_parse(&command, argc, argv_out, o);
}

Test(flags, every_way_to_write_a_value)
{
    static const char *const ways[] = {"-n 7",  "-n=7",   "--n 7",
                                       "--n=7", "-n 0x7", "-n 0_7"};
    for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
        struct opts o = {.n = 1};
        char *argv[MaxWords];
        int first = parse(ways[i], &o, argv);
        cr_expect_eq(o.n, 7, "%s", ways[i]);
        cr_expect_null(argv[first], "%s", ways[i]);
    }
}

Test(flags, every_kind)
{
    struct opts o = {0};
    char *argv[MaxWords];
    parse("-json -sort space -type map[int]int -seed 18446744073709551615", &o,
          argv);
    cr_assert(o.json);
    cr_assert_eq(o.order, 1);
    cr_assert_str_eq(o.type, "map[int]int");
    cr_assert_eq(o.seed, UINT64_MAX);
    parse("-n 1_000 -seed 18_446_744_073_709_551_615", &o, argv);
    cr_assert_eq(o.n, 1000);
    cr_assert_eq(o.seed, UINT64_MAX);
    parse("-json=0", &o, argv);
    cr_assert_not(o.json);
    parse("-json=T", &o, argv);
    cr_assert(o.json);
    parse("-json=false -sort=objects", &o, argv);
    cr_assert_not(o.json);
    cr_assert_eq(o.order, 0);
}

Test(flags, releases_by_any_of_their_names)
{
    struct opts o = {0};
    char *argv[MaxWords];
    parse("-go 1.22", &o, argv);
    cr_expect_str_eq(o.go->name, "go1.22");
    parse("-go go1.19.8", &o, argv);
    cr_expect_str_eq(o.go->name, "go1.19");
}

Test(flags, several_releases_each_once_in_their_order)
{
    struct opts o = {0};
    char *argv[MaxWords];
    parse("-some 1.23,1.19,go1.23", &o, argv);
    cr_expect_str_eq(o.some.list[0]->name, "go1.23");
    cr_expect_str_eq(o.some.list[1]->name, "go1.19");
    cr_expect_null(o.some.list[2]);
    parse("-some all", &o, argv);
    int n = 0;
    for (; goversions[n].name != NULL; n++)
        cr_expect_eq(o.some.list[n], &goversions[n]);
    cr_expect_null(o.some.list[n]);
}

Test(flags, unknown_releases_are_told_the_known_ones)
{
    expect_refused("replay -go 1.18 x",
                   "hmap: -go 1.18: no release that is known here; want one of "
                   "1.19, 1.22, 1.23, 1.24, 1.25, 1.26, 1.27");
    expect_refused("run -go 1.19,1.2",
                   "hmap: -go 1.2: no release that is known here; want some of "
                   "1.19, 1.22, 1.23, 1.24, 1.25, 1.26, 1.27, or all");
}

Test(flags, random_seeds_differ)
{
    struct opts a = {0}, b = {0};
    char *argv[MaxWords];
    parse("-seed random", &a, argv);
    parse("-seed random", &b, argv);
    cr_assert_neq(a.seed, b.seed);
}

Test(flags, operands_stand_anywhere_and_keep_their_order)
{
    struct opts o = {0};
    char *argv[MaxWords];
    int first = parse("one -n 5 two - -json", &o, argv);
    cr_assert_eq(o.n, 5);
    cr_assert(o.json);
    cr_assert_str_eq(argv[first], "one");
    cr_assert_str_eq(argv[first + 1], "two");
    cr_assert_str_eq(argv[first + 2], "-");
    cr_assert_null(argv[first + 3]);
}

Test(flags, after_two_dashes_all_are_operands)
{
    struct opts o = {.n = 3};
    char *argv[MaxWords];
    int first = parse("-- -n 5", &o, argv);
    cr_assert_eq(o.n, 3);
    cr_assert_str_eq(argv[first], "-n");
}

Test(flags, numbers)
{
    int64_t v = 0;
    cr_assert(parse_int("-5", -5, 5, &v));
    cr_assert_eq(v, -5);
    cr_assert_not(parse_int("6", -5, 5, &v));
    cr_assert_not(parse_int("", 0, 5, &v));
    cr_assert_not(parse_int("1x", 0, 5, &v));
    cr_assert_not(parse_int("1 ", 0, 5, &v));
    cr_assert_not(parse_int("_1", 0, 5, &v));
    cr_assert_not(parse_int("1_", 0, 5, &v));
    cr_assert_not(parse_int("1__0", 0, 50, &v));
    cr_assert_not(parse_int("9223372036854775808", 0, INT64_MAX, &v));
    cr_assert(parse_int("1e12", 0, INT64_MAX, &v) && v == 1000000000000);
    cr_assert(parse_int("25e0", 0, 30, &v) && v == 25);
    cr_assert_not(parse_int("1e", 0, 5, &v));
    cr_assert_not(parse_int("1e-2", 0, 5, &v));
    cr_assert_not(parse_int("1e19", 0, INT64_MAX, &v));
}

Test(flags, what_is_wrong_is_said_in_one_line)
{
    expect_refused("run -n abc", "hmap: -n abc: want a whole number from 1 to "
                                 "1000000000000000");
    expect_refused("run -n 5x", "hmap: -n 5x: want a whole number from 1 to "
                                "1000000000000000");
    expect_refused("run -n 0", "hmap: -n 0: want a whole number from 1 to "
                               "1000000000000000");
    expect_refused("run -n=99999999999999999999",
                   "hmap: -n 99999999999999999999: want a whole number from 1 "
                   "to 1000000000000000");
    expect_refused("run -n", "hmap: -n needs a value: -n N");
    expect_refused("run -nn 5", "hmap: run: no flag -nn; did you mean -n?");
    expect_refused("run --bogus=5",
                   "hmap: run: no flag -bogus; see: hmap help run");
    expect_refused("run -sort x", "hmap: -sort x: want objects or space");
    expect_refused("run -json=2", "hmap: -json=2: want true or false");
    expect_refused("run tiny -memprofile x -folded x",
                   "hmap: x: wanted in two formats: the second would overwrite "
                   "the first");
    expect_refused("run -seed x", "hmap: -seed x: want a whole number of 64 "
                                  "bits, or random");
    expect_refused("run -seed -1", "hmap: -seed -1: want a whole number of 64 "
                                   "bits, or random");
}
