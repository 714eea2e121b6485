/*
 * infer.h: maps by the sizes of their arrays alone, where Go hid the frames.
 *
 * It is the last resort. A verdict `map` needs counts that never rise from
 * stage to stage, what a map cannot lack beside them (first buckets,
 * bookkeeping, tables), and sizes that no slice doubled or halved would have;
 * where only some of that is there it is `unsure`, and why says what else it
 * may be.
 */
#ifndef TOOLS_EXPLAIN_INFER_H
#define TOOLS_EXPLAIN_INFER_H

#include "tools/explain/story.h"

/* The map that the sizes of a line are those of, in v. False: none. doubt:
 * points of evidence that are wanted besides the ordinary ones, where
 * another release is likelier. */
bool infer_map(const struct goversion *v, const struct sites *all,
               const struct site *l, double doubt, struct mapStory *out);

#endif
