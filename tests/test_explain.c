/*
 * test_explain.c: `hmap explain` on profiles of real Go programs
 * (tests/programs, recorded by its record.sh): every growing map of the
 * programs that have some, no map in those that have none, and the savings that
 * the programs themselves measured when given the hint.
 */
#include "tests/hmaprun.h"

#include "runtime/base.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>

/* What is known of a program: where its maps grow and what their buckets are. */
struct known {
    const char *program, *site;
    int bucket, B;
};

static const struct known maps[] = {
    {"map_big_elem", "main.states:17", 144, 9},
    {"map_float", "main.work:13", 88, 14},
    {"map_group", "main.group:22", 336, 9},
    {"map_iface", "main.work:19", 272, 11},
    {"map_inlined", "main.(*table).add:21", 176, 10},
    {"map_inlined", "main.(*table).add:22", 176, 10},
    {"map_inner", "main.stats.add:28", 208, 8},
    {"map_inner", "main.stats.add:30", 208, 2},
    {"map_int_int", "main.work:15", 144, 11},
    {"map_json", "reflect.Value.SetMapIndex:2302", 208, 10},
    {"map_local", "main.distinct:13", 80, 10},
    {"map_many_small", "main.row:14", 144, 2},
    {"map_million", "main.load:12", 144, 18},
    {"map_nested", "main.matrix:30", 208, 3},
    {"map_nested", "main.matrix:32", 208, 6},
    {"map_pair", "main.number:22", 176, 9},
    {"map_set", "main.unique:14", 80, 13},
    {"map_sizes", "main.put:9", 144, 11},
    {"map_small_hint", "main.fill:10", 112, 11},
    {"map_small_hint", "main.fillOnce:18", 208, 8},
    {"map_string_int", "main.count:20", 208, 12},
    {"map_string_string", "main.(*registry).set:29", 272, 10},
    {"map_uint32_ptr", "main.index:22", 112, 13},
    {"map_uuid", "main.load:19", 208, 11},
};

static const char *const none[] = {
    "none_append_int", "none_append_struct", "none_buffer", "none_channels",
    "none_closures",   "none_heap",          "none_json",   "none_made",
    "none_matrix",     "none_printf",        "none_scan",   "none_sort",
    "none_strings",    "none_tree",
};

static json_t *explain_file(const char *path)
{
    const char *const argv[] = {"hmap", "explain", "-json", path, NULL};
    struct ran r = run_hmap(argv);
    cr_assert_eq(r.status, 0, "%s: %s", path, r.err);
    json_t *doc = json_loads(r.out, 0, NULL);
    cr_assert_not_null(doc, "%s: no JSON: %s", path, r.out);
    ran_free(&r);
    return doc;
}

static json_t *explain(const char *program, const char *suffix)
{
    char path[256];
    snprintf(path, sizeof path, "tests/golden/profiles/%s%s", program, suffix);
    return explain_file(path);
}

static void site_name(json_t *site, char *name, size_t size)
{
    snprintf(name, size, "%s:%lld",
             json_string_value(json_object_get(site, "function")),
             (long long)json_integer_value(json_object_get(site, "line")));
}

static json_t *find_site(json_t *doc, const char *want)
{
    size_t i;
    json_t *site;
    char name[128];
    json_array_foreach(json_object_get(doc, "sites"), i, site)
    {
        site_name(site, name, sizeof name);
        if (strcmp(name, want) == 0)
            return site;
    }
    return NULL;
}

static size_t known_maps(const char *program)
{
    size_t n = 0;
    for (size_t i = 0; i < ARRAY_LEN(maps); i++)
        n += strcmp(maps[i].program, program) == 0;
    return n;
}

static int get_int(json_t *object, const char *key)
{
    return (int)json_integer_value(json_object_get(object, key));
}

static double get_number(json_t *object, const char *key)
{
    return json_number_value(json_object_get(object, key));
}

static void expect_known(const struct known *k, json_t *doc)
{
    json_t *site = find_site(doc, k->site);
    cr_assert_not_null(site, "%s: %s not found", k->program, k->site);
    json_t *map = json_array_get(json_object_get(site, "maps"), 0);
    cr_expect_str_eq(json_string_value(json_object_get(site, "verdict")), "map",
                     "%s", k->program);
    cr_expect_eq(get_int(map, "bucket_size"), k->bucket, "%s: bucket %d",
                 k->program, get_int(map, "bucket_size"));
    cr_expect_eq(get_int(map, "largest_B"), k->B, "%s: B %d", k->program,
                 get_int(map, "largest_B"));
}

Test(explain, finds_every_map_at_rate_1_and_nothing_else)
{
    for (size_t i = 0; i < ARRAY_LEN(maps); i++) {
        json_t *doc = explain(maps[i].program, ".pb.gz");
        expect_known(&maps[i], doc);
        cr_expect_eq(json_array_size(json_object_get(doc, "sites")),
                     known_maps(maps[i].program), "%s", maps[i].program);
        json_decref(doc);
    }
}

Test(explain, finds_no_map_where_there_is_none)
{
    for (size_t i = 0; i < ARRAY_LEN(none); i++) {
        json_t *doc = explain(none[i], ".pb.gz");
        cr_expect_eq(json_array_size(json_object_get(doc, "sites")), 0, "%s",
                     none[i]);
        json_decref(doc);
        doc = explain(none[i], ".sampled.pb.gz");
        cr_expect_eq(json_array_size(json_object_get(doc, "sites")), 0,
                     "%s, sampled", none[i]);
        json_decref(doc);
    }
}

/* At Go's default rate small maps are not seen; what is reported is right. */
Test(explain, reports_no_wrong_line_of_a_sampled_profile)
{
    int found = 0;
    for (size_t i = 0; i < ARRAY_LEN(maps); i++) {
        const struct known *k = &maps[i];
        json_t *doc = explain(k->program, ".sampled.pb.gz");
        json_t *site = find_site(doc, k->site);
        if (site) {
            json_t *map = json_array_get(json_object_get(site, "maps"), 0);
            cr_expect_eq(get_int(map, "bucket_size"), k->bucket, "%s: %d",
                         k->program, get_int(map, "bucket_size"));
            found++;
        }
        cr_expect_leq(json_array_size(json_object_get(doc, "sites")),
                      known_maps(k->program), "%s", k->program);
        json_decref(doc);
    }
    cr_expect_geq(found, 10, "only %d found", found);
}

/* Overflow buckets come by chance, in the real program too: its hinted runs
 * differ among themselves by about the root of how many they have, which is a
 * quarter of the growing one's, or fewer. In the mean of 16 runs, each with a
 * profile of its own, the objects saved of seven of these programs were
 * predicted within 1.6 % of those measured, which themselves scatter by 2 to
 * 21 % (standard deviation). */
static double allowed(double measured, double chance)
{
    return fmax(0.02 * fabs(measured), 3 * sqrt(chance) + 1);
}

static void expect_saving(const char *program, const double m[4])
{
    json_t *doc = explain(program, ".pb.gz"), *site;
    double objects = 0, bytes = 0, chance = 0;
    size_t i;
    json_array_foreach(json_object_get(doc, "sites"), i, site)
    {
        json_t *saving = json_object_get(site, "saving");
        json_t *map = json_array_get(json_object_get(site, "maps"), 0);
        objects += get_number(saving, "objects");
        bytes += get_number(saving, "bytes");
        chance += get_number(map, "bucket_objects") / 4;
    }
    json_decref(doc);
    double want_objects = m[0] - m[2], want_bytes = m[1] - m[3];
    cr_expect_float_eq(bytes, want_bytes, 0.02 * want_bytes,
                       "%s: saves %.0f bytes, measured %.0f", program, bytes,
                       want_bytes);
    cr_expect_float_eq(objects, want_objects, allowed(want_objects, chance),
                       "%s: saves %.0f objects, measured %.0f", program,
                       objects, want_objects);
}

Test(explain, savings_are_those_that_the_program_measured)
{
    FILE *f = fopen("tests/golden/profiles/savings.tsv", "r");
    char program[64];
    double m[4];
    int n = 0;
    cr_assert_not_null(f);
    cr_assert_eq(fscanf(f, "%*[^\n]\n"), 0);
    while (fscanf(f, "%63s %lf %lf %lf %lf\n", program, &m[0], &m[1], &m[2],
                  &m[3]) == 5) {
        expect_saving(program, m);
        n++;
    }
    fclose(f);
    cr_expect_eq(n, 21);
}

static void expect_inlined(const char *suffix)
{
    json_t *doc = explain("map_inlined", suffix);
    for (size_t i = 0; i < ARRAY_LEN(maps); i++)
        if (strcmp(maps[i].program, "map_inlined") == 0)
            expect_known(&maps[i], doc);
    json_decref(doc);
}

Test(explain, the_text_of_debug_1_says_the_same)
{
    expect_inlined(".debug1.txt");
}

Test(explain, a_log_of_allocfreetrace_says_the_same)
{
    expect_inlined(".trace.gz");
}

/* Go 1.22 gives large objects with pointers a header; its maps are the same. */
Test(explain, reads_the_maps_of_go_1_22)
{
    static const struct known go122[] = {
        {"go1.22/map_group", "main.group:22", 336, 9},
        {"go1.22/map_uint32_ptr", "main.index:22", 112, 13},
        {"go1.22/map_int_int", "main.work:15", 144, 11},
    };
    for (size_t i = 0; i < ARRAY_LEN(go122); i++) {
        json_t *doc = explain(go122[i].program, ".pb.gz");
        expect_known(&go122[i], doc);
        json_decref(doc);
    }
}

/* The maps of Go 1.24 are other maps: named, not misread. */
Test(explain, names_the_maps_of_go_1_24)
{
    static const struct {
        const char *program, *site; /* NULL: none */
    } go124[] = {
        {"go1.24/map_int_int", "main.work:15"},
        {"go1.24/map_million", "main.load:12"},
        {"go1.24/map_nested", "main.matrix:30"},
        {"go1.24/map_nested", "main.matrix:32"},
        {"go1.24/map_set.sampled", NULL},
        {"go1.24/none_scan", NULL},
    };
    for (size_t i = 0; i < ARRAY_LEN(go124); i++) {
        json_t *doc = explain(go124[i].program, ".pb.gz"), *site;
        size_t j;
        json_array_foreach(json_object_get(doc, "sites"), j, site)
            cr_expect_str_eq(
                json_string_value(json_object_get(site, "verdict")), "swiss",
                "%s", go124[i].program);
        if (go124[i].site)
            cr_expect_not_null(find_site(doc, go124[i].site), "%s: no %s",
                               go124[i].program, go124[i].site);
        else
            cr_expect_eq(j, 0u, "%s", go124[i].program);
        json_decref(doc);
    }
}

static void expect_said(const char *const argv[], const char *out)
{
    struct ran r = run_hmap(argv);
    cr_expect_eq(r.status, 0);
    cr_expect(strstr(r.out, out), "want '%s' in: %s", out, r.out);
    ran_free(&r);
}

Test(explain, speaks_to_people_and_to_programs)
{
    const char *file = "tests/golden/profiles/map_uuid.pb.gz";
    const char *no_map = "tests/golden/profiles/none_sort.pb.gz";
    expect_said((const char *[]){"hmap", "explain", file, NULL},
                "make(map[K]V, 6657)");
    expect_said((const char *[]){"hmap", "explain", "-tsv", file, NULL},
                "\nmain.load:19\tmap\t");
    expect_said((const char *[]){"hmap", "explain", no_map, NULL},
                "no growing map found");
}

/* One line of func, as debug=1 prints it: "SIZE SIZE …", one object each, or
 * SIZExCOUNT. */
static void write_line(FILE *f, const char *func, int line, const char *sizes)
{
    int size, used, n;
    for (; sscanf(sizes, "%d%n", &size, &used) == 1; sizes += used) {
        n = 1;
        if (sscanf(sizes + used, "x%d", &n) == 1)
            used += (int)strcspn(sizes + used, " ");
        fprintf(f,
                "%d: %d [%d: %d] @ 0x1000 0x2000\n"
                "#\t0xfff\t%s+0x1\t/app/load.go:%d\n"
                "#\t0x1fff\tmain.main+0x1\t/app/load.go:9\n\n",
                n, n * size, n, n * size, func, line);
    }
}

/* A profile of line 7 of func alone. path is a template of mkstemp's. */
static void write_sizes(char *path, int rate, const char *func,
                        const char *sizes)
{
    int fd = mkstemp(path);
    cr_assert_geq(fd, 0);
    FILE *f = fdopen(fd, "w");
    fprintf(f, "heap profile: 1: 1 [1: 1] @ heap/%d\n", 2 * rate);
    write_line(f, func, 7, sizes);
    fclose(f);
}

static void expect_of_sizes(int rate, const char *sizes, const char *verdict,
                            int bucket)
{
    char path[] = "/tmp/hmap-sizes-XXXXXX";
    write_sizes(path, rate, "main.load", sizes);
    const char *const argv[] = {"hmap", "explain", "-json", "-all", path, NULL};
    struct ran r = run_hmap(argv);
    unlink(path);
    cr_assert_eq(r.status, 0, "%s", r.err);
    json_t *doc = json_loads(r.out, 0, NULL);
    json_t *site = find_site(doc, "main.load:7");
    if (verdict) {
        cr_assert_not_null(site, "no %s", verdict);
        cr_expect_str_eq(json_string_value(json_object_get(site, "verdict")),
                         verdict);
        json_t *map = json_array_get(json_object_get(site, "maps"), 0);
        cr_expect_eq(get_int(map, "bucket_size"), bucket, "bucket %d",
                     get_int(map, "bucket_size"));
    } else {
        cr_expect_null(site);
    }
    json_decref(doc);
    ran_free(&r);
}

/* (4096 + 256) * 208 = 905,216, in whole pages 909,312; and one bucket. */
Test(explain, one_array_and_one_bucket_of_a_sampled_map_are_named)
{
    expect_of_sizes(524288, "208 909312", "map", 208);
}

Test(explain, one_array_alone_is_at_most_unsure)
{
    expect_of_sizes(524288, "909312", "unsure", 208);
}

/* 17 * 208 bytes, doubled by hand: nothing but the want of overflow buckets tells
 * them from a map's arrays. */
Test(explain, doubled_arrays_without_a_bucket_are_at_most_unsure)
{
    expect_of_sizes(524288, "57344 114688 229376 458752 909312 1810432",
                    "unsure", 208);
}

/* make(map[string]int, 60000) makes header, array and mapextra at once. */
Test(explain, a_map_made_with_its_size_does_not_grow)
{
    expect_of_sizes(1, "24 48 3620864", NULL, 0);
}

/* A thousand times map[int]int{} and 20 inserts, in Go 1.19: it does not escape,
 * so that header and first bucket are on the stack. */
Test(explain, small_maps_on_the_stack_are_at_least_unsure)
{
    expect_of_sizes(1, "8x416 24x759 144x416 288x1000 576x1000", "unsure", 144);
}

/* The same with more list headers than two for each list. */
Test(explain, small_sizes_that_do_not_balance_are_no_maps)
{
    expect_of_sizes(1, "8x416 24x900 144x416 288x1000 576x1000", NULL, 0);
}

/* What Go 1.19 recorded of 200,000 times m[i] = i; delete(m, i-1000) with
 * map[int]int{}. Three runs of it allocated 532, 632 and 784 objects; with
 * make(map[int]int, 1001) they were 426, 671 and 709. */
Test(explain, keys_that_come_and_go_are_not_saved_by_a_hint)
{
    char path[] = "/tmp/hmap-churn-XXXXXX";
    write_sizes(path, 1, "main.churn",
                "8x10 16x9 24x11 32x7 64x7 128x5 144x673 256x4 288 512x3 576 "
                "1024x3 1152 2048x3 2688 5376 10240 20480 40960x3");
    json_t *doc = explain_file(path);
    unlink(path);
    json_t *site = find_site(doc, "main.churn:7");
    cr_assert_not_null(site);
    json_t *saving = json_object_get(site, "saving");
    cr_expect_lt(get_number(saving, "objects"), 100);
    cr_expect_lt(get_number(saving, "bytes"), 60000);
    cr_expect_gt(get_number(saving, "bytes"), 30000);
    json_decref(doc);
}

Test(explain, a_sync_map_is_not_told_to_take_a_hint)
{
    char path[] = "/tmp/hmap-sync-XXXXXX";
    write_sizes(path, 1, "sync.(*Map).Store",
                "24 208x14 416 896 1792 4096 8192 14336");
    json_t *doc = explain_file(path);
    json_t *site = find_site(doc, "sync.(*Map).Store:7");
    cr_assert_not_null(site);
    cr_expect(json_is_null(json_object_get(site, "hint")));
    json_decref(doc);
    struct ran r = run_hmap((const char *[]){"hmap", "explain", path, NULL});
    unlink(path);
    expect_part(r.out, "sync.(*Map).Store:7  map ");
    expect_part(r.out, "a sync.Map takes no hint");
    cr_expect_null(strstr(r.out, "make("), "%s", r.out);
    ran_free(&r);
}

/* Elements of 208 bytes, appended to a slice in a struct of 48: but for overflow
 * buckets, a map's very sizes. Sampled, nothing tells. */
Test(explain, structs_with_slices_are_no_maps)
{
    json_t *doc = explain("none_orders", ".pb.gz"), *site;
    size_t i;
    cr_expect_eq(json_array_size(json_object_get(doc, "sites")), 0);
    json_decref(doc);
    doc = explain("none_orders", ".sampled.pb.gz");
    json_array_foreach(json_object_get(doc, "sites"), i, site) cr_expect_str_eq(
        json_string_value(json_object_get(site, "verdict")), "unsure");
    json_decref(doc);
}

/* Line 22 of load and lines 29 and 31 of update have some of its arrays each. */
Test(explain, a_map_that_grows_on_several_lines_is_one)
{
    static const struct known lines = {"map_lines", "main.update:31", 336, 11};
    json_t *doc = explain("map_lines", ".pb.gz");
    json_t *sites = json_object_get(doc, "sites");
    cr_assert_eq(json_array_size(sites), 1);
    expect_known(&lines, doc);
    json_t *site = json_array_get(sites, 0);
    json_t *map = json_array_get(json_object_get(site, "maps"), 0);
    cr_expect_eq(get_number(map, "array_objects"), 11);
    cr_expect_eq(json_array_size(json_object_get(site, "other_lines")), 2);
    json_decref(doc);
    expect_said((const char *[]){"hmap", "explain", "-tsv",
                                 "tests/golden/profiles/map_lines.pb.gz", NULL},
                "\nmain.update:31,main.load:22,main.update:29\tmap\t");
}

/* Two functions of their own, each with a growing map of the same type, the
 * second made with 2^8 buckets: not one map. */
Test(explain, maps_of_one_type_on_two_lines_stay_two)
{
    char path[] = "/tmp/hmap-two-XXXXXX";
    int fd = mkstemp(path);
    cr_assert_geq(fd, 0);
    FILE *f = fdopen(fd, "w");
    fputs("heap profile: 1: 1 [1: 1] @ heap/2\n", f);
    write_line(f, "main.first", 5,
               "24 48 208x40 416 896 1792 4096 "
               "8192 14336 28672 57344");
    write_line(f, "main.make", 6, "24 48 57344");
    write_line(f, "main.second", 7, "208x90 114688 229376");
    fclose(f);
    json_t *doc = explain_file(path);
    unlink(path);
    json_t *second = find_site(doc, "main.second:7");
    cr_assert_not_null(find_site(doc, "main.first:5"));
    cr_assert_not_null(second);
    cr_expect_eq(json_array_size(json_object_get(second, "other_lines")), 0);
    json_decref(doc);
}

/* A line of package reflect cannot be changed: who called it can. */
Test(explain, a_line_of_gos_own_names_its_caller)
{
    const char *file = "tests/golden/profiles/map_json.pb.gz";
    expect_said((const char *[]){"hmap", "explain", file, NULL},
                "called from main.decode:28.");
    json_t *doc = explain_file(file);
    json_t *site = json_array_get(json_object_get(doc, "sites"), 0);
    json_t *callers = json_object_get(site, "called_from");
    cr_assert_eq(json_array_size(callers), 1);
    cr_expect_str_eq(json_string_value(json_object_get(
                         json_array_get(callers, 0), "function")),
                     "main.decode");
    json_decref(doc);
}

/* 200 of the 1,000 inner maps have at most eight entries. */
Test(explain, maps_that_stay_small_are_counted_apart)
{
    json_t *doc = explain("map_inner", ".pb.gz");
    json_t *site = find_site(doc, "main.stats.add:30");
    cr_assert_not_null(site);
    json_t *map = json_array_get(json_object_get(site, "maps"), 0);
    cr_expect_eq(get_number(map, "maps"), 800);
    cr_expect_eq(get_number(map, "small_maps"), 200);
    json_decref(doc);
    expect_said((const char *[]){"hmap", "explain",
                                 "tests/golden/profiles/map_inner.pb.gz", NULL},
                "  200 maps more never outgrew one bucket");
}

/* The side lists of the map without pointers are not given to the other one. */
Test(explain, two_maps_of_a_line_are_both_found)
{
    static const int buckets[] = {176, 56};
    json_t *doc = explain("map_pair", ".pb.gz");
    json_t *both = json_object_get(find_site(doc, "main.number:22"), "maps");
    cr_assert_eq(json_array_size(both), 2);
    for (size_t i = 0; i < 2; i++) {
        json_t *map = json_array_get(both, i);
        cr_expect_eq(get_int(map, "bucket_size"), buckets[i]);
        cr_expect_eq(get_number(map, "array_objects"), 9);
    }
    json_decref(doc);
}

/* make(map[uint64]string, 300000) at Go's default rate: the array alone, 13.81 MB,
 * without the one of half the size that growth would have left. */
Test(explain, a_sampled_array_without_the_one_before_is_no_growth)
{
    expect_of_sizes(524288, "14483456", NULL, 0);
}

/* The array that the hint had made is saved, too: (1024 + 64) * 80 bytes, beside
 * the mapextra. */
Test(explain, the_array_of_a_hint_too_small_is_saved)
{
    char path[] = "/tmp/hmap-hint-XXXXXX";
    write_sizes(path, 1, "main.fill", "8x2 16x2 24x2 32x2 64x2 80x120 180224");
    json_t *doc = explain_file(path);
    unlink(path);
    json_t *site = find_site(doc, "main.fill:7");
    cr_assert_not_null(site);
    json_t *saving = json_object_get(site, "saving");
    cr_expect_gt(get_number(saving, "bytes"), 70000);
    json_decref(doc);
}

Test(explain, a_profile_of_something_else_is_refused)
{
    /* profile.proto: string table "", "cpu"; one sample type of it. */
    static const char cpu[] = "\x0a\x02\x08\x01\x32\x00\x32\x03"
                              "cpu";
    char path[] = "/tmp/hmap-cpu-XXXXXX";
    int fd = mkstemp(path);
    cr_assert_geq(fd, 0);
    cr_assert_eq(write(fd, cpu, sizeof cpu - 1), (ssize_t)sizeof cpu - 1);
    close(fd);
    struct ran r = run_hmap((const char *[]){"hmap", "explain", path, NULL});
    cr_expect_eq(r.status, 1);
    cr_expect(strstr(r.err, "no heap profile: its first sample type is cpu"),
              "%s", r.err);
    ran_free(&r);
    unlink(path);
}
