/*
 * child.h: what a dying function prints and how it ends, seen from outside: it
 * runs in a child process, because the dying one cannot look at itself.
 */
#ifndef TESTS_CHILD_H
#define TESTS_CHILD_H

#include <criterion/criterion.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
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

/* Skips the test where `ulimit -v` and `ulimit -s` say yes and do nothing:
 * qemu-user has need of the addresses itself. */
static inline void needs_limits(void)
{
    enum { large = 1 << 26, little = 1 << 20 };
    int status;
    pid_t child = fork();

    cr_assert_geq(child, 0);
    if (child == 0) {
        setrlimit(RLIMIT_AS, &(struct rlimit){little, little});
        _exit(mmap(NULL, large, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
                   0) != MAP_FAILED);
    }
    cr_assert_eq(waitpid(child, &status, 0), child);
    if (status != 0)
        cr_skip("the system does not keep to ulimit -v");
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
