/*
 * process.c: fork, redirect, run, wait.
 */
#include "tools/lib/process.h"
#include "tools/lib/exits.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CannotRun = 127, Signalled = 128 };

static void redirect(const char *file, int fd)
{
    if (file == NULL)
        return;
    int to = open(file, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (to < 0 || dup2(to, fd) < 0)
        io_error("%s", file);
    close(to);
}

static void set_environment(const char *const *env)
{
    for (; env != NULL && *env != NULL; env++) {
        if (strchr(*env, '=') == NULL)
            unsetenv(*env);
        else
            putenv((char *)(uintptr_t)*env);
    }
}

static _Noreturn void child(const struct process *p)
{
    prctl(PR_SET_PDEATHSIG, SIGTERM); /* nobody would read what it finds */
    redirect(p->out, STDOUT_FILENO);
    redirect(p->err, STDERR_FILENO);
    set_environment(p->env);
    if (p->dir != NULL && chdir(p->dir) != 0)
        io_error("%s", p->dir);
    if (p->argv == NULL) {
        p->fn(p->arg);
        output_finish();
        _exit(EXIT_OK);
    }
    execvp(p->argv[0], (char *const *)(uintptr_t)p->argv);
    _exit(CannotRun);
}

int process_run(const struct process *p)
{
    fflush(stdout);
    pid_t pid = fork();
    if (pid < 0)
        io_error("fork");
    if (pid == 0)
        child(p);
    int status;
    while (waitpid(pid, &status, 0) < 0) {
        if (errno != EINTR)
            io_error("wait");
    }
    if (WIFSIGNALED(status))
        return Signalled + WTERMSIG(status);
    return WEXITSTATUS(status);
}
