/*
 * test_cmd_run.c: `hmap run` as its users meet it: formats, terminals, pipes,
 * full disks, mistakes.
 */
#include "tests/hmaprun.h"
#include "tools/lib/exits.h"
#include "tools/scenarios/scenario.h"
#include <jansson.h>
#include <signal.h>

Test(cmd_run, the_tour_runs_every_scenario_and_names_version_and_seed)
{
    struct ran r = hmap("run");
    cr_assert_eq(r.status, 0);
    cr_assert_str_empty(r.err);
    expect_part(r.out, "go1.19"
                       ", seed 1");
    for (int i = 0; scenarios[i] != NULL; i++) {
        char *heading = strstr(r.out, scenarios[i]->name);
        cr_assert_not_null(heading, "%s", scenarios[i]->name);
    }
    ran_free(&r);
}

Test(cmd_run, a_run_repeats_and_another_seed_differs)
{
    struct ran a = hmap("run large-map"), b = hmap("run large-map"),
               c = hmap("run large-map -seed 2");
    cr_assert_str_eq(a.out, b.out);
    cr_assert_str_neq(a.out, c.out);
    expect_part(c.out, "seed 2");
    ran_free(&a);
    ran_free(&b);
    ran_free(&c);
}

/* What no seed repeats says so, and how it could be. */
Test(cmd_run, what_is_not_repeatable_says_so)
{
    expect_said("run sync-map -n 100 -w 10",
                "not repeatable: the order in which tasks insert");
    struct ran r = hmap("run small-map");
    cr_expect_null(strstr(r.out, "not repeatable"));
    ran_free(&r);
    struct ran a = hmap("help >/dev/null; GOMAXPROCS=1 \"$HMAP\" run sync-map");
    struct ran b = hmap("help >/dev/null; GOMAXPROCS=1 \"$HMAP\" run sync-map");
    cr_expect_str_eq(a.out, b.out);
    ran_free(&a);
    ran_free(&b);
}

Test(cmd_run, alone_or_among_others_the_numbers_are_the_same)
{
    struct ran alone = hmap("run hints"), two = hmap("run append hints");
    cr_assert_eq(two.status, 0);
    expect_part(two.out, alone.out);
    ran_free(&alone);
    ran_free(&two);
}

Test(cmd_run, several_releases_stand_below_each_other)
{
    struct ran older = hmap("run first-inserts -v -go 1.19"),
               newer = hmap("run first-inserts -v -go 1.22"),
               both = hmap("run first-inserts -v -go 1.19,1.22"),
               tsv = hmap("run first-inserts -go 1.19,1.22 -tsv");
    expect_part(newer.out, "\ngo1.22, seed 1");
    char *want = xprintf("%s\n\n%s\nThe same program, ", older.out, newer.out);
    expect_part(both.out, want);
    expect_part(tsv.out, "release\tscenario\t");
    expect_part(tsv.out, "\ngo1.19\tfirst-inserts\t");
    expect_part(tsv.out, "\ngo1.22\tfirst-inserts\t");
    free(want);
    ran_free(&older);
    ran_free(&newer);
    ran_free(&both);
    ran_free(&tsv);
}

Test(cmd_run, several_releases_are_one_document)
{
    struct ran r = hmap("run first-inserts -go 1.22,1.19 -json -type "
                        "'map[string]int'");
    json_t *doc = json_loads(r.out, 0, NULL), *list;
    cr_assert_not_null(doc, "%s", r.out);
    cr_expect_null(json_object_get(doc, "version"));
    list = json_object_get(doc, "scenarios");
    cr_assert_eq(json_array_size(list), 2);
    const char *version =
        json_string_value(json_object_get(json_array_get(list, 0), "version"));
    cr_expect_str_eq(version, "go1.22");
    json_decref(doc);
    ran_free(&r);
    expect_refused("run append -go 1.22,1.19 -memprofile x",
                   "hmap: run: a profile is of one release: -go 1.22");
}

Test(cmd_run, json_is_one_document_with_everything)
{
    struct ran r = hmap("run -json -seed 7");
    json_error_t err;
    json_t *doc = json_loads(r.out, 0, &err);
    cr_assert_not_null(doc, "%s", err.text);
    cr_assert_str_eq(json_string_value(json_object_get(doc, "version")),
                     "go1.19");
    cr_assert_eq(json_integer_value(json_object_get(doc, "seed")), 7);
    json_t *list = json_object_get(doc, "scenarios"), *s;
    size_t i;
    json_array_foreach (list, i, s) {
        cr_assert_str_eq(json_string_value(json_object_get(s, "scenario")),
                         scenarios[i]->name);
        cr_assert_gt(json_array_size(json_object_get(s, "parts")), 0);
    }
    cr_assert_null(scenarios[i]);
    json_decref(doc);
    ran_free(&r);
}

Test(cmd_run, tsv_rows_have_the_fields_of_their_header)
{
    struct ran r = hmap("run -tsv first-inserts small-map");
    cr_assert_eq(strncmp(r.out, "scenario\tpart\tobjects\tbytes\t", 28), 0);
    int rows = 0;
    char *at = r.out;
    for (char *line; (line = strsep(&at, "\n")) != NULL && *line != '\0';) {
        int tabs = 0;
        for (char *p = line; *p != '\0'; p++)
            tabs += *p == '\t';
        cr_assert_eq(tabs, 7, "%s", line);
        rows++;
    }
    cr_assert_geq(rows, 8);
    ran_free(&r);
}

Test(cmd_run, chains_in_full_and_as_go_has_them)
{
    struct ran full = hmap("run first-inserts -tsv"),
               go = hmap("run first-inserts -tsv -frames go");
    expect_part(full.out, "\truntime.mallocgc < runtime.newarray < "
                          "runtime.makeBucketArray < runtime.hashGrow < "
                          "runtime.mapassign_fast64 < main.fill_new\n");
    expect_part(go.out, "\truntime.makeBucketArray < runtime.hashGrow < "
                        "runtime.mapassign_fast64 < main.fill_new\n");
    cr_assert_null(strstr(go.out, "mallocgc"));
    ran_free(&full);
    ran_free(&go);
}

/* The first field after the scenario's part in the first row. */
static long first_objects(const char *tsv)
{
    const char *row = strchr(tsv, '\n') + 1;
    return strtol(strchr(strchr(row, '\t') + 1, '\t') + 1, NULL, 10);
}

Test(cmd_run, sorted_by_objects_or_by_space)
{
    struct ran objects = hmap("run large-map -tsv"),
               space = hmap("run large-map -tsv -sort space");
    cr_assert_gt(first_objects(objects.out), 100); /* overflow buckets */
    cr_assert_eq(first_objects(space.out), 11);    /* arrays */
    ran_free(&objects);
    ran_free(&space);
}

Test(cmd_run, n_hint_and_type_change_what_runs)
{
    struct ran r = hmap("run preallocated -n 50 -hint 20 "
                        "-type 'map[int8]struct{}'");
    cr_assert_eq(r.status, 0);
    expect_part(r.out, "map[int8]struct {}, n 50, hint 20");
    expect_part(r.out, "runtime.mapassign < main.fill_new");
    ran_free(&r);
}

Test(cmd_run, a_sampled_profile_says_so_and_what_is_true)
{
    struct ran r = hmap("run large-map -memprofilerate 524288");
    expect_part(r.out, "in the samples of the profile");
    expect_part(r.out, "truly allocated: 2");
    ran_free(&r);
}

Test(cmd_run, mistakes)
{
    expect_refused("run smal-map", "hmap: no scenario smal-map; did you mean "
                                   "small-map?");
    expect_refused("run nothing-like-it",
                   "hmap: no scenario nothing-like-it; `hmap scenarios` lists "
                   "them");
    expect_refused("run escape -n 5", "hmap: scenario escape takes no -n; "
                                      "`hmap scenarios` shows which do");
    expect_refused("run small-map tiny -hint 5",
                   "hmap: scenario small-map takes no -hint; `hmap scenarios` "
                   "shows which do");
    expect_refused("run churn -n 100001",
                   "hmap: scenario churn: -n 100001: want 1 to 100000");
    expect_refused("run -json -tsv", "hmap: run: -json or -tsv, not both");
    expect_refused("run small-map -type 'map[[]int]int'",
                   "hmap: -type 'map[[]int]int': at byte 5: not comparable, "
                   "so it cannot be a map key: []int");
}

/* Runs hmap on a terminal of so many columns; what it drew, without the
 * carriage returns that terminals want. */
static struct ran on_terminal(int columns, const char *env, const char *args)
{
    char command[400];
    needs_terminal();
    snprintf(command, sizeof command,
             "help >/dev/null; script -qec 'stty cols %d; env PAGER=cat env %s "
             "\"$HMAP\" %s' /dev/null </dev/null | tr -d '\\r'",
             columns, env, args);
    return hmap(command);
}

static size_t longest_line(const char *text)
{
    size_t longest = 0;
    while (*text != '\0') {
        size_t n = strcspn(text, "\n");
        if (n > longest)
            longest = n;
        text += n + (text[n] == '\n');
    }
    return longest;
}

Test(cmd_run, tables_fit_terminals_of_80_and_120_columns)
{
    for (int columns = 80; columns <= 120; columns += 40) {
        struct ran r = on_terminal(columns, "NO_COLOR=1 TERM=xterm", "run");
        expect_part(r.out, "runtime.(*hmap).newoverflow");
        cr_expect_leq(longest_line(r.out), (size_t)columns);
        cr_expect_null(strchr(r.out, '\033'), "escapes under NO_COLOR");
        ran_free(&r);
    }
}

/* Not all width is the longest name's, where that makes other cells tall. */
Test(cmd_run, a_table_is_as_low_as_it_can_be)
{
    struct ran r = on_terminal(80, "NO_COLOR=1 TERM=xterm",
                               "explain tests/golden/std/go1.27/types.pb.gz");
    expect_part(r.out, "go/parser.(*parser).          new, make, append\n");
    expect_part(r.out, "consumeComment:197            or boxing\n");
    cr_expect_leq(longest_line(r.out), 80u);
    ran_free(&r);
}

Test(cmd_run, no_name_is_cut_at_80_columns)
{
    struct ran r =
        on_terminal(80, "NO_COLOR=1 TERM=xterm", "run -v append delete");
    int n = 0;
    for (const char *at = r.out; (at = strstr(at, "(*hmap).createO"));
         at++, n++)
        cr_expect_eq(strncmp(at, "(*hmap).createOverflow <", 24), 0, "%.30s",
                     at);
    cr_assert_gt(n, 0);
    ran_free(&r);
}

Test(cmd_run, colour_on_terminals_only)
{
    struct ran r = on_terminal(80, "-u NO_COLOR TERM=xterm", "run tiny");
    expect_part(r.out, "\033[1m");
    ran_free(&r);
    r = on_terminal(80, "-u NO_COLOR TERM=dumb", "run tiny");
    cr_assert_null(strchr(r.out, '\033'));
    ran_free(&r);
    r = hmap("run tiny");
    cr_assert_null(strchr(r.out, '\033'));
    ran_free(&r);
}

/* What several scenarios say is more than a screen; a pager that marks each
 * line shows that all of it came that way, as wide and as coloured as
 * without. */
Test(cmd_run, several_are_paged_on_a_terminal)
{
    static const char args[] = "run tiny first-inserts";
    struct ran plain = on_terminal(80, "TERM=xterm", args);
    struct ran paged = on_terminal(80, "TERM=xterm PAGER=\"sed s/^/@/\"", args);
    expect_part(plain.out, "\033[1mfirst-inserts: ");
    char *at = paged.out, *want = plain.out;
    for (; *at == '@';
         at += strcspn(at, "\n") + 1, want += strcspn(want, "\n") + 1)
        cr_assert_eq(strcspn(want, "\n") + 1, strcspn(at, "\n"));
    cr_assert_str_empty(want);
    ran_free(&plain);
    ran_free(&paged);
}

Test(cmd_run, a_pager_may_be_left_early_or_not_be_wanted)
{
    struct ran r = on_terminal(80, "NO_COLOR=1 TERM=xterm PAGER=\"head -n 1\"",
                               "run tiny first-inserts");
    cr_expect_eq(r.out + strcspn(r.out, "\n") + 1, r.out + strlen(r.out));
    ran_free(&r);
    r = on_terminal(80, "NO_COLOR=1 TERM=xterm PAGER=\"sed s/^/@/\"",
                    "run tiny");
    cr_expect_null(strchr(r.out, '@'), "one scenario is not paged");
    ran_free(&r);
    r = hmap("run tiny first-inserts");
    struct ran with = hmap("help >/dev/null; PAGER='sed s/^/@/' \"$HMAP\" run "
                           "tiny first-inserts");
    cr_expect_str_eq(r.out, with.out, "no pipe is paged");
    ran_free(&with);
    ran_free(&r);
}

Test(cmd_run, long_work_says_on_a_terminal_how_far_it_is)
{
    needs_terminal();
    struct ran r = hmap("help >/dev/null; script -qec '\"$HMAP\" run tiny "
                        "first-inserts -tsv >/dev/null' /dev/null </dev/null");
    cr_expect_str_eq(r.out, "\r\033[Khmap: tiny on go1.19"
                            "\r\033[Khmap: 1 of 2 scenarios"
                            "\r\033[Khmap: first-inserts on go1.19"
                            "\r\033[Khmap: 2 of 2 scenarios"
                            "\r\033[K\r\033[K");
    ran_free(&r);
    r = hmap("run tiny first-inserts -tsv");
    cr_expect_str_empty(r.err);
    ran_free(&r);
}

/* It reads a workload from a pipe; before that comes, another program has taken
 * its place on the disk. */
Test(cmd_run, chains_stay_right_when_the_program_file_is_replaced)
{
    struct ran r = hmap("help >/dev/null; d=$(mktemp -d) && cd $d && "
                        "cp \"$HMAP\" h && mkfifo in && "
                        "{ ./h replay in >out & } && exec 3>in && "
                        "rm h && cp /bin/true h && "
                        "printf 'map m int int\ninsert m 0 9\n' >&3 && "
                        "exec 3>&- && wait && cat out; rm -r $d");
    cr_assert_str_empty(r.err);
    expect_part(r.out, " runtime.makeBucketArray < runtime.hashGrow < "
                       "runtime.mapassign_fast64 < insert\n");
    ran_free(&r);
}

Test(cmd_run, in_a_pipe_a_row_is_one_line)
{
    expect_said("run small-map", "runtime.mallocgc < runtime.newarray < "
                                 "runtime.makeBucketArray < runtime.hashGrow < "
                                 "runtime.mapassign_faststr < main.fill_new\n");
}

/* A named scenario gives its answer: what is most of it, the figures, and how
 * to see the rest. */
Test(cmd_run, an_answer_is_a_screen_and_v_is_all_of_it)
{
    struct ran brief = hmap("run large-map"), all = hmap("run -v large-map");
    expect_part(brief.out, "large-map: alloc_objects of a growing map");
    expect_part(brief.out, "\ntotal: 294 objects, 977,080 bytes\n\nThe same");
    expect_part(brief.out,
                "\nobjects, n inserts         294       81   -72 %\n");
    expect_part(brief.out, "\n-v shows all of it: ");
    cr_expect_null(strstr(brief.out, "runtime.makemap_small"));
    cr_expect_null(strstr(brief.out, "growth: "));
    expect_part(all.out, "runtime.makemap_small");
    expect_part(all.out, "growth: 11 steps");
    cr_expect_null(strstr(all.out, "-v shows"));
    ran_free(&brief);
    ran_free(&all);
}

Test(cmd_run, every_answer_fits_a_screen)
{
    enum { Screen = 30 };
    for (const struct scenario *const *s = scenarios; *s != NULL; s++) {
        char args[80];
        snprintf(args, sizeof args, "run %s", (*s)->name);
        struct ran r = hmap(args);
        int lines = 0;
        for (const char *at = r.out; (at = strchr(at, '\n')) != NULL; at++)
            lines++;
        cr_expect_leq(lines, Screen, "%s: %d lines", (*s)->name, lines);
        expect_part(r.out, "-v shows all of it");
        ran_free(&r);
    }
}

/* What is cut says how much; what would mislead if it were, is not. */
Test(cmd_run, an_answer_hides_nothing_that_matters)
{
    expect_said("run hints", "\n... 4 more rows\n");
    expect_said("run size -n 1e12",
                "An estimate: so many entries are not measured here.");
    expect_said("run large-map -memprofilerate 524288",
                "in the samples of the profile\ntruly allocated: ");
}

/* A default n may differ between kinds of map; what is compared may not. */
Test(cmd_run, compared_releases_run_the_same_program)
{
    expect_said("run first-inserts",
                "bytes, all inserts     2,408   1,128   -53 %");
}
