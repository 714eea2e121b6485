/*
 * stress_oom.c: a program of maps, slices, objects of all kinds and collections
 * is run again and again, each time with another of its requests to the system
 * refused: once alone, once with all that follow. Each run is a process of its
 * own. It must end in one of two ways:
 *
 *   0  everything in it is as it should be, and heapcheck is clean
 *   2  in Go's words: out of memory, after the crash hook has proved the
 *      heap profile
 *
 *     stress_oom [step]      every step-th request only (default 1)
 */
#include "alloc/malloc.h"
#include "map/map.h"
#include "runtime/base/sysmem.h"
#include "runtime/base/throw.h"
#include "runtime/sched/rand.h"
#include "tests/stress/stressrelease.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { Entries = 1000, Nodes = 1000, Elements = 30000, Large = 700 << 10 };

struct node {
    struct node *next;
    uint64_t value;
    char *text; /* pointer-free, a tiny object */
};

/* What the program keeps alive: its only roots. */
static struct {
    struct gomap *ints, *strings;
    struct node *list;
    struct slice slice;
    unsigned char *large;
} kept;

/* Set by the crash hook; seen by the parent too. */
static bool *hookRan;

/* Runs wherever the program is when it dies: it must find the profile whole. */
static void prove_profile(void)
{
    mprof_publish();
    mprof_check();
    *hookRan = true;
}

/* A type, or the end that any program comes to without memory for it. */
static const struct type *want_type(const char *text)
{
    const struct type *t = type_parse(text, NULL);
    if (t == NULL)
        fatal("out of memory");
    return t;
}

static const struct maptype *want_map(const char *text)
{
    const struct maptype *t = maptype_parse(text, NULL);
    if (t == NULL)
        fatal("out of memory");
    return t;
}

static void fill_maps(const struct maptype *ints, const struct maptype *strings)
{
    static const char digits[] = "0123456789";
    kept.ints = map_make_small(ints);
    kept.strings = map_make(strings, Entries / 4, NULL);
    for (uint64_t i = 0; i < Entries; i++) {
        *(uint64_t *)map_assign(ints, kept.ints, &i) = mix(i);
        struct gostring key = {digits + i % 10,
                               (intptr_t)(i % 7 % (10 - i % 10))};
        *(uint64_t *)map_assign(strings, kept.strings, &key) = i;
    }
}

static void verify_maps(const struct maptype *ints,
                        const struct maptype *strings)
{
    ASSERT(map_len(kept.ints) == Entries);
    for (uint64_t i = 0; i < Entries; i++) {
        bool ok;
        const uint64_t *v = map_access2(ints, kept.ints, &i, &ok);
        ASSERT(ok && *v == mix(i));
    }
    map_check(ints, kept.ints);
    map_check(strings, kept.strings);
}

static void make_list(const struct type *t)
{
    for (uint64_t i = 0; i < Nodes; i++) {
        struct node *n = newobject(t);
        n->next = kept.list;
        kept.list = n;
        n->value = mix(i);
        n->text = mallocgc(1 + i % 15, NULL, true);
        n->text[0] = (char)i;
    }
}

static void verify_list(void)
{
    uint64_t i = Nodes;
    for (const struct node *n = kept.list; n != NULL; n = n->next) {
        i--;
        ASSERT(n->value == mix(i) && n->text[0] == (char)i);
    }
    ASSERT(i == 0);
}

static void append_elements(const struct type *t)
{
    for (intptr_t i = 0; i < Elements; i++) {
        if (kept.slice.len == kept.slice.cap)
            kept.slice = growslice(t, kept.slice, kept.slice.len + 1);
        ((int64_t *)kept.slice.array)[kept.slice.len++] = i;
    }
}

static void verify_slice(void)
{
    ASSERT(kept.slice.len == Elements);
    for (intptr_t i = 0; i < Elements; i++)
        ASSERT(((int64_t *)kept.slice.array)[i] == i);
}

static void make_garbage(void)
{
    for (int i = 0; i < 20; i++)
        memset(mallocgc((size_t)Large + (size_t)i * 10000, NULL, true), 1,
               Large);
    kept.large = mallocgc(Large, NULL, true);
    for (int i = 0; i < Large; i++)
        ASSERT(kept.large[i] == 0);
}

static void program(void)
{
    stress_release();
    atcrash(prove_profile);
    MemProfileRate = 1;
    mallocinit();
    gc_add_roots(&kept, sizeof(kept));
    const struct maptype *ints = want_map("map[uint64]uint64");
    const struct maptype *strings = want_map("map[string]uint64");
    const struct type *node =
        want_type("struct{next *int; value uint64; text *int}");
    const struct type *int64 = want_type("int64");
    for (int round = 0; round < 2; round++) {
        memset(&kept, 0, sizeof(kept));
        fill_maps(ints, strings);
        make_list(node);
        append_elements(int64);
        gc();
        make_garbage();
        verify_maps(ints, strings);
        verify_list();
        verify_slice();
        gc();
    }
    heapcheck();
    mprof_check();
}

/* The end of one run: its exit status, its words. */
struct end {
    int status; /* as waitpid gives it */
    char said[2048];
};

static struct end run(void (*fail)(uint64_t), uint64_t n, uint64_t *requests)
{
    struct end e = {.said = ""};
    FILE *err = tmpfile();
    ASSERT(err != NULL);
    *hookRan = false;
    fflush(stdout);
    pid_t child = fork();
    ASSERT(child >= 0);
    if (child == 0) {
        dup2(fileno(err), STDERR_FILENO);
        fail(n);
        program();
        *requests = sysmem_requests();
        _exit(0);
    }
    waitpid(child, &e.status, 0);
    rewind(err);
    e.said[fread(e.said, 1, sizeof(e.said) - 1, err)] = '\0';
    fclose(err);
    return e;
}

/* Says what is wrong with an end, or NULL. */
static const char *wrong(const struct end *e)
{
    if (!WIFEXITED(e->status))
        return "ended by a signal";
    if (WEXITSTATUS(e->status) == 0)
        return NULL;
    if (WEXITSTATUS(e->status) != 2)
        return "neither 0 nor 2";
    if (strstr(e->said, "fatal error: out of memory\n") == NULL)
        return "not in Go's words";
    return *hookRan ? NULL : "the crash hook did not run";
}

int main(int argc, char **argv)
{
    uint64_t step = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
    uint64_t *total = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
                           MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int bad = 0, finished = 0, ended = 0;

    ASSERT(total != MAP_FAILED && step > 0);
    hookRan = (void *)(total + 1);
    setenv("GOGC", "50", 1);
    run(sysmem_fail_at, 0, total);
    uint64_t requests = *total;
    ASSERT(requests > 0);
    for (uint64_t n = 1; n <= 2 * requests; n += step) {
        bool once = n <= requests;
        uint64_t at = once ? n : n - requests;
        struct end e = run(once ? sysmem_fail_at : sysmem_fail_from, at, total);
        const char *what = wrong(&e);
        finished += e.status == 0;
        ended += e.status != 0;
        if (what == NULL)
            continue;
        bad++;
        fprintf(stderr, "request %lu of %lu refused%s: %s\n%s\n", at, requests,
                once ? "" : " and all that follow", what, e.said);
    }
    printf("oom: %lu requests refused, one and all from it on: %d runs "
           "finished, %d ended in Go's words, %d wrong\n",
           requests, finished, ended - bad, bad);
    return bad != 0;
}
