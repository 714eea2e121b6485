/*
 * memprofile.c: who allocated how much: the buckets of the heap profile and the
 * cycles that their counts pass through.
 *
 *     mallocgc --> mProf_Malloc --first time--> [memprofile] <-- sweep
 *                       |        mprof_count_first    ^   mProf_Free
 *                       v                             |
 *                  the thread's front --collected-----+
 *
 * There is a bucket for each (stack, size, tag). A thread that has counted in
 * one before counts in its own front (profmalloc.c, proffront.h) and does not
 * come here; whoever reads collects what all fronts have counted. Frees are
 * added to the bucket atomically.
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
 * A count is collected for the cycle in which that happens, so all fronts are
 * collected before the cycle changes.
 *
 * Locking: profLock (lockRankProfile) guards the table, the list, the counts of
 * allocations and the cycle. Go has a lock for each future cycle, and one for
 * the table that is only taken to add.
 *
 * Invariants, each verified by mprof_check:
 *   memprofile.1  the table and the list hold the same buckets
 *   memprofile.2  the list is in falling order of first, and first <= events
 *   memprofile.3  events == allocations counted in all buckets + lost
 */
#include "runtime/prof/memprofile.h"
#include "runtime/base/lock.h"
#include "runtime/base/sysmem.h"
#include "runtime/base/throw.h"
#include "runtime/prof/agetable.h"
#include "runtime/prof/framechain.h"
#include "runtime/prof/proffront.h"
#include "runtime/sched/thread.h"
#include <string.h>

/*
 * The table of the buckets. They and the table come from the system, never from
 * libc malloc, so that the profile can be taken inside any allocation. profLock
 * is held by the caller.
 */

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

/*
 * Counting.
 */

enum { Cycles = 3, mProfCycleWrap = Cycles * (2 << 24) };

static struct mutex profLock = MUTEX_INIT(lockRankProfile, "profile");
static struct bucket *mbuckets; /* newest first */
static _Atomic uint32_t cycle;  /* C, below mProfCycleWrap */
static bool flushed;            /* cycle C is in active already */
static uint64_t events;         /* allocations reported and collected, lost ones
                                   included */
static struct front *fronts;    /* of all threads that have allocated */
static struct front *spareFronts; /* of threads that are gone */
static uint64_t lost;

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
    struct bucket *b = proftable_find(p, hash);
    if (b != NULL)
        return b;
    b = proftable_add(p, hash);
    if (b == NULL)
        return NULL;
    b->first = events_now_locked();
    b->allnext = mbuckets;
    mbuckets = b;
    return b;
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
    ASSERT(front_pending(f) == 0); /* proffront.2 */
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

struct bucket *mprof_count_first(const struct probe *p, uint64_t hash)
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

struct goMalloc mprof_malloc(const struct bucket *b)
{
    const struct type *t = b->tag.type;
    return (struct goMalloc){
        .size = b->size,
        .sizeclass = b->tag.sizeclass,
        .noscan = t == NULL || t->ptrdata == 0,
        .tiny = b->tag.tier == TIER_TINY,
    };
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
    proftable_clear();
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
                             stack_hash_of(b->stk, b->nstk)};
        ASSERT(proftable_find(&self, probe_hash(&self)) ==
               b);                                  /* memprofile.1 */
        ASSERT(b->first <= newest && b->first > 0); /* memprofile.2 */
        newest = b->first - 1;
        allocs += total_locked(b).allocs;
    }
    ASSERT(n == proftable_count());  /* memprofile.1 */
    ASSERT(allocs + lost == events); /* memprofile.3 */
    unlock(&profLock);
}
