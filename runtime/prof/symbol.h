/*
 * symbol.h: from a return address to function, file and line.
 */
#ifndef RUNTIME_PROF_SYMBOL_H
#define RUNTIME_PROF_SYMBOL_H

#include "runtime/base/base.h"

struct frame {
    const char
        *func; /* "runtime.(*hmap).newoverflow"; of plumbing its C name */
    const char
        *file; /* as compiled, relative to the project: "map/classic/map.c" */
    int line;  /* of the call; 0: unknown */
    bool goframe;    /* stands in a printed chain */
    uintptr_t pc;    /* the return address */
    uintptr_t entry; /* first byte of the function; 0: unknown */
};

/* The frame of a return address, looked up once and kept for ever. Never NULL.
 * Any thread may call it, also one that is dying with locks held. */
const struct frame *symbol_frame(uintptr_t pc);

/* The frame of a function of Go's for which we have no code: func lives for
 * ever, and its address stands in for a return address, which it cannot be. */
const struct frame *symbol_unaddressed(const char *func);

#endif
