/*
 * benchtable.h: the samples of one row, and how they are printed.
 */
#ifndef TESTS_BENCH_BENCHTABLE_H
#define TESTS_BENCH_BENCHTABLE_H

#include "tests/bench/benchpeer.h"

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
