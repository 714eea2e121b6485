/*
 * hmaprun.h: runs the hmap that was built beside this test, and what it said.
 */
#ifndef TESTS_HMAPRUN_H
#define TESTS_HMAPRUN_H

#include "runtime/base/arch.h"
#include <criterion/criterion.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

struct ran {
    char *out, *err; /* all of standard output and standard error */
    int status;      /* exit status; 128 + N when signal N ended it */
};

/* build/tests/ROOM/test_X -> build/hmap */
static inline void hmap_path(char path[PATH_MAX])
{
    ssize_t n = readlink("/proc/self/exe", path, PATH_MAX - 8);
    cr_assert_gt(n, 0);
    path[n] = '\0';
    char *tests = NULL; /* the last "/tests/" on the way */
    for (char *at = path; (at = strstr(at, "/tests/")) != NULL; at++)
        tests = at;
    cr_assert_not_null(tests);
    strcpy(tests, "/hmap");
}

static inline char *whole_file(int fd)
{
    off_t size = lseek(fd, 0, SEEK_END);
    char *text = calloc((size_t)size + 1, 1);
    cr_assert_eq(pread(fd, text, (size_t)size, 0), size);
    close(fd);
    return text;
}

/* All of f, NUL-terminated; f is closed. */
static inline char *read_to_end(FILE *f)
{
    fflush(f);
    char *text = whole_file(dup(fileno(f)));
    fclose(f);
    return text;
}

/* Skips this test, with the reason, where the system has no terminals. */
static inline void needs_terminal(void)
{
    int fd = posix_openpt(O_RDWR | O_NOCTTY);
    if (fd < 0 || grantpt(fd) != 0 || unlockpt(fd) != 0 ||
        access(ptsname(fd), R_OK) != 0)
        cr_skip_test("no terminal can be opened here: /dev/ptmx or /dev/pts is "
                     "missing: %m");
    close(fd);
}

/* Runs file with argv (argv[0] is whatever it is to be called, NULL at the
 * end); "$HMAP" is there for a shell. */
static inline struct ran run_program(const char *file, const char *const argv[])
{
    char path[PATH_MAX];
    int out = memfd_create("out", 0), err = memfd_create("err", 0), status;
    hmap_path(path);
    pid_t child = fork();
    cr_assert_geq(child, 0);
    if (child == 0) {
        setenv("HMAP", path, 1);
        setenv("GODEBUG", "cpu.aes=off", 0); /* numbers of every machine */
        dup2(out, STDOUT_FILENO);
        dup2(err, STDERR_FILENO);
        execv(file != NULL ? file : path, (char *const *)(uintptr_t)argv);
        _exit(127);
    }
    waitpid(child, &status, 0);
    return (struct ran){
        .out = whole_file(out),
        .err = whole_file(err),
        .status =
            WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status),
    };
}

/* Runs `hmap ARGS` by the shell. */
static inline struct ran hmap(const char *args)
{
    char command[PATH_MAX];
    snprintf(command, sizeof command, "\"$HMAP\" %s", args);
    return run_program("/bin/sh",
                       (const char *const[]){"sh", "-c", command, NULL});
}

/* Runs hmap with these arguments as they are, argv[0] first. */
static inline struct ran run_hmap(const char *const argv[])
{
    return run_program(NULL, argv);
}

static inline void ran_free(struct ran *r)
{
    free(r->out);
    free(r->err);
}

/* Asserts that ARGS is refused: nothing on standard output, exactly this line
 * on standard error, exit status 2. */
static inline void expect_refused(const char *args, const char *line)
{
    struct ran r = hmap(args);
    cr_expect_eq(r.status, 2, "hmap %s: status %d", args, r.status);
    cr_expect_str_empty(r.out, "hmap %s: printed %s", args, r.out);
    size_t len = strlen(line);
    cr_expect(strncmp(r.err, line, len) == 0 && strcmp(r.err + len, "\n") == 0,
              "hmap %s: said %s", args, r.err);
    ran_free(&r);
}

/* Asserts that text holds part. */
static inline void expect_part(const char *text, const char *part)
{
    cr_expect(strstr(text, part) != NULL, "no \"%s\" in:\n%s", part, text);
}

/* Runs `hmap ARGS` and asserts that it says so. */
static inline void expect_said(const char *args, const char *said)
{
    struct ran r = hmap(args);
    cr_expect_eq(r.status, 0, "hmap %s: %s", args, r.err);
    expect_part(r.out, said);
    ran_free(&r);
}

/* Makes a file of this text; path is mkstemp's. */
static inline void make_file(char *path, const char *text)
{
    int fd = mkstemp(path);
    cr_assert_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
}

/* For tests of what names addresses: a heap begins where Go's does, unless a
 * sanitizer lies there. */
static inline void needs_the_heaps_place(void)
{
#ifdef __SANITIZE_ADDRESS__
    cr_skip("the heap lies elsewhere beside AddressSanitizer");
#endif
}

/* For tests that stacks are recognised, which saves their walk and changes no
 * figure. */
static inline void needs_known_stacks(void)
{
    if (!ARCH_RECORD_ON_TOP)
        cr_skip("stacks are walked here, not recognised: a frame's two words "
                "lie below its variables (runtime/base/arch.h)");
}

#endif
