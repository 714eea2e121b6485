/*
 * typeparse.c: reads Go type text.
 *
 *     "map[string]struct{a, b int}" --> [typeparse] --> constructors of type.c
 *                                            |
 *                                        typefields
 *
 * Recursive descent, a function a production; p->at is the next unread byte,
 * white space before it already skipped. The first error is kept, with the
 * place where the offending text begins; after it every production returns
 * NULL. Depth is limited, because the text may come from anywhere.
 */
#include "runtime/type/typeparse.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MaxText = 16384 }; /* bytes of type text */

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
    if (lex_accept_word(p, "unsafe")) {
        if (lex_accept(p, ".") && lex_accept_word(p, "Pointer"))
            return type_basic(kindUnsafePointer);
        return lex_fail_at(p, start,
                           "of package unsafe only unsafe.Pointer "
                           "is a type");
    }
    t = find_basic(start, n);
    if (t == NULL)
        return lex_fail_at(
            p, start,
            "unknown type \"%.*s\": write what it is made of, such as "
            "int64, string, [4]byte, struct{a int}, any",
            (int)(n < 40 ? n : 40), start);
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

static void *no_text(struct parser *p, const char *where)
{
    return lex_fail_at(p, where, "out of memory for the text of a type");
}

static const struct type *finish_word(struct parser *p, enum kind kind,
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

/* The types up to ")", the "(" read; writes "(T, U)" to out. Returns how many,
 * -1 after an error. */
static int parse_params(struct parser *p, FILE *out, bool variadic)
{
    const char *dots = "";
    int n = 0;

    fputc('(', out);
    while (!lex_accept(p, ")")) {
        const struct type *t;

        if (n > 0 && !lex_expect(p, ",", "a parameter type (no names)"))
            return -1;
        if (variadic && lex_accept(p, "..."))
            dots = "...";
        t = parse_type(p);
        if (t == NULL)
            return -1;
        fprintf(out, "%s%s%s", n > 0 ? ", " : "", dots, t->str);
        n++;
        if (*dots != '\0' && *p->at != ')') {
            lex_fail_at(p, p->at, "only the last parameter may be variadic");
            return -1;
        }
    }
    fputc(')', out);
    return n;
}

static bool at_type(const struct parser *p)
{
    return lex_name_length(p) > 0 || (*p->at != '\0' && strchr("*[(<", *p->at));
}

/* "(T, U)" of a result list, printed as Go does: one alone without parentheses,
 * none not at all. The "(" is read. */
static bool parse_result_list(struct parser *p, FILE *out)
{
    char *list = NULL;
    size_t size;
    FILE *sub = open_memstream(&list, &size);
    int n;

    if (sub == NULL)
        return no_text(p, p->at);
    n = parse_params(p, sub, false);
    fclose(sub);
    if (n == 1)
        fprintf(out, " %.*s", (int)size - 2, list + 1);
    else if (n > 1)
        fprintf(out, " %s", list);
    free(list);
    return n >= 0;
}

static bool parse_results(struct parser *p, FILE *out)
{
    const struct type *t;

    if (!at_type(p))
        return true;
    if (lex_accept(p, "("))
        return parse_result_list(p, out);
    t = parse_type(p);
    if (t != NULL)
        fprintf(out, " %s", t->str);
    return t != NULL;
}

static const struct type *parse_func(struct parser *p, const char *start)
{
    char *str = NULL;
    size_t size;
    FILE *out;
    bool ok;

    if (!lex_expect(p, "(", "func"))
        return NULL;
    out = open_memstream(&str, &size);
    if (out == NULL)
        return no_text(p, start);
    fputs("func", out);
    ok = parse_params(p, out, true) >= 0 && parse_results(p, out);
    if (fclose(out) != 0 || !ok) {
        free(str);
        str = NULL;
    }
    return ok ? finish_word(p, kindFunc, NULL, str, start) : NULL;
}

static const struct type *parse_interface(struct parser *p)
{
    if (!lex_expect(p, "{", "interface"))
        return NULL;
    if (!lex_accept(p, "}"))
        return lex_fail_at(p, p->at,
                           "only interface{} is read: it has no methods");
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
