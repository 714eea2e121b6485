/*
 * mechanism.c: what goframe.h knows of a stack's frames, in the words of a
 * reader who asks why a line allocates.
 *
 * Locking: none; const tables.
 */
#include "tools/explain/mechanism.h"

#include "runtime/prof/goframe.h"
#include "tools/lib/exits.h"

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

const char *const part_words[NPIECES] = {
    [PIECE_NOT_MAP] = "",
    [PIECE_HEAD] = "header",
    [PIECE_UNIT] = "first",
    [PIECE_GROWN] = "array",
    [PIECE_SPLIT] = "split",
    [PIECE_MADE] = "made array",
    [PIECE_CHAIN] = "overflow",
    [PIECE_EXTRA] = "bookkeeping",
    [PIECE_TABLE] = "table",
    [PIECE_DIR] = "directory",
    [PIECE_MADE_DIR] = "made directory",
    [PIECE_ENTRY] = "entry",
};

/* By what the frames say of the object (goframe.h). */
static const struct {
    enum mechanism mech;
    enum piece part;
} meanings[NGOROLES] = {
    [GO_NONE] = {MECH_DIRECT, PIECE_NOT_MAP},
    [GO_RUNTIME] = {MECH_RUNTIME, PIECE_NOT_MAP},
    [GO_MALLOC] = {MECH_NEW, PIECE_NOT_MAP},
    [GO_OBJECT] = {MECH_NEW, PIECE_NOT_MAP},
    [GO_MAKE] = {MECH_MAKE, PIECE_NOT_MAP},
    [GO_ARRAY] = {MECH_MAKE, PIECE_NOT_MAP},
    [GO_APPEND] = {MECH_APPEND, PIECE_NOT_MAP},
    [GO_REFLECT] = {MECH_REFLECT, PIECE_NOT_MAP},
    [GO_STRING] = {MECH_STRING, PIECE_NOT_MAP},
    [GO_BOX] = {MECH_BOX, PIECE_NOT_MAP},
    [GO_CHANNEL] = {MECH_CHAN, PIECE_NOT_MAP},
    [GO_GOROUTINE] = {MECH_GO, PIECE_NOT_MAP},
    [GO_DEFER] = {MECH_DEFER, PIECE_NOT_MAP},
    [GO_CGO] = {MECH_CGO, PIECE_NOT_MAP},
    [GO_SYNCMAP] = {MECH_SYNCMAP, PIECE_NOT_MAP},
    [GO_TRIE_ENTRY] = {MECH_SYNCMAP, PIECE_NOT_MAP},
    [GO_TRIE_NODE] = {MECH_SYNCMAP, PIECE_NOT_MAP},
    [GO_MAP] = {MECH_MAP, PIECE_EXTRA},
    [GO_MAP_HEADER] = {MECH_MAP, PIECE_HEAD},
    [GO_MAP_ASSIGN] = {MECH_MAP, PIECE_UNIT}, /* or an entry: sizes tell */
    [GO_MAP_OVERFLOW] = {MECH_MAP, PIECE_CHAIN},
    [GO_MAP_BOOK] = {MECH_MAP, PIECE_EXTRA},
    [GO_MAP_DIRECTORY] = {MECH_MAP, PIECE_DIR},
    [GO_MAP_TABLE] = {MECH_MAP, PIECE_TABLE},
    [GO_MAP_ENTRY] = {MECH_MAP, PIECE_ENTRY},
    [GO_MAP_ARRAY] = {MECH_MAP, PIECE_GROWN},
    [GO_MAP_FIRST] = {MECH_MAP, PIECE_UNIT},
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
    size_t low = 0, high = ARRAY_LEN(roots); /* sorted, for this is asked of
                                                every frame */
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = strncmp(func, roots[middle], host);
        if (order == 0 && roots[middle][host] == '\0')
            return true;
        if (order > 0)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

/* An array that make made is no growth, and neither is one of a table that was
 * split off. */
static enum piece part_of(const struct goCause *c, bool split)
{
    enum piece part = meanings[c->role].part;
    bool made = c->hinted || c->cloned;
    if (part == PIECE_GROWN)
        return made ? PIECE_MADE : split ? PIECE_SPLIT : PIECE_GROWN;
    if (part == PIECE_DIR && made)
        return PIECE_MADE_DIR;
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

bool *libraries_of(const struct profile *p)
{
    bool *library = xcalloc(p->nfuncs, sizeof *library);
    for (size_t i = 0; i < p->nfuncs; i++)
        library[i] = name_of_library(p->funcs[i]->name);
    return library;
}

struct siteReason reason_of(const struct profSample *s, const bool *library,
                            bool hides)
{
    struct siteReason r = {.mech = MECH_RUNTIME};
    struct goCause c = {.role = GO_NONE};
    const char *callee = hides && s->nlocs > 0 ? s->locs[0]->callee : NULL;
    bool told = callee && gocause_add(&c, callee) && c.role != GO_NONE &&
                c.role != GO_RUNTIME;
    bool split = false, collector = false;
    for (uint32_t i = 0; i < s->nlocs && !r.caller; i++)
        for (uint32_t j = 0; j < s->locs[i]->nlines && !r.caller; j++) {
            const struct profLine *l = &s->locs[i]->lines[j];
            const char *func = l->func->name;
            if (!r.line && !gocause_add(&c, func)) {
                r.line = l;
                r.call = hides ? s->locs[i]->addr : 0;
            }
            split |= !r.line && strstr(func, "(*table).split");
            /* An array was the one too many: what a collection needs to begin
             * is not the map's. */
            collector |= !r.line && strcmp(func, goframe_gcStart) == 0;
            if (r.line && !library[l->func->index])
                r.caller = l;
        }
    if (r.caller == r.line)
        r.caller = NULL;
    r.syncmap = c.syncmap;
    if (r.line && hides && !told)
        r.mech = MECH_HIDDEN;
    else if (r.line && !collector)
        set_reason(&r, &c, split);
    if (hides && c.role == GO_MAP_ASSIGN)
        r.part = PIECE_NOT_MAP; /* what a write makes is any of its parts */
    return r;
}
