/*
 * test_process.c: a child's answer; a temporary directory is gone after its
 * owner, however that one ended.
 */
#include "tools/lib/process.h"
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void say(void *arg, FILE *out)
{
    fputs(arg, out);
}

/* Also an answer without a word. */
Test(process, a_child_answers)
{
    char words[] = "some words", none[] = "";
    struct asked first = process_ask(say, words),
                 other = process_ask(say, none);
    char *answer = process_answer(first);
    cr_assert_str_eq(answer, words);
    free(answer);
    answer = process_answer(other);
    cr_assert_str_eq(answer, "");
    free(answer);
}

/* dir with a file, and a directory with a file in it. */
static void fill(const char *dir)
{
    char name[200];
    snprintf(name, sizeof name, "%s/work", dir);
    cr_assert_eq(mkdir(name, 0777), 0);
    close(open(strcat(name, "/file"), O_CREAT | O_WRONLY, 0666));
    snprintf(name, sizeof name, "%s/file", dir);
    close(open(name, O_CREAT | O_WRONLY, 0666));
    cr_assert_eq(access(name, F_OK), 0);
}

Test(tempdir, removed_with_all_that_is_in_it)
{
    struct tempdir t;
    tempdir_make(&t, "hmap-test");
    char *path = strdup(t.path);
    fill(path);
    tempdir_remove(&t);
    cr_assert_eq(access(path, F_OK), -1);
    cr_assert_eq(errno, ENOENT);
    free(path);
}

/* A child makes a directory, tells its path and waits to be killed. */
static void removed_after(int sig)
{
    char path[200] = "";
    int told[2];
    cr_assert_eq(pipe(told), 0);
    pid_t child = fork();
    if (child == 0) {
        struct tempdir t;
        signal(sig, SIG_DFL); /* a background job may ignore SIGINT */
        tempdir_make(&t, "hmap-test");
        fill(t.path);
        if (write(told[1], t.path, strlen(t.path)) < 0)
            _exit(1);
        for (;;)
            pause();
    }
    cr_assert_gt(read(told[0], path, sizeof path - 1), 0);
    cr_assert_eq(access(path, F_OK), 0);
    kill(child, sig);
    waitpid(child, NULL, 0);
    for (int tries = 0; access(path, F_OK) == 0 && tries < 1000; tries++)
        usleep(10000); /* the keeper works while nobody waits for it */
    cr_assert_eq(access(path, F_OK), -1, "%s is left after signal %d", path,
                 sig);
}

Test(tempdir, removed_after_the_owner_was_killed, .timeout = 60)
{
    removed_after(SIGINT);
    removed_after(SIGTERM);
    removed_after(SIGKILL);
}

Test(tempdir, where_none_can_be_made_is_said, .exit_code = 1)
{
    struct tempdir t;
    setenv("TMPDIR", "/nonexistent", 1);
    tempdir_make(&t, "hmap-test");
}
