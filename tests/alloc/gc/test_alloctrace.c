/* GODEBUG=allocfreetrace=1: each event's lines. */
#include "alloc/malloc.h"
#include "runtime/base/goversion.h"
#include "runtime/sched/godebug.h"
#include "tests/child.h"
#include <stdio.h>

static void init(void)
{
    setenv("GOGC", "off", 1);
    debug.allocfreetrace = 1;
    MemProfileRate = 0;
    mallocinit();
}

static GOFRAME void makes_two(void)
{
    init();
    newobject(type_parse("struct{a *int; b int}", NULL));
    makeslice(type_parse("uint8", NULL), 100, 100);
}
GOFRAME_MAIN(makes_two);

/* The n-th line of text, the first being 0. */
static const char *line(const char *text, int n)
{
    static char out[256];

    for (; n > 0; n--) {
        text = strchr(text, '\n');
        cr_assert_not_null(text);
        text++;
    }
    snprintf(out, sizeof(out), "%.*s", (int)strcspn(text, "\n"), text);
    return out;
}

static bool begins(const char *l, const char *with)
{
    return strncmp(l, with, strlen(with)) == 0;
}

Test(alloctrace, an_allocation_is_printed_as_go_prints_it)
{
    struct ending e = ending_of(makes_two);
    unsigned long addr, size;
    char type[64];

    cr_assert_eq(sscanf(e.said, "tracealloc(0x%lx, 0x%lx, %63[^)\n])\n", &addr,
                        &size, type),
                 3, "said: %s", e.said);
    cr_assert_eq(size, 16);
    cr_assert_str_eq(type, "struct { a *int; b int }");
    cr_assert_str_eq(line(e.said, 1), "goroutine 1 [running]:");
    cr_assert(begins(line(e.said, 2), "runtime.mallocgc(0x10, 0x"));
    cr_assert_not_null(strstr(line(e.said, 2), ", 0x1)"));
    cr_assert(begins(line(e.said, 3), "\talloc/malloc.c:"));
    cr_assert(begins(line(e.said, 4), "runtime.newobject("));
    cr_assert(begins(line(e.said, 6), "main.makes_two("));
}

Test(alloctrace, the_size_is_the_class_s_and_bytes_have_a_type_too)
{
    struct ending e = ending_of(makes_two);
    const char *second = strstr(e.said, "\n\n");

    cr_assert_not_null(second);
    cr_assert(begins(second, "\n\ntracealloc(0x"), "said: %s", second);
    cr_assert_not_null(strstr(second, ", 0x70, uint8)\n"));
    cr_assert_not_null(strstr(second, "runtime.mallocgc(0x64, 0x"));
    cr_assert_not_null(strstr(second, "runtime.makeslice("));
}

NOINLINE static void fills_a_block(void)
{
    init();
    for (int i = 0; i < 4; i++)
        mallocgc(4, NULL, true);
}

Test(alloctrace, what_fits_the_open_tiny_block_is_not_printed)
{
    struct ending e = ending_of(fills_a_block);
    const char *first = strstr(e.said, "tracealloc(");

    cr_assert_not_null(first);
    cr_assert_not_null(strstr(first, ", 0x10)\n"), "untyped: no type");
    cr_assert_null(strstr(first + 1, "tracealloc("));
}

NOINLINE static void makes_one_with_a_header(void)
{
    goversion_choose(goversion_named("1.22"));
    init();
    makeslice(type_parse("*int", NULL), 128, 128);
}

Test(alloctrace, a_size_is_what_the_object_may_fill)
{
    struct ending e = ending_of(makes_one_with_a_header);

    cr_assert_not_null(strstr(e.said, ", 0x478, *int)\n"), "1152 - 8");
}

NOINLINE static void frees_one(void)
{
    init();
    mallocgc(48, NULL, true);
    gc();
}

Test(alloctrace, a_free_is_printed_when_it_is_swept)
{
    struct ending e = ending_of(frees_one);
    unsigned long was, is;
    const char *freed = strstr(e.said, "tracefree(");

    cr_assert_not_null(freed);
    cr_assert_eq(sscanf(e.said, "tracealloc(0x%lx", &was), 1);
    cr_assert_eq(sscanf(freed, "tracefree(0x%lx", &is), 1);
    cr_assert_eq(was, is);
    cr_assert_not_null(strstr(freed, ", 0x30)\ngoroutine 1 [running]:\n"));
}

static struct allocEvent seen[8];
static size_t nseen, nswept, ncollected;
static struct gcEvent collected;

static void on_allocated(const struct allocEvent *e)
{
    cr_assert_lt(nseen, ARRAY_LEN(seen));
    seen[nseen++] = *e;
}

static void on_swept(const void *p, size_t size)
{
    cr_assert_eq(size, (size_t)112);
    cr_assert_eq(p, seen[1].p);
    nswept++;
}

static void on_collected(const struct gcEvent *e)
{
    collected = *e;
    ncollected++;
}

Test(alloctrace, an_onlooker_is_told_of_objects_frees_and_collections)
{
    static const struct allocWatch w = {on_allocated, on_swept, on_collected};
    static void *kept;
    MemProfileRate = 1;
    mallocinit();
    gc_set_percent(-1);
    gc_add_roots(&kept, sizeof kept);
    makeslice(type_parse("uint8", NULL), 100, 100);
    malloc_watch(&w);
    kept = newobject(type_parse("struct{a *int; b int}", NULL));
    makeslice(type_parse("uint8", NULL), 100, 100);
    makeslice(type_parse("uint8", NULL), 40000, 40000);
    cr_assert_eq(nseen, (size_t)3);
    cr_assert_eq(seen[0].p, kept);
    cr_assert_str_eq(seen[0].type->str, "struct { a *int; b int }");
    cr_assert_eq(seen[0].tier, TIER_MCENTRAL);
    cr_assert_eq(seen[1].asked, (size_t)100);
    cr_assert_eq(seen[1].slot, (size_t)112);
    cr_assert_eq(seen[1].tier, TIER_MCACHE);
    cr_assert_eq(seen[2].slot, (size_t)40960);
    cr_assert_eq(seen[2].tier, TIER_MHEAP);
    for (size_t i = 0; i < nseen; i++)
        cr_assert_not_null(seen[i].bucket);
}

Test(alloctrace, nobody_is_told_when_the_onlooker_has_left)
{
    static const struct allocWatch w = {on_allocated, on_swept, on_collected};
    MemProfileRate = 1;
    mallocinit();
    malloc_watch(&w);
    newobject(type_basic(kindInt));
    malloc_watch(NULL);
    newobject(type_parse("struct{a *int; b int}", NULL));
    gc();
    cr_assert_eq(nseen, (size_t)1);
    cr_assert_eq(ncollected, (size_t)0);
}

Test(alloctrace, a_collection_is_told_with_what_it_found)
{
    static const struct allocWatch w = {on_allocated, on_swept, on_collected};
    static void *kept;
    MemProfileRate = 1;
    mallocinit();
    gc_set_percent(100);
    gc_add_roots(&kept, sizeof kept);
    malloc_watch(&w);
    kept = newobject(type_parse("struct{a *int; b int}", NULL));
    makeslice(type_parse("uint8", NULL), 100, 100);
    gc();
    cr_assert_eq(ncollected, (size_t)1);
    cr_assert(collected.forced);
    cr_assert_eq(collected.objects, (uint64_t)1);
    cr_assert_eq(collected.live, (uint64_t)16);
    cr_assert_eq(nswept, (size_t)1);
}
