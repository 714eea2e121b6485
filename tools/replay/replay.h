/*
 * replay.h: runs a workload on our heap and prints what the heap profile says.
 */
#ifndef TOOLS_REPLAY_REPLAY_H
#define TOOLS_REPLAY_REPLAY_H

#include "alloc/malloc.h"
#include "tools/measure/keyvalue.h"
#include "tools/replay/workload.h"

/* One map or holder while it runs. */
struct replayObject {
    struct gomap *m; /* a root; NULL when dropped or a holder */
    void **slices;   /* count of them, roots; NULL when dropped or a map */
    struct slice s;  /* of an append; its array is kept by this root */
    bool live;
};

struct replay {
    const struct workload *w;
    struct replayObject *objs;     /* w->nobjs of them; all are roots */
    struct textpool pool;          /* of keys that maps may hold */
    struct MemStats before, after; /* of the steps, without the last gcs */
};

/*
 * Runs every step, then three full collections. The collector is off between
 * `gc` steps, as in the runs that it is compared with. program_start must have
 * been called with profile rate 1; the profile is reset first and hashkey and
 * hash0 are set as w says. One replay a process: what an earlier one left on
 * the heap would count.
 */
void replay_run(struct replay *r, const struct workload *w);

struct replayPrint {
    bool classes; /* MemStats deltas, a size class a line */
    bool layout;  /* a digest of every live map's memory */
    bool certain; /* leave out what is chance in real Go: bucket maps count only
                     some of their overflow buckets from B = 16 on */
};

/* The result: chain lines sorted by name, the total, a line a live map. */
void replay_print(const struct replay *r, const struct replayPrint *opt,
                  FILE *out);

void replay_free(struct replay *r);

/* A digest of where every key and element of a map stands. Of a bucket map its
 * flags, and for each bucket of the new and the old array its chain, tophashes,
 * keys, elements; of a swiss map its depth, and for each table its place and
 * depth, and its groups' control bytes, keys, elements. */
uint64_t layout_digest(const struct maptype *t, const struct gomap *m);

/* The map's header in a line, of a swiss map also each table in a line; certain
 * as in replayPrint. */
void print_map_state(const char *name, const struct maptype *t,
                     const struct gomap *m, bool certain, FILE *out);

#endif
