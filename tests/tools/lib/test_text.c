/*
 * test_text.c: which name a slip of the fingers meant, where lines break, and
 * text from outside as it is shown.
 */
#include "runtime/base/base.h"
#include "tools/lib/exits.h"
#include "tools/lib/text.h"
#include <criterion/criterion.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[] = {"run", "scenarios", "replay", "claims",
                                    "help"};

static const char *near(const char *word)
{
    return nearest(word, names, ARRAY_LEN(names));
}

Test(nearest, one_letter_wrong_missing_or_too_many)
{
    cr_assert_str_eq(near("rum"), "run");
    cr_assert_str_eq(near("claim"), "claims");
    cr_assert_str_eq(near("helpp"), "help");
}

Test(nearest, swapped_neighbours_are_one_slip)
{
    cr_assert_str_eq(near("rnu"), "run");
    cr_assert_str_eq(near("repaly"), "replay");
}

Test(nearest, a_beginning_stands_for_the_whole)
{
    cr_assert_str_eq(near("scen"), "scenarios");
}

Test(nearest, what_is_far_from_all_is_nothing)
{
    cr_assert_null(near("frobnicate"));
    cr_assert_null(near(""));
    cr_assert_null(near("r"));
    cr_assert_null(
        near("a word so long that nobody can have slipped into typing it"));
}

/*
 * Where lines break.
 */

static void expect_wrapped(const char *text, size_t width, const char *want)
{
    char *got = wrap_text(text, width);
    cr_expect_str_eq(got, want);
    free(got);
}

Test(wrap, breaks_at_the_last_blank_that_fits)
{
    expect_wrapped("one two three", 8, "one two\nthree");
    expect_wrapped("one two three", 7, "one two\nthree");
    expect_wrapped("one two three", 13, "one two three");
    expect_wrapped("", 5, "");
}

Test(wrap, a_chain_shows_at_the_end_of_a_line_that_it_goes_on)
{
    expect_wrapped("mallocgc < newobject < fill", 12,
                   "mallocgc <\nnewobject <\nfill");
    expect_wrapped("mallocgc < newobject < fill", 23,
                   "mallocgc < newobject <\nfill");
}

Test(wrap, a_word_longer_than_the_line_is_cut_not_lost)
{
    expect_wrapped("abcdefgh ij", 3, "abc\ndef\ngh\nij");
    expect_wrapped("abc", 0, "a\nb\nc");
}

Test(wrap, a_long_name_is_cut_at_its_dots_and_slashes)
{
    expect_wrapped("encoding/json.(*decoder).object:7 +2", 16,
                   "encoding/json.\n(*decoder).\nobject:7 +2");
    expect_wrapped("example.com/map", 12, "example.com/\nmap");
}

Test(wrap, from_the_longest_piece_on_words_stay_whole)
{
    cr_assert_eq(wrap_longest(""), 0);
    cr_assert_eq(wrap_longest("one three two"), 5);
    const char *chain = "mallocgc < newobject < fill";
    cr_assert_eq(wrap_longest(chain), strlen("newobject <"));
    expect_wrapped(chain, wrap_longest(chain), "mallocgc <\nnewobject <\nfill");
}

Test(wrap, lines_are_counted_and_names_have_shorter_pieces)
{
    cr_assert_eq(wrap_count("", 5), 0);
    cr_assert_eq(wrap_count("one two three", 8), 2);
    cr_assert_eq(wrap_count("encoding/json.(*decoder).object:7 +2", 16), 3);
    cr_assert_eq(wrap_longest_name("encoding/json.(*decoder).object:7 +2"),
                 strlen("(*decoder)."));
    cr_assert_eq(wrap_longest_name("one three two"), 5);
}

/* Whatever the text: no line too long, no letter lost. */
Test(wrap, random_texts)
{
    unsigned seed = 20240601;
    printf("seed %u\n", seed);
    for (int round = 0; round < 2000; round++) {
        char text[200] = "", letters[200] = "";
        size_t n = (size_t)rand_r(&seed) % 199, k = 0;
        for (size_t i = 0; i < n; i++) {
            text[i] = "ab <"[rand_r(&seed) % 4];
            if (text[i] != ' ')
                letters[k++] = text[i];
        }
        size_t width = 1 + (size_t)rand_r(&seed) % 30;
        char *got = wrap_text(text, width);
        size_t line = 0;
        k = 0;
        for (char *p = got; *p != '\0'; p++) {
            line = *p == '\n' ? 0 : line + 1;
            cr_assert_leq(line, width);
            if (*p != '\n' && *p != ' ')
                cr_assert_eq(*p, letters[k++]);
        }
        cr_assert_eq(letters[k], '\0');
        free(got);
    }
}

/*
 * Text from outside as it is shown.
 */

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

Test(text, is_appended_to_nothing_and_to_something)
{
    char *text = NULL;
    xappend(&text, "%d", 13);
    cr_expect_str_eq(text, "13");
    xappend(&text, "%s", "");
    xappend(&text, " entries, %s", text);
    cr_expect_str_eq(text, "13 entries, 13");
    free(text);
}
