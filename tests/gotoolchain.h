/*
 * gotoolchain.h: the Go toolchains that a test may use: `go` of the PATH, and
 * those below $HMAP_GOROOTS (1.22, 1.23 …, each a GOROOT). Tests that need one
 * that is not there say so and are skipped.
 */
#ifndef TESTS_GOTOOLCHAIN_H
#define TESTS_GOTOOLCHAIN_H

#include "tests/hmaprun.h"
#include <glob.h>
#include <signal.h>

enum { MaxToolchains = 16 };

struct goToolchain {
    char bin[PATH_MAX]; /* the folder of its go; "" for the PATH's */
    char name[64];      /* "go1.27.3" */
};

/* Runs a line of the shell with the toolchain's go first in the PATH and no
 * other toolchain asked for. */
static inline struct ran go_shell(const struct goToolchain *g, const char *line)
{
    char *text;
    cr_assert_gt(asprintf(&text,
                          "%s%s%s export GOTOOLCHAIN=local GOFLAGS= "
                          "GO111MODULE=; %s",
                          *g->bin ? "export PATH=" : "", g->bin,
                          *g->bin ? ":$PATH;" : "", line),
                 0);
    struct ran r =
        run_program("/bin/sh", (const char *const[]){"sh", "-c", text, NULL});
    free(text);
    return r;
}

/* The toolchain of a folder; false where none answers. */
static inline bool go_toolchain(const char *bin, struct goToolchain *g)
{
    *g = (struct goToolchain){.bin = ""};
    snprintf(g->bin, sizeof g->bin, "%s", bin);
    struct ran r = go_shell(g, "go version");
    bool there =
        r.status == 0 && sscanf(r.out, "go version %63s", g->name) == 1;
    free(r.out);
    free(r.err);
    return there;
}

/* All there are, oldest first; the test is skipped where there is none, and
 * says which it goes without. */
static inline size_t go_toolchains(struct goToolchain list[MaxToolchains])
{
    size_t n = go_toolchain("", &list[0]) ? 1 : 0;
    const char *roots = getenv("HMAP_GOROOTS");
    if (roots == NULL || *roots == '\0')
        fputs("SKIPPED without HMAP_GOROOTS=DIR: every go but the PATH's\n",
              stderr);
    char pattern[PATH_MAX];
    snprintf(pattern, sizeof pattern, "%s/1.*/bin", roots ? roots : "");
    glob_t found = {0};
    if (roots != NULL && *roots != '\0')
        glob(pattern, 0, NULL, &found);
    for (size_t i = 0; i < found.gl_pathc && n < MaxToolchains; i++)
        n += go_toolchain(found.gl_pathv[i], &list[n]);
    globfree(&found);
    if (n == 0)
        cr_skip_test("needs go in the PATH, or HMAP_GOROOTS=DIR");
    return n;
}

/*
 * A real Go program that serves its own heap profile.
 */

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
