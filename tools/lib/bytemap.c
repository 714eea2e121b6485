/*
 * bytemap.c: uthash behind functions.
 *
 * Locking: none.
 */
#include "tools/lib/bytemap.h"

#include "tools/lib/exits.h"

#include <stdlib.h>
#include <string.h>

#define uthash_fatal(msg) io_error("%s", msg)
#include <uthash.h>

struct byteEntry {
    UT_hash_handle hh;
    void *value;
    char key[];
};

struct byteMap {
    struct byteEntry *entries;
};

struct byteMap *bytemap_new(void)
{
    return xcalloc(1, sizeof(struct byteMap));
}

/* NOLINTBEGIN(readability-function-*,clang-analyzer-*): uthash's macros count as
 * one's own */
static struct byteEntry *find(const struct byteMap *m, const void *key,
                              size_t len)
{
    struct byteEntry *e;
    HASH_FIND(hh, m->entries, key, len, e);
    return e;
}

static void add(struct byteMap *m, struct byteEntry *e, size_t len)
{
    HASH_ADD(hh, m->entries, key[0], len, e);
}

static void drop(struct byteMap *m, struct byteEntry *e)
{
    HASH_DEL(m->entries, e);
    free(e);
}

void bytemap_free(struct byteMap *m)
{
    if (!m)
        return;
    struct byteEntry *e = m->entries;
    HASH_CLEAR(hh, m->entries);
    while (e) {
        struct byteEntry *next = e->hh.next;
        free(e);
        e = next;
    }
    free(m);
}
/* NOLINTEND(readability-function-*,clang-analyzer-*) */

void *bytemap_get(const struct byteMap *m, const void *key, size_t len)
{
    struct byteEntry *e = find(m, key, len);
    return e ? e->value : NULL;
}

void bytemap_put(struct byteMap *m, const void *key, size_t len, void *value)
{
    struct byteEntry *e = find(m, key, len);
    if (!e) {
        e = xcalloc(1, sizeof *e + len);
        memcpy(e->key, key, len);
        add(m, e, len);
    }
    e->value = value;
}

void bytemap_remove(struct byteMap *m, const void *key, size_t len)
{
    struct byteEntry *e = find(m, key, len);
    if (e)
        drop(m, e);
}
