/*
 * cmd_scenarios.c: `hmap scenarios`: what there is to run.
 */
#include "runtime/base/goversion.h"
#include "tools/cli/cmd.h"
#include "tools/scenarios/scenario.h"
#include <stdio.h>

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
