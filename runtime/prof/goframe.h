/*
 * goframe.h: what a frame of Go's runtime means, in real programs' stacks and
 * in ours: one table, and questions to it. Pure: names in, answers out.
 *
 * A stack is read from its leaf outwards. The innermost frames say how memory
 * was asked for (newobject, makeslice, growslice), those above them for what
 * (makeBucketArray, growToSmall, concatstrings); the first frame that is not
 * the runtime's is the line to blame. struct goCause adds the frames up:
 *
 *     struct goCause c = {GO_NONE};
 *     while (n-- > 0 && gocause_add(&c, *names++))
 *         continue;
 *
 * Names are as profiles have them: "runtime.(*hmap).newoverflow",
 * "internal/runtime/maps.(*table).grow", "internal/sync.newEntryNode[...]"; the
 * type arguments in brackets may be written out. Releases 1.19 and 1.22 to 1.27
 * were read; of others what has the same name is known.
 *
 * What no frame says: a closure is a newobject; so is new(T).
 */
#ifndef RUNTIME_PROF_GOFRAME_H
#define RUNTIME_PROF_GOFRAME_H

#include "runtime/base/goversion.h"

/* What a frame makes of the allocation at the leaf, in rising order of how much
 * it says: of the frames of one stack the one that says most is kept, of two
 * alike the inner one. */
enum goRole {
    GO_NONE,    /* not the runtime's: the program's own or a library's line */
    GO_RUNTIME, /* the runtime's, with nothing to say of the object */
    GO_MALLOC,  /* mallocgc, what it calls, mallocgcTinySC2 … */
    /* How memory was asked for. */
    GO_OBJECT, /* newobject: new(T), &T{}, an escaping variable, a closure */
    GO_MAKE,   /* makeslice: make([]T, n) */
    GO_ARRAY,  /* newarray: n values in a row, for a map or for reflect */
    GO_APPEND, /* growslice: append */
    /* For what. */
    GO_REFLECT,    /* reflect.New, reflect.MakeSlice and the like */
    GO_STRING,     /* concatstrings, slicebytetostring, rawstring … */
    GO_BOX,        /* convT…: a value turned into an interface */
    GO_CHANNEL,    /* makechan */
    GO_GOROUTINE,  /* newproc1, malg: a go statement */
    GO_DEFER,      /* newdefer: a defer in a loop */
    GO_CGO,        /* C.GoBytes and the like */
    GO_SYNCMAP,    /* an object of sync.Map's own: entry, box, read map */
    GO_TRIE_ENTRY, /* … of its hash trie: an entry */
    GO_TRIE_NODE,  /* … an inner node, the root among them */
    GO_MAP,        /* some operation of a map */
    GO_MAP_HEADER, /* hmap, or swiss Map; and what a reader cannot tell from it
                      where newobject and makeslice were cut: makemap's
                      mapextra, NewMap's directory */
    GO_MAP_ASSIGN, /* mapassign itself: the first bucket, or a key or an element
                      kept by pointer; the size tells */
    GO_MAP_OVERFLOW,  /* an overflow bucket allocated by itself */
    GO_MAP_BOOK,      /* mapextra, the list of overflow buckets */
    GO_MAP_DIRECTORY, /* swiss: pointers to tables */
    GO_MAP_TABLE,     /* swiss: a table's 32 bytes */
    GO_MAP_ENTRY,     /* a key or an element kept by pointer */
    GO_MAP_ARRAY,     /* an array of buckets, or a table's groups */
    GO_MAP_FIRST,     /* swiss: the only group */
    NGOROLES,
};

/* The role of the function called name. GO_RUNTIME where it is the runtime's
 * and unknown. */
enum goRole goframe_role(const char *name);

/* Functions that a reader of stacks looks for by name. */
extern const char goframe_mallocgc[], goframe_newobject[], goframe_main[],
    goframe_gcStart[];

/* Whether name lies in package runtime or below internal/runtime/. */
bool goframe_is_runtime(const char *name);

/* Whether name lies below a line that a reader would blame: the runtime's,
 * or one of the functions by which reflect reaches maps. */
bool goframe_is_machinery(const char *name);

/* Whether name is one of the swiss map's own: internal/runtime/maps. */
bool goframe_is_swiss(const char *name);

/* What it says of a program's release that a function called name stands in its
 * profile: enum goTells, or-ed. */
enum goTells {
    GO_TELLS_BUCKETS = 1,     /* maps of buckets */
    GO_TELLS_SWISS = 2,       /* swiss maps */
    GO_TELLS_MALLOCGC = 4,    /* profiles keep mallocgc */
    GO_TELLS_SPECIALISED = 8, /* mallocgc has functions for kinds of objects */
};
unsigned goframe_tells(const char *name);

/* Whether frames called name are hidden at the leaf of a heap profile that
 * release v writes. Go: runtime/pprof protomem.go writeHeapProto. */
bool goframe_hidden(const struct goversion *v, const char *name);

/* Whether a traceback that does not ask for all shows name: not the runtime's,
 * or exported by it. Go: traceback.go showframe. */
bool goframe_in_traceback(const char *name);

/* Whether release v has a function called name. Of those that came or went with
 * nothing that is modelled it is not known; what the table does not name is no
 * function of Go's that has to do with allocation. */
enum goHas { GO_HAS_NOT, GO_MAY_HAVE, GO_HAS };
enum goHas goframe_has(const struct goversion *v, const char *name);

/* Our own: makemap_slow, makemap's second half. Go has no such function, as the
 * name says that it bears in chains; only full ones show it. */
bool goframe_is_ours(const char *name);

/* What the frames of one stack say, from the leaf on. */
struct goCause {
    enum goRole role; /* of the object: the most telling frame's */
    bool map;         /* a map's function was among them */
    bool swiss;       /* … of the newer kind */
    bool hinted;      /* makemap: made with its size; not grown to it */
    bool cloned;      /* maps.Clone */
    bool syncmap;     /* below a method of sync.Map */
};

/* The next frame outwards. False, and c as it was, where name is neither the
 * runtime's nor sync.Map's nor reflect's way to a map: the line to blame. */
bool gocause_add(struct goCause *c, const char *name);

/* What is known of an allocation, as far as its frames depend on it. */
struct goMalloc {
    size_t size;       /* bytes of the slot */
    uint8_t sizeclass; /* 0: large */
    bool noscan;       /* without pointers */
    bool tiny;         /* a block for tiny objects */
};

/* The function that carves the object out in release v, and stands below
 * mallocgc then: "runtime.mallocgcSmallNoscan"; in releases with specialised
 * functions small objects are served by "runtime.mallocgcTinySC2",
 * "runtime.mallocgcSmallNoScanSC4" and so on. NULL where it is mallocgc
 * itself. The result lives for ever. Go: malloc.go mallocgc. */
const char *goframe_malloc(const struct goversion *v, const struct goMalloc *m);

/* Whether the function of goframe_malloc stands in the place of mallocgc and
 * newobject where a function called caller makes the object: so the compiler
 * has it outside the runtime's packages. Go:
 * cmd/compile/internal/ssagen/ssa.go specializedMallocSym. */
bool goframe_specialised(const struct goversion *v, const struct goMalloc *m,
                         const char *caller);

/* How many frames of a full chain, goframe_malloc's first where there is
 * one, the profile of release v leaves out at the leaf. Frames are counted,
 * whatever they are called: up to go1.25 mProf_Malloc skips itself,
 * profilealloc, mallocgc and whoever called that, when the functions of
 * goframe_malloc have returned; then itself, profilealloc and the function
 * of goframe_malloc. Go: mprof.go mProf_Malloc. */
int goframe_skipped(const struct goversion *v);

#endif
