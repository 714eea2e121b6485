/*
 * persist.h: metadata that is never freed: profile buckets, summaries, type
 * descriptors. Carved from 256 KiB chunks, so a small record costs its size.
 */
#ifndef RUNTIME_BASE_PERSIST_H
#define RUNTIME_BASE_PERSIST_H

#include "runtime/base/sysmem.h"

/* size zeroed bytes aligned to align (a power of two, 0 = 8), on stat's
 * account; NULL when the system refuses. Safe from any thread.
 * Go: malloc.go persistentalloc, which throws instead of returning nil. */
void *persistentalloc(size_t size, size_t align, struct sysMemStat *stat);

#endif
