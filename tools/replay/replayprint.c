/*
 * replayprint.c: the result of a replay, in the lines that real Go is compared
 * with: chains cut at the operation, as Go's profile names them.
 */
#include "tools/lib/exits.h"
#include "tools/lib/text.h"
#include "tools/measure/measure.h"
#include "tools/replay/replay.h"
#include <stdlib.h>
#include <string.h>

static const char package[] = "main.";

/* "runtime.makemap < make": the frames up to the operation, which loses its
 * package. In libc's memory. */
static char *chain_text(const struct chainRow *row)
{
    char *text = xprintf("%s", "");
    for (int i = 0; i < row->nframes; i++) {
        const char *func = row->frames[i]->func;
        bool op = strncmp(func, package, strlen(package)) == 0;
        xappend(&text, "%s%s", op ? func + strlen(package) : func,
                op ? "" : " < ");
        if (op)
            break;
    }
    return text;
}

static int by_text(const void *a, const void *b)
{
    const struct chainRow *x = a, *y = b;
    return strcmp(x->text, y->text);
}

static void add_row(struct chainRow *sum, const struct chainRow *row)
{
    sum->alloc_objects += row->alloc_objects;
    sum->alloc_bytes += row->alloc_bytes;
    sum->inuse_objects += row->inuse_objects;
    sum->inuse_bytes += row->inuse_bytes;
}

static void print_row(const struct chainRow *row, FILE *out)
{
    fprintf(out, "chain %llu %llu %llu %llu %s\n",
            (unsigned long long)row->alloc_objects,
            (unsigned long long)row->alloc_bytes,
            (unsigned long long)row->inuse_objects,
            (unsigned long long)row->inuse_bytes, printable(row->text));
}

/* Chains that read the same once cut are one line. */
static struct chainRow print_chains(FILE *out)
{
    struct chains *c = chains_collect(FRAMES_GO);
    struct chainRow total = {0};
    struct chainRow *rows = xcalloc(c->n + 1, sizeof rows[0]);
    for (size_t i = 0; i < c->n; i++) {
        rows[i] = c->rows[i];
        rows[i].text = chain_text(&c->rows[i]);
    }
    qsort(rows, c->n, sizeof rows[0], by_text);
    for (size_t i = 0; i < c->n; i++) {
        add_row(&total, &rows[i]);
        if (i + 1 < c->n && by_text(&rows[i], &rows[i + 1]) == 0)
            add_row(&rows[i + 1], &rows[i]);
        else
            print_row(&rows[i], out);
    }
    for (size_t i = 0; i < c->n; i++)
        free(rows[i].text);
    free(rows);
    chains_free(c);
    return total;
}

static void print_classes(const struct replay *r, FILE *out)
{
    const struct MemStats *a = &r->before, *b = &r->after;
    fprintf(out, " mallocs %llu bytes %llu",
            (unsigned long long)(b->Mallocs - a->Mallocs),
            (unsigned long long)(b->TotalAlloc - a->TotalAlloc));
    for (int i = 0; i < NBySize; i++) {
        uint64_t n = b->BySize[i].Mallocs - a->BySize[i].Mallocs;
        if (n > 0)
            fprintf(out, "\nclass %u mallocs %llu", b->BySize[i].Size,
                    (unsigned long long)n);
    }
}

static void print_map(const struct object *o, const struct gomap *m,
                      const struct replayPrint *opt, FILE *out)
{
    print_map_state(o->name, o->t, m, opt->certain, out);
    if (opt->layout)
        fprintf(out, "layout %s 0x%016llx\n", o->name,
                (unsigned long long)layout_digest(o->t, m));
}

void replay_print(const struct replay *r, const struct replayPrint *opt,
                  FILE *out)
{
    struct chainRow total = print_chains(out);
    fprintf(out, "total %llu %llu", (unsigned long long)total.alloc_objects,
            (unsigned long long)total.alloc_bytes);
    if (opt->classes)
        print_classes(r, out);
    fputc('\n', out);
    for (size_t i = 0; i < r->w->nobjs; i++) {
        if (r->objs[i].m != NULL)
            print_map(&r->w->objs[i], r->objs[i].m, opt, out);
    }
}
