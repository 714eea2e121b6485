/*
 * framechain.h: the return addresses on a stack by its chain of frame pointers,
 * where libunwind has captured each of them before.
 *
 *     leaf    | saved rbp ----+   the caller's frame: two words that every
 *             | return addr   |   function of this program pushes first
 *     caller  | saved rbp <---+
 *             | return addr
 *       ...
 *     entry   | saved rbp         == chainEnd: whoever called callstack_enter
 *                                    put its own here
 *
 * A step of libunwind's cached walk takes 5.8 ns (it looks up how the frame of
 * this return address is left, then loads what that says); a step of the chain
 * takes 1.0 ns, one load behind the other. But a chain is no proof: it passes
 * over functions that were compiled without a frame pointer, and whatever such
 * a function holds in rbp is followed as if it were a frame.
 *
 * So the chain only recognises. It answers "no chain" unless every address lies
 * in this program's text and the chain ends exactly at the mark of
 * callstack_enter; and what it answers counts for nothing until libunwind has
 * captured each of these addresses in a stack that was equal to its chain, down
 * to the mark. How a frame is left depends on its return address alone: the
 * addresses of a chain that was once a whole stack all lie in functions with
 * frame pointers. (Were one of them in a function without, the chain would have
 * been shorter than the stack.) So any later chain of such addresses, in
 * whatever order, is a whole stack too: each step of it is right.
 *
 * What is not recognised is walked: stacks deeper than asked for, threads that
 * never called callstack_enter, callbacks out of libc (qsort), signal handlers.
 *
 * Go: nothing of the kind; mProf_Malloc unwinds by its tables each time. (Since
 * go1.21 the execution tracer follows frame pointers, for the same reason.)
 */
#ifndef RUNTIME_PROF_FRAMECHAIN_H
#define RUNTIME_PROF_FRAMECHAIN_H

#include "runtime/sched/thread.h"

/* Of the linker: where this program's code, its headers before it, begins and
 * ends. */
extern const char __ehdr_start[], etext[];

/* What a function that keeps a frame pointer finds where it points. */
struct frameLink {
    const struct frameLink *caller;
    uintptr_t pc; /* the return address: in the caller */
};

/* What chainEnd may be apart from the frame of a caller: main and the start
 * routines of threads are called by libc with a small number in rbp. */
enum { NoFrame = 4096 };

/* Notes that stacks of this thread end level with the function whose frame is
 * f: with the last frame whose caller is f's caller. */
ALWAYS_INLINE void framechain_enter(struct m *m, const struct frameLink *f)
{
    uintptr_t end = (uintptr_t)f->caller;
    uintptr_t top = end < NoFrame ? (uintptr_t)f : end;
    bool sound = top >= (uintptr_t)f;

    m->chainEnd = end;
    m->chainTop = sound ? top : 0; /* 0: there is no frame up to there */
}

ALWAYS_INLINE void framechain_leave(struct m *m)
{
    m->chainTop = 0;
}

/* The hash of a stack: h is that of the addresses before pc. Each address is
 * multiplied by itself, so the loop waits for a rotation only, two cycles, less
 * than for the next link. */
ALWAYS_INLINE uint64_t stack_hash(uint64_t h, uintptr_t pc)
{
    return (h << 7 | h >> 57) ^ pc * 0x9e3779b97f4a7c15u;
}

/* That of a stack which was captured some other way. */
static inline uint64_t stack_hash_of(const uintptr_t *stk, int n)
{
    uint64_t h = 0;
    for (int i = 0; i < n; i++)
        h = stack_hash(h, stk[i]);
    return h;
}

/* The return addresses from frame f of the running function on, leaf first, and
 * their hash; or 0 where there is no chain of at most max of them. Reads the
 * stack between f and the mark, and nothing else: a link is followed up the
 * stack, and only out of a function of this program. */
ALWAYS_INLINE int framechain(const struct m *m, const struct frameLink *f,
                             uintptr_t *pcs, int max, uint64_t *hash)
{
    const uintptr_t text = (uintptr_t)__ehdr_start;
    const uintptr_t textSize = (uintptr_t)etext - text;
    int n = 0;
    uint64_t h = 0;

    while ((uintptr_t)f->caller != m->chainEnd) {
        uintptr_t next = (uintptr_t)f->caller;
        if (n == max || f->pc - text >= textSize)
            return 0;
        if (next <= (uintptr_t)f || next > m->chainTop || next % PtrSize != 0)
            return 0;
        pcs[n++] = f->pc;
        h = stack_hash(h, f->pc);
        f = f->caller;
    }
    *hash = h;
    return (uintptr_t)f <= m->chainTop ? n : 0;
}

#endif
