/*
 * process.c: fork, redirect, run, wait.
 */
#include "tools/lib/process.h"
#include "tools/lib/exits.h"
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
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

static _Noreturn void answer(void (*fn)(void *arg, FILE *out), void *arg,
                             int to)
{
    prctl(PR_SET_PDEATHSIG, SIGTERM); /* nobody would read it */
    FILE *out = fdopen(to, "w");
    if (out == NULL)
        io_error("a pipe");
    fn(arg, out);
    if (fclose(out) != 0)
        io_error("a pipe");
    output_finish();
    _exit(EXIT_OK);
}

/* Everything up to the end of the pipe. */
static char *read_all(int from)
{
    char *text = NULL;
    size_t size = 0;
    FILE *in = fdopen(from, "r");
    if (in == NULL)
        io_error("a pipe");
    ssize_t n = getdelim(&text, &size, '\0', in);
    if (n < 0 && ferror(in))
        io_error("a pipe");
    fclose(in);
    if (n >= 0)
        return text;
    free(text); /* of an empty answer getdelim leaves what malloc gave */
    return xcalloc(1, 1);
}

struct asked process_ask(void (*fn)(void *arg, FILE *out), void *arg)
{
    int ends[2];
    output_finish();
    pid_t pid = pipe(ends) == 0 ? fork() : -1;
    if (pid < 0)
        io_error("a process");
    if (pid == 0) {
        close(ends[0]);
        answer(fn, arg, ends[1]);
    }
    close(ends[1]);
    return (struct asked){pid, ends[0]};
}

char *process_answer(struct asked a)
{
    int status;
    char *text = read_all(a.from);
    if (waitpid(a.pid, &status, 0) < 0)
        io_error("wait");
    if (WIFSIGNALED(status)) {
        signal(WTERMSIG(status), SIG_DFL);
        raise(WTERMSIG(status));
    }
    if (WEXITSTATUS(status) != EXIT_OK)
        exit(WEXITSTATUS(status));
    return text;
}

/*
 * A temporary directory, and the process that removes it.
 *
 *     we ----pipe----> keeper --nftw--> unlink, rmdir
 *
 * A signal handler may hardly call anything, and none runs at SIGKILL. So a
 * child waits for the end of a pipe that only we hold open: it comes when we
 * close it and when we die. The keeper has a session of its own: the terminal's
 * interrupt is not for it.
 */

static int remove_entry(const char *path, const struct stat *st, int type,
                        struct FTW *at)
{
    (void)st, (void)type, (void)at;
    (void)remove(path); /* what cannot be removed stays */
    return 0;
}

static void remove_tree(const char *dir)
{
    enum { OpenDirectories = 8 };
    nftw(dir, remove_entry, OpenDirectories, FTW_DEPTH | FTW_PHYS);
}

/* What we print to must end when we do, not when the keeper does. */
static void let_go_of_output(void)
{
    int null = open("/dev/null", O_RDWR);
    for (int fd = 0; null >= 0 && fd <= STDERR_FILENO; fd++)
        dup2(null, fd);
}

static _Noreturn void keep(const char *dir, int alive)
{
    char byte;
    setsid();
    signal(SIGINT, SIG_IGN);
    signal(SIGTERM, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    let_go_of_output();
    while (read(alive, &byte, 1) < 0 && errno == EINTR)
        ;
    remove_tree(dir);
    _exit(EXIT_OK);
}

void tempdir_make(struct tempdir *t, const char *name)
{
    const char *tmp = getenv("TMPDIR");
    int fds[2];
    t->path =
        xprintf("%s/%s-XXXXXX", tmp != NULL && *tmp ? tmp : P_tmpdir, name);
    if (mkdtemp(t->path) == NULL)
        io_error("%s", t->path);
    fflush(stdout);
    t->keeper = pipe2(fds, O_CLOEXEC) == 0 ? fork() : -1;
    if (t->keeper < 0) {
        int err = errno;
        remove_tree(t->path);
        errno = err;
        io_error("%s: the process that removes it", t->path);
    }
    if (t->keeper == 0) {
        close(fds[1]);
        keep(t->path, fds[0]);
    }
    close(fds[0]);
    t->alive = fds[1];
}

void tempdir_remove(struct tempdir *t)
{
    close(t->alive);
    while (waitpid(t->keeper, NULL, 0) < 0 && errno == EINTR)
        ;
    free(t->path);
    t->path = NULL;
}
