/*
 * bench.h: the rows of the benchmark, the peers that can run them, and what
 * they answered.
 */
#ifndef TESTS_BENCH_BENCH_H
#define TESTS_BENCH_BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

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
    bool cold; /* nothing before the round that counts: the row is about what
                      is new to a process, memory or call stacks */
};

/* A program, perhaps with a library put in front of its malloc. */
struct peerkind {
    const char *name;
    const char *program;  /* in the driver's own directory */
    const char *arg;      /* one more argument, or NULL */
    const char *preload;  /* a library's file name, or NULL */
    const char *equalEnv; /* on equal terms: memory kept, huge pages */
    const char *traceEnv; /* set for rows of kind trace, or NULL */
    bool own;             /* hmap's own */
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

/*
 * One peer's process, as the driver sees it.
 */

struct peer {
    const struct peerkind *kind;
    char program[512];
    char preload[256]; /* path of the library; empty: none */
    char title[32];    /* what the program says that it is, else its name */
    pid_t pid;         /* 0: not running */
    FILE *to, *from;
};

/* One round's answer. */
struct sample {
    double ns; /* an operation */
    uint64_t ops;
    uint64_t rss, stacks; /* 0: the row has none */
};

/* Looks for the peer's program in dir and for its library. False when one is
 * not there; *what names it. */
bool peer_find(struct peer *p, const struct peerkind *kind, const char *dir,
               const char **what);

/* What holds for all peers, once for all rows. */
struct peerRules {
    enum terms terms;
    int limit; /* seconds that a peer may take for one answer */
};
extern struct peerRules peer_rules;

/* Starts the peer for a row; false if it has no such row. */
bool peer_start(struct peer *p, const struct row *row);
/* Runs one round. False when no answer came in time: the peer is killed then.
 * Ends the driver when the peer died by itself. */
bool peer_round(struct peer *p, const struct row *row, struct sample *s);
void peer_stop(struct peer *p);

/* Instructions an operation, counted by callgrind inside the timed function;
 * negative when valgrind is not there or cannot run the peer. */
double peer_instructions(const struct peer *p, const struct row *row);

/*
 * The samples of one row, and how they are printed.
 */

enum { MaxPeers = 16, MaxRounds = 99 };

/* One peer's samples of the row. */
struct column {
    const struct peer *peer;
    bool there; /* it has this row */
    int n;
    struct sample sample[MaxRounds];
    double instructions; /* an operation; negative: not counted */
};

/* A column for each peer. */
struct benchtable {
    const struct row *row;
    size_t npeers;
    struct column column[MaxPeers];
};

void column_add(struct column *c, const struct sample *s);

/* The row, a line for medians and ratios and one for what they range over; the
 * names of the columns above it when they differ from the last row's. */
void table_print(const struct benchtable *t);

/* A line a sample: BenchmarkX/peer=hmap N T ns/op. */
void table_print_benchfmt(const struct benchtable *t);

#endif
