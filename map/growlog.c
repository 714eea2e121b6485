/*
 * growlog.c: who listens to the growth of maps: nobody, until a measurement
 * begins.
 *
 * Locking: none; set while no map is written to.
 */
#include "map/growlog.h"

void (*mapgrow_hook)(const struct mapGrowth *g);
