/*
 * test_workload.c: the reader and the writer of workloads.
 */
#include "runtime/sched/rand.h"
#include "tests/workloadtext.h"
#include "tools/replay/workload.h"

Test(workload, reads_every_step)
{
    struct workloadError err;
    struct workload *w =
        try_text("# a comment\n\nhashkey 0x1 2 0x3 4\nhash0 0x5eed1234\r\n"
                 "map m string \"struct { a int8; b string }\" hint=0x10\n"
                 "insert m 3 9 rand=7 # six keys\niterate m\nclear m\n"
                 "alloc h scan 24 5\ngc\ndrop h\nmap h int int\n"
                 "append s \"struct{a, b int}\" 9 by=4\n",
                 &err);
    cr_assert_not_null(w, "line %d: %s", err.line, err.msg);
    cr_expect_eq(w->nsteps, 9);
    cr_expect_eq(w->steps[8].by, 4);
    cr_expect_eq(w->objs[3].et->size, 16);
    cr_expect_eq(w->hashkey[2], 3);
    cr_expect_eq(w->hash0, 0x5eed1234);
    cr_expect_eq(w->nobjs, 4);
    cr_expect_eq(w->steps[0].hint, 16);
    cr_expect_str_eq(w->objs[0].t->typ.str,
                     "map[string]struct { a int8; b string }");
    cr_expect_eq(step_key(&w->steps[1], 3), mix(10));
    cr_expect_eq(w->steps[4].count, 5);
    cr_expect(w->steps[4].scan);
    cr_expect_eq(w->steps[7].obj, 2, "a dropped name is free again");
    workload_free(w);
}

static const struct {
    const char *text;
    int line;
    const char *says;
} wrong[] = {
    {"insrt m 0 1\n", 1, "unknown step 'insrt'"},
    {"map m int\n", 1, "NAME KEY ELEM [hint=N]"},
    {"map m int int hint=4 9\n", 1, "NAME KEY ELEM [hint=N]"},
    {"map m int int size=4\n", 1, "only hint=N may stand"},
    {"map m int int hint=-1\n", 1, "is not a number"},
    {"map m int int hint=9223372036854775808\n", 1, "too large"},
    {"map m intt int\n", 1, "type 'intt'"},
    {"map m []int int\n", 1, "[]int"},
    {"map m \"struct{a int\" int\n", 1, "struct{a int"},
    {"map m \"struct{a int} int\n", 1, "quote"},
    {"map m int int\nmap m int int\n", 2, "in use since line 1"},
    {"map m\033[2J int int\n", 1, "holds what cannot be seen"},
    {"insert m 0 1\n", 1, "nothing is called m"},
    {"map m int int\ndrop m\ninsert m 0 1\n", 3, "nothing is called"},
    {"alloc m scan 8 1\ninsert m 0 1\n", 2, "wants one"},
    {"map m int int\ninsert m 5 1\n", 2, "FROM 5 is above TO 1"},
    {"map m int int\ninsert m 0 1x\n", 2, "TO '1x' is not a number"},
    {"map m int int\ninsert m 0 18446744073709551616\n", 2, "too large"},
    {"map m int int\ninsert m 0 100000001\n", 2, "the most is 100000000"},
    {"map m int int\ninsert m 0 1 seed=4\n", 2, "only rand=N may stand"},
    {"alloc h maybe 8 1\n", 1, "must be scan"},
    {"alloc h scan 8\n", 1, "noscan|scan SIZE COUNT"},
    {"alloc h scan 8 100000001\n", 1, "too large"},
    {"alloc h noscan 281474976710656 1\n", 1, "too large"},
    {"append s\n", 1, "NAME ELEM COUNT [by=N]"},
    {"append s intt 4\n", 1, "type 'intt'"},
    {"append s int 4 by=1000001\n", 1, "too large"},
    {"append s int 4\nclear s\n", 2, "is no map; `clear` wants one"},
    {"hashkey 1 2 3\n", 1, "four words"},
    {"hashkey 1 2 3 x\n", 1, "not a number"},
    {"hash0 18446744073709551616\n", 1, "too large"},
    {"hash0 1\nhash0 1\n", 2, "a second hash0"},
    {"gc\nhash0 1\n", 2, "above the first step"},
    {"gc now\n", 1, "2 fields; the line is: gc"},
    {"iterate\n", 1, "1 field; the line is: iterate NAME"},
    {"a b c d e f g h i\n", 1, "more than 8 fields"},
};

Test(workload, names_every_mistake_and_its_line)
{
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        struct workloadError err;
        struct workload *w = try_text(wrong[i].text, &err);
        cr_expect_null(w, "%s", wrong[i].text);
        cr_expect_eq(err.line, wrong[i].line, "%s: line %d", wrong[i].text,
                     err.line);
        cr_expect(strstr(err.msg, wrong[i].says) != NULL, "%s says: %s",
                  wrong[i].text, err.msg);
        cr_expect_null(strchr(err.msg, '\n'));
        workload_free(w);
    }
}

Test(workload, refuses_a_zero_byte)
{
    static const char text[] = "gc\ngc\0\n";
    struct workloadError err;
    FILE *f = fmemopen((void *)(uintptr_t)text, sizeof text - 1, "r");
    cr_expect_null(workload_read(f, &err));
    cr_expect_eq(err.line, 2);
    fclose(f);
}

Test(workload, written_and_read_again_is_the_same)
{
    struct typepool *pool = typepool_new(11, 60);
    for (uint64_t seed = 0; seed < 60; seed++) {
        struct workload *w = workgen(seed, seed % 2 == 0 ? pool : NULL);
        char *text = written(w);
        struct workload *again = read_text(text);
        char *twice = written(again);
        cr_expect_str_eq(text, twice);
        free(text);
        free(twice);
        workload_free(w);
        workload_free(again);
    }
    typepool_free(pool);
}

/* Whatever the bytes are, the answer is a workload or a line and a message. */
Test(workload, survives_garbage)
{
    static const char *const words[] = {
        "map",  "insert",  "alloc", "m",     "int", "string", "\"",    "0",
        "9999", "rand=",   "hint=", "\"[3]", "#",   "scan",   "drop",  "gc",
        "[",    "struct{", "\n",    "\n",    "m",   "-1",     "hash0", "\t"};
    uint64_t state = 20;
    for (int round = 0; round < 3000; round++) {
        char text[400] = "";
        for (int i = 0; i < 30; i++) {
            strcat(text, words[mix(state++) % ARRAY_LEN(words)]);
            strcat(text, " ");
        }
        struct workloadError err;
        struct workload *w = try_text(text, &err);
        cr_expect(w != NULL || (err.line > 0 && err.msg[0] != '\0'),
                  "seed 20, round %d", round);
        workload_free(w);
    }
}
