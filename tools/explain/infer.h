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

struct inferring;

/* For the lines of a profile, which must outlive it and keep their order, by
 * the rules of v. */
struct inferring *infer_new(const struct goversion *v, const struct sites *all);
void infer_free(struct inferring *f);

/* The maps that the sizes of a line are those of: of each call that surely made
 * one, else of the line as a whole. out has MaxStories; returns how many. */
int infer_maps(struct inferring *f, const struct site *l, struct mapStory *out);

#endif
