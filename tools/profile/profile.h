/*
 * profile.h: a profile in memory, as pprof thinks of one: samples of call
 * stacks, each with a value for every sample type and with labels.
 *
 * Readers fill it, filters and merges change it, reports and `explain` look at
 * it, the writer turns it into a file. Everything a profile points to lives in
 * its pool and dies with it; all strings are interned there.
 *
 * Invariants, each a line of profile_check:
 *   profile.1  every sample has one value for each sample type
 *   profile.2  ids of mappings, locations and functions are not 0 and unique
 *   profile.3  every line has a function
 */
#ifndef TOOLS_PROFILE_PROFILE_H
#define TOOLS_PROFILE_PROFILE_H

#include "tools/lib/pool.h"

/* Values are a stranger's: their sums wrap, as Go's do. */
ALWAYS_INLINE int64_t wrap_add(int64_t a, int64_t b)
{
    return (int64_t)((uint64_t)a + (uint64_t)b);
}

/* The integer nearest zero beside v that an int64_t can hold; 0 for no number.
 */
ALWAYS_INLINE int64_t clamp_int64(double v)
{
    if (!(v > -9.2e18))
        return v < 0 ? INT64_MIN : 0;
    return v < 9.2e18 ? (int64_t)v : INT64_MAX;
}

struct profMapping {
    uint64_t id, start, limit, offset;
    const char *file;    /* "" when unknown */
    const char *buildid; /* "" when unknown */
    bool has_functions, has_filenames, has_lines, has_inlines;
};

struct profFunc {
    uint64_t id;
    const char *name;    /* "main.fill" */
    const char *sysname; /* the linker's name */
    const char *file;    /* "" when unknown */
    int64_t start_line;
    uint32_t index; /* its place in profile.funcs */
};

struct profLine {
    struct profFunc *func;
    int64_t line;
};

/* An instruction address and the source lines it stands for: more than one
 * where calls were inlined, the innermost call first. */
struct profLoc {
    uint64_t id;
    uint64_t addr;
    struct profMapping *mapping; /* or NULL */
    struct profLine *lines;      /* none: the address could not be named */
    uint32_t nlines;
    uint32_t index;     /* its place in profile.locs */
    const char *callee; /* what its instruction calls, where that is hidden and
                           the program told it; else NULL */
    bool folded;
};

struct profLabel {
    const char *key;
    const char *str; /* NULL: the label is a number */
    int64_t num;
    const char *unit; /* of num, "" when not given */
};

struct profSample {
    struct profLoc **locs;    /* leaf first */
    int64_t *values;          /* one for each sample type */
    struct profLabel *labels; /* strings before numbers, each sorted by key */
    uint32_t nlocs, nlabels;
};

struct profValueType {
    const char *type, *unit;
};

struct profile {
    struct pool *pool;
    struct profValueType *types;
    struct profSample **samples;
    struct profMapping **mappings; /* [0] is the program */
    struct profLoc **locs;
    struct profFunc **funcs;
    const char **comments;
    size_t ntypes, nsamples, nmappings, nlocs, nfuncs, ncomments;
    size_t cap_types, cap_samples, cap_mappings, cap_locs, cap_funcs,
        cap_comments;
    const char *default_type;              /* "" when not given */
    const char *drop_frames, *keep_frames; /* regular expressions, or "" */
    struct profValueType period_type;
    int64_t period; /* mean bytes between samples; 1: every allocation */
    int64_t time_nanos, duration_nanos;
};

enum { ProfErrorSize = 200 };

struct profile *profile_new(void);
void profile_free(struct profile *p); /* NULL is fine */

/* Each appends one element, zeroed, except its strings (""); the pool owns it.
 * Ids are the caller's to set. */
struct profValueType *profile_add_type(struct profile *p, const char *type,
                                       const char *unit);
struct profSample *profile_add_sample(struct profile *p, size_t nlocs,
                                      size_t nlabels);
struct profMapping *profile_add_mapping(struct profile *p);
struct profLoc *profile_add_loc(struct profile *p, size_t nlines);
struct profFunc *profile_add_func(struct profile *p);
void profile_add_comment(struct profile *p, const char *text);

/* Brings a sample's labels into their order. */
void sample_sort_labels(struct profSample *s);
/* The label's value, NULL or 0 when the sample has no such label. */
const char *sample_label(const struct profSample *s, const char *key);
int64_t sample_num_label(const struct profSample *s, const char *key);

/* Index of the sample type named so (a name or a number; "" or NULL means the
 * profile's default, else the last); -1 when there is none.
 * Go: profile/index.go SampleIndexByName. */
int profile_type_index(const struct profile *p, const char *name);

/* True when profile.1 to profile.3 hold; else err (ProfErrorSize bytes) says
 * what is wrong. */
bool profile_check(const struct profile *p, char *err);

/*
 * Reads a profile from a file: gzipped or plain profile.proto, the text of
 * debug=1, or a log of GODEBUG=allocfreetrace=1. NULL when it cannot, with one
 * line without newline in err (ProfErrorSize bytes), the path not included.
 * "-" is standard input.
 */
struct profile *profile_read(const char *path, char *err);
/* The same from memory. */
struct profile *profile_parse(const void *data, size_t len, char *err);

/* What one profile may take: beyond it the reader refuses. */
enum {
    ProfMaxInflated = 256 << 20, /* bytes after gunzip */
    ProfMaxMemory = 1 << 30,     /* bytes the decoded messages may take */
};

/* The readers of single formats; profile_parse picks one. */
struct profile *profile_parse_proto(const uint8_t *data, size_t len, char *err);
struct profile *profile_parse_text(const char *text, size_t len, char *err);
struct profile *profile_parse_log(const char *text, size_t len, char *err);
bool profile_is_text(const char *text, size_t len);
bool profile_is_log(const char *text, size_t len);

/*
 * One profile that holds the samples of all n: equal samples added up, samples
 * of zeros dropped, locations and functions that no sample uses gone. NULL and
 * err filled where their sample types differ. The sources stay the caller's.
 * Go: profile/merge.go Merge.
 */
struct profile *profile_merge(struct profile *const *srcs, size_t n, char *err);
/* Multiplies every value by -1 and marks every sample as the base of a
 * difference. */
void profile_make_base(struct profile *p);
/* True for a sample that profile_make_base marked. */
bool sample_is_base(const struct profSample *s);

#endif
