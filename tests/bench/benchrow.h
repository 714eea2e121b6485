/*
 * benchrow.h: the rows of the benchmark and the peers that can run them.
 */
#ifndef TESTS_BENCH_BENCHROW_H
#define TESTS_BENCH_BENCHROW_H

#include <stdbool.h>
#include <stddef.h>

/* Which peers a row is for. */
enum domain {
    DomainAlloc,
    DomainLimit,
    DomainMap,
    DomainSwiss,
    DomainGo,
    DomainCount
};

enum { MaxRows = 300, MaxName = 64, MaxParams = 8, MaxParam = 24 };

struct row {
    char name[MaxName];               /* as in Alloc/size=16/ws=4MB */
    char params[MaxParams][MaxParam]; /* the peer's arguments, the kind first */
    int nparams;
    enum domain domain;
    size_t memory; /* bytes, about, that a round touches afresh; 0: not many */
    bool alone;    /* a process a round: the row is about its memory too */
};

/* A program, perhaps with a library put in front of its malloc. */
struct peerkind {
    const char *name;
    const char *program;       /* in the driver's own directory */
    const char *preload;       /* a library's file name, or NULL */
    const char *traceEnv;      /* set for rows of kind trace, or NULL */
    bool domains[DomainCount]; /* what it takes part in */
    bool instructions;         /* callgrind can run it */
};

/* In their order: of those that have a row, ratios are to the first: hmap. */
extern const struct peerkind peerkinds[];
extern const size_t npeerkinds;

/* One more parameter, name=value. */
void row_with(struct row *r, const char *name, long value);

/* Fills rows, MaxRows of them; returns how many. */
size_t bench_rows(struct row *rows);

#endif
