/*
 * explain_pairs.c: which keys and elements does a bucket of some size suggest?
 */
#include "tools/explain/explain.h"

#include "tools/lib/exits.h"

#include <stdlib.h>

enum { MaxNamed = 3 };

/* The commonest first among those of a width. */
static const struct {
    const char *text;
    int width; /* bytes of key and element together */
    bool pointer_free;
} pairs[] = {
    {"int -> struct{}", 8, true},    {"int32 -> int32", 8, true},
    {"*T -> struct{}", 8, false},    {"int -> bool", 9, true},
    {"*T -> bool", 9, false},        {"int32 -> int", 12, true},
    {"int32 -> *T", 12, false},      {"int -> int", 16, true},
    {"int64 -> float64", 16, true},  {"string -> struct{}", 16, false},
    {"int -> *T", 16, false},        {"string -> bool", 17, false},
    {"string -> int32", 20, false},  {"int32 -> string", 20, false},
    {"string -> int", 24, false},    {"string -> *T", 24, false},
    {"int -> string", 24, false},    {"[16]byte -> int", 24, true},
    {"string -> string", 32, false}, {"string -> interface{}", 32, false},
    {"int -> []T", 32, false},       {"string -> []T", 40, false},
    {"int32 -> bool", 5, true},      {"byte -> int", 9, true},
};

char *common_pairs(const struct mapFit *m)
{
    char *list = NULL;
    int named = 0;
    for (size_t i = 0; i < ARRAY_LEN(pairs) && named < MaxNamed; i++) {
        if (pairs[i].width != m->bucket / 8 - 2)
            continue;
        if (m->known_pointers && pairs[i].pointer_free != m->pointer_free)
            continue;
        char *longer = list ? xprintf("%s, %s", list, pairs[i].text)
                            : xprintf("%s", pairs[i].text);
        free(list);
        list = longer;
        named++;
    }
    return list;
}
