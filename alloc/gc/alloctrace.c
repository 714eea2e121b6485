/*
 * alloctrace.c: the allocfreetrace log, and who else is told.
 *
 *     mallocgc, mspan_sweep --> [alloctrace] --> stderr
 *
 * Locking: tracelock keeps the lines of one event together.
 */
#include "alloc/gc/alloctrace.h"

#include "alloc/span.h"
#include "runtime/base/lock.h"
#include "runtime/prof/callstack.h"
#include "runtime/sched/godebug.h"

const struct allocWatch *allocwatch;

static struct mutex tracelock = MUTEX_INIT(lockRankLeaf, "tracelock");

/* The stack of an event: named before tracelock is taken, for naming locks. The
 * releases that have this log have no other malloc function than mallocgc. */
struct eventStack {
    const struct frame *frames[MaxStack];
    int n;
};

ALWAYS_INLINE void capture(struct eventStack *stk)
{
    uintptr_t pcs[MaxStack];
    int n = callstack_capture(pcs, MaxStack);

    stk->n = callstack_view(pcs, n, FRAMES_FULL, NULL, stk->frames, MaxStack);
}

/* args: what the first frame, mallocgc's, was called with; or NULL. Go shows
 * the arguments of every frame; C keeps no record of the others'. */
static void print_stack(const struct eventStack *stk,
                        const struct mallocArgs *args)
{
    int done = 0;

    goroutineheader(stderr);
    if (args != NULL && stk->n > 0) {
        const struct frame *f = stk->frames[0];
        fprintf(stderr, "%s(0x%zx, 0x%lx, 0x%x)\n\t%s:%d +0x%lx\n", f->func,
                args->size, (uintptr_t)args->typ, args->needzero, f->file,
                f->line, f->pc - f->entry);
        done = 1;
    }
    printframes(stderr, stk->frames + done, stk->n - done);
    fputc('\n', stderr);
}

/* Go: mprof.go tracealloc. */
static void tracealloc(const void *p, size_t size,
                       const struct mallocArgs *args)
{
    struct eventStack stk;

    capture(&stk);
    lock(&tracelock);
    if (args->typ == NULL)
        fprintf(stderr, "tracealloc(%p, %#zx)\n", p, size);
    else
        fprintf(stderr, "tracealloc(%p, %#zx, %s)\n", p, size, args->typ->str);
    print_stack(&stk, args);
    unlock(&tracelock);
}

/* Go: mprof.go tracefree. */
static void tracefree(const void *p, size_t size)
{
    struct eventStack stk;

    capture(&stk);
    lock(&tracelock);
    fprintf(stderr, "tracefree(%p, %#zx)\n", p, size);
    print_stack(&stk, NULL);
    unlock(&tracelock);
}

/* The bytes of a slot of s that are its object's own, of size bytes. */
static size_t own_bytes(const struct mspan *s, size_t size)
{
    if (spanClass_sizeclass(s->spanclass) == 0)
        return s->elemsize;
    return s->elemsize -
           objsize_header(modelled, size, spanClass_noscan(s->spanclass));
}

void tell_allocated(const struct mspan *s, const void *p, enum tier tier,
                    const struct mallocArgs *args)
{
    if (debug.allocfreetrace)
        tracealloc(p, own_bytes(s, args->size), args);
    if (allocwatch == NULL)
        return;
    size_t slot = mspan_objIndex(s, (uintptr_t)p);
    allocwatch->allocated(&(struct allocEvent){
        .p = p,
        .asked = args->size,
        .slot = s->elemsize,
        .type = args->typ,
        .bucket = s->profiled == NULL ? NULL : s->profiled[slot],
        .tier = tier,
        .sizeclass = spanClass_sizeclass(s->spanclass),
    });
}

void tell_freed(const void *p, size_t size)
{
    if (debug.allocfreetrace)
        tracefree(p, size);
    if (allocwatch != NULL)
        allocwatch->swept(p, size);
}
