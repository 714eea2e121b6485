/*
 * test_syncoracle.c: sync.Map against the real one: what each recorded workload
 * allocates, chain by chain, and what the map is like inside afterwards. The
 * answers in tests/golden/syncmap/RELEASE were given by that release of Go
 * (tests/oracle/syncmap).
 *
 * HMAP_SYNCMAP=DIR compares with other recorded workloads, of the release that
 * HMAP_SYNCGO names.
 */
#include "alloc/malloc.h"
#include "map/map.h"
#include "runtime/base/goversion.h"
#include "runtime/sched/rand.h"
#include "runtime/sched/thread.h"
#include "runtime/type/hash.h"
#include "tools/measure/measure.h"
#include <criterion/criterion.h>
#include <glob.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One line of a workload: an operation on the keys from to to - 1. */
struct step {
    char op[16];
    bool str;
    int from, to;
};

struct workload {
    uint64_t hashkey[4];
    struct step steps[64];
    int nsteps;
    uint32_t hash0[1000]; /* of each dirty map, in order, as it was in Go */
    int nhash0;
    uint64_t seed; /* of a trie */
};

static struct syncMap *m; /* the map under test; a root */
static uint64_t found;
static const struct workload *running;
static int nmade;                /* dirty maps so far */
static const struct hmap *dirty; /* after the operation before */
static char (*names)[16]; /* "key0", "key1" …: made beforehand, not counted */

enum { MaxKeys = 10000 };

/* The next dirty map gets the hash0 that it had in Go. */
static void pin(void)
{
    if (nmade < running->nhash0)
        hash0_pin(running->hash0[nmade]);
}

/* Looks whether an operation has made a new map. */
static void note(void)
{
    if (syncMap_isTrie())
        return;
    if (m->dirty.dirty != NULL && m->dirty.dirty != dirty) {
        nmade++;
        pin();
    }
    dirty = m->dirty.dirty;
}

/* The value of key k as Go's compiler makes it: boxed by the operation, if it
 * escapes. */
ALWAYS_INLINE struct eface boxed(const struct step *s, int k)
{
    if (!s->str)
        return eface_int(k);
    struct gostring name = {names[k], (intptr_t)strlen(names[k])};
    return eface_of(type_basic(kindString), &name);
}

/* A key that does not escape: its box is on the stack. */
struct stackBox {
    struct eface e;
    struct gostring name;
    int64_t k;
};

static struct eface on_stack(struct stackBox *b, const struct step *s, int k)
{
    b->k = k;
    b->name = (struct gostring){names[k], (intptr_t)strlen(names[k])};
    b->e._type = type_basic(s->str ? kindString : kindInt);
    b->e.data = s->str ? (void *)&b->name : (void *)&b->k;
    return b->e;
}

static GOFRAME void store(const struct step *s)
{
    for (int k = s->from; k < s->to; k++) {
        struct eface key = boxed(s, k);
        syncMap_Store(m, key, boxed(s, k));
        note();
    }
}
GOFRAME_MAIN(store);

static GOFRAME void load(const struct step *s)
{
    struct stackBox b;
    for (int k = s->from; k < s->to; k++) {
        bool ok;
        syncMap_Load(m, on_stack(&b, s, k), &ok);
        note();
        found += ok;
    }
}
GOFRAME_MAIN(load);

static GOFRAME void loadorstore(const struct step *s)
{
    for (int k = s->from; k < s->to; k++) {
        bool loaded;
        struct eface key = boxed(s, k);
        syncMap_LoadOrStore(m, key, boxed(s, k), &loaded);
        note();
        found += loaded;
    }
}
GOFRAME_MAIN(loadorstore);

static GOFRAME void loadanddelete(const struct step *s)
{
    struct stackBox b;
    for (int k = s->from; k < s->to; k++) {
        bool loaded;
        syncMap_LoadAndDelete(m, on_stack(&b, s, k), &loaded);
        note();
        found += loaded;
    }
}
GOFRAME_MAIN(loadanddelete);

static GOFRAME void del(const struct step *s)
{
    struct stackBox b;
    for (int k = s->from; k < s->to; k++) {
        syncMap_Delete(m, on_stack(&b, s, k));
        note();
    }
}
GOFRAME_MAIN(del);

static bool count_key(void *ctx, struct eface key, struct eface value)
{
    (void)ctx;
    cr_assert(value._type == key._type);
    found++;
    return true;
}

static GOFRAME void rangeover(const struct step *s)
{
    (void)s;
    syncMap_Range(m, count_key, NULL);
    note();
}
GOFRAME_MAIN(rangeover);

static void run_step(const struct step *s)
{
    static const struct {
        const char *name;
        void (*run)(const struct step *s);
    } ops[] = {
        {"store", store},
        {"load", load},
        {"loadorstore", loadorstore},
        {"loadanddelete", loadanddelete},
        {"delete", del},
        {"range", rangeover},
    };
    for (size_t i = 0; i < ARRAY_LEN(ops); i++)
        if (strcmp(ops[i].name, s->op) == 0) {
            ops[i].run(s);
            return;
        }
    cr_assert_fail("no operation %s", s->op);
}

static void read_hash0(struct workload *w, char *line)
{
    for (char *word; (word = strsep(&line, " \n")) != NULL;)
        if (*word == '0')
            w->hash0[w->nhash0++] = (uint32_t)strtoul(word, NULL, 0);
}

static void read_line(struct workload *w, char *line)
{
    struct step s = {.from = 0};
    char kind[16];
    if (sscanf(line, "hashkey %" SCNx64 " %" SCNx64 " %" SCNx64 " %" SCNx64,
               &w->hashkey[0], &w->hashkey[1], &w->hashkey[2],
               &w->hashkey[3]) == 4)
        return;
    if (strncmp(line, "hash0", 5) == 0) {
        read_hash0(w, line);
        return;
    }
    if (sscanf(line, "seed %" SCNx64, &w->seed) == 1)
        return;
    int n = sscanf(line, "%15s %15s %d %d", s.op, kind, &s.from, &s.to);
    cr_assert(n == 4 || (n == 1 && strcmp(s.op, "range") == 0), "%s", line);
    cr_assert(s.to <= MaxKeys && w->nsteps < (int)ARRAY_LEN(w->steps));
    s.str = n == 4 && strcmp(kind, "string") == 0;
    w->steps[w->nsteps++] = s;
}

static void read_workload(struct workload *w, const char *file)
{
    char line[16384];
    FILE *f = fopen(file, "r");
    cr_assert(f != NULL, "%s", file);
    while (fgets(line, sizeof line, f))
        read_line(w, line);
    fclose(f);
}

static void print_map(FILE *out, const char *name, const struct hmap *h)
{
    if (h == NULL)
        fprintf(out, "%s nil\n", name);
    else
        fprintf(out, "%s count=%ld B=%u noverflow=%u\n", name, h->count, h->B,
                h->noverflow);
}

static void print_dirty(FILE *out)
{
    struct dirtyMapView v = dirtyMap_view(&m->dirty);
    fprintf(out, " misses %ld amended %s\n", v.misses,
            v.amended ? "true" : "false");
    print_map(out, "read", v.readMap);
    print_map(out, "dirty", v.dirtyMap);
}

static void print_trie(FILE *out)
{
    struct hashTrieView v = hashTrieMap_view(&m->trie);
    fprintf(out, " nodes=%ld entries=%ld overflow=%ld depth=%d\n", v.nodes,
            v.entries, v.overflow, v.depth);
}

/* As the oracle prints it. */
static void print_answer(FILE *out, const struct measurement *done)
{
    struct chains *c = done->chains;
    chains_sort(c, CHAINS_NAME);
    for (size_t i = 0; i < c->n; i++)
        fprintf(out, "chain %" PRIu64 " %" PRIu64 " %s\n",
                c->rows[i].alloc_objects, c->rows[i].alloc_bytes,
                c->rows[i].text);
    fprintf(out, "total %" PRIu64 " %" PRIu64 "\n", c->total.alloc_objects,
            c->total.alloc_bytes);
    fprintf(out, "found %" PRIu64, found);
    if (syncMap_isTrie())
        print_trie(out);
    else
        print_dirty(out);
}

static char *answer_of(const struct workload *w)
{
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    running = w;
    found = 0;
    nmade = 0;
    dirty = NULL;
    pin();
    seed64_pin(w->seed);
    gc();            /* closes the tiny block */
    measure_begin(); /* which also seeds everything */
    hashkey_set(w->hashkey);
    for (int i = 0; i < w->nsteps; i++)
        run_step(&w->steps[i]);
    struct measurement *done = measure_end(FRAMES_GO);
    print_answer(out, done);
    measure_free(done);
    fclose(out);
    return text;
}

static void compare(char *got, const char *file)
{
    char want[1024];
    FILE *f = fopen(file, "r");
    cr_assert(f != NULL, "%s", file);
    char *rest = got;
    for (int n = 1; fgets(want, sizeof want, f); n++) {
        char *line = strsep(&rest, "\n");
        want[strcspn(want, "\n")] = 0;
        cr_expect_str_eq(line != NULL ? line : "(nothing)", want,
                         "%s:%d: got %s, want %s", file, n, line, want);
    }
    cr_expect(rest == NULL || *rest == 0, "%s: and more: %s", file, rest);
    fclose(f);
}

static void start(const char *release)
{
    goversion_choose(goversion_named(release));
    hash_use_aes(false);
    rand_seed(1);
    MemProfileRate = 1;
    mallocinit();
    gc_add_roots(&m, sizeof m);
    names = calloc(MaxKeys, sizeof *names);
    for (int k = 0; k < MaxKeys; k++)
        snprintf(names[k], sizeof *names, "key%d", k);
}

static void run_file(const char *file)
{
    struct workload w = {.nsteps = 0};
    char want[1024];
    read_workload(&w, file);
    m = newobject(syncMap_type());
    char *got = answer_of(&w);
    const char *end = strrchr(file, '.');
    snprintf(want, sizeof want, "%.*s.want", (int)(end - file), file);
    compare(got, want);
    free(got);
}

/* All workloads of dir, as release does them; there are count, where count is
 * not 0. */
static void run_all(const char *dir, const char *release, size_t count)
{
    char pattern[1024];
    glob_t g;
    snprintf(pattern, sizeof pattern, "%s/*.txt", dir);
    cr_assert_eq(glob(pattern, 0, NULL, &g), 0, "nothing in %s", pattern);
    cr_assert(count == 0 || g.gl_pathc == count);
    start(release);
    for (size_t i = 0; i < g.gl_pathc; i++)
        run_file(g.gl_pathv[i]);
    globfree(&g);
}

/* Each release in a process of its own, as each test is. */
static void run_recorded(const char *release, size_t count)
{
    char dir[64];
    snprintf(dir, sizeof dir, "tests/golden/syncmap/%s", release);
    run_all(dir, release, count);
}

/* Seconds. At CHECK=3 each write looks through the whole map. */
enum { Patience = CHECK >= 3 ? 600 : 120 };

Test(syncoracle, go1_19_is_exact, .timeout = Patience)
{
    run_recorded("go1.19", 53);
}

Test(syncoracle, go1_22_is_exact, .timeout = Patience)
{
    run_recorded("go1.22", 20);
}

Test(syncoracle, go1_23_is_exact, .timeout = Patience)
{
    run_recorded("go1.23", 20);
}

Test(syncoracle, go1_24_is_exact, .timeout = Patience)
{
    run_recorded("go1.24", 20);
}

Test(syncoracle, go1_25_is_exact, .timeout = Patience)
{
    run_recorded("go1.25", 20);
}

Test(syncoracle, go1_26_is_exact, .timeout = Patience)
{
    run_recorded("go1.26", 20);
}

Test(syncoracle, go1_27_is_exact, .timeout = Patience)
{
    run_recorded("go1.27", 20);
}

Test(syncoracle, other_recordings_are_exact, .timeout = 600)
{
    const char *dir = getenv("HMAP_SYNCMAP");
    if (dir == NULL)
        cr_skip_test("HMAP_SYNCMAP and HMAP_SYNCGO name none");
    run_all(dir, getenv("HMAP_SYNCGO"), 0);
}
