/*
 * verify.c: runs workloads on both sides and sets their lines side by side.
 *
 * Real Go runs all of them in one process, ours each in a child of its own: a
 * fresh heap.
 */
#include "tools/verify/verify.h"
#include "runtime/base/sysmem.h"
#include "runtime/base/throw.h"
#include "runtime/sched/rand.h"
#include "tools/cli/cmd.h"
#include "tools/lib/exits.h"
#include "tools/lib/process.h"
#include "tools/lib/text.h"
#include "tools/profile/tracelog.h"
#include "tools/replay/replay.h"
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static FILE *open_or_die(const char *path, const char *mode)
{
    FILE *f = fopen(path, mode);
    if (f == NULL)
        io_error("%s", path);
    return f;
}

void verify_begin(struct verify *v, const char *goroot,
                  struct workload *const *ws, size_t n, bool trace)
{
    *v = (struct verify){.trace = trace};
    gooracle_build(&v->go, goroot, ws, n);
    v->dir = xprintf("%s/work", v->go.dir);
    if (mkdir(v->dir, 0777) != 0)
        io_error("%s", v->dir);
}

void verify_end(struct verify *v)
{
    free(v->dir);
    gooracle_remove(&v->go);
}

void answers_free(struct answers *a)
{
    free(a->ours);
    free(a->gos);
}

enum { NoMemory = 3 }; /* exit status: the child's end says nothing of Go */

static void end_without_memory(void)
{
    if (sysmem_refused() != 0)
        _exit(NoMemory);
}

static void replay_child(void *arg)
{
    static const struct replayPrint print = {.layout = true, .certain = true};
    struct replay r;
    atcrash(end_without_memory); /* hooks run in reverse order: the last */
    program_start(modelled, DefaultSeed, 1);
    if (!modelled->sharesRandom)
        fastrand_zero(); /* as tools/verify/oracle makes them */
    replay_run(&r, arg);
    replay_print(&r, &print, stdout);
}

/* The whole of a stream from its beginning, in libc's memory. */
static char *read_all(FILE *f)
{
    char *text = NULL;
    size_t cap = 0;
    rewind(f);
    if (getdelim(&text, &cap, '\0', f) >= 0)
        return text;
    free(text);
    return xprintf("%s", "");
}

static char *read_path(const char *path)
{
    FILE *f = open_or_die(path, "r");
    char *text = read_all(f);
    fclose(f);
    return text;
}

static FILE *tmpfile_or_die(void)
{
    FILE *f = tmpfile();
    if (f != NULL)
        return f;
    io_error("a temporary file");
}

/* The events of an allocfreetrace log, in libc's memory. */
static char *read_events(const char *path)
{
    FILE *log = open_or_die(path, "r"), *events = tmpfile_or_die();
    tracelog_events(log, events);
    char *text = read_all(events);
    fclose(log);
    fclose(events);
    return text;
}

/* The last that the child said is what it was refused. */
static _Noreturn void cannot_run(const char *err)
{
    char *said = read_path(err), *end = strrchr(said, '\n');
    if (end != NULL)
        *end = '\0';
    const char *before = strrchr(said, '\n');
    file_error("a workload cannot run here: %s",
               before != NULL ? before + 1 : said);
}

char *verify_ours(const struct workload *w, bool trace, const char *dir)
{
    static const char *const env[] = {"GODEBUG=allocfreetrace=1", NULL};
    static const char *const plain[] = {"GODEBUG", "GOGC", "GOMEMLIMIT", NULL};
    char *out = xprintf("%s/ours.out", dir), *err = xprintf("%s/ours.err", dir);
    int status = process_run(&(struct process){
        .out = out,
        .err = err,
        .env = trace ? env : plain,
        .fn = replay_child,
        .arg = (void *)(uintptr_t)w,
    });
    if (status == NoMemory)
        cannot_run(err);
    char *text = trace ? read_events(err) : read_path(out);
    if (status != 0) {
        char *said = read_path(err);
        char *both = xprintf("%send %d: %s\n", text, status, said);
        free(said);
        free(text);
        text = both;
    }
    free(out);
    free(err);
    return text;
}

/* Cuts text at its "== FILE" lines: the i-th part goes to a[i].gos. */
static void split_answers(char *text, struct answers *a, size_t n)
{
    size_t i = 0;
    for (char *part = strstr(text, "== "); part != NULL && i < n; i++) {
        char *body = strchr(part, '\n') + 1;
        char *next =
            strncmp(body, "== ", 3) == 0 ? body - 1 : strstr(body, "\n== ");
        size_t len = next != NULL ? (size_t)(next + 1 - body) : strlen(body);
        a[i].gos = xprintf("%.*s", (int)len, body);
        part = next != NULL ? next + 1 : NULL;
    }
    for (; i < n; i++)
        a[i].gos = xprintf("%s", "");
}

static char **write_files(const struct verify *v,
                          const struct workload *const *ws, size_t n)
{
    char **files = xcalloc(n, sizeof files[0]);
    for (size_t i = 0; i < n; i++) {
        files[i] = xprintf("%s/%zu.txt", v->dir, i);
        FILE *f = open_or_die(files[i], "w");
        workload_write(ws[i], f);
        if (fclose(f) != 0)
            io_error("%s", files[i]);
    }
    return files;
}

static void run_go(struct verify *v, const struct workload *const *ws, size_t n,
                   struct answers *a)
{
    char **files = write_files(v, ws, n);
    char *out = xprintf("%s/go.out", v->dir),
         *err = xprintf("%s/go.err", v->dir);
    enum gooracleMode mode = v->trace ? ORACLE_TRACE : ORACLE_PROFILE;
    if (!gooracle_run(&v->go, mode, files, n, out, err)) {
        char *said = read_path(err);
        fprintf(stderr, "hmap: the Go side failed: %.2000s\n",
                printable_lines(said));
        verify_end(v);
        exit(EXIT_IO);
    }
    char *text = v->trace ? read_events(err) : read_path(out);
    split_answers(text, a, n);
    free(text);
    free(out);
    free(err);
    for (size_t i = 0; i < n; i++)
        free(files[i]);
    free(files);
}

void verify_run(struct verify *v, const struct workload *const *ws, size_t n,
                struct answers *a)
{
    run_go(v, ws, n, a);
    for (size_t i = 0; i < n; i++)
        a[i].ours = verify_ours(ws[i], v->trace, v->dir);
}

bool verify_differs(struct verify *v, const struct workload *w)
{
    struct answers a;
    verify_run(v, &w, 1, &a);
    bool differs = strcmp(a.ours, a.gos) != 0;
    answers_free(&a);
    return differs;
}

/* The lines of a that b lacks, each after side. Lines are unique, except those
 * of a trace, which are compared in order up to the first that differs. */
static void print_lacking(const char *a, const char *b, const char *side,
                          FILE *out)
{
    int shown = 0;
    for (const char *line = a; *line != '\0' && shown < 20;) {
        size_t n = strcspn(line, "\n");
        char *text = xprintf("%.*s\n", (int)n, line);
        if (strstr(b, text) == NULL) {
            fprintf(out, "%s %s", side, text);
            shown++;
        }
        free(text);
        line += n + (line[n] == '\n');
    }
}

static void print_first_difference(const struct answers *a, FILE *out)
{
    const char *x = a->gos, *y = a->ours;
    int line = 1;
    for (;; line++) {
        size_t n = strcspn(x, "\n"), m = strcspn(y, "\n");
        if (n != m || strncmp(x, y, n) != 0 || x[n] == '\0')
            break;
        x += n + 1;
        y += n + 1;
    }
    fprintf(out, "line %d\ngo:   %.*s\nhmap: %.*s\n", line,
            (int)strcspn(x, "\n"), x, (int)strcspn(y, "\n"), y);
}

void answers_diff(const struct answers *a, FILE *out)
{
    if (strncmp(a->gos, "event", 5) == 0 || strncmp(a->ours, "event", 5) == 0) {
        print_first_difference(a, out);
        return;
    }
    print_lacking(a->gos, a->ours, "go:  ", out);
    print_lacking(a->ours, a->gos, "hmap:", out);
}
