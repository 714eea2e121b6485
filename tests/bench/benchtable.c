/*
 * benchtable.c: medians, ranges and ratios of a row's samples.
 */
#include "tests/bench/bench.h"
#include <stdlib.h>
#include <string.h>

enum { NameWidth = 42, CellWidth = 17, LineMax = 512 };

void column_add(struct column *c, const struct sample *s)
{
    if (c->n < MaxRounds)
        c->sample[c->n++] = *s;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Sorts x; the middle one, or the mean of the middle two. */
static double median(double *x, int n)
{
    qsort(x, (size_t)n, sizeof(*x), compare);
    return n == 0 ? 0 : (x[(n - 1) / 2] + x[n / 2]) / 2;
}

/* The times of c, sorted into x. */
static double times(const struct column *c, double *x)
{
    for (int i = 0; i < c->n; i++)
        x[i] = c->sample[i].ns;
    return median(x, c->n);
}

/* Whose time by c's is shown: the column that its peer is to be seen beside, or
 * the first, hmap's. c itself for a column of hmap's. */
static const struct column *base(const struct benchtable *t,
                                 const struct column *c)
{
    const struct peerkind *kind = c->peer->kind;
    const struct column *first = NULL;
    if (kind->own)
        return c;
    for (size_t i = t->npeers; i-- > 0;) {
        const struct column *other = &t->column[i];
        if (!other->there)
            continue;
        if (kind->beside != NULL &&
            strcmp(other->peer->kind->name, kind->beside) == 0)
            return other;
        first = other;
    }
    return first;
}

/* hmap's time by c's, the median over the rounds. */
static double ratio(const struct column *hmap, const struct column *c)
{
    double x[MaxRounds];
    int n = hmap->n < c->n ? hmap->n : c->n;
    for (int i = 0; i < n; i++)
        x[i] = hmap->sample[i].ns / c->sample[i].ns;
    return median(x, n);
}

/* Three digits that count. */
static int digits(double v)
{
    return v < 10 ? 2 : v < 100 ? 1 : 0;
}

static void print_cell(const char *text)
{
    size_t width = 0; /* in characters: an ellipsis has three bytes */
    for (const char *p = text; *p != '\0'; p++)
        width += (*p & 0xc0) != 0x80;
    printf(" %*s%s", width < CellWidth ? (int)(CellWidth - width) : 0, "",
           text);
}

/* The names of this row's columns, unless the row before had the same. */
static void print_head(const struct benchtable *t)
{
    static char before[LineMax];
    char line[LineMax] = "";
    for (size_t i = 0; i < t->npeers; i++)
        if (t->column[i].there) {
            strncat(line, t->column[i].peer->title,
                    sizeof(line) - strlen(line) - 2);
            strcat(line, " ");
        }
    if (strcmp(line, before) == 0)
        return;
    strcpy(before, line);
    printf("\n%-*s", NameWidth, "ns/op (hmap's time by the peer's)");
    for (size_t i = 0; i < t->npeers; i++)
        if (t->column[i].there)
            print_cell(t->column[i].peer->title);
    printf("\n");
}

typedef void cell_text(const struct benchtable *t, const struct column *c,
                       char *text, size_t size);

static void median_text(const struct benchtable *t, const struct column *c,
                        char *text, size_t size)
{
    double x[MaxRounds];
    double m = times(c, x);
    if (c == base(t, c))
        snprintf(text, size, "%.*f", digits(m), m);
    else
        snprintf(text, size, "%.*f (%.2f)", digits(m), m, ratio(base(t, c), c));
}

static void range_text(const struct benchtable *t, const struct column *c,
                       char *text, size_t size)
{
    double x[MaxRounds];
    (void)t;
    double m = times(c, x);
    snprintf(text, size, "%.*f…%.*f", digits(m), x[0], digits(m), x[c->n - 1]);
}

static void rss_text(const struct benchtable *t, const struct column *c,
                     char *text, size_t size)
{
    double mb = (double)c->sample[0].rss / (1 << 20);
    double own = (double)base(t, c)->sample[0].rss / (1 << 20);
    if (mb == 0)
        *text = '\0';
    else if (c == base(t, c))
        snprintf(text, size, "%.0f MB", mb);
    else
        snprintf(text, size, "%.0f MB (%.2f)", mb, own / mb);
}

static void stacks_text(const struct benchtable *t, const struct column *c,
                        char *text, size_t size)
{
    (void)t;
    *text = '\0';
    if (c->sample[0].stacks != 0)
        snprintf(text, size, "%llu stacks",
                 (unsigned long long)c->sample[0].stacks);
}

static void instructions_text(const struct benchtable *t,
                              const struct column *c, char *text, size_t size)
{
    (void)t;
    *text = '\0';
    if (c->instructions >= 0)
        snprintf(text, size, "%.1f instr", c->instructions);
}

static void print_line(const struct benchtable *t, const char *name,
                       cell_text *cell)
{
    printf("%-*s", NameWidth, name);
    for (size_t i = 0; i < t->npeers; i++) {
        char text[64];
        if (!t->column[i].there)
            continue;
        cell(t, &t->column[i], text, sizeof(text));
        print_cell(text);
    }
    printf("\n");
}

void table_print(const struct benchtable *t)
{
    bool rss = false, stacks = false, instructions = false;
    for (size_t i = 0; i < t->npeers; i++) {
        rss |= t->column[i].sample[0].rss != 0;
        stacks |= t->column[i].sample[0].stacks != 0;
        instructions |= t->column[i].instructions >= 0;
    }
    print_head(t);
    print_line(t, t->row->name, median_text);
    print_line(t, "", range_text);
    if (rss)
        print_line(t, "    peak memory", rss_text);
    if (stacks)
        print_line(t, "    profile buckets", stacks_text);
    if (instructions)
        print_line(t, "    instructions an operation", instructions_text);
}

void table_print_benchfmt(const struct benchtable *t)
{
    for (size_t i = 0; i < t->npeers; i++) {
        const struct column *c = &t->column[i];
        for (int k = 0; c->there && k < c->n; k++) {
            const struct sample *s = &c->sample[k];
            printf("Benchmark%s/peer=%s-2 %llu %.2f ns/op", t->row->name,
                   c->peer->kind->name, (unsigned long long)s->ops, s->ns);
            if (s->rss != 0)
                printf(" %llu peak-bytes", (unsigned long long)s->rss);
            printf("\n");
        }
    }
}
