/* Marking: what roots reach, by every way a pointer can lie in an object. */
#include "runtime/sched/rand.h"
#include "tests/testheap.h"

static struct marker mk;
static const struct type *ptr, *node;

static void setup(void)
{
    testheap_setup();
    marker_init(&mk, &heap.mheap);
    ptr = type_parse("*int", NULL);
    node = type_parse("struct{next *int; n int; other *int}", NULL);
}

TestSuite(mark, .init = setup);

static bool marked(uintptr_t p)
{
    struct mspan *s = span_of(p);

    return gcbits_get(s->gcmarkBits, mspan_objIndex(s, p));
}

static void mark_with(uint32_t nworkers, uintptr_t root)
{
    cr_assert(marker_start(&mk, nworkers));
    cr_assert_eq(mk.nworkers, nworkers);
    marker_root(&mk, root);
    cr_assert(marker_drain(&mk));
    marker_check(&mk);
}

/* Marks from one root, by one worker, after several have found the same. */
static void mark_from(uintptr_t root)
{
    for (uint32_t n = 8; n > 1; n /= 2) {
        mark_with(n, root);
        uint64_t objects = mk.objectsMarked, bytes = mk.bytesMarked;
        uint64_t scanWork = mk.scanWork;
        marker_abandon(&mk);
        mark_with(1, root);
        cr_assert_eq(mk.objectsMarked, objects, "%u workers", n);
        cr_assert_eq(mk.bytesMarked, bytes, "%u workers", n);
        cr_assert_eq(mk.scanWork, scanWork, "%u workers", n);
        if (n > 2)
            marker_abandon(&mk);
    }
}

static uintptr_t *words(uintptr_t p)
{
    return (uintptr_t *)p;
}

Test(mark, a_chain_is_followed_to_its_end)
{
    uintptr_t first = take_typed(node, 24), last = first, stray;

    stray = take_typed(node, 24);
    for (int i = 0; i < 100000; i++) {
        uintptr_t next = take_typed(node, 24);
        words(last)[i % 2 * 2] = next; /* next and other in turn */
        last = next;
    }
    mark_from(first);
    cr_assert(marked(last));
    cr_assert(!marked(stray));
    cr_assert_eq(mk.objectsMarked, 100001);
    cr_assert_eq(mk.bytesMarked, 100001 * 24);
    marker_finish(&mk);
}

Test(mark, a_cycle_ends)
{
    uintptr_t a = take_typed(node, 24), b = take_typed(node, 24);

    words(a)[0] = b;
    words(b)[2] = a;
    mark_from(a);
    cr_assert_eq(mk.objectsMarked, 2);
}

Test(mark, only_pointer_words_are_followed)
{
    uintptr_t holder = take_typed(node, 24), noscan = take_noscan(64);
    uintptr_t a = take_typed(node, 24), b = take_typed(node, 24);

    words(holder)[1] = a; /* an integer that looks like a pointer */
    words(holder)[2] = noscan;
    words(noscan)[0] = b;
    mark_from(holder);
    cr_assert(marked(noscan));
    cr_assert(!marked(a) && !marked(b));
}

Test(mark, a_pointer_into_the_middle_keeps_the_object)
{
    uintptr_t holder = take_typed(node, 24), p = take_noscan(1000);

    words(holder)[0] = p + 999;
    mark_from(holder + 23);
    cr_assert(marked(holder) && marked(p));
}

Test(mark, roots_that_are_no_pointers_are_harmless)
{
    uintptr_t p = take_noscan(64);
    struct mspan *s = span_of(p);
    const uintptr_t junk[] = {0,
                              1,
                              UINTPTR_MAX,
                              (uintptr_t)&heap,
                              p + 64,
                              mspan_limit(s),
                              8,
                              s->startAddr - PtrSize,
                              0xc000000000 + (1ul << 40)};

    for (size_t i = 0; i < ARRAY_LEN(junk); i++) {
        mark_from(junk[i]);
        cr_assert_eq(mk.objectsMarked, 0, "%zu", i);
    }
}

Test(mark, nothing_points_into_a_heap_without_arenas)
{
    const uintptr_t junk[] = {8, UINTPTR_MAX - 279, 0xc000000000};

    for (size_t i = 0; i < ARRAY_LEN(junk); i++) {
        mark_from(junk[i]);
        cr_assert_eq(mk.objectsMarked, 0, "%zu", i);
    }
}

Test(mark, pointers_out_of_the_heap_are_let_be)
{
    uintptr_t holder = take_typed(node, 24);

    words(holder)[0] = (uintptr_t)&heap;
    words(holder)[2] = 0xdeadbeef;
    mark_from(holder);
    cr_assert_eq(mk.objectsMarked, 1);
}

Test(mark, every_aligned_word_of_a_root_range_counts)
{
    enum { n = 1000 };
    static uintptr_t range[n + 1];

    for (int i = 0; i <= n; i++)
        range[i] = take_noscan(16);
    cr_assert(marker_start(&mk, 1));
    /* Neither the word that begins before it nor the one that ends after it. */
    marker_roots(&mk, (uintptr_t)range + 1, (uintptr_t)&range[n] + 7);
    cr_assert(marker_drain(&mk));
    marker_check(&mk);
    cr_assert_eq(mk.objectsMarked, n - 1);
    cr_assert(!marked(range[0]) && !marked(range[n]));
}

Test(mark, a_root_into_a_free_slot_keeps_nothing)
{
    uintptr_t a = take_typed(node, 24), b = take_typed(node, 24);

    words(a)[0] = b;
    mark_from(a + 2 * 24);
    cr_assert_eq(mk.objectsMarked, 0);
    mark_from(a);
    cr_assert_eq(mk.objectsMarked, 2);
}

/* Pointers in one word of nine, or none in long runs of words. */
Test(mark, lines_of_nil_are_passed_over)
{
    enum { n = 4000 };

    for (size_t step = 1; step <= 64; step++) {
        struct mspan *s = mcache_allocLarge(cache, n * PtrSize, false);
        uintptr_t p = s->startAddr;
        size_t found = 0;
        memset((void *)p, 0, n * PtrSize);
        s->types[0] = ptr;
        for (size_t i = step; i < n; i += step, found++)
            words(p)[i] = take_noscan(16);
        mark_from(p);
        cr_assert_eq(mk.objectsMarked, found + 1, "%zu", step);
        marker_abandon(&mk);
    }
}

/* An array of n pointers, each to an object of its own. */
static uintptr_t array_of_pointers(size_t n)
{
    size_t size = n * PtrSize;
    uintptr_t p;

    if (size <= MaxSmallSize) {
        p = take_typed(ptr, size);
    } else {
        struct mspan *s = mcache_allocLarge(cache, size, false);
        s->types[0] = ptr;
        p = s->startAddr;
    }
    for (size_t i = 0; i < n; i++)
        words(p)[i] = take_noscan(16);
    return p;
}

Test(mark, arrays_of_every_size_are_looked_through)
{
    for (size_t n = 1; n < 200000; n = n * 5 / 3 + 1) {
        uintptr_t p = array_of_pointers(n);
        mark_from(p);
        cr_assert_eq(mk.objectsMarked, n + 1, "%zu", n);
        marker_abandon(&mk);
    }
}

Test(mark, large_elements_keep_their_shape)
{
    const struct type *typ =
        type_parse("struct{a [100]int; p *int; b [70]string}", NULL);
    enum { n = 300 };
    struct mspan *s = mcache_allocLarge(cache, n * typ->size, false);
    size_t found = 1;

    s->types[0] = typ;
    for (size_t i = 0; i < n; i++) {
        uintptr_t at = s->startAddr + i * typ->size;
        words(at)[7] = take_noscan(16); /* in an integer */
        words(at)[100] = take_noscan(16);
        words(at)[101 + 2 * (i % 70)] = take_noscan(16);
        found += 2;
    }
    mark_from(s->startAddr);
    cr_assert_eq(mk.objectsMarked, found);
}

enum { nrandom = 3000 };
static uintptr_t objects[nrandom];
static bool reached[nrandom];

static int number_of(uintptr_t p)
{
    for (int i = 0; i < nrandom; i++)
        if (objects[i] == p)
            return i;
    return -1;
}

static void reach(int i)
{
    if (i < 0 || reached[i])
        return;
    reached[i] = true;
    reach(number_of(words(objects[i])[0]));
    reach(number_of(words(objects[i])[2]));
}

Test(mark, a_random_graph_is_marked_as_a_plain_search_finds_it)
{
    uint64_t seed = 4711;

    cr_log_info("seed %lu", seed);
    for (int i = 0; i < nrandom; i++)
        objects[i] = take_typed(node, 24);
    for (int i = 0; i < nrandom; i++)
        for (int w = 0; w < 3; w++)
            if (mix(seed++) % 100 < 45)
                words(objects[i])[w] = objects[mix(seed++) % nrandom];
    reach(0);
    mark_from(objects[0]);
    for (int i = 0; i < nrandom; i++)
        cr_assert_eq(marked(objects[i]), reached[i], "object %d", i);
}

/* A graph over many times what belongs to one worker in a row: objects of three
 * sizes, spans of several pages among them, and large arrays. */
Test(mark, workers_share_a_large_graph)
{
    enum { n = 100000 };
    static uintptr_t object[n];
    uint64_t seed = 815;

    cr_log_info("seed %lu", seed);
    for (int i = 0; i < n; i++) {
        static const size_t sizes[] = {24, 240, 408, 24, 24, 24, 24, 24};
        object[i] = take_typed(node, sizes[mix(seed++) % 8]);
    }
    for (int i = 0; i < n; i++) {
        words(object[i])[0] = object[mix(seed++) % n];
        words(object[i])[2] = object[mix(seed++) % n] + 8;
    }
    struct mspan *s = mcache_allocLarge(cache, n * PtrSize, false);
    memcpy((void *)s->startAddr, object, n * PtrSize);
    s->types[0] = ptr;
    words(object[0])[2] = s->startAddr + n * PtrSize / 2;
    mark_from(object[0]);
    cr_assert_eq(mk.objectsMarked, n + 1);
}

Test(mark, roots_may_be_left_to_all_workers)
{
    enum { n = 100000 };
    static uintptr_t range[n];

    for (int i = 0; i < n; i++)
        range[i] = take_typed(node, 24);
    for (uint32_t nworkers = 1; nworkers <= 8; nworkers *= 2) {
        cr_assert(marker_start(&mk, nworkers));
        marker_rootsLater(&mk, (uintptr_t)range + 1, (uintptr_t)&range[n] - 1);
        cr_assert(marker_drain(&mk));
        marker_check(&mk);
        cr_assert_eq(mk.objectsMarked, n - 2, "%u", nworkers);
        marker_abandon(&mk);
    }
}

/* The one arrangement that ownership is bad at still ends. */
Test(mark, a_list_that_changes_hands_at_every_step)
{
    enum { n = 20000, apart = 1 << logOwnedBytes };
    static uintptr_t half[2][n];
    int got[2] = {0, 0};

    while (got[0] < n || got[1] < n) {
        uintptr_t p = take_typed(node, 24);
        int side = p / apart % 2;
        if (got[side] < n)
            half[side][got[side]++] = p;
    }
    for (int i = 0; i < n; i++) {
        words(half[0][i])[0] = half[1][i];
        words(half[1][i])[2] = i + 1 < n ? half[0][i + 1] : 0;
    }
    mark_from(half[0][0]);
    cr_assert_eq(mk.objectsMarked, 2 * n);
}

static void called_off_without_memory(uint32_t nworkers)
{
    uintptr_t p = array_of_pointers(500000);

    int failures = 0;

    for (uint64_t nth = 1;; nth++) {
        sysmem_fail_at(nth);
        bool ok = marker_start(&mk, nworkers);
        if (ok) {
            marker_root(&mk, p);
            ok = marker_drain(&mk);
        }
        sysmem_fail_at(0);
        if (ok)
            break;
        failures++;
        marker_abandon(&mk);
        marker_finish(&mk);
        cr_assert(!marked(p));
        heap_check(&heap);
    }
    cr_assert_gt(failures, 0);
    marker_abandon(&mk);
    mark_from(p);
    cr_assert_eq(mk.objectsMarked, 500001);
}

Test(mark, without_memory_the_cycle_is_called_off)
{
    called_off_without_memory(1);
}

Test(mark, without_memory_the_cycle_is_called_off_by_all_workers)
{
    called_off_without_memory(4);
}
