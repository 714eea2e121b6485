/*
 * alloctrace.c: the allocfreetrace log.
 *
 *     mallocgc, mspan_sweep --> [alloctrace] --> stderr
 *
 * Locking: tracelock keeps the lines of one event together.
 */
#include "alloc/alloctrace.h"

#include "runtime/lock.h"
#include "runtime/traceback.h"

static struct mutex tracelock = MUTEX_INIT(lockRankLeaf, "tracelock");

/* The stack of an event: named before tracelock is taken, for naming locks. */
struct eventStack {
    const struct frame *frames[MaxStack];
    int n;
};

ALWAYS_INLINE void capture(struct eventStack *stk)
{
    uintptr_t pcs[MaxStack];
    int n = callstack_capture(pcs, MaxStack);

    stk->n = callstack_view(pcs, n, FRAMES_FULL, stk->frames, MaxStack);
}

static void print_stack(const struct eventStack *stk)
{
    goroutineheader(stderr);
    printframes(stderr, stk->frames, stk->n);
    fputc('\n', stderr);
}

void tracealloc(const void *p, size_t size, const struct type *typ)
{
    struct eventStack stk;

    capture(&stk);
    lock(&tracelock);
    if (typ == NULL)
        fprintf(stderr, "tracealloc(%p, %#zx)\n", p, size);
    else
        fprintf(stderr, "tracealloc(%p, %#zx, %s)\n", p, size, typ->str);
    print_stack(&stk);
    unlock(&tracelock);
}

void tracefree(const void *p, size_t size)
{
    struct eventStack stk;

    capture(&stk);
    lock(&tracelock);
    fprintf(stderr, "tracefree(%p, %#zx)\n", p, size);
    print_stack(&stk);
    unlock(&tracelock);
}
