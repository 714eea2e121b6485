/*
 * explain.h: which source lines of a Go program are maps that grow?
 *
 * Go hides the runtime's frames when it writes a heap profile: a map that grows
 * is one line, `m[k] = v`, and some sizes. Those sizes are a fingerprint:
 *
 *   arrays       2^B buckets, and 2^(B-4) spare ones from B = 4 on, rounded up
 *                to a size class: 288 576 1152 2688 5376 … for 144-byte
 *                buckets. The spare sixteenth makes them no slice's and no
 *                buffer's sizes.
 *   buckets      one bucket alone: the first of each map, and overflow buckets
 *   bookkeeping  24 bytes a map with spare buckets (mapextra); where keys and
 *                elements hold no pointers also, for each growth, a slice
 *                header of 24 and the append series 8 16 32 64 … of pointers to
 *                the overflow buckets
 *   header       48 bytes on the line that made the map
 *
 * The work is done in steps, a file each:
 *
 *   profile -> explain_site   lines and the sizes that they allocated
 *           -> explain_fit    which bucket size explains a line's sizes, if any
 *              explain_swiss  or the line is a map of Go 1.24, which grows by
 *                             other rules
 *              explain_join   … and which lines grow one map together
 *           -> explain_replay what the same growth costs, with and without a
 *              hint explain_curve  … measured on our own heap
 *           -> explain_print  for people
 *              explain_export for programs: TSV, JSON
 */
#ifndef TOOLS_EXPLAIN_EXPLAIN_H
#define TOOLS_EXPLAIN_EXPLAIN_H

#include "tools/profile/profile.h"

enum {
    MaxB = 40,         /* arrays beyond it hold more than any machine */
    MaxMapsOnLine = 3, /* map types that one line may grow */
    MaxAlternatives = 3,
    MaxEntryCounts = 4,
    MaxCallers = 8, /* of a library's line: more are not told apart */
    HmapSize = 48,
    ExtraSize = 24, /* of mapextra, and of a slice header */
};

/* What runtime frames or labels say of a size, where a profile has them. */
enum sizeRole { ROLE_UNKNOWN, ROLE_ARRAY, ROLE_BUCKET, ROLE_BOOK, ROLE_OTHER };

/* All objects of one size that one line allocated. */
struct siteSize {
    int64_t size;   /* bytes of one object, class-rounded */
    double objects; /* scaled up from the samples */
    double inuse;   /* of those, still in use */
    double samples; /* objects that were really seen; equal at rate 1 */
    enum sizeRole role;
};

/* A line that calls into a library, for which its lines allocate. */
struct siteCaller {
    const char *func;
    int64_t line;
    double bytes;
};

struct site {
    const char *func, *file;
    int64_t line;
    struct siteSize *sizes; /* ascending, nsizes of them */
    size_t nsizes, cap_sizes;
    double objects, bytes; /* of the line */
    bool frames;           /* runtime frames told which objects are a map's */
    bool swiss;            /* … and they are those of Go 1.24's maps */
    const char *type;      /* "map.bucket[string]int" where a label says so */
    struct siteCaller callers[MaxCallers]; /* where the line is a library's: the
                                              program's own, ncallers of them */
    size_t ncallers;
    const struct site **parts; /* of a map that grows on several lines: these,
                                  the first with most bytes, nparts of them */
    size_t nparts;
};

/* Whose maps: the release that made the program tells, where it shows. */
enum mapEra { ERA_UNKNOWN, ERA_BUCKETS, ERA_SWISS }; /* to Go 1.23; from 1.24 */

struct sites {
    struct site *list; /* n of them, most bytes first */
    size_t n, cap;
    double objects, bytes; /* of the whole profile */
    int64_t rate;          /* of sampling; 1: everything */
    enum mapEra era;
    struct pool *pool; /* of the strings: the profile's own */
};

/* The lines of p, which must outlive them. */
struct sites *sites_collect(const struct profile *p);
void sites_free(struct sites *s);

/* Counts objects of a size on a line; sorts the line's sizes once all are
 * there.
 */
void site_add_size(struct site *s, const struct siteSize *add);
void site_sort_sizes(struct site *s);

/* A map type that grows on a line. Counts are estimates where the profile is
 * sampled. */
struct mapFit {
    int bucket;              /* bytes of a bucket; key and element together take
                     bucket/8 - 2 */
    bool headers;            /* large objects have a header: Go 1.22 and 1.23 */
    int lowB, B;             /* the smallest and the largest array seen */
    double arrays[MaxB + 1]; /* by B: how many were allocated */
    double maps;             /* how many maps grew here */
    bool on_stack; /* there are fewer headers than maps: those are on the stack,
                      and so are first buckets */
    double small;  /* … and how many more stayed in their first bucket, where
                     the headers tell */
    double array_objects, array_bytes;
    double bucket_objects, bucket_bytes; /* first and overflow buckets */
    double book_objects, book_bytes;
    bool pointer_free;   /* there is a side list: keys and elements hold no
                            pointers */
    bool known_pointers; /* the line above is certain either way */
    double live_buckets; /* in use, of maps that are all whole at the end: the
                            overflow buckets they need; -1: not known */
    double entries[MaxEntryCounts]; /* in each map, as the line's other objects
                                       may tell; 0: no more */
    double score;                   /* log-odds that this is a map */
    int alternatives[MaxAlternatives]; /* bucket sizes that fit as well; 0: no
                                          more */
};

enum verdict { VERDICT_NONE, VERDICT_UNSURE, VERDICT_MAP, VERDICT_SWISS };

/* What was found on one line. */
struct finding {
    const struct site *site;
    enum verdict verdict;
    struct mapFit maps[MaxMapsOnLine]; /* most buckets first */
    int nmaps;
    struct {
        double objects, bytes; /* allocated for the growth as it was */
        double hinted_objects, hinted_bytes; /* … and had the hint been given */
        double copied;  /* entries moved from old arrays to new */
        double entries; /* in the largest map; an estimate */
        bool churns;    /* more buckets than growth leaves: keys come and go */
        int64_t hint_low, hint_high; /* any hint in it makes the last array */
    } cost;                          /* of all its maps together */
};

struct findings {
    struct finding *list; /* n of them, the worst first */
    size_t n, cap;
};

/* Fits maps to the line s. all is for evidence elsewhere (headers). */
void explain_fit(const struct sites *all, const struct site *s,
                 struct finding *out);

/* All lines with maps; lines that grow one map together are one finding. The
 * list is the caller's to free. */
struct findings explain_lines(struct sites *all);

/* Replays the growth of f's maps on our heap, fills f->cost. The heap must have
 * been started with profiling off. */
void explain_replay(struct finding *f, int64_t rate);

/* True when a line's sizes are those of Go 1.24's maps. For profiles at rate
 * 1. */
bool looks_swiss(const struct site *s, enum mapEra era);

enum explainForm { EXPLAIN_TEXT, EXPLAIN_TSV, EXPLAIN_JSON };

/* What explain_print says besides the findings. */
struct explainContext {
    const char *path;
    const struct sites *sites;
    uint64_t seed;   /* of the replay */
    size_t left_out; /* findings too small to be listed */
};

void explain_print(const struct findings *f, const struct explainContext *c,
                   enum explainForm form);

/* The same for programs, everything: print_rows TSV, print_document JSON. */
void print_rows(const struct findings *f);
void print_document(const struct findings *f, const struct explainContext *c);

extern const char *const verdict_words[]; /* by enum verdict */

/* What the hint would have saved; not less than nothing. */
double saved_objects(const struct finding *f);
double saved_bytes(const struct finding *f);
/* False where the map is a sync.Map's: package sync makes it, without a
 * hint. */
bool takes_hint(const struct site *s);

/* "main.count:20", or "main.add:7,main.merge:9" of a map that grows on several
 * lines; to be freed by the caller. */
char *site_place(const struct site *s);

/* "int -> int, string -> struct{}": what common keys and elements buckets of
 * that size hold, in a string that the caller frees; NULL: none that is
 * common. */
char *common_pairs(const struct mapFit *m);

/* Bytes that an object of size bytes takes. headers: it holds pointers, and
 * where those are objects above 512 bytes have a header. */
int64_t slot_size(int64_t size, bool headers);
/* Bytes of the array that a map of 2^b buckets gets. headers: objects with
 * pointers above 512 bytes have a header of 8, as from Go 1.22 on.
 * Go: map.go makeBucketArray. */
int64_t array_size_in(int bucket, int b, bool headers);
int64_t array_size(int bucket, int b); /* in Go 1.19 */
/* A slice of elem-byte elements grown one by one: the sizes of its arrays, at
 * most max. Returns how many. Go: slice.go growslice. */
int append_series(int64_t elem, int64_t *sizes, int max);
/* log of how common a key and element of together width bytes are. */
double log_prior(int width);
/* Probability that a size seen by chance is exactly this one, given about how
 * large it is. */
double chance_of_size(int64_t size);

#endif
