/*
 * cmd_help.c: `hmap help`, `hmap help COMMAND` and `hmap COMMAND -help`, all
 * written from the command table, so that no text can fall behind it.
 */
#include "runtime/base/goversion.h"
#include "tools/cli/cmd.h"
#include "tools/cli/questions.h"
#include "tools/lib/render.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
