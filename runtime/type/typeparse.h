/*
 * typeparse.h: what the readers of type text share: each reads what begins at
 * p->at and returns NULL after an error.
 */
#ifndef RUNTIME_TYPE_TYPEPARSE_H
#define RUNTIME_TYPE_TYPEPARSE_H

#include "runtime/type/typelex.h"

/* Any type. */
const struct type *parse_type(struct parser *p);

/* A struct, "struct" already read at start. */
const struct type *parse_struct(struct parser *p, const char *start);

/* t, which a constructor of type.c made. Where it is NULL the constructor's error
 * is completed: it is about the type that begins at where. */
const struct type *type_placed(struct parser *p, const struct type *t,
                               const char *where);

#endif
