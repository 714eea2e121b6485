/*
 * workaim.c: queues, refills, full small maps, hints at the boundaries of
 * tables, splits, clears of emptied maps.
 *
 * Two releases with swiss maps differ in what becomes of tombstones, and in an
 * update of a full small map: of random workloads one in 150 tells them apart.
 * Each function here writes the steps of map m<map>, whose type has been drawn.
 */
#include "runtime/base/base.h"
#include "tools/replay/workload.h"
#include <inttypes.h>

/* Each key family by hand, those that have none, boxed keys and elements. */
static const char *const pairs[] = {
    "int64 int64",       "uint64 empty",
    "int32 int32",       "uint32 bool",
    "string int64",      "string empty",
    "*int64 int64",      "unsafe.Pointer string",
    "\"chan int\" ptr",  "*int64 bytes129",
    "float64 int64",     "iface int64",
    "bytes16 ptr",       "\"struct{a int64; b int32}\" int64",
    "int8 string",       "int64 bytes128",
    "int64 bytes129",    "bytes129 int64",
    "bytes129 bytes129", NULL};

enum {
    GroupSlots = 8,
    TableRoom = 896, /* entries of the largest table */
};

static void map_line(struct dice *d, FILE *f, int map)
{
    fprintf(f, "map m%d %s", map, dice_word(d, pairs));
}

static void make(struct dice *d, FILE *f, int map)
{
    map_line(d, f, map);
    fputc('\n', f);
}

static void keys(FILE *f, const char *op, int map, uint64_t from, uint64_t to)
{
    fprintf(f, "%s m%d %" PRIu64 " %" PRIu64 "\n", op, map, from, to);
}

/* A number of entries that fills something, or one off: 7 and 8 groups' worth
 * of 7, tables up to the largest, some of those. */
static uint64_t about_full(struct dice *d)
{
    uint64_t n = dice_one_in(d, 4)
                     ? (uint64_t)TableRoom << dice_below(d, 4)
                     : (uint64_t)(GroupSlots - 1) << dice_below(d, 8);
    return n + dice_below(d, 3) - 1;
}

/* In at one end, out at the other: len stays, tombstones gather. */
static void queue(struct dice *d, FILE *f, int map)
{
    static const uint64_t widths[] = {5, 9, 30, 100, 100, 110, 700, 3000};
    uint64_t width =
        dice_below(d, widths[dice_below(d, ARRAY_LEN(widths))]) + 1;
    uint64_t step = dice_below(d, dice_one_in(d, 2) ? 4 : width) + 1;
    uint64_t rounds = dice_below(d, 150) + 10;
    make(d, f, map);
    keys(f, "insert", map, 0, width);
    for (uint64_t i = 0; i < rounds; i++) {
        uint64_t at = i * step;
        keys(f, "insert", map, at + width, at + width + step);
        keys(f, "delete", map, at, at + step);
    }
}

/* Filled, emptied all or nearly, filled again; with other keys or the same. */
static void refill(struct dice *d, FILE *f, int map)
{
    uint64_t n = about_full(d), from = 0;
    make(d, f, map);
    for (uint64_t rounds = dice_below(d, 5) + 2; rounds > 0; rounds--) {
        keys(f, "insert", map, from, from + n);
        uint64_t left = dice_one_in(d, 2) ? 0 : dice_below(d, n);
        keys(f, "delete", map, from, from + n - left);
        if (dice_one_in(d, 3))
            fprintf(f, "clear m%d\n", map);
        if (dice_one_in(d, 2))
            from += n - dice_below(d, n + 1);
    }
    keys(f, "insert", map, from, from + n);
}

/* Eight entries, one of them written again, one taken out, one put in. */
static void full_small(struct dice *d, FILE *f, int map)
{
    uint64_t n = GroupSlots - dice_below(d, 2);
    map_line(d, f, map);
    if (dice_one_in(d, 2))
        fprintf(f, " hint=%" PRIu64, dice_below(d, GroupSlots + 1));
    fputc('\n', f);
    keys(f, "insert", map, 0, n);
    for (uint64_t i = dice_below(d, 6) + 1; i > 0; i--) {
        uint64_t k = dice_below(d, GroupSlots);
        const char *const ops[] = {"insert", "insert", "delete", "lookup",
                                   NULL};
        keys(f, dice_word(d, ops), map, k, k + 1);
    }
    uint64_t more = dice_below(d, 12);
    keys(f, "insert", map, n, n + more);
}

/* make(m, hint) just where one table becomes two, filled as far or one more. */
static void hinted(struct dice *d, FILE *f, int map)
{
    uint64_t hint = about_full(d), n = hint + dice_below(d, 3);
    map_line(d, f, map);
    fprintf(f, " hint=%" PRIu64 "\n", hint);
    keys(f, "insert", map, 0, n);
    if (dice_one_in(d, 2))
        keys(f, "delete", map, 0, dice_below(d, n) + 1);
    if (dice_one_in(d, 2))
        keys(f, "insert", map, n, n + dice_below(d, n) + 1);
}

/* Holes all over: some of each run of keys goes, others come. */
static void holes(struct dice *d, FILE *f, int map)
{
    uint64_t n = about_full(d) * 2, run = dice_below(d, 40) + 2;
    uint64_t out = dice_below(d, run) + 1, gap = n / 60 + run;
    make(d, f, map);
    keys(f, "insert", map, 0, n);
    for (uint64_t at = 0; at < n; at += gap)
        keys(f, "delete", map, at, at + out);
    keys(f, "insert", map, n, n + dice_below(d, n) + 1);
    if (dice_one_in(d, 2))
        fprintf(f, "iterate m%d\n", map);
    for (uint64_t at = 0; at < n; at += gap)
        keys(f, "insert", map, at, at + out);
}

/* Emptied by deletes, then cleared: what tombstones were there may stay. */
static void clear_emptied(struct dice *d, FILE *f, int map)
{
    uint64_t n = about_full(d), fill = n * (dice_below(d, 3) + 1) / 2;
    make(d, f, map);
    keys(f, "insert", map, 0, fill);
    keys(f, "delete", map, 0, fill);
    if (dice_one_in(d, 2))
        fputs("gc\n", f);
    fprintf(f, "clear m%d\n", map);
    keys(f, "insert", map, fill, fill + n);
}

/* Tables split; now and then there are 2^16 buckets. */
static void large(struct dice *d, FILE *f, int map)
{
    uint64_t n = dice_one_in(d, 12) ? 220000 : 3000 + dice_below(d, 20000);
    make(d, f, map);
    keys(f, "insert", map, 0, n);
    keys(f, "delete", map, 0, dice_below(d, n) + 1);
    keys(f, "insert", map, n, n + n / 3);
}

void workaim_steps(struct dice *d, FILE *f)
{
    static void (*const aims[])(struct dice *, FILE *, int) = {
        queue,  queue,         refill, full_small, full_small,
        hinted, clear_emptied, holes,  refill,     large,
    };
    int maps = (int)dice_below(d, 3) + 1;
    for (int i = 0; i < maps; i++)
        aims[dice_below(d, ARRAY_LEN(aims))](d, f, i);
}
