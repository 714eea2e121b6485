/*
 * proftable.c: the buckets of the profile in a uthash table.
 *
 *     mprof_count_first --find, add--> [proftable] --> persist, sysmem
 *
 * Buckets and table come from the system, never from libc malloc, so that the
 * profile can be taken inside any allocation.
 *
 * Locking: the profile's lock (memprofile.c), held by the caller.
 */
#include "runtime/prof/proftable.h"
#include "runtime/base/sysmem.h"
#include <string.h>

const char *const tier_names[NTIERS] = {"tiny", "mcache", "mcentral", "mheap"};

struct record;
static void *table_alloc(size_t size);
static void table_free(void *p, size_t size);

#define uthash_malloc(size)    table_alloc(size)
#define uthash_free(p, size)   table_free(p, size)
#define HASH_NONFATAL_OOM      1
#define uthash_nonfatal_oom(r) ((r)->refused = true)
#define HASH_KEYCMP(b, p, len) probe_differs(p, b)
#include <uthash.h>

/* A bucket and its place in the table. */
struct record {
    UT_hash_handle hh;
    bool refused; /* the table had no memory for it */
    struct bucket b;
};

static struct record *table;

/* Small tables are abandoned as the table grows: they sum to less than the next
 * one. Large ones are given back. */
enum { LargeTable = 64 << 10 };

static void *table_alloc(size_t size)
{
    if (size < LargeTable)
        return persistentalloc(size, 0, &sysstats.buckhash_sys);
    return sysAlloc(size, &sysstats.buckhash_sys);
}

static void table_free(void *p, size_t size)
{
    if (size >= LargeTable)
        sysFree(p, size, &sysstats.buckhash_sys);
}

bool probe_differs(const struct probe *p, const struct bucket *b)
{
    return b->size != p->size || b->nstk != p->nstk ||
           b->tag.type != p->tag->type || b->tag.owner != p->tag->owner ||
           b->tag.tier != p->tag->tier ||
           b->tag.sizeclass != p->tag->sizeclass ||
           memcmp(b->stk, p->stk, (size_t)p->nstk * sizeof(p->stk[0])) != 0;
}

static uint64_t stir(uint64_t h, uint64_t word)
{
    h = (h ^ word) * 0x9e3779b97f4a7c15u;
    return h ^ h >> 32;
}

uint64_t probe_hash(const struct probe *p)
{
    const struct allocTag *tag = p->tag;
    uint64_t h = stir(p->size, (uint64_t)tag->sizeclass << 8 | tag->tier);
    h = stir(h, (uintptr_t)tag->type);
    h = stir(h, (uintptr_t)tag->owner);
    return stir(h, p->stackHash);
}

/* NOLINTBEGIN(readability-function-*): uthash's macros count as one's own */
struct bucket *proftable_find(const struct probe *p, uint64_t hash)
{
    struct record *r;
    HASH_FIND_BYHASHVALUE(hh, table, p, (unsigned)p->nstk, table_hash(hash), r);
    return r != NULL ? &r->b : NULL;
}

static bool enter(struct record *r, uint32_t hash)
{
    HASH_ADD_KEYPTR_BYHASHVALUE(hh, table, &r->b, (unsigned)r->b.nstk, hash, r);
    return !r->refused;
}
/* NOLINTEND(readability-function-*) */

struct bucket *proftable_add(const struct probe *p, uint64_t hash)
{
    size_t stk = (size_t)p->nstk * sizeof(p->stk[0]);
    struct record *r =
        persistentalloc(sizeof(*r) + stk, 0, &sysstats.buckhash_sys);
    if (r == NULL)
        return NULL;
    r->b.size = p->size;
    r->b.tag = *p->tag;
    r->b.nstk = p->nstk;
    memcpy(r->b.stk, p->stk, stk);
    return enter(r, table_hash(hash)) ? &r->b : NULL;
}

void proftable_clear(void)
{
    HASH_CLEAR(hh, table);
}

unsigned proftable_count(void)
{
    return HASH_COUNT(table);
}
