/*
 * mark.c: the mark phase as a whole; what each worker does: markdrain.c.
 *
 *     gc --roots--> [mark] --drain--> workers (markwork.h) --> mark bits, sums
 *
 * Locking: the world is stopped. Until the drain there is only the thread that
 * collects, which is worker 0; the others work between crew_run's two ends.
 *
 * Invariants:
 *   mark.1  bytesMarked is the sum of elemsize over all mark bits, and every
 *           marked slot is taken (marker_check, after a drain)
 */

#include "alloc/gc/markwork.h"
#include "alloc/span.h"
#include "runtime/base/throw.h"
#include "runtime/sched/sched.h"

#include <string.h>

_Static_assert((int)maxMarkWorkers <= (int)MaxCrew, "each worker has a thread");

void marker_init(struct marker *mk, struct mheap *mheap)
{
    memset(mk, 0, sizeof(*mk));
    mk->mheap = mheap;
    mutex_init(&mk->lock, lockRankLeaf, "marker");
}

void marker_roots(struct marker *mk, uintptr_t from, uintptr_t to)
{
    markWorker_roots(&mk->worker[0], from, to);
}

void marker_root(struct marker *mk, uintptr_t word)
{
    markWorker_roots(&mk->worker[0], (uintptr_t)&word, (uintptr_t)(&word + 1));
}

void marker_rootsLater(struct marker *mk, uintptr_t from, uintptr_t to)
{
    from = align_up(from, PtrSize);
    if (from < to)
        markWorker_leaveRange(&mk->worker[0],
                              (struct markRange){.from = from, .to = to});
}

static void drain(void *mk, uint32_t i)
{
    markWorker_drain(&((struct marker *)mk)->worker[i]);
}

bool marker_drain(struct marker *mk)
{
    crew_run(mk->nworkers, drain, mk);
    for (uint32_t i = 0; i < mk->nworkers; i++) {
        const struct markWorker *w = &mk->worker[i];
        mk->bytesMarked += w->bytesMarked;
        mk->objectsMarked += w->objectsMarked;
        mk->scanWork += w->scanWork;
        if (w->refused != 0 && mk->refused == 0)
            mk->refused = w->refused;
    }
    return mk->refused == 0;
}

static bool start_workers(struct marker *mk, uint32_t n)
{
    mk->nworkers = n;
    mk->pending = n;
    for (uint32_t i = 0; i < n; i++)
        if (!markWorker_start(&mk->worker[i], mk, i)) {
            mk->refused = mk->worker[i].refused;
            return false;
        }
    return true;
}

/* n, or the next lower power of two that the crew suffices for. */
static uint32_t workers_for(uint32_t n)
{
    uint32_t threads = crew_muster(n < maxMarkWorkers ? n : maxMarkWorkers);

    return 1u << (31 - __builtin_clz(threads));
}

bool marker_start(struct marker *mk, uint32_t nworkers)
{
    struct mheap *h = mk->mheap;

    mk->refused = 0;
    mk->bytesMarked = 0;
    mk->objectsMarked = 0;
    mk->scanWork = 0;
    if (!start_workers(mk, workers_for(nworkers)))
        return false;
    for (size_t i = 0; i < h->nspans; i++) {
        struct mspan *s = h->allspans[i];
        if (mspan_state(s) != mSpanInUse || s->gcmarkBits != NULL)
            continue;
        /* The sweeper was refused them. */
        s->gcmarkBits = newMarkBits(&h->bits, s->nelems);
        if (s->gcmarkBits == NULL) {
            mk->refused = align_up(s->nelems, 64) / 8;
            return false;
        }
    }
    return true;
}

void marker_abandon(struct marker *mk)
{
    struct mheap *h = mk->mheap;

    markwork_release(mk);
    mk->pending = 0;
    for (size_t i = 0; i < h->nspans; i++) {
        struct mspan *s = h->allspans[i];
        if (mspan_state(s) == mSpanInUse && s->gcmarkBits != NULL)
            memset(s->gcmarkBits, 0, align_up(s->nelems, 64) / 8);
    }
}

void marker_check(const struct marker *mk)
{
    const struct mheap *h = mk->mheap;
    uint64_t bytes = 0, objects = 0;

    for (size_t i = 0; i < h->nspans; i++) {
        const struct mspan *s = h->allspans[i];
        if (mspan_state(s) != mSpanInUse)
            continue;
        for (uint32_t j = 0; j < s->nelems; j += 64) {
            uint64_t marked = gcbits_word(s->gcmarkBits, j);
            ASSERT((marked & ~mspan_takenWord(s, j)) == 0);
            uint64_t n = (uint64_t)__builtin_popcountll(marked);
            objects += n;
            bytes += n * s->elemsize;
        }
    }
    ASSERT(bytes == mk->bytesMarked);     /* mark.1 */
    ASSERT(objects == mk->objectsMarked); /* markdrain.1 */
}

void marker_finish(struct marker *mk)
{
    ASSERT(mk->pending == 0);
    markwork_release(mk);
}
