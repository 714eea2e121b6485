/*
 * api_alloc.c: the allocator's public names, which begin with hmap_. Programs
 * that link against libhmap see these and no others.
 */
#include "alloc/malloc.h"
#include "runtime/base/goversion.h"
#include "runtime/sched/rand.h"
#include "tools/api/hmap_alloc.h"
#include <stdio.h>
#include <string.h>

int hmap_start(const struct hmap_config *c)
{
    static const struct hmap_config defaults;
    static bool started;
    if (started)
        return 0;
    if (c == NULL)
        c = &defaults;
    if (c->release != NULL) {
        const struct goversion *v = goversion_named(c->release);
        if (v == NULL)
            return -1;
        goversion_choose(v);
    }
    started = true;
    rand_seed(c->seed);
    MemProfileRate = c->profile_rate;
    mallocinit();
    return 0;
}

static const struct type *inner(const struct hmap_type *t)
{
    return (const struct type *)(const void *)t;
}

const struct hmap_type *hmap_type_parse(const char *text, char *why,
                                        size_t size)
{
    struct typeError err;
    const struct type *t = type_parse(text, &err);
    if (t == NULL && why != NULL)
        snprintf(why, size, "%s", err.msg);
    return (const struct hmap_type *)(const void *)t;
}

size_t hmap_type_size(const struct hmap_type *t)
{
    return inner(t)->size;
}

void *hmap_new(const struct hmap_type *t)
{
    return newobject(inner(t));
}

void *hmap_new_array(const struct hmap_type *t, ptrdiff_t n)
{
    return newarray(inner(t), n);
}

void *hmap_new_bytes(ptrdiff_t n)
{
    return makeslice(type_basic(kindUint8), n, n);
}

void hmap_add_roots(void *p, size_t size)
{
    gc_add_roots(p, size);
}

void hmap_remove_roots(void *p)
{
    gc_remove_roots(p);
}

void hmap_scan_stack(void *bottom)
{
    gc_scan_this_stack(bottom);
}

void hmap_collect(void)
{
    gc();
}

int hmap_set_gc_percent(int percent)
{
    return gc_set_percent(percent);
}

void hmap_read_stats(struct hmap_stats *stats)
{
    struct MemStats m;
    readmemstats(&m);
    *stats = (struct hmap_stats){.alloc = m.Alloc,
                                 .total_alloc = m.TotalAlloc,
                                 .heap_sys = m.HeapSys,
                                 .heap_inuse = m.HeapInuse,
                                 .heap_released = m.HeapReleased,
                                 .mallocs = m.Mallocs,
                                 .frees = m.Frees,
                                 .collections = m.NumGC};
}
