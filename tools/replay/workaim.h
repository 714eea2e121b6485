/*
 * workaim.h: workloads that aim where maps change: random ones seldom come
 * there.
 */
#ifndef TOOLS_REPLAY_WORKAIM_H
#define TOOLS_REPLAY_WORKAIM_H

#include "tools/lib/dice.h"
#include <stdio.h>

/* Writes the steps of one to three maps, each aimed at something. */
void workaim_steps(struct dice *d, FILE *f);

#endif
