/*
 * left_behind.c: the arrays that a growing map outgrew, from growth to growth,
 * until a collection takes them.
 *
 * The program runs three times from the same seed: once to learn where the map
 * grows, once without any collection, once with one before each growth.
 */
#include "tools/lib/exits.h"
#include "tools/scenarios/fill.h"
#include <stdlib.h>

/* Where to look: after at[i] inserts, n times. */
struct looks {
    size_t *at;
    size_t n;
    int64_t *size;   /* of the map (size_figure) */
    uint64_t *bytes; /* above those before the program began */
};

/* Before each growth, and at the end. Tables of a large swiss map are split one
 * by one: of those, one each time that there are half as many entries again. */
static struct looks before_growths(const struct report *r,
                                   const struct scenarioArgs *a,
                                   const struct values *keys)
{
    struct measurement *m = measure_fill(r, a->type, 0, keys);
    size_t n = m->ngrowths;
    struct looks l = {
        .at = xcalloc(n + 1, sizeof *l.at),
        .size = xcalloc(n + 1, sizeof *l.size),
        .bytes = xcalloc(n + 1, sizeof *l.bytes),
    };
    for (size_t i = 0; i < n; i++) {
        size_t at = (size_t)m->steps[i] - 1;
        if (l.n == 0 || 2 * at >= 3 * l.at[l.n - 1])
            l.at[l.n++] = at;
    }
    l.at[l.n++] = keys->n;
    measure_free(m);
    return l;
}

static void looks_free(struct looks *l)
{
    free(l->at);
    free(l->size);
    free(l->bytes);
}

/* Fills a new map and looks on the way, with a collection at each look or
 * without any. The map is garbage afterwards. */
static GOFRAME void watch(const struct maptype *t, const struct values *keys,
                          struct looks *l, bool collect)
{
    uint64_t before = live_bytes(NULL);
    struct gomap *m = make_map(t, 0);
    size_t done = 0;
    for (size_t i = 0; i < l->n; i++) {
        fill(t, m, keys, done, l->at[i]);
        done = l->at[i];
        l->size[i] = size_figure(t, m);
        l->bytes[i] = (collect ? live_bytes(m) : heap_bytes()) - before;
    }
}
GOFRAME_MAIN(watch);

static struct measurement *measure_watch(const struct report *r,
                                         const struct scenarioArgs *a,
                                         const struct values *keys,
                                         struct looks *l, bool collect)
{
    measure_begin();
    watch(a->type, keys, l, collect);
    return measure_end(r->view);
}

static void add_row(struct table *t, const struct looks *l, size_t i,
                    uint64_t live)
{
    uint64_t left = l->bytes[i] - live;
    table_num(t, (int64_t)l->at[i]);
    table_num(t, l->size[i]);
    table_num(t, (int64_t)l->bytes[i]);
    table_num(t, (int64_t)live);
    table_num(t, (int64_t)left);
    table_real(t, 100.0 * (double)left / (double)l->bytes[i], 1);
}

static void run(struct report *r, const struct scenarioArgs *a)
{
    const struct column cols[] = {
        {"inserts", COL_RIGHT},    {size_head(), COL_RIGHT},
        {"heap bytes", COL_RIGHT}, {"live", COL_RIGHT},
        {"garbage", COL_RIGHT},    {"% garbage", COL_RIGHT},
    };
    struct values *keys = values_make(a->type->key, 0, (size_t)a->n);
    int32_t percent = gc_set_percent(-1);
    struct looks l = before_growths(r, a, keys);
    measure_free(measure_watch(r, a, keys, &l, true));
    uint64_t *live = l.bytes;
    l.bytes = xcalloc(l.n, sizeof *l.bytes);
    struct measurement *m = measure_watch(r, a, keys, &l, false);

    struct table *t = table_new(cols, ARRAY_LEN(cols));
    for (size_t i = 0; i < l.n; i++)
        add_row(t, &l, i, live[i]);
    report_table(r, "Before each growth and at the end, with GOGC=off", t);
    report_text(r,
                "heap bytes are those of a program in which no collection "
                "runs, live those that are left when one runs at that moment. "
                "%s By default the first "
                "collection comes at 4 MiB of heap; a smaller program keeps "
                "all of it to the end.",
                by_kind("Each array is twice the one before, so all outgrown "
                        "ones together are about as large as the one in use: "
                        "the last growth leaves half of everything behind.",
                        "Each growth makes twice the slots of the table that "
                        "it replaces, so all outgrown tables together are "
                        "about as large as those in use."));
    report_figure(r, "garbage at the end, bytes",
                  (int64_t)(l.bytes[l.n - 1] - live[l.n - 1]));
    report_figure(r, "live at the end, bytes", (int64_t)live[l.n - 1]);
    report_measurement(r, "Who allocated all of it", m);
    measure_free(m);
    gc_set_percent(percent);
    free(live);
    looks_free(&l);
    values_free(keys);
}

static const struct reason reasons[] = {
    {CHANGE_MAP, "Half of all bytes is garbage in either map. But a swiss map "
                 "leaves it table by table, at most 1,024 slots at a time: a "
                 "collection that comes in between finds most of it."},
    {0},
};

const struct scenario scenario_left_behind = {
    .name = "left-behind",
    .lesson = "A growing map leaves as many bytes of outgrown arrays behind as "
              "it uses, until a collection.",
    .swiss_lesson = "A growing map leaves as many bytes of outgrown tables "
                    "behind as it uses, until a collection.",
    .reasons = reasons,
    .takes = TAKES_N | TAKES_TYPE,
    .n = 10000,
    .nmax = 10000000,
    .type = "map[string]int",
    .run = run,
};
