/*
 * traceback.h: a stack printed as Go prints it when a program dies.
 */
#ifndef RUNTIME_PROF_TRACEBACK_H
#define RUNTIME_PROF_TRACEBACK_H

#include "runtime/prof/callstack.h"
#include <stdio.h>

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
