/*
 * goname.c: from a C function and its file to the name in a Go profile.
 *
 * Nothing is listed but the receiver types: a port that keeps Go's spelling has
 * the rest of the name already. Locking: none; pure functions.
 */
#include "runtime/prof/goname.h"
#include <stdio.h>
#include <string.h>

static bool starts_with(const char *s, const char *prefix)
{
    return strncmp(s, prefix, strlen(prefix)) == 0;
}

const char *goname_package(const char *file)
{
    static const struct {
        const char *prefix;
        const char *pkg;
    } rooms[] = {
        /* The single files come before their room. */
        {"map/sync/syncmap.", "sync"},
        {"map/sync/shardmap.", "main"},
        {"runtime/", "runtime"},
        {"alloc/", "runtime"},
        {"map/", "runtime"},
        {"tools/", "main"},
        {"tests/", "main"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rooms); i++)
        if (starts_with(file, rooms[i].prefix))
            return rooms[i].pkg;
    return NULL;
}

/* Whether name[0:len] is a type that has methods in pkg. In package main any
 * capitalised name is taken for one: C functions have no other reason for it. */
static bool is_receiver(const char *pkg, const char *name, size_t len)
{
    static const struct {
        const char *pkg;
        const char *type;
    } receivers[] = {
        {"runtime", "hmap"},       {"runtime", "bmap"},
        {"runtime", "mapextra"},   {"runtime", "mcache"},
        {"runtime", "mcentral"},   {"runtime", "mheap"},
        {"runtime", "mspan"},      {"runtime", "mSpanList"},
        {"runtime", "spanSet"},    {"runtime", "fixalloc"},
        {"runtime", "pageAlloc"},  {"runtime", "pageCache"},
        {"runtime", "pallocBits"}, {"runtime", "pallocData"},
        {"runtime", "pageBits"},   {"runtime", "gcWork"},
        {"runtime", "bucket"},     {"runtime", "gcControllerState"},
        {"sync", "Map"},           {"sync", "entry"},
        {"sync", "readOnly"},      {"sync", "RWMutex"},
        {"sync", "Mutex"},         {"sync", "WaitGroup"},
    };
    if (strcmp(pkg, "main") == 0)
        return name[0] >= 'A' && name[0] <= 'Z';
    for (size_t i = 0; i < ARRAY_LEN(receivers); i++)
        if (strcmp(receivers[i].pkg, pkg) == 0 &&
            strlen(receivers[i].type) == len &&
            memcmp(receivers[i].type, name, len) == 0)
            return true;
    return false;
}

void goname(const char *pkg, const char *cname, char *name, size_t n)
{
    int len = (int)strcspn(cname, ".");
    int type = (int)strcspn(cname, "_");
    if (type > 0 && type + 1 < len && is_receiver(pkg, cname, (size_t)type))
        snprintf(name, n, "%s.(*%.*s).%.*s", pkg, type, cname, len - type - 1,
                 cname + type + 1);
    else
        snprintf(name, n, "%s.%.*s", pkg, len, cname);
}
