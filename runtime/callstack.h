/*
 * callstack.h: capture the stack of return addresses, and name them.
 *
 * Capturing is on the traced path and costs what libunwind's cached walk costs.
 * Naming reads the program's own symbols and line table (libdw), once for each
 * distinct address, and only when something is printed.
 *
 * A frame's Go name is derived, not listed: the room of its source file gives
 * the package (runtime/ alloc/ map/ -> runtime, tools/ tests/ -> main), and a C
 * name whose prefix is a Go receiver type becomes a method:
 * hmap_newoverflow in map/ -> runtime.(*hmap).newoverflow.
 */
#ifndef RUNTIME_CALLSTACK_H
#define RUNTIME_CALLSTACK_H

#include "runtime/base.h"

enum { MaxStack = 64 }; /* frames kept, leaf first; Go 1.19 keeps 32 */

/* Return addresses of the callers, leaf first: pcs[0] lies in the function that
 * called callstack_capture. Frames below the thread's program entry
 * (callstack_enter) are cut. Returns how many, at most max. */
int callstack_capture(uintptr_t *pcs, int max);

/* Marks the calling frame's caller as the bottom: stacks captured on this
 * thread from now on end with the frame that calls callstack_enter. */
void callstack_enter(void);
void callstack_leave(void);

struct frame {
    const char *func; /* "runtime.(*hmap).newoverflow", "main.fill" */
    const char *file; /* as compiled, relative to the project: "map/map.c" */
    int line;         /* of the call */
    bool goframe;     /* stands in a printed chain: GOFRAME or package main */
};

/* The frame of a return address. Never NULL; unknown code is "0x…". The result
 * lives for ever. Not for the traced path: takes a lock, may allocate by libc. */
const struct frame *callstack_frame(uintptr_t pc);

enum frameView {
    FRAMES_FULL, /* runtime.mallocgc and everything above it */
    FRAMES_GO,   /* what runtime.MemProfile keeps: mallocgc, newobject, newarray,
                    makeslice, growslice cut; makemap_slow folded into makemap */
    FRAMES_USER, /* what Go's written heap profile shows: leading runtime.
                    frames hidden too */
};

/* The frames of pcs that view shows, leaf first, plumbing left out. Returns how
 * many were stored, at most max. */
int callstack_view(const uintptr_t *pcs, int n, enum frameView view,
                   const struct frame **out, int max);

#endif
