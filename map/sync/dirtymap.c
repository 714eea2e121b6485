/*
 * dirtymap.c: the two maps of a sync.Map; why there are two: dirtymap.h.
 *
 *     syncmap --> [dirtymap] --> mapaccess2, mapassign, mapdelete
 *                               `-------> newobject (entries, interfaces)
 *
 * The functions bear Go's names: they stand in profiles as sync.(*Map).Store.
 * Where Go's compiler moves a variable to the heap (&value in Store, &i in
 * newEntry, ic in tryLoadOrStore), a newobject stands here in its place.
 *
 * Locking: m->mu guards dirty, misses and the replacing of read. An entry's p
 * is atomic, and so is read: what a thread has loaded from it never changes.
 *
 * Invariants, verified by dirtyMap_view:
 *   dirtymap.1  read.amended iff dirty is not NULL
 *   dirtymap.2  where dirty is not NULL it holds every entry of read that is
 *               not expunged, and none that is
 */
#include "map/sync/dirtymap.h"
#include "map/classic/hmap.h"
#include "map/classic/mapiter.h"
#include "map/iface.h"
#include "map/maptype.h"
#include "runtime/base/goversion.h"

/* A slot of the map: where the value of one key is. p: NULL deleted, &expunged
 * deleted and not in dirty, else the value. Go: sync/map.go entry. */
struct entry {
    struct eface *_Atomic p;
};

/* Never changed once it is in a Map. Go: sync/map.go readOnly. */
struct readOnly {
    struct hmap *m;
    bool amended; /* dirty has keys that m lacks */
};

static struct eface expunged;

static const uint8_t firstWord[8] __attribute__((aligned(8))) = {1};
static const uint8_t words1and2[8] __attribute__((aligned(8))) = {6};

static struct type entryType = {.str = "sync.entry",
                                .kind = kindStruct,
                                .size = sizeof(struct entry),
                                .align = PtrSize,
                                .ptrdata = PtrSize,
                                .gcdata = firstWord};

static struct type entryPtrType = {.str = "*sync.entry",
                                   .kind = kindPtr,
                                   .elem = &entryType,
                                   .size = PtrSize,
                                   .align = PtrSize,
                                   .ptrdata = PtrSize,
                                   .gcdata = firstWord};

static struct type readOnlyType = {.str = "sync.readOnly",
                                   .kind = kindStruct,
                                   .size = sizeof(struct readOnly),
                                   .align = PtrSize,
                                   .ptrdata = PtrSize,
                                   .gcdata = firstWord};

/* The read map's type stands before it where it is an interface: a word
 * more. */
static struct type wideMapType = {.str = "sync.Map",
                                  .kind = kindStruct,
                                  .size = sizeof(struct dirtyMap) + PtrSize,
                                  .align = PtrSize,
                                  .ptrdata = (size_t)3 * PtrSize,
                                  .gcdata = words1and2};

static struct type mapType = {.str = "sync.Map",
                              .kind = kindStruct,
                              .size = sizeof(struct dirtyMap),
                              .align = PtrSize,
                              .ptrdata = (size_t)3 * PtrSize,
                              .gcdata = words1and2};

_Static_assert(sizeof(struct dirtyMap) == 32 &&
                   offsetof(struct dirtyMap, read) == 8 &&
                   offsetof(struct dirtyMap, dirty) == 16,
               "a sync.Map's pointers are words 1 and 2");

const struct type *dirtyMap_type(void)
{
    return modelled->syncMapSwaps ? &mapType : &wideMapType;
}

/* map[interface {}]*sync.entry */
static const struct maptype *entries_type(void)
{
    static const struct maptype *_Atomic made;
    const struct maptype *t = atomic_load_explicit(&made, memory_order_acquire);
    if (LIKELY(t != NULL))
        return t;
    struct typeError err;
    t = maptype_of(type_eface(), &entryPtrType, &err);
    if (t == NULL)
        fatal("%s", err.msg);
    atomic_store_explicit(&made, t, memory_order_release);
    return t;
}

/* m.read.Load().(readOnly) */
static struct readOnly load_read(const struct dirtyMap *m)
{
    const struct readOnly *r =
        atomic_load_explicit(&m->read, memory_order_acquire);
    if (r == NULL)
        return (struct readOnly){.m = NULL};
    return *r;
}

/* m.read.Store(r), by way of an interface or of a pointer to a copy.
 * Inlined: in Go the copy is made by the function of the Map. */
ALWAYS_INLINE void store_read(struct dirtyMap *m, struct readOnly r)
{
    struct readOnly *box;
    if (modelled->syncMapSwaps) {
        box = newobject(&readOnlyType);
        *box = r;
    } else {
        box = (void *)(uintptr_t)convT(&readOnlyType, &r);
    }
    atomic_store_explicit(&m->read, box, memory_order_release);
}

/* The entry of key in one of the maps; NULL when there is none. */
static struct entry *find(struct hmap *h, const struct eface *key)
{
    bool ok;
    struct entry *const *e = mapaccess2(entries_type(), h, key, &ok);
    return ok ? *e : NULL;
}

/* m.dirty[key] = e */
ALWAYS_INLINE void put_dirty(struct dirtyMap *m, const struct eface *key,
                             struct entry *e)
{
    *(struct entry **)mapassign(entries_type(), m->dirty, key) = e;
}

/* A variable of type interface{} that escapes. Inlined: in Go it is part of the
 * function that declares it. */
ALWAYS_INLINE struct eface *new_eface(struct eface v)
{
    struct eface *p = newobject(type_eface());
    *p = v;
    return p;
}

static bool has_value(const struct eface *p)
{
    return p != NULL && p != &expunged;
}

/* An entry with value *i. Go's newEntry takes i itself and moves it to the
 * heap, but it is inlined, and that allocation then belongs to its caller. */
static GOFRAME struct entry *newEntry(struct eface *i)
{
    struct entry *e = newobject(&entryType);
    atomic_store_explicit(&e->p, i, memory_order_relaxed);
    return e;
}
GOFRAME_OF(newEntry, "sync.newEntry");

/* What p says: the value, where there is one (*ok). */
static struct eface value_of(const struct eface *p, bool *ok)
{
    *ok = has_value(p);
    return *ok ? *p : (struct eface){._type = NULL};
}

/* What an entry holds: an eface never changes once it is in one.
 * Go: sync/map.go (*entry).load. */
static struct eface entry_load(const struct entry *e, bool *ok)
{
    return value_of(atomic_load_explicit(&e->p, memory_order_acquire), ok);
}

/* False when e is expunged; else *old and *loaded are what it held.
 * Go: sync/map.go (*entry).trySwap; (*entry).tryStore before Go 1.20. */
static bool entry_trySwap(struct entry *e, struct eface *i, struct eface *old,
                          bool *loaded)
{
    struct eface *p = atomic_load_explicit(&e->p, memory_order_acquire);
    do {
        if (p == &expunged)
            return false;
    } while (!atomic_compare_exchange_weak(&e->p, &p, i));
    *old = value_of(p, loaded);
    return true;
}

/* Go: sync/map.go (*entry).unexpungeLocked. True when it was expunged. */
static bool entry_unexpungeLocked(struct entry *e)
{
    struct eface *p = &expunged;
    return atomic_compare_exchange_strong(&e->p, &p, NULL);
}

/* Go: sync/map.go (*entry).tryExpungeLocked. True when it is expunged now. */
static bool entry_tryExpungeLocked(struct entry *e)
{
    struct eface *p = atomic_load_explicit(&e->p, memory_order_acquire);
    while (p == NULL)
        if (atomic_compare_exchange_weak(&e->p, &p, &expunged))
            return true;
    return p == &expunged;
}

/* What tryLoadOrStore did. */
struct stored {
    struct eface actual;
    bool loaded;
    bool ok; /* else e is expunged, and nothing was done */
};

/* Go: sync/map.go (*entry).tryLoadOrStore. */
static GOFRAME struct stored entry_tryLoadOrStore(struct entry *e,
                                                  struct eface i)
{
    struct eface *p = atomic_load_explicit(&e->p, memory_order_acquire);
    if (p == NULL) {
        struct eface *ic = new_eface(i);
        do {
            if (atomic_compare_exchange_weak(&e->p, &p, ic))
                return (struct stored){.actual = i, .ok = true};
        } while (p == NULL);
    }
    if (p == &expunged)
        return (struct stored){.ok = false};
    return (struct stored){.actual = *p, .loaded = true, .ok = true};
}
GOFRAME_OF(entry_tryLoadOrStore, "sync.(*entry).tryLoadOrStore");

/* Go: sync/map.go (*entry).delete. */
static struct eface entry_delete(struct entry *e, bool *ok)
{
    struct eface *p = atomic_load_explicit(&e->p, memory_order_acquire);
    while (has_value(p)) {
        if (atomic_compare_exchange_weak(&e->p, &p, NULL)) {
            *ok = true;
            return *p;
        }
    }
    *ok = false;
    return (struct eface){._type = NULL};
}

/* A look-up had to go to dirty. After as many as dirty has keys it becomes the
 * read map. Go: sync/map.go (*Map).missLocked. */
static GOFRAME void dirtyMap_missLocked(struct dirtyMap *m)
{
    ASSERT(m->dirty != NULL); /* dirtymap.1 */
    m->misses++;
    if (m->misses < m->dirty->count)
        return;
    store_read(m, (struct readOnly){.m = m->dirty});
    m->dirty = NULL;
    m->misses = 0;
}
GOFRAME_OF(dirtyMap_missLocked, "sync.(*Map).missLocked");

/* Makes the dirty map: a copy of read without what was deleted. This is the
 * spike that sync.Map is known for. Go: sync/map.go (*Map).dirtyLocked, which
 * returns where there is one: none of its callers gets there. */
static GOFRAME void dirtyMap_dirtyLocked(struct dirtyMap *m)
{
    ASSERT(m->dirty == NULL); /* dirtymap.1 */
    const struct maptype *t = entries_type();
    struct readOnly read = load_read(m);
    m->dirty = makemap(t, read.m == NULL ? 0 : read.m->count, NULL);
    struct hiter it;
    for (mapiterinit(t, read.m, &it); it.key != NULL; mapiternext(&it)) {
        struct entry *e = *(struct entry **)it.elem;
        if (!entry_tryExpungeLocked(e))
            put_dirty(m, it.key, e);
    }
}
GOFRAME_OF(dirtyMap_dirtyLocked, "sync.(*Map).dirtyLocked");

/* Adds a key that neither map has. Inlined: part of Store and LoadOrStore. */
ALWAYS_INLINE void add_new_key(struct dirtyMap *m, const struct eface *key,
                               struct eface value, struct readOnly read)
{
    if (!read.amended) {
        dirtyMap_dirtyLocked(m);
        store_read(m, (struct readOnly){.m = read.m, .amended = true});
    }
    put_dirty(m, key, newEntry(new_eface(value)));
}

/* The entry of key, looked up under the lock; *miss: it stands in dirty
 * only. */
static struct entry *find_locked(const struct dirtyMap *m,
                                 const struct eface *key, struct readOnly read,
                                 bool *miss)
{
    struct entry *e = find(read.m, key);
    *miss = e == NULL;
    return e != NULL ? e : find(m->dirty, key);
}

GOFRAME struct eface dirtyMap_Load(struct dirtyMap *m, struct eface key,
                                   bool *ok)
{
    struct readOnly read = load_read(m);
    struct entry *e = find(read.m, &key);
    if (e == NULL && read.amended) {
        Mutex_Lock(&m->mu);
        read = load_read(m); /* it may have been promoted meanwhile */
        bool miss;
        e = find_locked(m, &key, read, &miss);
        if (miss && read.amended)
            dirtyMap_missLocked(m);
        Mutex_Unlock(&m->mu);
    }
    *ok = false;
    if (e == NULL)
        return (struct eface){._type = NULL};
    return entry_load(e, ok);
}
GOFRAME_OF(dirtyMap_Load, "sync.(*Map).Load");

/* Store's and Swap's body: value escapes at once, whatever becomes of it. */
ALWAYS_INLINE struct eface swap_body(struct dirtyMap *m,
                                     const struct eface *key,
                                     struct eface value, bool *loaded)
{
    struct eface *escaped = new_eface(value), old = {._type = NULL};
    struct readOnly read = load_read(m);
    struct entry *e = find(read.m, key);
    *loaded = false;
    if (e != NULL && entry_trySwap(e, escaped, &old, loaded))
        return old;

    Mutex_Lock(&m->mu);
    read = load_read(m);
    bool miss;
    e = find_locked(m, key, read, &miss);
    if (e == NULL) {
        add_new_key(m, key, value, read);
    } else {
        if (!miss && entry_unexpungeLocked(e))
            put_dirty(m, key, e);
        old = value_of(atomic_exchange(&e->p, escaped), loaded);
    }
    Mutex_Unlock(&m->mu);
    return old;
}

GOFRAME struct eface dirtyMap_Swap(struct dirtyMap *m, struct eface key,
                                   struct eface value, bool *loaded)
{
    return swap_body(m, &key, value, loaded);
}
GOFRAME_OF(dirtyMap_Swap, "sync.(*Map).Swap");

GOFRAME void dirtyMap_Store(struct dirtyMap *m, struct eface key,
                            struct eface value)
{
    bool loaded;
    if (modelled->syncMapSwaps)
        dirtyMap_Swap(m, key, value, &loaded);
    else
        swap_body(m, &key, value, &loaded);
}
GOFRAME_OF(dirtyMap_Store, "sync.(*Map).Store");

GOFRAME struct eface dirtyMap_LoadOrStore(struct dirtyMap *m, struct eface key,
                                          struct eface value, bool *loaded)
{
    struct readOnly read = load_read(m);
    struct entry *e = find(read.m, &key);
    struct stored s = {.ok = false};
    if (e != NULL)
        s = entry_tryLoadOrStore(e, value);
    if (!s.ok) {
        Mutex_Lock(&m->mu);
        read = load_read(m);
        bool miss;
        e = find_locked(m, &key, read, &miss);
        if (e == NULL) {
            add_new_key(m, &key, value, read);
            s.actual = value;
        } else {
            if (!miss && entry_unexpungeLocked(e))
                put_dirty(m, &key, e);
            s = entry_tryLoadOrStore(e, value);
            if (miss)
                dirtyMap_missLocked(m);
        }
        Mutex_Unlock(&m->mu);
    }
    *loaded = s.loaded;
    return s.actual;
}
GOFRAME_OF(dirtyMap_LoadOrStore, "sync.(*Map).LoadOrStore");

GOFRAME struct eface dirtyMap_LoadAndDelete(struct dirtyMap *m,
                                            struct eface key, bool *loaded)
{
    struct readOnly read = load_read(m);
    struct entry *e = find(read.m, &key);
    if (e == NULL && read.amended) {
        Mutex_Lock(&m->mu);
        read = load_read(m);
        bool miss;
        e = find_locked(m, &key, read, &miss);
        if (miss && read.amended) {
            mapdelete(entries_type(), m->dirty, &key);
            dirtyMap_missLocked(m);
        }
        Mutex_Unlock(&m->mu);
    }
    *loaded = false;
    if (e == NULL)
        return (struct eface){._type = NULL};
    return entry_delete(e, loaded);
}
GOFRAME_OF(dirtyMap_LoadAndDelete, "sync.(*Map).LoadAndDelete");

GOFRAME void dirtyMap_Delete(struct dirtyMap *m, struct eface key)
{
    bool loaded;
    dirtyMap_LoadAndDelete(m, key, &loaded);
}
GOFRAME_OF(dirtyMap_Delete, "sync.(*Map).Delete");

/* The read map, with all keys in it. Inlined: part of Range. */
ALWAYS_INLINE struct readOnly promoted(struct dirtyMap *m)
{
    struct readOnly read = load_read(m);
    if (!read.amended)
        return read;
    Mutex_Lock(&m->mu);
    read = load_read(m);
    if (read.amended) {
        read = (struct readOnly){.m = m->dirty};
        store_read(m, read);
        m->dirty = NULL;
        m->misses = 0;
    }
    Mutex_Unlock(&m->mu);
    return read;
}

GOFRAME void dirtyMap_Range(struct dirtyMap *m,
                            bool (*f)(void *ctx, struct eface key,
                                      struct eface value),
                            void *ctx)
{
    struct readOnly read = promoted(m);
    struct hiter it;
    mapiterinit(entries_type(), read.m, &it);
    for (; it.key != NULL; mapiternext(&it)) {
        bool ok;
        struct eface v = entry_load(*(struct entry **)it.elem, &ok);
        if (ok && !f(ctx, *(const struct eface *)it.key, v))
            break;
    }
}
GOFRAME_OF(dirtyMap_Range, "sync.(*Map).Range");

/* Counts and checks (dirtymap.2) one entry of read. */
static void view_entry(const struct dirtyMap *m, const struct hiter *it,
                       struct dirtyMapView *v)
{
    const struct entry *e = *(struct entry **)it->elem;
    const struct eface *p = e->p;
    v->expunged += p == &expunged;
    v->deleted += p == NULL;
    if (m->dirty != NULL)
        ASSERT(find(m->dirty, it->key) == (p == &expunged ? NULL : e));
}

struct dirtyMapView dirtyMap_view(const struct dirtyMap *m)
{
    const struct maptype *t = entries_type();
    struct readOnly read = load_read(m);
    struct dirtyMapView v = {
        .misses = m->misses,
        .amended = read.amended,
        .readMap = read.m,
        .dirtyMap = m->dirty,
    };
    ASSERT(read.amended == (m->dirty != NULL)); /* dirtymap.1 */
    v.read = read.m == NULL ? 0 : read.m->count;
    v.dirty = m->dirty == NULL ? 0 : m->dirty->count;
    struct hiter it;
    for (mapiterinit(t, read.m, &it); it.key != NULL; mapiternext(&it))
        view_entry(m, &it, &v);
    return v;
}
