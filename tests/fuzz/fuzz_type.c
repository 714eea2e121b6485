/*
 * fuzz_type.c: libFuzzer's way into the parser of type texts: any bytes give a
 * type or an error that names a place in them, and the text that a type has of
 * itself is a text of that type.
 */
#include "map/map.h"
#include "runtime/type/type.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok, const char *what)
{
    if (ok)
        return;
    fprintf(stderr, "fuzz_type: %s\n", what);
    abort();
}

/* What it quotes of the text stands as it is: who prints it escapes it. */
static void check_error(const struct typeError *err, const char *text)
{
    must(memchr(err->msg, 0, sizeof err->msg) && *err->msg &&
             (!strchr(err->msg, '\n') || strchr(text, '\n')),
         "an error without its one line");
    must(err->at <= strlen(text), "an error behind the end of the text");
}

static void use(const struct type *t)
{
    struct typeError err;
    must(t->size % t->align == 0,
         "a size that is no multiple of its alignment");
    must(type_parse(t->str, &err) == t, "a type's own text is another type");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct typeError err;
    char *text = strndup((const char *)data, size);
    memset(&err, 'x', sizeof err);
    const struct type *t = type_parse(text, &err);
    if (t != NULL)
        use(t);
    else
        check_error(&err, text);
    memset(&err, 'x', sizeof err);
    if (maptype_parse(text, &err) == NULL)
        check_error(&err, text);
    free(text);
    return 0;
}
