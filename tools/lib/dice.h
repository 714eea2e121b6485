/*
 * dice.h: repeatable choices for what is generated.
 */
#ifndef TOOLS_LIB_DICE_H
#define TOOLS_LIB_DICE_H

#include "runtime/base/throw.h"
#include "runtime/sched/rand.h"
#include <stddef.h>

struct dice {
    uint64_t state; /* the seed at first */
};

static inline uint64_t dice_next(struct dice *d)
{
    return mix(d->state++);
}

/* In [0, n). */
static inline uint64_t dice_below(struct dice *d, uint64_t n)
{
    ASSERT(n > 0);
    return dice_next(d) % n;
}

static inline bool dice_one_in(struct dice *d, uint64_t n)
{
    return dice_below(d, n) == 0;
}

/* One of words, which NULL ends. */
static inline const char *dice_word(struct dice *d, const char *const *words)
{
    size_t n = 0;
    while (words[n] != NULL)
        n++;
    return words[dice_below(d, n)];
}

#endif
