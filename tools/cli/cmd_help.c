/*
 * cmd_help.c: the commands that there are, the questions that they answer, and
 * the help: `hmap help`, `hmap help COMMAND` and `hmap COMMAND -help`, all
 * written from these tables, so that no text can fall behind them.
 */
#include "runtime/base/goversion.h"
#include "tools/cli/cmd.h"
#include "tools/lib/render.h"
#include "tools/lib/text.h"
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* In the order in which help lists them. */
/* clang-format off */
const struct command *const commands[] = {
    &cmd_run,
    &cmd_scenarios,
    &cmd_page,
    &cmd_heap,
    &cmd_log,
    &cmd_replay,
    &cmd_verify,
    &cmd_claims,
    &cmd_explain,
    &cmd_chains,
    &cmd_overlay,
    &cmd_test,
    &cmd_unhide,
    &cmd_top,
    &cmd_tree,
    &cmd_peek,
    &cmd_traces,
    &cmd_completion,
    &cmd_version,
    &cmd_help,
    NULL,
};
/* clang-format on */

const struct command *command_find(const char *name)
{
    for (int i = 0; commands[i] != NULL; i++)
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i];
    return NULL;
}

const struct command *command_want(const char *name)
{
    const struct command *c = command_find(name);
    if (c != NULL)
        return c;
    const char *names[ARRAY_LEN(commands)];
    size_t n = 0;
    for (; commands[n] != NULL; n++) {
        names[n] = commands[n]->name;
        if (commands[n]->takes != NULL && commands[n]->takes(name))
            usage_error("no command %s; did you mean `hmap %s %s`?", name,
                        names[n], name);
    }
    const char *near = nearest(name, names, n);
    if (near != NULL)
        usage_error("no command %s; did you mean %s?", name, near);
    usage_error("no command %s; `hmap help` lists them", name);
}

/* Those that come first at the top. Every command runs as it stands. */
const struct question questions[] = {
    {"Why does pprof show N objects on m[k] = v? Which are growth, overflow, "
     "bookkeeping?",
     "run large-map"},
    {"How many bytes and objects does map[K]V with n entries take?",
     "run size -n 10000 -type 'map[string]int'"},
    {"What does make(m, hint) allocate, and when does it grow next?",
     "run hints"},
    {"Is the hint worth it?", "run append"},
    {"Why nothing until the 9th insert, and again at the 14th?",
     "run first-inserts"},
    {"Why are there allocations although my hint was exact?",
     "run preallocated -n 13000 -hint 13000"},
    {"Why does memory not drop after delete? What does clear give back?",
     "run delete"},
    {"Why does memory grow while len stays the same?", "run churn"},
    {"How big is the spike while a map grows, and when does it end?",
     "run spike left-behind"},
    {"Does my key or value cross the 128-byte line?", "run around-128"},
    {"struct{}, bool or int for a set?", "run set"},
    {"Why do alloc_objects, MemStats.Mallocs and allocs/op disagree?",
     "run tiny"},
    {"What would the sampled profile have shown, and how wrong can it be?",
     "run sampled"},
    {"Why do inuse, HeapInuse and RSS differ? What must the collector scan?",
     "run inuse mark-work"},
    {"What do a map behind a lock, a sync.Map and a sharded map allocate?",
     "run sync-map"},
    {"Which advice on maps is true, and for which Go?", "claims"},
    {NULL, NULL},
};

void help_all(void)
{
    print_paragraph("hmap: see how Go maps hit the heap", 0, STYLE_TITLE);
    print_paragraph("Go's allocator and Go's maps, rebuilt in C so that every "
                    "allocation of a map is traced: which call chain, which "
                    "tier, how many bytes.",
                    0, STYLE_PLAIN);
    printf("\nusage: hmap COMMAND [flags] [operands]\n\n");
    for (int i = 0; commands[i] != NULL; i++)
        printf("  %-10s %s\n", commands[i]->name, commands[i]->summary);
    printf("\nquestions, and what answers them:\n\n");
    for (const struct question *q = questions; q->ask != NULL; q++) {
        printf("  hmap %s\n", q->command);
        print_paragraph(q->ask, 6, STYLE_DIM);
    }
    putchar('\n');
    char *line =
        xprintf("Every output names the Go release that it models: %s unless "
                "-go says another. hmap version lists them: older ones have "
                "bucket maps, newer ones Swiss tables, and other numbers hold.",
                modelled->name);
    print_paragraph(line, 0, STYLE_PLAIN);
    free(line);
    printf("\nhmap help COMMAND tells more. Start with: hmap run\n");
}

/* Of a flag that chooses releases: it is the same for every command. */
static void print_release_help(const struct flag *f)
{
    bool some = f->kind == FLAG_RELEASES;
    char *text = xprintf("The Go release%s to model: %s%s (default %s).",
                         some ? "s" : "", goversion_list(),
                         some ? "; several parted by commas, or all" : "",
                         modelled->name + strlen("go"));
    print_paragraph(text, 8, STYLE_PLAIN);
    free(text);
}

/* "-n N", or "-json" for a bool. */
static void print_flag(const struct flag *f)
{
    if (f->arg != NULL)
        printf("  -%s %s\n", f->name, f->arg);
    else
        printf("  -%s\n", f->name);
    if (f->help != NULL)
        print_paragraph(f->help, 8, STYLE_PLAIN);
    else
        print_release_help(f);
}

/* Joins the lines of one paragraph: the terminal decides where they break. */
static void print_wrapped(const char *text, size_t len)
{
    char *line = xcalloc(len + 1, 1);
    memcpy(line, text, len);
    for (char *nl = line; (nl = strchr(nl, '\n')) != NULL;)
        *nl = ' ';
    print_paragraph(line, 0, STYLE_PLAIN);
    free(line);
}

static void print_doc(const char *doc)
{
    while (*doc != '\0') {
        const char *end = strstr(doc, "\n\n");
        size_t len = end != NULL ? (size_t)(end - doc) : strlen(doc);
        putchar('\n');
        if (*doc == ' ')
            printf("%.*s\n", (int)len, doc);
        else
            print_wrapped(doc, len);
        doc += len;
        doc += strspn(doc, "\n");
    }
}

void help_command(const struct command *c)
{
    bool flags = c->flags != NULL && c->flags[0].name != NULL;
    printf("usage: hmap %s%s%s%s\n\n", c->name, flags ? " [flags]" : "",
           c->args[0] != '\0' ? " " : "", c->args);
    print_paragraph(c->summary, 0, STYLE_TITLE);
    if (flags)
        printf("\nflags:\n");
    for (int i = 0; flags && c->flags[i].name != NULL; i++)
        print_flag(&c->flags[i]);
    print_doc(c->doc);
}

static int run(int argc, char **argv)
{
    int at = flags_parse(&cmd_help, argc, argv, NULL);
    if (argc - at > 1)
        usage_error("help: one command at a time");
    if (at == argc)
        help_all();
    else
        help_command(command_want(argv[at]));
    return EXIT_OK;
}

const struct command cmd_help = {
    .name = "help",
    .args = "[COMMAND]",
    .summary = "how to use a command",
    .doc = "Without a command: the list of all.",
    .run = run,
};
