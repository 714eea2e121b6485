/*
 * example.c: a program that uses Go's allocator and Go's map from libhmap: the
 * words of its arguments, counted. It is C and C++, and knows nothing but the
 * two installed headers.
 */
#include <hmap_alloc.h>
#include <hmap_map.h>
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
    char why[160];
    struct hmap_config config = {"1.19", 1, 0};
    if (hmap_start(&config) != 0)
        return 1;
    hmap_scan_stack(__builtin_frame_address(0));

    const struct hmap_map_type *t =
        hmap_map_type_parse("map[string]int", why, sizeof why);
    if (t == NULL) {
        fprintf(stderr, "%s\n", why);
        return 1;
    }
    struct hmap_map *counts = hmap_map_make(t, 0);
    for (int i = 1; i < argc; i++) {
        struct hmap_string word = {argv[i], (ptrdiff_t)strlen(argv[i])};
        ++*(int64_t *)hmap_map_put(t, counts, &word);
    }
    int64_t sum = 0;
    struct hmap_map_iter it;
    for (hmap_map_begin(&it, t, counts); it.key != NULL; hmap_map_next(&it))
        sum += *(const int64_t *)it.elem;

    struct hmap_string word = {"a", 1};
    const int64_t *as = (const int64_t *)hmap_map_get(t, counts, &word);
    hmap_collect();
    struct hmap_stats stats;
    hmap_read_stats(&stats);
    printf("%lld words, %lld distinct, a %lld times, %llu objects made\n",
           (long long)sum, (long long)hmap_map_len(counts),
           (long long)(as != NULL ? *as : 0),
           (unsigned long long)stats.mallocs);
    return 0;
}
