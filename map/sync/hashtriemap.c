/*
 * hashtriemap.c: the trie under sync.Map. What it looks like and what it costs:
 * hashtriemap.h.
 *
 *     syncmap --> [hashtriemap] --> newobject (nodes, entries)
 *
 * The functions that stand in Go's call chains bear the names that Go prints
 * for generic ones: "(*HashTrieMap[...])".
 *
 * Locking: a node's mu guards its children, and the overflow chains of those
 * that are entries. Nodes are locked from a child to its parent, never
 * downwards. What readers follow is atomic: children, overflow, root.
 *
 * Invariants, verified by hashTrieMap_view:
 *   hashtriemap.1  a node in the trie is not dead and names its parent; none
 *                  but the root is empty
 *   hashtriemap.2  an entry stands in the slot that the bits of its hash lead
 *                  to
 *   hashtriemap.3  the entries of one overflow chain have one hash, and their
 *                  keys differ
 */
#include "map/sync/hashtriemap.h"
#include "map/sync/trienode.h"
#include "runtime/base/throw.h"
#include "runtime/sched/rand.h"
#include "runtime/type/hash.h"

static const uint8_t rootWord[8] __attribute__((aligned(8))) = {4};
static struct type trieMapType = {.str = "sync.Map",
                                  .kind = kindStruct,
                                  .size = sizeof(struct hashTrieMap),
                                  .align = PtrSize,
                                  .ptrdata = (size_t)3 * PtrSize,
                                  .gcdata = rootWord};

_Static_assert(
    sizeof(struct hashTrieMap) == 48 &&
        offsetof(struct hashTrieMap, root) == 16 &&
        offsetof(struct hashTrieMap, seed) == 40,
    "Go's HashTrieMap has 48 bytes; its only heap pointer is word 2");
const struct type *hashTrieMap_type(void)
{
    return &trieMapType;
}

/* The nil interface: a value that is not there. */
static const struct eface none;

/* Go: hashtriemap.go (*HashTrieMap).initSlow. */
static GOFRAME void hashTrieMap_initSlow(struct hashTrieMap *m)
{
    Mutex_Lock(&m->initMu);
    if (m->inited == 0) { /* nobody came before while this one waited */
        struct indirect *root = newIndirectNode(NULL);
        atomic_store_explicit(&m->root, root, memory_order_release);
        m->seed = newseed64();
        atomic_store_explicit(&m->inited, 1, memory_order_release);
    }
    Mutex_Unlock(&m->initMu);
}
GOFRAME_OF(hashTrieMap_initSlow, "internal/sync.(*HashTrieMap[...]).initSlow");

/* Go inlines it, and shows it in chains all the same.
 * Go: hashtriemap.go (*HashTrieMap).init. */
static GOFRAME void hashTrieMap_init(struct hashTrieMap *m)
{
    hashTrieMap_initSlow(m);
}
GOFRAME_OF(hashTrieMap_init, "internal/sync.(*HashTrieMap[...]).init");

ALWAYS_INLINE void ensure_init(struct hashTrieMap *m)
{
    if (UNLIKELY(atomic_load_explicit(&m->inited, memory_order_acquire) == 0))
        hashTrieMap_init(m);
}

ALWAYS_INLINE struct triePlace descend(const struct hashTrieMap *m,
                                       uintptr_t hash)
{
    struct triePlace p = {
        .i = atomic_load_explicit(&m->root, memory_order_acquire)};
    for (p.shift = hashBits; p.shift != 0;) {
        p.shift -= nChildrenLog2;
        p.slot = child_slot(p.i, hash, p.shift);
        p.n = load_child(p.slot);
        if (p.n == NULL || p.n->isEntry)
            return p;
        p.i = (struct indirect *)p.n;
    }
    gopanic("internal/sync.HashTrieMap: ran out of hash bits while iterating");
}

/* Locks p->i and looks again. False, with nothing locked, when what p says
 * is no longer true: then the way must be walked anew. */
static bool place_lock(struct triePlace *p)
{
    Mutex_Lock(&p->i->mu);
    p->n = load_child(p->slot);
    if ((p->n == NULL || p->n->isEntry) && p->i->dead == 0)
        return true;
    Mutex_Unlock(&p->i->mu);
    return false;
}

static uintptr_t key_hash(const struct hashTrieMap *m, const struct eface *key)
{
    return nilinterhash(key, m->seed);
}

GOFRAME struct eface hashTrieMap_Load(struct hashTrieMap *m, struct eface key,
                                      bool *ok)
{
    ensure_init(m);
    struct triePlace p = descend(m, key_hash(m, &key));
    const struct trieEntry *e = chain_lookup(p.n, &key, NULL);
    *ok = e != NULL;
    return e != NULL ? e->value : none;
}
GOFRAME_OF(hashTrieMap_Load, "internal/sync.(*HashTrieMap[...]).Load");

/* Nodes for old and e, whose hashes share all bits above shift, and more:
 * one for each four that they share below. Returns the topmost, or e with
 * old behind it where the hashes are equal. Go: hashtriemap.go
 * (*HashTrieMap).expand. */
static GOFRAME struct trieNode *hashTrieMap_expand(const struct hashTrieMap *m,
                                                   struct trieEntry *old,
                                                   struct trieEntry *e,
                                                   const struct triePlace *p)
{
    uintptr_t oldHash = key_hash(m, &old->key), hash = key_hash(m, &e->key);
    if (oldHash == hash) {
        e->overflow = old;
        return &e->node;
    }
    struct indirect *i = newIndirectNode(p->i), *top = i;
    for (unsigned shift = p->shift; shift != 0;) {
        shift -= nChildrenLog2;
        struct trieNode *_Atomic *slot = child_slot(i, oldHash, shift);
        if (slot != child_slot(i, hash, shift)) {
            store_child(slot, &old->node);
            store_child(child_slot(i, hash, shift), &e->node);
            return &top->node;
        }
        struct indirect *next = newIndirectNode(i);
        store_child(slot, &next->node);
        i = next;
    }
    gopanic("internal/sync.HashTrieMap: ran out of hash bits while inserting");
}
GOFRAME_OF(hashTrieMap_expand, "internal/sync.(*HashTrieMap[...]).expand");

/* Adds a key that is not at p, whose node is locked. Inlined: part of Swap and
 * LoadOrStore. */
ALWAYS_INLINE void place_add(const struct hashTrieMap *m,
                             const struct triePlace *p, struct eface key,
                             struct eface value)
{
    struct trieEntry *e = newEntryNode(key, value);
    struct trieNode *n = &e->node;
    if (p->n != NULL)
        n = hashTrieMap_expand(m, entry_of(p->n), e, p);
    store_child(p->slot, n);
}

GOFRAME struct eface hashTrieMap_LoadOrStore(struct hashTrieMap *m,
                                             struct eface key,
                                             struct eface value, bool *loaded)
{
    ensure_init(m);
    uintptr_t hash = key_hash(m, &key);
    struct triePlace p;
    const struct trieEntry *e;
    do {
        p = descend(m, hash);
        e = chain_lookup(p.n, &key, NULL);
        *loaded = e != NULL;
        if (e != NULL)
            return e->value;
    } while (!place_lock(&p));
    e = chain_lookup(p.n, &key, NULL);
    *loaded = e != NULL;
    if (e != NULL)
        value = e->value;
    else
        place_add(m, &p, key, value);
    Mutex_Unlock(&p.i->mu);
    return value;
}
GOFRAME_OF(hashTrieMap_LoadOrStore,
           "internal/sync.(*HashTrieMap[...]).LoadOrStore");

GOFRAME struct eface hashTrieMap_Swap(struct hashTrieMap *m, struct eface key,
                                      struct eface value, bool *loaded)
{
    ensure_init(m);
    uintptr_t hash = key_hash(m, &key);
    struct triePlace p;
    do {
        p = descend(m, hash);
    } while (!place_lock(&p));
    struct eface old = none;
    *loaded = false;
    if (p.n != NULL)
        old = trieEntry_swap(&p, &key, value, loaded);
    if (!*loaded)
        place_add(m, &p, key, value);
    Mutex_Unlock(&p.i->mu);
    return old;
}
GOFRAME_OF(hashTrieMap_Swap, "internal/sync.(*HashTrieMap[...]).Swap");

GOFRAME void hashTrieMap_Store(struct hashTrieMap *m, struct eface key,
                               struct eface value)
{
    bool loaded;
    hashTrieMap_Swap(m, key, value, &loaded);
}
GOFRAME_OF(hashTrieMap_Store, "internal/sync.(*HashTrieMap[...]).Store");

/* The place of key, its node locked, if it is there and, unless value is NULL,
 * has that value; else false, and nothing is locked.
 * Go: hashtriemap.go (*HashTrieMap).find. */
static bool find(const struct hashTrieMap *m, uintptr_t hash,
                 const struct eface *key, const struct eface *value,
                 struct triePlace *p)
{
    do {
        *p = descend(m, hash);
        if (chain_lookup(p->n, key, value) == NULL)
            return false;
    } while (!place_lock(p));
    if (p->n != NULL)
        return true;
    Mutex_Unlock(&p->i->mu);
    return false;
}

GOFRAME bool hashTrieMap_CompareAndSwap(struct hashTrieMap *m, struct eface key,
                                        struct eface old, struct eface value)
{
    ensure_init(m);
    struct triePlace p;
    if (!find(m, key_hash(m, &key), &key, &old, &p))
        return false;
    bool swapped = trieEntry_compareAndSwap(&p, &key, &old, value);
    Mutex_Unlock(&p.i->mu);
    return swapped;
}
GOFRAME_OF(hashTrieMap_CompareAndSwap,
           "internal/sync.(*HashTrieMap[...]).CompareAndSwap");

/* Unlinks i, which is locked, if it is empty, and each of its parents that is
 * then; unlocks what it had locked. */
static void unlink_empty(struct indirect *i, uintptr_t hash, unsigned shift)
{
    while (i->parent != NULL && indirect_empty(i)) {
        ASSERT(shift < hashBits);
        shift += nChildrenLog2;
        struct indirect *parent = i->parent;
        Mutex_Lock(&parent->mu);
        i->dead = 1;
        store_child(child_slot(parent, hash, shift), NULL);
        Mutex_Unlock(&i->mu);
        i = parent;
    }
    Mutex_Unlock(&i->mu);
}

/* Deletes key, where it has *want unless that is NULL. *value is what it
 * had. */
static bool remove_key(struct hashTrieMap *m, const struct eface *key,
                       const struct eface *want, struct eface *value)
{
    uintptr_t hash = key_hash(m, key);
    struct triePlace p;
    struct trieEntry *_Atomic *link;
    if (!find(m, hash, key, want, &p))
        return false;
    const struct trieEntry *e = chain_find(entry_of(p.n), key, want, &link);
    if (e == NULL) {
        Mutex_Unlock(&p.i->mu);
        return false;
    }
    *value = e->value;
    struct trieEntry *rest = overflow_of(e);
    if (link != NULL)
        atomic_store_explicit(link, rest, memory_order_release);
    else
        store_child(p.slot, rest == NULL ? NULL : &rest->node);
    unlink_empty(p.i, hash, p.shift);
    return true;
}

GOFRAME struct eface hashTrieMap_LoadAndDelete(struct hashTrieMap *m,
                                               struct eface key, bool *loaded)
{
    ensure_init(m);
    struct eface value = none;
    *loaded = remove_key(m, &key, NULL, &value);
    return value;
}
GOFRAME_OF(hashTrieMap_LoadAndDelete,
           "internal/sync.(*HashTrieMap[...]).LoadAndDelete");

GOFRAME void hashTrieMap_Delete(struct hashTrieMap *m, struct eface key)
{
    bool loaded;
    hashTrieMap_LoadAndDelete(m, key, &loaded);
}
GOFRAME_OF(hashTrieMap_Delete, "internal/sync.(*HashTrieMap[...]).Delete");

GOFRAME bool hashTrieMap_CompareAndDelete(struct hashTrieMap *m,
                                          struct eface key, struct eface old)
{
    ensure_init(m);
    struct eface value;
    return remove_key(m, &key, &old, &value);
}
GOFRAME_OF(hashTrieMap_CompareAndDelete,
           "internal/sync.(*HashTrieMap[...]).CompareAndDelete");

GOFRAME void hashTrieMap_Clear(struct hashTrieMap *m)
{
    ensure_init(m);
    atomic_store_explicit(&m->root, newIndirectNode(NULL),
                          memory_order_release);
}
GOFRAME_OF(hashTrieMap_Clear, "internal/sync.(*HashTrieMap[...]).Clear");

/* False: the caller's function wants no more.
 * Go: hashtriemap.go (*HashTrieMap).iter. */
static GOFRAME bool hashTrieMap_iter(struct indirect *i,
                                     const struct trieYield *yield)
{
    for (int j = 0; j < nChildren; j++) {
        struct trieNode *n = load_child(&i->children[j]);
        if (n != NULL && !n->isEntry) {
            if (!hashTrieMap_iter((struct indirect *)n, yield))
                return false;
            continue;
        }
        for (const struct trieEntry *e = entry_of(n); e != NULL;
             e = overflow_of(e))
            if (!yield->f(yield->ctx, e->key, e->value))
                return false;
    }
    return true;
}
GOFRAME_OF(hashTrieMap_iter, "internal/sync.(*HashTrieMap[...]).iter");

GOFRAME void hashTrieMap_Range(struct hashTrieMap *m,
                               const struct trieYield *yield)
{
    ensure_init(m);
    hashTrieMap_iter(atomic_load_explicit(&m->root, memory_order_acquire),
                     yield);
}
GOFRAME_OF(hashTrieMap_Range, "internal/sync.(*HashTrieMap[...]).Range");

/* Onlookers. */

/* Counts the entries of one slot and checks hashtriemap.2 and hashtriemap.3.
 * path are the bits that lead to the slot, the last of them at shift. */
static void view_chain(const struct hashTrieMap *m, struct trieEntry *head,
                       uintptr_t path, unsigned shift, struct hashTrieView *v)
{
    uintptr_t hash = key_hash(m, &head->key);
    ASSERT(hash >> shift == path); /* hashtriemap.2 */
    for (struct trieEntry *e = head; e != NULL; e = overflow_of(e)) {
        v->entries++;
        v->overflow += e != head;
        ASSERT(key_hash(m, &e->key) == hash); /* hashtriemap.3 */
        ASSERT(chain_lookup(&head->node, &e->key, NULL) == e);
    }
}

/* Walks i, whose children the four bits at shift tell apart, and all below. */
static void view_node(const struct hashTrieMap *m, const struct indirect *i,
                      uintptr_t path, unsigned shift, struct hashTrieView *v)
{
    int depth = (int)(hashBits - shift) / nChildrenLog2;
    v->nodes++;
    v->depth = depth > v->depth ? depth : v->depth;
    ASSERT(i->dead == 0); /* hashtriemap.1 */
    ASSERT(i->parent == NULL || !indirect_empty(i));
    for (uintptr_t j = 0; j < nChildren; j++) {
        struct trieNode *n = load_child(&i->children[j]);
        uintptr_t at = path << nChildrenLog2 | j;
        if (n == NULL)
            continue;
        if (n->isEntry) {
            view_chain(m, entry_of(n), at, shift, v);
        } else {
            const struct indirect *child = (const struct indirect *)n;
            ASSERT(child->parent == i);
            view_node(m, child, at, shift - nChildrenLog2, v);
        }
    }
}

struct hashTrieView hashTrieMap_view(const struct hashTrieMap *m)
{
    struct hashTrieView v = {.nodes = 0};
    const struct indirect *root =
        atomic_load_explicit(&m->root, memory_order_acquire);
    if (root != NULL)
        view_node(m, root, 0, hashBits - nChildrenLog2, &v);
    return v;
}
