/*
 * commands.c: every command there is, in the order in which help lists them.
 */
#include "tools/cli/cmd.h"
#include "tools/lib/words.h"
#include <string.h>

/* clang-format off */
const struct command *const commands[] = {
    &cmd_run,
    &cmd_scenarios,
    &cmd_page,
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
