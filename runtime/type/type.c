/*
 * type.c: what each type is made of: size, alignment, offsets, pointers.
 *
 *     typeparse.c, map/maptable.c --> [type] --draft--> typetable.c
 *
 * Each constructor lays a type out as Go's compiler does on amd64, lets
 * typealg.c derive how it is hashed, and asks the table for the one descriptor
 * of that text. Basic types are constants and need no table.
 *
 * Locking: none here; the table has its own.
 */
#include "runtime/type/type.h"
#include "runtime/base/throw.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Masks are read as whole 64-bit words. */
static const uint8_t first_word[8] __attribute__((aligned(8))) = {1};
/* An interface's first word points at type data, which is never collected. */
static const uint8_t second_word[8] __attribute__((aligned(8))) = {2};

static struct type basic[] = {
    [kindBool] = {.str = "bool", .size = 1},
    [kindInt] = {.str = "int", .size = 8},
    [kindInt8] = {.str = "int8", .size = 1},
    [kindInt16] = {.str = "int16", .size = 2},
    [kindInt32] = {.str = "int32", .size = 4},
    [kindInt64] = {.str = "int64", .size = 8},
    [kindUint] = {.str = "uint", .size = 8},
    [kindUint8] = {.str = "uint8", .size = 1},
    [kindUint16] = {.str = "uint16", .size = 2},
    [kindUint32] = {.str = "uint32", .size = 4},
    [kindUint64] = {.str = "uint64", .size = 8},
    [kindUintptr] = {.str = "uintptr", .size = 8},
    [kindFloat32] = {.str = "float32", .size = 4},
    [kindFloat64] = {.str = "float64", .size = 8},
    [kindComplex64] = {.str = "complex64", .size = 8, .align = 4},
    [kindComplex128] = {.str = "complex128", .size = 16, .align = 8},
    [kindInterface] = {.str = "interface {}", .size = 16, .align = 8},
    [kindString] = {.str = "string", .size = 16, .align = 8},
    [kindUnsafePointer] = {.str = "unsafe.Pointer", .size = 8},
};

/* Its first word points at an itab, which is never collected either; hash and
 * equal ask the dynamic type, as those of interface{} do. */
static struct type errorType = {.str = "error", .size = 16, .align = 8};

static void init_one(struct type *t, enum kind kind)
{
    t->kind = (uint8_t)kind;
    if (t->align == 0)
        t->align = (uint8_t)t->size;
    if (kind == kindString || kind == kindUnsafePointer) {
        t->ptrdata = PtrSize;
        t->gcdata = first_word;
    } else if (kind == kindInterface) {
        t->ptrdata = sizeof(struct eface);
        t->gcdata = second_word;
    }
    type_set_alg(t);
}

/* Completes the constants before main, when there is one thread. */
__attribute__((constructor)) static void init_basic(void)
{
    for (size_t k = 0; k < ARRAY_LEN(basic); k++)
        if (basic[k].str != NULL)
            init_one(&basic[k], (enum kind)k);
    init_one(&errorType, kindInterface);
}

const struct type *type_basic(enum kind k)
{
    ASSERT(k < ARRAY_LEN(basic) && basic[k].str != NULL && k != kindInterface);
    return &basic[k];
}

const struct type *type_eface(void)
{
    return &basic[kindInterface];
}

const struct type *type_error(void)
{
    return &errorType;
}

static void *fail(struct typeError *err, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static void *fail(struct typeError *err, const char *fmt, ...)
{
    va_list ap;

    if (err == NULL)
        return NULL;
    va_start(ap, fmt);
    vsnprintf(err->msg, sizeof(err->msg), fmt, ap);
    va_end(ap);
    return NULL;
}

static const struct type *intern(const struct type *draft,
                                 const uint8_t *ptrmask, struct typeError *err)
{
    const struct type *t = typetable_intern(draft, ptrmask);

    return t != NULL ? t
                     : fail(err, "out of memory for type %.100s", draft->str);
}

/* Interns draft under the text that snprintf makes, and frees it. */
static const struct type *intern_text(struct type *draft, char *text,
                                      const uint8_t *ptrmask,
                                      struct typeError *err)
{
    const struct type *t;

    if (text == NULL)
        return fail(err, "out of memory for the text of a type");
    draft->str = text;
    t = intern(draft, ptrmask, err);
    free(text);
    return t;
}

static char *text_of(const char *fmt, ...)
    __attribute__((format(printf, 1, 2)));

static char *text_of(const char *fmt, ...)
{
    va_list ap;
    char *text;
    int n;

    va_start(ap, fmt);
    n = vasprintf(&text, fmt, ap);
    va_end(ap);
    return n < 0 ? NULL : text;
}

static const struct type *word_type(enum kind kind, const struct type *elem,
                                    const struct type *key, char *text,
                                    struct typeError *err)
{
    struct type t = {.size = PtrSize, .ptrdata = PtrSize, .align = PtrSize};

    t.kind = (uint8_t)kind;
    t.elem = elem;
    t.key = key;
    type_set_alg(&t);
    return intern_text(&t, text, first_word, err);
}

const struct type *type_word(enum kind kind, const struct type *elem,
                             const char *str, struct typeError *err)
{
    ASSERT(kind == kindChan || kind == kindFunc);
    return word_type(kind, elem, NULL, strdup(str), err);
}

const struct type *type_pointer_to(const struct type *elem, const char *str)
{
    char *text = str != NULL ? strdup(str) : text_of("*%s", elem->str);

    return word_type(kindPtr, elem, NULL, text, NULL);
}

const struct type *type_map_of(const struct type *key, const struct type *elem,
                               struct typeError *err)
{
    if (key->equal == NULL)
        return fail(err, "not comparable, so it cannot be a map key: %.100s",
                    key->str);
    return word_type(kindMap, elem, key,
                     text_of("map[%s]%s", key->str, elem->str), err);
}

const struct type *type_slice_of(const struct type *elem, struct typeError *err)
{
    struct type t = {.kind = kindSlice, .elem = elem, .align = PtrSize};

    t.size = sizeof(struct slice);
    t.ptrdata = PtrSize;
    type_set_alg(&t);
    return intern_text(&t, text_of("[]%s", elem->str), first_word, err);
}

const struct type *type_array_of(const struct type *elem, size_t len,
                                 struct typeError *err)
{
    struct type t = {.kind = kindArray, .elem = elem, .len = len};
    size_t size;

    if (len > MaxArrayLen)
        return fail(err, "array length above %d", MaxArrayLen);
    if (mul_overflows(len, elem->size, &size) || size > MaxTypeSize)
        return fail(err, "array above %d bytes: [%zu]%.80s", MaxTypeSize, len,
                    elem->str);
    t.size = size;
    t.align = elem->align;
    if (len > 0 && elem->ptrdata > 0)
        t.ptrdata = (len - 1) * elem->size + elem->ptrdata;
    type_set_alg(&t);
    return intern_text(&t, text_of("[%zu]%s", len, elem->str), NULL, err);
}

/* "struct { a int; b string }", to be freed; NULL without memory. */
static char *struct_text(const struct field *fields, size_t nfields)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    if (out == NULL)
        return NULL;
    fputs("struct {", out);
    for (size_t i = 0; i < nfields; i++)
        fprintf(out, "%s %s %s", i == 0 ? "" : ";", fields[i].name,
                fields[i].typ->str);
    fputs(nfields == 0 ? "}" : " }", out);
    if (fclose(out) != 0) {
        free(text);
        return NULL;
    }
    return text;
}

/* Sets offsets, size, align and ptrdata of t. False when it grows too large. A
 * struct that ends in a field without size gets a byte after it, so that the
 * field's address is never that of the next object.
 * Go: cmd/compile/internal/types/size.go calcStructOffset, PtrDataSize. */
static bool lay_out(struct type *t, struct field *fields)
{
    size_t o = 0;
    bool ends_empty = false;

    t->align = 1;
    for (size_t i = 0; i < t->nfields; i++) {
        const struct type *ft = fields[i].typ;

        o = align_up(o, ft->align);
        fields[i].offset = o;
        if (ft->align > t->align)
            t->align = ft->align;
        if (ft->ptrdata > 0)
            t->ptrdata = o + ft->ptrdata;
        ends_empty = ft->size == 0;
        o += ft->size;
        if (o > MaxTypeSize)
            return false;
    }
    if (o > 0 && ends_empty)
        o++;
    t->size = align_up(o, t->align);
    return t->size <= MaxTypeSize;
}

const struct type *type_struct_of(const struct field *fields, size_t nfields,
                                  struct typeError *err)
{
    struct type t = {.kind = kindStruct, .nfields = (uint16_t)nfields};
    struct field *copy;
    const struct type *made;

    if (nfields > UINT16_MAX)
        return fail(err, "more than %d fields in a struct", UINT16_MAX);
    copy = malloc((nfields + 1) * sizeof(*copy));
    if (copy == NULL)
        return fail(err, "out of memory for the fields of a struct");
    if (nfields > 0)
        memcpy(copy, fields, nfields * sizeof(*copy));
    t.fields = copy;
    if (lay_out(&t, copy)) {
        type_set_alg(&t);
        made = intern_text(&t, struct_text(copy, nfields), NULL, err);
    } else {
        made = fail(err, "struct above %d bytes", MaxTypeSize);
    }
    free(copy);
    return made;
}

const struct type *type_new_struct(const char *str, size_t size, size_t align,
                                   size_t ptrdata, const uint8_t *ptrmask)
{
    struct type t = {.kind = kindStruct, .size = size, .ptrdata = ptrdata};

    ASSERT(ptrdata <= size && ptrdata % PtrSize == 0 && align <= 8);
    t.align = (uint8_t)align;
    t.str = str;
    type_set_noeq(&t);
    return intern(&t, ptrmask, NULL);
}
