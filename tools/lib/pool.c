/*
 * pool.c: chunks of libc memory, carved from the front, freed together.
 *
 * Nothing is ever given back singly. A piece larger than a quarter of a chunk
 * gets a chunk of its own, so that the rest of the open chunk is not lost.
 *
 * Locking: none; a pool belongs to one thread.
 */
#include "tools/lib/pool.h"
#include "tools/lib/exits.h"
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

enum { ChunkSize = 64 << 10, PieceAlign = 16 };

struct poolChunk {
    struct poolChunk *next;
    max_align_t bytes[];
};

struct pool {
    struct poolChunk *chunks;
    char *free; /* the open chunk's unused bytes */
    size_t left;
    struct byteMap *strings; /* by their bytes */
};

void *array_reserve(void *array, size_t *cap, size_t need, size_t size)
{
    if (need <= *cap)
        return array;
    size_t n = *cap ? *cap * 2 : 16;
    if (n < need)
        n = need;
    array = xrealloc(array, n, size);
    *cap = n;
    return array;
}

struct pool *pool_new(void)
{
    struct pool *p = xcalloc(1, sizeof *p);
    p->strings = bytemap_new();
    return p;
}

void pool_free(struct pool *p)
{
    if (!p)
        return;
    bytemap_free(p->strings);
    for (struct poolChunk *c = p->chunks, *next; c; c = next) {
        next = c->next;
        free(c);
    }
    free(p);
}

static char *new_chunk(struct pool *p, size_t size)
{
    struct poolChunk *c = xcalloc(1, sizeof *c + size);
    c->next = p->chunks;
    p->chunks = c;
    return (char *)c->bytes;
}

void *pool_alloc(struct pool *p, size_t size)
{
    size = align_up(size, PieceAlign);
    if (size > ChunkSize / 4)
        return new_chunk(p, size);
    if (size > p->left) {
        p->free = new_chunk(p, ChunkSize);
        p->left = ChunkSize;
    }
    char *piece = p->free;
    p->free += size;
    p->left -= size;
    return piece;
}

const char *pool_intern_n(struct pool *p, const char *s, size_t len)
{
    len = strnlen(s, len);
    char *interned = bytemap_get(p->strings, s, len);
    if (interned)
        return interned;
    interned = pool_alloc(p, len + 1);
    memcpy(interned, s, len);
    bytemap_put(p->strings, s, len, interned);
    return interned;
}

const char *pool_intern(struct pool *p, const char *s)
{
    return pool_intern_n(p, s, strlen(s));
}

/*
 * Open addressing, linear probing, at most half full.
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
