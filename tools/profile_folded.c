/*
 * profile_folded.c: one line a stack, for flamegraph.pl and its kin.
 *
 * Stacks that read the same are one line, in the order in which they first
 * came. A frame may hold no semicolon, for it parts frames: it becomes a colon.
 */
#include "tools/profileout.h"

#include "tools/exits.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

struct foldedStack {
    UT_hash_handle hh; /* by text; keeps the order of insertion */
    int64_t value;
    char text[];
};

static void append(char **text, size_t *len, size_t *cap, const char *s)
{
    size_t n = strlen(s);
    *text = array_reserve(*text, cap, *len + n + 1, 1);
    memcpy(*text + *len, s, n + 1);
    for (char *c = *text + *len; *c; c++)
        if (*c == ';' || *c == '\n')
            *c = ':';
    *len += n;
}

/* "root;frame;leaf" in *text. */
static void fold_stack(const struct profSample *s, char **text, size_t *cap)
{
    size_t len = 0;
    append(text, &len, cap, "");
    for (uint32_t i = s->nlocs; i > 0; i--) {
        const struct profLoc *l = s->locs[i - 1];
        for (uint32_t j = l->nlines; j > 0; j--) {
            if (len)
                (*text)[len++] = ';';
            append(text, &len, cap, l->lines[j - 1].func->name);
        }
    }
}

/* NOLINTBEGIN(readability-function-*,clang-analyzer-*): uthash's macros count
 * as one's own */
bool profile_write_folded(const struct profile *p, int value, FILE *f)
{
    struct foldedStack *stacks = NULL, *s, *next;
    char *text = NULL;
    size_t cap = 0;
    for (size_t i = 0; i < p->nsamples; i++) {
        fold_stack(p->samples[i], &text, &cap);
        size_t len = strlen(text);
        HASH_FIND(hh, stacks, text, len, s);
        if (!s) {
            s = xcalloc(1, sizeof *s + len + 1);
            memcpy(s->text, text, len);
            HASH_ADD(hh, stacks, text[0], len, s);
        }
        s->value = wrap_add(s->value, p->samples[i]->values[value]);
    }
    HASH_ITER(hh, stacks, s, next)
    {
        /* cppcheck-suppress uninitvar ; HASH_ITER sets s */
        if (s->value)
            fprintf(f, "%s %" PRId64 "\n", s->text, s->value);
        HASH_DEL(stacks, s);
        free(s);
    }
    free(text);
    return !ferror(f);
}
/* NOLINTEND(readability-function-*,clang-analyzer-*) */
