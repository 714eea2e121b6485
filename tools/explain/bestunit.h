/*
 * bestunit.h: the unit whose arrays a list of sizes is most like, and what a
 * function's calls say together where one of them says less.
 */
#ifndef TOOLS_EXPLAIN_BESTUNIT_H
#define TOOLS_EXPLAIN_BESTUNIT_H

#include "tools/explain/signs.h"

/* The best of all units; VERDICT_NONE: no map's. */
struct candidate best_unit(const struct evidence *e);

/* How e's sizes are that unit's arrays, those of tables that were split off
 * told apart. */
struct series unit_series(const struct evidence *e, int unit, bool noscan);

/* Tries one more, and keeps it where it is better. */
void try_unit(const struct evidence *e, int unit, bool noscan,
              struct candidate *best);
bool candidate_better(const struct candidate *a, const struct candidate *b,
                      const struct goversion *v);

/*
 * A function's calls together (neighbours.c): a map that one of its lines makes
 * is filled on others.
 */
struct neighbours;

/* For the lines of a profile, which must outlive it and keep their order. */
struct neighbours *neighbours_new(const struct sites *all);
void neighbours_free(struct neighbours *n);

/* What the function of e's line says of e, where e by itself says less. c is
 * changed only then. */
void neighbours_ask(struct neighbours *n, const struct evidence *e,
                    struct candidate *c);

/* The calls of a line that may be a map's, each address once, 0 first where
 * some of its sizes have none; the caller frees them. And the sizes of what one
 * call made, or all of these (AnyCall). */
static const uint64_t AnyCall = UINT64_MAX;
size_t site_calls(const struct site *l, uint64_t **calls);
size_t site_call_sizes(const struct site *l, uint64_t call,
                       struct sizeCount **list);

/* Is it known of all of these that a map's write made them? */
bool site_call_assigns(const struct site *l, uint64_t call);

#endif
