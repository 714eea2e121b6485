/*
 * typelex.c: the words and marks of type text, and the first error in it.
 */
#include "runtime/type/typeparse.h"
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

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
