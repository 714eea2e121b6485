/*
 * series.h: the sizes through which a map grows, and how many arrays of each a
 * line made.
 *
 * A map's stages are numbered. A bucket map at stage B has 2^B buckets. A swiss
 * map at stage 0 is one group, at stages 1 to 7 a table of 2, 4 … 128 groups,
 * and at stage 7 + d a directory of 2^d tables. Each map that reached a stage
 * passed through all stages from where it began: so the counts never rise, and
 * the difference of two neighbours is how many maps ended there.
 */
#ifndef TOOLS_EXPLAIN_SERIES_H
#define TOOLS_EXPLAIN_SERIES_H

#include "runtime/base/goversion.h"

enum {
    MaxStages = 36,
    SwissTables = 7, /* the last stage of a single table */
    MinUnit = 16,    /* bytes of the smallest bucket or group … */
    MaxUnit = 2064,  /* … and of the largest */
    UnitStep = 8,
};

/* Objects of one size. */
struct sizeCount {
    int64_t size;
    double n;       /* objects */
    double inuse;   /* of them still in use */
    double samples; /* of them really seen */
};

/* Bytes of a key and its element in a bucket of unit bytes (eight pairs, their
 * tophash bytes and a pointer) or a group (without the pointer), and back. */
static inline int unit_width(const struct goversion *v, int unit)
{
    return unit / 8 - (v->map == MAPKIND_CLASSIC ? 2 : 1);
}

static inline int unit_of_width(const struct goversion *v, int width)
{
    return 8 * (width + (v->map == MAPKIND_CLASSIC ? 2 : 1));
}

/* What the ascending list has of a size; NULL: nothing. */
const struct sizeCount *sizes_find(const struct sizeCount *list, size_t n,
                                   int64_t size);

/* What a map whose buckets or groups take unit bytes allocates for its arrays
 * in v, by stage, MaxStages of them; 0 where a stage has no array of its own.
 * Lives for ever. */
const int64_t *stages_bytes(const struct goversion *v, int unit, bool noscan);
/* … at one stage. */
int64_t stage_bytes(const struct goversion *v, int unit, bool noscan,
                    int stage);

/* Buckets or groups that some size is an array of. */
enum { Units = (MaxUnit - MinUnit) / UnitStep + 1, UnitWords = Units / 32 + 1 };
struct unitSet {
    uint64_t bits[UnitWords]; /* two a unit: with pointers, and without */
};

/* Those of which a size of the list is the array at stage first or a later one:
 * no other unit can tell anything of the list. */
struct unitSet units_of(const struct goversion *v, const struct sizeCount *list,
                        size_t n, int first);

/* Those of which two sizes of the list are arrays or a single one, or one is
 * that of tables that a swiss map splits off: any other leaves no sign. */
struct unitSet units_telling(const struct goversion *v,
                             const struct sizeCount *list, size_t n);

/* The first of the set from *at on, which moves behind it; false: no more.
 * Starts at 0. */
bool units_next(const struct unitSet *set, int *at, int *unit, bool *noscan);

static inline bool units_has(const struct unitSet *set, int unit, bool noscan)
{
    int at = 2 * ((unit - MinUnit) / UnitStep) + noscan;
    return set->bits[at / 64] >> at % 64 & 1;
}

/* Common types fill buckets or groups of that size: words, strings, pairs of
 * them. */
bool series_common(const struct goversion *v, int unit);

/* The most entries that a map at that stage holds before it grows again. */
int64_t stage_capacity(const struct goversion *v, int stage);

/* How the sizes of a list are those of one kind of map. */
struct series {
    int unit;    /* bytes of a bucket or a group; 0: nothing fits */
    int unit_to; /* the largest that fits as well; unit itself where one does */
    bool noscan; /* without pointers, where that shows in a size */
    const int64_t *bytes;      /* stages_bytes of the unit */
    int low, top;              /* first and last stage seen */
    double count[MaxStages];   /* arrays made at each stage */
    double samples[MaxStages]; /* of them really seen */
    double covered;            /* objects of the list that it explains */
    double all;                /* objects of the list */
    double splits; /* arrays of the last single table's size that are of tables
                      split off; counted at no stage */
    int gaps;      /* stages between low and top without any */
};

/*
 * The unit that explains most objects of the list (n sizes, ascending) as
 * arrays from stage first on. first_sizes (nfirst) are sizes of single buckets
 * or groups that were seen; where there are any, the unit is of their class.
 */
struct series series_fit(const struct goversion *v,
                         const struct sizeCount *list, size_t n, int first,
                         const int64_t *first_sizes, size_t nfirst);

/* How the sizes of the list are arrays of that unit, well or badly. */
struct series series_try(const struct goversion *v,
                         const struct sizeCount *list, size_t n, int first,
                         int unit, bool noscan);

/* Takes what s explains out of the list; returns how many sizes are left. */
size_t series_remove(const struct series *s, struct sizeCount *list, size_t n);

/* Makes counts of a sampled profile what they must be: never rising from
 * stage 1 on, where maps may have passed unseen. The likeliest ones. */
void series_smooth(struct series *s, int64_t rate);

#endif
