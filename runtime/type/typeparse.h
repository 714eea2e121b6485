/*
 * typeparse.h: what the readers of type text share: each reads what begins at
 * p->at and returns NULL after an error.
 */
#ifndef RUNTIME_TYPE_TYPEPARSE_H
#define RUNTIME_TYPE_TYPEPARSE_H

#include "runtime/type/type.h"

enum { MaxDepth = 100 }; /* of types inside types */

/* One reading. at is the next unread byte; white space is always skipped. */
struct parser {
    const char *text;
    const char *at;
    struct typeError *err; /* never NULL */
    int depth;
};

void lex_skip_space(struct parser *p);

/* Writes the error, found at where. Returns NULL, which is also false. */
void *lex_fail_at(struct parser *p, const char *where, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Bytes of the name that begins at p->at; 0: none does. */
size_t lex_name_length(const struct parser *p);

/* Reads word, a whole name, or mark, if it is next; says whether it was. */
bool lex_accept_word(struct parser *p, const char *word);
bool lex_accept(struct parser *p, const char *mark);

/* Reads mark; an error that names what it should follow when it is not next. */
bool lex_expect(struct parser *p, const char *mark, const char *after);

/* Any type. */
const struct type *parse_type(struct parser *p);

/* A struct, "struct" already read at start. */
const struct type *parse_struct(struct parser *p, const char *start);

/* A function, "func" already read at start. */
const struct type *parse_func(struct parser *p, const char *start);

/* The type of one word whose text is str, freed here; str NULL: an error. */
const struct type *finish_word(struct parser *p, enum kind kind,
                               const struct type *elem, char *str,
                               const char *start);

/* There was no memory for a type's text. Returns NULL. */
void *no_text(struct parser *p, const char *where);

/* t, which a constructor of type.c made. Where it is NULL the constructor's
 * error is completed: it is about the type that begins at where. */
const struct type *type_placed(struct parser *p, const struct type *t,
                               const char *where);

#endif
