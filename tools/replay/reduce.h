/*
 * reduce.h: makes a workload that shows a fault as small as it can be and still
 * show it.
 */
#ifndef TOOLS_REPLAY_REDUCE_H
#define TOOLS_REPLAY_REDUCE_H

#include "tools/replay/workload.h"

/* True when w shows the fault. */
typedef bool reduce_test(const struct workload *w, void *arg);

/*
 * The smallest workload found for which differs holds, as it does for w; a few
 * hundred calls of differs at the most. In libc's memory, to be given to
 * reduced_free; it shares w's objects, so w must outlive it.
 */
struct workload *reduce(const struct workload *w, reduce_test *differs,
                        void *arg);
void reduced_free(struct workload *c);

#endif
