/*
 * heapview.h: looking at the heap without touching it: what spans there are,
 * what is in them, what a pointer points to. Everything is copied out; nothing
 * here flushes, sweeps or allocates. For drawing.
 *
 * The world must be at rest, and a view is true until the next allocation.
 */
#ifndef ALLOC_HEAPVIEW_H
#define ALLOC_HEAPVIEW_H

#include "runtime/prof/memprofile.h"
#include "runtime/type/type.h"

enum spanPlace {
    SPAN_CACHED,  /* in a thread's mcache */
    SPAN_PARTIAL, /* on a shelf, with free slots */
    SPAN_FULL,    /* on a shelf, without; large objects too */
    SPAN_UNSWEPT, /* on a shelf or in an mcache, since before the last cycle */
};

struct spanView {
    uintptr_t base;
    size_t npages;     /* of 8 KiB */
    size_t elemsize;   /* bytes a slot */
    uint32_t nelems;   /* slots */
    uint32_t taken;    /* of these */
    size_t tailBytes;  /* behind the last slot: never used */
    uint8_t sizeclass; /* 0: one large object */
    bool noscan;       /* its objects hold no pointers */
    enum spanPlace place;
};

/* Copies the spans in use, lowest address first, at most max of them. Returns
 * how many there are. */
size_t heapview_spans(struct spanView *out, size_t max);

/* Draws a span's slots, a letter each: '#' taken, '.' free, '*' the open block
 * of a tiny allocator. base: as a spanView has it. At most max - 1 letters and
 * a 0. Returns the number of slots, 0 when there is no such span. */
size_t heapview_slots(uintptr_t base, char *out, size_t max);

struct objectView {
    uintptr_t base; /* of the slot that holds p */
    size_t size;    /* of the slot */
    uint32_t index; /* of the slot in its span */
    bool taken;
    struct spanView span;
    const struct type *type; /* where it is kept: above 512 bytes; or NULL */
    const struct bucket *bucket; /* where it was profiled; or NULL */
};

/* What p, any pointer, points into. False when that is no slot of the heap. */
bool heapview_object(const void *p, struct objectView *out);

/* Which words of the object at p hold pointers, by its own record: bit i of
 * mask for word from + i, up to 64. Returns how many words the object has. */
size_t heapview_pointers(const void *p, size_t from, uint64_t *mask);

/* A size class at a glance. */
struct classView {
    size_t spans, pages;
    size_t objects;   /* taken slots */
    size_t free;      /* free slots */
    size_t tailBytes; /* of all its spans */
};

/* Every class, [0] the large objects: NumSizeClasses of them. */
void heapview_classes(struct classView *out);

/* What the last completed mark phase did. */
struct markView {
    uint64_t objects;      /* found live */
    uint64_t bytes;        /* of those, class-rounded */
    uint64_t scannedBytes; /* of those that hold pointers: looked through */
};
void heapview_mark(struct markView *out);

#endif
