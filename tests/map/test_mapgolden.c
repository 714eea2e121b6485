/*
 * test_mapgolden.c: what small programs allocate, to the object and the byte,
 * as the real runtimes of several releases do. Recorded with hashkey {1,1,1,1},
 * the seed of every map 42, the fallback hash, at profile rate 1, collector
 * off.
 *
 * A process models one release, and so each column is a test.
 */
#include "map/map.h"
#include "runtime/prof/memprofile.h"
#include "tests/mapmodel.h"
#include "tools/measure/keyvalue.h"

enum { MostKey = 256 }; /* bytes */

static struct textpool pool;

/* What the profile has counted so far. */
struct amount {
    uint64_t objects, bytes;
};

static struct amount allocated(void)
{
    struct amount a = {0, 0};

    for (const struct bucket *b = mprof_buckets(); b != NULL; b = b->allnext) {
        struct memRecordCycle c = mprof_total(b);
        a.objects += c.allocs;
        a.bytes += c.alloc_bytes;
    }
    return a;
}

/* A struct is {k, k}, its string "key" and k; a field of int8 is 1. */
static void set_fields(const struct type *t, char *to, uint64_t k)
{
    for (size_t i = 0; i < t->nfields; i++) {
        const struct field *f = &t->fields[i];
        value_set(f->typ, to + f->offset, f->typ->kind == kindInt8 ? 1 : k,
                  &pool);
    }
}

/* Key number k of t, for a moment. */
static const void *key(const struct maptype *t, uint64_t k)
{
    static uint64_t space[MostKey / 8];

    memset(space, 0, sizeof(space));
    if (t->key->kind == kindStruct)
        set_fields(t->key, (char *)space, k);
    else
        value_set(t->key, space, k, &pool);
    return space;
}

static void insert(const struct maptype *t, struct gomap *h, uint64_t from,
                   uint64_t to)
{
    for (uint64_t k = from; k < to; k++)
        map_assign(t, h, key(t, k));
}

static void make(const struct maptype *t, uint64_t n)
{
    map_make(t, (intptr_t)n, NULL);
}

static void make_and_fill(const struct maptype *t, uint64_t n)
{
    insert(t, map_make(t, (intptr_t)n, NULL), 0, n);
}

/* What is asked of a map whose header was made before. */
static void fill(const struct maptype *t, struct gomap *h, uint64_t n)
{
    insert(t, h, 0, n);
}

static void queue(const struct maptype *t, struct gomap *h, uint64_t width)
{
    for (uint64_t k = 0; k < 100000; k++) {
        insert(t, h, k, k + 1);
        if (k >= width)
            map_delete(t, h, key(t, k - width));
    }
}

static void fill_and_clear(const struct maptype *t, struct gomap *h, uint64_t n)
{
    for (int round = 0; round < 100; round++) {
        insert(t, h, 0, n);
        map_clear(t, h);
    }
}

struct row {
    const char *type;
    uint64_t n;
    const char *want[3]; /* 1.19, 1.22, 1.23 */
};

static const struct row makes[] = {
    {"map[int]int", 0, {"1/48", "1/48", "1/48"}},
    {"map[int]int", 1, {"1/48", "1/48", "1/48"}},
    {"map[int]int", 8, {"1/48", "1/48", "1/48"}},
    {"map[int]int", 9, {"2/336", "2/336", "2/336"}},
    {"map[int]int", 14, {"2/624", "2/624", "2/624"}},
    {"map[int]int", 15, {"2/624", "2/624", "2/624"}},
    {"map[int]int", 16, {"2/624", "2/624", "2/624"}},
    {"map[int]int", 28, {"2/1200", "2/1200", "2/1200"}},
    {"map[int]int", 29, {"2/1200", "2/1200", "2/1200"}},
    {"map[int]int", 56, {"3/2760", "3/2760", "3/2760"}},
    {"map[int]int", 57, {"3/2760", "3/2760", "3/2760"}},
    {"map[int]int", 100, {"3/2760", "3/2760", "3/2760"}},
    {"map[int]int", 112, {"3/5448", "3/5448", "3/5448"}},
    {"map[int]int", 113, {"3/5448", "3/5448", "3/5448"}},
    {"map[int]int", 448, {"3/20552", "3/20552", "3/20552"}},
    {"map[int]int", 449, {"3/20552", "3/20552", "3/20552"}},
    {"map[int]int", 896, {"3/41032", "3/41032", "3/41032"}},
    {"map[int]int", 897, {"3/41032", "3/41032", "3/41032"}},
    {"map[int]int", 1000, {"3/41032", "3/41032", "3/41032"}},
    {"map[int]int", 1024, {"3/41032", "3/41032", "3/41032"}},
    {"map[int]int", 1792, {"3/81992", "3/81992", "3/81992"}},
    {"map[int]int", 1793, {"3/81992", "3/81992", "3/81992"}},
    {"map[int]int", 3584, {"3/163912", "3/163912", "3/163912"}},
    {"map[int]int", 3585, {"3/163912", "3/163912", "3/163912"}},
    {"map[int]int", 10000, {"3/319560", "3/319560", "3/319560"}},
    {"map[int]int", 100000, {"3/2506824", "3/2506824", "3/2506824"}},
};

static const struct row made_and_filled[] = {
    {"map[int]int", 100, {"6/2808", "6/2808", "11/3336"}},
    {"map[int]int", 1000, {"7/41112", "7/41112", "9/41304"}},
    {"map[int]int", 10000, {"12/321624", "12/321752", "52/329672"}},
    {"map[int]int", 100000, {"1680/2833320", "1679/2818856", "2280/2938024"}},
};

static const struct row fills[] = {
    {"map[int]int", 1, {"1/144", "1/144", "1/144"}},
    {"map[int]int", 8, {"1/144", "1/144", "1/144"}},
    {"map[int]int", 9, {"2/432", "2/432", "2/432"}},
    {"map[int]int", 14, {"7/1208", "7/1208", "3/1008"}},
    {"map[int]int", 16, {"7/1208", "7/1208", "3/1008"}},
    {"map[int]int", 100, {"20/5608", "20/5608", "17/5624"}},
    {"map[int]int", 896, {"68/86984", "68/86984", "63/86584"}},
    {"map[int]int", 897, {"68/86984", "68/86984", "63/86584"}},
    {"map[int]int", 1000, {"70/87032", "70/87032", "65/86776"}},
    {"map[int]int", 10000, {"258/683512", "258/684152", "350/700120"}},
    {"map[int]int", 100000, {"3950/5747320", "3949/5745784", "5018/5932904"}},
    {"map[string]int", 100, {"7/7640", "7/7640", "7/7640"}},
    {"map[string]int", 1000, {"31/120344", "31/120344", "38/121800"}},
    {"map[string]int", 10000, {"270/972248", "270/972248", "241/966216"}},
    {"map[int32]int32", 1000, {"61/47464", "61/47464", "74/48712"}},
    {"map[int32]bool", 1000, {"53/34712", "53/34712", "68/35928"}},
    {"map[int8]bool", 256, {"25/4952", "25/4952", "14/4664"}},
    {"map[int]struct{}", 1000, {"71/47944", "71/47944", "66/47880"}},
    {"map[struct{}]struct{}", 1, {"1/16", "1/16", "1/16"}},
    {"map[struct{a, b int64}]int",
     1000,
     {"71/123544", "71/123544", "73/124168"}},
    {"map[struct{s string; a int64}]bool",
     1000,
     {"20/132600", "20/132600", "18/132152"}},
    {"map[struct{a int32; b int8}]int16",
     1000,
     {"60/57144", "60/57144", "54/57048"}},
    {"map[any]int", 1000, {"41/122424", "41/122424", "39/122008"}},
    {"map[float64]int", 1000, {"74/88008", "74/88008", "62/86312"}},
    {"map[int][128]byte", 1000, {"70/650840", "70/650840", "65/647560"}},
    {"map[int][129]byte", 1000, {"1037/229816", "1037/230008", "1034/229576"}},
    {"map[[129]byte]int", 1000, {"1030/228808", "1030/229000", "1015/226840"}},
    {"map[[129]byte][129]byte", 9, {"20/3024", "20/3024", "20/3024"}},
};

static const struct row queues[] = {
    {"map[int]int", 100, {"3289/778696", "3289/778696", "4182/991864"}},
    {"map[int]int", 7000, {"879/785432", "879/788504", "1548/897544"}},
};

static const struct row clears[] = {
    {"map[int]int", 1000, {"466/94952", "466/94952", "659/113704"}},
};

/* before and what has been allocated since, as the tables have it. */
static void expect_since(struct amount before, const char *want,
                         const char *what, const struct row *r)
{
    struct amount now = allocated();
    char ours[64];

    snprintf(ours, sizeof(ours), "%llu/%llu",
             (unsigned long long)(now.objects - before.objects),
             (unsigned long long)(now.bytes - before.bytes));
    cr_expect_str_eq(ours, want, "%s: %s %s %llu: ours %s, Go %s",
                     modelled->name, what, r->type, (unsigned long long)r->n,
                     ours, want);
}

static void expect_made(const struct row *r, size_t n, int column,
                        const char *what,
                        void (*run)(const struct maptype *, uint64_t))
{
    for (size_t i = 0; i < n; i++) {
        const struct maptype *t = maptype_must(r[i].type);
        struct amount before = allocated();
        run(t, r[i].n);
        expect_since(before, r[i].want[column], what, &r[i]);
    }
}

static void
expect_used(const struct row *r, size_t n, int column, const char *what,
            void (*run)(const struct maptype *, struct gomap *, uint64_t))
{
    for (size_t i = 0; i < n; i++) {
        const struct maptype *t = maptype_must(r[i].type);
        struct gomap *h = map_make_small(t);
        struct amount before = allocated();
        run(t, h, r[i].n);
        expect_since(before, r[i].want[column], what, &r[i]);
    }
}

/* Eight keys, one of them updated, a ninth. */
static void expect_ninth(void)
{
    const struct row r = {.type = "map[int]int", .n = 9};
    const struct maptype *t = maptype_must(r.type);
    struct gomap *h = map_make_small(t);

    insert(t, h, 0, 8);
    struct amount before = allocated();
    insert(t, h, 0, 1);
    expect_since(before, "0/0", "update", &r);
    insert(t, h, 8, 9);
    expect_since(before, "1/288", "then the ninth of", &r);
}

/* A map that does not escape: header and first bucket on the stack. */
static void expect_on_stack(void)
{
    const struct row r = {.type = "map[int]int", .n = 8};
    const struct maptype *t = maptype_must(r.type);
    uint64_t first[MaxFirst / PtrSize] = {0};
    struct gomap h = {0};

    map_make_stack(&h, first);
    struct amount before = allocated();
    insert(t, &h, 0, 8);
    expect_since(before, "0/0", "on the stack", &r);
    insert(t, &h, 8, 9);
    expect_since(before, "1/288", "on the stack, the ninth of", &r);
}

/* Four share a block of 16 bytes, and the profile counts blocks. */
static void expect_tiny(void)
{
    const struct row r = {.type = "int32", .n = 100};
    const struct type *t = type_basic(kindInt32);

    gc(); /* no block is open */
    struct amount before = allocated();
    for (uint64_t i = 0; i < r.n; i++)
        newobject(t);
    expect_since(before, "25/400", "new", &r);
}

static void expect_column(const char *release, int column)
{
    setenv("GOGC", "off", 1);
    goversion_choose(goversion_named(release));
    MemProfileRate = 1;
    map_setup(1);
    hash0_pin(42);
    expect_made(makes, ARRAY_LEN(makes), column, "make", make);
    expect_made(made_and_filled, ARRAY_LEN(made_and_filled), column,
                "make and fill", make_and_fill);
    expect_used(fills, ARRAY_LEN(fills), column, "fill", fill);
    expect_used(queues, ARRAY_LEN(queues), column, "queue", queue);
    expect_used(clears, ARRAY_LEN(clears), column, "fill, clear",
                fill_and_clear);
    expect_ninth();
    expect_on_stack();
    expect_tiny();
}

Test(mapgolden, go_1_19, .timeout = 300)
{
    expect_column("1.19", 0);
}

Test(mapgolden, go_1_22, .timeout = 300)
{
    expect_column("1.22", 1);
}

Test(mapgolden, go_1_23, .timeout = 300)
{
    expect_column("1.23", 2);
}
