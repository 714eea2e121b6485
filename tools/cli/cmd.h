/*
 * cmd.h: the table of commands. One command a file (cmd_NAME.c); a new one is a
 * file and a line in commands.c.
 */
#ifndef TOOLS_CLI_CMD_H
#define TOOLS_CLI_CMD_H

#include "tools/cli/flags.h"
#include "tools/lib/exits.h"

struct command {
    const char *name;    /* "replay" */
    const char *args;    /* operands in the usage line: "FILE|-"; "" for none */
    const char *summary; /* one line for the list of commands */
    const char *doc;     /* the help text below the flags: paragraphs parted by
                            an empty line; a line that begins with a blank is
                            printed as it stands, others are wrapped */
    const struct flag *flags; /* ended by a NULL name; NULL: none */
    /* argv[0] is the command's name. Returns the exit status; it need not flush
     * standard output. */
    int (*run)(int argc, char **argv);
};

extern const struct command *const commands[]; /* NULL at the end */

extern const struct command cmd_run, cmd_scenarios, cmd_version, cmd_help;
extern const struct command cmd_replay, cmd_verify, cmd_claims;
extern const struct command cmd_top, cmd_tree, cmd_peek, cmd_traces,
    cmd_explain;
extern const struct command cmd_chains, cmd_completion, cmd_overlay, cmd_test,
    cmd_unhide;

/* The command called name, or NULL. */
const struct command *command_find(const char *name);

/* The same, for a name that the user typed: none by that name ends the program
 * with one line, which offers the nearest name, and status 2. */
const struct command *command_want(const char *name);

/* `hmap help` and `hmap help NAME` on standard output. */
void help_all(void);
void help_command(const struct command *c);

#endif
