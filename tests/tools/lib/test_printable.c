/*
 * test_printable.c: text from outside as it is shown.
 */
#include "tools/lib/printable.h"

#include "runtime/base/base.h"
#include <criterion/criterion.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

Test(printable, what_can_be_seen_is_left_alone)
{
    static const char *const texts[] = {
        "",
        "main.(*pair).insert",
        "main.main·f",
        "main.Map[go.shape.int_0]",
        "C:\\go\\x.go",
        "日本語 é \xf0\x9f\x98\x80",
        "a b",
    };
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        cr_expect_eq(printable(texts[i]), texts[i]);
        cr_expect_eq(valid_utf8(texts[i]), texts[i]);
    }
}

Test(printable, what_a_terminal_would_obey_is_escaped)
{
    static const struct {
        const char *text, *want;
    } rows[] = {
        {"\033[2J", "\\x1b[2J"},
        {"a\nb", "a\\nb"},
        {"a\tb\r", "a\\tb\\x0d"},
        {"\x7f\x01", "\\x7f\\x01"},
        {"\xc2\x9b"
         "31m",
         "\\u009b31m"}, /* C1: one character for ESC [ */
        {"a\u202eb\u2066", "a\\u202eb\\u2066"},
        {"\u200b\ufeff\u2028", "\\u200b\\ufeff\\u2028"},
        {"\xf3\xa0\x80\x81", "\\U000e0001"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        cr_expect_str_eq(printable(rows[i].text), rows[i].want);
}

Test(printable, bytes_that_are_no_utf8)
{
    static const struct {
        const char *text, *want, *json;
    } rows[] = {
        {"\xff", "\\xff", "\ufffd"},
        {"a\x80z", "a\\x80z", "a\ufffdz"},
        {"\x9b", "\\x9b", "\ufffd"},
        {"\xc3", "\\xc3", "\ufffd"},                /* cut short */
        {"\xc3(", "\\xc3(", "\ufffd("},             /* no tail */
        {"\xc0\x9b", "\\xc0\\x9b", "\ufffd\ufffd"}, /* a long ESC */
        {"\xed\xa0\x80", "\\xed\\xa0\\x80", "\ufffd\ufffd\ufffd"},
        {"\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80",
         "\ufffd\ufffd\ufffd\ufffd"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        cr_expect_str_eq(printable(rows[i].text), rows[i].want);
        cr_expect_str_eq(valid_utf8(rows[i].text), rows[i].json);
    }
}

Test(printable, lines_are_kept_where_wanted)
{
    cr_expect_str_eq(printable_lines("a\nb\033\n"), "a\nb\\x1b\n");
    cr_expect_str_eq(valid_utf8("a\n\033"), "a\n\033");
}

/* Whatever the bytes: what is shown needs no escape, and fits. */
Test(printable, any_bytes_become_printable)
{
    uint32_t random = 12345;
    for (int round = 0; round < 20000; round++) {
        char text[40];
        size_t n = 0;
        for (; n < sizeof text - 1; n++) {
            random = random * 1664525 + 1013904223;
            text[n] = (char)(random >> 24);
            if (text[n] == '\0')
                break;
        }
        text[n] = '\0';
        const char *shown = printable(text);
        cr_assert_eq(printable(shown), shown);
        const char *json = valid_utf8(text);
        cr_assert_eq(valid_utf8(json), json);
    }
}
