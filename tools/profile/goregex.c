/*
 * goregex.c: RE2's syntax, read by PCRE2.
 *
 * Locking: none.
 */
#include "tools/profile/goregex.h"

#include "tools/lib/exits.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct goregex {
    pcre2_code *code;
    pcre2_match_data *found; /* asked for by pcre2_match, looked at by nobody */
};

/* True where text has "(*", which repeats nothing. PCRE2 would take (*F) for a
 * verb of its own; in Go it is a method's receiver that lacks a backslash. */
static bool has_bare_star(const char *text)
{
    const char *class = NULL; /* where the brackets that c stands in begin */
    for (const char *c = text; *c != '\0'; c++) {
        if (strncmp(c, "\\Q", 2) == 0) {
            c = strstr(c, "\\E");
            if (c == NULL)
                return false;
        }
        if (*c == '\\' && c[1] != '\0')
            c++;
        else if (*c == '[' && class == NULL)
            class = c + (c[1] == '^');
        else if (*c == ']' && class != NULL && c > class + 1)
            class = NULL; /* a bracket in the first place is itself */
        else if (*c == '(' && c[1] == '*' && class == NULL)
            return true;
    }
    return false;
}

struct goregex *goregex_compile(const char *text, char *err, size_t size)
{
    if (has_bare_star(text)) {
        snprintf(err, size, "missing argument to repetition operator");
        return NULL;
    }
    const uint32_t options = PCRE2_UTF | PCRE2_MATCH_INVALID_UTF |
                             PCRE2_DOLLAR_ENDONLY | PCRE2_NO_AUTO_CAPTURE;
    int why;
    PCRE2_SIZE where;
    pcre2_code *code = pcre2_compile((PCRE2_SPTR)text, PCRE2_ZERO_TERMINATED,
                                     options, &why, &where, NULL);
    if (code == NULL) {
        pcre2_get_error_message(why, (PCRE2_UCHAR *)err, size);
        return NULL;
    }
    struct goregex *re = xcalloc(1, sizeof *re);
    re->code = code;
    re->found = pcre2_match_data_create(1, NULL);
    return re;
}

void goregex_free(struct goregex *re)
{
    if (!re)
        return;
    pcre2_match_data_free(re->found);
    pcre2_code_free(re->code);
    free(re);
}

bool goregex_matches(const struct goregex *re, const char *s)
{
    int rc = pcre2_match(re->code, (PCRE2_SPTR)s, PCRE2_ZERO_TERMINATED, 0, 0,
                         re->found, NULL);
    if (rc < 0 && rc != PCRE2_ERROR_NOMATCH)
        usage_error("the regular expression takes too long on %s", s);
    return rc >= 0;
}
