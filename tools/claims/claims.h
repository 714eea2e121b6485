/*
 * claims.h: the claims of the article "Go map: alloc_objects soars after
 * appending data", each measured here and given a verdict.
 *
 * One claim is one row of a table in claims_*.c: what the article says, and a
 * function that runs the code in question and finds out. A verdict is computed
 * from what was measured, never written down beforehand.
 */
#ifndef TOOLS_CLAIMS_CLAIMS_H
#define TOOLS_CLAIMS_CLAIMS_H

#include "tools/scenarios/fill.h"

enum claimVerdict {
    VERDICT_HOLDS,
    VERDICT_DIFFERS,
    VERDICT_NOTHING, /* what the claim speaks of does not exist */
    NVERDICTS,
};
extern const char *const verdict_names[NVERDICTS];

/* What a claim's function found. */
struct measured {
    enum claimVerdict verdict;
    char ours[240]; /* one line: what was measured in this run */
};

struct claim {
    int number;
    const char *chapter; /* of the article */
    const char *about;   /* what is claimed of what */
    const char *figure;  /* the article's answer */
    const char *why;     /* one line: the mechanism */
    void (*measure)(struct measured *f);

    /* Where maps are swiss; NULL: the same. */
    const char *swiss_why;
    void (*swiss)(struct measured *f);
};

/* The mechanism, and what measures it, in the modelled release. */
const char *claim_why(const struct claim *c);
void claim_measure(const struct claim *c, struct measured *f);

/* Three parts of one table, in order of numbers; a NULL measure at the end. */
extern const struct claim claims_growth[], claims_alloc[], claims_hints[];

/* Claims whose subject swiss maps do not have (claims_swiss.c). */
void swiss_load_factor(struct measured *f);
void swiss_growth_chain(struct measured *f);
void swiss_one_object_a_growth(struct measured *f);
void swiss_first_growth(struct measured *f);
void swiss_second_growth(struct measured *f);
void swiss_ninth_key(struct measured *f);
void swiss_memory_layout(struct measured *f);
void swiss_overflow(struct measured *f);
void swiss_evacuation(struct measured *f);
void swiss_make_chain(struct measured *f);
void swiss_array_tier(struct measured *f);
void swiss_objects_of_make(struct measured *f);
void swiss_hint_table(struct measured *f);
void swiss_dirty_copy(struct measured *f);

/* Says what was measured. The verdict is HOLDS where holds is true, else what
 * is given. */
void found(struct measured *f, bool holds, enum claimVerdict otherwise,
           const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* Programs that several claims measure. */

/* The map type of a text that is known to be right. */
const struct maptype *claim_type(const char *text);

/* make(map[K]V, hint), n inserts of new keys; frames as view names them. */
struct measurement *claim_fill(const char *type, int64_t hint, size_t n,
                               enum frameView view);

/* make(map[K]V, hint) alone. */
struct measurement *claim_make(const char *type, int64_t hint,
                               enum frameView view);

/* What each of the first inserts into a map[int]int made without a hint
 * allocates, and the slots of the map after it: [1] is of the first. */
enum { Watched = 32 };
struct watched {
    uint64_t objects[Watched + 1], bytes[Watched + 1];
    size_t slots[Watched + 1];
};
void claim_watch(struct watched *w);

/* The first insert after which there are so many slots. */
int claim_insert_of(const struct watched *w, size_t slots);

/* The row with the most objects whose chain holds text, or NULL. */
const struct chainRow *claim_row(const struct measurement *m, const char *text);

/* Objects in chains that hold text. */
uint64_t claim_objects(const struct measurement *m, const char *text);

#endif
