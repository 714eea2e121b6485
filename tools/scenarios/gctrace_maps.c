/*
 * gctrace_maps.c: which maps make the collector run: three programs, each
 * repeated, under the environment's GOGC.
 */
#include "runtime/sched/godebug.h"
#include "tools/lib/exits.h"
#include "tools/scenarios/fill.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Standard error, held back: what is written to it meanwhile, in memory. */
struct captured {
    int real, memory; /* file descriptors */
};

static struct captured capture_stderr(void)
{
    struct captured c = {dup(STDERR_FILENO), memfd_create("stderr", 0)};
    if (c.real < 0 || c.memory < 0 || dup2(c.memory, STDERR_FILENO) < 0)
        io_error("standard error, to keep its lines");
    return c;
}

/* Ends it. The last line that was written, in libc's memory; NULL: none. */
static char *captured_last_line(struct captured c)
{
    dup2(c.real, STDERR_FILENO);
    close(c.real);
    FILE *f = fdopen(c.memory, "r");
    if (f == NULL)
        io_error("lines of standard error");
    rewind(f);
    char *line = NULL, *last = NULL;
    size_t size = 0;
    while (getline(&line, &size, f) > 0) {
        free(last);
        last = strndup(line, strcspn(line, "\n"));
    }
    free(line);
    fclose(f);
    return last;
}

struct tracedProgram {
    const char *name;
    int64_t entries, hint;
};

/* Overwrites what calls have left on the stack below: a word of it that
 * points at a dead map would keep it when the next one's frames lie there,
 * and Go's would not. */
static NOINLINE void clear_dead_stack(void)
{
    enum { Deep = 16 << 10 };
    char dead[Deep];

    memset(dead, 0, sizeof(dead));
    __asm__ volatile("" : : "r"(dead) : "memory");
}

/* for i := 0; i < rounds; i++ { m := make(map[K]V, hint); … } */
static GOFRAME void make_maps(const struct maptype *t, int64_t hint,
                              const struct values *keys, int64_t rounds)
{
    for (int64_t i = 0; i < rounds; i++) {
        fill_new(t, hint, keys);
        clear_dead_stack();
    }
}
GOFRAME_MAIN(make_maps);

static void add_program(struct report *r, struct table *t,
                        const struct scenarioArgs *a,
                        const struct tracedProgram *p)
{
    struct values *keys = values_make(a->type->key, 0, (size_t)p->entries);
    struct MemStats before, after;
    gc(); /* the heap is empty: no program pays for the one before */
    readmemstats(&before);
    measure_begin();
    make_maps(a->type, p->hint, keys, a->n);
    struct measurement *m = measure_end(r->view);
    readmemstats(&after);
    uint32_t cycles = after.NumGC - before.NumGC;
    table_text(t, "%s", p->name);
    table_num(t, (int64_t)m->bytes / a->n);
    table_num(t, (int64_t)m->bytes);
    table_num(t, cycles);
    char *name = xprintf("collections, %s", p->name);
    report_figure(r, name, cycles);
    free(name);
    if (cycles > 0)
        table_real(t, (double)a->n / cycles, 1);
    else
        table_none(t);
    measure_free(m);
    values_free(keys);
}

static void report_line(struct report *r, const char *line)
{
    if (line == NULL) {
        report_text(r, "No collection ran, so there is no line to show.");
        return;
    }
    report_text(r, "The last line that GODEBUG=gctrace=1 printed:");
    report_text(r, "%s", line);
    report_text(r,
                "The number of the collection; when it began and the share of "
                "all CPU time that collections took until then; the time to "
                "end the last sweep, to mark, to end the mark; the same as "
                "CPU time; the heap when it began, when marking ended, and "
                "what was live; the heap size at which it was due. Times are "
                "this machine's and differ from run to run.");
}

static void run(struct report *r, const struct scenarioArgs *a)
{
    static const struct tracedProgram programs[] = {
        {"100 inserts", 100, 0},
        {"10,000 inserts", 10000, 0},
        {"10,000 inserts, hint 10,000", 10000, 10000},
    };
    static const struct column cols[] = {
        {"program", COL_WRAP},       {"bytes/map", COL_RIGHT},
        {"bytes in all", COL_RIGHT}, {"collections", COL_RIGHT},
        {"maps a cycle", COL_RIGHT},
    };
    struct table *t = table_new(cols, ARRAY_LEN(cols));
    bool shown = debug.gctrace > 0; /* the user sees the lines as they come */
    struct captured c = {0};
    if (!shown)
        c = capture_stderr();
    debug.gctrace = 1;
    for (size_t i = 0; i < ARRAY_LEN(programs); i++)
        add_program(r, t, a, &programs[i]);
    debug.gctrace = shown;
    char *line = shown ? NULL : captured_last_line(c);
    char *title = xprintf("Each map made %s, filled and forgotten",
                          plural(a->n, "time", "times"));
    report_table(r, title, t);
    free(title);
    if (!shown)
        report_line(r, line);
    report_text(r,
                "At GOGC=100 the heap may grow to twice what was live, and to "
                "4 MiB at least, before a collection is due. A map of 100 "
                "entries by itself never gets there; how often the collector "
                "runs follows from bytes allocated, not from objects, and "
                "here the hint halves it. GODEBUG=gctrace=1 hmap run gctrace "
                "shows every line.");
    free(line);
}

static const struct reason reasons[] = {
    {CHANGE_MAP, "Collections follow the bytes, and both kinds of map allocate "
                 "about as many."},
    {0},
};

const struct scenario scenario_gctrace = {
    .name = "gctrace",
    .lesson = "Collections follow bytes allocated: growing without a hint runs "
              "the collector twice as often.",
    .reasons = reasons,
    .takes = TAKES_N | TAKES_TYPE,
    .n = 100,
    .nmax = 10000,
    .type = "map[string]int",
    .run = run,
};
