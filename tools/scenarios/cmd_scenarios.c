/*
 * cmd_scenarios.c: the tour: every scenario, in the order in which they build
 * on one another, and `hmap scenarios`, which lists them.
 */
#include "runtime/base/goversion.h"
#include "tools/cli/cmd.h"
#include "tools/lib/exits.h"
#include "tools/lib/text.h"
#include "tools/scenarios/scenario.h"
#include <stdio.h>
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

bool scenario_exists(const char *name)
{
    for (int i = 0; scenarios[i] != NULL; i++)
        if (strcmp(scenarios[i]->name, name) == 0)
            return true;
    return false;
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

/*
 * The command.
 */

struct scenariosFlags {
    bool json, tsv;
};

static const struct flag flags[] = {
    {.name = "json",
     .help = "Print one JSON document.",
     .kind = FLAG_BOOL,
     .offset = offsetof(struct scenariosFlags, json)},
    {.name = "tsv",
     .help = "Print tab-separated rows with a header line.",
     .kind = FLAG_BOOL,
     .offset = offsetof(struct scenariosFlags, tsv)},
    {0},
};

/* "-n 100 -hint 8": the flags that it takes, with their defaults. */
static char *takes_text(const struct scenario *s)
{
    char n[32] = "", hint[32] = "", w[32] = "", type[64] = "";
    if (s->takes & TAKES_N)
        snprintf(n, sizeof n, "-n %lld", (long long)s->n);
    if (s->takes & TAKES_HINT)
        snprintf(hint, sizeof hint, " -hint %lld", (long long)s->hint);
    if (s->takes & TAKES_W)
        snprintf(w, sizeof w, " -w %lld", (long long)s->w);
    if (s->takes & TAKES_TYPE)
        snprintf(type, sizeof type, " -type '%s'", s->type);
    char *text = xprintf("%s%s%s%s", n, hint, w, type);
    return text;
}

static struct table *scenario_table(void)
{
    static const struct column cols[] = {
        {"scenario", 0},
        {"takes", COL_WRAP},
        {"lesson", COL_WRAP},
    };
    struct table *t = table_new(cols, ARRAY_LEN(cols));
    for (int i = 0; scenarios[i] != NULL; i++) {
        char *takes = takes_text(scenarios[i]);
        table_text(t, "%s", scenarios[i]->name);
        table_text(t, "%s", takes[0] == ' ' ? takes + 1 : takes);
        table_text(t, "%s", scenarios[i]->lesson);
        free(takes);
    }
    return t;
}

static int run(int argc, char **argv)
{
    struct scenariosFlags f = {0};
    int at = flags_parse(&cmd_scenarios, argc, argv, &f);
    if (at < argc)
        usage_error("scenarios: takes no operand, got %s", argv[at]);
    if (f.json && f.tsv)
        usage_error("scenarios: -json or -tsv, not both");
    struct table *t = scenario_table();
    if (f.json)
        print_json(json_pack("{s:s, s:o}", "version", modelled->name,
                             "scenarios", table_json(t)));
    else if (f.tsv)
        table_print_tsv(t);
    else
        table_print(t);
    table_free(t);
    if (!f.json && !f.tsv)
        printf("\nhmap run NAME runs one, hmap run all of them; modelled: "
               "%s\n",
               modelled->name);
    return EXIT_OK;
}

const struct command cmd_scenarios = {
    .name = "scenarios",
    .args = "",
    .summary = "list the scenarios and what each teaches",
    .flags = flags,
    .doc = "Each scenario is a small program on the allocator and the map; "
           "hmap run runs them. The second column shows the flags that change "
           "it, with the values that it has without them.",
    .run = run,
};
