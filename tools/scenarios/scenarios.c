/*
 * scenarios.c: the tour: every scenario, in the order in which they build on
 * one another.
 */
#include "tools/lib/exits.h"
#include "tools/lib/text.h"
#include "tools/scenarios/scenario.h"
#include <string.h>

/* clang-format off */
extern const struct scenario
    scenario_first_inserts,
    scenario_update_full,
    scenario_small_map,
    scenario_large_map,
    scenario_preallocated,
    scenario_append,
    scenario_hints,
    scenario_make_loop,
    scenario_reading,
    scenario_objects_space,
    scenario_escape,
    scenario_around_128,
    scenario_set,
    scenario_delete,
    scenario_churn,
    scenario_queue,
    scenario_tiny,
    scenario_size,
    scenario_entry_bytes,
    scenario_left_behind,
    scenario_spike,
    scenario_mark_work,
    scenario_gctrace,
    scenario_inuse,
    scenario_sampled,
    scenario_sync_map,
    scenario_dirty_copy,
    scenario_contention,
    scenario_cross_free;

const struct scenario *const scenarios[] = {
    &scenario_first_inserts,
    &scenario_update_full,
    &scenario_small_map,
    &scenario_large_map,
    &scenario_preallocated,
    &scenario_append,
    &scenario_hints,
    &scenario_make_loop,
    &scenario_reading,
    &scenario_objects_space,
    &scenario_escape,
    &scenario_around_128,
    &scenario_set,
    &scenario_delete,
    &scenario_churn,
    &scenario_queue,
    &scenario_tiny,
    &scenario_size,
    &scenario_entry_bytes,
    &scenario_left_behind,
    &scenario_spike,
    &scenario_mark_work,
    &scenario_gctrace,
    &scenario_inuse,
    &scenario_sampled,
    &scenario_sync_map,
    &scenario_dirty_copy,
    &scenario_contention,
    &scenario_cross_free,
    NULL,
};
/* clang-format on */

const char *scenario_lesson(const struct scenario *s, const struct goversion *v)
{
    bool swiss = v->map == MAPKIND_SWISS && s->swiss_lesson != NULL;
    return swiss ? s->swiss_lesson : s->lesson;
}

int64_t scenario_n(const struct scenario *s, const struct goversion *v)
{
    bool swiss = v->map == MAPKIND_SWISS && s->swiss_n != 0;
    return swiss ? s->swiss_n : s->n;
}

bool scenario_on(const struct scenario *s, const struct goversion *v)
{
    return s->on == NULL || s->on(v);
}

const struct scenario *scenario_want(const char *name)
{
    const char *names[ARRAY_LEN(scenarios)];
    size_t n = 0;
    for (; scenarios[n] != NULL; n++) {
        names[n] = scenarios[n]->name;
        if (strcmp(names[n], name) == 0)
            return scenarios[n];
    }
    const char *near = nearest(name, names, n);
    if (near != NULL)
        usage_error("no scenario %s; did you mean %s?", name, near);
    usage_error("no scenario %s; `hmap scenarios` lists them", name);
}
