/*
 * update_full.c: overwriting one of eight entries. Until Go 1.27 a swiss map
 * looked at its room before it looked for the key.
 */
#include "tools/lib/exits.h"
#include "tools/scenarios/fill.h"

enum { Full = bucketCnt };

/* What one more assignment costs. */
static struct measurement *measure_assign(const struct report *r,
                                          const struct maptype *t,
                                          struct gomap *m,
                                          const struct values *keys, size_t i)
{
    measure_begin();
    fill(t, m, keys, i, i + 1);
    return measure_end(r->view);
}

static void add_row(struct report *r, struct table *t, const char *step,
                    const struct measurement *m, int64_t size)
{
    step_row(t, step, size, m);
    report_cost(r, step, m);
}

static void run(struct report *r, const struct scenarioArgs *a)
{
    const struct column cols[] = {
        {"step", COL_WRAP},       {"objects", COL_RIGHT}, {"bytes", COL_RIGHT},
        {size_head(), COL_RIGHT}, {"what", COL_WRAP},
    };
    struct values *keys = values_make(a->type->key, 0, Full + 1);
    struct table *t = table_new(cols, ARRAY_LEN(cols));
    struct values full = values_first(keys, Full);
    measure_begin();
    struct gomap *m = fill_new(a->type, 0, &full);
    struct measurement *filled = measure_end(r->view);
    add_row(r, t, "make and 8 inserts", filled, size_figure(a->type, m));
    struct measurement *update = measure_assign(r, a->type, m, keys, 0);
    add_row(r, t, "update of the 1st", update, size_figure(a->type, m));
    struct measurement *ninth = measure_assign(r, a->type, m, keys, Full);
    add_row(r, t, "insert of a 9th", ninth, size_figure(a->type, m));
    report_text(r,
                "m[k] = v for a key that is there, in a map that is as full "
                "as a map of one %s can be; then for one more key.",
                by_kind("bucket", "group"));
    report_table(r, NULL, t);
    report_text(r, "%s",
                modelled->map == MAPKIND_CLASSIC || modelled->updatesFull
                    ? "The key is looked for first, and found: nothing needs "
                      "room. Only the 9th key does."
                    : "The group is full, so the map makes room before it "
                      "looks for the key: a table, its groups and a directory "
                      "for an entry that was there already. The 9th key finds "
                      "the room made.");
    measure_free(filled);
    measure_free(update);
    measure_free(ninth);
    values_free(keys);
}

static const struct reason reasons[] = {
    {CHANGE_UPDATE,
     "The newest swiss map looks for the key before it makes room; the "
     "first swiss maps made room first."},
    {CHANGE_MAP, "A bucket map's 9th entry brings one array; a swiss map's a "
                 "table, its groups and a directory."},
    {0},
};

const struct scenario scenario_update_full = {
    .name = "update-full",
    .lesson = "Overwriting an entry allocates nothing, even in a full map: in "
              "every release but those of the first swiss maps.",
    .reasons = reasons,
    .takes = TAKES_TYPE,
    .type = "map[int]int",
    .run = run,
};
