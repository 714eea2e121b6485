/*
 * typefields.c: reads the fields of a struct type.
 *
 *     "{a, b int; c string}" --> [typefields] --> type_struct_of
 *                                     |
 *                                 parse_type
 */
#include "runtime/type/typeparse.h"
#include <stdlib.h>
#include <string.h>

/* The fields of one struct while it is read; names are owned. */
struct fieldList {
    struct field *fields;
    size_t n, cap;
};

static void fieldlist_free(struct fieldList *l)
{
    for (size_t i = 0; i < l->n; i++)
        free((char *)l->fields[i].name);
    free(l->fields);
}

static bool fieldlist_has(const struct fieldList *l, const char *name)
{
    for (size_t i = 0; i < l->n; i++) {
        if (strcmp(l->fields[i].name, name) == 0)
            return strcmp(name, "_") != 0;
    }
    return false;
}

/* Room for one more; false without memory. */
static bool fieldlist_reserve(struct fieldList *l)
{
    size_t cap = l->cap == 0 ? 8 : 2 * l->cap;
    struct field *grown;

    if (l->n < l->cap)
        return true;
    grown = realloc(l->fields, cap * sizeof(*grown));
    if (grown == NULL)
        return false;
    l->fields = grown;
    l->cap = cap;
    return true;
}

/* Adds the name of n bytes at p->at; false after an error. */
static bool fieldlist_add(struct parser *p, struct fieldList *l, size_t n)
{
    char *name = fieldlist_reserve(l) ? strndup(p->at, n) : NULL;

    if (name == NULL) {
        lex_fail_at(p, p->at, "out of memory for a struct's fields");
        return false;
    }
    if (fieldlist_has(l, name)) {
        lex_fail_at(p, p->at, "the struct has two fields named \"%.40s\"",
                    name);
        free(name);
        return false;
    }
    l->fields[l->n++] = (struct field){.name = name};
    return true;
}

/* "a, b T": adds the names, then gives them all their type. */
static bool parse_field_group(struct parser *p, struct fieldList *l)
{
    size_t first = l->n;
    const struct type *t;

    do {
        size_t n = lex_name_length(p);

        if (n == 0) {
            lex_fail_at(p, p->at,
                        "expected a field name (embedded fields are "
                        "not read)");
            return false;
        }
        if (!fieldlist_add(p, l, n))
            return false;
        p->at += n;
        lex_skip_space(p);
    } while (lex_accept(p, ","));
    if (*p->at == ';' || *p->at == '}') {
        lex_fail_at(p, p->at, "the field \"%.40s\" has no type",
                    l->fields[l->n - 1].name);
        return false;
    }
    t = parse_type(p);
    for (size_t i = first; i < l->n; i++)
        l->fields[i].typ = t;
    return t != NULL;
}

const struct type *parse_struct(struct parser *p, const char *start)
{
    struct fieldList l = {0};
    const struct type *t = NULL;
    bool ok = lex_expect(p, "{", "struct");

    while (ok && *p->at != '}') {
        ok = parse_field_group(p, &l);
        if (ok && *p->at != '}')
            ok = lex_expect(p, ";", "a field");
    }
    if (ok && lex_expect(p, "}", "the fields"))
        t = type_placed(p, type_struct_of(l.fields, l.n, p->err), start);
    fieldlist_free(&l);
    return t;
}
