/*
 * callstack.h: capture the stack of return addresses, name them, print them.
 *
 * Capturing costs what libunwind's cached walk costs; the traced path pays that
 * once for each stack and knows it again by its frame pointers (framechain.h).
 * Naming reads the program's own symbols and line table (libdw), once for each
 * distinct address, and only when something is printed.
 *
 * A function that stands in Go's chains says its Go name itself (GOFRAME_OF);
 * all others bear their C name.
 */
#ifndef RUNTIME_PROF_CALLSTACK_H
#define RUNTIME_PROF_CALLSTACK_H

#include "runtime/base/base.h"
#include "runtime/prof/goframe.h"
#include <stdio.h>

/* What a return address stands for (symbol.c). */
struct frame {
    const char *func; /* "runtime.(*hmap).newoverflow"; plumbing: in C */
    const char *file; /* as compiled: "map/classic/mapany.c" */
    int line;         /* of the call; 0: unknown */
    bool goframe;     /* stands in a printed chain */
    uintptr_t pc;     /* the return address */
    uintptr_t entry;  /* first byte of the function; 0: unknown */
};

/* The frame of a return address, looked up once and kept for ever. Never NULL.
 * Any thread may call it, also one that is dying with locks held. */
const struct frame *symbol_frame(uintptr_t pc);

/* The frame of a function of Go's for which we have no code: func lives for
 * ever, and its address stands in for a return address, which it cannot be. */
const struct frame *symbol_unaddressed(const char *func);

/* Frames kept, leaf first: the 128 that the profiles of newer releases have,
 * what those leave out, and the plumbing in between. */
enum { MaxStack = 192 };

/* Return addresses of the callers, leaf first: pcs[0] lies in the function that
 * called callstack_capture. Frames below the thread's program entry
 * (callstack_enter) are cut. Returns how many, at most max, which is at most
 * MaxStack. */
int callstack_capture(uintptr_t *pcs, int max);

/* Marks the calling frame as the bottom: stacks captured on this thread from
 * now on end with the function that calls callstack_enter. A second call moves
 * the mark; callstack_leave takes it away. It holds as long as the function's
 * caller has not returned: that is what stacks are compared with. Threads
 * without a mark are traced in full, and at libunwind's price each time. */
void callstack_enter(void);
void callstack_leave(void);

/* The frame of a return address. Never NULL; unknown code is "0x…" in file "?".
 * The result lives for ever. Not for the traced path: takes a lock, allocates
 * by libc malloc. */
const struct frame *callstack_frame(uintptr_t pc);

/* Whether stacks are captured and named at all: not where libunwind finds no
 * descriptors for the pipe by which it probes memory, nor where the program's
 * symbols cannot be read, or there is no memory for them. Not for the traced
 * path. */
bool callstack_sound(void);

enum frameView {
    FRAMES_FULL, /* the allocator's function that carved the object out, and
                    everything above it; our own makemap_slow too, so marked */
    FRAMES_GO,   /* what runtime.MemProfile of the modelled release keeps: some
                    frames less at the leaf (goframe_skipped), no makemap_slow,
                    profStack frames at most */
    FRAMES_USER, /* what Go's written heap profile shows: leading runtime frames
                    hidden too, unless there are no others */
};

/* The frames of pcs that view shows of an allocation, leaf first, plumbing left
 * out. Returns how many were stored, at most max; the frames nearest to the
 * leaf are stored. what: of the object; NULL where the release has but
 * mallocgc. */
int callstack_view(const uintptr_t *pcs, int n, enum frameView view,
                   const struct goMalloc *what, const struct frame **out,
                   int max);

/* The same, in place, on n frames that are named already: leaves what view
 * shows in f[0] to f[result-1], where there is room for n + 1. */
int frames_view(const struct frame **f, int n, enum frameView view,
                const struct goMalloc *what);

/*
 * A stack printed as Go prints it when a program dies (traceback.c).
 */

/* "goroutine 1 [running]:". Go: traceback.go goroutineheader. */
void goroutineheader(FILE *out);

/* Two lines a frame: "main.fill(...)" and "\tFILE:LINE +0xOFFSET". Arguments
 * are not shown: Go writes (...) too where it does not know them.
 * Go: traceback.go gentraceback, its printing. */
void printframes(FILE *out, const struct frame *const *frames, int n);

/* The calling thread's stack on stderr. Unless all is asked for, what
 * belongs to the runtime is hidden, as in an ordinary Go program. Go:
 * traceback.go traceback; throw shows all there too. */
void traceback(bool all);

/* From now on a program that dies (throw.h) shows its stack. */
void traceback_init(void);

#endif
