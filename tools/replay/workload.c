/*
 * workload.c: the workload format: its names, files, and the writer. The reader
 * is workloadread.c.
 */
#include "tools/replay/workload.h"
#include "runtime/sched/rand.h"
#include "tools/lib/exits.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

const char *const step_names[NSTEPOPS] = {
    [STEP_MAP] = "map",         [STEP_INSERT] = "insert",
    [STEP_DELETE] = "delete",   [STEP_LOOKUP] = "lookup",
    [STEP_ITERATE] = "iterate", [STEP_CLEAR] = "clear",
    [STEP_ALLOC] = "alloc",     [STEP_APPEND] = "append",
    [STEP_DROP] = "drop",       [STEP_GC] = "gc",
};

static const struct {
    const char *name, *text;
} short_types[] = {
    {"bytes16", "[16]byte"},   {"bytes128", "[128]byte"},
    {"bytes129", "[129]byte"}, {"empty", "struct{}"},
    {"ptr", "*int64"},         {"iface", "interface{}"},
};

const char *const workload_keys[] = {
    "int8",   "int32",   "int64",    "uint32",   "uint64", "float64",
    "string", "bytes16", "bytes128", "bytes129", "iface",  NULL};
const char *const workload_elems[] = {"bool",    "int64",    "empty",
                                      "bytes16", "bytes128", "bytes129",
                                      "ptr",     "string",   NULL};

const char *workload_type(const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(short_types); i++) {
        if (strcmp(name, short_types[i].name) == 0)
            return short_types[i].text;
    }
    return name;
}

uint64_t step_key(const struct step *s, uint64_t i)
{
    return s->random ? mix(s->seed + i) : i;
}

struct workload *workload_open(const char *name)
{
    bool standard = strcmp(name, "-") == 0;
    FILE *f = standard ? stdin : fopen(name, "r");
    if (f == NULL)
        io_error("%s", name);
    struct workloadError err;
    struct workload *w = workload_read(f, &err);
    const char *shown = standard ? "standard input" : name;
    if (w == NULL && err.line == 0)
        io_error("%s", shown);
    if (w == NULL)
        usage_error("%s:%d: %s", shown, err.line, err.msg);
    if (!standard)
        fclose(f);
    return w;
}

void workload_free(struct workload *w)
{
    if (w == NULL)
        return;
    for (size_t i = 0; i < w->nobjs; i++) {
        free(w->objs[i].name);
        free(w->objs[i].key);
        free(w->objs[i].elem);
    }
    free(w->objs);
    free(w->steps);
    free(w);
}

static void write_type(const char *text, FILE *f)
{
    const char *quote = strpbrk(text, " \t#") != NULL ? "\"" : "";
    fprintf(f, " %s%s%s", quote, text, quote);
}

static void write_step(const struct workload *w, const struct step *s, FILE *f)
{
    fputs(step_names[s->op], f);
    if (s->op != STEP_GC)
        fprintf(f, " %s", w->objs[s->obj].name);
    switch (s->op) {
    case STEP_MAP:
        write_type(w->objs[s->obj].key, f);
        write_type(w->objs[s->obj].elem, f);
        if (s->hinted)
            fprintf(f, " hint=%lld", (long long)s->hint);
        break;
    case STEP_INSERT:
    case STEP_DELETE:
    case STEP_LOOKUP:
        fprintf(f, " %llu %llu", (unsigned long long)s->from,
                (unsigned long long)s->to);
        if (s->random)
            fprintf(f, " rand=%llu", (unsigned long long)s->seed);
        break;
    case STEP_ALLOC:
        fprintf(f, " %s %llu %llu", s->scan ? "scan" : "noscan",
                (unsigned long long)s->size, (unsigned long long)s->count);
        break;
    case STEP_APPEND:
        write_type(w->objs[s->obj].elem, f);
        fprintf(f, " %llu", (unsigned long long)s->count);
        if (s->by != 1)
            fprintf(f, " by=%llu", (unsigned long long)s->by);
        break;
    default:
        break;
    }
    fputc('\n', f);
}

void workload_write(const struct workload *w, FILE *f)
{
    if (w->has_hashkey)
        fprintf(f, "hashkey %#llx %#llx %#llx %#llx\n",
                (unsigned long long)w->hashkey[0],
                (unsigned long long)w->hashkey[1],
                (unsigned long long)w->hashkey[2],
                (unsigned long long)w->hashkey[3]);
    if (w->has_hash0)
        fprintf(f, "hash0 %#" PRIx64 "\n", w->hash0);
    for (size_t i = 0; i < w->nsteps; i++)
        write_step(w, &w->steps[i], f);
}
