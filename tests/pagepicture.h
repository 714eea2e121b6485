/*
 * pagepicture.h: bitmaps of pages as strings, for tests: one letter a page,
 * 'X' allocated, '.' free, '_' free and scavenged; spaces are for the eye. What
 * a picture does not show is allocated.
 */
#ifndef TESTS_PAGEPICTURE_H
#define TESTS_PAGEPICTURE_H

#include "alloc/page/pallocbits.h"
#include <criterion/criterion.h>
#include <string.h>

/* Draws picture into a chunk from page `from` on. Returns the page behind
 * it. */
static inline uint32_t draw_pages(struct pallocData *m, uint32_t from,
                                  const char *picture)
{
    for (; *picture != '\0'; picture++) {
        if (*picture == ' ')
            continue;
        cr_assert(from < pallocChunkPages, "picture too long");
        pageBits_clearRange(&m->alloc, from, 1);
        pageBits_clearRange(&m->scavenged, from, 1);
        if (*picture == 'X')
            pageBits_setRange(&m->alloc, from, 1);
        if (*picture == '_')
            pageBits_setRange(&m->scavenged, from, 1);
        from++;
    }
    return from;
}

/* A chunk whose pages from `from` on look like picture. */
static inline struct pallocData pages_at(uint32_t from, const char *picture)
{
    struct pallocData m;
    memset(&m.alloc, 0xff, sizeof m.alloc);
    memset(&m.scavenged, 0, sizeof m.scavenged);
    draw_pages(&m, from, picture);
    return m;
}

static inline struct pallocData pages_of(const char *picture)
{
    return pages_at(0, picture);
}

/* n pages of m from `from` on, drawn into out, which has room for n + 1. */
static inline const char *picture_of(const struct pallocData *m, uint32_t from,
                                     uint32_t n, char *out)
{
    for (uint32_t i = 0; i < n; i++) {
        bool taken = pageBits_get(&m->alloc, from + i);
        bool scav = pageBits_get(&m->scavenged, from + i);
        out[i] = taken && scav ? '!' : taken ? 'X' : scav ? '_' : '.';
    }
    out[n] = '\0';
    return out;
}

#endif
