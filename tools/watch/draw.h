/*
 * draw.h: a map and the heap below it, as they stand after a step, drawn with
 * letters: each letter is a slot, and means the same with colour or without.
 */
#ifndef TOOLS_WATCH_DRAW_H
#define TOOLS_WATCH_DRAW_H

#include "map/map.h"
#include "tools/log/event.h"
#include <jansson.h>

/* What is drawn. */
struct scene {
    const struct maptype *t; /* of the map; NULL: the step has none */
    const struct gomap *m;
    struct eventQueue step;  /* what happened: step, span, alloc, growth … */
    struct eventQueue spans; /* told so far, without their slots */
    struct eventQueue picture; /* how the map lies: array, row, cells */
};

static inline bool scene_isSwiss(const struct scene *s)
{
    return s->t->kind == MAPKIND_SWISS;
}

/* The key that the step put in: its name; 0: none. */
static inline uint32_t scene_newKey(const struct scene *s)
{
    const struct event *e = &s->step.list[0];
    return e->f[STEP_OP] == OP_INSERT ? (uint32_t)e->f[STEP_KEY] : 0;
}

/* Fills picture in, of a map that is at rest. */
void draw_look(struct scene *s);
void draw_done(struct scene *s);

/* The map, and what its letters say. */
void draw_map(const struct scene *s);

/* The same in words (mapwords.c): what the map is made of, what one of its
 * arrays (EVENT_ARRAY) is, what the letters of a drawing of that form say. */
enum drawForm { FORM_ROWS, FORM_COLUMNS, FORM_DIGITS, FORM_MEANS };
void words_map(const struct scene *s);
void words_array(const struct scene *s, const struct event *a);
void words_letters(const struct scene *s, enum drawForm form);

/* A table of the classes that have spans; then the spans of one class, slot by
 * slot: class, or, where that is AnyClass, the one of what the step allocated
 * last, else of the map's newest array. Of that the first few are drawn, those
 * of the step and of the map before others; of a class that was named, all. */
enum { AnyClass = -1 };
void draw_heap(const struct scene *s, int class);

/* The same as arrays of objects: classes, and spans of the class. */
json_t *draw_classes_json(const struct scene *s);
json_t *draw_spans_json(const struct scene *s, int class);

/* n letters in colours, which change nothing in a pipe. */
void draw_letters(const char *letters, size_t n);

/* Columns that a drawing may take. */
size_t draw_width(void);

#endif
