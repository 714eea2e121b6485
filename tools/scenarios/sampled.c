/*
 * sampled.c: what Go's default profile, one sample in 512 KiB, says of a
 * growing map, against what was truly allocated; under many seeds.
 */
#include "map/mapview.h"
#include "runtime/sched/rand.h"
#include "tools/lib/exits.h"
#include "tools/measure/measure.h"
#include "tools/profile/proftext.h"
#include "tools/scenarios/fill.h"
#include <inttypes.h>
#include <stdlib.h>

/* Seeds: as many as a page (`hmap page sampled`) has room for. */
enum { Seeds = 21, GoRate = 524288 };

/* What is asked of a profile. */
enum figure { OBJECTS, BYTES, ARRAYS, SINGLE, NFIGURES };

static const char *figure_name(enum figure f)
{
    static const char *const names[NFIGURES][2] = {
        [OBJECTS] = {"objects", "objects"},
        [BYTES] = {"bytes", "bytes"},
        [ARRAYS] = {"bucket arrays", "group arrays"},
        [SINGLE] = {"single buckets", "single groups"},
    };
    return by_kind(names[f][0], names[f][1]);
}

struct answer {
    int64_t of[NFIGURES];
    int64_t samples; /* that it rests on */
};

/* Adds one bucket of the profile, scaled as pprof does it. */
static void add_bucket(struct answer *a, const struct maptype *t,
                       const struct bucket *b, int64_t rate)
{
    struct memRecordCycle c = mprof_total(b);
    int64_t objects = (int64_t)c.allocs, bytes = (int64_t)c.alloc_bytes;
    a->samples += objects;
    scale_heap_sample(&objects, &bytes, rate);
    a->of[OBJECTS] += objects;
    a->of[BYTES] += bytes;
    if (b->tag.type == box_type(t))
        a->of[b->size > (size_t)box_class(t) ? ARRAYS : SINGLE] += objects;
}

/* The program's profile at a rate. Sampling draws random numbers, the map's
 * hash seed must be the same without: it is drawn before. */
static struct answer ask_profile(const struct report *r,
                                 const struct maptype *t,
                                 const struct values *keys, int64_t rate)
{
    struct answer a = {.samples = 0};
    rand_seed(rand_current_seed());
    hash0_pin(newhash0());
    setMemProfileRate(rate);
    struct measurement *m = measure_fill(r, t, 0, keys);
    for (const struct bucket *b = mprof_buckets(); b != NULL; b = b->allnext)
        add_bucket(&a, t, b, rate);
    measure_free(m);
    setMemProfileRate(r->rate);
    hash0_unpin();
    return a;
}

/* One figure under every seed. */
static void add_figure(struct table *t, enum figure f, const struct answer *a,
                       const struct answer *exact)
{
    double values[Seeds], wrong[Seeds];
    int64_t none = 0;
    for (int i = 0; i < Seeds; i++) {
        double truth = (double)exact[i].of[f], said = (double)a[i].of[f];
        values[i] = said;
        wrong[i] = truth > 0 ? 100 * said / truth : 100;
        none += a[i].of[f] == 0 && exact[i].of[f] > 0;
    }
    struct spread s = spread_of(values, Seeds), w = spread_of(wrong, Seeds);
    table_text(t, "%s", figure_name(f));
    table_num(t, exact[0].of[f]);
    table_num(t, (int64_t)s.min);
    table_num(t, (int64_t)s.median);
    table_num(t, (int64_t)s.max);
    table_real(t, w.min, 0);
    table_real(t, w.max, 0);
    table_num(t, none);
}

static void report_figures(struct report *r, const struct answer *sampled,
                           const struct answer *exact, uint64_t seed)
{
    static const struct column cols[] = {
        {"figure", 0},         {"exact", COL_RIGHT},  {"min", COL_RIGHT},
        {"median", COL_RIGHT}, {"max", COL_RIGHT},    {"min %", COL_RIGHT},
        {"max %", COL_RIGHT},  {"unseen", COL_RIGHT},
    };
    struct table *t = table_new(cols, ARRAY_LEN(cols));
    for (enum figure f = 0; f < NFIGURES; f++)
        add_figure(t, f, sampled, exact);
    char *title =
        xprintf("What the profile says under seeds %" PRIu64 " to %" PRIu64,
                seed, seed + Seeds - 1);
    report_table(r, title, t);
    free(title);
}

static void run(struct report *r, const struct scenarioArgs *a)
{
    int64_t rate = r->rate > 1 ? r->rate : GoRate;
    struct values *keys = values_make(a->type->key, 0, (size_t)a->n);
    struct answer sampled[Seeds], exact[Seeds];
    double samples[Seeds];
    uint64_t seed = rand_current_seed();
    uint64_t first = spread_first_seed(seed, Seeds);
    for (int i = 0; i < Seeds; i++) {
        rand_seed(first + (uint64_t)i);
        exact[i] = ask_profile(r, a->type, keys, 1);
        sampled[i] = ask_profile(r, a->type, keys, rate);
        samples[i] = (double)sampled[i].samples;
    }
    rand_seed(seed);
    struct spread s = spread_of(samples, Seeds);
    report_text(r,
                "n inserts without a hint, profiled at a rate of %s bytes "
                "(-memprofilerate sets another). A profile rests on %.0f to "
                "%.0f samples, in the median %.0f; pprof scales each up to "
                "what it stands for.",
                commas(rate), s.min, s.max, s.median);
    report_figures(r, sampled, exact, first);
    report_figure(r, "objects, exact", exact[0].of[OBJECTS]);
    report_real(r, "samples of a profile, median", s.median, 0);
    report_text(r,
                "exact is the first seed's; the percentages compare each "
                "profile with its own truth; unseen counts profiles that hold "
                "no such object at all. An object is sampled the more surely "
                "the larger it is, so bytes are about right, while one sample "
                "of a small object stands for thousands: a chain of small "
                "ones is missing or far too large. To count objects, profile "
                "at rate 1.");
    values_free(keys);
}

static const struct reason reasons[] = {
    {CHANGE_MAP, "A swiss map has few small objects, and each sample stands "
                 "for the size of a table's groups, or nearly: but at this "
                 "rate a profile still rests on a handful of samples."},
    {0},
};

const struct scenario scenario_sampled = {
    .name = "sampled",
    .lesson = "At Go's default rate the bytes of a profile are about right, "
              "its counts of small objects a guess.",
    .reasons = reasons,
    .takes = TAKES_N | TAKES_TYPE,
    .n = 50000,
    .nmax = 1000000,
    .type = "map[int]int",
    .run = run,
};
