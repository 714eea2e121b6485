/*
 * verify.h: the same workloads on our heap and on real Go, line against line.
 */
#ifndef TOOLS_VERIFY_VERIFY_H
#define TOOLS_VERIFY_VERIFY_H

#include "tools/verify/gooracle.h"

/* What a workload gave on either side: lines, in libc's memory. */
struct answers {
    char *ours, *gos;
};

struct verify {
    struct gooracle go;
    bool trace; /* compare allocfreetrace's events, not the profile */
    char *dir;  /* in go.dir, removed with it */
};

/* Builds the Go side for the types of ws, by the toolchain of goroot or
 * whatever toolchain_find finds for NULL; ends the program where it cannot. */
void verify_begin(struct verify *v, const char *goroot,
                  struct workload *const *ws, size_t n, bool trace);

/* Fills a[i] with what ws[i] gives on both sides; to be freed by the caller. */
void verify_run(struct verify *v, const struct workload *const *ws, size_t n,
                struct answers *a);

/* True when w gives different lines on the two sides. */
bool verify_differs(struct verify *v, const struct workload *w);

void verify_end(struct verify *v);

void answers_free(struct answers *a);

/* Prints the lines of either side that the other lacks. */
void answers_diff(const struct answers *a, FILE *out);

/* What a workload gives on our heap alone, run in a child process. Where the
 * system refuses that child memory nobody knows: one line says so and ends the
 * program. */
char *verify_ours(const struct workload *w, bool trace, const char *dir);

#endif
