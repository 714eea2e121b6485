/*
 * cmd_completion.c: `hmap completion SHELL`: what Tab offers, for bash, zsh and
 * fish: commands, their flags and the words a flag takes, out of the tables
 * that help is printed from.
 */
#include "tools/cli/cmd.h"
#include <stdio.h>
#include <string.h>

static void print_flags(const struct command *c)
{
    for (const struct flag *f = c->flags; f != NULL && f->name != NULL; f++)
        printf(" -%s", f->name);
}

static void print_names(const char *separator)
{
    for (int i = 0; commands[i] != NULL; i++)
        printf("%s%s", i > 0 ? separator : "", commands[i]->name);
}

/* The commands that take a scenario's name. */
static void print_takers(const char *separator)
{
    int n = 0;
    for (int i = 0; commands[i] != NULL; i++)
        if (commands[i]->takes != NULL)
            printf("%s%s", n++ > 0 ? separator : "", commands[i]->name);
}

/* The words of a FLAG_CHOICE after its name, in one line of a case. */
static void print_choices(const struct command *c)
{
    for (const struct flag *f = c->flags; f != NULL && f->name != NULL; f++) {
        if (f->kind != FLAG_CHOICE)
            continue;
        printf("        %s:-%s) offer='", c->name, f->name);
        for (int i = 0; f->choices[i] != NULL; i++)
            printf("%s%s", i > 0 ? " " : "", f->choices[i]);
        puts("' ;;");
    }
}

/* $offer: what may stand at the cursor, by command and by the word before. */
static void print_offers(void)
{
    puts("    local offer=");
    puts("    case $command in");
    for (int i = 0; commands[i] != NULL; i++) {
        printf("        %s) offer='", commands[i]->name);
        print_flags(commands[i]);
        puts("' ;;");
    }
    puts("    esac");
    puts("    [ \"$command\" = help ] && offer=$commands");
    printf("    case $command in\n        ");
    print_takers("|");
    puts(
        ") offer=\"$offer $(hmap scenarios -tsv 2>/dev/null | tail -n +2 | cut "
        "-f1)\" ;;\n    esac");
    puts("    case $command:$before in");
    for (int i = 0; commands[i] != NULL; i++)
        print_choices(commands[i]);
    puts("    esac");
}

static void print_bash(void)
{
    puts("# bash completion of hmap; written by `hmap completion bash`.");
    printf("_hmap() {\n    local commands='");
    print_names(" ");
    puts("'\n    local current=${COMP_WORDS[COMP_CWORD]}");
    puts("    local before=${COMP_WORDS[COMP_CWORD-1]} "
         "command=${COMP_WORDS[1]}");
    puts("    if [ \"$COMP_CWORD\" -eq 1 ]; then");
    puts("        COMPREPLY=($(compgen -W \"$commands\" -- \"$current\"))");
    puts("        return\n    fi");
    print_offers();
    puts("    COMPREPLY=($(compgen -W \"$offer\" -- \"$current\"))");
    puts("}\ncomplete -o default -F _hmap hmap");
}

static void print_zsh(void)
{
    puts("#compdef hmap\n# zsh completion of hmap; written by `hmap completion "
         "zsh`.");
    printf("_hmap() {\n    local commands='");
    print_names(" ");
    puts("'\n    local before=$words[CURRENT-1] command=$words[2]");
    puts("    if (( CURRENT == 2 )); then");
    puts("        compadd -- ${=commands}\n        return\n    fi");
    print_offers();
    puts("    compadd -- ${=offer}\n    _files\n}\n_hmap \"$@\"");
}

/* A text in single quotes for fish. */
static void print_quoted(const char *text)
{
    putchar('\'');
    for (; *text != '\0'; text++) {
        if (*text == '\'' || *text == '\\')
            putchar('\\');
        putchar(*text);
    }
    putchar('\'');
}

static void print_fish_flag(const struct command *c, const struct flag *f)
{
    printf("complete -c hmap -n '__fish_seen_subcommand_from %s' -o %s",
           c->name, f->name);
    if (f->kind != FLAG_BOOL)
        printf(" -r");
    if (f->kind == FLAG_CHOICE) {
        printf(" -a '");
        for (int i = 0; f->choices[i] != NULL; i++)
            printf("%s%s", i > 0 ? " " : "", f->choices[i]);
        printf("'");
    }
    if (f->help != NULL) {
        printf(" -d ");
        print_quoted(f->help);
    }
    putchar('\n');
}

static void print_fish(void)
{
    puts("# fish completion of hmap; written by `hmap completion fish`.");
    for (int i = 0; commands[i] != NULL; i++) {
        const struct command *c = commands[i];
        printf("complete -c hmap -n __fish_use_subcommand -f -a %s -d ",
               c->name);
        print_quoted(c->summary);
        putchar('\n');
        for (const struct flag *f = c->flags; f != NULL && f->name; f++)
            print_fish_flag(c, f);
    }
    printf("complete -c hmap -n '__fish_seen_subcommand_from ");
    print_takers(" ");
    puts("' -f -a '(hmap scenarios -tsv 2>/dev/null | tail -n +2 | cut "
         "-f1)'");
}

static const struct {
    const char *shell;
    void (*print)(void);
} shells[] = {{"bash", print_bash}, {"zsh", print_zsh}, {"fish", print_fish}};

static int run(int argc, char **argv)
{
    int first = flags_parse(&cmd_completion, argc, argv, NULL);
    const char *name = argc - first == 1 ? argv[first] : "";
    for (size_t i = 0; i < ARRAY_LEN(shells); i++)
        if (strcmp(shells[i].shell, name) == 0) {
            shells[i].print();
            return EXIT_OK;
        }
    usage_error("completion: which shell? bash, zsh or fish");
}

const struct command cmd_completion = {
    .name = "completion",
    .args = "bash|zsh|fish",
    .summary = "what Tab offers, as a script for a shell",
    .doc = "`make install` puts the scripts where the shells look. By hand:\n\n"
           " hmap completion bash > ~/.local/share/bash-completion/completions/"
           "hmap",
    .run = run,
};
