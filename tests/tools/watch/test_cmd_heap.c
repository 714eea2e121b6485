/* hmap heap: a map and its spans, letter by letter, of both kinds. */
#include "tests/hmaprun.h"
#include "tools/scenarios/scenario.h"
#include <criterion/criterion.h>
#include <jansson.h>

/* Asserts that `hmap heap ARGS` draws this, from its third line on: the first
 * say which run it is. */
static void expect_drawing(const char *args, const char *want)
{
    char command[200];
    needs_the_heaps_place();
    snprintf(command, sizeof command, "heap %s", args);
    struct ran r = hmap(command);
    cr_assert_eq(r.status, 0, "hmap %s: %s", command, r.err);
    const char *drawing = strstr(r.out, "\n\n");
    cr_assert_not_null(drawing);
    cr_expect_str_eq(drawing + 2, want);
    ran_free(&r);
}

Test(cmd_heap, a_bucket_map_as_it_grows)
{
    expect_drawing(
        "first-inserts",
        "insert 27, key 26: 26 entries fill 4 buckets to 6.5 each; a new array "
        "of 8\n"
        "buckets\n"
        "  1 object of 1,152 bytes, slot 1,152, from mcentral: "
        "map.bucket[int]int\n"
        "    runtime.mallocgc < runtime.newarray < runtime.makeBucketArray <\n"
        "    runtime.hashGrow < runtime.mapassign_fast64 < main.fill_new\n"
        "\n"
        "map[int]int, 27 entries, 1,976 bytes: B 3: 8 buckets, 0 overflow "
        "buckets; 2 of 4\n"
        "old buckets have yet to move; it grows when more than 52 entries are "
        "to be in it\n"
        "  the old array at 0xc000006000: 4 buckets of 144 bytes\n"
        "    bucket 0         yxyyyxxx\n"
        "    bucket 1         #####...  2 13 16 23 24\n"
        "    bucket 2         yxx-----\n"
        "    bucket 3         ########  0 1 3 7 10 14 15 18\n"
        "      + overflow 1   ##......  21 22\n"
        "  the new array at 0xc00000c000: 8 buckets of 144 bytes\n"
        "    bucket 0         ####....  5 17 19 20\n"
        "    bucket 1         ........\n"
        "    bucket 2         ##+.....  11 25 26\n"
        "    bucket 3         ........\n"
        "    bucket 4         ####....  4 6 9 12\n"
        "    bucket 5         ........\n"
        "    bucket 6         #.......  8\n"
        "    bucket 7         ........\n"
        "  # an entry   + the new one   . empty   _ deleted   x y moved to the "
        "lower, the\n"
        "  upper half   - was empty then\n"
        "\n"
        "Spans in use, by size class:\n"
        "class   slot  spans  pages  taken   free  tail  map\n"
        "    1      8      1      1      1  1,023     0    1\n"
        "    3     24      1      1      2    339     8    2\n"
        "    5     48      1      1      1    169    32    1\n"
        "   11    144      1      1      2     54   128    1\n"
        "   19    288      1      1      1     27   128    0\n"
        "   27    576      1      1      1     13   128    1\n"
        "   33  1,152      1      1      1      6   128    1\n"
        "\n"
        "Class 33, slots of 1,152 bytes: 1 span\n"
        "  0xc00000c000: 1 page, 1 of 7 slots taken, no pointers; in an "
        "mcache\n"
        "    +......\n"
        "  + taken in this step   @ the map's   # others', or garbage   * an "
        "open tiny\n"
        "  block   . free\n");
}

Test(cmd_heap, a_swiss_map_as_it_grows)
{
    expect_drawing(
        "-go 1.27 -step 15 -class 4 first-inserts",
        "insert 15, key 14: 14 entries fill 16 slots to 7/8; a table of 32 "
        "slots takes\n"
        "its place\n"
        "  1 object of 32 bytes, slot 32, from mcache: maps.table\n"
        "    runtime.mallocgcSmallScanNoHeaderSC4 < runtime.mallocgc <\n"
        "    runtime.newobject < internal/runtime/maps.newTable <\n"
        "    internal/runtime/maps.(*table).grow <\n"
        "    internal/runtime/maps.(*table).rehash < runtime.mapassign_fast64 "
        "<\n"
        "    main.fill_new\n"
        "  1 object of 544 bytes, slot 576, from mcentral: "
        "map.group[int]int\n"
        "    runtime.mallocgcSmallNoscan < runtime.mallocgc < runtime.newarray "
        "<\n"
        "    internal/runtime/maps.newarray < "
        "internal/runtime/maps.newGroups <\n"
        "    internal/runtime/maps.(*table).reset < "
        "internal/runtime/maps.newTable <\n"
        "    internal/runtime/maps.(*table).grow <\n"
        "    internal/runtime/maps.(*table).rehash < runtime.mapassign_fast64 "
        "<\n"
        "    main.fill_new\n"
        "\n"
        "map[int]int, 15 entries, 664 bytes: 1 table, 32 slots, 0 deleted; a "
        "directory of\n"
        "1 place\n"
        "  table 0: 32 slots at 0xc00000a000; 15 taken, 0 deleted, room for 13 "
        "more; 1\n"
        "  place of the directory\n"
        "    group 0          ######..  3 7 8 9 10 12\n"
        "    group 1          #.......  0\n"
        "    group 2          ####....  2 5 11 13\n"
        "    group 3          ###+....  1 4 6 14\n"
        "  # an entry   + the new one   . empty   _ deleted\n"
        "\n"
        "Spans in use, by size class:\n"
        "class  slot  spans  pages  taken   free  tail  map\n"
        "    1     8      1      1      1  1,007   128    1\n"
        "    4    32      1      1      2    246   256    1\n"
        "    5    48      1      1      1    164   272    1\n"
        "   11   144      1      1      1     55   128    0\n"
        "   19   288      1      1      1     27   128    0\n"
        "   27   576      1      1      1     13   128    1\n"
        "\n"
        "Class 4, slots of 32 bytes: 1 span\n"
        "  0xc000004000: 1 page, 2 of 248 slots taken, pointers; in an "
        "mcache\n"
        "    #+..............................................................\n"
        "    ................................................................\n"
        "    ................................................................\n"
        "    ........................................................\n"
        "  + taken in this step   @ the map's   # others', or garbage   * an "
        "open tiny\n"
        "  block   . free\n");
}

/* What `hmap heap ARGS` prints from the line that begins with from up to the
 * next empty one. */
static void expect_paragraph(const char *args, const char *from,
                             const char *want)
{
    char command[200];
    snprintf(command, sizeof command, "heap %s", args);
    struct ran r = hmap(command);
    char *at = strstr(r.out, from);
    cr_assert_not_null(at, "no %s in %s%s", from, r.out, r.err);
    char *end = strstr(at, "\n\n");
    cr_assert_not_null(end);
    end[1] = '\0';
    cr_expect_str_eq(at, want);
    ran_free(&r);
}

Test(cmd_heap, more_than_sixteen_buckets_stand_in_columns)
{
    needs_the_heaps_place();
    expect_paragraph(
        "-step 120 large-map", "map[string]int, 120",
        "map[string]int, 120 entries, 8,264 bytes: B 5: 32 buckets, 0 overflow "
        "buckets;\n"
        "it grows when more than 208 entries are to be in it\n"
        "  the array at 0xc000010000: 32 buckets, 7 spares, of 208 bytes\n"
        "     0 #.......        1 ##......        2 ####....        3 "
        "########\n"
        "     4 #####...        5 #####...        6 ##......        7 "
        "##......\n"
        "     8 #.......        9 ####....       10 ........       11 "
        "#.......\n"
        "    12 #####...       13 ########       14 ####....       15 "
        "#######.\n"
        "    16 ........       17 #######.       18 #####...       19 "
        "#.......\n"
        "    20 #####...       21 ##......       22 ###.....       23 "
        "####....\n"
        "    24 ######..       25 ##......       26 ####....       27 "
        "........\n"
        "    28 ######..       29 ######+.       30 #####...       31 "
        "####....\n"
        "  # an entry   + the new one   . empty   _ deleted   +2 two overflow "
        "buckets\n"
        "  more\n");
}

Test(cmd_heap, of_more_than_64_buckets_a_digit_is_drawn)
{
    expect_paragraph(
        "-step 3000 -n 1000 delete", "  the array, from bucket",
        "  the array, from bucket\n"
        "          0 "
        "3226564542342.143..5415442354432..575425.65383+347314473+3574434\n"
        "         64 "
        "313566453.1583572746535433183333657363431336.442483234364116.421\n"
        "        128 "
        "33666+3421356827466742232344352243447344252543723335523564334343\n"
        "        192 "
        "34231311.665313328443224324454654453445+433526563476267675365782\n"
        "  1 to 8: so many entries are in a bucket   . in none   + more, by "
        "its "
        "overflow\n"
        "  buckets\n");
}

Test(cmd_heap, of_many_groups_a_digit_is_a_mean)
{
    expect_paragraph(
        "-go 1.27 -n 20000 large-map", "map[string]int, 20,000",
        "map[string]int, 20,000 entries, 873,776 bytes: 32 tables, 32,768 "
        "slots, 0\n"
        "deleted; a directory of 32 places\n"
        "  a digit stands for 4 groups, and says their mean\n"
        "  table behind table, from group\n"
        "          0 "
        "5546665556664485455565535655645466666644665456575454564345743475\n"
        "        256 "
        "4734453465545555445556554536667445666444556354364465365667556444\n"
        "        512 "
        "6644554465464643346357546554535453755645664345455454655655437454\n"
        "        768 "
        "4654465755664666454465654664555575653556453454636554555456566457\n"
        "      1,024 "
        "6657654384564666455356645445655357654746654646455446566665734646\n"
        "      1,280 "
        "6344553565535666774547566555465565453438556556646775645666336476\n"
        "      1,536 "
        "3435744544584766356555465457866654553875454676454655456545654644\n"
        "      1,792 "
        "4756854555644364545544437455655557735766765574555345533635646564\n"
        "      2,048 "
        "5355656655444545675565654535647656456774645655556455555555567445\n"
        "      2,304 "
        "4356466434347464466353576436634665643746655775556534254764566554\n"
        "      2,560 "
        "5757447766354556344555644566545565456646536455655544536476566647\n"
        "      2,816 "
        "8566526554656467565656554364544445564545455767374554546634645555\n"
        "      3,072 "
        "5755446675545554445674556456557466345352354475557467645454645455\n"
        "      3,328 "
        "5756443655455657445545356445645543356474663645677656733455547657\n"
        "      3,584 "
        "4356446755755536553646564555655757444744555655353755544553567558\n"
        "      3,840 "
        "5463474367766533337362544534544565634467575645544566687434555445\n"
        "  0 to 8: so many entries are in a group   . in none\n");
}

/* Slots by letter, in the spans of a drawing. */
struct letters {
    int64_t taken, free, ofMap, ofStep;
};

static struct letters letters_of(const json_t *spans)
{
    struct letters n = {0};
    size_t i;
    json_t *span;
    json_array_foreach (spans, i, span) {
        const char *at = json_string_value(json_object_get(span, "letters"));
        for (; *at != '\0'; at++) {
            n.taken += *at != '.';
            n.free += *at == '.';
            n.ofMap += *at == '@';
            n.ofStep += *at == '+';
        }
    }
    return n;
}

static int64_t number(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}

/* The letters of a class are as many as its row of the table says. */
static void expect_spans_add_up(const char *go, int64_t class,
                                const json_t *row)
{
    char args[100];
    snprintf(args, sizeof args, "heap -json -go %s -n 3000 -class %d large-map",
             go, (int)class);
    struct ran r = hmap(args);
    json_t *doc = json_loads(r.out, 0, NULL);
    cr_assert_not_null(doc, "%s: %s", args, r.err);
    const json_t *spans = json_object_get(doc, "spans");
    struct letters n = letters_of(spans);
    cr_expect_eq(number(row, "spans"), (int64_t)json_array_size(spans));
    cr_expect_eq(number(row, "taken"), n.taken, "%s", args);
    cr_expect_eq(number(row, "free"), n.free, "%s", args);
    cr_expect_eq(number(row, "map"), n.ofMap, "%s", args);
    cr_expect_eq(n.ofStep, 0, "%s", args);
    json_decref(doc);
    ran_free(&r);
}

Test(cmd_heap, the_table_and_the_spans_say_the_same)
{
    static const char *const releases[] = {"1.19", "1.27"};
    for (size_t g = 0; g < ARRAY_LEN(releases); g++) {
        char args[100];
        snprintf(args, sizeof args, "heap -json -go %s -n 3000 large-map",
                 releases[g]);
        struct ran r = hmap(args);
        json_t *doc = json_loads(r.out, 0, NULL), *row;
        size_t i;
        cr_assert_not_null(doc, "%s", r.err);
        json_array_foreach (json_object_get(doc, "classes"), i, row)
            expect_spans_add_up(releases[g], number(row, "class"), row);
        cr_expect_gt(i, 5);
        json_decref(doc);
        ran_free(&r);
    }
}

/* The records are those of `hmap log -cells`, in its schema. */
Test(cmd_heap, json_tells_the_step_as_hmap_log_does)
{
    needs_the_heaps_place();
    struct ran r = hmap("heap -json -step 14 first-inserts");
    struct ran log = hmap("log -cells first-inserts");
    json_t *doc = json_loads(r.out, 0, NULL), *event;
    size_t i;
    cr_assert_not_null(doc, "%s", r.err);
    cr_expect_eq(number(doc, "step"), 14);
    cr_expect_eq(number(doc, "part"), 1);
    json_t *events = json_object_get(doc, "events");
    json_array_foreach (events, i, event) {
        const char *kind = json_string_value(json_object_get(event, "event"));
        if (strcmp(kind, "row") == 0 || strcmp(kind, "array") == 0)
            continue; /* told whole here, there what is new */
        char *line = json_dumps(event, JSON_COMPACT);
        expect_part(log.out, line);
        free(line);
    }
    cr_expect_geq(i, 8);
    json_decref(doc);
    ran_free(&r);
    ran_free(&log);
}

/* All that do not race, at 80 columns, in both kinds of map. */
Test(cmd_heap, every_scenario_is_drawn_in_80_columns)
{
    static const char *const releases[] = {"1.19", "1.27"};
    for (int i = 0; scenarios[i] != NULL; i++) {
        const struct scenario *s = scenarios[i];
        for (size_t g = 0; g < ARRAY_LEN(releases); g++) {
            char args[100];
            bool once = !scenario_on(s, goversion_named(releases[g]));
            snprintf(args, sizeof args, "heap -go %s %s %s", releases[g],
                     s->n > 100000 ? "-n 3000" : "", s->name);
            struct ran r = hmap(args);
            cr_expect_eq(r.status, s->races != NULL || once ? 2 : 0,
                         "hmap %s: %s", args, r.err);
            char *at = r.out;
            for (char *line; (line = strsep(&at, "\n")) != NULL;)
                cr_expect_leq(strlen(line), 80, "hmap %s: %s", args, line);
            ran_free(&r);
        }
    }
}

Test(cmd_heap, a_workload_is_drawn_and_its_texts_are_text)
{
    struct ran r = hmap(
        "help >/dev/null; printf 'map m string int64\\ninsert m 0 3\\ndelete "
        "m 1 1\\ngc\\n' | \"$HMAP\" heap -step 4 -");
    cr_assert_eq(r.status, 0, "%s", r.err);
    ran_free(&r);
}

Test(cmd_heap, what_cannot_be_drawn_is_refused)
{
    expect_refused("heap", "hmap: heap wants one scenario or workload");
    expect_refused("heap -step 28 first-inserts",
                   "hmap: heap: part 1 of first-inserts has steps up to 27, "
                   "not 28");
    expect_refused("heap -part 2 -step 1 small-map -part 3",
                   "hmap: heap: small-map has no part 3, but 1 (m := "
                   "make(map[K]V), then n inserts), 2 (hint n)");
    expect_refused("heap contention",
                   "hmap: heap: the threads of contention allocate at once, so "
                   "its heap is never at rest; `hmap page` and `hmap log` take "
                   "it");
    expect_refused("heap -class 68 tiny", "hmap: -class 68: want a whole "
                                          "number from 0 to 67");
}

/* On a terminal letters have colours, and the same letters stand there. */
Test(cmd_heap, colour_changes_no_letter)
{
    needs_the_heaps_place();
    needs_terminal();
    struct ran r = hmap("heap first-inserts >/dev/null; TERM=xterm COLUMNS=80 "
                        "script -qec '\"$HMAP\" heap first-inserts' /dev/null "
                        "</dev/null");
    struct ran plain = hmap("heap first-inserts");
    char *to = r.out;
    expect_part(r.out, "##\033[1;33m+\033[0m");
    for (const char *at = r.out; *at != '\0'; at++) {
        if (*at == '\033')
            at += strcspn(at, "m");
        else if (*at != '\r')
            *to++ = *at;
    }
    *to = '\0';
    cr_expect_str_eq(r.out, plain.out);
    ran_free(&r);
    ran_free(&plain);
}
