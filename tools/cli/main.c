/*
 * main.c: look the command up, run it, see that its output arrived.
 */
#include "tools/cli/cmd.h"
#include "tools/lib/exits.h"
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static bool asks_for_help(const char *word)
{
    static const char *const words[] = {"-h", "-help", "--help", "-?"};
    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        if (strcmp(word, words[i]) == 0)
            return true;
    return false;
}

/* Where we were started without a standard file (hmap <&-), its number would go
 * to the next file opened, and what is meant for the one would reach the other.
 * So the number is taken, by a file that cannot be used the way it should be:
 * reading standard input and writing output fail as if there were none. Before
 * all other constructors: libunwind opens a pipe in one. */
__attribute__((constructor(101))) static void take_standard_numbers(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0)
            (void)open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

int main(int argc, char **argv)
{
    setlocale(LC_CTYPE, "");
    signal(SIGPIPE, SIG_DFL); /* a closed pipe ends us without a word */
    stackend_watch();
    int status = EXIT_OK;
    if (argc < 2) {
        usage_error("which command? `hmap run` is the tour; `hmap help` lists "
                    "them all");
    } else if (asks_for_help(argv[1])) {
        help_all();
    } else {
        const struct command *c = command_want(argv[1]);
        status = c->run(argc - 1, argv + 1);
    }
    output_finish();
    return status;
}
