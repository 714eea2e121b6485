/*
 * proftable.c: the buckets of the profile, found by hash.
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
#include "runtime/prof/agetable.h"
#include <string.h>

const char *const tier_names[NTIERS] = {"tiny", "mcache", "mcentral", "mheap"};

/* Of pointers to buckets. */
static struct ageTable table;

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

static struct bucket *numbered(uint32_t number)
{
    return ((struct bucket **)table.entries)[number - 1];
}

struct bucket *proftable_find(const struct probe *p, uint64_t hash)
{
    uint32_t at = table_hash(hash), number;
    if (table.slots == NULL)
        return NULL;
    while ((number = agetable_next(&table, table_hash(hash), &at)) != 0) {
        if (!probe_differs(p, numbered(number)))
            return numbered(number);
    }
    return NULL;
}

struct bucket *proftable_add(const struct probe *p, uint64_t hash)
{
    size_t stk = (size_t)p->nstk * sizeof(p->stk[0]);
    struct bucket *b =
        persistentalloc(sizeof(*b) + stk, 0, &sysstats.buckhash_sys);
    if (b == NULL)
        return NULL;
    b->size = p->size;
    b->tag = *p->tag;
    b->nstk = p->nstk;
    memcpy(b->stk, p->stk, stk);
    struct bucket **entry =
        agetable_add(&table, table_hash(hash), sizeof(struct bucket *));
    if (entry == NULL)
        return NULL;
    return *entry = b;
}

void proftable_clear(void)
{
    agetable_clear(&table, sizeof(struct bucket *));
}

unsigned proftable_count(void)
{
    return table.n;
}
