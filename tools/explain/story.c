/*
 * story.c: a map line with its frames: nothing is inferred, all is counted.
 *
 * The one thing that no frame says is how large a bucket is. It follows from
 * the arrays' sizes and from the single buckets'.
 *
 * Locking: none.
 */
#include "tools/explain/story.h"

#include "alloc/malloc.h"
#include "tools/lib/exits.h"
#include "tools/lib/pool.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const verdict_words[] = {
    [VERDICT_NONE] = "none",
    [VERDICT_UNSURE] = "unsure",
    [VERDICT_MAP] = "map",
    [VERDICT_KNOWN] = "map",
};

enum { TableBytes = 32 };

#define PIECE(p) (1u << (p))

size_t site_sizes(const struct site *l, uint32_t parts, struct sizeCount **list)
{
    size_t n = 0;
    *list = xcalloc(l->nsizes, sizeof **list);
    for (size_t i = 0; i < l->nsizes; i++) {
        const struct siteSize *z = &l->sizes[i];
        if (!(parts & PIECE(z->part)))
            continue;
        if (n == 0 || (*list)[n - 1].size != z->size)
            (*list)[n++] = (struct sizeCount){.size = z->size};
        (*list)[n - 1].n += z->objects;
        (*list)[n - 1].samples += z->samples;
        (*list)[n - 1].inuse += z->inuse;
    }
    return n;
}

/* Arrays that make(m, hint) made anywhere in the program, of a size. */
static double made_arrays(const struct sites *all, int64_t size)
{
    const struct sizeCount *made = sizes_find(all->made, all->nmade, size);
    return made ? made->n : 0;
}

/* More arrays at a stage than maps came from the one before: either maps were
 * made elsewhere with room for that one, or arrays were made again at the same
 * size. */
static void explain_rise(struct mapStory *s, const struct sites *all, int stage,
                         double rise)
{
    double made = made_arrays(all, s->grown.bytes[stage - 1]);
    double began = stage == s->grown.low ? rise : fmin(rise, made);
    s->began[stage - 1] = began;
    s->hinted[stage - 1] = fmin(began, made);
    s->again[stage] = rise - began;
}

void story_count(struct mapStory *s, const struct sites *all, double units)
{
    const struct series *g = &s->grown;
    s->reached[0] = units;
    if (g->covered > 0 && g->low == 1 && units < g->count[1]) {
        s->on_stack = units == 0;
        s->reached[0] = g->count[1];
    }
    s->top = g->covered > 0 ? g->top : 0;
    double reached = s->reached[0];
    for (int stage = 1; stage <= s->top; stage++) {
        double rise = g->count[stage] - reached;
        if (rise > 0)
            explain_rise(s, all, stage, rise);
        reached = g->count[stage] - s->again[stage];
        s->reached[stage] = fmax(reached, 0);
    }
    double elsewhere = 0;
    s->maps = s->reached[0];
    s->low = -1;
    for (int stage = 0; stage <= s->top; stage++) {
        double next =
            stage < s->top ? s->reached[stage + 1] - s->began[stage] : 0;
        s->ended[stage] = fmax(s->reached[stage] - next, 0);
        s->maps += s->began[stage];
        elsewhere += s->began[stage] - s->hinted[stage];
        if (s->low < 0 && s->ended[stage] > 0)
            s->low = stage;
    }
    s->begun_elsewhere =
        s->verdict == VERDICT_KNOWN && elsewhere * 2 >= s->maps;
}

/* --- frames --- */

/* Directories of 2^d tables are the stages behind the single table. */
static void add_directories(struct mapStory *s, const struct site *l)
{
    for (size_t i = 0; i < l->nsizes; i++) {
        const struct siteSize *z = &l->sizes[i];
        for (int d = 1; z->part == PIECE_DIR && SwissTables + d < MaxStages;
             d++) {
            if (objsize_slot(s->v, (size_t)PtrSize << d, false) !=
                (size_t)z->size)
                continue;
            int stage = SwissTables + d;
            s->grown.count[stage] += z->objects;
            s->grown.samples[stage] += z->samples;
            s->grown.top = stage > s->grown.top ? stage : s->grown.top;
            s->grown.covered += z->objects;
            break;
        }
    }
    int low = 0;
    while (low < s->grown.top && s->grown.count[low] <= 0)
        low++;
    s->grown.low = low;
}

/* Group arrays of tables that were split off have the size of the last single
 * table, and are none. Returns how many there are. */
static double drop_splits(struct mapStory *s, const struct site *l)
{
    double splits = 0;
    for (size_t i = 0; i < l->nsizes; i++) {
        const struct siteSize *z = &l->sizes[i];
        int64_t last = s->grown.bytes[SwissTables];
        if (z->part != PIECE_SPLIT || z->size != last)
            continue;
        s->grown.count[SwissTables] -= z->objects;
        s->grown.samples[SwissTables] -= z->samples;
        splits += z->objects;
    }
    return splits;
}

/* One table that is fuller than the others doubles the directory, long before
 * the map is twice as large. Where all maps of the line came as far, the number
 * of tables tells their size: between full and just split a table is 0.73 full
 * in the mean. */
static void size_by_tables(struct mapStory *s, double splits, bool alone)
{
    struct series *g = &s->grown;
    double maps = g->count[SwissTables];
    bool alike = g->top > SwissTables && g->count[g->top] == maps;
    if (splits <= 0 || maps <= 0 || (alone && !alike))
        return;
    double fill = 0.73 * (1 + splits / 2 / maps);
    int stage = SwissTables + (fill > 1 ? (int)ceil(log2(fill)) : 1);
    for (int i = SwissTables + 1; i < MaxStages; i++)
        g->count[i] = g->samples[i] = i <= stage ? maps : 0;
    g->top = stage < MaxStages ? stage : MaxStages - 1;
}

/* Whose object it is where a line grows several types: that whose bucket has
 * its size. */
static bool is_units(const struct mapStory *s, const struct siteSize *z)
{
    return z->size == s->grown.bytes[0];
}

static bool is_array(const struct mapStory *s, const struct siteSize *z)
{
    for (int stage = 1; stage <= s->grown.top; stage++)
        if (s->grown.bytes[stage] == z->size)
            return true;
    return false;
}

/* alone: the line has no other maps. */
static bool is_of(const struct mapStory *s, const struct siteSize *z,
                  bool alone)
{
    switch (z->part) {
    case PIECE_UNIT:
        return is_units(s, z);
    case PIECE_GROWN:
    case PIECE_SPLIT:
        return is_array(s, z);
    case PIECE_CHAIN:
        return is_units(s, z) || alone;
    case PIECE_EXTRA:
    case PIECE_TABLE:
    case PIECE_DIR:
        return alone;
    default:
        return false;
    }
}

static void add_parts(struct mapStory *s, const struct site *l, bool alone)
{
    for (size_t i = 0; i < l->nsizes; i++) {
        const struct siteSize *z = &l->sizes[i];
        if (z->mech != MECH_MAP || !is_of(s, z, alone))
            continue;
        enum piece part = z->part;
        if (part == PIECE_CHAIN && !is_units(s, z)) {
            part = PIECE_EXTRA;
            s->noscan = s->known_noscan = true; /* the list of overflow
                                                   buckets */
        }
        s->part_objects[part] += z->objects;
        s->part_bytes[part] += z->bytes;
        s->objects += z->objects;
        s->bytes += z->bytes;
        s->samples += z->samples;
        s->live_objects += z->inuse;
        s->live_arrays += part == PIECE_GROWN ? z->inuse : 0;
    }
}

/* Where a line grows several types, tables and directories have nobody's name:
 * each array has a table, each map its directories. */
static void share_tables(struct mapStory *s)
{
    const struct series *g = &s->grown;
    double tables = s->part_objects[PIECE_GROWN] + s->part_objects[PIECE_SPLIT];
    double dirs = g->count[1], dir_bytes = g->count[1] * PtrSize;
    for (int i = SwissTables + 1; i <= g->top; i++) {
        dirs += g->count[i];
        dir_bytes += g->count[i] * ldexp(PtrSize, i - SwissTables);
    }
    s->part_objects[PIECE_TABLE] = tables;
    s->part_bytes[PIECE_TABLE] = tables * TableBytes;
    s->part_objects[PIECE_DIR] = dirs;
    s->part_bytes[PIECE_DIR] = dir_bytes;
    s->objects += tables + dirs;
    s->bytes += tables * TableBytes + dir_bytes;
}

/* Overflow buckets without a list of them: keys or elements hold pointers. */
static void judge_pointers(struct mapStory *s)
{
    if (s->v->headerBytes > 0 && s->grown.covered > 0 &&
        s->grown.unit << s->grown.top > (int)minSizeForMallocHeader) {
        s->noscan = s->grown.noscan;
        s->known_noscan = true;
    } else if (!s->known_noscan && s->v->map == MAPKIND_CLASSIC &&
               s->part_objects[PIECE_CHAIN] > 0) {
        s->known_noscan = true;
    }
}

static void finish(struct mapStory *s, const struct sites *all,
                   const struct site *l, bool alone)
{
    s->verdict = VERDICT_KNOWN;
    if (l->swiss) {
        double splits = drop_splits(s, l);
        add_directories(s, l);
        if (all->rate <= 1)
            size_by_tables(s, splits, alone);
    }
    if (all->rate > 1 && s->grown.covered > 0)
        series_smooth(&s->grown, all->rate);
    add_parts(s, l, alone);
    if (l->swiss && !alone)
        share_tables(s);
    judge_pointers(s);
    story_count(s, all, s->part_objects[PIECE_UNIT]);
}

/* Maps that never outgrew their first bucket: one story for the size that
 * most of them have. */
static int only_units(const struct goversion *v, const struct sites *all,
                      const struct site *l, struct mapStory *out)
{
    struct sizeCount *list;
    size_t n = site_sizes(l, PIECE(PIECE_UNIT), &list), most = 0;
    for (size_t i = 1; i < n; i++)
        if (list[i].n > list[most].n)
            most = i;
    int found = 0;
    if (n > 0) {
        *out = (struct mapStory){.v = v};
        out->grown = series_fit(v, &list[most], 1, 0, &list[most].size, 1);
        out->grown.covered = 0;
        out->grown.top = 0;
        found = out->grown.unit > 0;
        if (found)
            finish(out, all, l, true);
    }
    free(list);
    return found;
}

int story_by_frames(const struct goversion *v, const struct sites *all,
                    const struct site *l, struct mapStory *out)
{
    struct sizeCount *arrays, *units;
    size_t n = site_sizes(l, PIECE(PIECE_GROWN) | PIECE(PIECE_SPLIT), &arrays);
    size_t nunits =
        site_sizes(l, PIECE(PIECE_UNIT) | PIECE(PIECE_CHAIN), &units);
    int64_t *first = xcalloc(nunits, sizeof *first);
    for (size_t i = 0; i < nunits; i++)
        first[i] = units[i].size;
    int found = 0;
    while (n > 0 && found < MaxStories) {
        struct mapStory *s = &out[found];
        *s = (struct mapStory){.v = v};
        s->grown = series_fit(v, arrays, n, 1, first, nunits);
        if (s->grown.unit == 0)
            break;
        n = series_remove(&s->grown, arrays, n);
        found++;
    }
    for (int i = 0; i < found; i++)
        finish(&out[i], all, l, found == 1);
    free(first);
    free(units);
    free(arrays);
    return found > 0 ? found : only_units(v, all, l, out);
}
