/*
 * malloc.h: THE DOOR of the allocator, and the essay about it.
 *
 * This is Go 1.19's memory allocator and its collector's bookkeeping, in C. It
 * serves the bucket map (map/map.h) and scenario programs, and its one purpose
 * beside serving them is that you can see what happens on the way.
 *
 * The cast
 *
 *   page      8 KiB. What the lower half of this room deals in.
 *   span      a run of pages, cut into slots of one size (span.h). 68 sizes
 *             (objsize.h), each in two kinds, with pointers and without: 136
 *             span classes. A large object, above about 32 KiB, is a span of
 *             its own.
 *   tiny      shares a 16-byte slot among pointer-free objects below 16 bytes.
 *   mcache    tier 1: a thread's own spans, one a class. No lock.
 *   mcentral  tier 2: a shelf a class, where spans stand that no thread uses.
 *             A lock a shelf, held for a few instructions.
 *   mheap     tier 3: pages. One lock; a thread's page cache spares it most of
 *             the time.
 *   m         a thread, with the slot for its mcache (runtime/sched/thread.h).
 *
 *     object -------> mcache --------> mcentral -------> mheap -----> system
 *             a slot           a span             pages         memory
 *             always           when its 1 to      when no span  4 MiB or more,
 *                              1024 slots are     of the shelf  when no run
 *                              taken              has room      is free
 *
 * Each tier trades in units that the one above it cuts up: the costly operation
 * below is paid for once and used many times above. And each has its own way
 * not to wait: the first shares nothing, the second holds its lock for a
 * moment, only the third may have to ask the system.
 *
 * The road of one allocation: mallocgc(48, runtime.hmap)
 *
 *   1. The thread's mcache (malloc.c). A thread's first allocation makes one.
 *   2. Tiny? Below 16 bytes and pointer-free: it may fit the open block, and
 *      then nothing below happens: no slot, no profile record. That is why
 *      MemStats.Mallocs and alloc_objects disagree (mcache.h).
 *   3. The size picks one of 68 classes, the type says whether the object holds
 *      pointers: the span class. Both tables are one load (objsize.h). What
 *      rounding up wastes is known (sizetable.c): less than 16 bytes below 128,
 *      less than 16 % from there on.
 *   4. nextFreeFast: the span has a run of free slots at hand, one behind the
 *      other, and this is the first of them. When the run ends, its allocCache
 *      says where the next one is: it has a bit for each of 64 slots, 1 = free
 *      (span.h). No list of free slots runs through the memory itself, so a
 *      slot is not touched before it is used, and the collector can rebuild
 *      what is free from its marks alone.
 *   5. The cache is used up: mcache_nextFree loads the next 64 bits. The span
 *      is full: mcache_refill carries it to its shelf and brings another:
 *        a. a swept span with free slots, if the shelf has one;
 *        b. else spans that want sweeping are swept until one has room (at most
 *           100 of them: then a new span is cheaper than the search);
 *        c. else mheap cuts pages for a new one: out of the thread's page
 *           cache, out of free pages, lowest address first, or out of a part of
 *           an arena that it must map first.
 *   6. A large object (class 0) goes from 2 straight to 5c.
 *   7. The slot is zeroed if the span's memory was ever used (needzero) and the
 *      caller wants it so. Memory fresh from the system is zero already.
 *   8. heapBitsSetType notes which words are pointers (heapbits.h).
 *   9. Somebody watches? One countdown of bytes (mcache.watch) stands for all
 *      of them: the profile's next sample, the allocation trace, the checks of
 *      a torture build. At rate 1 it is always due: the call stack is captured
 *      and counted in a bucket, together with the tier that served, the class,
 *      the type and the map's make site; the span remembers the bucket for the
 *      slot (mspan.profiled), so that the sweeper can count the free.
 *  10. If 5 or 6 brought new memory into use, a collection may be due.
 *
 *   What takes none but steps 1 to 4, 7 and 8, at most 512 bytes that nobody
 *   watches, has a short road of its own, nearly without calls (malloc.c).
 *   newobject begins with it, a call before mallocgc, up to 2 KiB, and does
 *   steps 2 and 3 once a type.
 *
 * The road back
 *
 *   Nothing is freed one by one. When heapLive comes near its goal (pacer.h),
 *   or gc() is called, a cycle runs (gc.c):
 *
 *   1. What the last cycle left unswept is swept.
 *   2. The world stops. The open tiny blocks, the registered roots, and where
 *      asked for the stacks are looked through; everything they reach gets its
 *      mark bit (mark.c). Inside the heap only pointer words are followed. All
 *      processors share the work where it is worth waking them (markwork.h).
 *   3. The sweep generation rises by 2: by that alone every span is unswept.
 *      All mcaches are flushed, their tiny blocks closed. The next goal is set,
 *      the heap profile turns a page, the world starts.
 *   4. Spans are swept as they are needed: whoever wants a span sweeps, and
 *      every span taken pays for some more, so that all is done before the next
 *      cycle. The mark bits become the allocation bits: no dead object is
 *      touched. What was profiled is counted as freed. A span without live
 *      objects gives its pages back to mheap.
 *   5. Pages that the heap need not keep go back to the system (scavenge.c), so
 *      that it retains what it used, scaled by the goal, and 10 %; less where
 *      GOMEMLIMIT says so.
 *
 * Threads
 *
 *   Goroutines are tasks here: go_run(fn, arg) puts one in a queue, GOMAXPROCS
 *   worker threads run them to their ends (runtime/sched/sched.h). A task that
 *   waits keeps its worker, where Go would run another one there. The world
 *   stops where each thread lets it (runtime/sched/thread.h): when it asks for
 *   a span, at the entry of a map operation, in gosafepoint(). Whoever waits
 *   for a Mutex, a WaitGroup, a task or a thread's end counts as stopped. Once
 *   in many refills threads meet at a shelf or in a counter. Even that is put
 *   off when there is company: mcache_settle. The heap profile counts in the
 *   thread as well (runtime/prof/proffront.h).
 *
 * Locks, outermost first (runtime/base/lock.h ranks them all)
 *
 *     world > mcaches > sched > roots > mcentral > profile > sideArrays >
 *     mheap > persist
 *
 * In fact hardly any is taken under another: a shelf's lock covers one push or
 * pop, and is dropped before pages are asked for. mheap's lock is dropped while
 * the system works. An mcache and the spans in it belong to their thread, and
 * its counters too: the sums are taken while the world is stopped.
 *
 * What is simulated, and what is not
 *
 *   Real: the memory, every address, all 68 classes, every tier and each of its
 *   decisions, the statistics, the profile with its three-cycle accounting, the
 *   heap goal. Given the same program, objects and bytes are Go's to the last
 *   one.
 *   Different, on purpose: the collector stops the world for the whole mark
 *   phase, so there are no write barriers, no assists and no workers beside the
 *   program; how far before its goal a cycle begins follows from a fixed price
 *   of marking in place of a measured one (pacer.h). Roots are found
 *   conservatively, because C does not say where its pointers are. Pointer bits
 *   are one a word up to 512 bytes and the type above, not two bits for every
 *   word (heapbits.h). Spans are dealt out among the threads that mark, not
 *   taken by whoever comes first (markwork.h). Threads' counters are summed up
 *   instead of shared. Shelves are lists under a lock, not lock-free sets. A
 *   span's free slots are handed out by runs (span.h). The heap asks for huge
 *   pages in all of its growths but the first, and what went back to the system
 *   is not zeroed once more when it returns (mheap.c). A map's old array gives
 *   its memory back when its growth has ended (discardobject). There are no
 *   finalizers, no manual spans, no goroutine stacks in the heap.
 *
 * Without memory the tiers say NULL or false and have changed nothing; only
 * here, at the door, it becomes "fatal error: out of memory", exit 2, in Go's
 * words. A broken invariant throws at once. heapcheck() recounts everything
 * there is.
 */
#ifndef ALLOC_MALLOC_H
#define ALLOC_MALLOC_H

#include "alloc/objsize.h"     /* roundupsize is for everybody, too */
#include "alloc/processheap.h" /* the collector, settings, statistics */
#include "runtime/prof/memprofile.h"
#include "runtime/type/type.h"

/*
 * Allocates an object of size bytes, zeroed when needzero or when typ has
 * pointers. typ says where the pointers are; NULL or ptrdata 0: pointer-free.
 * A size larger than typ->size is an array of typ. size 0 gives the address of
 * zerobase. Never returns NULL: without memory the program ends in Go's words.
 * Go: malloc.go mallocgc.
 */
void *mallocgc(size_t size, const struct type *typ, bool needzero);

void *newobject(const struct type *typ);            /* Go: newobject */
void *newarray(const struct type *typ, intptr_t n); /* Go: newarray */
void *makeslice(const struct type *et, intptr_t len, intptr_t cap);

/* How many elements growslice makes room for, before rounding, when newLen of
 * them are wanted and there was room for oldCap: double while small, then by a
 * quarter and a bit, so that the change from 2x to 1.25x is smooth.
 * Go: slice.go nextslicecap, or growslice itself */
intptr_t nextslicecap(intptr_t newLen, intptr_t oldCap);

/* A slice with old's elements and room for at least cap of them; cap is the
 * length wanted. Go: slice.go growslice */
struct slice growslice(const struct type *et, struct slice old, intptr_t cap);

/*
 * Nobody will read what the object at p holds or write to it again, whoever
 * still points at it: it may read as zeros from now on. Of one of 4 MiB or more
 * the memory goes back to the system at once. It is counted as before,
 * HeapInuse included. Go has nothing of the kind.
 */
void discardobject(const void *p);

extern const uint64_t maxAlloc; /* no object is larger: bytes */
extern uintptr_t zerobase;      /* where all zero-size objects live */

#endif
