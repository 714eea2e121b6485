/*
 * rescue.c: the profile of a program that does not come to its end.
 *
 *     throw, fatal, gopanic --crash hook--> a child writes
 *     SIGINT, SIGTERM --handler--> pipe --> the watcher writes, and ends us by
 *                                           the same signal
 *
 * A handler may hardly call anything. The watcher is a thread of its own that
 * waits at a pipe: the heap profile can be read while others count in it
 * (runtime/prof/memprofile.c), so nobody has to be stopped. Who asks again does
 * not want to wait: it ends the program at once. But one request can come as
 * two signals (timeout(1) sends one to the program and one to its group): what
 * comes within a moment of the first says nothing new.
 */
#include "runtime/base/clock.h"
#include "runtime/base/throw.h"
#include "tools/lib/exits.h"
#include "tools/profile/profileout.h"
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct profileFiles *files;
static pid_t watched;    /* this process, not its children */
static int toWatcher[2]; /* the pipe: a signal's number, one byte */

/* In a child: where the heap under study is broken, or memory is short, it may
 * fail, and yet the program that dies has its words to say. */
static void write_at_crash(void)
{
    enum { Patience = 20 }; /* seconds: a lock may never be free again */
    fflush(stdout);         /* or the child would print it once more */
    pid_t child = fork();
    if (child == 0) {
        alarm(Patience);
        profile_files_write(files);
        _exit(EXIT_OK);
    }
    while (child > 0 && waitpid(child, NULL, 0) < 0 && errno == EINTR)
        ;
}

static void die_by(int sig)
{
    signal(sig, SIG_DFL);
    kill(getpid(), sig);
}

static bool tell_watcher(int sig)
{
    unsigned char byte = (unsigned char)sig;
    return write(toWatcher[1], &byte, 1) == 1;
}

static void on_signal(int sig)
{
    enum { Moment = 500000000 };    /* nanoseconds */
    static _Atomic int64_t firstAt; /* 0: none has come */
    int err = errno;
    int64_t first = 0, now = nanotime();
    if (getpid() != watched)
        die_by(sig);
    else if (atomic_compare_exchange_strong(&firstAt, &first, now)) {
        if (!tell_watcher(sig))
            die_by(sig);
    } else if (now - first > Moment)
        die_by(sig);
    errno = err;
}

static void *watch(void *unused)
{
    unsigned char sig;
    while (read(toWatcher[0], &sig, 1) < 0 && errno == EINTR)
        ;
    profile_files_write(files);
    fflush(stdout);
    fprintf(stderr, "hmap: %s: the profile so far is written\n",
            strsignal(sig));
    die_by(sig);
    return unused;
}

/* What is ignored already (nohup, a shell's &) stays ignored. */
static void take_signal(int sig)
{
    struct sigaction old;
    if (sigaction(sig, NULL, &old) != 0 || old.sa_handler == SIG_IGN)
        return;
    sigaction(
        sig,
        &(struct sigaction){.sa_handler = on_signal, .sa_flags = SA_RESTART},
        NULL);
}

/* No signal is for the watcher: it could not write to itself. */
static bool start_watcher(void)
{
    sigset_t all, old;
    pthread_t thread;
    if (pipe2(toWatcher, O_CLOEXEC) != 0)
        return false;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    errno = pthread_create(&thread, NULL, watch, NULL);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    return errno == 0 && pthread_detach(thread) == 0;
}

void profile_files_rescue(const struct profileFiles *w)
{
    if (!profile_files_wanted(w))
        return;
    files = w;
    watched = getpid();
    atcrash(write_at_crash);
    if (!start_watcher())
        io_error("a thread that waits for signals");
    take_signal(SIGINT);
    take_signal(SIGTERM);
}
