/* hmap log: the same command prints the same; help names every field. */
#include "tests/hmaprun.h"
#include "tools/log/event.h"
#include <criterion/criterion.h>
#include <jansson.h>
#include <string.h>

/* Standard output of `hmap ARGS`, which must succeed. Stays. */
static char *hmap_ok(const char *args)
{
    struct ran r = hmap(args);
    cr_assert_eq(r.status, 0, "hmap %s: %s", args, r.err);
    return r.out;
}

Test(cmd_log, the_same_command_prints_the_same_bytes)
{
    needs_the_heaps_place();
    cr_assert_str_eq(hmap_ok("log -cells first-inserts"),
                     hmap_ok("log -cells first-inserts"));
    cr_assert_str_eq(hmap_ok("log -go 1.27 -cells -n 3000 large-map"),
                     hmap_ok("log -go 1.27 -cells -n 3000 large-map"));
}

/* Every line is one object with the fields of its kind. */
Test(cmd_log, each_line_has_the_fields_of_its_kind)
{
    char *text = hmap_ok("log -cells delete -n 500");
    int lines = 0;
    for (char *line; (line = strsep(&text, "\n")) != NULL && *line; lines++) {
        json_t *o = json_loads(line, 0, NULL);
        cr_assert_not_null(o, "%s", line);
        const char *kind = json_string_value(json_object_get(o, "event"));
        for (int k = 0; k < NEVENTS; k++) {
            if (strcmp(kind, event_words[k]) != 0)
                continue;
            size_t n = 1;
            for (int i = 0; event_fields[k][i].name != NULL; i++, n++)
                cr_assert_not_null(json_object_get(o, event_fields[k][i].name),
                                   "%s", line);
            cr_assert_eq(json_object_size(o), n, "%s", line);
        }
        json_decref(o);
    }
    cr_assert_gt(lines, 1500);
}

Test(cmd_log, help_names_every_kind_and_field)
{
    const char *help = hmap_ok("help log");
    for (int k = 0; k < NEVENTS; k++) {
        cr_assert_not_null(strstr(help, event_words[k]), "%s", event_words[k]);
        for (int i = 0; event_fields[k][i].name != NULL; i++)
            cr_assert_not_null(strstr(help, event_fields[k][i].name), "%s %s",
                               event_words[k], event_fields[k][i].name);
    }
}

Test(cmd_log, a_workload_is_logged_too)
{
    const char *said = hmap_ok(
        "help >/dev/null; printf 'map m int64 int64\\ninsert m 0 14\\nclear "
        "m\\ndrop m\\ngc\\n' | \"$HMAP\" log -");
    cr_assert_not_null(strstr(said, "\"at\":14,\"op\":\"insert\",\"n\":14"));
    cr_assert_not_null(strstr(said, "\"op\":\"clear\""));
    cr_assert_not_null(strstr(said, "\"event\":\"free\""));
    cr_assert_null(strstr(said, "\"op\":\"left out\""));
}
