/*
 * oraclesrc.h: the text of tools/verify/oracle, kept in this binary so that
 * an installed hmap can verify as well.
 */
#ifndef TOOLS_VERIFY_ORACLESRC_H
#define TOOLS_VERIFY_ORACLESRC_H

#include "runtime/base/base.h"

struct sourceFile {
    const char *name; /* "main.go" */
    const char *text, *end;
};

/* The files that are built as they stand, of which each release of Go takes
 * those whose build constraints allow it; NULL name at the end. */
extern const struct sourceFile oracle_sources[];

/* What is written once for each pair of a map's types, and for each element
 * type of an append, with N for its number. */
extern const struct sourceFile oracle_pair, oracle_seq;

#endif
