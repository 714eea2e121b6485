/*
 * bytemap.c: open addressing, linear probing, at most half full.
 *
 *     slots    | . | h e | . | h e | h e | . |     hash and entry side by side
 *
 * What a profile holds is a stranger's: the hash is keyed by a number that he
 * does not know, so that no choice of names makes look-ups long. Nothing that
 * is printed depends on it: the map is never walked.
 *
 * uthash, which stood here, follows ten pointers a look-up once a million names
 * are in it, and its hash has no key.
 *
 * Locking: none.
 */
#include "tools/lib/bytemap.h"

#include "tools/lib/exits.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

enum { FirstSlots = 16, FirstChunk = 1 << 10, LargestChunk = 64 << 10 };

struct byteEntry {
    void *value;
    size_t len;
    char key[];
};

struct byteSlot {
    uint64_t hash;
    struct byteEntry *entry; /* NULL: the slot is free */
};

/* Entries are carved from chunks and freed with them: what is removed is not
 * used again. A million entries of their own took libc as long to free as all
 * that was done with them. */
struct byteChunk {
    struct byteChunk *next;
    max_align_t bytes[];
};

struct byteMap {
    struct byteSlot *slots; /* mask + 1 of them */
    size_t mask;            /* a power of two, less one */
    size_t n;               /* in use, at most half */
    struct byteChunk *chunks;
    char *free; /* the newest chunk's unused bytes */
    size_t left, chunk;
};

static uint64_t secret(void)
{
    static uint64_t drawn;
    if (drawn == 0 && getrandom(&drawn, sizeof drawn, 0) != sizeof drawn)
        drawn = (uintptr_t)&drawn; /* then where we were loaded must do */
    return drawn |= 1;
}

/* Both halves of a product: each bit of it depends on all bits of a and b. */
static uint64_t fold(uint64_t a, uint64_t b)
{
    unsigned __int128 product = (unsigned __int128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t hash_of(const void *key, size_t len)
{
    static const uint64_t odd = 0x9e3779b97f4a7c15;
    uint64_t h = secret() ^ len, word;
    const char *at = key;
    for (; len >= sizeof word; at += sizeof word, len -= sizeof word) {
        memcpy(&word, at, sizeof word);
        h = fold(h ^ word, odd) + secret();
    }
    word = 0;
    memcpy(&word, at, len);
    return fold(fold(h ^ word, odd), secret() ^ odd);
}

struct byteMap *bytemap_new(void)
{
    struct byteMap *m = xcalloc(1, sizeof *m);
    m->slots = xcalloc(FirstSlots, sizeof *m->slots);
    m->mask = FirstSlots - 1;
    m->chunk = FirstChunk;
    return m;
}

void bytemap_free(struct byteMap *m)
{
    if (!m)
        return;
    for (struct byteChunk *c = m->chunks, *next; c; c = next) {
        next = c->next;
        free(c);
    }
    free(m->slots);
    free(m);
}

static struct byteEntry *new_entry(struct byteMap *m, const void *key,
                                   size_t len)
{
    size_t size = align_up(sizeof(struct byteEntry) + len, sizeof(void *));
    if (size > m->left) {
        m->left = size > m->chunk ? size : m->chunk;
        struct byteChunk *c = xcalloc(1, sizeof *c + m->left);
        c->next = m->chunks;
        m->chunks = c;
        m->free = (char *)c->bytes;
        m->chunk = m->chunk < LargestChunk ? 2 * m->chunk : LargestChunk;
    }
    struct byteEntry *e = (struct byteEntry *)(void *)m->free;
    m->free += size;
    m->left -= size;
    e->len = len;
    memcpy(e->key, key, len);
    return e;
}

/* The slot of a key, or the free one where it would stand. */
static struct byteSlot *find(const struct byteMap *m, uint64_t hash,
                             const void *key, size_t len)
{
    for (size_t i = hash & m->mask;; i = (i + 1) & m->mask) {
        struct byteSlot *s = &m->slots[i];
        if (s->entry == NULL || (s->hash == hash && s->entry->len == len &&
                                 memcmp(s->entry->key, key, len) == 0))
            return s;
    }
}

static void put_slot(struct byteMap *m, struct byteSlot slot)
{
    size_t i = slot.hash & m->mask;
    while (m->slots[i].entry != NULL)
        i = (i + 1) & m->mask;
    m->slots[i] = slot;
}

static void grow(struct byteMap *m)
{
    struct byteMap old = *m;
    m->mask = 2 * old.mask + 1;
    m->slots = xcalloc(m->mask + 1, sizeof *m->slots);
    for (size_t i = 0; i <= old.mask; i++)
        if (old.slots[i].entry != NULL)
            put_slot(m, old.slots[i]);
    free(old.slots);
}

void *bytemap_get(const struct byteMap *m, const void *key, size_t len)
{
    const struct byteSlot *s = find(m, hash_of(key, len), key, len);
    return s->entry ? s->entry->value : NULL;
}

void bytemap_put(struct byteMap *m, const void *key, size_t len, void *value)
{
    uint64_t hash = hash_of(key, len);
    struct byteSlot *s = find(m, hash, key, len);
    if (s->entry) {
        s->entry->value = value;
        return;
    }
    struct byteEntry *e = new_entry(m, key, len);
    e->value = value;
    *s = (struct byteSlot){hash, e};
    if (2 * ++m->n > m->mask)
        grow(m);
}

/* Those behind the gap move up, so that each is found from its own place on. */
void bytemap_remove(struct byteMap *m, const void *key, size_t len)
{
    struct byteSlot *s = find(m, hash_of(key, len), key, len);
    if (s->entry == NULL)
        return;
    s->entry = NULL;
    m->n--;
    for (size_t i = (size_t)(s - m->slots + 1) & m->mask;
         m->slots[i].entry != NULL; i = (i + 1) & m->mask) {
        struct byteSlot moved = m->slots[i];
        m->slots[i].entry = NULL;
        put_slot(m, moved);
    }
}
