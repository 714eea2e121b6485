/*
 * hmap_map.h: Go's map for programs in C and C++, growth and layout included.
 *
 *     const struct hmap_map_type *t =
 *         hmap_map_type_parse("map[int]int", NULL, 0);
 *     struct hmap_map *m = hmap_map_make(t, 0);
 *     *(int64_t *)hmap_map_put(t, m, &key) = 1;
 *
 * Keys and elements are passed by address, laid out as Go lays them out: int is
 * int64_t, string is struct hmap_string. A map is an object of the heap of
 * hmap_alloc.h: something must reach it. One thread writes, or any number read.
 * The address of an element is good until the next write.
 */
#ifndef HMAP_MAP_H
#define HMAP_MAP_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct hmap_map;
struct hmap_map_type;

/* Go's string: the bytes are the caller's, and stay where they are. */
struct hmap_string {
    const char *ptr;
    ptrdiff_t len;
};

/* "map[string]int". NULL and why as hmap_type_parse has them. */
const struct hmap_map_type *hmap_map_type_parse(const char *text, char *why,
                                                size_t size);

/* make(map[K]V, hint). */
struct hmap_map *hmap_map_make(const struct hmap_map_type *t, ptrdiff_t hint);
/* len(m). */
ptrdiff_t hmap_map_len(const struct hmap_map *m);
/* v, ok := m[k]: the element, NULL where there is none. */
const void *hmap_map_get(const struct hmap_map_type *t, struct hmap_map *m,
                         const void *key);
/* m[k] = v: where v is to be stored. */
void *hmap_map_put(const struct hmap_map_type *t, struct hmap_map *m,
                   const void *key);
/* delete(m, k), and clear(m). */
void hmap_map_delete(const struct hmap_map_type *t, struct hmap_map *m,
                     const void *key);
void hmap_map_clear(const struct hmap_map_type *t, struct hmap_map *m);

/* for k, v := range m, in Go's random order. The map may be written to on the
 * way.
 *
 *     struct hmap_map_iter it;
 *     for (hmap_map_begin(&it, t, m); it.key != NULL; hmap_map_next(&it))
 */
struct hmap_map_iter {
    const void *key; /* NULL: the end */
    void *elem;
    uint64_t rest[62]; /* the library's */
};
void hmap_map_begin(struct hmap_map_iter *it, const struct hmap_map_type *t,
                    struct hmap_map *m);
void hmap_map_next(struct hmap_map_iter *it);

#ifdef __cplusplus
}
#endif

#endif
