/*
 * picture.h: what was told of a map's memory so far, and of the heap's spans,
 * so that each step tells only what has changed.
 *
 *     bucketview, swissview --> [picture] --> events: array, row, cells, gone
 *
 * An array or a table of at most RowsMost rows is told row by row, with its
 * tophash or control bytes and its keys. Of larger ones a cell is told for each
 * row, or for several, so that a map has at most so many cells as wanted (an
 * old array that it still has besides): twice its entries, plus 1 where it was
 * evacuated or holds tombstones. More tables than TablesMost are told as one
 * array, their groups in the order of the directory. To look at all of a large
 * map takes its time: cells are told every so many calls, one for 2048 rows,
 * and when there are an eighth more rows than before.
 */
#ifndef TOOLS_LOG_PICTURE_H
#define TOOLS_LOG_PICTURE_H

#include "alloc/heapview.h"
#include "map/map.h"
#include "tools/log/event.h"

struct picture;

enum {
    RowsMost = 256,    /* buckets or groups of a map told row by row */
    TablesMost = 16,   /* tables of a larger map told one by one */
    CellsMost = 65536, /* cells of an array, unless fewer are wanted */
};

struct pictureWants {
    uint32_t cells; /* at most so many of a map; 0: no rows and no cells */
    bool all;       /* keys may have changed where bytes have not */
};

/* Of map number id. */
struct picture *picture_new(int64_t id);
void picture_free(struct picture *p); /* NULL is fine */

/* Tells what has changed in m since the last call. put takes each event; it
 * must copy what it wants to keep. False: nothing was told, though something
 * may have changed, because no cells are wanted or a large map is not due. */
bool picture_tell(struct picture *p, const struct maptype *t,
                  const struct gomap *m, const struct pictureWants *w,
                  void (*put)(const struct event *e));

/*
 * The maps of a recording, each with its picture (maps.c).
 */

/* The number of m, from 1; 0: of none. */
int64_t maps_id(const struct gomap *m);
void maps_forget(const struct gomap *m);
void maps_forget_all(void);

/* m may be made of other objects than when it was told. */
void maps_reshaped(const struct gomap *m);
void maps_growing(const struct mapGrowth *g);

/* Tells m as it is: its picture, then EVENT_MAP. */
void maps_tell(const struct maptype *t, const struct gomap *m,
               const struct pictureWants *w,
               void (*put)(const struct event *e));

/*
 * The same of spans (spans.c). Each has a number, from 1. Allocations told
 * since say what has become of it, until something else happens to it.
 */

/* Tells the span, if it is new or stale. Returns its number. */
int64_t spans_tell(const struct spanView *v,
                   void (*put)(const struct event *e));
/* Spans have changed by more than the allocations that were told. */
void spans_stale(void);

#endif
