/*
 * profmalloc.c: an allocation is to be counted: whose stack is this?
 *
 * Finding out a stack is expensive. libunwind takes 5.8 ns for each frame, and
 * there are some 26 of them between a benchmark's loop and main. But a program
 * allocates in few places, and comes back to them: nearly every stack has been
 * here before. So each distinct stack is walked once a thread; after that it is
 * not found out but recognised, by the chain of frame pointers that leads along
 * it, and its bucket stands in the thread's own front:
 *
 *     mProf_Malloc
 *         |  framechain: the chain's addresses and their hash
 *         v
 *     1. front, with Recognised ---- found ----> count it; nothing was walked
 *         |  there is no chain, or it is new
 *         v
 *        is every address of it known? ---- yes ---.
 *         |                                        |
 *         v                                        v
 *        libunwind walks                       2. profile; the chain is
 *         |                                    ^  entered, with Recognised:
 *         |--- chain == stack: addresses ------'  it stands for this stack
 *         |    are known from now on              from now on
 *         v
 *     3. front, without ------------ found ----> count it
 *         |  seen for the first time
 *         v
 *     4. profile; the stack is entered, without Recognised
 *
 * Nearly all allocations end at 1. Those that cannot be recognised (callbacks
 * out of libc, signal handlers, stacks too deep) end at 3, each after a walk.
 * And as a program has far fewer return addresses than stacks, most of those
 * that are new come to 2 without a walk, too.
 *
 * What keeps this honest is one bit. A chain may be any nonsense that happened
 * to lie on the stack, so it must only find what was entered at 2, where
 * libunwind bore witness that these addresses are a whole stack; framechain.h
 * says why that witness serves for all times to come. What was entered at 4 has
 * no witness, and though its addresses be the same ones, a hash without the bit
 * keeps it apart. A bucket may stand in a front twice, once each way; both
 * entries count in it.
 *
 * With ten calls between a loop and its allocation, 100 stacks in turn, an
 * allocation takes 45 ns, of which 24 are the calls and the allocation; 210
 * where libunwind walks each time. Hashing in the chain's own loop instead of
 * after it takes 6 ns off, 20 with 100000 stacks.
 *
 * Locking: none at 1 and 3, where a thread reads and counts in what only it
 * writes; at 2 and 4 mprof_count_first takes the profile's lock.
 *
 * Invariant, verified by recognition_check (CHECK >= 2):
 *   profmalloc.1  a chain that was recognised is what libunwind would have
 *   found
 */
#include "runtime/base/throw.h"
#include "runtime/prof/framechain.h"
#include "runtime/prof/memprofile.h"
#include "runtime/prof/proffront.h"
#include <string.h>

/* Of front_hash: the entry was made for a chain whose addresses libunwind has
 * captured. */
static const uint64_t Recognised = (uint64_t)1 << 31;

/* Counts one more object in the bucket of p, if this thread has counted in it
 * before; else NULL. */
ALWAYS_INLINE struct bucket *count_in_front(const struct probe *p,
                                            uint64_t hash)
{
    struct front *f = getm()->front;
    if (UNLIKELY(f == NULL || f->table.slots == NULL))
        return NULL;
    uint32_t at = front_hash(hash);
    struct frontEntry *e;
    while ((e = front_next(f, front_hash(hash), &at)) != NULL) {
        if (!probe_differs(p, e->b)) {
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
    p->stackHash = stack_hash_of(p->stk, p->nstk);
}

/* Return addresses that libunwind has witnessed, each in a place that its bits
 * choose. One that another address has taken the place of is walked for again.
 * Read and written by any thread: a word is a witness or another's. */
enum { NKnown = 1 << 12 };
static uintptr_t known[NKnown];

static uintptr_t *known_place(uintptr_t pc)
{
    return &known[pc * 0x9e3779b97f4a7c15u >> 52];
}

static bool all_known(const struct probe *p)
{
    for (int i = 0; i < p->nstk; i++)
        if (__atomic_load_n(known_place(p->stk[i]), __ATOMIC_RELAXED) !=
            p->stk[i])
            return false;
    return true;
}

static void make_known(const struct probe *p)
{
    for (int i = 0; i < p->nstk; i++)
        __atomic_store_n(known_place(p->stk[i]), p->stk[i], __ATOMIC_RELAXED);
}

static bool same_stack(const struct probe *a, const struct probe *b)
{
    return a->nstk == b->nstk &&
           memcmp(a->stk, b->stk, (size_t)a->nstk * sizeof(a->stk[0])) == 0;
}

ALWAYS_INLINE void recognition_check(const struct probe *chain)
{
    uintptr_t pcs[MaxStack];
    struct probe walked;
    walk(&walked, pcs);
    ASSERT(same_stack(chain, &walked)); /* profmalloc.1 */
}

/* 2, 3 and 4: the chain is none, or has addresses that are not known. */
ALWAYS_INLINE struct bucket *count_walked(const struct probe *chain)
{
    uintptr_t pcs[MaxStack];
    struct probe p = *chain;
    walk(&p, pcs);
    uint64_t hash = probe_hash(&p) & ~Recognised;
    if (chain->nstk > 0 && same_stack(chain, &p)) {
        make_known(&p);
        return mprof_count_first(&p, hash | Recognised);
    }
    struct bucket *b = count_in_front(&p, hash);
    return b != NULL ? b : mprof_count_first(&p, hash);
}

/* Not inlined: its own frame is the first of the chain and of the walk. A chain
 * has one address less than a walk may capture, as its own is left out. */
NOINLINE struct bucket *mProf_Malloc(size_t size, const struct allocTag *tag)
{
    uintptr_t pcs[MaxStack];
    struct probe chain = {.stk = pcs, .size = size, .tag = tag};
    chain.nstk = framechain(getm(), __builtin_frame_address(0), pcs,
                            MaxStack - 1, &chain.stackHash);
    if (UNLIKELY(chain.nstk == 0))
        return count_walked(&chain);
    uint64_t hash = probe_hash(&chain) | Recognised;
    struct bucket *b = count_in_front(&chain, hash);
    if (UNLIKELY(b == NULL)) {
        if (!all_known(&chain))
            return count_walked(&chain);
        b = mprof_count_first(&chain, hash);
    }
    if (CHECK >= 2)
        recognition_check(&chain);
    return b;
}
