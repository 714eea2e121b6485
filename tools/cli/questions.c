/*
 * questions.c: the questions, those that come first at the top. Every command
 * runs as it stands.
 */
#include "tools/cli/questions.h"
#include <stddef.h>

const struct question questions[] = {
    {"Why does pprof show N objects on m[k] = v? Which are growth, overflow, "
     "bookkeeping?",
     "run large-map"},
    {"How many bytes and objects does map[K]V with n entries take?",
     "run size -n 10000 -type 'map[string]int'"},
    {"What does make(m, hint) allocate, and when does it grow next?",
     "run hints"},
    {"Is the hint worth it?", "run append"},
    {"Why nothing until the 9th insert, and again at the 14th?",
     "run first-inserts"},
    {"Why are there allocations although my hint was exact?",
     "run preallocated -n 13000 -hint 13000"},
    {"Why does memory not drop after delete? What does clear give back?",
     "run delete"},
    {"Why does memory grow while len stays the same?", "run churn"},
    {"How big is the spike while a map grows, and when does it end?",
     "run spike left-behind"},
    {"Does my key or value cross the 128-byte line?", "run around-128"},
    {"struct{}, bool or int for a set?", "run set"},
    {"Why do alloc_objects, MemStats.Mallocs and allocs/op disagree?",
     "run tiny"},
    {"What would the sampled profile have shown, and how wrong can it be?",
     "run sampled"},
    {"Why do inuse, HeapInuse and RSS differ? What must the collector scan?",
     "run inuse mark-work"},
    {"What do a map behind a lock, a sync.Map and a sharded map allocate?",
     "run sync-map"},
    {"Which advice on maps is true, and for which Go?", "claims"},
    {NULL, NULL},
};
