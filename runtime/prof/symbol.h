/*
 * symbol.h: from a return address to function, file and line.
 */
#ifndef RUNTIME_PROF_SYMBOL_H
#define RUNTIME_PROF_SYMBOL_H

#include "runtime/prof/callstack.h"

/* The frame of a return address, looked up once and kept for ever. Never NULL.
 * Any thread may call it, also one that is dying with locks held. */
const struct frame *symbol_frame(uintptr_t pc);

#endif
