/*
 * queue.c: a map as a queue: each key is new, and is deleted a hundred inserts
 * later. What becomes of the slots that the deleted keys leave behind is what
 * tells the releases apart.
 */
#include "tools/scenarios/fill.h"

enum { Width = 100, Looks = 10 };

struct queue {
    const struct maptype *t;
    struct gomap *m;
    const struct values *keys;
    struct table *rows;
    uint64_t bytes, objects; /* allocated before */
};

static void add_row(const struct queue *q, size_t inserts)
{
    struct MemStats s;
    readmemstats(&s);
    table_num(q->rows, (int64_t)inserts);
    table_num(q->rows, map_len(q->m));
    table_num(q->rows, size_figure(q->t, q->m));
    table_num(q->rows, holes_figure(q->t, q->m));
    table_num(q->rows, (int64_t)(s.Mallocs - q->objects));
    table_num(q->rows, (int64_t)(s.TotalAlloc - q->bytes));
}

/* for i, k := range keys { m[k] = i; if i >= Width { delete(m, keys[i-Width]) }
 * }
 */
static GOFRAME void run_queue(struct queue *q)
{
    size_t n = q->keys->n;
    q->m = make_map(q->t, 0);
    for (size_t i = 0; i < n; i++) {
        measure_step((int64_t)i + 1);
        fill(q->t, q->m, q->keys, i, i + 1);
        if (i >= Width)
            delete_key(q->t, q->m, value_at(q->keys, i - Width));
        if (i + 1 == Width || (i + 1) % (n / Looks + 1) == 0 || i + 1 == n)
            add_row(q, i + 1);
    }
}
GOFRAME_MAIN(run_queue);

static const char *what_happens(void)
{
    if (modelled->map == MAPKIND_CLASSIC)
        return "A deleted slot is used again only by a key of the same bucket, "
               "so overflow buckets gather; when they are as many as buckets, "
               "the map is rebuilt in the same size. That goes on for ever.";
    if (!modelled->prunes)
        return "A table whose slots are taken by entries and tombstones grows, "
               "though few of them are entries: here it doubles until it is so "
               "large that keys nearly always meet a tombstone to take, or an "
               "empty slot beside it.";
    return "Before a table grows it turns tombstones that no search needs back "
           "into empty slots, if they are a tenth of all. So it stays as large "
           "as its entries want it, and nothing more is allocated.";
}

static void run(struct report *r, const struct scenarioArgs *a)
{
    const struct column cols[] = {
        {"inserts", COL_RIGHT},        {"entries", COL_RIGHT},
        {size_head(), COL_RIGHT},      {holes_head(), COL_RIGHT},
        {"objects so far", COL_RIGHT}, {"bytes so far", COL_RIGHT},
    };
    struct values *keys = values_make(a->type->key, 0, (size_t)a->n);
    struct queue q = {
        .t = a->type,
        .keys = keys,
        .rows = table_new(cols, ARRAY_LEN(cols)),
    };
    struct MemStats before;
    readmemstats(&before);
    q.bytes = before.TotalAlloc;
    q.objects = before.Mallocs;
    measure_begin();
    run_queue(&q);
    struct measurement *m = measure_end(r->view);
    report_text(r,
                "n inserts of new keys; after the first %d each is followed by "
                "the delete of the oldest.",
                Width);
    report_table(r, NULL, q.rows);
    report_text(r, "%s", what_happens());
    report_measurement(r, "Who allocated it", m);
    report_cost(r, "all inserts and deletes", m);
    measure_free(m);
    values_free(keys);
}

static const struct reason reasons[] = {
    {CHANGE_MAP,
     "The bucket map allocates overflow buckets for as long as keys "
     "come and go; the swiss map reaches a size and stays there."},
    {CHANGE_PRUNING, "Newer swiss maps turn tombstones back before a table "
                     "grows, for keys of 4 or 8 plain bytes and strings: the "
                     "table need not double for them."},
    {0},
};

const struct scenario scenario_queue = {
    .name = "queue",
    .lesson = "A queue of keys makes a bucket map allocate for ever; a swiss "
              "map grows to a size and stops.",
    .reasons = reasons,
    .takes = TAKES_N | TAKES_TYPE,
    .n = 100000,
    .nmax = 10000000,
    .type = "map[int]int",
    .run = run,
};
