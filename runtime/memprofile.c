/*
 * memprofile.c: who allocated how much: the table of profile buckets.
 *
 *     mallocgc --mProf_Malloc--> [memprofile] --> callstack_capture
 *     sweep    --mProf_Free---->      |
 *                                     v
 *                  a bucket for each (stack, size, tag)
 *
 * libunwind captures each distinct stack once a thread. From then on the stack
 * is recognised by its chain of frame pointers, where it has one
 * (framechain.h), and counted in the thread's front. With ten calls between a
 * loop and its allocation, 100 stacks in turn: 45 ns an allocation, of which 24
 * are the calls and the allocation; 210 where libunwind walks each time, some
 * 26 frames of 5.8 ns. Hashing in the chain's own loop instead of after it
 * takes 6 ns off, 20 with 100000 stacks.
 *
 * Buckets are found through a uthash table; its own memory and the buckets come
 * from the system by persist and sysmem, never from libc malloc, so that the
 * profile can be taken inside any allocation.
 *
 * Counts do not go where a profile is read. The cycle C rises at each mark
 * termination; an allocation is counted for cycle C+2, a free found by sweeping
 * for C+1, and a cycle's counts are added to active when no more of its events
 * can come:
 *
 *     mark termination      C          C+1         C+2
 *     ---------|-------------|-----------|-----------|----
 *              alloc -------------------> counted here
 *              free (swept) --> counted here
 *
 * So an object that was garbage at a mark termination and is swept after it is
 * subtracted from the same snapshot that its allocation was added to.
 *
 * Locking: profLock (lockRankProfile) guards the table, the list, the counts of
 * allocations and the cycle. A thread takes it once for each bucket: after that
 * it counts in its own front (proffront.h), and whoever reads collects what all
 * fronts have counted. Frees are added to the bucket atomically. Go has a lock
 * for each future cycle, and one for the table that is only taken to add.
 *
 * A count is collected for the cycle in which that happens, so all fronts are
 * collected before the cycle changes.
 *
 * Invariants, each verified by mprof_check:
 *   I1  the table and the list hold the same buckets
 *   I2  the list is in falling order of first, and first <= events
 *   I3  events == allocations counted in all buckets + lost
 */
#include "runtime/memprofile.h"
#include "runtime/framechain.h"
#include "runtime/lock.h"
#include "runtime/persist.h"
#include "runtime/proffront.h"
#include "runtime/thread.h"
#include "runtime/throw.h"
#include "runtime/world.h"
#include <string.h>

struct record;
static void *table_alloc(size_t size);
static void table_free(void *p, size_t size);
struct probe;
static bool differs(const struct bucket *b, const struct probe *p);

#define uthash_malloc(size)    table_alloc(size)
#define uthash_free(p, size)   table_free(p, size)
#define HASH_NONFATAL_OOM      1
#define uthash_nonfatal_oom(r) ((r)->refused = true)
#define HASH_KEYCMP(b, p, len) differs(b, p)
#include <uthash.h>

enum { Cycles = 3, mProfCycleWrap = Cycles * (2 << 24) };

const char *const tier_names[NTIERS] = {"tiny", "mcache", "mcentral", "mheap"};

int64_t MemProfileRate = 512 << 10;

/* A bucket and its place in the table. */
struct record {
    UT_hash_handle hh;
    bool refused; /* the table had no memory for it */
    struct bucket b;
};

/* What is looked for. */
struct probe {
    const uintptr_t *stk;
    int nstk;
    size_t size;
    const struct allocTag *tag;
    uint64_t stackHash; /* of stk: hash_stack */
};

static struct mutex profLock = MUTEX_INIT(lockRankProfile, "profile");
static struct record *table;
static struct bucket *mbuckets; /* newest first */
static _Atomic uint32_t cycle;  /* C, below mProfCycleWrap */
static bool flushed;            /* cycle C is in active already */
static uint64_t events;         /* allocations reported and collected, lost ones
                                   included */
static struct front *fronts;    /* of all threads that have allocated */
static struct front *spareFronts; /* of threads that are gone */
static uint64_t lost;

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

static bool differs(const struct bucket *b, const struct probe *p)
{
    return b->size != p->size || b->nstk != p->nstk ||
           b->tag.type != p->tag->type || b->tag.owner != p->tag->owner ||
           b->tag.tier != p->tag->tier ||
           b->tag.sizeclass != p->tag->sizeclass ||
           memcmp(b->stk, p->stk, (size_t)p->nstk * sizeof(p->stk[0])) != 0;
}

static const uint64_t stirrer = 0x9e3779b97f4a7c15u;

static uint64_t stir(uint64_t h, uint64_t word)
{
    h = (h ^ word) * stirrer;
    return h ^ h >> 32;
}

static uint64_t hash_stack(const uintptr_t *stk, int n)
{
    uint64_t h = 0;
    for (int i = 0; i < n; i++)
        h = stack_hash(h, stk[i]);
    return h;
}

static uint64_t hash_of(const struct probe *p)
{
    const struct allocTag *tag = p->tag;
    uint64_t h = stir(p->size, (uint64_t)tag->sizeclass << 8 | tag->tier);
    h = stir(h, (uintptr_t)tag->type);
    h = stir(h, (uintptr_t)tag->owner);
    return stir(h, p->stackHash);
}

/* The table of all buckets and the fronts each take a half of the hash: then
 * what goes together in one does not in the other. */
static uint32_t table_hash(uint64_t hash)
{
    return (uint32_t)(hash >> 32);
}

static uint32_t front_hash(uint64_t hash)
{
    return (uint32_t)hash;
}

/* The bit of a hash that says how a front's entry is found: by a chain whose
 * addresses libunwind once captured, or by the walk. */
static const uint64_t Recognised = (uint64_t)1 << 31;

/* NULL without memory. Go: mprof.go newBucket. */
static struct record *new_record(const struct probe *p)
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
    return r;
}

/* NOLINTBEGIN(readability-function-*): uthash's macros count as one's own */
static struct record *table_find(const struct probe *p, uint32_t hash)
{
    struct record *r;
    HASH_FIND_BYHASHVALUE(hh, table, p, (unsigned)p->nstk, hash, r);
    return r;
}

static bool table_add(struct record *r, uint32_t hash)
{
    HASH_ADD_KEYPTR_BYHASHVALUE(hh, table, &r->b, (unsigned)r->b.nstk, hash, r);
    return !r->refused;
}
/* NOLINTEND(readability-function-*) */

/* Allocations reported so far, by all threads. */
static uint64_t events_now_locked(void)
{
    uint64_t n = events;
    for (const struct front *f = fronts; f != NULL; f = f->next)
        n += front_pending(f);
    return n;
}

/* The bucket of p, made when there is none yet; NULL without memory.
 * Go: mprof.go stkbucket. */
static struct bucket *find_bucket_locked(const struct probe *p, uint64_t hash)
{
    assertLockHeld(&profLock);
    struct record *r = table_find(p, table_hash(hash));
    if (r != NULL)
        return &r->b;
    r = new_record(p);
    if (r == NULL || !table_add(r, table_hash(hash)))
        return NULL;
    r->b.first = events_now_locked();
    r->b.allnext = mbuckets;
    mbuckets = &r->b;
    return &r->b;
}

/* n more objects were allocated in b. */
static void add_allocs_locked(struct bucket *b, uint64_t n)
{
    b->future[(cycle + 2) % Cycles].allocs += n;
}

/* Brings all counts of allocations up to date. */
static void collect_locked(void)
{
    assertLockHeld(&profLock);
    for (struct front *f = fronts; f != NULL; f = f->next)
        events += front_collect(f, add_allocs_locked);
}

/* This thread's front is taken out of use; its counts are kept. */
static void retire_front(struct m *m)
{
    struct front *f = m->front;
    if (f == NULL)
        return;
    lock(&profLock);
    events += front_collect(f, add_allocs_locked);
    struct front **at = &fronts;
    while (*at != f)
        at = &(*at)->next;
    *at = f->next;
    front_clear(f);
    f->next = spareFronts;
    spareFronts = f;
    unlock(&profLock);
    m->front = NULL;
}

__attribute__((constructor)) static void set_up(void)
{
    thread_atdetach(retire_front);
}

/* A front for this thread; NULL without memory. */
static struct front *new_front_locked(void)
{
    assertLockHeld(&profLock);
    struct front *f = spareFronts;
    if (f != NULL)
        spareFronts = f->next;
    else
        f = persistentalloc(sizeof(*f), 0, &sysstats.buckhash_sys);
    if (f == NULL)
        return NULL;
    f->next = fronts;
    fronts = f;
    return f;
}

/* The first time that this thread counts in the bucket of p. */
static NOINLINE struct bucket *count_in_table(const struct probe *p,
                                              uint64_t hash)
{
    struct m *m = thread_attach();
    lock(&profLock);
    events++;
    struct bucket *b = find_bucket_locked(p, hash);
    if (m->front == NULL)
        m->front = new_front_locked();
    if (b == NULL)
        lost++;
    else
        add_allocs_locked(b, 1);
    if (b != NULL && m->front != NULL)
        front_add(m->front, front_hash(hash), b);
    unlock(&profLock);
    return b;
}

/* Counts one more object in the bucket of p, if this thread has counted in it
 * before; else NULL. */
ALWAYS_INLINE struct bucket *count_in_front(const struct probe *p,
                                            uint64_t hash)
{
    struct front *f = getm()->front;
    if (UNLIKELY(f == NULL || f->slots == NULL))
        return NULL;
    uint32_t at = front_hash(hash);
    struct frontEntry *e;
    while ((e = front_next(f, front_hash(hash), &at)) != NULL) {
        if (!differs(e->b, p)) {
            front_count(f, e);
            front_expect(f, e);
            return e->b;
        }
    }
    return NULL;
}

/* Captures the stack beneath the caller, whom it is inlined into: the first
 * address captured lies in there, and is left out. */
ALWAYS_INLINE void walk(struct probe *p, uintptr_t pcs[MaxStack])
{
    int n = callstack_capture(pcs, MaxStack);
    p->stk = pcs + 1;
    p->nstk = n > 0 ? n - 1 : 0;
    p->stackHash = hash_stack(p->stk, p->nstk);
}

static bool same_stack(const struct probe *a, const struct probe *b)
{
    return a->nstk == b->nstk &&
           memcmp(a->stk, b->stk, (size_t)a->nstk * sizeof(a->stk[0])) == 0;
}

/* What was recognised by its chain is what libunwind would have found. */
ALWAYS_INLINE void recognition_check(const struct probe *chain)
{
    uintptr_t pcs[MaxStack];
    struct probe walked;
    walk(&walked, pcs);
    ASSERT(same_stack(chain, &walked));
}

/* The chain is none, or is seen for the first time. Only where it is the whole
 * stack does it stand for the stack from now on. */
ALWAYS_INLINE struct bucket *count_walked(const struct probe *chain)
{
    uintptr_t pcs[MaxStack];
    struct probe p = *chain;
    walk(&p, pcs);
    uint64_t hash = hash_of(&p) & ~Recognised;
    if (chain->nstk > 0 && same_stack(chain, &p))
        return count_in_table(&p, hash | Recognised);
    struct bucket *b = count_in_front(&p, hash);
    return b != NULL ? b : count_in_table(&p, hash);
}

/* Not inlined: its own frame is the first of the chain and of the walk. */
NOINLINE struct bucket *mProf_Malloc(size_t size, const struct allocTag *tag)
{
    uintptr_t pcs[MaxStack];
    struct probe chain = {.stk = pcs, .size = size, .tag = tag};
    chain.nstk = framechain(getm(), __builtin_frame_address(0), pcs,
                            MaxStack - 1, &chain.stackHash);
    struct bucket *b = NULL;
    if (LIKELY(chain.nstk > 0))
        b = count_in_front(&chain, hash_of(&chain) | Recognised);
    if (UNLIKELY(b == NULL))
        return count_walked(&chain);
    if (CHECK >= 2)
        recognition_check(&chain);
    return b;
}

void mProf_Free(struct bucket *b, size_t size)
{
    ASSERT(size == b->size);
    /* The cycle changes while the world is stopped, sweepers with it. */
    struct memCounts *c = &b->future[(cycle + 1) % Cycles];
    __atomic_fetch_add(&c->frees, 1, __ATOMIC_RELAXED);
}

static void add(struct memCounts *a, const struct memCounts *b)
{
    a->allocs += b->allocs;
    a->frees += __atomic_load_n(&b->frees, __ATOMIC_RELAXED);
}

/* Go: mprof.go mProf_FlushLocked. */
static void flush_locked(uint32_t index)
{
    assertLockHeld(&profLock);
    for (struct bucket *b = mbuckets; b != NULL; b = b->allnext) {
        struct memCounts *c = &b->future[index];
        b->active.allocs += c->allocs;
        b->active.frees += __atomic_exchange_n(&c->frees, 0, __ATOMIC_RELAXED);
        c->allocs = 0;
    }
}

void mProf_NextCycle(void)
{
    lock(&profLock);
    collect_locked();
    /* Wrapped by hand: 2^32 is no multiple of three. */
    cycle = (cycle + 1) % mProfCycleWrap;
    flushed = false;
    unlock(&profLock);
}

void mProf_Flush(void)
{
    lock(&profLock);
    if (!flushed)
        flush_locked(cycle % Cycles);
    flushed = true;
    unlock(&profLock);
}

void mProf_PostSweep(void)
{
    lock(&profLock);
    flush_locked((cycle + 1) % Cycles);
    unlock(&profLock);
}

static bool nothing_published_locked(void)
{
    for (const struct bucket *b = mbuckets; b != NULL; b = b->allnext)
        if (b->active.allocs != 0 || b->active.frees != 0)
            return false;
    return true;
}

void mprof_publish(void)
{
    lock(&profLock);
    collect_locked();
    flush_locked(cycle % Cycles);
    if (nothing_published_locked())
        for (uint32_t i = 0; i < Cycles; i++)
            flush_locked(i);
    unlock(&profLock);
}

/* The counts of b with the bytes that go with them. */
static struct memRecordCycle with_bytes(const struct bucket *b,
                                        struct memCounts c)
{
    return (struct memRecordCycle){
        .allocs = c.allocs,
        .frees = c.frees,
        .alloc_bytes = c.allocs * b->size,
        .free_bytes = c.frees * b->size,
    };
}

struct memRecordCycle mprof_published(const struct bucket *b)
{
    lock(&profLock);
    struct memCounts published = b->active;
    unlock(&profLock);
    return with_bytes(b, published);
}

static struct memCounts total_locked(const struct bucket *b)
{
    struct memCounts sum = b->active;
    for (uint32_t i = 0; i < Cycles; i++)
        add(&sum, &b->future[i]);
    return sum;
}

struct memRecordCycle mprof_total(const struct bucket *b)
{
    lock(&profLock);
    collect_locked();
    struct memCounts sum = total_locked(b);
    unlock(&profLock);
    return with_bytes(b, sum);
}

const struct bucket *mprof_buckets(void)
{
    lock(&profLock);
    const struct bucket *head = mbuckets;
    unlock(&profLock);
    return head;
}

void mprof_reset(void)
{
    stopTheWorld(); /* nobody looks into its front meanwhile */
    lock(&profLock);
    for (struct front *f = fronts; f != NULL; f = f->next)
        front_clear(f);
    HASH_CLEAR(hh, table);
    mbuckets = NULL;
    events = 0;
    lost = 0;
    unlock(&profLock);
    startTheWorld();
}

uint64_t mprof_lost(void)
{
    lock(&profLock);
    uint64_t n = lost;
    unlock(&profLock);
    return n;
}

void mprof_check(void)
{
    uint64_t allocs = 0;
    unsigned n = 0;
    lock(&profLock);
    collect_locked();
    uint64_t newest = events;
    for (const struct bucket *b = mbuckets; b != NULL; b = b->allnext, n++) {
        struct probe self = {b->stk, b->nstk, b->size, &b->tag,
                             hash_stack(b->stk, b->nstk)};
        ASSERT(find_bucket_locked(&self, hash_of(&self)) == b); /* I1 */
        ASSERT(b->first <= newest && b->first > 0);             /* I2 */
        newest = b->first - 1;
        allocs += total_locked(b).allocs;
    }
    ASSERT(n == HASH_COUNT(table));  /* I1 */
    ASSERT(allocs + lost == events); /* I3 */
    unlock(&profLock);
}
