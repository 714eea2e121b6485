/*
 * hintcost.h: what a hint would have saved the maps of a line, measured on our
 * own heap as the release at hand.
 *
 * A map is filled as the line's were, once without a hint and once for every
 * hint that makes another array; what each run allocates is counted. Over the
 * histogram of final sizes that gives the price of each hint for all of the
 * line's maps: a large one saves the large maps their growth and costs the
 * small ones an array that they never fill.
 */
#ifndef TOOLS_EXPLAIN_HINTCOST_H
#define TOOLS_EXPLAIN_HINTCOST_H

#include "tools/explain/story.h"

/* One hint for all maps of the line. */
struct hintPrice {
    int stage;                   /* that the hint makes room for */
    int64_t hint_low, hint_high; /* any hint in it makes the same array */
    double objects, bytes;       /* that the maps would have allocated */
    double saved_objects,
        saved_bytes; /* against what they did; below 0: more */
};

struct hintCosts {
    double objects, bytes;            /* allocated as it was, with what hints
                                         that were too small made */
    double copied;                    /* entries moved from array to array */
    struct hintPrice list[MaxStages]; /* n of them, by rising hint */
    int n;
    struct hintPrice own;         /* had each map been given its own size */
    const struct hintPrice *best; /* of list; NULL: none pays */
};

/* Prices all hints for the story's maps. by_bytes: the best one saves most
 * bytes, else most objects; neither may cost more of the other. exact: the
 * counts are no estimates. None are priced where the maps grew on another line
 * before: they want their hint there, and the profile does not tell what became
 * of which. The heap must have been started for the story's
 * release, with profiling off. */
void hintcost_measure(const struct mapStory *s, bool exact, bool by_bytes,
                      struct hintCosts *c);

#endif
