/*
 * typeparse.c: reads Go type text.
 *
 *     "map[string]struct{a, b int}" --> [typeparse] --> constructors of type.c
 *                                            |
 *                                   typefields, typefunc
 *
 * Recursive descent, a function a production; p->at is the next unread byte,
 * white space before it already skipped. The first error is kept, with the
 * place where the offending text begins; after it every production returns
 * NULL. Depth is limited, because the text may come from anywhere.
 */
#include "runtime/type/typeparse.h"
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MaxText = 16384 }; /* bytes of type text */

void lex_skip_space(struct parser *p)
{
    while (isspace((unsigned char)*p->at))
        p->at++;
}

void *lex_fail_at(struct parser *p, const char *where, const char *fmt, ...)
{
    va_list ap;

    p->err->at = (size_t)(where - p->text);
    va_start(ap, fmt);
    vsnprintf(p->err->msg, sizeof(p->err->msg), fmt, ap);
    va_end(ap);
    return NULL;
}

static bool is_name_char(char c)
{
    return isalnum((unsigned char)c) || c == '_' || (c & 0x80) != 0;
}

/* Bytes of the name at p->at; 0 when none begins there. */
size_t lex_name_length(const struct parser *p)
{
    size_t n = 0;

    if (isdigit((unsigned char)*p->at))
        return 0;
    while (is_name_char(p->at[n]))
        n++;
    return n;
}

static bool at_name(const struct parser *p, const char *word)
{
    size_t n = strlen(word);

    return lex_name_length(p) == n && strncmp(p->at, word, n) == 0;
}

bool lex_accept_word(struct parser *p, const char *word)
{
    if (!at_name(p, word))
        return false;
    p->at += strlen(word);
    lex_skip_space(p);
    return true;
}

bool lex_accept(struct parser *p, const char *mark)
{
    size_t n = strlen(mark);

    if (strncmp(p->at, mark, n) != 0)
        return false;
    p->at += n;
    lex_skip_space(p);
    return true;
}

bool lex_expect(struct parser *p, const char *mark, const char *after)
{
    if (lex_accept(p, mark))
        return true;
    if (*p->at == '\0')
        lex_fail_at(p, p->at, "the type ends early: expected \"%s\" after %s",
                    mark, after);
    else
        lex_fail_at(p, p->at, "expected \"%s\" after %s, not \"%.20s\"", mark,
                    after, p->at);
    return false;
}

static const struct type *find_basic(const char *name, size_t n)
{
    static const struct {
        const char *name;
        enum kind kind;
    } aliases[] = {{"byte", kindUint8}, {"rune", kindInt32}};

    for (size_t i = 0; i < ARRAY_LEN(aliases); i++) {
        if (strlen(aliases[i].name) == n &&
            strncmp(name, aliases[i].name, n) == 0)
            return type_basic(aliases[i].kind);
    }
    for (int k = kindBool; k <= kindString; k++) {
        const struct type *t;

        if (k > kindComplex128 && k != kindString)
            continue;
        t = type_basic((enum kind)k);
        if (strlen(t->str) == n && strncmp(name, t->str, n) == 0)
            return t;
    }
    return NULL;
}

const struct type *type_placed(struct parser *p, const struct type *t,
                               const char *where)
{
    if (t == NULL)
        p->err->at = (size_t)(where - p->text);
    return t;
}

/* What types of other packages are that programs often have in maps: what is to
 * be written in their place. */
static const struct {
    const char *name, *madeOf;
} packageTypes[] = {
    {"time.Time", "struct{wall uint64; ext int64; loc *int}"},
    {"time.Duration", "int64"},
    {"sync.Mutex", "struct{state int32; sema uint32}"},
    {"netip.Addr", "struct{hi, lo uint64; z *int}"},
    {"net.IP", "[]byte"},
    {"json.RawMessage", "[]byte"},
    {"uuid.UUID", "[16]byte"},
    {"reflect.Type", "any"},
    {"context.Context", "any"},
};

/* Bytes of pkg.Name, whose first n are pkg. */
static size_t qualified_length(const char *name, size_t n)
{
    size_t end = n + 1;
    while (is_name_char(name[end]))
        end++;
    return end;
}

/* No type that text alone can name begins with the n bytes at start. */
static void *unknown_name(struct parser *p, const char *start, size_t n)
{
    const char *madeOf = "what it is made of, such as struct{a int; b string}";
    enum { most = 40 };

    if (start[n] != '.')
        return lex_fail_at(
            p, start,
            "unknown type \"%.*s\": write what it is made of, such as "
            "int64, string, [4]byte, struct{a int}, any",
            (int)(n < most ? n : most), start);
    n = qualified_length(start, n);
    for (size_t i = 0; i < ARRAY_LEN(packageTypes); i++)
        if (strlen(packageTypes[i].name) == n &&
            strncmp(packageTypes[i].name, start, n) == 0)
            madeOf = packageTypes[i].madeOf;
    return lex_fail_at(p, start, "\"%.*s\" is another package's: write %s",
                       (int)(n < most ? n : most), start, madeOf);
}

static const struct type *parse_name(struct parser *p)
{
    const char *start = p->at;
    size_t n = lex_name_length(p);
    const struct type *t;

    if (n == 0 && *start == '\0')
        return lex_fail_at(p, start, "the type ends early: expected a type");
    if (n == 0)
        return lex_fail_at(p, start, "expected a type, not \"%.20s\"", start);
    if (lex_accept_word(p, "any"))
        return type_eface();
    if (lex_accept_word(p, "error"))
        return type_error();
    if (lex_accept_word(p, "unsafe")) {
        if (lex_accept(p, ".") && lex_accept_word(p, "Pointer"))
            return type_basic(kindUnsafePointer);
        return lex_fail_at(p, start,
                           "of package unsafe only unsafe.Pointer "
                           "is a type");
    }
    t = find_basic(start, n);
    if (t == NULL)
        return unknown_name(p, start, n);
    p->at += n;
    lex_skip_space(p);
    return t;
}

/* N of [N]T, at p->at; false after an error. */
static bool parse_length(struct parser *p, size_t *len)
{
    const char *start = p->at;
    char *end;
    unsigned long long n;

    if (!isdigit((unsigned char)*start)) {
        lex_fail_at(p, start, "expected an array length or \"]\" after \"[\"");
        return false;
    }
    n = strtoull(start, &end, 10);
    p->at = end;
    if (lex_name_length(p) > 0 || (*start == '0' && end > start + 1)) {
        lex_fail_at(p, start, "write the array length as a decimal number");
        return false;
    }
    if (n > MaxArrayLen) {
        lex_fail_at(p, start, "array length above %d", MaxArrayLen);
        return false;
    }
    *len = n;
    lex_skip_space(p);
    return true;
}

static const struct type *parse_array_or_slice(struct parser *p,
                                               const char *start)
{
    const struct type *elem;
    size_t len;

    if (lex_accept(p, "]")) {
        elem = parse_type(p);
        if (elem == NULL)
            return NULL;
        return type_placed(p, type_slice_of(elem, p->err), start);
    }
    if (!parse_length(p, &len) || !lex_expect(p, "]", "the array length"))
        return NULL;
    elem = parse_type(p);
    if (elem == NULL)
        return NULL;
    return type_placed(p, type_array_of(elem, len, p->err), start);
}

static const struct type *parse_map(struct parser *p, const char *start)
{
    const struct type *key, *elem;
    const char *keystart;

    if (!lex_expect(p, "[", "map"))
        return NULL;
    keystart = p->at;
    key = parse_type(p);
    if (key == NULL || !lex_expect(p, "]", "the key type"))
        return NULL;
    elem = parse_type(p);
    if (elem == NULL)
        return NULL;
    return type_placed(p, type_map_of(key, elem, p->err),
                       key->equal == NULL ? keystart : start);
}

void *no_text(struct parser *p, const char *where)
{
    return lex_fail_at(p, where, "out of memory for the text of a type");
}

const struct type *finish_word(struct parser *p, enum kind kind,
                               const struct type *elem, char *str,
                               const char *start)
{
    const struct type *t;

    if (str == NULL)
        return no_text(p, start);
    t = type_placed(p, type_word(kind, elem, str, p->err), start);
    free(str);
    return t;
}

/* prefix: "chan ", "chan<- " or "<-chan ". Go's fmt puts parentheses where the
 * arrow of the element would be read as the channel's own. */
static const struct type *parse_chan(struct parser *p, const char *prefix,
                                     const char *start)
{
    const struct type *elem = parse_type(p);
    bool wrap;
    char *str;

    if (elem == NULL)
        return NULL;
    wrap = strcmp(prefix, "chan ") == 0 && strncmp(elem->str, "<-", 2) == 0;
    if (asprintf(&str, "%s%s%s%s", prefix, wrap ? "(" : "", elem->str,
                 wrap ? ")" : "") < 0)
        str = NULL;
    return finish_word(p, kindChan, elem, str, start);
}

static const struct type *parse_interface(struct parser *p)
{
    if (!lex_expect(p, "{", "interface"))
        return NULL;
    if (!lex_accept(p, "}"))
        return lex_fail_at(p, p->at,
                           "methods are not read: write any or error, every "
                           "interface takes two words");
    return type_eface();
}

static const struct type *parse_pointer(struct parser *p, const char *start)
{
    const struct type *t = parse_type(p);

    if (t == NULL)
        return NULL;
    t = type_pointer_to(t, NULL);
    return t != NULL ? t : no_text(p, start);
}

static const struct type *parse_marked(struct parser *p, const char *start)
{
    const struct type *t;

    if (lex_accept(p, "*"))
        return parse_pointer(p, start);
    if (lex_accept(p, "["))
        return parse_array_or_slice(p, start);
    if (lex_accept(p, "<-")) {
        if (!lex_accept_word(p, "chan"))
            return lex_fail_at(p, p->at, "expected \"chan\" after \"<-\"");
        return parse_chan(p, "<-chan ", start);
    }
    if (lex_accept(p, "(")) {
        t = parse_type(p);
        return t != NULL && lex_expect(p, ")", "the type") ? t : NULL;
    }
    if (lex_accept_word(p, "map"))
        return parse_map(p, start);
    if (lex_accept_word(p, "struct"))
        return parse_struct(p, start);
    if (lex_accept_word(p, "interface"))
        return parse_interface(p);
    if (lex_accept_word(p, "func"))
        return parse_func(p, start);
    if (lex_accept_word(p, "chan"))
        return parse_chan(p, lex_accept(p, "<-") ? "chan<- " : "chan ", start);
    return parse_name(p);
}

const struct type *parse_type(struct parser *p)
{
    const struct type *t;

    if (p->depth == MaxDepth)
        return lex_fail_at(p, p->at, "types nested more than %d deep",
                           MaxDepth);
    p->depth++;
    t = parse_marked(p, p->at);
    p->depth--;
    return t;
}

const struct type *type_parse(const char *text, struct typeError *err)
{
    struct typeError ignored = {.at = 0};
    struct parser p = {.text = text, .at = text};
    const struct type *t;

    p.err = err != NULL ? err : &ignored;
    if (strnlen(text, MaxText + 1) > MaxText)
        return lex_fail_at(&p, text, "type text above %d bytes", MaxText);
    lex_skip_space(&p);
    t = parse_type(&p);
    if (t != NULL && *p.at != '\0')
        return lex_fail_at(&p, p.at, "the type ends before \"%.40s\"", p.at);
    return t;
}
