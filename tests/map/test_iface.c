/*
 * test_iface.c: what is boxed, and what is not.
 */
#include "alloc/malloc.h"
#include "map/map.h"
#include "tools/measure/measure.h"
#include <criterion/criterion.h>

static void start(void)
{
    MemProfileRate = 1;
    mallocinit();
    gc_set_percent(-1);
}

static enum conv conv(const char *text)
{
    return conv_of(type_parse(text, NULL));
}

Test(iface, the_compilers_choice)
{
    cr_assert_eq(conv("*int"), CONV_DIRECT);
    cr_assert_eq(conv("map[int]int"), CONV_DIRECT);
    cr_assert_eq(conv("struct{p *int}"), CONV_DIRECT);
    cr_assert_eq(conv("struct{}"), CONV_ZERO);
    cr_assert_eq(conv("bool"), CONV_BYTE);
    cr_assert_eq(conv("uint8"), CONV_BYTE);
    cr_assert_eq(conv("[1]int8"), CONV_BYTE);
    cr_assert_eq(conv("int16"), CONV_16);
    cr_assert_eq(conv("float32"), CONV_32);
    cr_assert_eq(conv("int"), CONV_64);
    cr_assert_eq(conv("float64"), CONV_64);
    cr_assert_eq(conv("struct{a int64}"), CONV_64);
    cr_assert_eq(conv("[8]byte"), CONV_NOPTR, "not aligned as a uint64");
    cr_assert_eq(conv("string"), CONV_STRING);
    cr_assert_eq(conv("[]int"), CONV_SLICE);
    cr_assert_eq(conv("struct{s string}"), CONV_STRING, "as what is in it");
    cr_assert_eq(conv("[1][]int"), CONV_SLICE);
    cr_assert_eq(conv("[2]string"), CONV_ANY);
    cr_assert_eq(conv("[4]int"), CONV_NOPTR);
    cr_assert_eq(conv("struct{a int; p *int}"), CONV_ANY);
}

/* Objects that boxing the value at v allocates. */
static uint64_t objects(const char *text, const void *v)
{
    struct MemStats before, after;
    const struct type *t = type_parse(text, NULL);
    readmemstats(&before);
    struct eface e = eface_of(t, v);
    readmemstats(&after);
    cr_assert_eq(e._type, t);
    uint64_t n = after.Mallocs - before.Mallocs;
    if (n > 0 || (conv_of(t) >= CONV_BYTE && conv_of(t) <= CONV_64))
        cr_assert_arr_eq(e.data, v, t->size);
    return n;
}

Test(iface, small_integers_and_empty_values_need_no_box)
{
    start();
    for (uint64_t i = 0; i < 256; i++) {
        cr_assert_eq(objects("int", &i), 0);
        cr_assert_eq(objects("uint16", &i), 0);
        cr_assert_eq(objects("int32", &i), 0);
        cr_assert_eq(objects("uint8", &i), 0);
    }
    uint64_t big = 256, minus = (uint64_t)-1;
    cr_assert_eq(objects("int", &big), 1);
    cr_assert_eq(objects("int", &minus), 1);
    cr_assert_eq(objects("int16", &big), 1);
    cr_assert_eq(objects("uint32", &big), 1);
    cr_assert_eq(objects("string", &(struct gostring){"", 0}), 0);
    cr_assert_eq(objects("string", &(struct gostring){"a", 1}), 1);
    cr_assert_eq(objects("struct{s string}", &(struct gostring){"", 0}), 0);
    cr_assert_eq(objects("struct{s string}", &(struct gostring){"a", 1}), 1);
    cr_assert_eq(objects("[]int", &(struct slice){NULL, 0, 0}), 0);
    cr_assert_eq(objects("[]int", &(struct slice){&big, 1, 1}), 1);
    cr_assert_eq(objects("*int", &(uint64_t *){&big}), 0);
    cr_assert_eq(objects("[4]int", &(uint64_t[4]){1, 2, 3, 4}), 1);
    cr_assert_eq(objects("struct{a int; p *int}", &(uint64_t[2]){1, 0}), 1);
}

static GOFRAME void box(int64_t k)
{
    eface_int(k);
}
GOFRAME_MAIN(box);

static NOINLINE void run(enum frameView view, const char *want)
{
    measure_begin();
    box(1000);
    struct measurement *m = measure_end(view);
    cr_assert_eq(m->chains->n, 1);
    cr_assert_str_eq(m->chains->rows[0].text, want);
    measure_free(m);
}

Test(iface, chains_show_the_conversion_and_gos_view_does_not)
{
    start();
    run(FRAMES_FULL, "runtime.mallocgc < runtime.convT64 < main.box");
    run(FRAMES_GO, "main.box");
}
