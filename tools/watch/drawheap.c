/*
 * drawheap.c: the heap drawn with letters: its classes as a table, and the
 * spans of one class, slot by slot.
 *
 * Whose a slot is, the map's or somebody else's, is found by asking the map for
 * all objects that it is made of (mapview_objects), and the heap for the slot
 * that each lies in.
 */
#include "alloc/heapview.h"
#include "alloc/objsize.h"
#include "map/mapview.h"
#include "tools/lib/exits.h"
#include "tools/lib/pool.h"
#include "tools/lib/render.h"
#include "tools/log/picture.h"
#include "tools/watch/draw.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SpansMost = 6 }; /* drawn, of a class that nobody named */

static const char *const place_words[] = {
    [SPAN_CACHED] = "in an mcache",
    [SPAN_PARTIAL] = "in mcentral",
    [SPAN_FULL] = "full",
    [SPAN_UNSWEPT] = "not swept yet",
};

/* --- whose slots --------------------------------------------------------- */

/* A slot by its address: '@' the map's. */
struct marks {
    struct byteMap *own;
    size_t inClass[NumSizeClasses]; /* how many are the map's */
};

static void mark(void *arg, const void *object)
{
    struct marks *k = arg;
    struct objectView o;
    if (!heapview_object(object, &o)) /* a header on the stack */
        return;
    if (bytemap_get(k->own, &o.base, sizeof o.base) != NULL)
        return;
    bytemap_put(k->own, &o.base, sizeof o.base, k);
    k->inClass[o.span.sizeclass]++;
}

static void marks_take(struct marks *k, const struct scene *s)
{
    *k = (struct marks){.own = bytemap_new()};
    if (s->m != NULL)
        mapview_objects(s->t, s->m, mark, k);
}

/* The address of the slot that an allocation of the step was given. 0: it is
 * not known. */
static uintptr_t slot_given(const struct scene *s, const struct event *alloc)
{
    for (size_t i = s->spans.n; i-- > 0;) {
        const struct event *e = &s->spans.list[i];
        if (e->f[SPAN_ID] == alloc->f[ALLOC_SPAN])
            return (uintptr_t)(e->f[SPAN_ADDRESS] +
                               alloc->f[ALLOC_INDEX] * e->f[SPAN_SLOT]);
    }
    return 0;
}

/* --- classes -------------------------------------------------------------- */

static const struct column class_columns[] = {
    {"class", COL_RIGHT}, {"slot", COL_RIGHT},  {"spans", COL_RIGHT},
    {"pages", COL_RIGHT}, {"taken", COL_RIGHT}, {"free", COL_RIGHT},
    {"tail", COL_RIGHT},  {"map", COL_RIGHT},
};

static struct table *class_table(const struct scene *s)
{
    struct classView classes[NumSizeClasses];
    struct marks k;
    struct table *t = table_new(class_columns, ARRAY_LEN(class_columns));
    heapview_classes(classes);
    marks_take(&k, s);
    for (int i = 0; i < NumSizeClasses; i++) {
        if (classes[i].spans == 0)
            continue;
        table_num(t, i);
        if (i == 0)
            table_none(t); /* each of its own size */
        else
            table_num(t, class_to_size[i]);
        table_num(t, (int64_t)classes[i].spans);
        table_num(t, (int64_t)classes[i].pages);
        table_num(t, (int64_t)classes[i].objects);
        table_num(t, (int64_t)classes[i].free);
        table_num(t, (int64_t)classes[i].tailBytes);
        table_num(t, (int64_t)k.inClass[i]);
    }
    bytemap_free(k.own);
    return t;
}

json_t *draw_classes_json(const struct scene *s)
{
    struct table *t = class_table(s);
    json_t *list = table_json(t);
    table_free(t);
    return list;
}

/* --- spans -------------------------------------------------------------- */

/* A span and its slots, a letter each. */
struct drawnSpan {
    struct spanView v;
    char *letters;
    bool ofStep, ofMap, drawn;
};

struct drawnSpans {
    struct drawnSpan *list;
    size_t n;
};

static void letter_span(struct drawnSpan *d, const struct scene *s,
                        const struct marks *k)
{
    d->letters = xcalloc(d->v.nelems + 1, 1);
    heapview_slots(d->v.base, d->letters, d->v.nelems + 1);
    for (uint32_t i = 0; i < d->v.nelems; i++) {
        uintptr_t slot = d->v.base + i * d->v.elemsize;
        if (d->letters[i] == '#' &&
            bytemap_get(k->own, &slot, sizeof slot) != NULL) {
            d->letters[i] = '@';
            d->ofMap = true;
        }
    }
    for (size_t i = 0; i < s->step.n; i++) {
        const struct event *e = &s->step.list[i];
        uintptr_t slot = e->kind == EVENT_ALLOC ? slot_given(s, e) : 0;
        if (slot < d->v.base || slot >= d->v.base + d->v.npages * PageSize)
            continue;
        d->letters[(slot - d->v.base) / d->v.elemsize] = '+';
        d->ofStep = true;
    }
}

/* The spans of the class, lowest address first. */
static struct drawnSpans spans_of(const struct scene *s, int class)
{
    size_t n = heapview_spans(NULL, 0);
    struct spanView *all = xcalloc(n + 1, sizeof all[0]);
    struct drawnSpans d = {xcalloc(n + 1, sizeof d.list[0]), 0};
    struct marks k;
    marks_take(&k, s);
    heapview_spans(all, n);
    for (size_t i = 0; i < n; i++) {
        if (all[i].sizeclass != class)
            continue;
        d.list[d.n].v = all[i];
        letter_span(&d.list[d.n++], s, &k);
    }
    bytemap_free(k.own);
    free(all);
    return d;
}

static void spans_free(struct drawnSpans *d)
{
    for (size_t i = 0; i < d->n; i++)
        free(d->list[i].letters);
    free(d->list);
}

/* Takes up to left that are wanted and not yet taken; the latest first, as they
 * are nearest to what has just happened. Returns what is left. */
static size_t choose(struct drawnSpans *d, size_t left, bool step, bool map)
{
    for (size_t i = d->n; i-- > 0 && left > 0;) {
        struct drawnSpan *one = &d->list[i];
        if (one->drawn || (step && !one->ofStep) || (map && !one->ofMap))
            continue;
        one->drawn = true;
        left--;
    }
    return left;
}

static void choose_spans(struct drawnSpans *d, size_t most)
{
    most = choose(d, most, true, false);
    most = choose(d, most, false, true);
    choose(d, most, false, false);
}

static void draw_span(const struct drawnSpan *d)
{
    size_t line = draw_width() >= 4 + 2 * 64 ? 128 : 64;
    const char *pointers = d->v.noscan ? "no pointers" : "pointers";
    if (draw_width() < 4 + 64)
        line = (draw_width() - 4) / 8 * 8;
    if (d->v.sizeclass == 0)
        printf("  %#" PRIx64 ": %s, one object of %s bytes, %s\n",
               (uint64_t)d->v.base,
               plural((int64_t)d->v.npages, "page", "pages"),
               commas((int64_t)d->v.elemsize), pointers);
    else
        printf("  %#" PRIx64 ": %s, %s of %s taken, %s; %s\n",
               (uint64_t)d->v.base,
               plural((int64_t)d->v.npages, "page", "pages"),
               commas(d->v.taken), plural(d->v.nelems, "slot", "slots"),
               pointers, place_words[d->v.place]);
    for (size_t i = 0; i < d->v.nelems; i += line) {
        fputs("    ", stdout);
        draw_letters(d->letters + i,
                     d->v.nelems - i < line ? d->v.nelems - i : line);
        putchar('\n');
    }
}

/* The class of what the step allocated last, else of the map's newest array,
 * else of whatever there is. */
static int class_shown(const struct scene *s)
{
    struct objectView o;
    for (size_t i = s->step.n; i-- > 0;)
        if (s->step.list[i].kind == EVENT_ALLOC)
            return (int)s->step.list[i].f[ALLOC_CLASS];
    for (size_t i = s->picture.n; i-- > 0;) {
        const struct event *e = &s->picture.list[i];
        if (e->kind == EVENT_ARRAY &&
            heapview_object((void *)(uintptr_t)e->f[ARRAY_ADDRESS], &o))
            return o.span.sizeclass;
    }
    if (s->m != NULL && heapview_object(s->m, &o))
        return o.span.sizeclass;
    return 0;
}

static void say_class(int class, size_t n)
{
    if (class == 0)
        printf("\nLarge objects, a span each: %s\n",
               plural((int64_t)n, "span", "spans"));
    else
        printf("\nClass %d, slots of %s bytes: %s\n", class,
               commas(class_to_size[class]),
               plural((int64_t)n, "span", "spans"));
}

static void draw_spans(const struct scene *s, int class)
{
    bool all = class != AnyClass;
    int shown = all ? class : class_shown(s);
    struct drawnSpans d = spans_of(s, shown);
    choose_spans(&d, all ? d.n : SpansMost);
    say_class(shown, d.n);
    for (size_t i = 0; i < d.n; i++)
        if (d.list[i].drawn)
            draw_span(&d.list[i]);
    if (!all && d.n > SpansMost)
        printf("  and %s more: -class %d draws them all\n",
               commas((int64_t)(d.n - SpansMost)), shown);
    if (d.n > 0)
        print_paragraph("+ taken in this step   @ the map's   # others', or "
                        "garbage   * an open tiny block   . free",
                        2, STYLE_DIM);
    spans_free(&d);
}

void draw_heap(const struct scene *s, int class)
{
    struct table *t = class_table(s);
    puts("Spans in use, by size class:");
    table_print(t);
    table_free(t);
    draw_spans(s, class);
}

json_t *draw_spans_json(const struct scene *s, int class)
{
    struct drawnSpans d =
        spans_of(s, class != AnyClass ? class : class_shown(s));
    json_t *list = json_array();
    for (size_t i = 0; i < d.n; i++) {
        const struct spanView *v = &d.list[i].v;
        char address[24];
        snprintf(address, sizeof address, "%#" PRIx64, (uint64_t)v->base);
        json_array_append_new(
            list,
            json_pack("{s:s, s:I, s:I, s:I, s:I, s:I, s:b, s:s, s:s}",
                      "address", address, "pages", (json_int_t)v->npages,
                      "class", (json_int_t)v->sizeclass, "slot",
                      (json_int_t)v->elemsize, "slots", (json_int_t)v->nelems,
                      "taken", (json_int_t)v->taken, "noscan", v->noscan,
                      "place", place_words[v->place], "letters",
                      d.list[i].letters));
    }
    spans_free(&d);
    return list;
}
