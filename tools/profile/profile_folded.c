/*
 * profile_folded.c: one line a stack, for flamegraph.pl and its kin.
 *
 * Stacks that read the same are one line, in the order in which they first
 * came. A frame may hold no semicolon, for it parts frames: it becomes a colon.
 */
#include "tools/profile/profileout.h"

#include "tools/lib/exits.h"
#include "tools/lib/pool.h"
#include "tools/lib/text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct foldedStack {
    char *text; /* "root;frame;leaf" */
    int64_t value;
};

static void append(char **text, size_t *len, size_t *cap, const char *s)
{
    s = printable(s);
    size_t n = strlen(s);
    *text = array_reserve(*text, cap, *len + n + 1, 1);
    memcpy(*text + *len, s, n + 1);
    for (char *c = *text + *len; *c; c++)
        if (*c == ';')
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

/* Stacks in the order in which they first came. */
struct foldedStacks {
    struct foldedStack **list;
    size_t n, cap;
    struct byteMap *by_text;
};

static struct foldedStack *stack_for(struct foldedStacks *all, const char *text)
{
    size_t len = strlen(text);
    struct foldedStack *s = bytemap_get(all->by_text, text, len);
    if (s)
        return s;
    s = xcalloc(1, sizeof *s);
    s->text = xprintf("%s", text);
    bytemap_put(all->by_text, text, len, s);
    all->list = array_reserve(all->list, &all->cap, all->n + 1,
                              sizeof(struct foldedStack *));
    all->list[all->n++] = s;
    return s;
}

bool profile_write_folded(const struct profile *p, int value, FILE *f)
{
    struct foldedStacks all = {.by_text = bytemap_new()};
    char *text = NULL;
    size_t cap = 0;
    for (size_t i = 0; i < p->nsamples; i++) {
        fold_stack(p->samples[i], &text, &cap);
        struct foldedStack *s = stack_for(&all, text);
        s->value = wrap_add(s->value, p->samples[i]->values[value]);
    }
    for (size_t i = 0; i < all.n; i++) {
        struct foldedStack *s = all.list[i];
        if (s->value)
            fprintf(f, "%s %" PRId64 "\n", s->text, s->value);
        free(s->text);
        free(s);
    }
    bytemap_free(all.by_text);
    free(all.list);
    free(text);
    return !ferror(f);
}
