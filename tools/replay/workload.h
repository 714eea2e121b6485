/*
 * workload.h: the workload format: a program of map and slice operations, one
 * a line, that runs on our heap (hmap replay) and on real Go (hmap verify).
 */
#ifndef TOOLS_REPLAY_WORKLOAD_H
#define TOOLS_REPLAY_WORKLOAD_H

#include "map/map.h"
#include "tools/lib/dice.h"
#include <stdio.h>

enum stepOp {
    STEP_MAP,
    STEP_INSERT,
    STEP_DELETE,
    STEP_LOOKUP,
    STEP_ITERATE,
    STEP_CLEAR,
    STEP_ALLOC,
    STEP_APPEND,
    STEP_DROP,
    STEP_GC,
    NSTEPOPS,
};

/* The first word of each step's line: "insert". */
extern const char *const step_names[NSTEPOPS];

/* What one `map`, `alloc` or `append` step makes: a map, a holder of slices, a
 * slice. */
struct object {
    char *name;
    char *key, *elem;        /* as the workload spells them, or NULL */
    const struct maptype *t; /* of a map, else NULL */
    const struct type *et;   /* of a slice's elements, else NULL */
    int line;                /* of the step that makes it */
};

struct step {
    enum stepOp op;
    int line;
    size_t obj;        /* index in objs; unused by STEP_GC */
    uint64_t from, to; /* key numbers from … to-1 … */
    bool random;       /* … each replaced by mix(seed + i) */
    uint64_t seed;
    bool hinted; /* STEP_MAP: make(map[K]V, hint) */
    int64_t hint;
    bool scan;      /* STEP_ALLOC: []*int64, else []byte */
    uint64_t size;  /* STEP_ALLOC: bytes a slice */
    uint64_t count; /* STEP_ALLOC: slices; STEP_APPEND: appends … */
    uint64_t by;    /* … of so many elements each */
};

struct workload {
    bool has_hashkey, has_hash0;
    uint64_t hashkey[4];
    uint64_t hash0; /* bucket maps take the low half */
    struct object *objs;
    size_t nobjs;
    struct step *steps;
    size_t nsteps;
};

/* Where and why a workload cannot be read. */
struct workloadError {
    int line;      /* from 1; 0: the file as a whole */
    char msg[320]; /* what is wrong and what would be right */
};

enum {
    MaxStepKeys = 100000000,   /* keys of one step */
    MaxStepAllocs = 100000000, /* slices or appends of one step */
    MaxAppend = 1000000,       /* elements of one append */
    MaxSteps = 1000000,        /* of one workload */
    MaxLines = 10000000,       /* of a file, comments among them */
    MaxLineBytes = 1 << 20,    /* of one of them */
};

/* Reads a workload up to the end of f, into libc's memory. NULL and *err filled
 * when a line is wrong; NULL and line 0 when f cannot be read. */
struct workload *workload_read(FILE *f, struct workloadError *err);

/* The workload in a file ("-": standard input); a wrong line or a file that
 * cannot be read ends the program with one line. */
struct workload *workload_open(const char *name);

/* Writes w so that workload_read gives it back. */
void workload_write(const struct workload *w, FILE *f);

void workload_free(struct workload *w);

/* The number of the i-th key of s, i in from … to-1. */
uint64_t step_key(const struct step *s, uint64_t i);

/* The Go text of a type as a workload spells it: "bytes16" -> "[16]byte"; any
 * other text is returned as it is. */
const char *workload_type(const char *name);

/* The short names of types, keys first: a row of the table ends with NULL. */
extern const char *const workload_keys[];
extern const char *const workload_elems[];

/*
 * Makes a workload that shows a fault as small as it can be and still
 * show it.
 */

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

/* Random workloads, repeatable by their seed. */

/* Pairs of key and element types that a batch of workloads draws from; few
 * enough that one Go program can hold a compiled map type for each. */
struct typepool {
    char **keys, **elems; /* n of each: pair i is keys[i], elems[i] */
    size_t n;
};

/* n pairs: the first ones are every short name of the format, each key and each
 * element at least once; the others are random type texts. */
struct typepool *typepool_new(uint64_t seed, size_t n);
void typepool_free(struct typepool *pool);

/* A random workload with hashkey and hash0 given, over the types of pool; for
 * NULL one that aims where maps change (workaim.c), over types of its own. */
struct workload *workgen(uint64_t seed, const struct typepool *pool);

/*
 * Workloads that aim where maps change: random ones seldom come there.
 */

/* Writes the steps of one to three maps, each aimed at something. */
void workaim_steps(struct dice *d, FILE *f);

#endif
