/*
 * syncmap.c: sync.Map. The two maps and why there are two: syncmap.h.
 *
 *     scenario programs --> [syncmap] --> mapaccess2, mapassign, mapdelete
 *                               `-------> newobject (entries, interfaces)
 *
 * The functions bear Go's names: they stand in profiles as sync.(*Map).Store.
 * Where Go's compiler moves a variable to the heap (&value in Store, &i in
 * newEntry, ic in tryLoadOrStore), a newobject stands here in its place.
 *
 * Locking: m->mu guards dirty, misses and the replacing of read. An entry's p is
 * atomic, and so is read: what a thread has loaded from it never changes.
 *
 * Invariants, verified by Map_view:
 *   S1  read.amended only if dirty is not NULL
 *   S2  where dirty is not NULL it holds every entry of read that is not
 *       expunged, and none that is
 */
#include "map/sync/syncmap.h"
#include "map/classic/hmap.h"
#include "map/iface.h"
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
static const uint8_t nextTwoWords[8] __attribute__((aligned(8))) = {6};

static const struct type entryType = {.str = "sync.entry",
                                      .kind = kindStruct,
                                      .size = sizeof(struct entry),
                                      .align = PtrSize,
                                      .ptrdata = PtrSize,
                                      .gcdata = firstWord};

static const struct type entryPtrType = {.str = "*sync.entry",
                                         .kind = kindPtr,
                                         .elem = &entryType,
                                         .size = PtrSize,
                                         .align = PtrSize,
                                         .ptrdata = PtrSize,
                                         .gcdata = firstWord};

static const struct type readOnlyType = {.str = "sync.readOnly",
                                         .kind = kindStruct,
                                         .size = sizeof(struct readOnly),
                                         .align = PtrSize,
                                         .ptrdata = PtrSize,
                                         .gcdata = firstWord};

static const struct type mapType = {.str = "sync.Map",
                                    .kind = kindStruct,
                                    .size = sizeof(struct Map),
                                    .align = PtrSize,
                                    .ptrdata = (size_t)3 * PtrSize,
                                    .gcdata = nextTwoWords};

/* Where read is an atomic.Value: an interface, of two words. */
static const struct type mapOfValueType = {.str = "sync.Map",
                                           .kind = kindStruct,
                                           .size = sizeof(struct Map) + PtrSize,
                                           .align = PtrSize,
                                           .ptrdata = (size_t)3 * PtrSize,
                                           .gcdata = nextTwoWords};

_Static_assert(sizeof(struct Map) == 32, "an atomic.Pointer is a word");
_Static_assert(offsetof(struct Map, read) == 8 &&
                   offsetof(struct Map, dirty) == 16,
               "its pointers are words 1 and 2");

const struct type *Map_type(void)
{
    return modelled->syncMapSwaps ? &mapType : &mapOfValueType;
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

/* m.read.Load().(readOnly), or m.loadReadOnly() */
static struct readOnly load_read(const struct Map *m)
{
    const struct readOnly *r =
        atomic_load_explicit(&m->read, memory_order_acquire);
    if (r == NULL)
        return (struct readOnly){.m = NULL};
    return *r;
}

/* m.read.Store(r), or m.read.Store(&r): either keeps a pointer to a copy.
 * Inlined: convT's caller is the function of the Map. */
ALWAYS_INLINE void store_read(struct Map *m, struct readOnly r)
{
    void *box = (void *)(uintptr_t)convT(&readOnlyType, &r);
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
ALWAYS_INLINE void put_dirty(struct Map *m, const struct eface *key,
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

/* An entry with value *i. Go's newEntry takes i itself and moves it to the heap,
 * but it is inlined, and that allocation then belongs to its caller. */
static GOFRAME struct entry *newEntry(struct eface *i)
{
    struct entry *e = newobject(&entryType);
    atomic_store_explicit(&e->p, i, memory_order_relaxed);
    return e;
}
GOFRAME_OF(newEntry, "sync.newEntry");

/* What an entry held: an eface never changes once it is in one.
 * Go: sync/map.go (*entry).load. */
static struct eface entry_load(const struct entry *e, bool *ok)
{
    const struct eface *p = atomic_load_explicit(&e->p, memory_order_acquire);
    *ok = has_value(p);
    return *ok ? *p : (struct eface){._type = NULL};
}

/* Go: sync/map.go (*entry).tryStore. False when e is expunged. */
static bool entry_tryStore(struct entry *e, struct eface *i)
{
    struct eface *p = atomic_load_explicit(&e->p, memory_order_acquire);
    do {
        if (p == &expunged)
            return false;
    } while (!atomic_compare_exchange_weak(&e->p, &p, i));
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
static GOFRAME void Map_missLocked(struct Map *m)
{
    m->misses++;
    if (m->dirty != NULL && m->misses < m->dirty->count)
        return;
    store_read(m, (struct readOnly){.m = m->dirty});
    m->dirty = NULL;
    m->misses = 0;
}
GOFRAME_OF(Map_missLocked, "sync.(*Map).missLocked");

/* Sees to it that there is a dirty map: a copy of read without what was deleted.
 * This is the spike that sync.Map is known for.
 * Go: sync/map.go (*Map).dirtyLocked. */
static GOFRAME void Map_dirtyLocked(struct Map *m)
{
    if (m->dirty != NULL)
        return;
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
GOFRAME_OF(Map_dirtyLocked, "sync.(*Map).dirtyLocked");

/* Adds a key that neither map has. Inlined: part of Store and LoadOrStore. */
ALWAYS_INLINE void add_new_key(struct Map *m, const struct eface *key,
                               struct eface value, struct readOnly read)
{
    if (!read.amended) {
        Map_dirtyLocked(m);
        store_read(m, (struct readOnly){.m = read.m, .amended = true});
    }
    put_dirty(m, key, newEntry(new_eface(value)));
}

/* The entry of key, looked up under the lock; *miss: it stands in dirty only. */
static struct entry *find_locked(const struct Map *m, const struct eface *key,
                                 struct readOnly read, bool *miss)
{
    struct entry *e = find(read.m, key);
    *miss = e == NULL;
    return e != NULL ? e : find(m->dirty, key);
}

GOFRAME struct eface Map_Load(struct Map *m, struct eface key, bool *ok)
{
    struct readOnly read = load_read(m);
    struct entry *e = find(read.m, &key);
    if (e == NULL && read.amended) {
        Mutex_Lock(&m->mu);
        read = load_read(m); /* it may have been promoted meanwhile */
        bool miss;
        e = find_locked(m, &key, read, &miss);
        if (miss && read.amended)
            Map_missLocked(m);
        Mutex_Unlock(&m->mu);
    }
    *ok = false;
    if (e == NULL)
        return (struct eface){._type = NULL};
    return entry_load(e, ok);
}
GOFRAME_OF(Map_Load, "sync.(*Map).Load");

/* m[key] = value. Inlined: Store, or what Store calls. */
ALWAYS_INLINE void store(struct Map *m, struct eface key, struct eface value)
{
    struct eface *escaped = new_eface(value);
    struct readOnly read = load_read(m);
    struct entry *e = find(read.m, &key);
    if (e != NULL && entry_tryStore(e, escaped))
        return;

    Mutex_Lock(&m->mu);
    read = load_read(m);
    bool miss;
    e = find_locked(m, &key, read, &miss);
    if (e == NULL) {
        add_new_key(m, &key, value, read);
    } else {
        if (!miss && entry_unexpungeLocked(e))
            put_dirty(m, &key, e);
        atomic_store(&e->p, escaped);
    }
    Mutex_Unlock(&m->mu);
}
GOFRAME_OF(Map_Store, "sync.(*Map).Store");

/* Go: sync/map.go (*Map).Swap, of which Store alone is asked for: it does not
 * return what was there before. */
static GOFRAME void Map_Swap(struct Map *m, struct eface key,
                             struct eface value)
{
    store(m, key, value);
}

GOFRAME void Map_Store(struct Map *m, struct eface key, struct eface value)
{
    if (modelled->syncMapSwaps)
        Map_Swap(m, key, value);
    else
        store(m, key, value);
}

GOFRAME struct eface Map_LoadOrStore(struct Map *m, struct eface key,
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
                Map_missLocked(m);
        }
        Mutex_Unlock(&m->mu);
    }
    *loaded = s.loaded;
    return s.actual;
}
GOFRAME_OF(Map_LoadOrStore, "sync.(*Map).LoadOrStore");

GOFRAME struct eface Map_LoadAndDelete(struct Map *m, struct eface key,
                                       bool *loaded)
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
            Map_missLocked(m);
        }
        Mutex_Unlock(&m->mu);
    }
    *loaded = false;
    if (e == NULL)
        return (struct eface){._type = NULL};
    return entry_delete(e, loaded);
}
GOFRAME_OF(Map_LoadAndDelete, "sync.(*Map).LoadAndDelete");

GOFRAME void Map_Delete(struct Map *m, struct eface key)
{
    bool loaded;
    Map_LoadAndDelete(m, key, &loaded);
}
GOFRAME_OF(Map_Delete, "sync.(*Map).Delete");

/* The read map, with all keys in it. Inlined: part of Range. */
ALWAYS_INLINE struct readOnly promoted(struct Map *m)
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

GOFRAME void
Map_Range(struct Map *m,
          bool (*f)(void *ctx, struct eface key, struct eface value), void *ctx)
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
GOFRAME_OF(Map_Range, "sync.(*Map).Range");

/* Counts and checks (S2) one entry of read. */
static void view_entry(const struct Map *m, const struct hiter *it,
                       struct syncMapView *v)
{
    const struct entry *e = *(struct entry **)it->elem;
    const struct eface *p = e->p;
    v->expunged += p == &expunged;
    v->deleted += p == NULL;
    if (m->dirty != NULL)
        ASSERT(find(m->dirty, it->key) == (p == &expunged ? NULL : e));
}

struct syncMapView Map_view(const struct Map *m)
{
    const struct maptype *t = entries_type();
    struct readOnly read = load_read(m);
    struct syncMapView v = {
        .misses = m->misses,
        .amended = read.amended,
        .readMap = read.m,
        .dirtyMap = m->dirty,
    };
    ASSERT(!read.amended || m->dirty != NULL); /* S1 */
    v.read = read.m == NULL ? 0 : read.m->count;
    v.dirty = m->dirty == NULL ? 0 : m->dirty->count;
    struct hiter it;
    for (mapiterinit(t, read.m, &it); it.key != NULL; mapiternext(&it))
        view_entry(m, &it, &v);
    return v;
}
