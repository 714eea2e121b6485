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
 * record is passed over. Every allocation is there, so the period is 1. Go up to
 * 1.22 writes such logs.
 */
#include "tools/lib/bytemap.h"
#include "tools/lib/exits.h"
#include "tools/profile/proftext.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char alloc_mark[] = "tracealloc(0x";
static const char free_mark[] = "tracefree(0x";

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

/* "tracealloc(0xADDR, 0xSIZE, TYPE)" or "tracealloc(0xADDR, 0xSIZE)" */
static void begin_record(struct logReader *r, const char *line)
{
    char *end;
    r->addr = strtoull(line + sizeof alloc_mark - 3, &end, 16);
    if (strncmp(end, ", 0x", 4) != 0)
        return;
    r->size = strtoll(end + 2, &end, 16);
    const char *type = strncmp(end, ", ", 2) == 0 ? end + 2 : "";
    r->type = xprintf("%s", type);
    size_t n = strlen(r->type);
    if (n && r->type[n - 1] == ')')
        r->type[n - 1] = 0;
    r->open = r->size >= 0;
    if (!r->open) {
        free(r->type);
        r->type = NULL;
    }
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
        object_freed(r, strtoull(line + sizeof free_mark - 3, NULL, 16));
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
    if (r.nrecords > 0)
        return r.p;
    snprintf(err, ProfErrorSize, "a log without one whole tracealloc record");
    profile_free(r.p);
    return NULL;
}
