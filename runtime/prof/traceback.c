/*
 * traceback.c: the stack of a dying program.
 *
 *     throw, fatal, gopanic --> [traceback] --> callstack
 *
 * Locking: none here; symbol.c has a lock of its own outside the order.
 */
#include "runtime/prof/traceback.h"
#include "runtime/sched/thread.h"
#include <string.h>

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

/* Go hides the runtime's functions but for those that it exports. */
static bool is_users(const struct frame *f)
{
    const char *name = f->func + strlen("runtime.");
    if (!f->goframe)
        return false;
    return strncmp(f->func, "runtime.", strlen("runtime.")) != 0 ||
           (*name >= 'A' && *name <= 'Z');
}

void traceback(bool all)
{
    uintptr_t pcs[MaxStack];
    int n = callstack_capture(pcs, MaxStack);
    for (int i = 0; i < n; i++) {
        const struct frame *f = callstack_frame(pcs[i]);
        bool ours = f->line > 0;
        if (all ? ours : is_users(f))
            printframes(stderr, &f, 1);
    }
}
