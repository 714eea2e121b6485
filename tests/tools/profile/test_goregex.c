/*
 * test_goregex.c: expressions as Go's users write them.
 */
#include "tools/profile/goregex.h"

#include "runtime/base/base.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *re, *text;
    bool matches;
} cases[] = {
    {"main", "main.fill", true},
    {"^main\\.fill$", "main.fill", true},
    {"^fill", "main.fill", false},
    {"\\(\\*T\\)", "main.(*T).set", true},
    {"fill|drain", "main.drain", true},
    {"(?:a|b)c", "xbc", true},
    {"(?i)JSON", "encoding/json.Marshal", true},
    {"JSON", "encoding/json.Marshal", false},
    {"\\d+", "func12", true},
    {"^\\D+$", "func12", false},
    {"[\\d]", "a1", true},
    {"[^\\s]x", " x", false},
    {"a.*?b", "axxb", true},
    {"colou?r", "color", true},
    {"a\\??b", "ab", true},
    {"a\\??b", "a?b", true},
    {"x{2,3}", "axxb", true},
    {"[.(]", "a(b", true},
    {"[]a]b", "]b", true},
    {"\\Amain\\z", "main", true},
    {"\\w+\\.go", "map_x.go", true},
    {"", "anything", true},
    {"\\x41", "A", true},
    {"\\x41", "x41", false},
    {"^a{,2}$", "aa", false}, /* no repetition in RE2 */
    {"^a{,2}$", "a{,2}", true},
    {"^a{2$", "a{2", true},
    {"^[a\\-z]$", "-", true},
    {"^[a\\-z]$", "m", false},
    {"^[\\]]$", "]", true},
    {"[\\W]", "W", false},
    {"\\<T", "Set<T", true},
    {"\\QSet[\\E", "main.Set[...]", true},
    {"^\\pL+$", "\xc3\xbc", true},
    {"^.$", "\xc3\xbc", true},
    {"b",
     "a\xff"
     "b",
     true},
    {"(?P<name>ma)in", "main", true},
    {"a(?i)b", "aB", true},
    {"[(*]T", "(*T)", true},
    {"[](*]T", "(*T)", true},
    {"\\Q(*T)\\E\\.Get", "main.(*T).Get", true},
    {"\\Q(*T", "main.(*T).Get", true},
    {"a$", "a\n", false},
    {"^a.b$",
     "a\xff"
     "b",
     true}, /* Go: U+FFFD */
    {"\\Q\\C\\E", "\\C", true},
    {"\\\\C", "\\C", true},
};

Test(goregex, matches_as_go_does)
{
    char err[100];
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct goregex *re = goregex_compile(cases[i].re, err, sizeof err);
        cr_assert_not_null(re, "%s: %s", cases[i].re, err);
        cr_expect_eq(goregex_matches(re, cases[i].text), cases[i].matches,
                     "%s on %s", cases[i].re, cases[i].text);
        goregex_free(re);
    }
}

Test(goregex, refuses_what_it_cannot_say)
{
    static const char *const bad[] = {"(", ")", "(*", "*a", "a|+b", "[a", "a\\",
                                      "\\8", "(*F).set", "[[](*T", "\xff",
                                      /* PCRE's, not RE2's: */
                                      "(a)\\1", "(?=a)", "(?<!a)", "a++",
                                      "(?>a)", "(?R)", "a\\Z", "\\Ca",
                                      "a{1001}", "(?P<n>a)(?P=n)"};
    char err[100];
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        *err = 0;
        struct goregex *re = goregex_compile(bad[i], err, sizeof err);
        cr_expect_null(re, "%s was accepted", bad[i]);
        cr_expect(*err, "%s: no reason", bad[i]);
        goregex_free(re);
    }
}

/* (a+)+$ on a text of a million: an engine that goes back takes for ever. */
Test(goregex, time_in_proportion_to_the_text, .timeout = 20)
{
    enum { Size = 1000000 };
    static const char *const slow[] = {"(a+)+$", "^(a|a)*$", "(a?){50}a{50}b",
                                       "(.*)(.*)(.*)(.*)x"};
    char err[100], *text = malloc(Size + 1);
    memset(text, 'a', Size);
    text[Size - 1] = 'c';
    text[Size] = '\0';
    for (size_t i = 0; i < ARRAY_LEN(slow); i++) {
        struct goregex *re = goregex_compile(slow[i], err, sizeof err);
        cr_assert_not_null(re, "%s: %s", slow[i], err);
        cr_expect(!goregex_matches(re, text), "%s", slow[i]);
        goregex_free(re);
    }
    free(text);
}
