/*
 * trienode.c: making nodes and entries, and replacing an entry in its chain.
 *
 *     hashtriemap --> [trienode] --> newobject
 *
 * Locking: whoever replaces holds the lock of the node that the chain hangs on.
 */
#include "map/sync/trienode.h"
#include "alloc/malloc.h"
#include "runtime/type/hash.h"

static const uint8_t words1to5[8] __attribute__((aligned(8))) = {0x3e};
static const uint8_t words2to18[8]
    __attribute__((aligned(8))) = {0xfc, 0xff, 0x07};

static struct type indirectType = {
    .str = "sync.indirect[interface {},interface {}]",
    .kind = kindStruct,
    .size = sizeof(struct indirect),
    .align = PtrSize,
    .ptrdata = sizeof(struct indirect),
    .gcdata = words2to18};

static struct type trieEntryType = {.str =
                                        "sync.entry[interface {},interface {}]",
                                    .kind = kindStruct,
                                    .size = sizeof(struct trieEntry),
                                    .align = PtrSize,
                                    .ptrdata = sizeof(struct trieEntry),
                                    .gcdata = words1to5};

_Static_assert(sizeof(struct indirect) == 152 &&
                   offsetof(struct indirect, parent) == 16,
               "Go's indirect has 152 bytes; words 2 to 18 are pointers");
_Static_assert(sizeof(struct trieEntry) == 48 &&
                   offsetof(struct trieEntry, overflow) == 8,
               "Go's entry has 48 bytes; words 1 to 5 are pointers");

GOFRAME struct indirect *newIndirectNode(struct indirect *parent)
{
    struct indirect *i = newobject(&indirectType);
    i->parent = parent;
    return i;
}
GOFRAME_OF(newIndirectNode, "internal/sync.newIndirectNode[...]");

GOFRAME struct trieEntry *newEntryNode(struct eface key, struct eface value)
{
    struct trieEntry *e = newobject(&trieEntryType);
    e->node.isEntry = true;
    e->key = key;
    e->value = value;
    return e;
}
GOFRAME_OF(newEntryNode, "internal/sync.newEntryNode[...]");

bool indirect_empty(const struct indirect *i)
{
    for (int j = 0; j < nChildren; j++)
        if (load_child(&i->children[j]) != NULL)
            return false;
    return true;
}

static bool efaces_equal(const struct eface *a, const struct eface *b)
{
    return typeequal(type_eface(), a, b);
}

struct trieEntry *chain_find(struct trieEntry *e, const struct eface *key,
                             const struct eface *value,
                             struct trieEntry *_Atomic **link)
{
    *link = NULL;
    for (; e != NULL; e = overflow_of(e)) {
        if (efaces_equal(&e->key, key) &&
            (value == NULL || efaces_equal(&e->value, value)))
            return e;
        *link = &e->overflow;
    }
    return NULL;
}

struct trieEntry *chain_lookup(struct trieNode *n, const struct eface *key,
                               const struct eface *value)
{
    struct trieEntry *_Atomic *link;
    return chain_find(entry_of(n), key, value, &link);
}

/* A new entry stands in e's place, link being what points to e in the chain
 * that begins at p's slot. Inlined: part of swap and compareAndSwap. */
ALWAYS_INLINE void entry_replace(const struct triePlace *p,
                                 const struct trieEntry *e,
                                 struct trieEntry *_Atomic *link,
                                 struct eface value)
{
    struct trieEntry *made = newEntryNode(e->key, value);
    made->overflow = overflow_of(e);
    if (link == NULL)
        store_child(p->slot, &made->node);
    else
        atomic_store_explicit(link, made, memory_order_release);
}

GOFRAME struct eface trieEntry_swap(const struct triePlace *p,
                                    const struct eface *key, struct eface value,
                                    bool *swapped)
{
    struct trieEntry *_Atomic *link;
    const struct trieEntry *e = chain_find(entry_of(p->n), key, NULL, &link);
    *swapped = e != NULL;
    if (e == NULL)
        return (struct eface){._type = NULL};
    entry_replace(p, e, link, value);
    return e->value;
}
GOFRAME_OF(trieEntry_swap, "internal/sync.(*entry[...]).swap");

GOFRAME bool trieEntry_compareAndSwap(const struct triePlace *p,
                                      const struct eface *key,
                                      const struct eface *old,
                                      struct eface value)
{
    struct trieEntry *_Atomic *link;
    const struct trieEntry *e = chain_find(entry_of(p->n), key, old, &link);
    if (e != NULL)
        entry_replace(p, e, link, value);
    return e != NULL;
}
GOFRAME_OF(trieEntry_compareAndSwap,
           "internal/sync.(*entry[...]).compareAndSwap");
