/*
 * callstack.c: the walk up the stack, and what of it a view shows. The only
 * file that uses libunwind.
 *
 *     mProf_Malloc --> [callstack] --> libunwind (walk), symbol.c (names)
 *
 * Each stack comes here once; after that its frame pointers tell that it is the
 * same (framechain.h). unw_backtrace keeps a cache of how each return address
 * is stepped over, a cache for each thread: a walk of ten frames takes tens of
 * nanoseconds once it is warm, where unw_step blocks signals twice a frame and
 * takes microseconds.
 *
 * Locking: none here; each thread walks its own stack.
 */
#define UNW_LOCAL_ONLY
#include "runtime/prof/callstack.h"
#include "runtime/base/throw.h"
#include "runtime/prof/framechain.h"
#include "runtime/sched/sched.h"
#include "runtime/sched/thread.h"
#include <libunwind.h>
#include <string.h>

enum {
    MaxBase = 64, /* frames below the program's entry that a walk passes over */
    MaxWalk = 1 + MaxStack + MaxBase,
};

#if defined(__has_feature)
#    if __has_feature(thread_sanitizer)
#        define __SANITIZE_THREAD__ 1 /* gcc defines it by itself */
#    endif
#endif

/* The walk without the cache, which takes 256 KiB: where a thread walks
 * once. */
static NOINLINE int walk_once(void **pcs, int max)
{
    unw_context_t context;
    unw_cursor_t cursor;
    unw_word_t pc;
    int n = 0;
    unw_getcontext(&context);
    if (unw_init_local(&cursor, &context) < 0)
        return 0;
    while (n < max && unw_step(&cursor) > 0 &&
           unw_get_reg(&cursor, UNW_REG_IP, &pc) == 0 && pc != 0)
        pcs[n++] = (void *)pc;
    return n;
}

ALWAYS_INLINE int walk_stack(void **pcs, int max)
{
#ifdef __SANITIZE_THREAD__
    /* libunwind frees a thread's cache, under a lock of its own, in the last
     * round of thread key destructors, and ThreadSanitizer has already left the
     * thread by then. */
    return walk_once(pcs, max);
#else
    return unw_backtrace(pcs, max);
#endif
}

/* libunwind sets itself up at its first walk and guards that by a flag alone:
 * the walk is made before there are threads. */
__attribute__((constructor)) static void set_up(void)
{
    void *walk[1];
    walk_once(walk, ARRAY_LEN(walk));
}

/* Not inlined: its own frame is the one that is skipped. */
NOINLINE int callstack_capture(uintptr_t *pcs, int max)
{
    void *walk[MaxWalk];
    struct m *m = getm();
    int base = (int)m->baseFrames;
    ASSERT(max <= MaxStack);
    m->walks++;
    /* Where the stack is deeper than asked for, what lies beyond is cut anyway,
     * the base frames among it. */
    int n = walk_stack(walk, 1 + max + base) - 1 - base;
    if (n <= 0)
        return 0;
    memcpy(pcs, walk + 1, (size_t)n * sizeof(*pcs));
    return n;
}

NOINLINE void callstack_enter(void)
{
    void *walk[2 + MaxBase];
    int n = walk_once(walk, ARRAY_LEN(walk));
    /* walk[0] is this frame and walk[1] the caller, the last one to be
     * shown. */
    struct m *m = getm();
    const struct frameLink *own = __builtin_frame_address(0);
    m->baseFrames = n > 2 ? (uint32_t)(n - 2) : 0;
    framechain_enter(m, own->caller);
}

void callstack_leave(void)
{
    getm()->baseFrames = 0;
    framechain_leave(getm());
}

__attribute__((constructor)) static void follow_tasks(void)
{
    sched_ontask(callstack_enter, callstack_leave);
}

const struct frame *callstack_frame(uintptr_t pc)
{
    return symbol_frame(pc);
}

/* Not inlined: it looks for itself. */
NOINLINE bool callstack_sound(void)
{
    uintptr_t pc;
    return callstack_capture(&pc, 1) == 1 &&
           strcmp(callstack_frame(pc)->func, "callstack_sound") == 0;
}

/* Keeps the goframes; what stands on the leaf's side of the innermost
 * allocation is the tracer itself. */
static int goframes(const struct frame **f, int n)
{
    bool malloc_seen = false;
    int kept = 0;
    for (int i = 0; i < n; i++) {
        if (!f[i]->goframe)
            continue;
        if (!malloc_seen && goframe_role(f[i]->func) == GO_MALLOC) {
            malloc_seen = true;
            kept = 0;
        }
        f[kept++] = f[i];
    }
    return kept;
}

/* Puts the function that carved the object out in front; where the compiler
 * calls it, in the place of mallocgc and newobject. We have none: mallocgc
 * of ours stands for all of them, so their frames bear no address. */
static int carve(const struct frame **f, int n, const struct goMalloc *what)
{
    const char *func = what ? goframe_malloc(modelled, what) : NULL;
    if (func == NULL || n == 0 || goframe_role(f[0]->func) != GO_MALLOC)
        return n;
    bool instead = n > 2 && goframe_role(f[1]->func) == GO_OBJECT &&
                   goframe_specialised(modelled, what, f[2]->func);
    if (instead)
        memmove(&f[1], &f[2], (size_t)(n - 2) * sizeof(f[0]));
    else
        memmove(&f[1], &f[0], (size_t)n * sizeof(f[0]));
    f[0] = symbol_unaddressed(func);
    return instead ? n - 1 : n + 1;
}

/* What Go has of a full chain, and its profile keeps. */
static int as_go_keeps(const struct frame **f, int n)
{
    int kept = 0, seen = 0, skip = goframe_skipped(modelled);
    for (int i = 0; i < n && kept < modelled->profStack; i++)
        if (!goframe_is_ours(f[i]->func) && seen++ >= skip)
            f[kept++] = f[i];
    return kept;
}

/* Go: runtime/pprof protomem.go writeHeapProto. */
static int without_leading_runtime(const struct frame **f, int n)
{
    int from = 0;
    while (from < n && goframe_hidden(modelled, f[from]->func))
        from++;
    if (from == n)
        return n;
    for (int i = from; i < n; i++)
        f[i - from] = f[i];
    return n - from;
}

int frames_view(const struct frame **f, int n, enum frameView view,
                const struct goMalloc *what)
{
    n = carve(f, goframes(f, n), what);
    if (view != FRAMES_FULL)
        n = as_go_keeps(f, n);
    if (view == FRAMES_USER)
        n = without_leading_runtime(f, n);
    return n;
}

int callstack_view(const uintptr_t *pcs, int n, enum frameView view,
                   const struct goMalloc *what, const struct frame **out,
                   int max)
{
    const struct frame *frames[MaxStack + 1];
    ASSERT(n <= MaxStack);
    for (int i = 0; i < n; i++)
        frames[i] = callstack_frame(pcs[i]);
    int kept = frames_view(frames, n, view, what);
    if (kept > max)
        kept = max;
    for (int i = 0; i < kept; i++)
        out[i] = frames[i];
    return kept;
}
