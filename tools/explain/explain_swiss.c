/*
 * explain_swiss.c: the maps of Go 1.24 and later, recognised so that they are
 * not read as bucket maps.
 *
 * A swiss map begins as one group of eight slots, then keeps tables of 2, 4 …
 * 128 groups; a full table of 128 becomes two of 128. Every table has a struct
 * of 32 bytes, and the map a directory of 8 bytes at first. So the sizes of a
 * line are a group's times 1, 2, 4 … 128 without a bucket map's spare
 * sixteenth, most of them of the last, and there are as many objects of 32
 * bytes as tables.
 */
#include "tools/explain/explain.h"

enum {
    MaxSlot = 256,    /* bytes of key and element */
    LargestTable = 7, /* log2 of its groups */
    TableSize = 32,   /* of a table's struct */
};

static double count(const struct site *s, int64_t size)
{
    for (size_t i = 0; i < s->nsizes; i++)
        if (s->sizes[i].size == size)
            return s->sizes[i].objects;
    return 0;
}

static int64_t table_size(int64_t group, int log, bool pointers)
{
    return slot_size(group << log, pointers);
}

/* Only the largest tables split and come in numbers; that they do is a sign of
 * its own, so that other objects of 32 bytes on the line do not matter. */
static bool group_fits(const struct site *s, int64_t group, bool pointers,
                       enum mapEra era)
{
    double tables = 0, maps = 0, last = 0;
    int log = 1;
    for (; log <= LargestTable; log++) {
        double n = count(s, table_size(group, log, pointers));
        if (n == 0)
            break;
        if (log == 1)
            maps = n;
        else if (log < LargestTable && n > last + 1)
            return false;
        last = n;
        tables += n;
    }
    double structs = count(s, TableSize);
    bool enough = log > 2 || maps >= 5;
    /* A directory may have grown through a table's sizes. */
    if (maps == 0 || !enough || count(s, 8) < maps ||
        structs < tables - (log > LargestTable ? LargestTable : 0))
        return false;
    bool split = era == ERA_SWISS && log > LargestTable && last > 2 * maps;
    return split || structs <= tables + 4 * maps + 4;
}

bool looks_swiss(const struct site *s, enum mapEra era)
{
    for (int64_t slot = 1; slot <= MaxSlot; slot++) {
        int64_t group = 8 + 8 * slot;
        if (table_size(group, 1, false) <= TableSize)
            continue; /* its sizes would be those of structs */
        if (group_fits(s, group, false, era) || group_fits(s, group, true, era))
            return true;
    }
    return false;
}
