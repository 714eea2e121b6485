/*
 * scenario.h: a scenario is a small program against the public doors
 * (alloc/malloc.h, map/map.h) that teaches one thing about maps and the heap.
 *
 * One scenario a file in tools/scenarios/, text and numbers together; a new one
 * is a file, and its name in cmd_scenarios.c. Every number that it prints is
 * measured in the run that prints it. Each runs in a heap of its own: nothing
 * that ran before can change its numbers.
 *
 * How to add one
 *
 *   Read reading.c: all of it is a page. The keys are made beforehand and in
 *   libc's memory, so they do not count. Functions of the program are named as
 *   they shall appear in chains (GOFRAME, GOFRAME_MAIN). measure_begin starts
 *   random numbers over from the seed, so a program has the same numbers
 *   wherever it is measured; what is done until measure_end counts. Lines that
 *   scenarios share are in fill.h; tables are filled cell by cell (render.h).
 *   Then its name goes into cmd_scenarios.c, twice: among the declarations, and
 *   in the tour. Its figures belong in a test (tests/tools/scenarios/).
 *
 * How to read what it prints
 *
 *   chain    from the function that allocated to the one that asked, "<" is
 *            "called by". -frames go leaves out what Go's profile leaves out.
 *   objects  and bytes are pprof's alloc_objects and alloc_space: all that was
 *            ever allocated there, rounded up to size classes.
 *   tier     who served: tiny (a new 16-byte block for tiny objects), mcache
 *            (the thread's own span had a slot), mcentral (a span had to be
 *            fetched first), mheap (a large object, pages of its own).
 *   what     what the objects are to the map: its header, its first bucket,
 *            bucket arrays, overflow buckets, bookkeeping; of a Swiss map its
 *            groups, tables and directories.
 *   growth   a line a growth: at which insert, from which size to which, why.
 */
#ifndef TOOLS_SCENARIOS_SCENARIO_H
#define TOOLS_SCENARIOS_SCENARIO_H

#include "tools/measure/keyvalue.h"
#include "tools/measure/report.h"

enum scenarioTakes {
    TAKES_N = 1,
    TAKES_HINT = 2,
    TAKES_TYPE = 4,
    TAKES_W = 8,
};

/* What the flags said, or the scenario's own defaults. */
struct scenarioArgs {
    int64_t n;
    int64_t hint;
    int64_t w;                  /* writes of each task */
    const struct maptype *type; /* NULL where the scenario takes none */
    bool estimate;              /* n entries are too many to be filled in */
};

/* What may differ between two releases. */
enum change {
    CHANGE_MAP = 1,     /* bucket map, swiss map */
    CHANGE_SYNCMAP = 2, /* two maps, hash trie */
    CHANGE_HEADER = 4,  /* objects with pointers above 512 bytes have one */
    CHANGE_PRUNING = 8, /* tombstones are turned back */
    CHANGE_UPDATE = 16, /* an update of a full small map does not grow it */
    CHANGE_SPANS = 32,  /* spans keep bits of their own */
};

/* Why the figures of a scenario differ between releases that differ in this. */
struct reason {
    unsigned change; /* enum change, or-ed */
    const char *why;
};

struct scenario {
    const char *name;             /* "first-inserts" */
    const char *lesson;           /* one line: what there is to learn */
    const char *swiss_lesson;     /* of swiss maps; NULL: the same */
    const struct reason *reasons; /* up to one without a why */
    bool (*on)(const struct goversion *v); /* runs there; NULL: on all */
    const char *elsewhere;                 /* why it does not on the others */
    unsigned takes;                        /* enum scenarioTakes, or-ed */
    int64_t n, nmax;                       /* default and largest -n */
    int64_t estimates; /* largest -n that it can estimate; 0: none */
    int64_t swiss_n;   /* default -n of swiss maps; 0: the same */
    int64_t hint;      /* default -hint */
    const char *type;  /* default -type */
    int64_t w;         /* default -w */
    const char *races; /* what no seed repeats; NULL: it all repeats */
    void (*run)(struct report *r, const struct scenarioArgs *a);
};

/* What it says in release v, and whether it runs there. */
const char *scenario_lesson(const struct scenario *s,
                            const struct goversion *v);
int64_t scenario_n(const struct scenario *s, const struct goversion *v);
bool scenario_on(const struct scenario *s, const struct goversion *v);

extern const struct scenario *const scenarios[]; /* in the tour's order, NULL
                                                    at the end */

bool scenario_exists(const char *name);

/* The scenario called name; none by that name ends the program with one line,
 * which offers the nearest name, and status 2. */
const struct scenario *scenario_want(const char *name);

/* One scenario in several releases (thennow.c). */

/* The figures of one release; on: the scenario runs there. */
struct releaseFigures {
    const struct goversion *v;
    bool on;
    struct figures figures;
};

/* What differs between two releases: enum change, or-ed. */
unsigned changes_between(const struct goversion *a, const struct goversion *b);

/* Prints the figures of n releases as columns, the first rows of them (all:
 * SIZE_MAX), and the scenario's reasons for what differs between the first
 * release and the last. */
void thennow_print(const struct scenario *s, const struct releaseFigures *of,
                   size_t n, size_t rows);

#endif
