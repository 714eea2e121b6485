/*
 * traceback.c: the stack of a dying program.
 *
 *     throw, fatal, gopanic --> [traceback] --> callstack
 *
 * Locking: none here; symbol.c has a lock of its own outside the order.
 */
#include "runtime/base/throw.h"
#include "runtime/prof/callstack.h"
#include "runtime/sched/thread.h"

void goroutineheader(FILE *out)
{
    uint32_t id = getm()->id;
    fprintf(out, "goroutine %u [running]:\n", id ? id : 1);
}

void printframes(FILE *out, const struct frame *const *frames, int n)
{
    for (int i = 0; i < n; i++) {
        const struct frame *f = frames[i];
        fprintf(out, "%s(...)\n\t%s:%d +0x%lx\n", f->func, f->file, f->line,
                f->pc - f->entry);
    }
}

void traceback(bool all)
{
    uintptr_t pcs[MaxStack];
    int n = callstack_capture(pcs, MaxStack);
    for (int i = 0; i < n; i++) {
        const struct frame *f = callstack_frame(pcs[i]);
        bool ours = f->line > 0;
        bool users = f->goframe && goframe_in_traceback(f->func);
        if (all ? ours : users)
            printframes(stderr, &f, 1);
    }
}

static void print_dying(bool own)
{
    fputc('\n', stderr);
    goroutineheader(stderr);
    traceback(own);
}

void traceback_init(void)
{
    throw_setstackprinter(print_dying);
}
