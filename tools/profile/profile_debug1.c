/*
 * profile_debug1.c: the text of /debug/pprof/heap?debug=1: for eyes, and for
 * tools older than profile.proto.
 */
#include "tools/profile/profileout.h"

#include "alloc/malloc.h"
#include "tools/lib/exits.h"
#include "tools/lib/text.h"
#include "tools/profile/proftext.h"

#include <inttypes.h>
#include <stdlib.h>

struct totals {
    int64_t v[NHEAPTYPES];
};

static int by_inuse(const void *a, const void *b)
{
    const struct profSample *x = *(struct profSample *const *)a;
    const struct profSample *y = *(struct profSample *const *)b;
    int64_t p = x->values[INUSE_SPACE], q = y->values[INUSE_SPACE];
    return p > q ? -1 : p < q;
}

static void print_record(const struct profSample *s, FILE *f)
{
    const int64_t *v = s->values;
    fprintf(f, "%" PRId64 ": %" PRId64 " [%" PRId64 ": %" PRId64 "] @",
            v[INUSE_OBJECTS], v[INUSE_SPACE], v[ALLOC_OBJECTS], v[ALLOC_SPACE]);
    for (uint32_t i = 0; i < s->nlocs; i++)
        fprintf(f, " 0x%" PRIx64, s->locs[i]->addr);
    fputc('\n', f);
    for (uint32_t i = 0; i < s->nlocs; i++)
        for (uint32_t j = 0; j < s->locs[i]->nlines; j++) {
            const struct profLine *l = &s->locs[i]->lines[j];
            fprintf(f, "#\t0x%" PRIx64 "\t%s\t%s:%" PRId64 "\n",
                    s->locs[i]->addr - 1, printable(l->func->name),
                    printable(l->func->file), l->line);
        }
    fputc('\n', f);
}

static void print_memstats(FILE *f)
{
    struct MemStats s;
    readmemstats(&s);
    const struct {
        const char *name;
        uint64_t value;
    } rows[] = {
        {"Alloc", s.Alloc},
        {"TotalAlloc", s.TotalAlloc},
        {"Sys", s.Sys},
        {"Lookups", s.Lookups},
        {"Mallocs", s.Mallocs},
        {"Frees", s.Frees},
        {"HeapAlloc", s.HeapAlloc},
        {"HeapSys", s.HeapSys},
        {"HeapIdle", s.HeapIdle},
        {"HeapInuse", s.HeapInuse},
        {"HeapReleased", s.HeapReleased},
        {"HeapObjects", s.HeapObjects},
        {"BuckHashSys", s.BuckHashSys},
        {"GCSys", s.GCSys},
        {"OtherSys", s.OtherSys},
        {"NextGC", s.NextGC},
        {"LastGC", s.LastGC},
        {"NumGC", s.NumGC},
        {"NumForcedGC", s.NumForcedGC},
    };
    fputs("\n# runtime.MemStats\n", f);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        fprintf(f, "# %s = %" PRIu64 "\n", rows[i].name, rows[i].value);
    fputs(
        "# hmap: HeapSys, HeapIdle, HeapReleased, BuckHashSys, GCSys, OtherSys "
        "and Sys count this process's memory, not a Go program's\n",
        f);
}

bool profile_write_text(const struct profile *p, FILE *f)
{
    struct totals t = {{0}};
    struct profSample **sorted =
        xcalloc(p->nsamples, sizeof(struct profSample *));
    for (size_t i = 0; i < p->nsamples; i++) {
        sorted[i] = p->samples[i];
        for (int j = 0; j < NHEAPTYPES; j++)
            t.v[j] = wrap_add(t.v[j], sorted[i]->values[j]);
    }
    if (p->nsamples)
        qsort(sorted, p->nsamples, sizeof(struct profSample *), by_inuse);
    fprintf(f,
            "heap profile: %" PRId64 ": %" PRId64 " [%" PRId64 ": %" PRId64
            "] @ heap/%" PRId64 "\n",
            t.v[INUSE_OBJECTS], t.v[INUSE_SPACE], t.v[ALLOC_OBJECTS],
            t.v[ALLOC_SPACE], 2 * p->period);
    for (size_t i = 0; i < p->nsamples; i++)
        print_record(sorted[i], f);
    free(sorted);
    print_memstats(f);
    return !ferror(f);
}
