/*
 * runhmap.h: runs the built hmap ($HMAP, else build/hmap) as a user would, and
 * keeps what it printed.
 */
#ifndef TESTS_RUNHMAP_H
#define TESTS_RUNHMAP_H

#include <criterion/criterion.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct hmapRun {
    char *out;  /* standard output, NUL-terminated; the caller frees it */
    char *err;  /* standard error, likewise */
    int status; /* exit status; -1: ended by a signal */
};

static inline char *read_to_end(FILE *f)
{
    size_t len = 0, cap = 1 << 16, n;
    char *text = malloc(cap);

    rewind(f);
    while (text && (n = fread(text + len, 1, cap - 1 - len, f)) > 0) {
        len += n;
        if (len + 1 == cap)
            text = realloc(text, cap *= 2);
    }
    cr_assert_not_null(text);
    text[len] = 0;
    fclose(f);
    return text;
}

/* argv[0] is for hmap's name; NULL ends it. */
static inline struct hmapRun run_hmap(const char *const argv[])
{
    const char *path = getenv("HMAP");
    FILE *out = tmpfile(), *err = tmpfile();
    int status;

    cr_assert(out && err);
    pid_t child = fork();
    cr_assert_geq(child, 0);
    if (child == 0) {
        dup2(fileno(out), STDOUT_FILENO);
        dup2(fileno(err), STDERR_FILENO);
        execv(path ? path : "build/hmap", (char *const *)(uintptr_t)argv);
        _exit(127);
    }
    waitpid(child, &status, 0);
    return (struct hmapRun){
        .out = read_to_end(out),
        .err = read_to_end(err),
        .status = WIFEXITED(status) ? WEXITSTATUS(status) : -1,
    };
}

static inline void hmap_run_free(struct hmapRun *r)
{
    free(r->out);
    free(r->err);
}

#endif
