/*
 * child.h: what a dying function prints and how it ends, seen from outside: it
 * runs in a child process, because the dying one cannot look at itself.
 */
#ifndef TESTS_CHILD_H
#define TESTS_CHILD_H

#include <criterion/criterion.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct ending {
    char said[8192]; /* on stderr */
    int status;      /* as waitpid gives it */
};

static inline struct ending ending_of(void (*fn)(void))
{
    struct ending e = {.status = 0};
    size_t len = 0;
    ssize_t n;
    int fds[2];

    cr_assert_eq(pipe(fds), 0);
    pid_t child = fork();
    cr_assert_geq(child, 0);
    if (child == 0) {
        dup2(fds[1], STDERR_FILENO);
        fn();
        _exit(0);
    }
    close(fds[1]);
    while ((n = read(fds[0], e.said + len, sizeof(e.said) - 1 - len)) > 0)
        len += (size_t)n;
    close(fds[0]);
    waitpid(child, &e.status, 0);
    return e;
}

/* Asserts that fn panics: Go's words first on stderr, exit status 2. */
static inline void expect_panic(void (*fn)(void), const char *words)
{
    struct ending e = ending_of(fn);

    cr_expect(strncmp(e.said, words, strlen(words)) == 0, "said: %s", e.said);
    cr_expect(WIFEXITED(e.status) && WEXITSTATUS(e.status) == 2,
              "%s: status %x", words, (unsigned)e.status);
}

#endif
