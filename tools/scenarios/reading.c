/*
 * reading.c: what it costs to look things up in a map and to range over it.
 */
#include "tools/scenarios/fill.h"

static void look_up(const struct maptype *t, struct gomap *m,
                    const struct values *keys)
{
    bool ok;
    for (size_t i = 0; i < keys->n; i++)
        map_access2(t, m, value_at(keys, i), &ok);
}

static GOFRAME void range_over(const struct maptype *t, struct gomap *m)
{
    struct mapiter it;
    for (mapiter_init(t, m, &it); it.key != NULL; mapiter_next(&it))
        continue;
}
GOFRAME_MAIN(range_over);

static void run(struct report *r, const struct scenarioArgs *a)
{
    struct values *keys = values_make(a->type->key, 0, (size_t)a->n);
    struct gomap *m = fill_new(a->type, 0, keys);
    measure_begin(); /* from here on everything counts */
    look_up(a->type, m, keys);
    range_over(a->type, m);
    struct measurement *reads = measure_end(r->view);

    report_measurement(r, "n look-ups and one range", reads);
    report_text(r, "A map of pointer-free buckets has a list that keeps its "
                   "overflow buckets alive. An iteration must hold on to the "
                   "list, so it makes one where there is none yet.");
    measure_free(reads);
    values_free(keys);
}

const struct scenario scenario_reading = {
    .name = "reading",
    .lesson = "Look-ups allocate nothing; the first range over a map may, two "
              "small objects.",
    .takes = TAKES_N | TAKES_TYPE, /* the flags that mean something here */
    .n = 8,
    .nmax = 1000000,
    .type = "map[int]int",
    .run = run,
};
