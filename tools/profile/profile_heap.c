/*
 * profile_heap.c: memprofile's buckets as a pprof profile.
 *
 * Addresses are counted from where the program was loaded, so that two runs of
 * one program write the same file.
 */
#include "tools/profile/profileout.h"

#include "runtime/prof/memprofile.h"
#include "tools/lib/exits.h"
#include "tools/profile/proftext.h"

#include <inttypes.h>
#include <stdlib.h>

enum { MaxLabels = 6 };

/* The linker's: the first byte of the program in memory. */
extern const char __ehdr_start[];

/* tier and served, the words of Go's allocator for who gave the object. */
static const struct {
    const char *tier, *served;
} tier_labels[NTIERS] = {
    [TIER_TINY] = {"tiny", "mcache"},
    [TIER_MCACHE] = {"small", "mcache"},
    [TIER_MCENTRAL] = {"small", "mcentral"},
    [TIER_MHEAP] = {"large", "mheap"},
};

struct heapReader {
    struct profile *p;
    struct profBuilder *b;
    struct profMapping *program;
    enum frameView view;
    bool raw;
};

/* The return address of a frame that callstack_view gave, from pcs[*at] on. */
static uintptr_t address_of(const struct frame *f, const struct bucket *b,
                            int *at)
{
    for (int i = *at; i < b->nstk; i++)
        if (callstack_frame(b->stk[i]) == f) {
            *at = i + 1;
            return b->stk[i] - (uintptr_t)__ehdr_start;
        }
    return 0;
}

static int read_stack(const struct heapReader *r, const struct bucket *b,
                      struct profLoc **locs)
{
    const struct frame *frames[MaxStack];
    const struct goMalloc what = mprof_malloc(b);
    int n = callstack_view(b->stk, b->nstk, r->view, &what, frames, MaxStack);
    for (int i = 0, at = 0; i < n; i++) {
        uintptr_t pc = address_of(frames[i], b, &at);
        locs[i] = builder_frame(r->b, r->program, frames[i]->func,
                                frames[i]->file, frames[i]->line, pc);
    }
    return n;
}

/* "main.fill:12", the line that made the map; NULL when it is not known. The
 * caller frees it. */
static char *make_site(const struct bucket *owner)
{
    const struct frame *frames[MaxStack];
    if (!owner)
        return NULL;
    const struct goMalloc what = mprof_malloc(owner);
    int n = callstack_view(owner->stk, owner->nstk, FRAMES_USER, &what, frames,
                           MaxStack);
    return n > 0 ? xprintf("%s:%d", frames[0]->func, frames[0]->line) : NULL;
}

static struct profLabel word(const char *key, const char *value)
{
    return (struct profLabel){.key = key, .str = value, .unit = ""};
}

/* The labels of one bucket; *site and *class are theirs, the caller frees them.
 */
static uint32_t read_labels(const struct heapReader *r, const struct bucket *b,
                            struct profLabel *labels, char **site, char **class)
{
    uint32_t n = 0;
    *site = *class = NULL;
    if (r->view == FRAMES_FULL) {
        *class = xprintf("%u", b->tag.sizeclass);
        labels[n++] = word("tier", tier_labels[b->tag.tier].tier);
        labels[n++] = word("served", tier_labels[b->tag.tier].served);
        labels[n++] = word("sizeclass", *class);
        if (b->tag.type)
            labels[n++] = word("type", b->tag.type->str);
        *site = make_site(b->tag.owner);
        if (*site)
            labels[n++] = word("map", *site);
    }
    labels[n++] =
        (struct profLabel){.key = "bytes", .num = (int64_t)b->size, .unit = ""};
    struct profSample sorted = {.labels = labels, .nlabels = n};
    sample_sort_labels(&sorted);
    return n;
}

static void read_bucket(const struct heapReader *r, const struct bucket *b)
{
    struct memRecordCycle c = mprof_total(b);
    int64_t v[NHEAPTYPES] = {(int64_t)c.allocs, (int64_t)c.alloc_bytes,
                             (int64_t)(c.allocs - c.frees),
                             (int64_t)(c.alloc_bytes - c.free_bytes)};
    if (c.allocs == 0)
        return;
    if (!r->raw) {
        scale_heap_sample(&v[ALLOC_OBJECTS], &v[ALLOC_SPACE], r->p->period);
        scale_heap_sample(&v[INUSE_OBJECTS], &v[INUSE_SPACE], r->p->period);
    }
    struct profLoc *locs[MaxStack];
    struct profLabel labels[MaxLabels];
    char *site, *class;
    struct profSample like = {.locs = locs, .values = v, .labels = labels};
    like.nlocs = (uint32_t)read_stack(r, b, locs);
    like.nlabels = read_labels(r, b, labels, &site, &class);
    builder_sample(r->b, &like);
    free(site);
    free(class);
}

static int by_first(const void *a, const void *b)
{
    uint64_t x = (*(const struct bucket *const *)a)->first;
    uint64_t y = (*(const struct bucket *const *)b)->first;
    return x < y ? -1 : x > y;
}

static void read_buckets(const struct heapReader *r)
{
    const struct bucket **list = NULL;
    size_t n = 0, cap = 0;
    for (const struct bucket *b = mprof_buckets(); b; b = b->allnext) {
        list = array_reserve(list, &cap, n + 1, sizeof(struct bucket *));
        list[n++] = b;
    }
    if (n)
        qsort(list, n, sizeof(struct bucket *), by_first);
    for (size_t i = 0; i < n; i++)
        read_bucket(r, list[i]);
    free(list);
}

struct profile *profile_of_heap(enum frameView view, bool raw)
{
    struct heapReader r = {.p = profile_new(), .view = view, .raw = raw};
    profile_add_heap_types(r.p);
    r.p->default_type = pool_intern(r.p->pool, "alloc_objects");
    r.p->period_type = (struct profValueType){"space", "bytes"};
    r.p->period = MemProfileRate;
    r.b = builder_new(r.p);
    r.program =
        builder_mapping(r.b, &(struct profMapping){.limit = UINT64_MAX,
                                                   .file = "hmap",
                                                   .buildid = "",
                                                   .has_functions = true,
                                                   .has_filenames = true,
                                                   .has_lines = true});
    read_buckets(&r);
    builder_free(r.b);
    return r.p;
}
