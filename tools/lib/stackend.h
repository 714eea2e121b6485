/*
 * stackend.h: a stack that is too small (ulimit -s) is a sentence, not a mere
 * SIGSEGV.
 */
#ifndef TOOLS_LIB_STACKEND_H
#define TOOLS_LIB_STACKEND_H

/* Has this, the first thread, say so when it comes to the end of its stack, and
 * end with status 1. Other faults are what they were. Call from main. */
void stackend_watch(void);

#endif
