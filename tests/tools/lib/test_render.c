/*
 * test_render.c: one table, three ways to print it. Standard output is a file
 * here, so that tables are drawn as in a pipe; terminals are in
 * test_cmd_run.c.
 */
#include "tools/lib/render.h"
#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct column cols[] = {{"name", 0},
                                     {"count", COL_RIGHT},
                                     {"share", COL_RIGHT},
                                     {"chain", COL_WRAP}};

static struct table *sample(void)
{
    struct table *t = table_new(cols, ARRAY_LEN(cols));
    table_text(t, "%s %d", "row", 1);
    table_num(t, 1234567);
    table_real(t, 12.345, 1);
    table_text(t, "a < b");
    table_text(t, "row 2");
    table_num(t, -5);
    table_none(t);
    table_text(t, "tab\tand\nline");
    return t;
}

Test(render, for_people, .init = cr_redirect_stdout)
{
    struct table *t = sample();
    table_print(t);
    fflush(stdout);
    table_free(t);
    cr_assert_stdout_eq_str("name       count  share  chain\n"
                            "row 1  1,234,567   12.3  a < b\n"
                            "row 2         -5      -  tab\\tand\\nline\n");
}

Test(render, as_tsv, .init = cr_redirect_stdout)
{
    struct table *t = sample();
    table_print_tsv(t);
    fflush(stdout);
    table_free(t);
    cr_assert_stdout_eq_str("name\tcount\tshare\tchain\n"
                            "row 1\t1234567\t12.3\ta < b\n"
                            "row 2\t-5\t\ttab\\tand\\nline\n");
}

Test(render, as_json)
{
    struct table *t = sample();
    json_t *doc = table_json(t);
    char *text = json_dumps(doc, JSON_COMPACT | JSON_REAL_PRECISION(4));
    cr_assert_str_eq(text, "[{\"name\":\"row 1\",\"count\":1234567,"
                           "\"share\":12.3,\"chain\":\"a < b\"},"
                           "{\"name\":\"row 2\",\"count\":-5,\"share\":null,"
                           "\"chain\":\"tab\\tand\\nline\"}]");
    free(text);
    json_decref(doc);
    table_free(t);
}

Test(render, yes_and_no_are_json_s_own, .init = cr_redirect_stdout)
{
    static const struct column one[] = {{"default", 0}};
    struct table *t = table_new(one, ARRAY_LEN(one));
    table_bool(t, true);
    table_bool(t, false);
    table_print_tsv(t);
    fflush(stdout);
    json_t *doc = table_json(t);
    char *text = json_dumps(doc, JSON_COMPACT);
    cr_assert_str_eq(text, "[{\"default\":true},{\"default\":false}]");
    cr_assert_stdout_eq_str("default\nyes\nno\n");
    free(text);
    json_decref(doc);
    table_free(t);
}

Test(render, thousands)
{
    cr_assert_str_eq(commas(0), "0");
    cr_assert_str_eq(commas(999), "999");
    cr_assert_str_eq(commas(1000), "1,000");
    cr_assert_str_eq(commas(-999), "-999");
    cr_assert_str_eq(commas(-1000), "-1,000");
    cr_assert_str_eq(commas(INT64_MAX), "9,223,372,036,854,775,807");
    cr_assert_str_eq(commas(INT64_MIN), "-9,223,372,036,854,775,808");
}

Test(render, words_in_the_right_number)
{
    cr_assert_str_eq(plural(0, "object", "objects"), "0 objects");
    cr_assert_str_eq(plural(1, "object", "objects"), "1 object");
    cr_assert_str_eq(plural(2000, "byte", "bytes"), "2,000 bytes");
}
