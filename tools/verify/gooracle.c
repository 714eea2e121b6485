/*
 * gooracle.c: writes the Go program's sources to a directory of its own, adds
 * pairs.go with one static map type for each pair of key and element type (so
 * that Go's compiler chooses layout and map functions), builds and runs it.
 */
#include "runtime/base/goversion.h"
#include "tools/lib/exits.h"
#include "tools/lib/process.h"
#include "tools/lib/text.h"
#include "tools/verify/verify.h"
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * The text of tools/verify/oracle, which the assembler copies in, so that an
 * installed hmap can verify as well.
 */

struct sourceFile {
    const char *name; /* "main.go" */
    const char *text, *end;
};

__asm__(
    ".section .rodata\n"
    "src_main: .incbin \"tools/verify/oracle/main.go\"\n"
    "src_workload: .incbin \"tools/verify/oracle/workload.go\"\n"
    "src_run: .incbin \"tools/verify/oracle/run.go\"\n"
    "src_value: .incbin \"tools/verify/oracle/value.go\"\n"
    "src_print: .incbin \"tools/verify/oracle/print.go\"\n"
    "src_digest: .incbin \"tools/verify/oracle/digest.go\"\n"
    "src_bucketmap: .incbin \"tools/verify/oracle/bucketmap.go\"\n"
    "src_swissmap: .incbin \"tools/verify/oracle/swissmap.go\"\n"
    "src_hashkey: .incbin \"tools/verify/oracle/hashkey.go\"\n"
    "src_hashkey_maps: .incbin \"tools/verify/oracle/hashkey_maps.go\"\n"
    "src_trace: .incbin \"tools/verify/oracle/trace.go\"\n"
    "src_trace_none: .incbin \"tools/verify/oracle/trace_none.go\"\n"
    "src_offsets_go119: .incbin \"tools/verify/oracle/offsets_go119.go\"\n"
    "src_offsets_go122: .incbin \"tools/verify/oracle/offsets_go122.go\"\n"
    "src_offsets_go123: .incbin \"tools/verify/oracle/offsets_go123.go\"\n"
    "src_random_chacha8: .incbin \"tools/verify/oracle/random_chacha8.go\"\n"
    "src_random_none: .incbin \"tools/verify/oracle/random_none.go\"\n"
    "src_thread_amd64: .incbin \"tools/verify/oracle/thread_amd64.s\"\n"
    "src_pair: .incbin \"tools/verify/oracle/pair.go.tmpl\"\n"
    "src_seq: .incbin \"tools/verify/oracle/slice.go.tmpl\"\n"
    "src_end:\n"
    ".previous\n");

extern const char src_main[], src_workload[], src_run[], src_value[],
    src_print[], src_digest[], src_bucketmap[], src_swissmap[], src_hashkey[],
    src_hashkey_maps[], src_trace[], src_trace_none[], src_offsets_go119[],
    src_offsets_go122[], src_offsets_go123[], src_random_chacha8[],
    src_random_none[], src_thread_amd64[], src_pair[], src_seq[], src_end[];

/* The files that are built as they stand, of which each release of Go takes
 * those whose build constraints allow it; NULL name at the end. */
static const struct sourceFile oracle_sources[] = {
    {"main.go", src_main, src_workload},
    {"workload.go", src_workload, src_run},
    {"run.go", src_run, src_value},
    {"value.go", src_value, src_print},
    {"print.go", src_print, src_digest},
    {"digest.go", src_digest, src_bucketmap},
    {"bucketmap.go", src_bucketmap, src_swissmap},
    {"swissmap.go", src_swissmap, src_hashkey},
    {"hashkey.go", src_hashkey, src_hashkey_maps},
    {"hashkey_maps.go", src_hashkey_maps, src_trace},
    {"trace.go", src_trace, src_trace_none},
    {"trace_none.go", src_trace_none, src_offsets_go119},
    {"offsets_go119.go", src_offsets_go119, src_offsets_go122},
    {"offsets_go122.go", src_offsets_go122, src_offsets_go123},
    {"offsets_go123.go", src_offsets_go123, src_random_chacha8},
    {"random_chacha8.go", src_random_chacha8, src_random_none},
    {"random_none.go", src_random_none, src_thread_amd64},
    {"thread_amd64.s", src_thread_amd64, src_pair},
    {NULL, NULL, NULL},
};

/* What is written once for each pair of a map's types, and for each element
 * type of an append, with N for its number. */
static const struct sourceFile oracle_pair = {"pair.go.tmpl", src_pair,
                                              src_seq};
static const struct sourceFile oracle_seq = {"slice.go.tmpl", src_seq, src_end};

/*
 * The program of a batch of workloads.
 */

/* Copies a template with each word replaced: KEY and ELEM by the Go types, N by
 * the number that tells its names from those of other copies. */
static void write_copy(const struct sourceFile *source, const struct object *o,
                       size_t number, FILE *f)
{
    const char *p = source->text;
    while (p < source->end) {
        if (strncmp(p, "KEY", 3) == 0) {
            fputs(workload_type(o->key), f);
            p += 3;
        } else if (strncmp(p, "ELEM", 4) == 0) {
            fputs(workload_type(o->elem), f);
            p += 4;
        } else if (*p == 'N') {
            fprintf(f, "%zu", number);
            p++;
        } else {
            fputc(*p++, f);
        }
    }
}

/* Maps first, by their types, then slices. */
static int by_types(const void *a, const void *b)
{
    const struct object *x = *(struct object *const *)a;
    const struct object *y = *(struct object *const *)b;
    if ((x->key == NULL) != (y->key == NULL))
        return x->key == NULL ? 1 : -1;
    int order = x->key != NULL ? strcmp(x->key, y->key) : 0;
    return order != 0 ? order : strcmp(x->elem, y->elem);
}

/* The maps and slices of all workloads, one for each spelling of their types,
 * in libc's memory; NULL at the end. */
static const struct object **types_used(struct workload *const *ws, size_t n)
{
    size_t total = 0, used = 0;
    for (size_t i = 0; i < n; i++)
        total += ws[i]->nobjs;
    const struct object **all = xcalloc(total + 1, sizeof(struct object *));
    total = 0;
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < ws[i]->nobjs; j++) {
            if (ws[i]->objs[j].elem != NULL)
                all[total++] = &ws[i]->objs[j];
        }
    }
    qsort(all, total, sizeof(struct object *), by_types);
    for (size_t i = 0; i < total; i++) {
        if (used == 0 || by_types(&all[used - 1], &all[i]) != 0)
            all[used++] = all[i];
    }
    all[used] = NULL;
    return all;
}

static void write_pairs(struct workload *const *ws, size_t n, FILE *f)
{
    const struct object **used = types_used(ws, n);
    size_t i = 0;
    fputs("package main\n\nimport (\n\t\"reflect\"\n\t\"unsafe\"\n)\n\n"
          "var _ reflect.Type\nvar _ unsafe.Pointer\n\n"
          "var pairs = []struct {\n\tkey, elem string\n\tnew func() pair\n}{\n",
          f);
    for (; used[i] != NULL && used[i]->key != NULL; i++)
        fprintf(f, "\t{`%s`, `%s`, func() pair { return new(pair%zu) }},\n",
                used[i]->key, used[i]->elem, i);
    fputs("}\n\nvar seqs = []struct {\n\telem string\n\tnew func() seq\n}{\n",
          f);
    for (; used[i] != NULL; i++)
        fprintf(f, "\t{`%s`, func() seq { return new(seq%zu) }},\n",
                used[i]->elem, i);
    fputs("}\n", f);
    for (i = 0; used[i] != NULL; i++)
        write_copy(used[i]->key != NULL ? &oracle_pair : &oracle_seq, used[i],
                   i, f);
    free(used);
}

static FILE *create(const char *dir, const char *name)
{
    char *path = xprintf("%s/%s", dir, name);
    FILE *f = fopen(path, "w");
    if (f == NULL)
        io_error("%s", path);
    free(path);
    return f;
}

static void finish(FILE *f, const char *name)
{
    if (fclose(f) != 0)
        io_error("%s", name);
}

static void write_sources(const char *dir, struct workload *const *ws, size_t n)
{
    for (const struct sourceFile *s = oracle_sources; s->name != NULL; s++) {
        FILE *f = create(dir, s->name);
        fwrite(s->text, 1, (size_t)(s->end - s->text), f);
        finish(f, s->name);
    }
    FILE *f = create(dir, "pairs.go");
    write_pairs(ws, n, f);
    finish(f, "pairs.go");
}

/* The text of a file, in libc's memory; "" when there is none. */
static char *slurp(const char *dir, const char *name)
{
    char *path = xprintf("%s/%s", dir, name), *text = NULL;
    size_t cap = 0;
    FILE *f = fopen(path, "r");
    if (f == NULL || getdelim(&text, &cap, '\0', f) < 0) {
        free(text);
        text = xprintf("%s", "");
    }
    if (f != NULL)
        fclose(f);
    free(path);
    return text;
}

static int go_tool(const struct gooracle *g, const char *const *argv)
{
    char *out = xprintf("%s/go.out", g->dir),
         *err = xprintf("%s/go.err", g->dir);
    int status = process_run(&(struct process){.dir = g->dir,
                                               .out = out,
                                               .err = err,
                                               .env = toolchain_env,
                                               .argv = argv});
    free(out);
    free(err);
    return status;
}

static _Noreturn void fail(struct gooracle *g, const char *what)
{
    char *err = slurp(g->dir, "go.err");
    size_t n = strlen(err);
    if (n > 0 && err[n - 1] == '\n')
        err[n - 1] = '\0';
    fprintf(stderr, "hmap: %s%s%s\n", what, *err != '\0' ? ":\n" : "",
            printable_lines(err));
    free(err);
    gooracle_remove(g);
    exit(EXIT_IO);
}

void gooracle_build(struct gooracle *g, const char *goroot,
                    struct workload *const *ws, size_t n)
{
    char *why;
    *g = (struct gooracle){0};
    if (!toolchain_find(&g->toolchain, modelled, goroot, &why))
        file_error("%s", why);
    tempdir_make(&g->tmp, "hmap-oracle");
    g->dir = g->tmp.path;
    write_sources(g->dir, ws, n);
    const char *const argv[] = {g->toolchain.go,
                                "build",
                                modelled->checksLinknames
                                    ? "-ldflags=-w -checklinkname=0"
                                    : "-ldflags=-w",
                                "-o",
                                "oracle",
                                ".",
                                NULL};
    if (go_tool(g, argv) != 0)
        fail(g, "go build failed");
}

bool gooracle_run(const struct gooracle *g, enum gooracleMode mode,
                  char *const *files, size_t n, const char *out,
                  const char *err)
{
    const char **argv = xcalloc(n + 4, sizeof argv[0]);
    char *program = xprintf("%s/oracle", g->dir);
    size_t argc = 0;
    argv[argc++] = program;
    argv[argc++] = "-layout";
    if (mode == ORACLE_TRACE)
        argv[argc++] = "-trace";
    for (size_t i = 0; i < n; i++)
        argv[argc++] = files[i];
    static const char *const env[] = {"GODEBUG", "GOGC", "GOMEMLIMIT",
                                      "HMAP_ORACLE", NULL};
    int status = process_run(
        &(struct process){.out = out, .err = err, .env = env, .argv = argv});
    free(program);
    free(argv);
    return status == 0;
}

void gooracle_remove(struct gooracle *g)
{
    tempdir_remove(&g->tmp);
    toolchain_free(&g->toolchain);
}
