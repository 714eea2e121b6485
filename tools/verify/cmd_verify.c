/*
 * cmd_verify.c: hmap verify FILE: the same workload on our heap and on real Go.
 * With -random, many workloads that nobody wrote.
 */
#include "runtime/base/goversion.h"
#include "runtime/sched/rand.h"
#include "runtime/type/hash.h"
#include "tools/cli/cmd.h"
#include "tools/lib/outfile.h"
#include "tools/lib/render.h"
#include "tools/measure/keyvalue.h"
#include "tools/replay/workload.h"
#include "tools/verify/verify.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct verifyOptions {
    int64_t random;
    int64_t types;
    uint64_t seed;
    const struct goversion *go;
    bool trace, aimed;
    const char *record;
    const char *goroot;
};

enum {
    MaxRandom = 1000000,
    MaxTypes = 2000,
    DefaultTypes = 160, /* Go compiles about 100 pairs a second */
    Batch = 50,         /* workloads between two looks at the progress */
    MaxShown = 3,       /* differing workloads that are reduced and printed */
};

static const struct flag verify_flags[] = {
    {.name = "go",
     .arg = "RELEASE",
     .kind = FLAG_RELEASE,
     .offset = offsetof(struct verifyOptions, go)},
    {.name = "goroot",
     .arg = "DIR",
     .help = "Where that release's toolchain is: DIR/bin/go. Without it: "
             "$HMAP_GOROOTS/RELEASE, then go in PATH.",
     .kind = FLAG_STRING,
     .offset = offsetof(struct verifyOptions, goroot)},
    {.name = "random",
     .arg = "COUNT",
     .help = "Instead of files, COUNT random workloads over random types.",
     .kind = FLAG_INT,
     .offset = offsetof(struct verifyOptions, random),
     .min = 1,
     .max = MaxRandom},
    {.name = "seed",
     .arg = "S",
     .help = "Which random workloads, and what the hash keys of a file come "
             "from that has no hashkey or hash0 line: a number (default 1), "
             "or random.",
     .kind = FLAG_SEED,
     .offset = offsetof(struct verifyOptions, seed)},
    {.name = "types",
     .arg = "N",
     .help = "With -random: pairs of key and element type to draw from "
             "(default 160).",
     .kind = FLAG_INT,
     .offset = offsetof(struct verifyOptions, types),
     .min = 1,
     .max = MaxTypes},
    {.name = "aimed",
     .help = "With -random: every second one aims where maps change: queues, "
             "refills, full small maps, hints at the boundaries of tables, "
             "splits, clears of emptied maps.",
     .kind = FLAG_BOOL,
     .offset = offsetof(struct verifyOptions, aimed)},
    {.name = "trace",
     .help = "Compare event by event what GODEBUG=allocfreetrace=1 prints: "
             "size, type and call chain of every allocation.",
     .kind = FLAG_BOOL,
     .offset = offsetof(struct verifyOptions, trace)},
    {.name = "record",
     .arg = "FILE",
     .help = "Write each workload and the digest of what Go answered: tests "
             "then need no Go.",
     .kind = FLAG_STRING,
     .offset = offsetof(struct verifyOptions, record)},
    {0},
};

static const char verify_doc[] =
    "Runs workloads (hmap help replay) on our heap and on real Go, and "
    "compares line by line: call chains with objects and bytes allocated and "
    "in use, totals, map headers, and a digest of every map's memory.\n"
    "\n"
    "Needs a toolchain of that release of Go. A small Go program is built in a "
    "temporary directory, with one map type for each pair of types that the "
    "workloads use, and the workloads' hash keys are written into Go's "
    "runtime.\n"
    "\n"
    "From 2^16 buckets on a bucket map counts only some of its overflow "
    "buckets, by chance. The oldest release draws from the same numbers for "
    "its profile: there that count, noverflow, is left out. Newer ones are "
    "made "
    "to draw zeros, and so are we.\n"
    "\n"
    "A workload that differs is made as small as it can be and still differ, "
    "then printed with the lines that only one side has. The exit status is 0 "
    "when everything is equal, else 1.";

struct compared {
    size_t workloads, lines, maps, differing;
};

static size_t count_lines(const char *text, const char *start)
{
    size_t n = 0, len = strlen(start);
    for (const char *p = text; p != NULL && *p != '\0';) {
        n += strncmp(p, start, len) == 0;
        p = strchr(p, '\n');
        p = p != NULL ? p + 1 : NULL;
    }
    return n;
}

static bool differs(const struct workload *w, void *v)
{
    return verify_differs(v, w);
}

/* Prints a small workload that differs as w does. */
static void show(struct verify *v, const struct workload *w)
{
    struct workload *small = reduce(w, differs, v);
    struct answers a;
    verify_run(v, (const struct workload *const *)&small, 1, &a);
    printf("\n# differs from %s, reduced from %zu steps to %zu:\n",
           v->go.toolchain.version, w->nsteps, small->nsteps);
    workload_write(small, stdout);
    puts("# the lines that differ:");
    answers_diff(&a, stdout);
    answers_free(&a);
    reduced_free(small);
}

static void record(FILE *f, const struct workload *w, const char *gos)
{
    uint64_t d = DigestStart;
    digest_bytes(&d, gos, strlen(gos));
    fprintf(f, "== 0x%016llx\n", (unsigned long long)d);
    workload_write(w, f);
}

static void compare(struct verify *v, struct workload *w, struct answers *a,
                    struct compared *sum)
{
    sum->workloads++;
    sum->lines += count_lines(a->gos, "");
    sum->maps += count_lines(a->gos, "hmap ");
    if (strcmp(a->ours, a->gos) == 0)
        return;
    if (sum->differing++ < MaxShown)
        show(v, w);
}

static struct compared run_all(struct verify *v, struct workload **ws, size_t n,
                               FILE *recorded)
{
    struct compared sum = {0};
    for (size_t done = 0; done < n;) {
        struct answers a[Batch];
        size_t batch = n - done < Batch ? n - done : Batch;
        progress(done, n, "workloads");
        verify_run(v, (const struct workload *const *)ws + done, batch, a);
        for (size_t i = 0; i < batch; i++) {
            compare(v, ws[done + i], &a[i], &sum);
            if (recorded != NULL)
                record(recorded, ws[done + i], a[i].gos);
            answers_free(&a[i]);
        }
        done += batch;
    }
    progress(n, n, "workloads");
    return sum;
}

static struct workload **random_workloads(const struct verifyOptions *opt)
{
    size_t n = (size_t)opt->random;
    struct workload **ws = xcalloc(n, sizeof(struct workload *));
    struct typepool *pool = typepool_new(opt->seed, (size_t)opt->types);
    for (size_t i = 0; i < n; i++)
        ws[i] =
            workgen(mix(opt->seed) + i, opt->aimed && i % 2 == 1 ? NULL : pool);
    typepool_free(pool);
    return ws;
}

/* Both sides must hash alike: the keys that w does not say come from the
 * seed. */
static void draw_missing_keys(struct workload *w, uint64_t seed)
{
    if (!w->has_hashkey) {
        alginit(seed);
        memcpy(w->hashkey, hashkey, sizeof w->hashkey);
    }
    if (!w->has_hash0)
        w->hash0 = mix(~seed);
    w->has_hashkey = w->has_hash0 = true;
}

static struct workload **named_workloads(char **files, size_t n,
                                         const struct verifyOptions *opt)
{
    struct workload **ws = xcalloc(n, sizeof(struct workload *));
    for (size_t i = 0; i < n; i++) {
        ws[i] = workload_open(files[i]);
        draw_missing_keys(ws[i], opt->seed);
    }
    return ws;
}

/* Where the answers are recorded; o->f is NULL where they are not. */
static void open_record(struct outfile *o, const char *name)
{
    *o = (struct outfile){0};
    if (name != NULL && !outfile_open(o, name))
        io_error("%s", name);
}

static void close_record(struct outfile *o, const char *name)
{
    if (o->f != NULL && !outfile_close(o, !ferror(o->f)))
        io_error("%s", name);
}

static int report(const struct verifyOptions *opt, const struct compared *sum,
                  const char *version)
{
    printf("# %s against %s, seed %llu\n%s, ", modelled->name, version,
           (unsigned long long)opt->seed,
           plural((int64_t)sum->workloads, "workload", "workloads"));
    if (opt->trace)
        printf("%s: ", plural((int64_t)sum->lines, "event", "events"));
    else
        printf("%s, %s: ", plural((int64_t)sum->lines, "line", "lines"),
               plural((int64_t)sum->maps, "map", "maps"));
    if (sum->differing == 0)
        puts("all equal");
    else
        printf("%s\n", plural((int64_t)sum->differing, "workload differs",
                              "workloads differ"));
    return sum->differing == 0 ? EXIT_OK : EXIT_IO;
}

static int run_verify(int argc, char **argv)
{
    struct verifyOptions opt = {
        .seed = DefaultSeed, .types = DefaultTypes, .go = modelled};
    int first = flags_parse(&cmd_verify, argc, argv, &opt);
    goversion_choose(opt.go); /* before the first map type */
    size_t n = opt.random > 0 ? (size_t)opt.random : (size_t)(argc - first);
    if (n == 0)
        usage_error("verify wants a workload file, or -random COUNT");
    if (opt.random > 0 && first < argc)
        usage_error("verify takes files or -random, not both");
    if (opt.trace && !modelled->allocfreetrace)
        usage_error("verify: %s has no GODEBUG=allocfreetrace for -trace",
                    modelled->name);
    struct workload **ws = opt.random > 0
                               ? random_workloads(&opt)
                               : named_workloads(argv + first, n, &opt);
    struct outfile recorded;
    open_record(&recorded, opt.record);
    struct verify v;
    verify_begin(&v, opt.goroot, ws, n, opt.trace);
    struct compared sum = run_all(&v, ws, n, recorded.f);
    close_record(&recorded, opt.record);
    int status = report(&opt, &sum, v.go.toolchain.version);
    verify_end(&v);
    for (size_t i = 0; i < n; i++)
        workload_free(ws[i]);
    free(ws);
    return status;
}

const struct command cmd_verify = {
    .name = "verify",
    .args = "FILE...",
    .summary = "run workloads here and on real Go, and compare every line",
    .doc = verify_doc,
    .flags = verify_flags,
    .run = run_verify,
};
