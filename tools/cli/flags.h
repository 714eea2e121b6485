/*
 * flags.h: command line flags as Go programs take them: -n 1000, -n=1000, --n.
 *
 * A command declares its flags in a table; each entry says where in the
 * command's option struct its value goes, and which values are right. Parsing
 * is glibc's argp with ARGP_LONG_ONLY; the words of every error are ours.
 */
#ifndef TOOLS_CLI_FLAGS_H
#define TOOLS_CLI_FLAGS_H

#include "runtime/base/goversion.h"

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

struct command;

/*
 * Reads argv[1] and up into the option struct at opts, which holds the defaults
 * when called. Returns the index of the first operand: flags are moved before
 * operands wherever they stood ("--" ends the flags). A wrong flag or value
 * ends the program with one line and status 2; -help prints the command's help
 * and ends it with status 0.
 */
int flags_parse(const struct command *c, int argc, char **argv, void *opts);

/* The number in text, which must be all of it: decimal, 0x… or 0…, with
 * underscores between digits if you like, in min..max. False when it is none. */
bool parse_int(const char *text, int64_t min, int64_t max, int64_t *value);

#endif
