/*
 * told.h: what was told of a map: its arrays, their rows or their cells. Who
 * walks over a map (picture.c) shows each, and what has changed is put.
 */
#ifndef TOOLS_LOG_TOLD_H
#define TOOLS_LOG_TOLD_H

#include "map/mapview.h"
#include "tools/log/event.h"

enum { RowSlots = 8 };
_Static_assert((int)RowSlots == (int)bucketCnt &&
                   (int)RowSlots == (int)groupSlots,
               "a bucket and a group are one row");

struct toldRow;

struct toldArray {
    uintptr_t address;
    struct event told;   /* EVENT_ARRAY as it was put last */
    bool seen;           /* in the walk under way */
    bool rows;           /* told row by row */
    struct toldRow *row; /* nrows of them: chain by chain, then overflow */
    size_t nrows, rowRoom;
    uint32_t *cell, *now; /* ncells of them: as told, as counted */
    size_t ncells, perCell;
};

struct picture {
    int64_t id;
    int64_t next; /* number of the next array; they are unique in a map … */
    struct toldArray **arrays;
    size_t n, room;
    bool rows;
    bool together;   /* all tables as one array */
    size_t perCell;  /* rows that a cell stands for, of any array */
    size_t calls;    /* since cells were told … */
    size_t toldRows; /* … of a map of so many rows */
    bool all;        /* keys may have changed where bytes have not */
    void (*put)(const struct event *e);
};

/* The array that e tells of; puts e where it says something new. */
struct toldArray *told_array(struct picture *p, struct event *e);

/* A bucket or a group as it is now. */
struct rowSight {
    uint32_t number, depth;
    bool spare;
    const uint8_t *bytes;
    const void *const *key;
};

/* Row s of a, of a map of type t: puts its slots that differ. */
void told_row(struct picture *p, struct toldArray *a, const struct maptype *t,
              const struct rowSight *s);

/* Adds to the cell that row lies in: entries, and whether it was evacuated or
 * has tombstones. */
void told_cell(struct toldArray *a, size_t row, uint32_t entries, bool marked);

/* All of a was shown: puts overflow buckets that are gone, or its cells. */
void told_end(struct picture *p, struct toldArray *a);

/* All arrays were shown: puts those that are gone. */
void told_forget(struct picture *p);

void told_free(struct picture *p);

#endif
