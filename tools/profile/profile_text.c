/*
 * profile_text.c: the text of /debug/pprof/heap?debug=1 into a profile.
 *
 *   heap profile: 2: 64 [5: 160] @ heap/1048576
 *   2: 64 [5: 160] @ 0x4a1b2c 0x4a1c3d
 *   #	0x4a1b2b	main.fill+0x4b	/src/main.go:12
 *
 * A record's `#` lines name its frames, with the runtime's leading frames left
 * out by Go; its addresses are all there. So each address is a location, which
 * has a name where a `#` line gives one (naming.h names the others).
 * Difference: pprof skips the `#` lines and shows <unknown>.
 */
#include "tools/profile/naming.h"
#include "tools/profile/proftext.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char magic[] = "heap profile:";

/* What a `#` line says. */
struct textFrame {
    uint64_t pc;
    struct profFunc *func;
    int64_t line;
};

struct textReader {
    struct lines lines;
    char *buf;
    size_t cap;
    struct profile *p;
    struct profBuilder *b;
    int64_t rate;
    bool has_alloc; /* the header's alloc figures differ from those in use */
    char *err;
    /* The record being read: */
    bool open;
    int64_t values[NHEAPTYPES];
    int64_t size;              /* bytes of one object */
    uint64_t *addrs;           /* of its stack, each inside the call */
    struct textFrame *frames;  /* what is said of some of them … */
    struct profLine *lines_of; /* … as lines of locations */
    struct profLoc **locs;     /* the stack */
    size_t naddrs, cap_addrs, nframes, cap_frames, cap_lines, nlocs, cap_locs;
    struct profAnchors *anchors; /* or NULL */
};

bool profile_is_text(const char *text, size_t len)
{
    return len >= sizeof magic - 1 &&
           memcmp(text, magic, sizeof magic - 1) == 0;
}

static bool text_error(struct textReader *r, const char *what)
{
    snprintf(r->err, ProfErrorSize, "line %zu: %s", r->lines.number, what);
    return false;
}

/* "N: N [N: N] @", the blanks as they come: in-use and allocated objects and
 * bytes, stored in Go's order of columns. Returns what follows, or NULL. */
static const char *read_counts(const char *s, int64_t v[NHEAPTYPES])
{
    static const struct {
        int column;
        char then;
    } parts[NHEAPTYPES] = {{INUSE_OBJECTS, ':'},
                           {INUSE_SPACE, '['},
                           {ALLOC_OBJECTS, ':'},
                           {ALLOC_SPACE, ']'}};
    for (int i = 0; i < NHEAPTYPES; i++) {
        char *end;
        errno = 0;
        v[parts[i].column] = strtoll(s, &end, 10);
        if (end == s || errno)
            return NULL;
        end += strspn(end, " ");
        if (*end != parts[i].then)
            return NULL;
        s = end + 1;
    }
    s += strspn(s, " ");
    return *s == '@' ? s + 1 : NULL;
}

static bool read_header(struct textReader *r, const char *line)
{
    static const char rate_mark[] = " heap/";
    int64_t v[NHEAPTYPES];
    const char *rest = read_counts(line + sizeof magic - 1, v);
    if (!rest || strncmp(rest, rate_mark, sizeof rate_mark - 1) != 0)
        return text_error(r, "want 'heap profile: N: N [N: N] @ heap/N'");
    r->rate = strtoll(rest + sizeof rate_mark - 1, NULL, 10) / 2;
    r->p->period = r->rate;
    r->p->period_type.type = pool_intern(r->p->pool, "space");
    r->p->period_type.unit = pool_intern(r->p->pool, "bytes");
    r->has_alloc =
        (v[ALLOC_OBJECTS] != v[INUSE_OBJECTS] && v[ALLOC_OBJECTS] != 0) ||
        (v[ALLOC_SPACE] != v[INUSE_SPACE] && v[ALLOC_SPACE] != 0);
    if (r->has_alloc) {
        profile_add_heap_types(r->p);
    } else { /* as pprof reads it */
        profile_add_type(r->p, "objects", "count");
        profile_add_type(r->p, "space", "bytes");
    }
    return true;
}

static void push_loc(struct textReader *r, uint64_t addr,
                     struct profLine *lines, size_t n)
{
    struct profLoc like = {.addr = addr, .lines = lines, .nlines = (uint32_t)n};
    r->locs = array_reserve(r->locs, &r->cap_locs, r->nlocs + 1,
                            sizeof(struct profLoc *));
    r->locs[r->nlocs++] = builder_loc(r->b, &like);
}

/* The location of an address: its lines are those of the frames from number
 * i on that have it, more than one where calls were inlined. Returns the
 * first frame that has it not. */
static size_t push_named(struct textReader *r, uint64_t addr, size_t i)
{
    size_t end = i;
    while (end < r->nframes && r->frames[end].pc == addr)
        end++;
    push_loc(r, addr, r->lines_of + i, end - i);
    return end;
}

/* The record's stack. Names of addresses that the record does not have, as
 * other writers leave them, are frames of their own. */
static void push_stack(struct textReader *r)
{
    r->lines_of = array_reserve(r->lines_of, &r->cap_lines, r->nframes + 1,
                                sizeof *r->lines_of);
    size_t last = 0, matched = 0;
    for (size_t i = 0; i < r->nframes; i++) {
        r->lines_of[i] =
            (struct profLine){r->frames[i].func, r->frames[i].line};
        while (last < r->naddrs && r->addrs[last] != r->frames[i].pc)
            last++;
        matched += last < r->naddrs;
    }
    r->nlocs = 0;
    size_t next = 0;
    for (size_t a = 0; matched == r->nframes && a < r->naddrs; a++)
        next = push_named(r, r->addrs[a], next);
    for (size_t i = 0; matched < r->nframes && i < r->nframes; i++)
        push_loc(r, r->frames[i].pc, &r->lines_of[i], 1);
}

static void end_record(struct textReader *r)
{
    if (!r->open)
        return;
    push_stack(r);
    struct profLabel size = {.key = "bytes", .num = r->size};
    struct profSample like = {
        .locs = r->locs,
        .nlocs = (uint32_t)r->nlocs,
        .values = r->has_alloc ? r->values : r->values + INUSE_OBJECTS,
        .labels = &size,
        .nlabels = 1,
    };
    builder_sample(r->b, &like);
    r->open = false;
    r->nframes = r->naddrs = 0;
}

/* A count and a size of the record, scaled; false when they make no sense. */
static bool set_values(struct textReader *r, int first, int64_t count,
                       int64_t size)
{
    if (count == 0 && size != 0)
        return text_error(r, "bytes without objects");
    if (count < 0 || size < 0)
        return text_error(r, "a negative count");
    if (count != 0)
        r->size = size / count;
    scale_heap_sample(&count, &size, r->rate);
    r->values[first] = count;
    r->values[first + 1] = size;
    return true;
}

static void read_addresses(struct textReader *r, const char *s)
{
    char *end;
    for (;; s = end) {
        uint64_t pc = strtoull(s, &end, 16);
        if (end == s)
            return;
        r->addrs = array_reserve(r->addrs, &r->cap_addrs, r->naddrs + 1,
                                 sizeof *r->addrs);
        r->addrs[r->naddrs++] = pc - 1;
    }
}

static bool read_record(struct textReader *r, const char *line)
{
    int64_t v[NHEAPTYPES];
    const char *stack = read_counts(line, v);
    if (!stack)
        return text_error(r, "want 'N: N [N: N] @ 0xPC …'");
    if (!set_values(r, ALLOC_OBJECTS, v[ALLOC_OBJECTS], v[ALLOC_SPACE]) ||
        !set_values(r, INUSE_OBJECTS, v[INUSE_OBJECTS], v[INUSE_SPACE]))
        return false;
    read_addresses(r, stack);
    r->open = true;
    return true;
}

/* A function's first instruction, where the text tells it. */
static void add_anchor(struct textReader *r, const char *func, uint64_t entry)
{
    struct profAnchors *a = r->anchors;
    if (!a || a->n == MaxAnchors)
        return;
    a->list[a->n++] = (struct profAnchor){pool_intern(r->p->pool, func), entry};
}

static void add_frame(struct textReader *r, uint64_t pc, char *func, char *file)
{
    char *offset = strrchr(func, '+');
    if (offset && strncmp(offset, "+0x", 3) == 0) {
        *offset = 0;
        add_anchor(r, func, pc - strtoull(offset + 1, NULL, 16));
    }
    int64_t line = split_file_line(file);
    struct profFunc like = {.name = func, .sysname = func, .file = file};
    r->frames = array_reserve(r->frames, &r->cap_frames, r->nframes + 1,
                              sizeof *r->frames);
    r->frames[r->nframes++] =
        (struct textFrame){pc, builder_func(r->b, &like), line};
}

/* "# 0xPC func+0xOFF file:line", by tabs; else what follows # is a remark. */
static void read_frame(struct textReader *r, char *line)
{
    char *pc_end;
    char *s = line + 1 + strspn(line + 1, " \t");
    if (!r->open || strncmp(s, "0x", 2) != 0)
        return;
    uint64_t pc = strtoull(s, &pc_end, 16);
    char *func = pc_end + strspn(pc_end, " \t");
    char *func_end = strchr(func, '\t'); /* names may hold blanks */
    if (!func_end)
        func_end = func + strcspn(func, " ");
    char *file = func_end + strspn(func_end, " \t");
    if (*func_end)
        *func_end = 0;
    for (char *e = func_end; e > func && (e[-1] == ' ' || e[-1] == '\t');)
        *--e = 0;
    add_frame(r, pc, func, file);
}

static bool read_lines(struct textReader *r)
{
    char *line = lines_next(&r->lines, &r->buf, &r->cap);
    if (!line || !read_header(r, line))
        return false;
    while ((line = lines_next(&r->lines, &r->buf, &r->cap))) {
        line += strspn(line, " \t");
        if (*line == '#') {
            read_frame(r, line);
            continue;
        }
        end_record(r);
        if (strncmp(line, "--- Memory map:", 15) == 0 ||
            strncmp(line, "MAPPED_LIBRARIES:", 17) == 0)
            break;
        if (*line && !read_record(r, line))
            return false;
    }
    end_record(r);
    return true;
}

struct profile *profile_parse_addresses(const char *text, size_t len,
                                        struct profAnchors *anchors, char *err)
{
    struct textReader r = {
        .lines = {text, text + len, 0}, .err = err, .anchors = anchors};
    if (anchors)
        anchors->n = 0;
    r.p = profile_new();
    r.b = builder_new(r.p);
    bool ok = read_lines(&r);
    builder_free(r.b);
    free(r.frames);
    free(r.addrs);
    free(r.lines_of);
    free(r.locs);
    free(r.buf);
    if (ok)
        return r.p;
    profile_free(r.p);
    return NULL;
}

struct profile *profile_parse_text(const char *text, size_t len, char *err)
{
    struct profile *p = profile_parse_addresses(text, len, NULL, err);
    if (p)
        profile_drop_unnamed(p);
    return p;
}
