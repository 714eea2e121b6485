/*
 * goregex.c: RE2's spelling turned into POSIX's, then regcomp.
 *
 * Locking: none.
 */
#include "tools/goregex.h"

#include "tools/exits.h"

#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct goregex {
    regex_t posix;
};

/* An expression being translated. out has room: no piece of input grows by
 * more than GrowthMax. */
struct translation {
    const char *in;
    char *out;
    int flags;
    bool in_class;       /* between [ and ] */
    bool atom;           /* what stands before can be repeated */
    int depth;           /* open parentheses */
    bool repeated;       /* and has been */
    const char *refused; /* what POSIX cannot say */
};

enum { GrowthMax = 8 };

static void emit(struct translation *t, const char *s)
{
    while (*s)
        *t->out++ = *s++;
}

/* A backslash and the letter after it. */
static void escape(struct translation *t)
{
    static const struct {
        char letter;
        const char *outside, *inside;
    } names[] = {
        {'d', "[0-9]", "0-9"},
        {'D', "[^0-9]", NULL},
        {'s', "[ \t\n\r\f]", " \t\n\r\f"},
        {'w', "\\w", "[:alnum:]_"},
        {'A', "^", NULL},
        {'z', "$", NULL},
        {'t', "\t", "\t"},
        {'n', "\n", "\n"},
    };
    char letter = *++t->in;
    if (letter)
        t->in++;
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (names[i].letter != letter)
            continue;
        const char *as = t->in_class ? names[i].inside : names[i].outside;
        if (as)
            emit(t, as);
        else
            t->refused = "a negated class inside brackets";
        return;
    }
    if (letter == 'p' || letter == 'P' || letter == 'Q' || letter == 'C' ||
        (letter >= '1' && letter <= '9'))
        t->refused = "\\p, \\Q, \\C and \\1 are not supported";
    if (!t->in_class || letter == ']' || letter == '\\')
        *t->out++ = '\\'; /* in POSIX brackets a backslash is itself */
    if (letter)
        *t->out++ = letter;
    else
        t->refused = "trailing backslash at end of expression";
}

/* "(?…": (?: and (?i) at the start are all there is. */
static void group(struct translation *t, bool at_start)
{
    if (t->in[2] == ':') {
        *t->out++ = '(';
        t->in += 3;
        t->depth++;
    } else if (at_start && strncmp(t->in, "(?i)", 4) == 0) {
        t->flags |= REG_ICASE;
        t->in += 4;
    } else {
        t->refused = "(? is not supported, but for (?: and a leading (?i)";
    }
}

/* "*", "+" or "?" outside brackets. */
static void repetition(struct translation *t)
{
    if (t->repeated && *t->in == '?') {
        t->in++; /* lazy: matches the same strings */
        return;
    }
    if (!t->atom)
        t->refused = "missing argument to repetition operator";
    t->repeated = true;
    *t->out++ = *t->in++;
}

/* Any other character outside brackets. */
static void plain(struct translation *t)
{
    char c = *t->in;
    t->atom = c != '(' && c != '|';
    t->depth += (c == '(') - (c == ')');
    if (t->depth < 0)
        t->refused = "unexpected )";
    t->repeated = c == '}';
    if (c == '[') {
        t->in_class = true;
        if (t->in[1] == '^')
            *t->out++ = *t->in++;
    }
    *t->out++ = *t->in++;
}

static void translate(struct translation *t, const char *text)
{
    for (t->in = text; *t->in && !t->refused;) {
        char c = *t->in;
        if (c == '\\') {
            escape(t);
            t->atom = true;
            t->repeated = false;
        } else if (t->in_class) {
            t->in_class = c != ']';
            *t->out++ = *t->in++;
        } else if (c == '(' && t->in[1] == '?') {
            group(t, t->in == text);
            t->atom = false;
        } else if (c == '*' || c == '+' || c == '?') {
            repetition(t);
        } else {
            plain(t);
        }
    }
}

struct goregex *goregex_compile(const char *text, char *err, size_t size)
{
    char *posix = xcalloc(strlen(text) * GrowthMax + 1, 1);
    struct translation t = {.out = posix, .flags = REG_EXTENDED | REG_NOSUB};
    translate(&t, text);
    struct goregex *re = NULL;
    if (t.refused) {
        snprintf(err, size, "%s", t.refused);
    } else {
        re = xcalloc(1, sizeof *re);
        int rc = regcomp(&re->posix, posix, t.flags);
        if (rc) {
            regerror(rc, &re->posix, err, size);
            free(re);
            re = NULL;
        }
    }
    free(posix);
    return re;
}

void goregex_free(struct goregex *re)
{
    if (!re)
        return;
    regfree(&re->posix);
    free(re);
}

bool goregex_matches(const struct goregex *re, const char *s)
{
    return regexec(&re->posix, s, 0, NULL, 0) == 0;
}
