/*
 * growths.c: growths out of a profile's findings, into a baseline and out of
 * it: one line a function, its fields parted by tabs.
 *
 * Locking: none.
 */
#include "tools/explain/growths.h"

#include "tools/lib/exits.h"
#include "tools/lib/outfile.h"
#include "tools/lib/pool.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char header[] = "# hmap baseline 1: func, file, line, growth, "
                             "stage, bytes, objects, made with a hint\n";
static const char *const growth_words[] = {"none", "unsure", "map"};

static struct funcGrowth *find(const struct growths *g, const char *func)
{
    uintptr_t number = (uintptr_t)bytemap_get(g->by_func, func, strlen(func));
    return number > 0 ? &g->list[number - 1] : NULL;
}

const struct funcGrowth *growth_of(const struct growths *g, const char *func)
{
    return find(g, func);
}

/* The last of the list can be found from now on. */
static void index_last(struct growths *g)
{
    const char *func = g->list[g->n - 1].func;
    bytemap_put(g->by_func, func, strlen(func), (void *)(uintptr_t)g->n);
}

static struct growths *growths_new(void)
{
    struct growths *g = xcalloc(1, sizeof *g);
    g->by_func = bytemap_new();
    return g;
}

static void add_map(struct funcGrowth *g, const struct mapStory *s)
{
    g->maybe |= s->top > 0;
    if (s->verdict < VERDICT_MAP)
        return;
    g->bytes += s->bytes;
    g->objects += s->objects;
    g->top = s->top > g->top ? s->top : g->top;
    g->there |= s->top > 0;
    for (int i = 1; i <= s->top; i++)
        for (int j = 1; j <= i; j++)
            g->late[j] += s->grown.samples[i];
}

static void add(struct funcGrowth *g, const struct finding *f)
{
    for (size_t i = 0; i < f->line->nsizes; i++)
        if (f->line->sizes[i].part == PIECE_MADE ||
            f->line->sizes[i].part == PIECE_MADE_DIR)
            g->made += f->line->sizes[i].objects;
    if (f->line->bytes > g->line_bytes && f->nmaps > 0) {
        g->line = f->line->line;
        g->line_bytes = f->line->bytes;
    }
    for (int i = 0; i < f->nmaps; i++)
        add_map(g, &f->maps[i]);
}

struct growths *growths_of(const struct explained *e)
{
    struct growths *g = growths_new();
    size_t cap = 0;
    g->sampled = e->lines->rate > 1;
    for (size_t i = 0; i < e->n; i++) {
        const struct finding *f = &e->list[i];
        struct funcGrowth *of = find(g, f->line->func);
        if (!of) {
            g->list = array_reserve(g->list, &cap, g->n + 1, sizeof *g->list);
            of = &g->list[g->n++];
            *of = (struct funcGrowth){.func = xprintf("%s", f->line->func),
                                      .file = xprintf("%s", f->line->file),
                                      .line = f->line->line};
            index_last(g);
        }
        add(of, f);
    }
    return g;
}

void growths_free(struct growths *g)
{
    for (size_t i = 0; i < g->n; i++) {
        free(g->list[i].func);
        free(g->list[i].file);
    }
    free(g->list);
    bytemap_free(g->by_func);
    free(g);
}

/* --- baselines --- */

/* A name as a field: what would end it becomes a blank. */
static void put_name(FILE *f, const char *name)
{
    for (; *name; name++)
        putc((unsigned char)*name < ' ' ? ' ' : *name, f);
    putc('\t', f);
}

static bool put_all(const struct growths *g, FILE *f)
{
    fputs(header, f);
    for (size_t i = 0; i < g->n; i++) {
        const struct funcGrowth *one = &g->list[i];
        if (!one->there && !one->maybe && one->made <= 0)
            continue;
        put_name(f, one->func);
        put_name(f, one->file);
        fprintf(f, "%" PRId64 "\t%s\t%d\t%.0f\t%.0f\t%.0f\n", one->line,
                growth_words[one->there ? 2 : one->maybe], one->top, one->bytes,
                one->objects, one->made);
    }
    return !ferror(f);
}

bool growths_write(const struct growths *g, const char *path)
{
    struct outfile o;
    return outfile_open(&o, path) && outfile_close(&o, put_all(g, o.f));
}

/* One line of a baseline; false: it is none. */
static bool read_growth(char *text, struct funcGrowth *g)
{
    enum { Fields = 8 };
    char *field[Fields], *end;
    double number[Fields] = {0};
    size_t n = 0;
    for (char *at = text; at && n < Fields; n++) {
        field[n] = at;
        at = strchr(at, '\t');
        if (at)
            *at++ = '\0';
    }
    for (size_t i = 2; n == Fields && i < Fields; i++) {
        number[i] = i == 3 ? 0 : strtod(field[i], &end);
        if (i != 3 &&
            (end == field[i] || *end || !(number[i] >= 0) || number[i] > 1e18))
            n = 0;
    }
    if (n < Fields || number[4] >= MaxStages)
        return false;
    *g = (struct funcGrowth){.line = (int64_t)number[2],
                             .there = strcmp(field[3], growth_words[2]) == 0,
                             .maybe = strcmp(field[3], growth_words[0]) != 0,
                             .top = (int)number[4],
                             .bytes = number[5],
                             .objects = number[6],
                             .made = number[7]};
    g->func = xprintf("%s", field[0]);
    g->file = xprintf("%s", field[1]);
    return true;
}

static bool read_all(FILE *f, struct growths *g, char *err)
{
    char *text = NULL;
    size_t cap = 0, cap_list = 0, number = 0;
    bool ok = true;
    ssize_t len;
    while (ok && (len = getline(&text, &cap, f)) > 0) {
        text[strcspn(text, "\n")] = '\0';
        number++;
        if (*text == '#' || !*text)
            continue;
        g->list = array_reserve(g->list, &cap_list, g->n + 1, sizeof *g->list);
        ok = read_growth(text, &g->list[g->n]);
        g->n += ok;
        if (ok && !find(g, g->list[g->n - 1].func))
            index_last(g);
        if (!ok)
            snprintf(err, GrowthsErrorSize,
                     "line %zu is no line of a baseline: want 8 fields parted "
                     "by tabs, as -save-baseline writes them",
                     number);
    }
    free(text);
    return ok;
}

struct growths *growths_read(const char *path, char *err)
{
    FILE *f = fopen(path, "r");
    if (!f) {
        snprintf(err, GrowthsErrorSize, "%s", strerror(errno));
        return NULL;
    }
    struct growths *g = growths_new();
    bool ok = read_all(f, g, err);
    fclose(f);
    if (ok)
        return g;
    growths_free(g);
    return NULL;
}
