/*
 * inuse.c: the same heap by every number that claims to be its size: the
 * profile's in-use, HeapAlloc, HeapInuse and the process's resident memory.
 */
#include "alloc/heapview.h"
#include "tools/lib/exits.h"
#include "tools/scenarios/fill.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { EntriesAMap = 8, kB = 1024 };

/* All in bytes. */
struct sizes {
    int64_t profile;            /* inuse_space, as of the last collection */
    int64_t alloc, inuse, idle; /* MemStats; idle without what is released */
    int64_t slots, tails; /* free slots of spans in use; behind the last slot */
    int64_t resident;     /* of the whole process */
};

static int64_t profile_inuse(void)
{
    uint64_t bytes = 0;
    mprof_publish();
    for (const struct bucket *b = mprof_buckets(); b != NULL; b = b->allnext) {
        struct memRecordCycle c = mprof_published(b);
        bytes += c.alloc_bytes - c.free_bytes;
    }
    return (int64_t)bytes;
}

static int64_t resident_bytes(void)
{
    char line[120], *second = NULL; /* all pages, resident ones, ... */
    FILE *f = fopen("/proc/self/statm", "r");
    if (f != NULL && fgets(line, sizeof line, f) != NULL)
        second = strchr(line, ' ');
    if (second == NULL)
        io_error("/proc/self/statm");
    fclose(f);
    return strtoll(second, NULL, 10) * sysconf(_SC_PAGESIZE);
}

/* Free slots and tails of all spans in use. */
static void add_holes(struct sizes *s)
{
    size_t n = heapview_spans(NULL, 0);
    struct spanView *spans = xcalloc(n, sizeof *spans);
    heapview_spans(spans, n);
    for (size_t i = 0; i < n; i++) {
        uint32_t free_slots = spans[i].nelems - spans[i].taken;
        s->slots += (int64_t)(free_slots * spans[i].elemsize);
        s->tails += (int64_t)spans[i].tailBytes;
    }
    free(spans);
}

static struct sizes sizes_now(void)
{
    struct MemStats stats;
    readmemstats(&stats);
    struct sizes s = {
        .profile = profile_inuse(),
        .alloc = (int64_t)stats.HeapAlloc,
        .inuse = (int64_t)stats.HeapInuse,
        .idle = (int64_t)(stats.HeapIdle - stats.HeapReleased),
        .resident = resident_bytes(),
    };
    add_holes(&s);
    return s;
}

static void add_row(struct table *t, const char *step, const struct sizes *base)
{
    struct sizes s = sizes_now();
    table_text(t, "%s", step);
    table_num(t, (s.profile - base->profile) / kB);
    table_num(t, (s.alloc - base->alloc) / kB);
    table_num(t, (s.slots - base->slots) / kB);
    table_num(t, (s.tails - base->tails) / kB);
    table_num(t, (s.inuse - base->inuse) / kB);
    table_num(t, s.idle / kB);
    table_num(t, (s.resident - base->resident) / kB);
}

/* maps := make([]map[K]V, n), each filled; then they go. */
static GOFRAME void live_and_die(struct table *t, const struct scenarioArgs *a,
                                 const struct values *keys)
{
    struct sizes base = sizes_now();
    size_t n = (size_t)a->n;
    struct gomap **maps = newarray(&a->type->typ, a->n);
    for (size_t i = 0; i < n; i++)
        maps[i] = fill_new(a->type, 0, keys);
    collect_around(maps);
    add_row(t, "n maps, collected", &base);
    for (size_t i = 0; i < n; i += 2)
        maps[i] = NULL;
    add_row(t, "every other dropped", &base);
    collect_around(maps);
    add_row(t, "collected", &base);
    for (size_t i = 0; i < n; i++)
        maps[i] = NULL;
    collect_around(maps);
    add_row(t, "all gone, collected", &base);
    int64_t limit = gc_set_memory_limit(1); /* debug.FreeOSMemory() */
    collect_around(NULL);
    gc_set_memory_limit(limit);
    add_row(t, "pages given back", &base);
}
GOFRAME_MAIN(live_and_die);

static void run(struct report *r, const struct scenarioArgs *a)
{
    static const struct column cols[] = {
        {"step", COL_WRAP},   {"profile", COL_RIGHT}, {"HeapAlloc", COL_RIGHT},
        {"slots", COL_RIGHT}, {"tails", COL_RIGHT},   {"HeapInuse", COL_RIGHT},
        {"idle", COL_RIGHT},  {"RSS", COL_RIGHT},
    };
    struct values *keys = values_make(a->type->key, 0, EntriesAMap);
    struct table *t = table_new(cols, ARRAY_LEN(cols));
    int32_t percent = gc_set_percent(-1);
    collect_around(NULL);
    measure_begin();
    live_and_die(t, a, keys);
    struct measurement *m = measure_end(r->view);
    gc_set_percent(percent);
    char *title = xprintf("%s of %d inserts each; kilobytes above the start",
                          plural(a->n, "map", "maps"), EntriesAMap);
    report_table(r, title, t);
    free(title);
    report_text(r,
                "profile is the heap profile's inuse_space: as of the last "
                "collection. HeapAlloc counts objects, dead ones too until "
                "they are swept. HeapInuse counts spans: objects, plus free "
                "slots, plus the tails behind the last slot of each. A span "
                "is given back only when it is quite empty, so dropping "
                "every other map gives back nothing. Empty spans become idle "
                "pages, which the process still holds: RSS falls when they "
                "are scavenged. RSS also counts what is no heap: the profile "
                "itself, span records, this program.");
    report_measurement(r, "Who allocated all of it", m);
    report_cost(r, "n maps", m);
    measure_free(m);
    values_free(keys);
}

static const struct reason reasons[] = {
    {CHANGE_MAP, "Eight entries cost the same in either map: a header of 48 "
                 "bytes, and a bucket or a group."},
    {CHANGE_SPANS,
     "Newer releases keep pointer bits, and the newest mark bits, "
     "too, in the span itself: fewer slots a span, larger "
     "tails."},
    {0},
};

const struct scenario scenario_inuse = {
    .name = "inuse",
    .lesson = "inuse_space, HeapAlloc, HeapInuse and RSS are four sizes of one "
              "heap: garbage, holes and idle pages lie between.",
    .reasons = reasons,
    .takes = TAKES_N | TAKES_TYPE,
    .n = 20000,
    .nmax = 1000000,
    .type = "map[int]int",
    .run = run,
};
