/*
 * cmd.h: the table of commands. One command a file (cmd_NAME.c); a new one is a
 * file and a line in cmd_help.c.
 *
 * Flags are taken as Go programs take them: -n 1000, -n=1000, --n. A command
 * declares its flags in a table; each entry says where in the command's option
 * struct its value goes, and which values are right. Parsing (flags.c) is
 * glibc's argp with ARGP_LONG_ONLY; the words of every error are ours.
 */
#ifndef TOOLS_CLI_CMD_H
#define TOOLS_CLI_CMD_H

#include "runtime/base/goversion.h"
#include "tools/lib/exits.h"

enum flagKind {
    FLAG_BOOL,   /* bool: -json, -json=false */
    FLAG_INT,    /* int64_t in min..max */
    FLAG_STRING, /* const char * */
    FLAG_CHOICE, /* int: the place of the word in choices */
    FLAG_SEED,   /* uint64_t: a number, or "random" for one that nobody chose */
    FLAG_RELEASE,  /* const struct goversion *: a release of Go that is known;
                     its operand and help text are those of every command */
    FLAG_RELEASES, /* struct releases: some, parted by commas, or all */
};

enum { MaxReleases = 16 };

/* Releases of Go in the order in which the user named them, each once. */
struct releases {
    const struct goversion *list[MaxReleases + 1]; /* NULL at the end */
};

struct flag {
    const char *name;
    const char *arg;  /* what stands for its value in help; NULL for a bool */
    const char *help; /* one or two sentences; NULL for a release */
    enum flagKind kind;
    size_t offset;              /* of its variable in the option struct */
    int64_t min, max;           /* FLAG_INT */
    const char *const *choices; /* FLAG_CHOICE: words, NULL at the end */
};

struct command {
    const char *name;    /* "replay" */
    const char *args;    /* operands in the usage line: "FILE|-"; "" for none */
    const char *summary; /* one line for the list of commands */
    const char *doc;     /* the help text below the flags: paragraphs parted by
                            an empty line; a line that begins with a blank is
                            printed as it stands, others are wrapped */
    const struct flag *flags; /* ended by a NULL name; NULL: none */
    /* A word that it takes as an operand: then `hmap WORD` is met with the
     * command that was meant. NULL: it takes none that could be told. */
    bool (*takes)(const char *word);
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
    cmd_unhide, cmd_heap, cmd_log, cmd_page;

/* The command called name, or NULL. */
const struct command *command_find(const char *name);

/* The same, for a name that the user typed: none by that name ends the program
 * with one line, which offers the nearest name, and status 2. */
const struct command *command_want(const char *name);

/* `hmap help` and `hmap help NAME` on standard output. */
void help_all(void);
void help_command(const struct command *c);

/*
 * Reads argv[1] and up into the option struct at opts, which holds the defaults
 * when called. Returns the index of the first operand: flags are moved before
 * operands wherever they stood ("--" ends the flags). A wrong flag or value
 * ends the program with one line and status 2; -help prints the command's help
 * and ends it with status 0.
 */
int flags_parse(const struct command *c, int argc, char **argv, void *opts);

/*
 * What people ask when a map allocates, and the command that answers.
 */

struct question {
    const char *ask;     /* as people ask it */
    const char *command; /* "run large-map": what to type after hmap */
};

extern const struct question questions[]; /* ended by a NULL ask */

/*
 * Starts the runtime under study, once a process.
 */

enum { DefaultSeed = 1 };

/* Models release v from now on: reads Go's environment (GODEBUG, GOGC,
 * GOMEMLIMIT, GOMAXPROCS), seeds every random number, sets the profile rate and
 * builds the heap. Before it, nothing may allocate from the heap or make a map;
 * a second call does nothing. A program that dies after the system has refused
 * it memory says how much. */
void program_start(const struct goversion *v, uint64_t seed,
                   int64_t memprofilerate);

/* From now on maps hash as Go's do on this machine: by AES where it has it,
 * unless GODEBUG=cpu.aes=off. Workloads stay with the fallback, whose key they
 * can give. After program_start, before the first map. */
void program_use_aes(void);

/* A number that nobody chose, for -seed random. */
uint64_t random_seed(void);

#endif
