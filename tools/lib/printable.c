/*
 * printable.c: visible text that stays: most texts are their own, and a copy of
 * each other one is kept once.
 *
 * Locking: none; the tools print from one thread.
 */
#include "tools/lib/printable.h"

#include "tools/lib/exits.h"
#include "tools/lib/pool.h"
#include "tools/lib/visible.h"
#include <stdlib.h>

static const char *shown(const char *text, enum visibleForm form)
{
    static struct pool *copies;
    if (!visible_text(text, NULL, form))
        return text;
    if (copies == NULL)
        copies = pool_new();
    char *copy = xcalloc(visible_room(text), 1);
    visible_text(text, copy, form);
    const char *kept = pool_intern(copies, copy);
    free(copy);
    return kept;
}

const char *printable(const char *text)
{
    return shown(text, FORM_LINE);
}

const char *printable_lines(const char *text)
{
    return shown(text, FORM_LINES);
}

const char *valid_utf8(const char *text)
{
    return shown(text, FORM_JSON);
}
