/*
 * event.c: the schema of the event log.
 */
#include "tools/log/event.h"
#include "tools/lib/exits.h"
#include "tools/lib/pool.h"
#include <stdlib.h>
#include <string.h>

const char *const event_words[NEVENTS] = {
    [EVENT_PART] = "part", [EVENT_TITLE] = "title", [EVENT_STEP] = "step",
    [EVENT_SPAN] = "span", [EVENT_ALLOC] = "alloc", [EVENT_GROWTH] = "growth",
    [EVENT_GC] = "gc",     [EVENT_FREE] = "free",   [EVENT_ARRAY] = "array",
    [EVENT_ROW] = "row",   [EVENT_CELLS] = "cells", [EVENT_GONE] = "gone",
    [EVENT_MAP] = "map",
};

const char *const op_words[NLOGOPS] = {
    [OP_MAKE] = "make",       [OP_INSERT] = "insert",
    [OP_DELETE] = "delete",   [OP_CLEAR] = "clear",
    [OP_LOOKUP] = "lookup",   [OP_ITERATE] = "iterate",
    [OP_DROP] = "drop",       [OP_ALLOCATE] = "allocate",
    [OP_COLLECT] = "collect", [OP_LEFT_OUT] = "left out",
};

const char *const why_words[NWHYS] = {
    [WHY_LOAD] = "load",
    [WHY_OVERFLOW] = "overflow",
    [WHY_TABLE] = "table",
    [WHY_SPLIT] = "split",
};

const struct eventField event_fields[NEVENTS][MostFields + 1] = {
    [EVENT_PART] = {[PART_NUMBER] = {"part", FIELD_NUM}},
    [EVENT_TITLE] = {[TITLE_PART] = {"part", FIELD_NUM},
                     [TITLE_TEXT] = {"title", FIELD_NAME}},
    [EVENT_STEP] = {[STEP_AT] = {"at", FIELD_NUM},
                    [STEP_OP] = {"op", FIELD_OP},
                    [STEP_N] = {"n", FIELD_NUM},
                    [STEP_MAP_ID] = {"map", FIELD_NUM},
                    [STEP_KEY] = {"key", FIELD_NAME},
                    [STEP_HASH] = {"hash", FIELD_HEX}},
    [EVENT_SPAN] = {[SPAN_ID] = {"span", FIELD_NUM},
                    [SPAN_ADDRESS] = {"address", FIELD_HEX},
                    [SPAN_PAGES] = {"pages", FIELD_NUM},
                    [SPAN_SLOT] = {"slot", FIELD_NUM},
                    [SPAN_SLOTS] = {"slots", FIELD_NUM},
                    [SPAN_CLASS] = {"class", FIELD_NUM},
                    [SPAN_NOSCAN] = {"noscan", FIELD_NUM},
                    [SPAN_TAKEN] = {"taken", FIELD_BYTES}},
    [EVENT_ALLOC] = {[ALLOC_COUNT] = {"objects", FIELD_NUM},
                     [ALLOC_ASKED] = {"asked", FIELD_NUM},
                     [ALLOC_SLOT] = {"slot", FIELD_NUM},
                     [ALLOC_CLASS] = {"class", FIELD_NUM},
                     [ALLOC_TIER] = {"tier", FIELD_TIER},
                     [ALLOC_TYPE] = {"type", FIELD_NAME},
                     [ALLOC_CHAIN] = {"chain", FIELD_CHAIN},
                     [ALLOC_SPAN] = {"span", FIELD_NUM},
                     [ALLOC_INDEX] = {"index", FIELD_NUM}},
    [EVENT_GROWTH] = {[GROWTH_MAP] = {"map", FIELD_NUM},
                      [GROWTH_WHY] = {"why", FIELD_WHY},
                      [GROWTH_FROM] = {"from", FIELD_NUM},
                      [GROWTH_TO] = {"to", FIELD_NUM},
                      [GROWTH_LEN] = {"len", FIELD_NUM},
                      [GROWTH_MOVES] = {"moves", FIELD_NUM},
                      [GROWTH_BYTES] = {"bytes", FIELD_NUM},
                      [GROWTH_LET_GO] = {"let_go", FIELD_NUM},
                      [GROWTH_PLACES] = {"places", FIELD_NUM},
                      [GROWTH_OVERFLOW] = {"overflow", FIELD_NUM}},
    [EVENT_GC] = {[GC_BEFORE] = {"before", FIELD_NUM},
                  [GC_LIVE] = {"live", FIELD_NUM},
                  [GC_OBJECTS] = {"objects", FIELD_NUM},
                  [GC_GOAL] = {"goal", FIELD_NUM},
                  [GC_FORCED] = {"forced", FIELD_NUM}},
    [EVENT_FREE] = {[FREE_OBJECTS] = {"objects", FIELD_NUM},
                    [FREE_BYTES] = {"bytes", FIELD_NUM}},
    [EVENT_ARRAY] = {[ARRAY_ID] = {"array", FIELD_NUM},
                     [ARRAY_MAP] = {"map", FIELD_NUM},
                     [ARRAY_ADDRESS] = {"address", FIELD_HEX},
                     [ARRAY_ROWS] = {"rows", FIELD_NUM},
                     [ARRAY_PER_CELL] = {"per_cell", FIELD_NUM},
                     [ARRAY_OLD] = {"old", FIELD_NUM},
                     [ARRAY_SPARES] = {"spares", FIELD_NUM},
                     [ARRAY_PLACE] = {"place", FIELD_NUM},
                     [ARRAY_PLACES] = {"places", FIELD_NUM},
                     [ARRAY_DEPTH] = {"depth", FIELD_NUM},
                     [ARRAY_SLOTS] = {"slots", FIELD_NUM},
                     [ARRAY_USED] = {"used", FIELD_NUM},
                     [ARRAY_ROOM] = {"room", FIELD_NUM},
                     [ARRAY_TOMBSTONES] = {"tombstones", FIELD_NUM},
                     [ARRAY_UNIT] = {"unit", FIELD_NUM}},
    [EVENT_ROW] = {[ROW_ARRAY] = {"array", FIELD_NUM},
                   [ROW_NUMBER] = {"row", FIELD_NUM},
                   [ROW_DEPTH] = {"depth", FIELD_NUM},
                   [ROW_SPARE] = {"spare", FIELD_NUM},
                   [ROW_MASK] = {"mask", FIELD_NUM},
                   [ROW_BYTES] = {"bytes", FIELD_BYTES},
                   [ROW_KEYS] = {"keys", FIELD_NAMES}},
    [EVENT_CELLS] = {[CELLS_ARRAY] = {"array", FIELD_NUM},
                     [CELLS_LIST] = {"cells", FIELD_LIST}},
    [EVENT_GONE] = {[GONE_ARRAY] = {"array", FIELD_NUM}},
    [EVENT_MAP] = {[MAP_ID] = {"map", FIELD_NUM},
                   [MAP_TYPE_NAME] = {"type", FIELD_NAME},
                   [MAP_LEN] = {"len", FIELD_NUM},
                   [MAP_B] = {"B", FIELD_NUM},
                   [MAP_OVERFLOW] = {"overflow", FIELD_NUM},
                   [MAP_OLD_LEFT] = {"old_left", FIELD_NUM},
                   [MAP_MOVED] = {"moved", FIELD_NUM},
                   [MAP_DEPTH] = {"depth", FIELD_NUM},
                   [MAP_DIRECTORY] = {"directory", FIELD_NUM},
                   [MAP_TABLES] = {"tables", FIELD_NUM},
                   [MAP_SLOTS] = {"slots", FIELD_NUM},
                   [MAP_TOMBSTONES] = {"tombstones", FIELD_NUM},
                   [MAP_REACH] = {"reach", FIELD_NUM},
                   [MAP_DRAWN] = {"drawn", FIELD_NUM}},
};

struct event *queue_add(struct eventQueue *q, const struct event *e)
{
    q->list = array_reserve(q->list, &q->room, q->n + 1, sizeof q->list[0]);
    struct event *copy = &q->list[q->n++];
    *copy = *e;
    if (e->nbytes > 0)
        copy->bytes = memcpy(xcalloc(e->nbytes, 1), e->bytes, e->nbytes);
    if (e->nlist > 0)
        copy->list = memcpy(xcalloc(e->nlist, sizeof e->list[0]), e->list,
                            e->nlist * sizeof e->list[0]);
    return copy;
}

void queue_clear(struct eventQueue *q)
{
    for (size_t i = 0; i < q->n; i++) {
        if (q->list[i].nbytes > 0)
            free((void *)(uintptr_t)q->list[i].bytes);
        if (q->list[i].nlist > 0)
            free((void *)(uintptr_t)q->list[i].list);
    }
    q->n = 0;
}
