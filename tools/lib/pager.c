/*
 * pager.c: the pager, and the line that says how far the work is.
 *
 *     we --pipe--> sh -c $PAGER --> the terminal
 *
 * The reader may leave before we are done: the next write into the pipe ends us
 * without a word (SIGPIPE), as it ends `hmap … | head`. The terminal's interrupt
 * is the pager's, which stays; it is q that ends both.
 */
#include "tools/lib/pager.h"
#include "tools/lib/render.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static pid_t pager, owner; /* whom we wait for, and who waits */

static void wait_for_pager(void)
{
    if (getpid() != owner)
        return; /* a child of ours ends: the output goes on */
    fflush(stdout);
    close(STDOUT_FILENO);
    waitpid(pager, NULL, 0);
}

/* What to run, or NULL. */
static const char *pager_command(void)
{
    const char *chosen = getenv("PAGER");
    if (chosen == NULL)
        return system("command -v less >/dev/null 2>&1") == 0 ? "less" : NULL;
    return chosen[0] == '\0' || strcmp(chosen, "cat") == 0 ? NULL : chosen;
}

static _Noreturn void become(const char *command, const int ends[2])
{
    dup2(ends[0], STDIN_FILENO);
    close(ends[0]);
    close(ends[1]);
    /* Colours as they are; no pager where one screen holds it all. */
    setenv("LESS", "FRX", 0);
    execl("/bin/sh", "sh", "-c", command, (char *)NULL);
    _exit(127);
}

void pager_start(void)
{
    int ends[2];
    const char *command = term_width() > 0 ? pager_command() : NULL;
    if (command == NULL || pipe(ends) != 0)
        return;
    term_remember();
    fflush(stdout);
    pager = fork();
    if (pager == 0)
        become(command, ends);
    close(ends[0]);
    if (pager > 0) {
        owner = getpid();
        dup2(ends[1], STDOUT_FILENO);
        signal(SIGINT, SIG_IGN);
        atexit(wait_for_pager);
    }
    close(ends[1]);
}

void progress(size_t done, size_t n, const char *what)
{
    if (n < 2 || !isatty(STDERR_FILENO))
        return;
    fprintf(stderr, "\r\033[Khmap: %zu of %zu %s", done, n, what);
    if (done == n)
        fputs("\r\033[K", stderr);
}
