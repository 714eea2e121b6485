/*
 * benchpeer.c: starting peers, asking them for rounds, and running them under
 * callgrind.
 */
#include "tests/bench/bench.h"
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* Where Debian and others keep libraries. */
static const char *const libdirs[] = {"/usr/lib/x86_64-linux-gnu", "/usr/lib64",
                                      "/usr/lib", "/usr/local/lib"};

struct peerRules peer_rules = {.limit = 120};

static bool find_library(struct peer *p)
{
    for (size_t i = 0; i < sizeof(libdirs) / sizeof(libdirs[0]); i++) {
        snprintf(p->preload, sizeof(p->preload), "%s/%s", libdirs[i],
                 p->kind->preload);
        if (access(p->preload, R_OK) == 0)
            return true;
    }
    return false;
}

bool peer_find(struct peer *p, const struct peerkind *kind, const char *dir,
               const char **what)
{
    *p = (struct peer){.kind = kind};
    snprintf(p->title, sizeof(p->title), "%s", kind->name);
    snprintf(p->program, sizeof(p->program), "%s/%s", dir, kind->program);
    *what = kind->program;
    if (access(p->program, X_OK) != 0)
        return false;
    *what = kind->preload;
    return kind->preload == NULL || find_library(p);
}

static void give_environment(const struct peer *p, const struct row *row)
{
    const char *equal = p->kind->equalEnv;
    if (p->preload[0] != '\0')
        setenv("LD_PRELOAD", p->preload, 1);
    if (peer_rules.terms == TermsEqual && equal != NULL)
        putenv((char *)(uintptr_t)equal);
    if (peer_rules.terms == TermsNoHuge)
        prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
    if (p->kind->traceEnv != NULL && strcmp(row->params[0], "trace") == 0 &&
        strstr(row->name, "rate=1/") != NULL)
        putenv((char *)(uintptr_t)p->kind->traceEnv);
}

/* In the child: becomes `before… program params…`. */
static _Noreturn void become(const struct peer *p, const struct row *row,
                             const char *const *before)
{
    enum { MaxArgs = 32 };
    const char *argv[MaxArgs];
    int n = 0;
    for (; before != NULL && before[n] != NULL; n++)
        argv[n] = before[n];
    argv[n++] = p->program;
    for (int i = 0; i < row->nparams; i++)
        argv[n++] = row->params[i];
    if (p->kind->arg != NULL)
        argv[n++] = p->kind->arg;
    if (before != NULL)
        argv[n++] = "mintime=0"; /* one batch a round is enough to count */
    argv[n] = NULL;
    give_environment(p, row);
    execvp(argv[0], (char **)(uintptr_t)argv);
    perror(argv[0]);
    _exit(127);
}

static void spawn(struct peer *p, const struct row *row,
                  const char *const *before)
{
    int in[2], out[2];
    if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0 ||
        (p->pid = fork()) < 0) {
        perror("bench: cannot start a peer");
        exit(1);
    }
    if (p->pid == 0) {
        dup2(in[0], STDIN_FILENO);
        dup2(out[1], STDOUT_FILENO);
        become(p, row, before);
    }
    close(in[0]);
    close(out[1]);
    p->to = fdopen(in[1], "w");
    p->from = fdopen(out[0], "r");
}

/* The next line of what the peer says; false when none comes in time. */
static bool hear(struct peer *p, char *line, int size)
{
    struct pollfd in = {.fd = fileno(p->from), .events = POLLIN};
    if (poll(&in, 1, peer_rules.limit * 1000) <= 0)
        return false;
    return fgets(line, size, p->from) != NULL;
}

static bool start_under(struct peer *p, const struct row *row,
                        const char *const *before)
{
    char line[64];
    spawn(p, row, before);
    if (!hear(p, line, sizeof(line))) {
        fprintf(stderr, "bench: %s: %s did not start: left out\n", row->name,
                p->title);
        kill(p->pid, SIGKILL);
    } else if (strncmp(line, "ready", 5) == 0) {
        sscanf(line, "ready %31[^\n]", p->title);
        return true;
    }
    peer_stop(p);
    return false;
}

bool peer_start(struct peer *p, const struct row *row)
{
    return start_under(p, row, NULL);
}

static uint64_t extra(const char *line, const char *name)
{
    const char *at = strstr(line, name);
    return at == NULL ? 0 : strtoull(at + strlen(name), NULL, 10);
}

bool peer_round(struct peer *p, const struct row *row, struct sample *s)
{
    char line[256] = "";
    double ns = 0;
    unsigned long long ops = 0;
    fputs("\n", p->to);
    fflush(p->to);
    if (!hear(p, line, sizeof(line)) && !feof(p->from)) {
        fprintf(stderr, "bench: %s: no answer from %s within %d s: left out\n",
                row->name, p->title, peer_rules.limit);
        kill(p->pid, SIGKILL);
        peer_stop(p);
        return false;
    }
    if (sscanf(line, "%lf %llu", &ns, &ops) != 2 || ops == 0) {
        fprintf(stderr, "bench: %s died in %s\n", p->title, row->name);
        exit(1);
    }
    *s = (struct sample){.ns = ns / (double)ops,
                         .ops = ops,
                         .rss = extra(line, " rss="),
                         .stacks = extra(line, " stacks=")};
    return true;
}

void peer_stop(struct peer *p)
{
    fclose(p->to); /* it ends as its input does */
    fclose(p->from);
    waitpid(p->pid, NULL, 0);
    p->pid = 0;
}

/* The instructions that callgrind's file says were counted. */
static double counted(const char *file)
{
    char line[512];
    double total = -1;
    FILE *f = fopen(file, "r");
    if (f == NULL)
        return -1;
    while (fgets(line, sizeof(line), f) != NULL)
        if (sscanf(line, "totals: %lf", &total) == 1 ||
            sscanf(line, "summary: %lf", &total) == 1)
            break;
    fclose(f);
    return total;
}

double peer_instructions(const struct peer *p, const struct row *row)
{
    char file[] = "/tmp/benchcountXXXXXX", option[64];
    struct peer counting = *p;
    struct sample s;
    int fd = mkstemp(file);
    if (!p->kind->instructions || fd < 0)
        return -1;
    close(fd);
    snprintf(option, sizeof(option), "--callgrind-out-file=%s", file);
    const char *const valgrind[] = {
        "valgrind", "-q", "--tool=callgrind", "--toggle-collect=bench_timed",
        option,     NULL,
    };
    double total = -1;
    if (start_under(&counting, row, valgrind) &&
        peer_round(&counting, row, &s)) {
        peer_stop(&counting);
        total = counted(file) / (double)s.ops;
    }
    unlink(file);
    return total;
}
