/*
 * story.h: the maps of a line: how many, how large each became, what they
 * allocated on the way.
 */
#ifndef TOOLS_EXPLAIN_STORY_H
#define TOOLS_EXPLAIN_STORY_H

#include "tools/explain/series.h"
#include "tools/explain/site.h"

enum {
    MaxStories = 3, /* map types that one line may grow */
    MaxNeighbours = 2,
};

/* How it is known that these are maps. */
enum verdict {
    VERDICT_NONE,
    VERDICT_UNSURE, /* the sizes are a map's, and something else's as well */
    VERDICT_MAP,    /* the sizes can be nothing else */
    VERDICT_KNOWN,  /* the frames say so */
};

extern const char *const verdict_words[];

struct mapStory {
    const struct goversion *v; /* by whose rules they grew */
    enum verdict verdict;
    struct series grown;       /* arrays that growth made, by stage */
    double reached[MaxStages]; /* maps that were ever at a stage … */
    double ended[MaxStages];   /* … and went no further */
    double began[MaxStages]; /* maps made elsewhere with room for a stage … */
    double hinted[MaxStages]; /* … of them by a hint that was too small */
    bool begun_elsewhere;     /* most grew on another line before */
    double again[MaxStages];  /* arrays made again at the same size: keys come
                                   and go */
    int low, top;             /* stages where maps ended, first and last */
    double maps;              /* all that were at a stage here */
    bool on_stack;            /* first buckets are on the stack */
    double live_arrays;  /* of those that growth made, in use at the end … */
    double live_objects; /* … and of all that these maps allocated */
    double objects, bytes; /* allocated here by these maps: arrays, single
                                   buckets, tables, bookkeeping */
    double samples;
    double part_objects[NPIECES], part_bytes[NPIECES];
    bool noscan, known_noscan; /* keys and elements hold no pointers */
    const char *why;           /* of VERDICT_UNSURE: the other reading */
};

/* The maps of a line whose frames are there; out has MaxStories. Returns how
 * many. */
int story_by_frames(const struct goversion *v, const struct sites *all,
                    const struct site *l, struct mapStory *out);

/* From counted arrays to maps: fills reached, ended, began, again, maps. made
 * says whether the program has arrays made with a hint of that size. */
void story_count(struct mapStory *s, const struct sites *all, double units);

/* The sizes of the line's objects that are one of the parts (a mask of
 * 1 << part), ascending, equal ones added up. Returns how many; the caller
 * frees *list. */
size_t site_sizes(const struct site *l, uint32_t parts,
                  struct sizeCount **list);

#endif
