/*
 * explain_site.c: the lines of a profile, each with the sizes it allocated.
 *
 * A site is the innermost frame that is not the runtime's: the leaf, where Go
 * has hidden the runtime's frames; where they are there (our own profiles, logs
 * of allocfreetrace) they are passed over, and what they say of an object is
 * kept as its role. Of a line of Go's own packages, reflect's or
 * encoding/json's, which nobody will change, the lines that called it are kept
 * too.
 */
#include "tools/explain/explain.h"

#include "runtime/prof/goframe.h"
#include "tools/lib/bytemap.h"
#include "tools/lib/exits.h"
#include "tools/profile/proftext.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* One sample, looked at frame by frame. */
struct sampleSight {
    const struct profLine *site;   /* the innermost that is not the runtime's */
    const struct profLine *caller; /* of a library's line: the program's own */
    enum sizeRole role;
    bool frames, swiss;
};

static bool starts_with(const char *s, const char *prefix)
{
    return strncmp(s, prefix, strlen(prefix)) == 0;
}

/* Of Go's own packages, "encoding/json.(*decodeState).object": nobody changes a
 * line of those. They alone have such first parts of their paths. */
static bool is_library(const char *func)
{
    static const char *const first[] = {
        "archive", "bufio",    "bytes",    "compress", "container", "context",
        "crypto",  "database", "debug",    "embed",    "encoding",  "errors",
        "expvar",  "flag",     "fmt",      "go",       "hash",      "html",
        "image",   "index",    "internal", "io",       "log",       "maps",
        "math",    "mime",     "net",      "os",       "path",      "plugin",
        "reflect", "regexp",   "runtime",  "slices",   "sort",      "strconv",
        "strings", "sync",     "syscall",  "testing",  "text",      "time",
        "unicode", "vendor",
    };
    size_t n = strcspn(func, "/.");
    for (size_t i = 0; i < ARRAY_LEN(first); i++)
        if (strlen(first[i]) == n && strncmp(func, first[i], n) == 0)
            return true;
    return false;
}

/* What the runtime function func makes of the objects below it; the innermost
 * of them decides. */
static enum sizeRole role_of(const char *func, enum sizeRole before)
{
    static const enum sizeRole roles[NGOROLES] = {
        [GO_MAP_ARRAY] = ROLE_ARRAY,   [GO_MAP_BOOK] = ROLE_BOOK,
        [GO_APPEND] = ROLE_BOOK,       [GO_MAP_OVERFLOW] = ROLE_BUCKET,
        [GO_MAP_ASSIGN] = ROLE_BUCKET,
    };
    enum goRole role = goframe_role(func);
    if (role == GO_MAP_HEADER)
        return ROLE_OTHER; /* made with its size: no growth */
    return before == ROLE_UNKNOWN ? roles[role] : before;
}

/* One frame after another, from the innermost on. False when there is no
 * need to look further. */
static bool view_frame(const struct profLine *l, struct sampleSight *v)
{
    const char *func = l->func->name;
    if (!v->site && goframe_is_machinery(func)) {
        if (!goframe_is_runtime(func)) /* reflect's stay where Go hides those */
            return true;
        v->swiss |= goframe_is_swiss(func);
        v->frames |= goframe_role(func) >= GO_MAP;
        v->role = role_of(func, v->role);
        return true;
    }
    if (is_library(func)) {
        if (!v->site)
            v->site = l;
        return true;
    }
    if (v->site)
        v->caller = l;
    else
        v->site = l;
    return false;
}

/* False when all frames are the runtime's. */
static bool view_sample(const struct profSample *s, struct sampleSight *v)
{
    *v = (struct sampleSight){.role = ROLE_UNKNOWN};
    bool further = true;
    for (uint32_t i = 0; i < s->nlocs && further; i++)
        for (uint32_t j = 0; j < s->locs[i]->nlines && further; j++)
            further = view_frame(&s->locs[i]->lines[j], v);
    if (!v->frames) /* runtime.growslice alone is an append of the line's own */
        v->role = ROLE_UNKNOWN;
    return v->site != NULL;
}

/* The index is kept as a pointer one larger, so that none is NULL. */
static struct site *site_for(struct sites *s, struct byteMap *table,
                             const struct profLine *l)
{
    const struct {
        const char *func; /* interned */
        int64_t line;
    } key = {l->func->name, l->line};
    uintptr_t place = (uintptr_t)bytemap_get(table, &key, sizeof key);
    if (place)
        return &s->list[place - 1];
    s->list = array_reserve(s->list, &s->cap, s->n + 1, sizeof *s->list);
    s->list[s->n] = (struct site){
        .func = l->func->name, .file = l->func->file, .line = l->line};
    bytemap_put(table, &key, sizeof key, (void *)(s->n + 1));
    return &s->list[s->n++];
}

void site_add_size(struct site *s, const struct siteSize *add)
{
    for (size_t i = 0; i < s->nsizes; i++)
        if (s->sizes[i].size == add->size && s->sizes[i].role == add->role) {
            s->sizes[i].objects += add->objects;
            s->sizes[i].samples += add->samples;
            s->sizes[i].inuse += add->inuse;
            return;
        }
    s->sizes =
        array_reserve(s->sizes, &s->cap_sizes, s->nsizes + 1, sizeof *s->sizes);
    s->sizes[s->nsizes++] = *add;
}

static const char *bucket_type(const struct profSample *s)
{
    const char *type = sample_label(s, "type");
    return type && starts_with(type, "map.bucket[") ? type : NULL;
}

/* Where runtime.main calls main.main tells the Go release: line 250 of
 * proc.go in 1.19, 267 to 272 in 1.21 to 1.23, 283 in 1.24. */
static enum mapEra era_of(const struct profSample *s)
{
    enum { Go124 = 280 };
    const char *callee = "";
    for (uint32_t i = 0; i < s->nlocs; i++)
        for (uint32_t j = 0; j < s->locs[i]->nlines; j++) {
            const struct profLine *l = &s->locs[i]->lines[j];
            if (strcmp(l->func->name, goframe_main) == 0 &&
                strcmp(callee, "main.main") == 0 && l->line > 0)
                return l->line >= Go124 ? ERA_SWISS : ERA_BUCKETS;
            callee = l->func->name;
        }
    return ERA_UNKNOWN;
}

/* Counts the bytes that a library's line allocated for a line of the program's
 * own. Of very many callers the first are counted. */
static void add_caller(struct site *s, const struct profLine *l, double bytes)
{
    size_t i = 0;
    while (i < s->ncallers && (s->callers[i].func != l->func->name ||
                               s->callers[i].line != l->line))
        i++;
    if (i == MaxCallers)
        return;
    if (i == s->ncallers)
        s->callers[s->ncallers++] =
            (struct siteCaller){.func = l->func->name, .line = l->line};
    s->callers[i].bytes += bytes;
}

static void add_sample(struct sites *all, struct byteMap *table,
                       const struct profSample *s, double objects, double bytes,
                       double inuse)
{
    struct sampleSight v;
    int64_t size = sample_num_label(s, "bytes");
    if (size <= 0)
        size = (int64_t)llround(bytes / objects);
    if (!view_sample(s, &v) || size <= 0)
        return;
    double seen = objects;
    if (all->rate > 1) /* undo what the writer scaled */
        seen *= 1 - exp(-(double)size / (double)all->rate);
    struct site *site = site_for(all, table, v.site);
    site->objects += objects;
    site->bytes += bytes;
    site->frames |= v.frames;
    site->swiss |= v.swiss;
    if (v.caller)
        add_caller(site, v.caller, bytes);
    if (bucket_type(s))
        site->type = bucket_type(s);
    if (v.frames && v.role == ROLE_UNKNOWN)
        v.role = ROLE_OTHER;
    site_add_size(site, &(struct siteSize){.size = size,
                                           .objects = objects,
                                           .samples = seen,
                                           .inuse = inuse,
                                           .role = v.role});
}

static int by_size(const void *a, const void *b)
{
    const struct siteSize *x = a, *y = b;
    return x->size < y->size ? -1 : x->size > y->size;
}

void site_sort_sizes(struct site *s)
{
    qsort(s->sizes, s->nsizes, sizeof *s->sizes, by_size);
}

static int by_bytes(const void *a, const void *b)
{
    const struct site *x = a, *y = b;
    if (x->bytes != y->bytes)
        return x->bytes > y->bytes ? -1 : 1;
    int c = strcmp(x->func, y->func);
    return c ? c : (x->line > y->line) - (x->line < y->line);
}

static void add_samples(struct sites *all, const struct profile *p)
{
    int objects = profile_type_index(p, "alloc_objects");
    int bytes = profile_type_index(p, "alloc_space");
    int inuse = profile_type_index(p, "inuse_objects");
    if (objects < 0 || bytes < 0) { /* alloc and inuse agreed: two columns */
        objects = inuse;
        bytes = profile_type_index(p, "inuse_space");
    }
    if (objects < 0 || bytes < 0 || inuse < 0)
        return; /* not a heap profile */
    struct byteMap *table = bytemap_new();
    for (size_t i = 0; i < p->nsamples; i++) {
        const int64_t *v = p->samples[i]->values;
        if (v[objects] <= 0 || v[bytes] <= 0)
            continue;
        if (all->era == ERA_UNKNOWN)
            all->era = era_of(p->samples[i]);
        all->objects += (double)v[objects];
        all->bytes += (double)v[bytes];
        add_sample(all, table, p->samples[i], (double)v[objects],
                   (double)v[bytes], (double)v[inuse]);
    }
    bytemap_free(table);
}

struct sites *sites_collect(const struct profile *p)
{
    struct sites *all = xcalloc(1, sizeof *all);
    all->rate = p->period;
    all->pool = p->pool;
    add_samples(all, p);
    for (size_t i = 0; i < all->n; i++)
        site_sort_sizes(&all->list[i]);
    if (all->n)
        qsort(all->list, all->n, sizeof *all->list, by_bytes);
    return all;
}

void sites_free(struct sites *s)
{
    for (size_t i = 0; i < s->n; i++)
        free(s->list[i].sizes);
    free(s->list);
    free(s);
}
