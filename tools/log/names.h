/*
 * names.h: the texts and call chains that events speak of by number: types,
 * keys, titles, functions. Numbers begin at 1, in the order of first use, so
 * that the same program gives the same numbers. One table a process.
 */
#ifndef TOOLS_LOG_NAMES_H
#define TOOLS_LOG_NAMES_H

#include "runtime/prof/memprofile.h"
#include "runtime/type/type.h"

/* The number of a text; 0 of NULL. */
uint32_t names_of(const char *text);
const char *names_text(uint32_t id);
/* How many there are: 1 to names_count(). */
uint32_t names_count(void);

/* The number of a value as Go's %v prints one, and strings quoted; cut where
 * it is very long. */
uint32_t names_value(const struct type *t, const void *p);

struct namedFrame {
    uint32_t func, file; /* names */
    int line;            /* 0: unknown */
    bool hidden;         /* Go's written heap profiles leave it out */
};

struct namedChain {
    uint32_t n;
    struct namedFrame frame[]; /* leaf first */
};

/* The number of a bucket's chain, as it reads by its functions; 0 of NULL. */
uint32_t chains_of(const struct bucket *b);
const struct namedChain *chains_get(uint32_t id);
uint32_t chains_count(void);

#endif
