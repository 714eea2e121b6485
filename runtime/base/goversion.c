/*
 * goversion.c: the table. Each field's source in Go stands beside its first
 * use; releases that behave alike in everything modelled here still have a row
 * each, since the profile's frames or the user's toolchain tell them apart.
 *
 * Locking: none; modelled is set while one thread runs.
 */
#include "runtime/base/goversion.h"
#include <stdio.h>
#include <string.h>

const struct goversion goversions[] = {
    {
        .name = "go1.19",
        .maxSmall = 32768,
        .pacerIntegrates = true,
        .map = MAPKIND_CLASSIC,
        .syncMap = SYNCMAP_READ_DIRTY,
        .sharesRandom = true,
        .leaf = LEAF_CALLER,
        .mainLine = 250,
        .profStack = 32,
        .allocfreetrace = true,
    },
    {
        .name = "go1.22",
        .maxSmall = 32760,
        .headerBytes = 8,
        .bitsInSpan = true,
        .growsWhole = true,
        .limitHeadroom = 3,
        .map = MAPKIND_CLASSIC,
        .syncMap = SYNCMAP_READ_DIRTY,
        .syncMapSwaps = true,
        .leaf = LEAF_CALLER,
        .mainLine = 271,
        .profStack = 32,
        .allocfreetrace = true,
    },
    {
        .name = "go1.23",
        .maxSmall = 32760,
        .headerBytes = 8,
        .bitsInSpan = true,
        .growsWhole = true,
        .limitHeadroom = 3,
        .map = MAPKIND_CLASSIC,
        .syncMap = SYNCMAP_READ_DIRTY,
        .syncMapSwaps = true,
        .hashkeyWords = true,
        .leaf = LEAF_CALLER,
        .mainLine = 272,
        .profStack = 128,
        .checksLinknames = true,
    },
    {
        .name = "go1.24",
        .maxSmall = 32760,
        .headerBytes = 8,
        .bitsInSpan = true,
        .growsWhole = true,
        .limitHeadroom = 3,
        .map = MAPKIND_SWISS,
        .syncMap = SYNCMAP_HASHTRIE,
        .hashkeyWords = true,
        .leaf = LEAF_CALLER,
        .mainLine = 283,
        .profStack = 128,
        .hidesInternal = true,
        .mallocSplit = true,
        .checksLinknames = true,
    },
    {
        .name = "go1.25",
        .maxSmall = 32760,
        .headerBytes = 8,
        .bitsInSpan = true,
        .growsWhole = true,
        .limitHeadroom = 3,
        .map = MAPKIND_SWISS,
        .syncMap = SYNCMAP_HASHTRIE,
        .prunes = true,
        .clearsTombs = true,
        .clonesTables = true,
        .hashkeyWords = true,
        .leaf = LEAF_CALLER,
        .mainLine = 285,
        .profStack = 128,
        .hidesInternal = true,
        .mallocSplit = true,
        .checksLinknames = true,
    },
    {
        .name = "go1.26",
        .maxSmall = 32760,
        .headerBytes = 8,
        .bitsInSpan = true,
        .marksInSpan = true,
        .growsWhole = true,
        .limitHeadroom = 3,
        .map = MAPKIND_SWISS,
        .syncMap = SYNCMAP_HASHTRIE,
        .prunes = true,
        .clearsTombs = true,
        .clonesTables = true,
        .hashkeyWords = true,
        .leaf = LEAF_MALLOCGC,
        .mainLine = 290,
        .profStack = 128,
        .hidesInternal = true,
        .mallocSplit = true,
        .checksLinknames = true,
    },
    {
        .name = "go1.27",
        .maxSmall = 32760,
        .headerBytes = 8,
        .bitsInSpan = true,
        .marksInSpan = true,
        .growsWhole = true,
        .limitHeadroom = 3,
        .map = MAPKIND_SWISS,
        .syncMap = SYNCMAP_HASHTRIE,
        .prunes = true,
        .prunesPtr = true,
        .clearsTombs = true,
        .updatesFull = true,
        .clonesTables = true,
        .hashkeyWords = true,
        .hashesSignature = true,
        .leaf = LEAF_SPECIALISED,
        .specialMax = 80,
        .mainLine = 302,
        .profStack = 128,
        .hidesInternal = true,
        .mallocSplit = true,
        .checksLinknames = true,
    },
    {.name = NULL},
};

const struct goversion *modelled = &goversions[0];

const struct goversion *goversion_named(const char *name)
{
    if (strncmp(name, "go", 2) == 0)
        name += 2;
    for (const struct goversion *v = goversions; v->name != NULL; v++) {
        const char *number = v->name + strlen("go");
        size_t n = strlen(number);
        if (strncmp(name, number, n) == 0 &&
            (name[n] == '\0' || name[n] == '.'))
            return v;
    }
    return NULL;
}

const struct goversion *goversion_newest(void)
{
    const struct goversion *v = goversions;
    while (v[1].name != NULL)
        v++;
    return v;
}

const char *goversion_list(void)
{
    static char list[128];
    size_t n = 0;
    for (const struct goversion *v = goversions; v->name != NULL; v++)
        n += (size_t)snprintf(list + n, sizeof(list) - n, "%s%s",
                              n > 0 ? ", " : "", v->name + strlen("go"));
    return list;
}

void goversion_choose(const struct goversion *v)
{
    modelled = v;
}
