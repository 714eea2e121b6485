/*
 * mapwords.c: a drawn map in words: what it is made of, above the drawing and
 * each of its arrays, and what the letters mean, below.
 */
#include "map/mapview.h"
#include "tools/lib/exits.h"
#include "tools/lib/render.h"
#include "tools/lib/text.h"
#include "tools/watch/draw.h"
#include <inttypes.h>
#include <stdlib.h>

static char *array_text(const struct scene *s, const struct event *a)
{
    uint64_t address = (uint64_t)a->f[ARRAY_ADDRESS];
    const char *unit = commas(a->f[ARRAY_UNIT]);
    int64_t rows = a->f[ARRAY_ROWS], spares = a->f[ARRAY_SPARES];
    if (scene_isSwiss(s) && a->f[ARRAY_PLACES] == 0)
        return xprintf("the only group, %s bytes at %#" PRIx64, unit, address);
    if (scene_isSwiss(s))
        return xprintf(
            "table %" PRId64 ": %s slots at %#" PRIx64
            "; %s taken, %s deleted, room for %s more; %s of the directory",
            a->f[ARRAY_PLACE], commas(a->f[ARRAY_SLOTS]), address,
            commas(a->f[ARRAY_USED]), commas(a->f[ARRAY_TOMBSTONES]),
            commas(a->f[ARRAY_ROOM]),
            plural(a->f[ARRAY_PLACES], "place", "places"));
    return xprintf("the %sarray at %#" PRIx64 ": %s%s%s%s of %s bytes",
                   a->f[ARRAY_OLD]            ? "old "
                   : bucketview_growing(s->m) ? "new "
                                              : "",
                   address, plural(rows, "bucket", "buckets"),
                   spares > 0 ? ", " : "",
                   spares > 0 ? plural(spares, "spare", "spares") : "",
                   spares > 0 ? "," : "", unit);
}

static char *buckets_text(const struct scene *s)
{
    struct bucketCounts c = bucketview_counts(s->t, s->m);
    if (c.buckets == 0)
        return xprintf("no bucket yet; the first insert brings it");
    char *moving = c.oldbuckets == 0
                       ? xprintf("%s", "")
                       : xprintf("; %s of %s old buckets have yet to move",
                                 commas((int64_t)c.oldleft),
                                 commas((int64_t)c.oldbuckets));
    char *text = xprintf(
        "B %u: %s, %s%s; it grows when more than %s entries are to be in it",
        bucketview_map(s->m)->B,
        plural((int64_t)c.buckets, "bucket", "buckets"),
        plural((int64_t)c.overflow, "overflow bucket", "overflow buckets"),
        moving, commas((int64_t)mapview_shape(s->t, s->m).room));
    free(moving);
    return text;
}

static char *tables_text(const struct scene *s)
{
    struct swissCounts c = swissview_counts(s->t, swissview_map(s->m));
    if (c.groups == 0)
        return xprintf("no group yet; the first insert brings it");
    if (c.tables == 0)
        return xprintf("the one group of a small map; a 9th entry makes a "
                       "table of it");
    return xprintf("%s, %s slots, %s deleted; a directory of %s",
                   plural((int64_t)c.tables, "table", "tables"),
                   commas((int64_t)c.capacity), commas((int64_t)c.tombstones),
                   plural((int64_t)c.dirLen, "place", "places"));
}

void words_map(const struct scene *s)
{
    char *form = scene_isSwiss(s) ? tables_text(s) : buckets_text(s);
    char *text = xprintf("%s, %s, %s bytes: %s", s->t->typ.str,
                         plural((int64_t)map_len(s->m), "entry", "entries"),
                         commas((int64_t)mapview_reach(s->t, s->m)), form);
    print_paragraph(text, 0, STYLE_TITLE);
    free(text);
    free(form);
}

void words_array(const struct scene *s, const struct event *a)
{
    char *text = array_text(s, a);
    print_paragraph(text, 2, STYLE_PLAIN);
    free(text);
}

void words_letters(const struct scene *s, enum drawForm form)
{
    bool swiss = scene_isSwiss(s), old = !swiss && bucketview_growing(s->m);
    char *text;
    if (form >= FORM_DIGITS)
        text =
            xprintf("%s to 8: so many entries are in a %s   . in none%s%s",
                    form == FORM_MEANS ? "0" : "1", swiss ? "group" : "bucket",
                    swiss ? "" : "   + more, by its overflow buckets",
                    old ? "   x it has moved" : "");
    else
        text = xprintf("# an entry%s   . empty   _ deleted%s%s",
                       scene_newKey(s) != 0 ? "   + the new one" : "",
                       old ? "   x y moved to the lower, the upper half   - "
                             "was empty then"
                           : "",
                       swiss || form == FORM_ROWS
                           ? ""
                           : "   +2 two overflow buckets more");
    print_paragraph(text, 2, STYLE_DIM);
    free(text);
}
