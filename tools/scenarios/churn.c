/*
 * churn.c: a map of constant size whose keys come and go, as a cache or a
 * session table does it.
 */
#include "map/classic/bucketview.h"
#include "tools/scenarios/fill.h"

enum { Turnovers = 64 }; /* how often every entry is replaced */

struct churn {
    const struct maptype *t;
    struct gomap *m;
    const struct values *keys;
    struct table *rows;
    size_t len;     /* entries that the map keeps */
    uint64_t total; /* bytes allocated before it was made */
};

static void add_row(const struct churn *c, size_t op)
{
    table_num(c->rows, (int64_t)op);
    table_num(c->rows, map_len(c->m));
    table_num(c->rows, bucketview_map(c->m)->B);
    table_num(c->rows, bucketview_map(c->m)->noverflow);
    table_num(c->rows, (int64_t)(bytes_so_far() - c->total));
}

/* Insert a key that was never there, delete the oldest: len stays the same. */
static GOFRAME void churn(struct churn *c)
{
    size_t next = 2 * c->len;
    c->m = make_map(c->t, 0);
    for (size_t i = 0; i < c->keys->n; i++) {
        measure_step((int64_t)i + 1);
        fill(c->t, c->m, c->keys, i, i + 1);
        if (i >= c->len)
            map_delete(c->t, c->m, value_at(c->keys, i - c->len));
        if (i + 1 == c->len || i + 1 == next) {
            add_row(c, i + 1);
            next = i + 1 == c->len ? next : 2 * next;
        }
    }
}
GOFRAME_MAIN(churn);

static void run(struct report *r, const struct scenarioArgs *a)
{
    static const struct column cols[] = {
        {"inserts", COL_RIGHT},  {"entries", COL_RIGHT},      {"B", COL_RIGHT},
        {"overflow", COL_RIGHT}, {"bytes so far", COL_RIGHT},
    };
    struct values *keys =
        values_make(a->type->key, 0, (size_t)a->n * (1 + Turnovers));
    struct churn c = {
        .t = a->type,
        .keys = keys,
        .rows = table_new(cols, ARRAY_LEN(cols)),
        .len = (size_t)a->n,
    };
    c.total = bytes_so_far();
    measure_begin();
    churn(&c);
    struct measurement *m = measure_end(r->view);
    report_text(r, "After the first n inserts each insert of a new key is "
                   "followed by the delete of the oldest.");
    report_table(r, NULL, c.rows);
    report_measurement(r, "Who allocated it", m);
    report_text(r,
                "Deleted slots are used again only by keys of the same "
                "bucket, so overflow buckets gather. When they are as many as "
                "buckets (2^15 at most), the map grows to the same size: a new "
                "array of as many buckets, entries packed, the overflow "
                "buckets left to the collector.");
    measure_free(m);
    values_free(keys);
}

const struct scenario scenario_churn = {
    .name = "churn",
    .lesson = "A map whose len stays the same still allocates: overflow "
              "buckets gather, then it is rebuilt in the same size.",
    .takes = TAKES_N | TAKES_TYPE,
    .n = 1500,
    .nmax = 100000,
    .type = "map[int]int",
    .run = run,
};
