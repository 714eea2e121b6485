/*
 * pproftraces.c: every sample with its labels and its stack, one by one.
 */
#include "tools/pprof/pprofreport.h"

#include "tools/lib/exits.h"
#include "tools/lib/pool.h"
#include "tools/lib/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A numeric label's key and the unit that its numbers are taken to have. */
struct labelUnit {
    const char *key, *unit;
};

struct labelUnits {
    struct labelUnit *list;
    size_t n, cap;
    struct byteMap *by_key; /* interned: its place in the list, from 1 */
};

static struct labelUnit *unit_of(struct labelUnits *units, const char *key)
{
    uintptr_t place = (uintptr_t)bytemap_get(units->by_key, &key, sizeof key);
    if (place)
        return &units->list[place - 1];
    units->list = array_reserve(units->list, &units->cap, units->n + 1,
                                sizeof *units->list);
    units->list[units->n] = (struct labelUnit){key, ""};
    bytemap_put(units->by_key, &key, sizeof key, (void *)(units->n + 1));
    return &units->list[units->n++];
}

/* The first unit given anywhere for a key; the key itself where none is.
 * Go: profile.go NumLabelUnits. */
static void find_units(const struct profile *p, struct labelUnits *units)
{
    for (size_t i = 0; i < p->nsamples; i++)
        for (uint32_t j = 0; j < p->samples[i]->nlabels; j++) {
            const struct profLabel *l = &p->samples[i]->labels[j];
            if (l->str)
                continue;
            struct labelUnit *u = unit_of(units, l->key);
            if (!*u->unit)
                u->unit = l->unit;
        }
    for (size_t i = 0; i < units->n; i++) {
        struct labelUnit *u = &units->list[i];
        if (*u->unit)
            continue;
        bool bytes =
            strcmp(u->key, "alignment") == 0 || strcmp(u->key, "request") == 0;
        u->unit = bytes ? "bytes" : u->key;
    }
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void print_sorted(char **texts, size_t n)
{
    if (n)
        qsort(texts, n, sizeof *texts, by_text);
    for (size_t i = 0; i < n; i++) {
        puts(printable(texts[i]));
        free(texts[i]);
    }
}

/* "key:  value value…": the values of the labels from i on that have i's key
 * and kind; *next becomes the first that has not. In libc's memory. */
static char *label_line(const struct profSample *s, uint32_t i,
                        struct labelUnits *units, uint32_t *next)
{
    const struct profLabel *first = &s->labels[i];
    char *line = NULL, num[UnitsTextSize];
    size_t len;
    FILE *f = open_memstream(&line, &len);
    if (f == NULL)
        io_error("a sample's labels");
    fprintf(f, "%10s: ", first->key);
    for (; i < s->nlabels; i++) {
        const struct profLabel *l = &s->labels[i];
        if (!l->str != !first->str || strcmp(l->key, first->key) != 0)
            break;
        const char *text = l->str;
        if (!text)
            text =
                units_label(num, l->num, unit_of(units, l->key)->unit, "auto");
        fprintf(f, " %s", text);
    }
    if (fclose(f) != 0)
        io_error("a sample's labels");
    *next = i;
    return line;
}

/* One line a key: strings first, then numbers. */
static void print_sample_labels(const struct profSample *s,
                                struct labelUnits *units)
{
    char **texts = xcalloc(s->nlabels, sizeof *texts);
    size_t n = 0;
    bool numbers = false;
    for (uint32_t i = 0; i < s->nlabels;) {
        if (!s->labels[i].str && !numbers) {
            print_sorted(texts, n);
            n = 0;
            numbers = true;
        }
        texts[n++] = label_line(s, i, units, &i);
    }
    print_sorted(texts, n);
    free(texts);
}

static void print_stack(const struct profile *p, const struct profSample *s,
                        const char *value)
{
    for (uint32_t i = 0; i < s->nlocs; i++) {
        const struct profLoc *l = s->locs[i];
        uint32_t n = l->nlines ? l->nlines : 1;
        for (uint32_t j = 0; j < n; j++) {
            const struct profLine *line = l->nlines ? &l->lines[j] : NULL;
            printf("%10s   %s%s\n", value,
                   printable(frame_name(p->pool, l, line)),
                   j + 1 < n ? " (inline)" : "");
            value = "";
        }
    }
}

void pprof_print_traces(struct profile *p, int index)
{
    static const char separator[] = "-----------+-----------------------------"
                                    "--------------------------";
    struct labelUnits units = {.by_key = bytemap_new()};
    find_units(p, &units);
    for (size_t i = 0; i < p->nsamples; i++) {
        const struct profSample *s = p->samples[i];
        if (s->nlocs == 0)
            continue;
        puts(separator);
        print_sample_labels(s, &units);
        char value[UnitsTextSize];
        units_label(value, s->values[index], p->types[index].unit, "minimum");
        print_stack(p, s, value);
    }
    puts(separator);
    bytemap_free(units.by_key);
    free(units.list);
}
