/*
 * test_eventlog.c: what is told of a map's memory is what stands there, after
 * any operation; sums are the same however many steps are told; the steps that
 * allocate are those that Go's do.
 */
#include "map/mapview.h"
#include "runtime/sched/godebug.h"
#include "tests/mapmodel.h"
#include "tools/lib/dice.h"
#include "tools/log/eventlog.h"
#include "tools/log/names.h"
#include "tools/log/picture.h"

/* --- what was told, put together again ----------------------------------- */

enum { MostArrays = 64, MostOverflow = 512 };

struct heardRow {
    uint8_t bytes[8];
    uint32_t keys[8];
};

struct heardArray {
    int64_t id, place;
    size_t rows, perCell;
    bool old, gone;
    struct heardRow row[RowsMost];
    struct {
        int64_t number, depth;
        struct heardRow row;
    } overflow[MostOverflow];
    size_t noverflow;
    uint32_t *cells;
};

static struct heardArray *heard[MostArrays];
static size_t nheard;
static int64_t objects, bytes, steps, growths;
static struct event lastAlloc, lastMap, lastGrowth, lastStep;

static struct heardArray *array_of(int64_t id)
{
    for (size_t i = 0; i < nheard; i++)
        if (heard[i]->id == id)
            return heard[i];
    cr_assert_lt(nheard, (size_t)MostArrays);
    heard[nheard] = calloc(1, sizeof **heard);
    heard[nheard]->id = id;
    return heard[nheard++];
}

static void forget_array(int64_t id)
{
    struct heardArray *a = array_of(id);
    free(a->cells);
    for (size_t i = 0; i < nheard; i++)
        if (heard[i] == a)
            heard[i] = heard[--nheard];
    free(a);
}

static void hear_array(const struct event *e)
{
    struct heardArray *a = array_of(e->f[ARRAY_ID]);
    a->rows = (size_t)e->f[ARRAY_ROWS];
    a->perCell = (size_t)e->f[ARRAY_PER_CELL];
    a->old = e->f[ARRAY_OLD];
    a->place = e->f[ARRAY_PLACE];
    if (a->cells == NULL && a->perCell > 0)
        a->cells = calloc(a->rows / a->perCell, sizeof a->cells[0]);
}

static struct heardRow *row_of(struct heardArray *a, int64_t number,
                               int64_t depth)
{
    if (depth == 0)
        return &a->row[number];
    for (size_t i = 0; i < a->noverflow; i++)
        if (a->overflow[i].number == number && a->overflow[i].depth == depth)
            return &a->overflow[i].row;
    cr_assert_lt(a->noverflow, (size_t)MostOverflow);
    a->overflow[a->noverflow].number = number;
    a->overflow[a->noverflow].depth = depth;
    return &a->overflow[a->noverflow++].row;
}

static void drop_row(struct heardArray *a, int64_t number, int64_t depth)
{
    for (size_t i = 0; i < a->noverflow; i++)
        if (a->overflow[i].number == number && a->overflow[i].depth == depth)
            a->overflow[i] = a->overflow[--a->noverflow];
}

static void hear_row(const struct event *e)
{
    struct heardArray *a = array_of(e->f[ROW_ARRAY]);
    if (e->f[ROW_DEPTH] < 0) {
        drop_row(a, e->f[ROW_NUMBER], -e->f[ROW_DEPTH]);
        return;
    }
    struct heardRow *r = row_of(a, e->f[ROW_NUMBER], e->f[ROW_DEPTH]);
    size_t n = 0;
    for (int i = 0; i < 8; i++) {
        if ((e->f[ROW_MASK] >> i & 1) == 0)
            continue;
        r->bytes[i] = e->bytes[n];
        r->keys[i] = e->list[n++];
    }
    cr_assert_eq(n, e->nbytes);
}

static void hear_cells(const struct event *e)
{
    struct heardArray *a = array_of(e->f[CELLS_ARRAY]);
    size_t at = 0;
    for (size_t i = 0; i < e->nlist; i += 2) {
        at += e->list[i];
        cr_assert_lt(at, a->rows / a->perCell);
        a->cells[at] = e->list[i + 1];
    }
}

static void hear(const struct event *e)
{
    switch (e->kind) {
    case EVENT_ALLOC:
        objects += e->f[ALLOC_COUNT];
        bytes += e->f[ALLOC_COUNT] * e->f[ALLOC_SLOT];
        lastAlloc = *e;
        return;
    case EVENT_ARRAY:
        hear_array(e);
        return;
    case EVENT_ROW:
        hear_row(e);
        return;
    case EVENT_CELLS:
        hear_cells(e);
        return;
    case EVENT_GONE:
        forget_array(e->f[GONE_ARRAY]);
        return;
    case EVENT_MAP:
        lastMap = *e;
        return;
    case EVENT_GROWTH:
        growths++;
        lastGrowth = *e;
        return;
    case EVENT_STEP:
        steps += e->f[STEP_OP] == OP_LEFT_OUT ? e->f[STEP_N] : 1;
        lastStep = *e;
        return;
    default:
        return;
    }
}

/* --- and compared with the map -------------------------------------------- */

static void same_row(const struct maptype *t, const struct heardRow *r,
                     const uint8_t *want, const void *const *key)
{
    cr_assert_arr_eq(r->bytes, want, 8);
    for (int i = 0; i < 8; i++)
        cr_assert_eq(r->keys[i],
                     key[i] == NULL ? 0 : names_value(t->key, key[i]));
}

static struct heardArray *the_array(bool old)
{
    for (size_t i = 0; i < nheard; i++)
        if (heard[i]->old == old)
            return heard[i];
    cr_assert(false, "an array that was not told");
    return NULL;
}

static void same_buckets(const struct maptype *t, const struct gomap *m)
{
    struct bucketWalk w;
    struct bucketView v;
    size_t overflow[2] = {0};
    bucketview_begin(&w, t, m);
    while (bucketview_next(&w, &v)) {
        struct heardArray *a = the_array(v.old);
        const void *key[8];
        memcpy(key, v.key, sizeof key);
        overflow[v.old] += v.depth > 0;
        if (a->perCell == 0)
            same_row(t, row_of(a, (int64_t)v.number, v.depth), v.tophash, key);
        else if (v.depth == 0) {
            struct chainView c = bucketview_chain(t, m, v.old, v.number);
            cr_assert_eq(a->cells[v.number], 2 * c.entries + c.evacuated);
        }
    }
    for (size_t i = 0; i < nheard; i++)
        if (heard[i]->perCell == 0)
            cr_assert_eq(heard[i]->noverflow, overflow[heard[i]->old]);
    cr_assert_eq(nheard, (size_t)(bucketview_map(m)->buckets != NULL) +
                             bucketview_growing(m));
}

static struct heardArray *table_at(uintptr_t place)
{
    for (size_t i = 0; i < nheard; i++)
        if (heard[i]->place == (int64_t)place)
            return heard[i];
    cr_assert(false, "a table that was not told");
    return NULL;
}

static uint32_t cell_of(const struct groupView *g)
{
    uint32_t cell = 0;
    for (int i = 0; i < 8; i++) {
        char letter = swissview_letter(g->ctrl[i]);
        cell = letter == '#' ? cell + 2 : letter == '_' ? cell | 1 : cell;
    }
    return cell;
}

static void same_tables(const struct maptype *t, const struct gomap *m)
{
    struct swissWalk w;
    struct tableView v;
    size_t tables = 0;
    swissview_begin(&w, t, swissview_map(m));
    for (; swissview_next(&w, &v); tables++) {
        struct heardArray *a = table_at(v.index);
        for (size_t i = 0; i < v.groups; i++) {
            struct groupView g;
            const void *key[8];
            swissview_group(&w, &v, i, &g);
            memcpy(key, g.key, sizeof key);
            if (a->perCell == 0)
                same_row(t, &a->row[i], g.ctrl, key);
            else
                cr_assert_eq(a->cells[i], cell_of(&g));
        }
    }
    cr_assert_eq(nheard, tables);
}

static void same_picture(const struct maptype *t, const struct gomap *m)
{
    cr_assert_eq(lastMap.f[MAP_LEN], (int64_t)map_len(m));
    cr_assert_eq(lastMap.f[MAP_REACH], (int64_t)mapview_reach(t, m));
    if (t->kind == MAPKIND_SWISS)
        same_tables(t, m);
    else
        same_buckets(t, m);
}

/* --- programs ------------------------------------------------------- */

static void begin(int64_t every)
{
    static struct logWants w;
    MemProfileRate = 1;
    map_setup(7);
    gc_set_percent(-1);
    mapgrow_hook = eventlog_growth;
    w = (struct logWants){.put = hear, .every = every, .cells = CellsMost};
    eventlog_start(&w);
    cr_assert_eq(eventlog_part(), 1);
}

static struct gomap *make(const struct maptype *t)
{
    log_step(OP_MAKE, t, NULL, NULL);
    struct gomap *m = map_make_small(t);
    log_done(t, m);
    return m;
}

static void insert(const struct maptype *t, struct gomap *m, int64_t k)
{
    log_step(OP_INSERT, t, m, &k);
    map_assign(t, m, &k);
    log_done(t, m);
}

static void delete (const struct maptype *t, struct gomap *m, int64_t k)
{
    log_step(OP_DELETE, t, m, &k);
    map_delete(t, m, &k);
    log_done(t, m);
}

static void clear(const struct maptype *t, struct gomap *m)
{
    log_step(OP_CLEAR, t, m, NULL);
    map_clear(t, m);
    log_done(t, m);
}

/* Keys come, go, and are all cleared once; most of the time the map is small
 * enough to be told row by row. */
static void any_program(const char *release, int64_t n, uint64_t seed)
{
    goversion_choose(goversion_named(release));
    begin(1);
    const struct maptype *t = maptype_must("map[int]int");
    struct gomap *m = make(t);
    struct dice r = {seed};
    for (int64_t i = 0; i < n; i++) {
        uint64_t dice = dice_next(&r) % 100;
        int64_t k = (int64_t)(dice_next(&r) % (uint64_t)(n / 2 + 1));
        if (i == n / 3)
            clear(t, m);
        else if (dice < 70)
            insert(t, m, k);
        else
            delete (t, m, k);
        if (i < 600 || i % 37 == 0)
            same_picture(t, m);
    }
    cr_assert_gt(growths, 5);
}

Test(eventlog, a_bucket_map_is_told_as_it_stands)
{
    any_program("1.19", 6000, 1);
}

Test(eventlog, a_swiss_map_is_told_as_it_stands)
{
    any_program("1.27", 9000, 2);
}

static struct gomap *fill(const struct maptype *t, int64_t n)
{
    struct gomap *m = make(t);
    for (int64_t k = 0; k < n; k++)
        insert(t, m, k);
    return m;
}

Test(eventlog, insert_14_brings_four_buckets_of_576_bytes)
{
    begin(1);
    fill(maptype_must("map[int]int"), 14);
    cr_assert_eq(lastStep.f[STEP_AT], 14);
    cr_assert_eq(lastGrowth.f[GROWTH_WHY], WHY_LOAD);
    cr_assert_eq(lastGrowth.f[GROWTH_FROM], 1);
    cr_assert_eq(lastGrowth.f[GROWTH_TO], 2);
    cr_assert_eq(lastAlloc.f[ALLOC_SLOT], 576);
    cr_assert_eq(lastAlloc.f[ALLOC_TIER], TIER_MCENTRAL);
    cr_assert_eq(lastMap.f[MAP_B], 2);
    cr_assert_eq(objects, 4);
    cr_assert_eq(bytes, 48 + 144 + 288 + 576);
}

Test(eventlog, insert_15_of_a_swiss_map_brings_a_table)
{
    goversion_choose(goversion_newest());
    begin(1);
    fill(maptype_must("map[int]int"), 15);
    cr_assert_eq(lastGrowth.f[GROWTH_WHY], WHY_TABLE);
    cr_assert_eq(lastGrowth.f[GROWTH_FROM], 16);
    cr_assert_eq(lastGrowth.f[GROWTH_TO], 32);
    cr_assert_eq(lastMap.f[MAP_SLOTS], 32);
    cr_assert_eq(growths, 2); /* insert 9, 15 */
}

/* A log that tells few steps adds up to the same as one that tells all. */
static void sums(int64_t every, int64_t *out)
{
    begin(every);
    fill(maptype_must("map[int]int"), 5000);
    eventlog_end_part();
    struct partCounts c = eventlog_counts(1);
    cr_assert_eq(c.steps, 5001);
    cr_assert_eq((int64_t)c.objects, objects);
    cr_assert_eq((int64_t)c.bytes, bytes);
    out[0] = objects;
    out[1] = bytes;
    out[2] = steps;
    out[3] = growths;
}

Test(eventlog, sums_are_kept_when_all_steps_are_told)
{
    int64_t s[4];
    sums(1, s);
    cr_assert_eq(s[2], 5001);
    cr_assert_eq(s[3], 10);
}

Test(eventlog, sums_are_kept_when_few_steps_are_told)
{
    int64_t s[4];
    sums(100, s);
    cr_assert_eq(s[2], 5001);
    cr_assert_eq(s[3], 10);
}

static void told_as(const char *type, const void *value, const char *want)
{
    const struct type *t = type_parse(type, NULL);
    cr_assert_str_eq(names_text(names_value(t, value)), want, "%s", type);
}

Test(eventlog, values_are_told_as_go_prints_them)
{
    mallocinit();
    told_as("int8", &(int8_t){-5}, "-5");
    told_as("uint16", &(uint16_t){65535}, "65535");
    told_as("float64", &(double){1.5}, "1.5");
    told_as("string", &(struct gostring){"a<b", 3}, "\"a<b\"");
    told_as("[3]uint8", (uint8_t[]){1, 2, 3}, "[1 2 3]");
    told_as("struct{ a int32; b bool }", (int32_t[]){7, 1}, "{7 true}");
    told_as("interface {}", &(struct eface){NULL, NULL}, "nil");
    char many[200] = {0};
    const char *text =
        names_text(names_value(type_parse("[200]uint8", NULL), many));
    cr_assert_lt(strlen(text), (size_t)100);
    cr_assert_str_eq(text + strlen(text) - 3, "…");
}
