/*
 * mechanism.c: what goframe.h knows of a stack's frames, in the words of a
 * reader who asks why a line allocates.
 *
 * Locking: none; const tables.
 */
#include "tools/explain/mechanism.h"

#include "runtime/prof/goframe.h"

#include <string.h>

const char *const mechanism_names[NMECHS] = {
    [MECH_MAP] = "map",
    [MECH_APPEND] = "append",
    [MECH_MAKE] = "make of a slice",
    [MECH_STRING] = "string building",
    [MECH_BOX] = "boxing into an interface",
    [MECH_NEW] = "new or escape",
    [MECH_REFLECT] = "reflect",
    [MECH_SYNCMAP] = "sync.Map",
    [MECH_CGO] = "cgo",
    [MECH_CHAN] = "channel",
    [MECH_GO] = "goroutine start",
    [MECH_DEFER] = "defer",
    [MECH_RUNTIME] = "the runtime itself",
    [MECH_DIRECT] = "new, make, append or boxing",
    [MECH_HIDDEN] = "hidden",
};

const char *const mechanism_words[NMECHS] = {
    [MECH_MAP] = "map",         [MECH_APPEND] = "append",
    [MECH_MAKE] = "make",       [MECH_STRING] = "string",
    [MECH_BOX] = "box",         [MECH_NEW] = "new",
    [MECH_REFLECT] = "reflect", [MECH_SYNCMAP] = "syncmap",
    [MECH_CGO] = "cgo",         [MECH_CHAN] = "chan",
    [MECH_GO] = "go",           [MECH_DEFER] = "defer",
    [MECH_RUNTIME] = "runtime", [MECH_DIRECT] = "direct",
    [MECH_HIDDEN] = "hidden",
};

const char *const part_words[NPARTS_REAL] = {
    [PART_NOT_MAP] = "",
    [PART_HEAD] = "header",
    [PART_UNIT] = "first",
    [PART_GROWN] = "array",
    [PART_SPLIT] = "split",
    [PART_MADE] = "made array",
    [PART_CHAIN] = "overflow",
    [PART_EXTRA] = "bookkeeping",
    [PART_TABLE] = "table",
    [PART_DIR] = "directory",
    [PART_MADE_DIR] = "made directory",
    [PART_ENTRY] = "entry",
};

/* By what the frames say of the object (goframe.h). */
static const struct {
    enum mechanism mech;
    enum part part;
} meanings[NGOROLES] = {
    [GO_NONE] = {MECH_DIRECT, PART_NOT_MAP},
    [GO_RUNTIME] = {MECH_RUNTIME, PART_NOT_MAP},
    [GO_MALLOC] = {MECH_NEW, PART_NOT_MAP},
    [GO_OBJECT] = {MECH_NEW, PART_NOT_MAP},
    [GO_MAKE] = {MECH_MAKE, PART_NOT_MAP},
    [GO_ARRAY] = {MECH_MAKE, PART_NOT_MAP},
    [GO_APPEND] = {MECH_APPEND, PART_NOT_MAP},
    [GO_REFLECT] = {MECH_REFLECT, PART_NOT_MAP},
    [GO_STRING] = {MECH_STRING, PART_NOT_MAP},
    [GO_BOX] = {MECH_BOX, PART_NOT_MAP},
    [GO_CHANNEL] = {MECH_CHAN, PART_NOT_MAP},
    [GO_GOROUTINE] = {MECH_GO, PART_NOT_MAP},
    [GO_DEFER] = {MECH_DEFER, PART_NOT_MAP},
    [GO_CGO] = {MECH_CGO, PART_NOT_MAP},
    [GO_SYNCMAP] = {MECH_SYNCMAP, PART_NOT_MAP},
    [GO_TRIE_ENTRY] = {MECH_SYNCMAP, PART_NOT_MAP},
    [GO_TRIE_NODE] = {MECH_SYNCMAP, PART_NOT_MAP},
    [GO_MAP] = {MECH_MAP, PART_EXTRA},
    [GO_MAP_HEADER] = {MECH_MAP, PART_HEAD},
    [GO_MAP_ASSIGN] = {MECH_MAP, PART_UNIT}, /* or an entry: sizes tell */
    [GO_MAP_OVERFLOW] = {MECH_MAP, PART_CHAIN},
    [GO_MAP_BOOK] = {MECH_MAP, PART_EXTRA},
    [GO_MAP_DIRECTORY] = {MECH_MAP, PART_DIR},
    [GO_MAP_TABLE] = {MECH_MAP, PART_TABLE},
    [GO_MAP_ENTRY] = {MECH_MAP, PART_ENTRY},
    [GO_MAP_ARRAY] = {MECH_MAP, PART_GROWN},
    [GO_MAP_FIRST] = {MECH_MAP, PART_UNIT},
};

static bool begins(const char *name, const char *with)
{
    return strncmp(name, with, strlen(with)) == 0;
}

bool name_of_library(const char *func)
{
    /* A path of the standard library has no dot before its first slash, and is
     * not package main. */
    size_t host = strcspn(func, "/.");
    if (begins(func, "main.") || begins(func, "command-line-arguments."))
        return false;
    static const char *const roots[] = {
        "archive", "bufio",   "bytes",    "cmp",      "compress", "container",
        "context", "crypto",  "database", "debug",    "embed",    "encoding",
        "errors",  "expvar",  "flag",     "fmt",      "go",       "hash",
        "html",    "image",   "index",    "internal", "io",       "iter",
        "log",     "maps",    "math",     "mime",     "net",      "os",
        "path",    "plugin",  "reflect",  "regexp",   "runtime",  "slices",
        "sort",    "strconv", "strings",  "structs",  "sync",     "syscall",
        "testing", "text",    "time",     "unicode",  "unique",   "unsafe",
        "vendor",  "weak",
    };
    for (size_t i = 0; i < ARRAY_LEN(roots); i++)
        if (strlen(roots[i]) == host && strncmp(func, roots[i], host) == 0)
            return true;
    return false;
}

/* An array that make made is no growth, and neither is one of a table that was
 * split off. */
static enum part part_of(const struct goCause *c, bool split)
{
    enum part part = meanings[c->role].part;
    bool made = c->hinted || c->cloned;
    if (part == PART_GROWN)
        return made ? PART_MADE : split ? PART_SPLIT : PART_GROWN;
    if (part == PART_DIR && made)
        return PART_MADE_DIR;
    return part;
}

static void set_reason(struct siteReason *r, const struct goCause *c,
                       bool split)
{
    r->mech = meanings[c->role].mech;
    r->swiss = c->swiss;
    if (r->mech == MECH_MAP)
        r->part = part_of(c, split);
}

struct siteReason reason_of(const struct profSample *s, bool hides)
{
    struct siteReason r = {.mech = MECH_RUNTIME};
    struct goCause c = {.role = GO_NONE};
    bool split = false;
    for (uint32_t i = 0; i < s->nlocs && !r.caller; i++)
        for (uint32_t j = 0; j < s->locs[i]->nlines && !r.caller; j++) {
            const struct profLine *l = &s->locs[i]->lines[j];
            const char *func = l->func->name;
            if (!r.line && !gocause_add(&c, func))
                r.line = l;
            split |= !r.line && strstr(func, "(*table).split");
            if (r.line && !name_of_library(func))
                r.caller = l;
        }
    if (r.caller == r.line)
        r.caller = NULL;
    r.syncmap = c.syncmap;
    if (r.line && hides)
        r.mech = MECH_HIDDEN;
    else if (r.line)
        set_reason(&r, &c, split);
    return r;
}
