/*
 * test_wrap.c: where lines break.
 */
#include "tools/lib/wrap.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
