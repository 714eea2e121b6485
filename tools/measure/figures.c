/*
 * figures.c: figures by name, in memory and as text.
 */
#include "tools/measure/figures.h"
#include "tools/lib/exits.h"
#include <stdlib.h>
#include <string.h>

void figures_add(struct figures *f, const char *name, double value,
                 int decimals)
{
    f->list = xrealloc(f->list, f->n + 1, sizeof f->list[0]);
    f->list[f->n++] =
        (struct namedFigure){xprintf("%s", name), value, decimals};
}

const struct namedFigure *figures_find(const struct figures *f,
                                       const char *name)
{
    for (size_t i = 0; i < f->n; i++) {
        if (strcmp(f->list[i].name, name) == 0)
            return &f->list[i];
    }
    return NULL;
}

void figures_free(struct figures *f)
{
    for (size_t i = 0; i < f->n; i++)
        free(f->list[i].name);
    free(f->list);
    *f = (struct figures){NULL, 0};
}

void figures_write(const struct figures *f, FILE *out)
{
    for (size_t i = 0; i < f->n; i++)
        fprintf(out, "%d %.17g %s\n", f->list[i].decimals, f->list[i].value,
                f->list[i].name);
}

void figures_parse(struct figures *f, char *text)
{
    char *state, *line = strtok_r(text, "\n", &state);
    for (; line != NULL; line = strtok_r(NULL, "\n", &state)) {
        char *at = line;
        int decimals = (int)strtol(at, &at, 10);
        double value = strtod(at, &at);
        figures_add(f, at + 1, value, decimals);
    }
}
