/* test_type.c: layout, text and key properties of types. */
#include "runtime/type/hash.h"
#include "runtime/type/type.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static const struct type *T(const char *text)
{
    struct typeError err = {.msg = ""};
    const struct type *t = type_parse(text, &err);

    cr_assert(t != NULL, "%s: at %zu: %s", text, err.at, err.msg);
    return t;
}

/* "01101": word 0 first. */
static const char *mask_of(const struct type *t)
{
    static char out[4096];
    size_t n = t->ptrdata / PtrSize;

    cr_assert(n < sizeof(out));
    for (size_t i = 0; i < n; i++)
        out[i] = (t->gcdata[i / 8] >> i % 8 & 1) ? '1' : '0';
    out[n] = '\0';
    return out;
}

Test(type, text_is_what_reflect_prints)
{
    static const char *const cases[][2] = {
        {"any", "interface {}"},
        {" interface{ } ", "interface {}"},
        {"byte", "uint8"},
        {"rune", "int32"},
        {"struct{}", "struct {}"},
        {"struct{a,b int;c string;}", "struct { a int; b int; c string }"},
        {"map[ string ] [4]byte", "map[string][4]uint8"},
        {"*map[string]int", "*map[string]int"},
        {"[](int)", "[]int"},
        {"unsafe.Pointer", "unsafe.Pointer"},
        {"chan int", "chan int"},
        {"chan<- chan int", "chan<- chan int"},
        {"chan (<-chan int)", "chan (<-chan int)"},
        {"<-chan <-chan int", "<-chan <-chan int"},
        {"func()", "func()"},
        {"func() ()", "func()"},
        {"func(int,...string) (bool)", "func(int, ...string) bool"},
        {"func() (int, any)", "func() (int, interface {})"},
        {"func(func() int) func()", "func(func() int) func()"},
        {"func(a, b int, c string) bool", "func(int, int, string) bool"},
        {"func(a int, rest ...string)", "func(int, ...string)"},
        {"func( x int ) (n int, err error)", "func(int) (int, error)"},
        {"func() (err error)", "func() error"},
        {"func(f func(a, b int) int, m map[int]int)",
         "func(func(int, int) int, map[int]int)"},
        {"func(c chan int, r <-chan int, p unsafe.Pointer)",
         "func(chan int, <-chan int, unsafe.Pointer)"},
        {"func(map[string]int, chan int)", "func(map[string]int, chan int)"},
        {"map[string]error", "map[string]error"},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        cr_expect_str_eq(T(cases[i][0])->str, cases[i][1]);
}

/* error lies in memory as interface{} does; what differs is its name. */
Test(type, error_is_an_interface)
{
    const struct type *t = T("error"), *any = T("any");

    cr_expect_eq(t, type_error());
    cr_expect_eq(t->size, any->size);
    cr_expect_eq(t->kind, any->kind);
    cr_expect_eq(t->alg, any->alg);
    cr_expect_str_eq(mask_of(t), "01");
    cr_expect(t->hashMightPanic && t->needKeyUpdate && !t->reflexiveKey);
}

/* What time.Time is said to be made of has its size and pointers. */
Test(type, the_way_out_is_a_type)
{
    const struct type *t = T("struct{wall uint64; ext int64; loc *int}");

    cr_expect_eq(t->size, 24);
    cr_expect_str_eq(mask_of(t), "001");
}

Test(type, one_descriptor_a_type)
{
    cr_expect_eq(T("struct{a, b int}"), T("struct { a int; b int }"));
    cr_expect_eq(T("[]any"), T("[]interface{}"));
    cr_expect_neq(T("struct{a int}"), T("struct{b int}"));
    cr_expect_eq(T("int"), type_basic(kindInt));
    cr_expect_eq(T("any"), type_eface());
    size_t made = typetable_count();
    T("map[string]struct{ a,b int }"); /* the map alone is new */
    cr_expect_eq(typetable_count(), made + 1);
    typetable_check();
}

Test(type, errors_say_what_and_where)
{
    static const struct {
        const char *text;
        size_t at;
        const char *msg;
    } cases[] = {
        {"", 0, "the type ends early: expected a type"},
        {"map[string]", 11, "the type ends early: expected a type"},
        {"map[]int", 4, "expected a type, not \"]int\""},
        {"map[[]int]int", 4,
         "not comparable, so it cannot be a map key: []int"},
        {"[4 int", 3, "expected \"]\" after the array length, not \"int\""},
        {"[-1]int", 1, "expected an array length or \"]\" after \"[\""},
        {"[08]int", 1, "write the array length as a decimal number"},
        {"struct{a int b int}", 13,
         "expected \";\" after a field, not \"b int}\""},
        {"struct{a int; a int}", 14, "the struct has two fields named \"a\""},
        {"struct{int}", 10, "the field \"int\" has no type"},
        {"int int", 4, "the type ends before \"int\""},
        {"unsafe.Ptr", 0, "of package unsafe only unsafe.Pointer is a type"},
        {"interface{ F() }", 11,
         "methods are not read: write any or error, every interface takes two "
         "words"},
        {"time.Time", 0,
         "\"time.Time\" is another package's: write "
         "struct{wall uint64; ext int64; loc *int}"},
        {"map[string]mypkg.Point", 11,
         "\"mypkg.Point\" is another package's: write what it is made of, "
         "such as struct{a int; b string}"},
        {"Point", 0,
         "unknown type \"Point\": write what it is made of, such as int64, "
         "string, [4]byte, struct{a int}, any"},
        {"func(a int, string)", 12, "the parameter \"string\" has no type"},
        {"func(a, b)", 5,
         "unknown type \"a\": write what it is made of, such "
         "as int64, string, [4]byte, struct{a int}, any"},
        {"func(a int, [4]int)", 12, "expected a parameter's name"},
        {"func(a ...int, b int)", 13,
         "only the last parameter may be variadic"},

        {"[99999999999999999999]int", 1, "array length above 1073741824"},
        {"func(...int, int)", 11, "only the last parameter may be variadic"},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct typeError err = {.msg = ""};

        cr_expect_null(type_parse(cases[i].text, &err), "%s", cases[i].text);
        cr_expect_str_eq(err.msg, cases[i].msg);
        cr_expect_eq(err.at, cases[i].at, "%s: at %zu", cases[i].text, err.at);
        cr_expect_null(type_parse(cases[i].text, NULL));
    }
}

Test(type, too_large_is_an_error_not_an_overflow)
{
    struct typeError err;

    cr_expect_null(type_parse("[1073741824]int16", &err));
    cr_expect_null(type_parse("[1073741824][1073741824]int", &err));
    cr_expect_null(type_parse("struct{a, b [1073741824]byte}", &err));
    cr_expect_eq(T("[1073741824]byte")->size, 1073741824);
    cr_expect_eq(T("[1073741824]struct{}")->size, 0);
}

Test(type, nesting_is_limited)
{
    char text[1024] = "";

    memset(text, '*', 99);
    strcpy(text + 99, "int");
    cr_expect_not_null(type_parse(text, NULL));
    memset(text, '*', 500);
    strcpy(text + 500, "int");
    cr_expect_null(type_parse(text, NULL));
}

Test(type, pointer_masks)
{
    static const char *const cases[][2] = {
        {"int", ""},
        {"*int", "1"},
        {"string", "1"},
        {"any", "01"},
        {"[]int", "1"},
        {"[3]string", "10101"},
        {"struct{a int; b *int; c int; d any; e int}", "01001"},
        {"[2]struct{a bool; p *int}", "0101"},
        {"[0]*int", ""},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        cr_expect_str_eq(mask_of(T(cases[i][0])), cases[i][1], "%s",
                         cases[i][0]);
}

Test(type, a_trailing_empty_field_is_padded)
{
    cr_expect_eq(T("struct{a int64; b struct{}}")->size, 16);
    cr_expect_eq(T("struct{b struct{}; a int64}")->size, 8);
    cr_expect_eq(T("struct{a, b struct{}}")->size, 0);
    cr_expect_eq(T("struct{a int8; b [0]int64}")->size, 16);
}

Test(type, opaque_structs_are_kept_by_text)
{
    const uint8_t mask[] = {0x2c};
    const struct type *t = type_new_struct("test.opaque", 48, 8, 48, mask);

    cr_expect_eq(t, type_new_struct("test.opaque", 48, 8, 48, mask));
    cr_expect_str_eq(mask_of(t), "001101");
    cr_expect_null(t->equal);
    cr_expect_str_eq(type_pointer_to(t, NULL)->str, "*test.opaque");
    cr_expect_str_eq(mask_of(type_array_of(t, 2, NULL)), "001101001101");
}
