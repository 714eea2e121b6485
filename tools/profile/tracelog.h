/*
 * tracelog.h: reads what GODEBUG=allocfreetrace=1 prints, Go's or ours.
 */
#ifndef TOOLS_PROFILE_TRACELOG_H
#define TOOLS_PROFILE_TRACELOG_H

#include <stdio.h>

/*
 * Writes one line for each allocation whose stack holds an operation of a
 * replay:
 *
 *     event SIZE TYPE leaf < … < op
 *
 * SIZE is the rounded size in bytes, TYPE "-" where the log names none. The
 * frames are those from runtime.mallocgc up to the operation, makemap_slow left
 * out because Go has none. Lines that begin with "== " are copied; everything
 * else is passed over.
 */
void tracelog_events(FILE *in, FILE *out);

#endif
