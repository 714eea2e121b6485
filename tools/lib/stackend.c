/*
 * stackend.c: the handler that tells the end of the stack from other faults. It
 * runs on a stack of its own, there is no room on the other.
 */
#include "tools/lib/stackend.h"

#include "runtime/base/base.h"
#include "tools/lib/exits.h"
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum { HandlerStack = 64 << 10, Slack = 256 << 10 };

static uintptr_t lowest; /* where the first thread's stack ends, about */
static char words[120];  /* made beforehand: a handler may not */
static struct sigaction before;

static void on_fault(int sig, siginfo_t *info, void *context)
{
    uintptr_t at = (uintptr_t)info->si_addr;
    (void)context;
    if (at < lowest - Slack || at > lowest + Slack) {
        sigaction(sig, &before, NULL); /* the same fault again, for them */
        return;
    }
    ssize_t n = write(STDERR_FILENO, words, strlen(words));
    (void)n; /* there is no other place to say it */
    _exit(EXIT_IO);
}

void stackend_watch(void)
{
    static char stack[HandlerStack];
    struct rlimit limit;
    if (getrlimit(RLIMIT_STACK, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
        return;
    lowest = (uintptr_t)__builtin_frame_address(0) - limit.rlim_cur;
    snprintf(words, sizeof words,
             "hmap: the stack is full: ulimit -s allows %llu KB\n",
             (unsigned long long)limit.rlim_cur / 1024);
    sigaltstack(&(stack_t){.ss_sp = stack, .ss_size = sizeof stack}, NULL);
    sigaction(SIGSEGV,
              &(struct sigaction){.sa_sigaction = on_fault,
                                  .sa_flags = SA_SIGINFO | SA_ONSTACK},
              &before);
}
