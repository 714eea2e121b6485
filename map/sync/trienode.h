/*
 * trienode.h: what a hash trie is made of: nodes, and entries in chains.
 * hashtriemap.h says what the two are for.
 */
#ifndef MAP_SYNC_TRIENODE_H
#define MAP_SYNC_TRIENODE_H

#include "runtime/sched/gosync.h"
#include "runtime/type/type.h"

#include <stdatomic.h>

enum {
    nChildrenLog2 = 4, /* bits of the hash a level */
    nChildren = 1 << nChildrenLog2,
    nChildrenMask = nChildren - 1,
    hashBits = 64,
};

/* What a slot points to: the head of a node or an entry.
 * Go: hashtriemap.go node. */
struct trieNode {
    bool isEntry;
};

/* An inner node. Go: hashtriemap.go indirect. */
struct indirect {
    struct trieNode node;
    _Atomic uint32_t dead; /* under mu: unlinked from its parent */
    struct Mutex mu;
    struct indirect *parent; /* NULL: the root */
    struct trieNode *_Atomic children[nChildren];
};

/* A key and its value: neither ever changes. Go: hashtriemap.go entry. */
struct trieEntry {
    struct trieNode node;
    struct trieEntry *_Atomic overflow; /* the next of the same hash */
    struct eface key, value;
};

/* Where the bits of a hash lead. */
struct triePlace {
    struct indirect *i;             /* the last node on the way */
    struct trieNode *_Atomic *slot; /* its child there … */
    struct trieNode *n;             /* … an entry, or NULL */
    unsigned shift; /* bits of the hash below those that chose slot */
};

ALWAYS_INLINE struct trieNode *load_child(struct trieNode *_Atomic const *slot)
{
    return atomic_load_explicit(slot, memory_order_acquire);
}

ALWAYS_INLINE void store_child(struct trieNode *_Atomic *slot,
                               struct trieNode *n)
{
    atomic_store_explicit(slot, n, memory_order_release);
}

ALWAYS_INLINE struct trieNode *_Atomic *
child_slot(struct indirect *i, uintptr_t hash, unsigned shift)
{
    return &i->children[hash >> shift & nChildrenMask];
}

/* The entry that a slot points to, if it points to one. */
ALWAYS_INLINE struct trieEntry *entry_of(struct trieNode *n)
{
    return (struct trieEntry *)n;
}

ALWAYS_INLINE struct trieEntry *overflow_of(const struct trieEntry *e)
{
    return atomic_load_explicit(&e->overflow, memory_order_acquire);
}

/* A node without children. Go: hashtriemap.go newIndirectNode. */
struct indirect *newIndirectNode(struct indirect *parent);

/* An entry at the end of a chain. Go: hashtriemap.go newEntryNode. */
struct trieEntry *newEntryNode(struct eface key, struct eface value);

bool indirect_empty(const struct indirect *i);

/* The entry of key in the chain of e, which may be NULL; where value is not
 * NULL, it must have that value. *link is what points to it, NULL for the
 * first. Go: hashtriemap.go (*entry).lookup, (*entry).lookupWithValue. */
struct trieEntry *chain_find(struct trieEntry *e, const struct eface *key,
                             const struct eface *value,
                             struct trieEntry *_Atomic **link);

/* The same for whoever only looks: the chain in a slot that holds n. */
struct trieEntry *chain_lookup(struct trieNode *n, const struct eface *key,
                               const struct eface *value);

/* These replace an entry of the chain at p, whose node is locked. */

/* The value of key at p, replaced; *swapped: key was there.
 * Go: hashtriemap.go (*entry).swap. */
struct eface trieEntry_swap(const struct triePlace *p, const struct eface *key,
                            struct eface value, bool *swapped);
/* The same, where key has the value old. True when it had.
 * Go: hashtriemap.go (*entry).compareAndSwap. */
bool trieEntry_compareAndSwap(const struct triePlace *p,
                              const struct eface *key, const struct eface *old,
                              struct eface value);

#endif
