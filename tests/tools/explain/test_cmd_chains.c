/*
 * test_cmd_chains.c: `hmap chains` on a log that has every frame: the rows add
 * up to the profile, and a map's parts have their names.
 */
#include "tests/explainrun.h"

#include "runtime/base/base.h"

static const char log_file[] = "tests/golden/profiles/map_inlined.trace.gz";

Test(cmd_chains, parts_stand_beside_their_chains)
{
    char args[200];
    snprintf(args, sizeof args, "chains -tsv -focus table.*add %s", log_file);
    struct ran r = hmap(args);
    cr_assert_eq(r.status, 0, "%s", r.err);
    expect_part(r.out, "\tarray\truntime.mallocgc < runtime.newarray < "
                       "runtime.makeBucketArray < runtime.hashGrow < ");
    expect_part(r.out, " < main.(*table).add:21\n");
    ran_free(&r);
}

Test(cmd_chains, every_depth_adds_up_to_the_same)
{
    static const char *const frames[] = {"line", "full", "go"};
    long objects[3] = {0};
    for (int i = 0; i < 3; i++) {
        char args[200];
        snprintf(args, sizeof args, "chains -tsv -frames %s %s", frames[i],
                 log_file);
        struct ran r = hmap(args);
        strtok(r.out, "\n");
        for (char *row; (row = strtok(NULL, "\n"));)
            objects[i] += strtol(row, NULL, 10);
        ran_free(&r);
    }
    cr_expect_gt(objects[0], 0);
    cr_expect_eq(objects[0], objects[1]);
    cr_expect_eq(objects[0], objects[2]);
}

Test(cmd_chains, speaks_to_people_and_says_what_it_had)
{
    expect_said("chains -n 1 tests/golden/profiles/map_uuid.pb.gz",
                "the runtime's frames hidden");
    expect_said("chains -n 1 -sort space tests/golden/profiles/map_uuid.pb.gz",
                "more chains: -n 0 shows all\ntotal: ");
    expect_said("chains -json tests/golden/profiles/map_uuid.pb.gz",
                "\"chain\": \"main.load:19\"");
    expect_refused("chains", "hmap: chains: want a profile: [PROGRAM] FILE | "
                             "ADDRESS");
}

/* Whoever needs a heap's profile says so of another. */
Test(cmd_chains, a_profile_of_something_else_is_refused)
{
    /* profile.proto: string table "", "cpu"; one sample type of it. */
    static const char cpu[] = "\x0a\x02\x08\x01\x32\x00\x32\x03"
                              "cpu";
    char path[] = "/tmp/hmap-cpu-XXXXXX", args[100];
    int fd = mkstemp(path);
    cr_assert_eq(write(fd, cpu, sizeof cpu - 1), sizeof cpu - 1);
    close(fd);
    static const char *const commands[] = {"explain", "chains", "page -o -",
                                           "unhide"};
    for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
        snprintf(args, sizeof args, "%s %s", commands[i], path);
        struct ran r = hmap(args);
        cr_expect_eq(r.status, 1, "%s", commands[i]);
        cr_expect_str_empty(r.out, "%s", commands[i]);
        expect_part(r.err, "no heap profile: its first sample type is cpu");
        ran_free(&r);
    }
    unlink(path);
}
