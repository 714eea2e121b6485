/*
 * goregex_re2.cc: RE2 itself, behind three C functions. The only file in C++:
 * RE2 has no C interface, and no other library has its language and its bound.
 *
 * Locking: none.
 */
extern "C" {
#include "tools/lib/text.h"
#include "tools/profile/goregex.h"
}

#include <cstdio>
#include <re2/re2.h>
#include <string>

struct goregex {
    RE2 code;
    goregex(const char *text, const RE2::Options &options) : code(text, options)
    {
    }
};

/* \C, a single byte, is in RE2 and not in Go. Whatever text holds, \Q…\E and
 * escaped backslashes are passed over. */
static bool has_byte_escape(const char *text)
{
    bool quoted = false;
    for (const char *c = text; *c != '\0'; c++) {
        if (*c != '\\' || c[1] == '\0')
            continue;
        c++;
        if (!quoted && *c == 'C')
            return true;
        if (*c == 'Q')
            quoted = true;
        else if (*c == 'E')
            quoted = false;
        else if (quoted)
            c--; /* a backslash means nothing there, but for \E */
    }
    return false;
}

extern "C" struct goregex *goregex_compile(const char *text, char *err,
                                           size_t size)
{
    RE2::Options options;
    options.set_log_errors(false);
    if (has_byte_escape(text)) {
        std::snprintf(err, size, "invalid escape sequence: \\C");
        return nullptr;
    }
    auto *re = new goregex(text, options);
    if (re->code.ok())
        return re;
    std::snprintf(err, size, "%s", re->code.error().c_str());
    delete re;
    return nullptr;
}

extern "C" void goregex_free(struct goregex *re)
{
    delete re;
}

/* Go takes a byte that is no UTF-8 for U+FFFD. */
extern "C" bool goregex_matches(const struct goregex *re, const char *s)
{
    return RE2::PartialMatch(valid_utf8(s), re->code);
}
