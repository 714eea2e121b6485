/*
 * hmap page: the document in the page is what the other commands say, the file
 * is one piece of HTML whatever names stand in it, and at most so large. What a
 * browser makes of it is asked by `make page-test`.
 */
#include "tests/hmaprun.h"
#include <criterion/criterion.h>
#include <jansson.h>
#include <string.h>

static const char before[] = "<script type=\"application/json\" id=\"data\">";

/* The document of a page; it is all that stands in its script element. */
static json_t *document_of(const char *page)
{
    json_error_t err;
    cr_assert_eq(strncmp(page, "<!doctype html>", 15), 0);
    const char *at = strstr(page, before);
    cr_assert_not_null(at);
    at += strlen(before);
    json_t *doc = json_loadb(at, strcspn(at, "<"), 0, &err);
    cr_assert_not_null(doc, "%s", err.text);
    cr_assert_eq(strncmp(at + strcspn(at, "<"), "</script>", 9), 0);
    return doc;
}

static json_t *document(const char *args)
{
    char command[1024];
    snprintf(command, sizeof command, "page -o - %s", args);
    struct ran r = hmap(command);
    cr_assert_eq(r.status, 0, "hmap %s: %s", command, r.err);
    cr_assert_str_empty(r.err);
    json_t *doc = document_of(r.out);
    ran_free(&r);
    return doc;
}

static const char *text_at(const json_t *o, const char *key)
{
    const char *text = json_string_value(json_object_get(o, key));
    cr_assert_not_null(text, "%s", key);
    return text;
}

static int64_t number_at(const json_t *o, const char *key)
{
    cr_assert(json_is_integer(json_object_get(o, key)), "%s", key);
    return json_integer_value(json_object_get(o, key));
}

static const json_t *recording(const json_t *doc, size_t i)
{
    const json_t *r = json_array_get(json_object_get(doc, "recordings"), i);
    cr_assert_not_null(r);
    return r;
}

static size_t recordings(const json_t *doc)
{
    return json_array_size(json_object_get(doc, "recordings"));
}

Test(cmd_page, two_releases_stand_side_by_side)
{
    json_t *doc = document("first-inserts");
    cr_expect_str_eq(text_at(doc, "page"), "map");
    cr_expect_str_eq(text_at(doc, "command"), "hmap page -o - first-inserts");
    cr_expect_eq(number_at(doc, "every"), 1);
    cr_expect_eq(number_at(doc, "draw"), 1);
    cr_expect_eq(number_at(doc, "cells"), 65536);
    cr_assert_eq(recordings(doc), 2);
    cr_expect_str_eq(text_at(recording(doc, 0), "go"), "go1.19");
    cr_expect_str_eq(text_at(recording(doc, 1), "go"), "go1.27");
    const json_t *first =
        json_array_get(json_object_get(recording(doc, 0), "parts"), 0);
    cr_expect_eq(number_at(first, "steps"), 28); /* make and 27 inserts */
    cr_expect_eq(number_at(first, "objects"), 9);
    cr_expect_eq(number_at(first, "bytes"), 2408);
}

Test(cmd_page, a_workload_has_a_page_of_each_release)
{
    json_t *doc = document("-go 1.22,1.24 - <<'END'\nmap m int64 int64\n"
                           "insert m 0 14\nclear m\ndrop m\ngc\nEND");
    cr_assert_eq(recordings(doc), 2);
    cr_expect_str_eq(text_at(recording(doc, 0), "go"), "go1.22");
    cr_expect_str_eq(text_at(recording(doc, 1), "go"), "go1.24");
    cr_expect_str_eq(text_at(recording(doc, 0), "source"), "-");
    cr_expect_str_eq(text_at(recording(doc, 0), "hash"), "fallback");
    json_decref(doc);

    doc = document("-go 1.19 tests/golden/go1.19/w1002.txt");
    cr_assert_eq(recordings(doc), 1);
    cr_expect_str_eq(text_at(doc, "command"),
                     "hmap page -o - -go 1.19 tests/golden/go1.19/w1002.txt");
}

/* More steps than 10,000: each k-th, and growths; and more bytes than a page
 * may have: as many steps as it holds. Which ones is everywhere the same. */
Test(cmd_page, of_many_steps_as_many_as_a_page_holds, .timeout = 120)
{
    json_t *doc = document("-go 1.19 -n 12000 large-map");
    cr_expect_eq(number_at(doc, "every"), 2);
    cr_expect_eq(number_at(doc, "draw"), 1);
    cr_expect_eq(number_at(doc, "cells"), 65536);
    json_decref(doc);

    struct ran r = hmap("page -o - -n 20000 large-map");
    doc = document_of(r.out);
    cr_expect_eq(number_at(doc, "every"), 15);
    cr_expect_eq(number_at(doc, "draw"), 1);
    cr_expect_eq(number_at(doc, "cells"), 4096);
    cr_expect_leq(strlen(r.out), 600000);
    cr_expect_geq(strlen(r.out), 450000);
}

/* A page of a profile says what explain says, and its stacks root first. */
Test(cmd_page, a_profile_is_explained)
{
    const char *mem = "tests/golden/profiles/map_string_int.pb.gz";
    json_t *doc = document(mem);
    struct ran said =
        hmap("explain -json tests/golden/profiles/map_string_int.pb.gz");
    cr_expect_str_eq(text_at(doc, "page"), "profile");
    const json_t *lines =
        json_object_get(json_object_get(doc, "explained"), "lines");
    json_t *explained = json_loads(said.out, 0, NULL);
    cr_expect(json_equal(lines, json_object_get(explained, "lines")));
    const json_t *stacks = json_object_get(doc, "stacks");
    const json_t *largest = json_array_get(stacks, 0);
    cr_expect_str_eq(json_string_value(json_array_get(largest, 0)),
                     "runtime.main\nmain.main\nmain.work\nmain.count\n");
    cr_expect_eq(json_integer_value(json_array_get(largest, 1)), 1);
    cr_expect_eq(json_integer_value(json_array_get(largest, 2)), 909312);
    int64_t objects = 0, bytes = 0;
    size_t i;
    json_t *s;
    json_array_foreach (stacks, i, s) {
        objects += json_integer_value(json_array_get(s, 1));
        bytes += json_integer_value(json_array_get(s, 2));
    }
    cr_expect_eq(objects, 527);
    cr_expect_eq(bytes, 1934552);
}

/* n stacks of a folded profile, of 1 to n objects of 48 bytes. */
static void write_many_stacks(const char *path, int n)
{
    FILE *f = fopen(path, "w");
    fprintf(f, "heap profile: %d: %d [%d: %d] @ heap/1\n", 0, 0, 0, 0);
    for (int i = 1; i <= n; i++) {
        fprintf(f, "%d: %d [%d: %d] @ %#x\n", i, 48 * i, i, 48 * i, i << 8);
        fprintf(f, "#\t%#x\tmain.f%d+0x0\t/f.go:%d\n\n", i << 8, i, i);
    }
    fclose(f);
}

/* Of 1,501 stacks the smallest is no row of its own. */
Test(cmd_page, smaller_stacks_of_very_many_are_added_up)
{
    char path[] = "/tmp/hmap-stacks-XXXXXX", said[64];
    close(mkstemp(path));
    write_many_stacks(path, 1502);
    json_t *doc = document(path);
    const json_t *stacks = json_object_get(doc, "stacks");
    cr_assert_eq(json_array_size(stacks), 1501);
    const json_t *rest = json_array_get(stacks, 1500);
    cr_expect_str_eq(json_string_value(json_array_get(rest, 0)),
                     "(smaller stacks)\n");
    cr_expect_eq(json_integer_value(json_array_get(rest, 1)), 1 + 2);
    cr_expect_eq(json_integer_value(json_array_get(rest, 2)), 48 * (1 + 2));
    snprintf(said, sizeof said, "main.f%d\n", 1502);
    cr_expect_str_eq(
        json_string_value(json_array_get(json_array_get(stacks, 0), 0)), said);
    unlink(path);
}

/* A name that would end the element is written so that it cannot; the reader of
 * JSON has it as it was. */
Test(cmd_page, a_name_cannot_end_the_document)
{
    char path[] = "/tmp/hmap-name-XXXXXX", args[64];
    make_file(path, "heap profile: 1: 48 [1: 48] @ heap/1\n"
                    "1: 48 [1: 48] @ 0x100\n"
                    "#\t0x100\tmain.</script><b>+0x0\t/f.go:1\n");
    snprintf(args, sizeof args, "%s", path);
    json_t *doc = document(args);
    const json_t *stack = json_array_get(json_object_get(doc, "stacks"), 0);
    cr_expect_str_eq(json_string_value(json_array_get(stack, 0)),
                     "main.</script><b>\n");
    unlink(path);
}

/* The file has as many bytes as is said, and the command stands in it as a
 * shell takes it. */
Test(cmd_page, a_file_is_written_whole_and_its_size_said)
{
    struct ran r = run_program(
        "/bin/sh", (const char *const[]){"sh", "-c",
                                         "cd $(mktemp -d) && \"$HMAP\" page -n "
                                         "9 -type 'map[string]int' size "
                                         "&& wc -c <page.html && cat page.html "
                                         "&& rm page.html && rmdir $PWD",
                                         NULL});
    cr_assert_eq(r.status, 0, "%s", r.err);
    size_t said = 0, counted = 0;
    int skip = 0;
    cr_assert_eq(sscanf(r.out,
                        "page.html: %zu bytes; open it in a browser\n%zu\n%n",
                        &said, &counted, &skip),
                 2);
    cr_expect_eq(said, counted);
    cr_expect_eq(strlen(r.out + skip), counted);
    json_t *doc = document_of(r.out + skip);
    cr_expect_str_eq(text_at(doc, "command"),
                     "hmap page -n 9 -type 'map[string]int' size");
}

Test(cmd_page, what_is_no_source_is_refused)
{
    expect_refused("page",
                   "hmap: page wants one scenario, workload or profile");
    expect_refused("page a b c",
                   "hmap: page wants one scenario, workload or profile");
    expect_refused(
        "page first-insert",
        "hmap: no scenario first-insert; did you mean first-inserts?");
    expect_refused("page -n 3 tests/golden/go1.19/w1000.txt",
                   "hmap: -n, -hint and -type are for scenarios; "
                   "tests/golden/go1.19/w1000.txt is none");
    struct ran r = hmap("page ./nosuch");
    cr_expect_eq(r.status, 1);
    cr_expect_str_eq(r.err, "hmap: ./nosuch: No such file or directory\n");
    r = hmap("page -o /nowhere/page.html first-inserts");
    cr_expect_eq(r.status, 1);
    cr_expect_str_eq(r.err,
                     "hmap: /nowhere/page.html: No such file or directory\n");
}

/* A page is recorded several times, which takes seconds where there are many
 * steps: a terminal is told what is being done, by a line that goes again. */
Test(cmd_page, a_terminal_sees_what_is_being_done)
{
    needs_terminal();
    struct ran r = hmap("help >/dev/null; script -qec '\"$HMAP\" page -o "
                        "/dev/null first-inserts' /dev/null </dev/null");
    cr_assert_eq(r.status, 0, "%s", r.err);
    expect_part(r.out, "\r\033[Khmap: page: counting the steps of "
                       "first-inserts on go1.19\r\033[K");
    expect_part(r.out, "\r\033[Khmap: page: first-inserts on go1.27, one step "
                       "in 1\r\033[K/dev/null: ");
    ran_free(&r);
}
