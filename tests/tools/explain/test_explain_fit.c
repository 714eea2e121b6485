/*
 * test_explain_fit.c: `hmap explain` on profiles written here, of sizes that
 * are just about those of a map, or just not.
 */
#include "tests/explainrun.h"

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

/* What explain would save on line 7 of func; the caller drops it. */
static json_t *saving_of_sizes(const char *func, const char *sizes)
{
    char path[] = "/tmp/hmap-saving-XXXXXX", name[64];
    write_sizes(path, 1, func, sizes);
    json_t *doc = explain_file(path);
    unlink(path);
    snprintf(name, sizeof name, "%s:7", func);
    json_t *site = find_site(doc, name);
    cr_assert_not_null(site);
    json_t *saving = json_incref(json_object_get(site, "saving"));
    json_decref(doc);
    return saving;
}

/* (4096 + 256) * 208 = 905,216, in whole pages 909,312; and one bucket. */
Test(explain_fit, one_array_and_one_bucket_of_a_sampled_map_are_named)
{
    expect_of_sizes(524288, "208 909312", "map", 208);
}

Test(explain_fit, one_array_alone_is_at_most_unsure)
{
    expect_of_sizes(524288, "909312", "unsure", 208);
}

/* 17 * 208 bytes, doubled by hand: nothing but the want of overflow buckets
 * tells them from a map's arrays. */
Test(explain_fit, doubled_arrays_without_a_bucket_are_at_most_unsure)
{
    expect_of_sizes(524288, "57344 114688 229376 458752 909312 1810432",
                    "unsure", 208);
}

/* make(map[string]int, 60000) makes header, array and mapextra at once. */
Test(explain_fit, a_map_made_with_its_size_does_not_grow)
{
    expect_of_sizes(1, "24 48 3620864", NULL, 0);
}

/* A thousand times map[int]int{} and 20 inserts, in Go 1.19: it does not
 * escape, so that header and first bucket are on the stack. */
Test(explain_fit, small_maps_on_the_stack_are_at_least_unsure)
{
    expect_of_sizes(1, "8x416 24x759 144x416 288x1000 576x1000", "unsure", 144);
}

/* The same with more list headers than two for each list. */
Test(explain_fit, small_sizes_that_do_not_balance_are_no_maps)
{
    expect_of_sizes(1, "8x416 24x900 144x416 288x1000 576x1000", NULL, 0);
}

/* What Go 1.19 recorded of 200,000 times m[i] = i; delete(m, i-1000) with
 * map[int]int{}. Three runs of it allocated 532, 632 and 784 objects; with
 * make(map[int]int, 1001) they were 426, 671 and 709. */
Test(explain_fit, keys_that_come_and_go_are_not_saved_by_a_hint)
{
    json_t *saving = saving_of_sizes(
        "main.churn",
        "8x10 16x9 24x11 32x7 64x7 128x5 144x673 256x4 288 512x3 576 "
        "1024x3 1152 2048x3 2688 5376 10240 20480 40960x3");
    cr_expect_lt(get_number(saving, "objects"), 100);
    cr_expect_lt(get_number(saving, "bytes"), 60000);
    cr_expect_gt(get_number(saving, "bytes"), 30000);
    json_decref(saving);
}

Test(explain_fit, a_sync_map_is_not_told_to_take_a_hint)
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

/* Two functions of their own, each with a growing map of the same type, the
 * second made with 2^8 buckets: not one map. */
Test(explain_fit, maps_of_one_type_on_two_lines_stay_two)
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

/* make(map[uint64]string, 300000) at Go's default rate: the array alone,
 * 13.81 MB, without the one of half the size that growth would have left. */
Test(explain_fit, a_sampled_array_without_the_one_before_is_no_growth)
{
    expect_of_sizes(524288, "14483456", NULL, 0);
}

/* The array that the hint had made is saved, too: (1024 + 64) * 80 bytes,
 * beside the mapextra. */
Test(explain_fit, the_array_of_a_hint_too_small_is_saved)
{
    json_t *saving =
        saving_of_sizes("main.fill", "8x2 16x2 24x2 32x2 64x2 80x120 180224");
    cr_expect_gt(get_number(saving, "bytes"), 70000);
    json_decref(saving);
}
