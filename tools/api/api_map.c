/*
 * api_map.c: the map's public names.
 */
#include "map/map.h"
#include "tools/api/hmap_map.h"
#include <stdio.h>

_Static_assert(sizeof(struct gostring) == sizeof(struct hmap_string),
               "one layout");
_Static_assert(sizeof(struct mapiter) <= sizeof(struct hmap_map_iter) &&
                   offsetof(struct mapiter, key) ==
                       offsetof(struct hmap_map_iter, key) &&
                   offsetof(struct mapiter, elem) ==
                       offsetof(struct hmap_map_iter, elem),
               "an iteration of ours fits into the caller's");

static const struct maptype *inner(const struct hmap_map_type *t)
{
    return (const struct maptype *)(const void *)t;
}

static struct gomap *map_of(const struct hmap_map *m)
{
    return (struct gomap *)(uintptr_t)m;
}

static struct mapiter *iter_of(struct hmap_map_iter *it)
{
    return (struct mapiter *)(void *)it;
}

const struct hmap_map_type *hmap_map_type_parse(const char *text, char *why,
                                                size_t size)
{
    struct typeError err;
    const struct maptype *t = maptype_parse(text, &err);
    if (t == NULL && why != NULL)
        snprintf(why, size, "%s", err.msg);
    return (const struct hmap_map_type *)(const void *)t;
}

struct hmap_map *hmap_map_make(const struct hmap_map_type *t, ptrdiff_t hint)
{
    return (struct hmap_map *)(void *)map_make(inner(t), hint, NULL);
}

ptrdiff_t hmap_map_len(const struct hmap_map *m)
{
    return map_len(map_of(m));
}

const void *hmap_map_get(const struct hmap_map_type *t, struct hmap_map *m,
                         const void *key)
{
    bool ok;
    const void *elem = map_access2(inner(t), map_of(m), key, &ok);
    return ok ? elem : NULL;
}

void *hmap_map_put(const struct hmap_map_type *t, struct hmap_map *m,
                   const void *key)
{
    return map_assign(inner(t), map_of(m), key);
}

void hmap_map_delete(const struct hmap_map_type *t, struct hmap_map *m,
                     const void *key)
{
    map_delete(inner(t), map_of(m), key);
}

void hmap_map_clear(const struct hmap_map_type *t, struct hmap_map *m)
{
    map_clear(inner(t), map_of(m));
}

void hmap_map_begin(struct hmap_map_iter *it, const struct hmap_map_type *t,
                    struct hmap_map *m)
{
    mapiter_init(inner(t), map_of(m), iter_of(it));
}

void hmap_map_next(struct hmap_map_iter *it)
{
    mapiter_next(iter_of(it));
}
