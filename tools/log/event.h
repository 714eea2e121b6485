/*
 * event.h: what is recorded while a program runs, in one schema: `hmap log`
 * prints it as a JSON object a line, a page holds it packed. The table in
 * event.c says which fields a kind has; both writers, the page's reader (the
 * head of a packed log carries the table) and `hmap help log` go by it.
 */
#ifndef TOOLS_LOG_EVENT_H
#define TOOLS_LOG_EVENT_H

#include "runtime/base/base.h"

enum eventKind {
    EVENT_PART,   /* a stretch of the program that is measured begins */
    EVENT_TITLE,  /* what a part is called, told when it has ended */
    EVENT_STEP,   /* an operation begins; all up to the next is its doing */
    EVENT_SPAN,   /* the span of the next allocation, where it is new or has
                     changed by more than the allocations told since */
    EVENT_ALLOC,  /* objects were allocated */
    EVENT_GROWTH, /* a map begins to grow, or a table is replaced */
    EVENT_GC,     /* a collection has marked */
    EVENT_FREE,   /* objects were swept */
    EVENT_ARRAY,  /* a bucket array or a table of a map, new or changed */
    EVENT_ROW,    /* a bucket or group that changed */
    EVENT_CELLS,  /* the same of a large map: entries of those that changed */
    EVENT_GONE,   /* an array or table that the map has let go */
    EVENT_MAP,    /* the map as the step leaves it */
    NEVENTS,
};

enum fieldKind {
    FIELD_NUM,
    FIELD_NAME,  /* a text: its number in names.h; 0: none */
    FIELD_CHAIN, /* a call chain: its number in names.h; 0: none */
    FIELD_HEX,   /* an address or a hash, all 64 bits of it */
    FIELD_OP,    /* enum logOp */
    FIELD_TIER,  /* enum tier */
    FIELD_WHY,   /* enum growthWhy */
    FIELD_BYTES, /* e->bytes */
    FIELD_LIST,  /* e->list: numbers */
    FIELD_NAMES, /* e->list: texts */
};

enum logOp {
    OP_MAKE,
    OP_INSERT,
    OP_DELETE,
    OP_CLEAR,
    OP_LOOKUP,
    OP_ITERATE,
    OP_DROP,
    OP_ALLOCATE, /* an allocation in no step of these */
    OP_COLLECT,
    OP_LEFT_OUT, /* steps that a log with every > 1 does not tell singly */
    NLOGOPS,
};

enum growthWhy {
    WHY_LOAD,     /* more than 6.5 entries a bucket */
    WHY_OVERFLOW, /* too many overflow buckets: the same size again */
    WHY_TABLE,    /* a table has no room: one of twice the slots */
    WHY_SPLIT,    /* … two tables */
    NWHYS,
};

/* Fields of each kind, in the order in which they are packed. */
enum { PART_NUMBER };
enum { TITLE_PART, TITLE_TEXT };
enum { STEP_AT, STEP_OP, STEP_N, STEP_MAP_ID, STEP_KEY, STEP_HASH };
enum {
    SPAN_ID,
    SPAN_ADDRESS,
    SPAN_PAGES,
    SPAN_SLOT,
    SPAN_SLOTS,
    SPAN_CLASS,
    SPAN_NOSCAN,
    SPAN_TAKEN,
};
enum {
    ALLOC_COUNT,
    ALLOC_ASKED,
    ALLOC_SLOT,
    ALLOC_CLASS,
    ALLOC_TIER,
    ALLOC_TYPE,
    ALLOC_CHAIN,
    ALLOC_SPAN,
    ALLOC_INDEX,
};
enum {
    GROWTH_MAP,
    GROWTH_WHY,
    GROWTH_FROM,
    GROWTH_TO,
    GROWTH_LEN,
    GROWTH_MOVES,
    GROWTH_BYTES,
    GROWTH_LET_GO,
    GROWTH_PLACES,
    GROWTH_OVERFLOW,
};
enum { GC_BEFORE, GC_LIVE, GC_OBJECTS, GC_GOAL, GC_FORCED };
enum { FREE_OBJECTS, FREE_BYTES };
enum {
    ARRAY_ID,
    ARRAY_MAP,
    ARRAY_ADDRESS,
    ARRAY_ROWS,
    ARRAY_PER_CELL,
    ARRAY_OLD,
    ARRAY_SPARES,
    ARRAY_PLACE,
    ARRAY_PLACES,
    ARRAY_DEPTH,
    ARRAY_SLOTS,
    ARRAY_USED,
    ARRAY_ROOM,
    ARRAY_TOMBSTONES,
    ARRAY_UNIT,
};
enum {
    ROW_ARRAY,
    ROW_NUMBER,
    ROW_DEPTH,
    ROW_SPARE,
    ROW_MASK,
    ROW_BYTES,
    ROW_KEYS
};
enum { CELLS_ARRAY, CELLS_LIST };
enum { GONE_ARRAY };
enum {
    MAP_ID,
    MAP_TYPE_NAME,
    MAP_LEN,
    MAP_B,
    MAP_OVERFLOW,
    MAP_OLD_LEFT,
    MAP_MOVED,
    MAP_DEPTH,
    MAP_DIRECTORY,
    MAP_TABLES,
    MAP_SLOTS,
    MAP_TOMBSTONES,
    MAP_REACH,
    MAP_DRAWN,
};
enum { MostFields = 15 };

struct eventField {
    const char *name; /* NULL behind the last */
    enum fieldKind kind;
};

struct event {
    enum eventKind kind;
    int64_t f[MostFields];
    const uint8_t *bytes; /* FIELD_BYTES */
    size_t nbytes;
    const uint32_t *list; /* FIELD_LIST, FIELD_NAMES */
    size_t nlist;
};

/* Events in the order in which they came; texts lie with them. */
struct eventQueue {
    struct event *list;
    size_t n, room;
};

/* A copy of e, with its bytes and its list. Returns it: it moves as others are
 * added. */
struct event *queue_add(struct eventQueue *q, const struct event *e);
void queue_clear(struct eventQueue *q);

extern const char *const event_words[NEVENTS];
extern const char *const op_words[NLOGOPS];
extern const char *const why_words[NWHYS];
extern const struct eventField event_fields[NEVENTS][MostFields + 1];

#endif
