/*
 * profile_log.c: a log of GODEBUG=allocfreetrace=1 into a profile.
 *
 *   tracealloc(0xc00001c0a8, 0x90, map.bucket[int]int)
 *   goroutine 1 [running]:
 *   runtime.mallocgc(0x90, 0x459ae0, 0x1)
 *   	/usr/lib/go/src/runtime/malloc.go:1147 +0x5e
 *   …
 *   (blank line)
 *   tracefree(0xc00001c0a8, 0x90)
 *
 * The program's own output may stand between the records; what is not part of a
 * record is passed over; a line that begins as one and is none is not. Every
 * allocation is there, so the period is 1. Go up to 1.22 writes such logs.
 */
#include "tools/lib/exits.h"
#include "tools/lib/pool.h"
#include "tools/profile/proftext.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char alloc_mark[] = "tracealloc(0x";
static const char free_mark[] = "tracefree(0x";

static const uint64_t LargestObject = (uint64_t)1 << 47; /* all addresses */

/* An object that was allocated and not yet freed. */
struct liveObject {
    struct profSample *sample;
    int64_t size;
};

struct logReader {
    struct lines lines;
    char *buf;
    size_t cap;
    struct profile *p;
    struct profBuilder *b;
    struct byteMap *live; /* by address */
    /* The record being read: */
    bool open;
    uint64_t addr;
    int64_t size;
    char *type;
    char *func; /* named, its file:line not yet seen */
    struct profLoc **frames;
    size_t nframes, cap_frames;
    uint64_t nrecords;
    size_t garbled, first_garbled; /* lines, and the first one's number */
};

bool profile_is_log(const char *text, size_t len)
{
    const char *at = text;
    size_t left = len;
    while ((at = memmem(at, left, alloc_mark, sizeof alloc_mark - 1))) {
        if (at == text || at[-1] == '\n')
            return true;
        at++;
        left = len - (size_t)(at - text);
    }
    return false;
}

static void object_freed(struct logReader *r, uint64_t addr)
{
    struct liveObject *o = bytemap_get(r->live, &addr, sizeof addr);
    if (!o)
        return;
    o->sample->values[INUSE_OBJECTS]--;
    o->sample->values[INUSE_SPACE] -= o->size;
    bytemap_remove(r->live, &addr, sizeof addr);
}

static void object_born(struct logReader *r, struct profSample *s)
{
    object_freed(r, r->addr); /* its free was not in the log */
    struct liveObject *o = pool_alloc(r->p->pool, sizeof *o);
    o->size = r->size;
    o->sample = s;
    bytemap_put(r->live, &r->addr, sizeof r->addr, o);
}

static void end_record(struct logReader *r)
{
    free(r->func);
    r->func = NULL;
    if (!r->open)
        return;
    r->open = false;
    int64_t values[NHEAPTYPES] = {1, r->size, 1, r->size};
    struct profLabel labels[] = {
        {.key = "type", .str = r->type, .unit = ""},
        {.key = "bytes", .num = r->size, .unit = ""},
    };
    struct profSample like = {
        .locs = r->frames,
        .nlocs = (uint32_t)r->nframes,
        .values = values,
        .labels = labels,
        .nlabels = ARRAY_LEN(labels),
    };
    object_born(r, builder_sample(r->b, &like));
    r->nrecords++;
    r->nframes = 0;
    free(r->type);
    r->type = NULL;
}

/* A line that begins as a record does, and goes on otherwise: two programs
 * wrote to one file, or a page of it is lost. What it said is missing from
 * all sums. */
static void count_garbled(struct logReader *r)
{
    if (r->garbled++ == 0)
        r->first_garbled = r->lines.number;
}

/* A number as Go prints one, 0x and digits; *end is what follows. */
static bool read_hex(const char *at, uint64_t max, uint64_t *value,
                     const char **end)
{
    char *after;
    errno = 0;
    *value = strtoull(at, &after, 16);
    *end = after;
    return strncmp(at, "0x", 2) == 0 && isxdigit((unsigned char)at[2]) &&
           errno == 0 && *value <= max;
}

/* "tracealloc(0xADDR, 0xSIZE, TYPE)" or "tracealloc(0xADDR, 0xSIZE)" */
static void begin_record(struct logReader *r, const char *line)
{
    uint64_t size;
    const char *end;
    size_t len = strlen(line);
    if (!read_hex(line + sizeof alloc_mark - 3, UINT64_MAX, &r->addr, &end) ||
        strncmp(end, ", ", 2) != 0 ||
        !read_hex(end + 2, LargestObject, &size, &end) ||
        (strncmp(end, ", ", 2) != 0 && strcmp(end, ")") != 0) ||
        line[len - 1] != ')') {
        count_garbled(r);
        return;
    }
    r->size = (int64_t)size;
    r->type = *end == ')'
                  ? xprintf("%s", "")
                  : xprintf("%.*s", (int)(line + len - 3 - end), end + 2);
    r->open = true;
}

/* "tracefree(0xADDR, 0xSIZE)" */
static void read_free(struct logReader *r, const char *line)
{
    uint64_t addr;
    const char *end;
    if (read_hex(line + sizeof free_mark - 3, UINT64_MAX, &addr, &end) &&
        strncmp(end, ", 0x", 4) == 0 && end[strlen(end) - 1] == ')')
        object_freed(r, addr);
    else
        count_garbled(r);
}

/* "runtime.mallocgc(0x90, 0x459ae0, 0x1)": the name ends at the last "(". */
static void read_func(struct logReader *r, const char *line)
{
    const char *args = strrchr(line, '(');
    free(r->func);
    r->func = NULL;
    if (!args || strncmp(line, "created by ", 11) == 0)
        return;
    r->func = xprintf("%s", line);
    r->func[args - line] = 0;
}

static void read_place(struct logReader *r, char *line)
{
    if (!r->func)
        return;
    int64_t number = split_file_line(line);
    r->frames = array_reserve(r->frames, &r->cap_frames, r->nframes + 1,
                              sizeof(struct profLoc *));
    r->frames[r->nframes++] =
        builder_frame(r->b, NULL, r->func, line, number, 0);
    free(r->func);
    r->func = NULL;
}

static void read_line(struct logReader *r, char *line)
{
    if (strncmp(line, alloc_mark, sizeof alloc_mark - 1) == 0) {
        end_record(r);
        begin_record(r, line);
    } else if (strncmp(line, free_mark, sizeof free_mark - 1) == 0) {
        end_record(r);
        read_free(r, line);
    } else if (!r->open) {
        return;
    } else if (*line == 0) {
        end_record(r);
    } else if (*line == '\t') {
        read_place(r, line + 1);
    } else if (strncmp(line, "goroutine ", 10) != 0) {
        read_func(r, line);
    }
}

struct profile *profile_parse_log(const char *text, size_t len, char *err)
{
    struct logReader r = {.lines = {text, text + len, 0}};
    r.p = profile_new();
    profile_add_heap_types(r.p);
    r.p->period = 1;
    r.p->period_type = (struct profValueType){"space", "bytes"};
    r.b = builder_new(r.p);
    r.live = bytemap_new();
    for (char *line; (line = lines_next(&r.lines, &r.buf, &r.cap));)
        read_line(&r, line);
    end_record(&r);
    bytemap_free(r.live); /* what is live at the end stays in use */
    builder_free(r.b);
    free(r.frames);
    free(r.buf);
    if (r.nrecords > 0 && r.garbled == 0)
        return r.p;
    if (r.garbled > 0)
        snprintf(err, ProfErrorSize,
                 "line %zu is no 'tracealloc(0xADDR, 0xSIZE, TYPE)' and no "
                 "'tracefree(0xADDR, 0xSIZE)', one of %zu such lines",
                 r.first_garbled, r.garbled);
    else
        snprintf(err, ProfErrorSize,
                 "a log without one whole tracealloc record");
    profile_free(r.p);
    return NULL;
}
