/*
 * test_swissgolden.c: what real Go 1.24 to 1.27 allocated for the same maps, to
 * the object and the byte: hash keys pinned to {1, 1, 1, 1}, seeds to 42, the
 * fallback hash, collector off. The header, made before, is not counted where a
 * map is filled.
 */
#include "map/swiss/swissmap.h"
#include "runtime/base/throw.h"
#include "tests/mapmodel.h"
#include <criterion/parameterized.h>

/* objects / bytes; of the first release, and of the later ones. */
struct golden {
    uint64_t objects, bytes;
};

/* Where each operation walks the whole map, larger ones are left out. */
enum { MostEntries = CHECK >= 3 ? 1000 : 100000 };

static const char *release;
static struct MemStats before;

static void golden_setup(void)
{
    release_setup(release, 1);
    seed64_pin(42);
}

static void begin(void)
{
    readmemstats(&before);
}

/* What has been allocated since begin, beside what Go did. */
static void expect(const char *what, size_t n, uint64_t objects, uint64_t bytes)
{
    struct MemStats now;
    readmemstats(&now);
    cr_expect_eq(now.Mallocs - before.Mallocs, objects,
                 "%s: %s %zu: %zu objects", release, what, n,
                 (size_t)(now.Mallocs - before.Mallocs));
    cr_expect_eq(now.TotalAlloc - before.TotalAlloc, bytes,
                 "%s: %s %zu: %zu bytes", release, what, n,
                 (size_t)(now.TotalAlloc - before.TotalAlloc));
}

/* Key number n of t: n itself, also in the first bytes of an array, "key"
 * and n, or what mapmodel.h makes of it. */
static const void *key_of(const struct maptype *t, size_t n)
{
    static uint64_t key[512];
    static char texts[10000][12];
    if (t->key->kind == kindString) {
        cr_assert_lt(n, ARRAY_LEN(texts));
        int len = snprintf(texts[n], sizeof(texts[n]), "key%zu", n);
        struct gostring s = {texts[n], len};
        memcpy(key, &s, sizeof(s));
    } else if (t->key->kind == kindInt || t->key->kind == kindArray) {
        memset(key, 0, sizeof(key));
        key[0] = n;
    } else {
        value_fill(t->key, n, key);
    }
    return key;
}

static void fill(const struct maptype *t, struct gomap *g, size_t n)
{
    for (size_t i = 0; i < n; i++)
        map_assign(t, g, key_of(t, i));
}

static void filled(const char *text, size_t n, uint64_t objects, uint64_t bytes)
{
    if (n > MostEntries)
        return;
    const struct maptype *t = maptype_must(text);
    struct gomap *g = map_make_small(t);
    begin();
    fill(t, g, n);
    expect(text, n, objects, bytes);
    map_check(t, g);
}

static void made(intptr_t hint, uint64_t objects, uint64_t bytes)
{
    const struct maptype *t = maptype_must("map[int]int");
    begin();
    struct gomap *g = map_make(t, hint, NULL);
    expect("make", (size_t)hint, objects, bytes);
    map_check(t, g);
}

/* make n and fill n: header included. */
static void made_and_filled(size_t n, uint64_t objects, uint64_t bytes)
{
    if (n > MostEntries)
        return;
    const struct maptype *t = maptype_must("map[int]int");
    begin();
    struct gomap *g = map_make(t, (intptr_t)n, NULL);
    fill(t, g, n);
    expect("make and fill", n, objects, bytes);
}

static void makes(void)
{
    made(0, 1, 48);
    made(1, 1, 48);
    made(8, 1, 48);
    made(9, 4, 376);
    made(14, 4, 376);
    made(15, 4, 664);
    made(16, 4, 664);
    made(28, 4, 664);
    made(29, 4, 1240);
    made(56, 4, 1240);
    made(57, 4, 2392);
    made(100, 4, 2392);
    made(112, 4, 2392);
    made(113, 4, 4952);
    made(448, 4, 9560);
    made(449, 4, 18520);
    made(896, 4, 18520);
    made(897, 6, 19072);
    made(1000, 6, 36992);
    made(1024, 6, 36992);
    made(1792, 6, 36992);
    made(1793, 10, 38096);
    made(3584, 10, 73936);
    made(3585, 18, 76144);
    made(10000, 34, 295600);
    made(100000, 258, 2364592);
    made_and_filled(100, 4, 2392);
    made_and_filled(1000, 6, 36992);
    made_and_filled(10000, 34, 295600);
    made_and_filled(100000, 258, 2364592);
}

static void fills_of_ints(void)
{
    for (size_t n = 1; n <= 8; n++)
        filled("map[int]int", n, 1, 144);
    for (size_t n = 9; n <= 14; n++)
        filled("map[int]int", n, 4, 472);
    for (size_t n = 15; n <= 28; n++)
        filled("map[int]int", n, 6, 1080);
    filled("map[int]int", 100, 10, 4600);
    filled("map[int]int", 896, 16, 37464);
    filled("map[int]int", 897, 21, 74408);
    filled("map[int]int", 1000, 21, 74408);
    filled("map[int]int", 10000, 80, 591624);
    filled("map[int]int", 100000, 531, 4729480);
}

static void fills_of_other_types(void)
{
    filled("map[string]int", 100, 10, 6904);
    filled("map[string]int", 1000, 21, 108968);
    filled("map[string]int", 10000, 80, 873480);
    filled("map[int32]int32", 1000, 21, 38136);
    filled("map[int32]bool", 1000, 21, 38136);
    filled("map[int8]bool", 256, 14, 3248);
    filled("map[int]struct{}", 1000, 21, 74408);
    filled("map[struct{}]struct{}", 1, 1, 16);
    filled("map[struct{a, b int64}]int", 1000, 21, 108712);
    filled("map[struct{a string; b int64}]bool", 1000, 21, 160280);
    filled("map[struct{a int32; b int8}]int16", 1000, 21, 54680);
    filled("map[interface{}]int", 1000, 21, 108968);
    filled("map[float64]int", 1000, 21, 74408);
    filled("map[int][128]byte", 1000, 21, 593592);
    filled("map[int][129]byte", 1000, 1021, 218408);
    filled("map[[129]byte]int", 1000, 1021, 218408);
    filled("map[[129]byte][129]byte", 9, 22, 3064);
}

/* A queue: insert i, then delete i - width. */
static void queued(size_t width, size_t length, struct golden want)
{
    if (length > MostEntries)
        return;
    const struct maptype *t = maptype_must("map[int]int");
    struct gomap *g = map_make_small(t);
    begin();
    for (size_t i = 0; i < length; i++) {
        map_assign(t, g, key_of(t, i));
        if (i >= width)
            map_delete(t, g, key_of(t, i - width));
    }
    expect("queue", width, want.objects, want.bytes);
    map_check(t, g);
}

/* Fill 1000, clear, and again. */
static void cleared(void)
{
    const struct maptype *t = maptype_must("map[int]int");
    struct gomap *g = map_make_small(t);
    begin();
    for (int round = 0; round < (CHECK >= 3 ? 3 : 100); round++) {
        fill(t, g, 1000);
        map_clear(t, g);
    }
    expect("fill and clear", 100, 21, 74408);
}

/* Eight keys; one of them again; a ninth. */
static void updated(struct golden update, struct golden ninth)
{
    const struct maptype *t = maptype_must("map[int]int");
    struct gomap *g = map_make_small(t);
    fill(t, g, 8);
    begin();
    map_assign(t, g, key_of(t, 3));
    expect("update", 8, update.objects, update.bytes);
    begin();
    map_assign(t, g, key_of(t, 8));
    expect("ninth", 9, ninth.objects, ninth.bytes);
}

/* Header and group on the stack: nothing up to eight keys. */
static void on_the_stack(void)
{
    const struct maptype *t = maptype_must("map[int]int");
    uint64_t first[MaxFirst / 8] = {0};
    struct gomap header = {{0}};
    begin();
    map_make_stack(&header, first);
    fill(t, &header, 8);
    expect("on the stack", 8, 0, 0);
    map_assign(t, &header, key_of(t, 8));
    expect("on the stack", 9, 3, 328);
}

static void same_in_all(void)
{
    golden_setup();
    makes();
    fills_of_ints();
    fills_of_other_types();
    cleared();
    on_the_stack();
}

static const struct golden none = {0, 0}, table = {3, 328};

Test(swissgolden, go1_24)
{
    release = "1.24";
    same_in_all();
    updated(table, none);
    queued(100, 100000, (struct golden){16, 37464});
    queued(7000, 100000, (struct golden){145, 1182728});
}

/* From here on tombstones are turned back. */
static void with_pruning(void)
{
    same_in_all();
    queued(100, 100000, (struct golden){12, 9496});
    queued(7000, 100000, (struct golden){80, 591624});
}

Test(swissgolden, go1_25)
{
    release = "1.25";
    with_pruning();
    updated(table, none);
}

Test(swissgolden, go1_26)
{
    release = "1.26";
    with_pruning();
    updated(table, none);
}

Test(swissgolden, go1_27)
{
    release = "1.27";
    with_pruning();
    updated(none, table);
}

/* Key number i of a queue: a number, as a float where the key is one. */
static const void *queue_key(const struct maptype *t, size_t i)
{
    static uint64_t key;
    double f = (double)i;
    key = i;
    if (t->key->kind == kindFloat64)
        memcpy(&key, &f, sizeof(key));
    return &key;
}

/* Which keys' writes turn tombstones back: 100 wide, 20,000 long. */
static void queue_of(const char *text, struct golden want)
{
    const struct maptype *t = maptype_must(text);
    struct gomap *g = map_make_small(t);
    begin();
    for (size_t i = 0; i < 20000; i++) {
        map_assign(t, g, queue_key(t, i));
        if (i >= 100)
            map_delete(t, g, queue_key(t, i - 100));
    }
    expect(text, 100, want.objects, want.bytes);
    map_check(t, g);
}

static const struct golden kept = {14, 19000}, pruned = {12, 9496};

Test(swissgolden, nobody_prunes_in_1_24)
{
    release = "1.24";
    golden_setup();
    queue_of("map[int]int", (struct golden){16, 37464});
    queue_of("map[int32]int", (struct golden){16, 37464});
    queue_of("map[uintptr]int", (struct golden){16, 37464});
    queue_of("map[float64]int", kept);
}

Test(swissgolden, plain_keys_prune_in_1_25)
{
    release = "1.25";
    golden_setup();
    queue_of("map[int]int", pruned);
    queue_of("map[int32]int", pruned);
    queue_of("map[unsafe.Pointer]int", (struct golden){16, 37464});
    queue_of("map[float64]int", kept);
}

Test(swissgolden, pointers_too_in_1_27)
{
    release = "1.27";
    golden_setup();
    queue_of("map[int]int", pruned);
    queue_of("map[unsafe.Pointer]int", pruned);
    queue_of("map[float64]int", kept);
}
