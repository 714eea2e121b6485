/*
 * benchpeer.h: one peer's process, as the driver sees it.
 */
#ifndef TESTS_BENCH_BENCHPEER_H
#define TESTS_BENCH_BENCHPEER_H

#include "tests/bench/benchrow.h"
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

struct peer {
    const struct peerkind *kind;
    char program[512];
    char preload[256]; /* path of the library; empty: none */
    char title[32];    /* what the program says that it is, else its name */
    pid_t pid;         /* 0: not running; stopped but for its own rounds */
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
/* Runs one round, all other peers being stopped meanwhile: whatever their
 * threads would do, nobody competes with it. False when no answer came in time:
 * the peer is killed then. Ends the driver when the peer died by itself. */
bool peer_round(struct peer *p, const struct row *row, struct sample *s);
void peer_stop(struct peer *p);

/* Instructions an operation, counted by callgrind inside the timed function;
 * negative when valgrind is not there or cannot run the peer. */
double peer_instructions(const struct peer *p, const struct row *row);

#endif
