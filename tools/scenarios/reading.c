/*
 * reading.c: what it costs to look things up in a map and to range over it.
 */
#include "tools/scenarios/fill.h"

static void look_up(const struct maptype *t, struct gomap *m,
                    const struct values *keys)
{
    bool ok;
    for (size_t i = 0; i < keys->n; i++) {
        log_step(OP_LOOKUP, t, m, value_at(keys, i));
        map_access2(t, m, value_at(keys, i), &ok);
        log_done(t, m);
    }
}

static GOFRAME void range_over(const struct maptype *t, struct gomap *m)
{
    struct mapiter it;
    log_step(OP_ITERATE, t, m, NULL);
    for (mapiter_init(t, m, &it); it.key != NULL; mapiter_next(&it))
        continue;
    log_done(t, m);
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
    report_text(r, "%s",
                by_kind("A map of pointer-free buckets has a list that keeps "
                        "its overflow buckets alive. An iteration must hold on "
                        "to the list, so it makes one where there is none yet.",
                        "An iteration lies on the stack and holds on to the "
                        "table that it walks, even when the map has replaced "
                        "it meanwhile. Nothing is allocated."));
    report_figure(r, "objects of all look-ups and one range",
                  (int64_t)reads->mallocs);
    measure_free(reads);
    values_free(keys);
}

static const struct reason reasons[] = {
    {CHANGE_MAP, "A swiss map keeps no list of overflow buckets, and so its "
                 "iterations allocate nothing."},
    {0},
};

const struct scenario scenario_reading = {
    .name = "reading",
    .lesson = "Look-ups allocate nothing; the first range over a map may, two "
              "small objects.",
    .swiss_lesson = "Look-ups allocate nothing, and neither does a range over "
                    "a map.",
    .reasons = reasons,
    .takes = TAKES_N | TAKES_TYPE, /* the flags that mean something here */
    .n = 8,
    .nmax = 1000000,
    .type = "map[int]int",
    .run = run,
};
