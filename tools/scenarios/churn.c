/*
 * churn.c: a map of constant size whose keys come and go, as a cache or a
 * session table does it.
 */
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
    table_num(c->rows, size_figure(c->t, c->m));
    table_num(c->rows, holes_figure(c->t, c->m));
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
            delete_key(c->t, c->m, value_at(c->keys, i - c->len));
        if (i + 1 == c->len || i + 1 == next) {
            add_row(c, i + 1);
            next = i + 1 == c->len ? next : 2 * next;
        }
    }
}
GOFRAME_MAIN(churn);

static void run(struct report *r, const struct scenarioArgs *a)
{
    const struct column cols[] = {
        {"inserts", COL_RIGHT},      {"entries", COL_RIGHT},
        {size_head(), COL_RIGHT},    {holes_head(), COL_RIGHT},
        {"bytes so far", COL_RIGHT},
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
    report_text(r, "%s",
                by_kind("Deleted slots are used again only by keys of the same "
                        "bucket, so overflow buckets gather. When they are as "
                        "many as buckets (2^15 at most), the map grows to the "
                        "same size: a new array of as many buckets, entries "
                        "packed, the overflow buckets left to the collector.",
                        "A slot deleted in a full group stays taken, by a "
                        "tombstone, since searches must go on behind it. A new "
                        "key may take a tombstone's place. A table full of "
                        "entries and tombstones grows all the same; but it "
                        "moves only the entries, so afterwards there is so "
                        "much room that it need not grow again soon."));
    report_cost(r, "n entries, replaced 64 times", m);
    measure_free(m);
    values_free(keys);
}

static const struct reason reasons[] = {
    {CHANGE_MAP, "Overflow buckets and the arrays that get rid of them are "
                 "gone. A tombstone takes no memory of its own: once tables "
                 "are large enough, keys come and go for nothing."},
    {CHANGE_PRUNING, "Tombstones that no search needs are turned back into "
                     "empty slots before a table grows."},
    {0},
};

const struct scenario scenario_churn = {
    .name = "churn",
    .lesson = "A map whose len stays the same still allocates: overflow "
              "buckets gather, then it is rebuilt in the same size.",
    .swiss_lesson = "A map whose len stays the same ends up allocating "
                    "nothing: tombstones are taken again or cleared away.",
    .reasons = reasons,
    .takes = TAKES_N | TAKES_TYPE,
    .n = 1500,
    .nmax = 100000,
    .type = "map[int]int",
    .run = run,
};
