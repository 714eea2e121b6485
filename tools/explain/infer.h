/*
 * infer.h: maps by the sizes of their arrays alone, where Go hid the frames.
 *
 * It is the last resort. A verdict `map` needs what no slice has (signs.h);
 * where the sizes are a map's and a slice's as well it is `unsure`, and why
 * says what else it may be.
 */
#ifndef TOOLS_EXPLAIN_INFER_H
#define TOOLS_EXPLAIN_INFER_H

#include "tools/explain/story.h"

/* The map that the sizes of a line are those of, in v. False: none. */
bool infer_map(const struct goversion *v, const struct sites *all,
               const struct site *l, struct mapStory *out);

#endif
