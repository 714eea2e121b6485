/*
 * spans.c: the spans of the heap as they were told.
 *
 * A span is told whole, with a bit for each slot, before the first allocation
 * in it that is told; from then on the allocations tell what becomes of it.
 * When anything else may have happened (a collection, steps that are left out,
 * a new part) all that was told is stale, and each span is told anew when its
 * turn comes. So nothing is kept of a span but its number and when it was told.
 *
 * Locking: the recorder's (eventlog.c), held by the caller.
 */
#include "tools/lib/exits.h"
#include "tools/lib/pool.h"
#include "tools/log/picture.h"
#include <stdlib.h>

struct knownSpan {
    int64_t id;
    size_t slot;
    uint64_t told; /* the era in which it was */
};

static struct byteMap *spans; /* struct knownSpan by where the span begins */
static int64_t nspans;
static uint64_t era = 1;

void spans_stale(void)
{
    era++;
}

static struct knownSpan *known(uintptr_t base)
{
    if (spans == NULL)
        spans = bytemap_new();
    struct knownSpan *s = bytemap_get(spans, &base, sizeof base);
    if (s != NULL)
        return s;
    s = xcalloc(1, sizeof *s);
    s->id = ++nspans;
    bytemap_put(spans, &base, sizeof base, s);
    return s;
}

/* The span's slots, eight a byte, the first the lowest bit; the one that is
 * allocated now is told as taken already. */
static void tell(int64_t id, const struct spanView *v,
                 void (*put)(const struct event *e))
{
    char *letters = xcalloc(v->nelems + 1, 1);
    uint8_t *bits = xcalloc((v->nelems + 7) / 8, 1);
    heapview_slots(v->base, letters, v->nelems + 1);
    for (uint32_t i = 0; i < v->nelems; i++)
        if (letters[i] != '.')
            bits[i / 8] |= (uint8_t)(1 << i % 8);
    struct event e = {
        .kind = EVENT_SPAN,
        .f = {[SPAN_ID] = id,
              [SPAN_ADDRESS] = (int64_t)v->base,
              [SPAN_PAGES] = (int64_t)v->npages,
              [SPAN_SLOT] = (int64_t)v->elemsize,
              [SPAN_SLOTS] = v->nelems,
              [SPAN_CLASS] = v->sizeclass,
              [SPAN_NOSCAN] = v->noscan},
        .bytes = bits,
        .nbytes = (v->nelems + 7) / 8,
    };
    put(&e);
    free(letters);
    free(bits);
}

int64_t spans_tell(const struct spanView *v, void (*put)(const struct event *e))
{
    struct knownSpan *s = known(v->base);
    if (s->told != era || s->slot != v->elemsize)
        tell(s->id, v, put);
    s->told = era;
    s->slot = v->elemsize; /* a span may come back as one of another class */
    return s->id;
}
