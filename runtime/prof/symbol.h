/*
 * symbol.h: from a return address to function, file and line.
 */
#ifndef RUNTIME_PROF_SYMBOL_H
#define RUNTIME_PROF_SYMBOL_H

#include "runtime/prof/callstack.h"

/* The frame of a return address, looked up once and kept for ever. Never NULL.
 * Any thread may call it, also one that is dying with locks held. */
const struct frame *symbol_frame(uintptr_t pc);

/* The frame of a function of Go's for which we have no code: func lives for ever,
 * and its address stands in for a return address, which it cannot be. */
const struct frame *symbol_unaddressed(const char *func);

#endif
