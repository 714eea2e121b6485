/*
 * pairs.c: which keys and elements does a bucket or group of some size suggest?
 */
#include "tools/explain/explain.h"

#include "tools/lib/exits.h"

#include <stdlib.h>

enum { MaxNamed = 3 };

/* The commonest first among those of a width. */
static const struct {
    const char *text;
    int width; /* bytes of key and element together */
    int slot;  /* … as a struct of both, the last not of size zero */
    bool pointer_free;
} pairs[] = {
    {"int -> struct{}", 8, 16, true},
    {"int32 -> int32", 8, 8, true},
    {"*T -> struct{}", 8, 16, false},
    {"int -> bool", 9, 16, true},
    {"*T -> bool", 9, 16, false},
    {"int32 -> int", 12, 16, true},
    {"int32 -> *T", 12, 16, false},
    {"int -> int", 16, 16, true},
    {"int64 -> float64", 16, 16, true},
    {"string -> struct{}", 16, 24, false},
    {"int -> *T", 16, 16, false},
    {"string -> bool", 17, 24, false},
    {"string -> int32", 20, 24, false},
    {"int32 -> string", 20, 24, false},
    {"string -> int", 24, 24, false},
    {"string -> *T", 24, 24, false},
    {"int -> string", 24, 24, false},
    {"[16]byte -> int", 24, 24, true},
    {"string -> string", 32, 32, false},
    {"string -> interface{}", 32, 32, false},
    {"int -> []T", 32, 32, false},
    {"string -> []T", 40, 40, false},
    {"int32 -> bool", 5, 8, true},
    {"byte -> int", 9, 16, true},
};

char *common_pairs(const struct mapStory *s)
{
    bool buckets = s->v->map == MAPKIND_CLASSIC;
    int want = unit_width(s->v, s->grown.unit);
    char *list = NULL;
    int named = 0;
    for (size_t i = 0; i < ARRAY_LEN(pairs) && named < MaxNamed; i++) {
        if ((buckets ? pairs[i].width : pairs[i].slot) != want)
            continue;
        if (s->known_noscan && pairs[i].pointer_free != s->noscan)
            continue;
        xappend(&list, "%s%s", named++ > 0 ? ", " : "", pairs[i].text);
    }
    return list;
}
