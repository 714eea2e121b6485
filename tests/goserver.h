/*
 * goserver.h: a real Go program that serves its own heap profile.
 */
#ifndef TESTS_GOSERVER_H
#define TESTS_GOSERVER_H

#include "tests/gotoolchain.h"

#include <signal.h>

struct goServer {
    char path[PATH_MAX], url[64];
    pid_t pid;
};

/* Builds tests/programs/server into dir and starts it; rate "1" records every
 * allocation, "" one in 512 kB. */
static inline void server_start(const struct goToolchain *g, const char *dir,
                                const char *flags, const char *rate,
                                struct goServer *p)
{
    char *line;
    snprintf(p->path, sizeof p->path, "%s/server", dir);
    cr_assert_gt(asprintf(&line,
                          "cd tests/programs/server && go build %s -o %s "
                          "main.go",
                          flags, p->path),
                 0);
    struct ran r = go_shell(g, line);
    cr_assert_eq(r.status, 0, "%s: %s", g->name, r.err);
    int fds[2];
    cr_assert_eq(pipe(fds), 0);
    p->pid = fork();
    if (p->pid == 0) {
        setenv("EVERY", rate, 1);
        dup2(fds[1], STDOUT_FILENO);
        execl(p->path, p->path, NULL);
        _exit(127);
    }
    close(fds[1]);
    FILE *f = fdopen(fds[0], "r");
    cr_assert_not_null(fgets(p->url, sizeof p->url, f), "%s", g->name);
    p->url[strcspn(p->url, "\n")] = '\0';
    fclose(f);
    free(line);
    ran_free(&r);
}

static inline void server_stop(struct goServer *p)
{
    kill(p->pid, SIGKILL);
    waitpid(p->pid, NULL, 0);
}

#endif
