/*
 * cross_free.c: one thread allocates, another one lets go: whose memory it is
 * then.
 */
#include "runtime/sched/sched.h"
#include "runtime/sched/thread.h"
#include "tools/scenarios/fill.h"

enum { ObjectBytes = 64 };

enum moment { PRODUCED, DROPPED, ALLOCATED, NMOMENTS };

static const char *const moment_names[NMOMENTS] = {
    [PRODUCED] = "one allocates and hands over",
    [DROPPED] = "the other lets go; collected",
    [ALLOCATED] = "the other allocates as many",
};

/* What the thread at work did, and the heap after it. */
struct account {
    uint32_t thread;
    struct tierStats tiers;
    uint64_t inUse, frees;
};

static struct {
    int64_t n;
    const struct type *type; /* of ObjectBytes */
    void **objects;          /* n of them, in the heap: what is handed over */
    struct WaitGroup produced;
    struct account at[NMOMENTS];
} shop;

/* for i := range objects { objects[i] = new([64]byte) } */
static GOFRAME void makeObjects(void)
{
    for (int64_t i = 0; i < shop.n; i++)
        shop.objects[i] = newobject(shop.type);
}
GOFRAME_MAIN(makeObjects);

static void tiers_since(struct tierStats *t)
{
    struct tierStats before = *t;
    readthreadtierstats(t);
    t->refills -= before.refills;
    t->refillsReused -= before.refillsReused;
    t->refillsFresh -= before.refillsFresh;
}

static void take_account(enum moment when)
{
    struct account *a = &shop.at[when];
    struct MemStats m;
    tiers_since(&a->tiers);
    readmemstats(&m);
    a->thread = getm()->id;
    a->inUse = m.HeapInuse;
    a->frees = m.Frees;
}

static GOFRAME void produce(void *unused)
{
    (void)unused;
    readthreadtierstats(&shop.at[PRODUCED].tiers);
    makeObjects();
    take_account(PRODUCED);
    WaitGroup_Done(&shop.produced);
}
GOFRAME_MAIN(produce);

static GOFRAME void consume(void *unused)
{
    (void)unused;
    WaitGroup_Wait(&shop.produced);
    readthreadtierstats(&shop.at[DROPPED].tiers);
    for (int64_t i = 0; i < shop.n; i++)
        shop.objects[i] = NULL;
    gc();
    take_account(DROPPED);
    readthreadtierstats(&shop.at[ALLOCATED].tiers);
    makeObjects();
    take_account(ALLOCATED);
}
GOFRAME_MAIN(consume);

static struct table *account_table(uint64_t frees)
{
    static const struct column cols[] = {
        {"step", COL_WRAP},    {"thread", COL_RIGHT}, {"new spans", COL_RIGHT},
        {"reused", COL_RIGHT}, {"Frees", COL_RIGHT},  {"HeapInuse", COL_RIGHT},
    };
    struct table *t = table_new(cols, ARRAY_LEN(cols));
    for (int i = 0; i < NMOMENTS; i++) {
        const struct account *a = &shop.at[i];
        table_text(t, "%s", moment_names[i]);
        table_num(t, a->thread);
        table_num(t, (int64_t)a->tiers.refillsFresh);
        table_num(t, (int64_t)a->tiers.refillsReused);
        table_num(t, (int64_t)(a->frees - frees));
        table_num(t, (int64_t)a->inUse);
        frees = a->frees;
    }
    return t;
}

/* The consumer is started first: it waits, and keeps its worker meanwhile. */
static struct measurement *measure_shop(const struct report *r)
{
    WaitGroup_Add(&shop.produced, 1);
    measure_begin();
    sched_start(2);
    go_run(consume, NULL);
    go_run(produce, NULL);
    sched_stop();
    return measure_end(r->view);
}

static void run(struct report *r, const struct scenarioArgs *a)
{
    struct MemStats before;
    shop.n = a->n;
    shop.type = type_parse("[64]uint8", NULL);
    gc_add_roots(&shop.objects, sizeof shop.objects);
    shop.objects = makeslice(type_parse("*int", NULL), a->n, a->n);
    gc();
    readmemstats(&before);
    struct measurement *m = measure_shop(r);
    report_text(r,
                "Two threads and %s objects of %d bytes. Reused are spans off "
                "the shelf, with slots that became free.",
                commas(a->n), ObjectBytes);
    report_table(r, NULL, account_table(before.Frees));
    report_text(r, "An object has no owner that it must go back to. Letting go "
                   "of it is no act at all: the collector finds that nothing "
                   "points to it, and whoever sweeps its span makes its slot "
                   "free. Spans of the thread that allocated went back to the "
                   "shelf or to the heap as they were swept, and the thread "
                   "that asked next has got them. An allocator whose threads "
                   "own their memory needs a queue of remote frees for this.");
    report_measurement(r, "Both threads", m);
    report_figure(r, "spans for n objects",
                  (int64_t)shop.at[0].tiers.refillsFresh);
    measure_free(m);
    gc_remove_roots(&shop.objects);
}

static const struct reason reasons[] = {
    {CHANGE_SPANS, "A span of small objects keeps bits of its own in newer "
                   "releases, and so holds a few objects less."},
    {0},
};

const struct scenario scenario_cross_free = {
    .name = "cross-free",
    .lesson = "What one thread allocated and another one dropped goes to "
              "whoever asks next.",
    .races = "which thread sweeps a span is chance",
    .reasons = reasons,
    .takes = TAKES_N,
    .n = 10000,
    .nmax = 10000000,
    .run = run,
};
