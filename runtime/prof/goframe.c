/*
 * goframe.c: the one table of Go's frames.
 *
 *     callstack, traceback, tools/ --> [goframe]
 *
 * A row's name ends with * where all names that begin so are meant. Rows of one
 * package stand together, longer names before the shorter ones that begin them.
 *
 * Locking: none; nothing changes.
 */
#include "runtime/prof/goframe.h"
#include <string.h>

const char goframe_mallocgc[] = "runtime.mallocgc";
const char goframe_newobject[] = "runtime.newobject";
const char goframe_main[] = "runtime.main";
const char goframe_gcStart[] = "runtime.gcStart";

/* Which releases have a function. */
enum since {
    ALWAYS,      /* all that are modelled */
    CLASSIC,     /* those with buckets */
    SWISS,       /* those with groups */
    READ_DIRTY,  /* those whose sync.Map is two maps */
    HASHTRIE,    /* … is a trie */
    SPLIT,       /* those whose mallocgc has a function for each kind */
    SPECIALISED, /* … and one for each small size class */
    SWAPS,       /* those whose sync.Map has Swap */
    CLONES,      /* those whose swiss maps are cloned table by table */
    UPDATES,     /* those whose full small map is not grown by an update */
    SOME,        /* it came or went with nothing that is modelled */
    NEVER,       /* none: it is ours */
};

/* What a row says, too. */
enum also {
    HINTED = 1,             /* a map is made with its size */
    CLONED = 2,             /* … as another one's copy */
    SLICE_IS_BOOK = 4,      /* what makeslice or growslice made for it */
    SLICE_IS_DIRECTORY = 8, /* … is a map's list, not what the role says */
};

struct goRow {
    const char *name; /* without its package; * at the end: a prefix */
    enum goRole role;
    enum since since;
    unsigned also; /* enum also */
};

static const struct goRow runtimeRows[] = {
    /* The allocator. */
    {"mallocgcSmallScanNoHeaderSC*", GO_MALLOC, SOME, 0},
    {"mallocgcSmallNoScanSC*", GO_MALLOC, SOME, 0},
    {"mallocgcTinySC2", GO_MALLOC, SPECIALISED, 0},
    {"mallocgcTinySize*", GO_MALLOC, SOME, 0},
    {"mallocgcTiny", GO_MALLOC, SPLIT, 0},
    {"mallocgcSmallNoscan", GO_MALLOC, SPLIT, 0},
    {"mallocgcSmallScanNoHeader", GO_MALLOC, SPLIT, 0},
    {"mallocgcSmallScanHeader", GO_MALLOC, SPLIT, 0},
    {"mallocgcLarge", GO_MALLOC, SPLIT, 0},
    {"mallocgc", GO_MALLOC, ALWAYS, 0},
    {"mallocgc*", GO_MALLOC, SOME, 0},
    {"profilealloc", GO_MALLOC, ALWAYS, 0},
    {"mProf_Malloc", GO_MALLOC, ALWAYS, 0},
    {"newobject", GO_OBJECT, ALWAYS, 0},
    {"newarray", GO_ARRAY, ALWAYS, 0},
    {"makeslicecopy", GO_MAKE, ALWAYS, 0},
    {"makeslice64", GO_MAKE, ALWAYS, 0},
    {"makeslice", GO_MAKE, ALWAYS, 0},
    {"moveSlice*", GO_APPEND, SOME, 0},
    {"growslice", GO_APPEND, ALWAYS, 0},
    {"growslice*", GO_APPEND, SOME, 0},
    /* Maps of both kinds. */
    {"makemap_small", GO_MAP_HEADER, ALWAYS, 0},
    {"makemap_slow*", GO_MAP_HEADER, NEVER, HINTED},
    {"makemap64", GO_MAP_HEADER, ALWAYS, HINTED},
    {"makemap", GO_MAP_HEADER, ALWAYS, HINTED},
    {"mapassign_fast32ptr", GO_MAP_ASSIGN, ALWAYS, 0},
    {"mapassign_fast32", GO_MAP_ASSIGN, ALWAYS, 0},
    {"mapassign_fast64ptr", GO_MAP_ASSIGN, ALWAYS, 0},
    {"mapassign_fast64", GO_MAP_ASSIGN, ALWAYS, 0},
    {"mapassign_faststr", GO_MAP_ASSIGN, ALWAYS, 0},
    {"mapassign", GO_MAP_ASSIGN, ALWAYS, 0},
    {"mapdelete_fast32", GO_MAP, ALWAYS, 0},
    {"mapdelete_fast64", GO_MAP, ALWAYS, 0},
    {"mapdelete_faststr", GO_MAP, ALWAYS, 0},
    {"mapdelete", GO_MAP, ALWAYS, 0},
    {"mapclear", GO_MAP, ALWAYS, 0},
    {"mapiterinit", GO_MAP, ALWAYS, 0},
    {"mapiternext", GO_MAP, ALWAYS, 0},
    {"mapclone2", GO_MAP, SOME, CLONED},
    {"mapaccess*", GO_MAP, ALWAYS, 0},
    {"mapIter*", GO_MAP, SWISS, 0},
    /* Buckets. */
    {"makeBucketArray", GO_MAP_ARRAY, CLASSIC, 0},
    {"hashGrow", GO_MAP_BOOK, CLASSIC, 0},
    {"growWork_fast32", GO_MAP, CLASSIC, 0},
    {"growWork_fast64", GO_MAP, CLASSIC, 0},
    {"growWork_faststr", GO_MAP, CLASSIC, 0},
    {"growWork", GO_MAP, CLASSIC, 0},
    {"evacuate_fast32", GO_MAP, CLASSIC, 0},
    {"evacuate_fast64", GO_MAP, CLASSIC, 0},
    {"evacuate_faststr", GO_MAP, CLASSIC, 0},
    {"evacuate", GO_MAP, CLASSIC, 0},
    {"moveToBmap", GO_MAP_ENTRY, SOME, CLONED},
    {"(*hmap).newoverflow", GO_MAP_OVERFLOW, CLASSIC, SLICE_IS_BOOK},
    {"(*hmap).createOverflow", GO_MAP_BOOK, CLASSIC, 0},
    /* Text. */
    {"concatstring*", GO_STRING, ALWAYS, 0},
    {"concatbyte*", GO_STRING, SOME, 0},
    {"rawstringtmp", GO_STRING, ALWAYS, 0},
    {"rawstring", GO_STRING, ALWAYS, 0},
    {"rawbyteslice", GO_STRING, ALWAYS, 0},
    {"rawruneslice", GO_STRING, ALWAYS, 0},
    {"slicebytetostring", GO_STRING, ALWAYS, 0},
    {"slicerunetostring", GO_STRING, ALWAYS, 0},
    {"stringtoslicebyte", GO_STRING, ALWAYS, 0},
    {"stringtoslicerune", GO_STRING, ALWAYS, 0},
    {"intstring", GO_STRING, ALWAYS, 0},
    {"gostringw", GO_STRING, ALWAYS, 0},
    {"gostringn", GO_CGO, ALWAYS, 0},
    {"gostring", GO_STRING, ALWAYS, 0},
    {"gobytes", GO_CGO, ALWAYS, 0},
    /* The rest of the language. */
    {"convT16", GO_BOX, ALWAYS, 0},
    {"convT32", GO_BOX, ALWAYS, 0},
    {"convT64", GO_BOX, ALWAYS, 0},
    {"convTstring", GO_BOX, ALWAYS, 0},
    {"convTslice", GO_BOX, ALWAYS, 0},
    {"convTnoptr", GO_BOX, ALWAYS, 0},
    {"convT", GO_BOX, ALWAYS, 0},
    {"convT*", GO_BOX, SOME, 0},
    {"makechan64", GO_CHANNEL, ALWAYS, 0},
    {"makechan", GO_CHANNEL, ALWAYS, 0},
    {"newproc1", GO_GOROUTINE, ALWAYS, 0},
    {"newproc", GO_GOROUTINE, ALWAYS, 0},
    {"newproc.*", GO_GOROUTINE, ALWAYS, 0},
    {"malg", GO_GOROUTINE, ALWAYS, 0},
    {"newdefer", GO_DEFER, ALWAYS, 0},
    {"deferproc", GO_DEFER, ALWAYS, 0},
    {"deferprocat", GO_DEFER, SOME, 0},
    {"cgo*", GO_CGO, ALWAYS, 0},
};

static const struct goRow mapsRows[] = {
    {"newarray", GO_ARRAY, SWISS, 0},
    {"newobject", GO_MAP_ENTRY, SWISS, 0},
    {"NewEmptyMap", GO_MAP_HEADER, SWISS, 0},
    {"NewMap", GO_MAP_HEADER, SWISS, SLICE_IS_DIRECTORY},
    {"newTable", GO_MAP_TABLE, SWISS, 0},
    {"newGroups", GO_MAP_ARRAY, SWISS, 0},
    {"cloneGroup", GO_MAP_ENTRY, CLONES, CLONED},
    {"(*table).reset", GO_MAP, SWISS, 0},
    {"(*table).grow", GO_MAP, SWISS, 0},
    {"(*table).split", GO_MAP, SWISS, 0},
    {"(*table).rehash", GO_MAP, SWISS, 0},
    {"(*table).uncheckedPutSlotForAssign*", GO_MAP, UPDATES, 0},
    {"(*table).clone", GO_MAP_TABLE, CLONES, CLONED},
    {"(*Map).growToSmall", GO_MAP_FIRST, SWISS, 0},
    {"(*Map).growToTable", GO_MAP_DIRECTORY, SWISS, 0},
    {"(*Map).installTableSplit", GO_MAP_DIRECTORY, SWISS, 0},
    {"(*Map).putSlotSmall", GO_MAP, SWISS, 0},
    {"(*Map).Clone", GO_MAP_HEADER, CLONES, CLONED | SLICE_IS_DIRECTORY},
    {"*", GO_MAP, SWISS, 0},
};

/* What reflect calls of the runtime bears reflect's name. */
static const struct goRow reflectRows[] = {
    {"makemap", GO_MAP_HEADER, ALWAYS, HINTED},
    {"map*", GO_MAP, ALWAYS, 0},
    {"makechan", GO_CHANNEL, ALWAYS, 0},
    {"growslice", GO_APPEND, SOME, 0},
    {"unsafe_NewArray", GO_REFLECT, ALWAYS, 0},
    {"unsafe_New", GO_REFLECT, ALWAYS, 0},
};

/* Package maps calls the runtime's by that name. */
static const struct goRow cloneRows[] = {
    {"clone", GO_MAP, SOME, CLONED},
};

static const struct goRow syncRows[] = {
    {"newEntry", GO_SYNCMAP, READ_DIRTY, 0},
    {"(*entry).*", GO_SYNCMAP, READ_DIRTY, 0},
    {"(*Map).missLocked", GO_SYNCMAP, READ_DIRTY, 0},
    {"(*Map).dirtyLocked", GO_SYNCMAP, READ_DIRTY, 0},
    {"(*Map).Clear", GO_SYNCMAP, SOME, 0},
    {"(*Map).Swap", GO_SYNCMAP, SWAPS, 0},
    {"(*Map).CompareAndSwap", GO_SYNCMAP, SWAPS, 0},
    {"(*Map).CompareAndDelete", GO_SYNCMAP, SWAPS, 0},
    {"(*Map).*", GO_SYNCMAP, ALWAYS, 0},
};

static const struct goRow trieRows[] = {
    {"newEntryNode[]", GO_TRIE_ENTRY, HASHTRIE, 0},
    {"newIndirectNode[]", GO_TRIE_NODE, HASHTRIE, 0},
    {"(*HashTrieMap[]).*", GO_RUNTIME, HASHTRIE, 0},
    {"(*entry[]).*", GO_RUNTIME, HASHTRIE, 0},
};

enum goPackage { RUNTIME, MAPS, REFLECT, CLONE, SYNC, TRIE, NPACKAGES };

static const struct {
    const char *prefix;
    const struct goRow *rows;
    size_t n;
} packages[NPACKAGES] = {
    [RUNTIME] = {"runtime.", runtimeRows, ARRAY_LEN(runtimeRows)},
    [MAPS] = {"internal/runtime/maps.", mapsRows, ARRAY_LEN(mapsRows)},
    [REFLECT] = {"reflect.", reflectRows, ARRAY_LEN(reflectRows)},
    [CLONE] = {"maps.", cloneRows, ARRAY_LEN(cloneRows)},
    [SYNC] = {"sync.", syncRows, ARRAY_LEN(syncRows)},
    [TRIE] = {"internal/sync.", trieRows, ARRAY_LEN(trieRows)},
};

static bool starts_with(const char *s, const char *prefix)
{
    return strncmp(s, prefix, strlen(prefix)) == 0;
}

/* Behind the bracket that closes the one at s; brackets nest. */
static const char *behind_brackets(const char *s)
{
    int depth = 0;
    for (; *s != '\0'; s++) {
        depth += (*s == '[') - (*s == ']');
        if (depth == 0)
            return s + 1;
    }
    return s;
}

/* Whether a row's name means name: [] stands for any type arguments, * at the
 * end for any rest. */
static bool means(const char *row, const char *name)
{
    while (*row != '\0' && strcmp(row, "*") != 0) {
        if (*row == '[' && *name == '[') {
            row = behind_brackets(row);
            name = behind_brackets(name);
        } else if (*row++ != *name++) {
            return false;
        }
    }
    return *row == '*' || *name == '\0';
}

static const struct goRow *find_row(const char *name)
{
    for (int p = 0; p < NPACKAGES; p++) {
        if (!starts_with(name, packages[p].prefix))
            continue;
        const char *rest = name + strlen(packages[p].prefix);
        for (size_t i = 0; i < packages[p].n; i++)
            if (means(packages[p].rows[i].name, rest))
                return &packages[p].rows[i];
    }
    return NULL;
}

static bool in_package(enum goPackage p, const char *name)
{
    return starts_with(name, packages[p].prefix);
}

enum goRole goframe_role(const char *name)
{
    const struct goRow *row = find_row(name);
    if (row != NULL)
        return row->role;
    return goframe_is_runtime(name) ? GO_RUNTIME : GO_NONE;
}

static bool is_internal(const char *name)
{
    return starts_with(name, "internal/runtime/");
}

bool goframe_is_runtime(const char *name)
{
    return in_package(RUNTIME, name) || is_internal(name);
}

bool goframe_is_swiss(const char *name)
{
    return in_package(MAPS, name);
}

bool goframe_is_machinery(const char *name)
{
    return goframe_is_runtime(name) ||
           (in_package(REFLECT, name) && goframe_role(name) >= GO_MAP);
}

bool goframe_hidden(const struct goversion *v, const char *name)
{
    return in_package(RUNTIME, name) || (v->hidesInternal && is_internal(name));
}

bool goframe_in_traceback(const char *name)
{
    if (!goframe_is_runtime(name))
        return true;
    const char *function = strrchr(name, '/');
    function = strchr(function ? function : name, '.') + 1;
    return *function >= 'A' && *function <= 'Z';
}

static bool has(const struct goversion *v, enum since since)
{
    switch (since) {
    case CLASSIC:
        return v->map == MAPKIND_CLASSIC;
    case SWISS:
        return v->map == MAPKIND_SWISS;
    case READ_DIRTY:
        return v->syncMap == SYNCMAP_READ_DIRTY;
    case HASHTRIE:
        return v->syncMap == SYNCMAP_HASHTRIE;
    case SPLIT:
        return v->mallocSplit;
    case SPECIALISED:
        return v->leaf == LEAF_SPECIALISED;
    case SWAPS:
        return v->syncMapSwaps || v->syncMap == SYNCMAP_HASHTRIE;
    case CLONES:
        return v->clonesTables;
    case UPDATES:
        return v->updatesFull;
    case NEVER:
        return false;
    case ALWAYS:
    case SOME:
        break;
    }
    return true;
}

enum goHas goframe_has(const struct goversion *v, const char *name)
{
    const struct goRow *row = find_row(name);
    if (row != NULL && row->since == SOME)
        return GO_MAY_HAVE;
    return row != NULL && has(v, row->since) ? GO_HAS : GO_HAS_NOT;
}

bool goframe_is_ours(const char *name)
{
    const struct goRow *row = find_row(name);
    return row != NULL && row->since == NEVER;
}

/* What row says of an object whose inner frames said before. */
static enum goRole role_above(const struct goRow *row, enum goRole before)
{
    bool slice = before == GO_MAKE || before == GO_APPEND;
    if (slice && (row->also & SLICE_IS_BOOK) != 0)
        return GO_MAP_BOOK;
    if (slice && (row->also & SLICE_IS_DIRECTORY) != 0)
        return GO_MAP_DIRECTORY;
    return row->role;
}

bool gocause_add(struct goCause *c, const char *name)
{
    static const struct goRow unknown = {"", GO_RUNTIME, SOME, 0};
    const struct goRow *row = find_row(name);
    if (row == NULL && !goframe_is_runtime(name))
        return false;
    if (row == NULL)
        row = &unknown;
    enum goRole role = role_above(row, c->role);
    c->map |= role >= GO_MAP;
    c->swiss |= in_package(MAPS, name);
    c->syncmap |= in_package(SYNC, name);
    c->hinted |= (row->also & HINTED) != 0;
    c->cloned |= (row->also & CLONED) != 0;
    if (role > c->role)
        c->role = role;
    return true;
}

/* By size class: the functions that a release with specialised ones has. */
static const char *const scanClass[] = {
    NULL,
    "runtime.mallocgcSmallScanNoHeaderSC1",
    "runtime.mallocgcSmallScanNoHeaderSC2",
    "runtime.mallocgcSmallScanNoHeaderSC3",
    "runtime.mallocgcSmallScanNoHeaderSC4",
    "runtime.mallocgcSmallScanNoHeaderSC5",
    "runtime.mallocgcSmallScanNoHeaderSC6",
    "runtime.mallocgcSmallScanNoHeaderSC7",
};
static const char *const noscanClass[] = {
    NULL,
    NULL, /* 8 bytes without pointers are tiny */
    "runtime.mallocgcSmallNoScanSC2",
    "runtime.mallocgcSmallNoScanSC3",
    "runtime.mallocgcSmallNoScanSC4",
    "runtime.mallocgcSmallNoScanSC5",
    "runtime.mallocgcSmallNoScanSC6",
    "runtime.mallocgcSmallNoScanSC7",
};

static bool is_special(const struct goversion *v, const struct goMalloc *m)
{
    return v->leaf == LEAF_SPECIALISED && m->sizeclass != 0 &&
           m->size <= v->specialMax;
}

static const char *special_malloc(const struct goMalloc *m)
{
    if (m->tiny)
        return "runtime.mallocgcTinySC2";
    return (m->noscan ? noscanClass : scanClass)[m->sizeclass];
}

const char *goframe_malloc(const struct goversion *v, const struct goMalloc *m)
{
    if (!v->mallocSplit)
        return NULL;
    if (is_special(v, m))
        return special_malloc(m);
    if (m->sizeclass == 0)
        return "runtime.mallocgcLarge";
    if (m->tiny)
        return "runtime.mallocgcTiny";
    if (m->noscan)
        return "runtime.mallocgcSmallNoscan";
    return m->size <= minSizeForMallocHeader
               ? "runtime.mallocgcSmallScanNoHeader"
               : "runtime.mallocgcSmallScanHeader";
}

bool goframe_specialised(const struct goversion *v, const struct goMalloc *m,
                         const char *caller)
{
    return is_special(v, m) && !goframe_is_runtime(caller);
}

int goframe_skipped(const struct goversion *v)
{
    enum { Split = 1, Mallocgc = 1, Caller = 1 };
    if (v->leaf != LEAF_CALLER)
        return Split;
    return (v->mallocSplit ? Split : 0) + Mallocgc + Caller;
}

unsigned goframe_tells(const char *name)
{
    static const struct {
        const char *begins;
        unsigned tells;
    } signs[] = {
        {"runtime.makeBucketArray", GO_TELLS_BUCKETS},
        {"runtime.(*hmap)", GO_TELLS_BUCKETS},
        {"internal/runtime/maps.", GO_TELLS_SWISS},
        {"runtime.mallocgcSmallScanNoHeaderSC", GO_TELLS_SPECIALISED},
        {"runtime.mallocgcSmallNoScanSC", GO_TELLS_SPECIALISED},
        {"runtime.mallocgcTinySC", GO_TELLS_SPECIALISED},
        {"runtime.mallocgc", GO_TELLS_MALLOCGC},
    };
    unsigned tells = 0;
    for (size_t i = 0; i < ARRAY_LEN(signs); i++)
        if (strncmp(name, signs[i].begins, strlen(signs[i].begins)) == 0)
            tells |= signs[i].tells;
    return tells;
}
