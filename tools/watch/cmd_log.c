/*
 * cmd_log.c: hmap log: everything that happens in a scenario or a workload, an
 * event a line.
 */
#include "tools/cli/cmd.h"
#include "tools/log/logout.h"
#include "tools/watch/subject.h"
#include <stdio.h>

struct logOptions {
    struct subjectFlags subject;
    const struct goversion *go;
    int64_t every;
    bool cells;
};

static const struct flag log_flags[] = {
    {.name = "go",
     .arg = "RELEASE",
     .kind = FLAG_RELEASE,
     .offset = offsetof(struct logOptions, go)},
    SUBJECT_FLAGS(struct logOptions, subject),
    {.name = "cells",
     .help = "Tell the map's memory, too: its arrays or tables, and each "
             "bucket or group that changed (above 256 of them, how many "
             "entries it holds).",
     .kind = FLAG_BOOL,
     .offset = offsetof(struct logOptions, cells)},
    {.name = "every",
     .arg = "K",
     .help = "Tell each K-th step alone, and all in which a map grows or a "
             "collection runs; what the others allocate is added up "
             "(default 1).",
     .kind = FLAG_INT,
     .offset = offsetof(struct logOptions, every),
     .min = 1,
     .max = 1000000000},
    {0},
};

static const char log_doc[] =
    "SOURCE is a scenario's name (`hmap scenarios`) or a file with a workload "
    "(`hmap help replay`; - is standard input). One JSON object a line; "
    "\"event\" says what it is, and every event of a kind has the same "
    "fields:\n"
    "\n"
    "  log     what ran: go, source, seed, hash, and n, hint, type, lesson of "
    "a\n"
    "          scenario\n"
    "  part    a measured stretch of the program begins\n"
    "  title   part, title: what it is called, told when it has ended\n"
    "  step    an operation begins: at (its number in the part), op (make, "
    "insert,\n"
    "          delete, clear, lookup, iterate, drop, allocate, collect, left "
    "out), n\n"
    "          (its number among those), map, key, hash (of maps up to 256 "
    "buckets)\n"
    "  chain   chain, frames: leaf first, hidden where Go's profiles leave it "
    "out;\n"
    "          told before its first allocation\n"
    "  span    the span of the next allocation, where it is new or was swept: "
    "span,\n"
    "          address, pages, slot (bytes), slots, class, noscan, taken (a "
    "bit a\n"
    "          slot, the first is the lowest of the first byte)\n"
    "  alloc   objects, asked and slot (bytes of each), class, tier, type, "
    "chain,\n"
    "          span, index (of the slot)\n"
    "  growth  map, why (load, overflow, table, split), from, to (B; slots of "
    "a\n"
    "          swiss table), len, moves (entries), bytes (of what is new), "
    "let_go\n"
    "          (bytes replaced at once), places (of the directory), overflow\n"
    "  gc      before, live, goal (bytes), objects (marked), forced\n"
    "  free    objects, bytes: swept since that was told last\n"
    "  array   a bucket array or a table is new or changed: array, map, "
    "address,\n"
    "          rows, per_cell (0: told by rows), old (being evacuated), "
    "spares; of a\n"
    "          table place, places (in the directory), depth, slots, used, "
    "room,\n"
    "          tombstones; unit (bytes of a row); more than 16 tables of a "
    "large\n"
    "          map are told as one\n"
    "  row     array, row, depth (in its chain; negative: it left the chain), "
    "spare,\n"
    "          mask (bit i: slot i is told), bytes (tophash or control), keys\n"
    "  cells   array, cells: pairs (distance from the last cell, 2 x entries "
    "+ 1\n"
    "          where it was evacuated or has tombstones)\n"
    "  gone    array: the map has let it go\n"
    "  map     the map as the step leaves it: map, type, len, B, overflow, "
    "old_left\n"
    "          (old buckets to move), moved (of those, now), depth, "
    "directory,\n"
    "          tables, slots, tombstones, reach (bytes of all that it is made "
    "of),\n"
    "          drawn (1: its memory was told, as of this step)\n"
    "\n"
    "A step of a scenario is some 280 bytes, so two million of them (gctrace) "
    "are more than 500 MB; with -every 1000 all growths and collections are "
    "there still, and sums are the same.\n\n"
    "Tiny objects that fit into a block which is open are in no event: no "
    "record is made of them. The same command prints the same bytes, save "
    "for scenarios whose threads race, which say so (not_repeatable).\n\n"
    " hmap log first-inserts | jq 'select(.event == \"alloc\")'\n"
    " hmap log -cells large-map > events.ndjson";

static void print_head(json_t *head)
{
    json_t *line = json_pack("{s:s}", "event", "log");
    json_object_update(line, head);
    json_dumpf(line, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(line);
    json_decref(head);
}

static int run_log(int argc, char **argv)
{
    struct logOptions o = {
        .subject = subject_defaults(), .go = modelled, .every = 1};
    int first = flags_parse(&cmd_log, argc, argv, &o);
    if (argc - first != 1)
        usage_error("log wants one scenario or workload");
    struct subject s = subject_named(argv[first], &o.subject);
    struct logWants w = {.put = logout_line,
                         .every = o.every,
                         .cells = o.cells ? UINT32_MAX : 0};
    subject_record(&s, o.go, &w, print_head);
    subject_free(&s);
    return EXIT_OK;
}

const struct command cmd_log = {
    .name = "log",
    .args = "SOURCE",
    .summary = "print every event of a run: steps, allocations, growths",
    .doc = log_doc,
    .flags = log_flags,
    .takes = scenario_exists,
    .run = run_log,
};
