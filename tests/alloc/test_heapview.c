/* Views: they show what is there, and looking changes nothing. */
#include "alloc/heap.h"
#include "alloc/heapview.h"
#include "alloc/malloc.h"
#include <criterion/criterion.h>
#include <string.h>

static void setup(void)
{
    setenv("GOGC", "off", 1);
    MemProfileRate = 1;
    mallocinit();
}

TestSuite(heapview, .init = setup);

Test(heapview, an_object_and_its_span)
{
    const struct type *typ = type_parse("struct{a int; b *int; c int}", NULL);
    char *p = newobject(typ);
    struct objectView o;

    cr_assert(heapview_object(p + 17, &o));
    cr_assert_eq(o.base, (uintptr_t)p);
    cr_assert_eq(o.size, 24);
    cr_assert_eq(o.index, 0);
    cr_assert(o.taken);
    cr_assert_null(o.type);
    cr_assert_eq(o.bucket, mprof_buckets());
    cr_assert_eq(o.span.nelems, 341);
    cr_assert_eq(o.span.taken, 1);
    cr_assert_eq(o.span.tailBytes, 8);
    cr_assert_eq(o.span.place, SPAN_CACHED);
    cr_assert(!o.span.noscan);
    cr_assert(heapview_object(p + 24, &o));
    cr_assert(!o.taken);
    cr_assert(!heapview_object(&o, &o));
}

Test(heapview, a_large_object_knows_its_type)
{
    const struct type *typ = type_parse("[5000]*int", NULL);
    void *p = newobject(typ);
    struct objectView o;

    cr_assert(heapview_object(p, &o));
    cr_assert_eq(o.type, typ);
    cr_assert_eq(o.span.sizeclass, 0);
    cr_assert_eq(o.span.place, SPAN_FULL);
}

Test(heapview, pointer_words_small_and_large)
{
    const struct type *typ = type_parse("struct{a int; b *int; c [2]int}", 0);
    uint64_t mask;

    cr_assert_eq(heapview_pointers(newarray(typ, 4), 0, &mask), 16);
    cr_assert_eq(mask, 0x2222);
    void *large = newarray(typ, 40); /* 1280 bytes */
    cr_assert_eq(heapview_pointers(large, 0, &mask), 160);
    cr_assert_eq(mask, 0x2222222222222222);
    heapview_pointers(large, 157, &mask);
    cr_assert_eq(mask, 1);
    cr_assert_eq(heapview_pointers(mallocgc(64, NULL, true), 0, &mask), 8);
    cr_assert_eq(mask, 0);
    cr_assert_eq(heapview_pointers(&mask, 0, &mask), 0);
}

Test(heapview, slots_are_drawn)
{
    static void *keep[1];
    char drawn[16];
    uintptr_t p = (uintptr_t)mallocgc(1024, NULL, true);

    gc_add_roots(keep, sizeof(keep));
    mallocgc(1024, NULL, true);
    keep[0] = mallocgc(1024, NULL, true);
    cr_assert_eq(heapview_slots(p, drawn, sizeof(drawn)), 8);
    cr_assert_str_eq(drawn, "###.....");
    gc();
    heapview_slots(p, drawn, sizeof(drawn));
    cr_assert_str_eq(drawn, "..#.....");
    cr_assert_eq(heapview_slots(p, drawn, 4), 8);
    cr_assert_str_eq(drawn, "..#");
    cr_assert_eq(heapview_slots(p + 1024, drawn, 4), 0);
}

Test(heapview, the_open_tiny_block_has_a_letter_of_its_own)
{
    char drawn[8];
    uintptr_t p = (uintptr_t)mallocgc(16, NULL, true);

    mallocgc(3, NULL, true);
    heapview_slots(p, drawn, 4);
    cr_assert_str_eq(drawn, "#*.");
}

Test(heapview, spans_come_in_order_of_their_addresses)
{
    struct spanView v[64];

    for (size_t size = 8; size < 200000; size *= 2)
        mallocgc(size, type_parse("*int", NULL), true);
    size_t n = heapview_spans(v, 64);
    cr_assert_eq(n, 15);
    cr_assert_eq(heapview_spans(v, 3), 15);
    heapview_spans(v, 64);
    for (size_t i = 1; i < n; i++)
        cr_assert_geq(v[i].base, v[i - 1].base + v[i - 1].npages * PageSize);
}

Test(heapview, classes_add_up_to_the_statistics)
{
    struct classView c[NumSizeClasses];
    struct MemStats m;
    size_t objects = 0, pages = 0;

    for (size_t size = 1; size < 100000; size += 1 + size / 3)
        mallocgc(size, type_parse("*int", NULL), true);
    heapview_classes(c);
    for (int i = 0; i < NumSizeClasses; i++) {
        objects += c[i].objects;
        pages += c[i].pages;
    }
    readmemstats(&m);
    cr_assert_eq(objects, m.HeapObjects);
    cr_assert_eq(pages * PageSize, m.HeapInuse);
}

Test(heapview, looking_changes_nothing)
{
    struct spanView v[8];
    struct classView c[NumSizeClasses];
    struct objectView o;
    char drawn[2048];
    static struct heap before;
    char *p = mallocgc(3, NULL, true);

    memcpy(&before, malloc_heap(), sizeof(before));
    heapview_spans(v, 8);
    heapview_classes(c);
    heapview_object(p, &o);
    heapview_slots(v[0].base, drawn, sizeof(drawn));
    cr_assert_eq(memcmp(&before, malloc_heap(), sizeof(before)), 0);
    cr_assert_eq((char *)mallocgc(3, NULL, true), p + 3);
}
