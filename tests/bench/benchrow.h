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
    const char *program;  /* in the driver's own directory */
    const char *arg;      /* one more argument, or NULL */
    const char *preload;  /* a library's file name, or NULL */
    const char *equalEnv; /* on equal terms: memory kept, huge pages */
    const char *traceEnv; /* set for rows of kind trace, or NULL */
    const char *beside;   /* whose time by its time is shown; NULL: hmap's */
    bool domains[DomainCount]; /* what it takes part in */
    bool instructions;         /* callgrind can run it */
};

/*
 * What the peers are given. hmap keeps the memory that it has got from the
 * system and asks for huge pages behind it; others give memory back and do not
 * ask, unless they are told to.
 */
enum terms {
    TermsEqual,  /* all that can be told to keep memory and to use huge pages
                    are told so; Go cannot be */
    TermsOwn,    /* each as it comes */
    TermsNoHuge, /* no huge pages for anybody, hmap included */
};

extern const struct peerkind peerkinds[];
extern const size_t npeerkinds;

/* One more parameter, name=value. */
void row_with(struct row *r, const char *name, long value);

/* Fills rows, MaxRows of them; returns how many. */
size_t bench_rows(struct row *rows);

#endif
