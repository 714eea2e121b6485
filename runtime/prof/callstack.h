/*
 * callstack.h: capture the stack of return addresses, and name them.
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

enum {
    MaxStack = 64,   /* frames kept, leaf first */
    MaxStackGo = 32, /* of them in a Go view. Go: mprof.go maxStack */
};

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

struct frame {
    const char
        *func; /* "runtime.(*hmap).newoverflow"; of plumbing its C name */
    const char *
        file; /* as compiled, relative to the project: "map/classic/mapgrow.c" */
    int line;        /* of the call; 0: unknown */
    bool goframe;    /* stands in a printed chain */
    uintptr_t pc;    /* the return address */
    uintptr_t entry; /* first byte of the function; 0: unknown */
};

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
    FRAMES_FULL, /* runtime.mallocgc and everything above it */
    FRAMES_GO, /* what runtime.MemProfile keeps: mallocgc, newobject, newarray,
                    makeslice, growslice cut; makemap_slow folded into makemap;
                    MaxStackGo frames at most */
    FRAMES_USER, /* what Go's written heap profile shows: leading runtime.
                    frames hidden too, unless there are no others */
};

/* The frames of pcs that view shows, leaf first, plumbing left out. Returns how
 * many were stored, at most max; the frames nearest to the leaf are stored. */
int callstack_view(const uintptr_t *pcs, int n, enum frameView view,
                   const struct frame **out, int max);

/* The same, in place, on n frames that are named already: leaves what view
 * shows in f[0] to f[result-1]. */
int frames_view(const struct frame **f, int n, enum frameView view);

#endif
