/*
 * typefunc.c: reads function types.
 *
 *     "(a, b int, rest ...string) (n int, err error)" --> [typefunc]
 *                                            --text--> type_word, parse_type
 *
 * A function value is one word whatever its parameters are, so all that is kept
 * is the text as Go's reflect prints it: types without names.
 */
#include "runtime/type/typeparse.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The name at p->at begins a type, for it is a word of Go's. */
static bool at_type_word(const struct parser *p, size_t n)
{
    static const char *const words[] = {"chan", "func", "interface", "map",
                                        "struct"};

    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        if (strlen(words[i]) == n && strncmp(p->at, words[i], n) == 0)
            return true;
    return false;
}

/* Whether a parameter's name and its type begin at p->at: a name with something
 * behind it that neither ends the parameter nor belongs to the name. */
static bool at_named(struct parser p)
{
    size_t n = lex_name_length(&p);

    if (n == 0 || at_type_word(&p, n))
        return false;
    p.at += n;
    lex_skip_space(&p);
    if (strncmp(p.at, "...", 3) == 0)
        return true;
    return *p.at != '\0' && strchr(",).", *p.at) == NULL;
}

/* Whether the parameters up to ")" have names: then one has a name and a type
 * side by side. In Go all of a list have names or none has. */
static bool list_is_named(struct parser p)
{
    int depth = 0;
    bool begins = true;

    for (; *p.at != '\0' && (depth > 0 || *p.at != ')'); p.at++) {
        if (begins && at_named(p))
            return true;
        depth += strchr("([{", *p.at) != NULL;
        depth -= strchr(")]}", *p.at) != NULL;
        begins = depth == 0 &&
                 (*p.at == ',' || (begins && isspace((unsigned char)*p.at)));
    }
    return false;
}

/* The names before a type: "a, b" of "a, b int". How many; 0 after an error. */
static int parse_names(struct parser *p)
{
    int names = 0;
    size_t n;

    do {
        const char *start = p->at;
        n = lex_name_length(p);
        if (n == 0) {
            lex_fail_at(p, start, "expected a parameter's name");
            return 0;
        }
        p->at += n;
        lex_skip_space(p);
        names++;
        if (*p->at == ')' || *p->at == '\0') {
            lex_fail_at(p, start, "the parameter \"%.*s\" has no type",
                        (int)(n < 40 ? n : 40), start);
            return 0;
        }
    } while (lex_accept(p, ","));
    return names;
}

/* One type, or "a, b T", and writes it as often as there are names, ", " before
 * each but the list's first. How many; -1 after an error. */
static int parse_param(struct parser *p, FILE *out, bool named, bool variadic,
                       bool first)
{
    int n = named ? parse_names(p) : 1;
    const char *dots = n == 1 && variadic && lex_accept(p, "...") ? "..." : "";
    const struct type *t = n > 0 ? parse_type(p) : NULL;

    if (t == NULL)
        return -1;
    for (int i = 0; i < n; i++)
        fprintf(out, "%s%s%s", first && i == 0 ? "" : ", ", dots, t->str);
    if (*dots != '\0' && *p->at != ')') {
        lex_fail_at(p, p->at, "only the last parameter may be variadic");
        return -1;
    }
    return n;
}

/* The parameters up to ")", the "(" read; writes "(T, U)" to out. Returns how
 * many, -1 after an error. */
static int parse_params(struct parser *p, FILE *out, bool variadic)
{
    bool named = list_is_named(*p);
    int n = 0;

    fputc('(', out);
    while (!lex_accept(p, ")")) {
        if (n > 0 && !lex_expect(p, ",", "a parameter"))
            return -1;
        int more = parse_param(p, out, named, variadic, n == 0);
        if (more < 0)
            return -1;
        n += more;
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

const struct type *parse_func(struct parser *p, const char *start)
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
