/*
 * make_loop.c: a map made anew in each round of a loop, against one map that is
 * cleared, with a hint and without.
 */
#include "tools/lib/exits.h"
#include "tools/scenarios/fill.h"
#include <stdlib.h>

enum { EntriesARound = 8 };

/* for i := 0; i < rounds; i++ { m := make(map[K]V, hint); … } */
static GOFRAME void make_each_round(const struct maptype *t,
                                    const struct values *keys, int64_t rounds,
                                    int64_t hint)
{
    for (int64_t i = 0; i < rounds; i++) {
        struct gomap *m = make_map(t, hint);
        fill(t, m, keys, 0, keys->n);
    }
}
GOFRAME_MAIN(make_each_round);

/* m := make(map[K]V, hint)
 * for i := 0; i < rounds; i++ { …; for k := range m { delete(m, k) } } */
static GOFRAME void clear_each_round(const struct maptype *t,
                                     const struct values *keys, int64_t rounds,
                                     int64_t hint)
{
    struct gomap *m = make_map(t, hint);
    for (int64_t i = 0; i < rounds; i++) {
        fill(t, m, keys, 0, keys->n);
        clear_map(t, m);
    }
}
GOFRAME_MAIN(clear_each_round);

struct loopProgram {
    const char *name;
    void (*run)(const struct maptype *t, const struct values *keys,
                int64_t rounds, int64_t hint);
    bool hinted;
};

static struct measurement *measure_program(const struct report *r,
                                           const struct scenarioArgs *a,
                                           const struct values *keys,
                                           const struct loopProgram *p)
{
    measure_begin();
    p->run(a->type, keys, a->n, p->hinted ? a->hint : 0);
    return measure_end(r->view);
}

static void program_row(struct table *t, const struct scenarioArgs *a,
                        const struct loopProgram *p,
                        const struct measurement *m)
{
    table_text(t, "%s%s", p->name, p->hinted ? ", hint" : "");
    table_num(t, (int64_t)m->mallocs);
    table_num(t, (int64_t)m->bytes);
    table_real(t, (double)m->mallocs / (double)a->n, 3);
    table_real(t, (double)m->bytes / (double)a->n, 1);
}

static void run(struct report *r, const struct scenarioArgs *a)
{
    static const struct loopProgram programs[] = {
        {"make each round", make_each_round, false},
        {"make each round", make_each_round, true},
        {"make once, clear", clear_each_round, false},
        {"make once, clear", clear_each_round, true},
    };
    static const struct column cols[] = {
        {"program", COL_WRAP},      {"objects", COL_RIGHT},
        {"bytes", COL_RIGHT},       {"objects/round", COL_RIGHT},
        {"bytes/round", COL_RIGHT},
    };
    struct values *keys = values_make(a->type->key, 0, EntriesARound);
    struct measurement *m[ARRAY_LEN(programs)];
    struct table *t = table_new(cols, ARRAY_LEN(cols));
    for (size_t i = 0; i < ARRAY_LEN(programs); i++) {
        m[i] = measure_program(r, a, keys, &programs[i]);
        program_row(t, a, &programs[i], m[i]);
        char *name = xprintf("%s%s", programs[i].name,
                             programs[i].hinted ? ", hint" : "");
        report_cost(r, name, m[i]);
        free(name);
    }
    report_text(r,
                by_kind("n rounds of %d inserts into a map that escapes to the "
                        "heap. Clearing keeps the buckets, so later rounds "
                        "allocate nothing; a hint in the loop pays for the "
                        "whole array each time.",
                        "n rounds of %d inserts into a map that escapes to the "
                        "heap. Clearing keeps group and tables, so later "
                        "rounds allocate nothing; a hint in the loop pays for "
                        "all tables each time."),
                EntriesARound);
    report_table(r, NULL, t);
    report_measurement(r, "make each round, with the hint", m[1]);
    report_measurement(r, "make once and clear, without a hint", m[2]);
    for (size_t i = 0; i < ARRAY_LEN(programs); i++)
        measure_free(m[i]);
    values_free(keys);
}

static const struct reason reasons[] = {
    {CHANGE_MAP, "Eight entries cost the same in either map: a header, and a "
                 "bucket or a group of the same size. The hint of 1,024 is "
                 "past 896: a directory and two tables with their groups."},
    {0},
};

const struct scenario scenario_make_loop = {
    .name = "make-loop",
    .lesson = "make in a loop allocates every round; one map that is cleared "
              "allocates once.",
    .reasons = reasons,
    .takes = TAKES_N | TAKES_HINT | TAKES_TYPE,
    .n = 1000,
    .nmax = 100000,
    .hint = 1024,
    .type = "map[int]int",
    .run = run,
};
