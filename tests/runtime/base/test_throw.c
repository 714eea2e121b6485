/*
 * test_throw.c: the three ways out. What is printed is read from a child
 * process, because the dying one cannot look at itself.
 */
#include "runtime/base/throw.h"
#include "runtime/prof/callstack.h"
#include <criterion/criterion.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char said[8192]; /* what the child wrote on stderr */

/* Runs fn in a child that shows its stack; returns its wait status. */
static int status_of(void (*fn)(void))
{
    int fds[2];
    traceback_init();
    cr_assert_eq(pipe(fds), 0);
    pid_t child = fork();
    if (child == 0) {
        dup2(fds[1], STDERR_FILENO);
        fn();
        _exit(0);
    }
    close(fds[1]);
    size_t len = 0;
    ssize_t n;
    while ((n = read(fds[0], said + len, sizeof(said) - 1 - len)) > 0)
        len += (size_t)n;
    said[len] = '\0';
    close(fds[0]);
    int status;
    waitpid(child, &status, 0);
    return status;
}

static bool begins(const char *words)
{
    return strncmp(said, words, strlen(words)) == 0;
}

static GOFRAME void die_panicking(void)
{
    gopanic("assignment to entry in %s map", "nil");
}
GOFRAME_MAIN(die_panicking);

static GOFRAME void die_fatally(void)
{
    fatal("concurrent map writes");
}
GOFRAME_MAIN(die_fatally);

static void die_without_stack(void)
{
    throw_setstackprinter(NULL);
    fatal("enough");
}

Test(throw, without_a_stack_printer_words_are_all)
{
    status_of(die_without_stack);
    cr_assert_str_eq(said, "fatal error: enough\n");
}

static NOINLINE void die_throwing(void)
{
    throw("bad span %d", 7);
}

static NOINLINE void die_asserting(void)
{
    ASSERT(1 + 1 == 3);
}

Test(throw, panic_says_gos_words_and_exits_2)
{
    int status = status_of(die_panicking);
    cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 2);
    cr_assert(
        begins("panic: assignment to entry in nil map\n\n"
               "goroutine 1 [running]:\n"
               "main.die_panicking(...)\n\ttests/runtime/base/test_throw.c:"),
        "%s", said);
}

Test(throw, fatal_says_gos_words_and_exits_2)
{
    int status = status_of(die_fatally);
    cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 2);
    cr_assert(begins("fatal error: concurrent map writes\n\n"
                     "goroutine 1 [running]:\nmain.die_fatally(...)\n"),
              "%s", said);
}

Test(throw, throw_aborts)
{
    int status = status_of(die_throwing);
    cr_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    cr_assert(begins("fatal error: bad span 7\n"), "%s", said);
}

Test(throw, a_failed_assert_names_its_place)
{
    int status = status_of(die_asserting);
    cr_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    cr_assert(begins("fatal error: tests/runtime/base/test_throw.c:"), "%s",
              said);
    cr_assert_not_null(
        strstr(said, "die_asserting: assertion failed: 1 + 1 == 3\n"));
}

Test(throw, an_assert_that_holds_says_nothing)
{
    ASSERT(1 + 1 == 2);
}

static void first_hook(void)
{
    fprintf(stderr, "first hook\n");
}

static void second_hook(void)
{
    fprintf(stderr, "second hook\n");
}

static void die_with_hooks(void)
{
    atcrash(first_hook);
    atcrash(second_hook);
    fatal("enough");
}

Test(throw, hooks_run_before_the_words_last_registered_first)
{
    status_of(die_with_hooks);
    cr_assert(begins("second hook\nfirst hook\nfatal error: enough\n"), "%s",
              said);
}

static void throwing_hook(void)
{
    throw("in a hook");
}

static void die_with_bad_hook(void)
{
    atcrash(throwing_hook);
    fatal("enough");
}

Test(throw, a_hook_that_throws_ends_at_once)
{
    int status = status_of(die_with_bad_hook);
    cr_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    char *emulator = strstr(said, "qemu: uncaught target signal 6");
    if (emulator != NULL) /* it says so too, where it runs this */
        *emulator = '\0';
    cr_assert_str_eq(said, "fatal error: in a hook\n");
}

static void print_and_die(void)
{
    dup2(STDERR_FILENO, STDOUT_FILENO);
    printf("the table so far\n");
    fatal("enough");
}

Test(throw, what_was_printed_before_is_not_lost)
{
    status_of(print_and_die);
    cr_assert(begins("the table so far\nfatal error: enough\n"), "%s", said);
}

static void *die_in_thread(void *arg)
{
    fatal("two at once");
    return arg;
}

static void die_twice(void)
{
    pthread_t t[2];
    for (int i = 0; i < 2; i++)
        pthread_create(&t[i], NULL, die_in_thread, NULL);
    pthread_join(t[0], NULL);
}

Test(throw, of_two_dying_threads_one_speaks)
{
    int status = status_of(die_twice);
    cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 2);
    char *words = strstr(said, "two at once");
    cr_assert_not_null(words);
    cr_assert_null(strstr(words + 1, "two at once"), "%s", said);
}
