/*
 * test_profileout.c: the files that -memprofile, -goview, -folded, -speedscope
 * and -textprofile write: they hold the numbers of the run's own table, they
 * are what the formats ask for, and the Go view is a real Go program's profile.
 */
#include "tests/hmaprun.h"

#include "tools/profile/profile.h"

#include <inttypes.h>
#include <jansson.h>
#include <signal.h>

static char dir[] = "/tmp/hmap-out-XXXXXX";

static void make_dir(void)
{
    cr_assert_not_null(mkdtemp(dir));
}

static void remove_dir(void)
{
    char command[64];
    snprintf(command, sizeof command, "rm -r %s", dir);
    cr_expect_eq(system(command), 0);
}

TestSuite(profileout, .init = make_dir, .fini = remove_dir);

static char *in_dir(char *buf, const char *name)
{
    sprintf(buf, "%s/%s", dir, name);
    return buf;
}

/* Runs hmap with four more arguments, which must go well; its output. */
static char *run_well(const char *command, const char *operand,
                      const char *flag, const char *value, const char *more)
{
    const char *const argv[] = {"hmap", command, operand, flag,
                                value,  more,    NULL};
    struct ran r = run_hmap(argv);
    cr_assert_eq(r.status, 0, "hmap %s: %s", command, r.err);
    free(r.err);
    return r.out;
}

static struct profile *read_profile(const char *path)
{
    char err[ProfErrorSize];
    struct profile *p = profile_read(path, err);
    cr_assert_not_null(p, "%s: %s", path, err);
    return p;
}

static int64_t sum(const struct profile *p, const char *type)
{
    int index = profile_type_index(p, type);
    int64_t n = 0;
    cr_assert_geq(index, 0);
    for (size_t i = 0; i < p->nsamples; i++)
        n += p->samples[i]->values[index];
    return n;
}

/* Sums of a run's -tsv rows: column 3 objects, 4 bytes, found by their
 * heads. */
static void tsv_sums(char *tsv, int64_t *objects, int64_t *bytes)
{
    int column_objects = -1, column_bytes = -1, row = 0;
    *objects = *bytes = 0;
    for (char *line = strtok(tsv, "\n"); line; line = strtok(NULL, "\n")) {
        int column = 0;
        for (char *at = line, *cell; (cell = strsep(&at, "\t")); column++) {
            if (row == 0 && strcmp(cell, "objects") == 0)
                column_objects = column;
            if (row == 0 && strcmp(cell, "bytes") == 0)
                column_bytes = column;
            if (row > 0 && column == column_objects)
                *objects += atoll(cell);
            if (row > 0 && column == column_bytes)
                *bytes += atoll(cell);
        }
        row++;
    }
    cr_assert(column_objects >= 0 && column_bytes >= 0 && row > 1);
}

Test(profileout, the_profile_has_the_tables_numbers)
{
    char path[64];
    char *tsv = run_well("run", "large-map", "-memprofile",
                         in_dir(path, "a.pb.gz"), "-tsv");
    int64_t objects, bytes;
    tsv_sums(tsv, &objects, &bytes);
    struct profile *p = read_profile(path);
    cr_expect_eq(sum(p, "alloc_objects"), objects);
    cr_expect_eq(sum(p, "alloc_space"), bytes);
    cr_expect_str_eq(p->default_type, "alloc_objects");
    cr_expect_eq(p->period, 1);
    bool array = false;
    for (size_t i = 0; i < p->nsamples; i++) {
        const struct profSample *s = p->samples[i];
        const char *type = sample_label(s, "type");
        cr_expect_str_eq(s->locs[0]->lines[0].func->name, "runtime.mallocgc");
        cr_expect(s->locs[0]->lines[0].line > 0);
        cr_expect_not_null(sample_label(s, "tier"));
        cr_expect_not_null(sample_label(s, "served"));
        cr_expect_gt(sample_num_label(s, "bytes"), 0);
        array |= type && strcmp(type, "map.bucket[string]int") == 0 &&
                 strcmp(sample_label(s, "tier"), "large") == 0 &&
                 sample_label(s, "map") != NULL;
    }
    cr_expect(array, "no large bucket array with its labels");
    profile_free(p);
    free(tsv);
}

/* What the samples of a leaf and a size add up to: Go keeps some apart whose
 * hidden frames differ. */
static void sum_of(const struct profile *p, const char *leaf, int64_t size,
                   int64_t v[4])
{
    memset(v, 0, 4 * sizeof *v);
    for (size_t i = 0; i < p->nsamples; i++) {
        const struct profSample *s = p->samples[i];
        if (strcmp(s->locs[0]->lines[0].func->name, leaf) == 0 &&
            sample_num_label(s, "bytes") == size)
            for (int t = 0; t < 4; t++)
                v[t] += s->values[t];
    }
}

/* Every sample of from whose leaf is from_leaf has its like in to. Returns how
 * many there are. */
static int expect_like(const struct profile *from, const char *from_leaf,
                       const struct profile *to, const char *to_leaf)
{
    int n = 0;
    for (size_t i = 0; i < from->nsamples; i++) {
        const struct profSample *s = from->samples[i];
        int64_t size = sample_num_label(s, "bytes"), a[4], b[4];
        if (strcmp(s->locs[0]->lines[0].func->name, from_leaf) != 0)
            continue;
        sum_of(from, from_leaf, size, a);
        sum_of(to, to_leaf, size, b);
        cr_expect_arr_eq(a, b, sizeof a, "%s, %" PRId64 " bytes differ",
                         from_leaf, size);
        n++;
    }
    return n;
}

Test(profileout, goview_is_the_profile_of_the_same_program_in_go)
{
    static const char *const leaves[][2] = {
        {"main.insert", "main.insert"}, /* in Go, in ours */
        {"main.makesmall", "main.makesmall"},
        {"main.make_", "main.make"},
    };
    char path[64];
    size_t theirs_like_ours = 0, ours_like_theirs = 0;
    struct profile *go = read_profile("tests/golden/profiles/goview.pb.gz");
    free(run_well("replay", "tests/programs/goview.txt", "-memprofile",
                  in_dir(path, "r.pb.gz"), "-goview"));
    struct profile *ours = read_profile(path);
    for (size_t l = 0; l < 3; l++) {
        theirs_like_ours += expect_like(go, leaves[l][0], ours, leaves[l][1]);
        ours_like_theirs += expect_like(ours, leaves[l][1], go, leaves[l][0]);
    }
    cr_expect_gt(theirs_like_ours, 15);
    cr_expect_eq(ours_like_theirs, ours->nsamples, "ours has other leaves");
    profile_free(go);
    profile_free(ours);
}

static char *slurp(const char *path)
{
    FILE *f = fopen(path, "rb");
    cr_assert_not_null(f);
    return read_to_end(f);
}

/* flamegraph.pl takes a line as /^(.*)\s+?(\d+(?:\.\d*)?)$/, frames parted by
 * semicolons, the root first. */
Test(profileout, folded_lines_are_flamegraphs)
{
    char path[64];
    int64_t total = 0, objects, bytes;
    char *tsv = run_well("run", "large-map", "-folded",
                         in_dir(path, "a.folded"), "-tsv");
    tsv_sums(tsv, &objects, &bytes);
    char *text = slurp(path);
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
        char *blank = strrchr(line, ' '), *end;
        cr_assert_not_null(blank);
        total += strtoll(blank + 1, &end, 10);
        cr_expect(*end == 0 && end > blank + 1, "no number: %s", line);
        cr_expect_eq(strncmp(line, "main.", 5), 0, "root first: %s", line);
        cr_expect(strstr(line, ";runtime.mallocgc "), "leaf last: %s", line);
        cr_expect_null(strstr(line, ";;"));
    }
    cr_expect_eq(total, objects);
    free(text);
    free(tsv);
}

static int64_t check_speedscope_profile(json_t *p, size_t nframes)
{
    json_t *samples = json_object_get(p, "samples"), *stack, *frame;
    json_t *weights = json_object_get(p, "weights");
    int64_t total = 0;
    size_t i, j;
    cr_expect_str_eq(json_string_value(json_object_get(p, "type")), "sampled");
    cr_assert_eq(json_array_size(samples), json_array_size(weights));
    json_array_foreach (samples, i, stack) {
        total += json_integer_value(json_array_get(weights, i));
        cr_expect_gt(json_array_size(stack), 1);
        json_array_foreach (stack, j, frame)
            cr_expect_lt((size_t)json_integer_value(frame), nframes);
    }
    cr_expect_eq(json_integer_value(json_object_get(p, "startValue")), 0);
    cr_expect_eq(json_integer_value(json_object_get(p, "endValue")), total);
    return total;
}

Test(profileout, speedscope_has_every_object_and_byte)
{
    char path[64];
    int64_t objects, bytes;
    char *tsv = run_well("run", "large-map", "-speedscope",
                         in_dir(path, "a.json"), "-tsv");
    tsv_sums(tsv, &objects, &bytes);
    json_t *doc = json_load_file(path, 0, NULL);
    cr_assert_not_null(doc);
    json_t *profiles = json_object_get(doc, "profiles");
    size_t nframes = json_array_size(
        json_object_get(json_object_get(doc, "shared"), "frames"));
    cr_assert_eq(json_array_size(profiles), 2);
    cr_expect_eq(check_speedscope_profile(json_array_get(profiles, 0), nframes),
                 objects);
    cr_expect_eq(check_speedscope_profile(json_array_get(profiles, 1), nframes),
                 bytes);
    json_decref(doc);
    free(tsv);
}

Test(profileout, speedscope_is_valid_by_its_own_schema)
{
    char path[64], command[512];
    if (system("python3 -c 'import jsonschema' 2>/dev/null") != 0)
        cr_skip_test("needs python3 with jsonschema");
    free(run_well("run", "large-map", "-speedscope", in_dir(path, "a.json"),
                  "-tsv"));
    snprintf(command, sizeof command,
             "python3 -c 'import json, sys, jsonschema; "
             "jsonschema.validate(json.load(open(sys.argv[1])), "
             "json.load(open(sys.argv[2])))' %s "
             "tests/golden/speedscope/file-format-schema.json",
             path);
    cr_expect_eq(system(command), 0);
}

Test(profileout, the_text_reads_back_as_the_same_profile)
{
    char text[64], proto[64];
    free(run_well("run", "large-map", "-textprofile", in_dir(text, "a.txt"),
                  "-tsv"));
    free(run_well("run", "large-map", "-memprofile", in_dir(proto, "a.pb.gz"),
                  "-tsv"));
    struct profile *t = read_profile(text), *p = read_profile(proto);
    cr_expect_eq(sum(t, "alloc_objects"), sum(p, "alloc_objects"));
    cr_expect_eq(sum(t, "alloc_space"), sum(p, "alloc_space"));
    cr_expect_eq(sum(t, "inuse_space"), sum(p, "inuse_space"));
    cr_expect_eq(t->period, 1);
    profile_free(t);
    profile_free(p);
}

static void expect_failure(const char *flag, const char *path, int status,
                           const char *said)
{
    const char *const argv[] = {"hmap", "run", "small-map", flag, path, NULL};
    struct ran r = run_hmap(argv);
    cr_expect_eq(r.status, status, "%s: exit status %d", path, r.status);
    cr_expect_str_eq(r.err, said);
    ran_free(&r);
}

Test(profileout, what_cannot_be_written_is_one_line)
{
    expect_failure("-memprofile", "/dev/full", 1,
                   "hmap: /dev/full: No space left on device\n");
    expect_failure("-speedscope", "/no/such/dir/x", 1,
                   "hmap: /no/such/dir/x: No such file or directory\n");
}

static char *output_of(const char *command)
{
    FILE *pipe = popen(command, "r"), *copy = tmpfile();
    char buf[4096];
    size_t n;
    cr_assert(pipe && copy);
    while ((n = fread(buf, 1, sizeof buf, pipe)) > 0)
        fwrite(buf, 1, n, copy);
    pclose(pipe);
    return read_to_end(copy);
}

/* go tool pprof reads our file, and says what our own reports say of it. */
Test(profileout, pprof_opens_it_and_shows_the_same)
{
    static const char *const reports[] = {"top", "tree", "traces"};
    char path[64], command[256];
    if (system("go version 2>/dev/null | grep -q ' go1\\.19'") != 0)
        cr_skip_test("needs go 1.19: later ones print otherwise");
    free(run_well("run", "large-map", "-memprofile", in_dir(path, "a.pb.gz"),
                  "-tsv"));
    for (size_t i = 0; i < sizeof reports / sizeof *reports; i++) {
        snprintf(command, sizeof command, "go tool pprof -%s %s 2>/dev/null",
                 reports[i], path);
        char *theirs = output_of(command);
        struct ran ours =
            run_hmap((const char *[]){"hmap", reports[i], path, NULL});
        cr_expect_gt(strlen(theirs), 100u);
        cr_expect_str_eq(ours.out, theirs, "%s differs", reports[i]);
        ran_free(&ours);
        free(theirs);
    }
    snprintf(command, sizeof command,
             "go tool pprof -list='^main.fill_new$' %s 2>/dev/null", path);
    char *listing = output_of(command);
    cr_expect(strstr(listing, "fill.c"), "no source: %s", listing);
    cr_expect(strstr(listing, "assign(t, m, keys, i)"), "no line: %s", listing);
    free(listing);
}

/* What a program allocated before it died is what one wants to know then. */
Test(profileout, a_dying_program_leaves_its_profile)
{
    char workload[64], path[64];
    FILE *f = fopen(in_dir(workload, "dies.txt"), "w");
    fputs("map m int int\ninsert m 0 100\nalloc a noscan 140737488355328 1\n",
          f);
    fclose(f);
    const char *const argv[] = {
        "hmap", "replay", workload, "-memprofile", in_dir(path, "dies.pb.gz"),
        NULL};
    struct ran r = run_hmap(argv);
    cr_assert_eq(r.status, 2);
    cr_assert(strstr(r.err, "\nfatal error: out of memory\n"), "%s", r.err);
    cr_assert_str_empty(r.out);
    struct profile *p = read_profile(path);
    cr_assert_geq(sum(p, "alloc_objects"), 6); /* the header and 5 arrays */
    profile_free(p);
    ran_free(&r);
}

/* One line and this status, before anything was run or printed. */
static void expect_refusal(const char *args, int status, const char *says)
{
    struct ran r = hmap(args);
    cr_expect_eq(r.status, status, "hmap %s: %d", args, r.status);
    cr_expect_str_empty(r.out, "hmap %s: %s", args, r.out);
    expect_part(r.err, says);
    ran_free(&r);
}

Test(profileout, a_bad_path_is_refused_before_the_run)
{
    expect_refusal("run large-map -memprofile /nonexistent/x", 1,
                   "hmap: /nonexistent/x: No such file or directory\n");
    expect_refusal("run large-map -folded /tmp", 1,
                   "hmap: /tmp: Is a directory\n");
    expect_refusal("replay tests/golden/go1.19/w1000.txt -memprofile ''", 1,
                   "hmap: '': No such file or directory\n");
}

Test(profileout, one_file_cannot_be_two)
{
    char args[300];
    snprintf(args, sizeof args, "run tiny -memprofile %s/x -folded %s/../%s/x",
             dir, dir, strrchr(dir, '/') + 1);
    expect_refusal(args, 2, "the second would overwrite the first\n");
    snprintf(args, sizeof args,
             "help >/dev/null; cp tests/golden/go1.19/w1000.txt %s/w; "
             "\"$HMAP\" replay %s/w -memprofile %s/w",
             dir, dir, dir);
    expect_refusal(args, 2, "would overwrite what is read\n");
}

/* A full disk: the table is printed, the old profile stays. */
Test(profileout, a_profile_that_does_not_fit_leaves_the_old_one)
{
    char args[300];
    snprintf(args, sizeof args,
             "help >/dev/null; mount -t tmpfs -o size=8k tmpfs %s 2>/dev/null "
             "|| exit 99; echo old >%s/p; "
             "\"$HMAP\" run large-map -textprofile %s/p >/dev/null; echo $?; "
             "cat %s/p; ls -A %s; umount %s",
             dir, dir, dir, dir, dir, dir);
    struct ran r = hmap(args);
    if (r.status == 99)
        cr_skip("needs the right to mount a file system");
    cr_expect_str_eq(r.out, "1\nold\np\n");
    expect_part(r.err, "/p: No space left on device\n");
    ran_free(&r);
}

/* A workload that takes many minutes, in dir/w. */
static void write_long_workload(void)
{
    char path[80];
    in_dir(path, "w");
    FILE *f = fopen(path, "w");
    fputs("map m int int\n", f);
    for (int i = 0; i < 200; i++)
        fputs("alloc h noscan 64 100000000\ndrop h\n", f);
    fclose(f);
}

/* Runs it for so many seconds; its profile is in path. timeout sends a signal
 * twice, once to the program and once to its group. */
static struct ran interrupted_after(double seconds, const char *sig,
                                    const char *path)
{
    char args[400];
    unlink(path);
    write_long_workload();
    snprintf(args, sizeof args,
             "help >/dev/null; timeout --preserve-status -s %s %g \"$HMAP\" "
             "replay %s/w -memprofile %s",
             sig, seconds, dir, path);
    return hmap(args);
}

/* Objects in the profile that a run left, which says so; 0: it left none. */
static int64_t rescued(const struct ran *r, const char *path)
{
    if (strstr(r->err, ": the profile so far is written\n") == NULL)
        return 0;
    struct profile *p = read_profile(path);
    int64_t objects = sum(p, "alloc_objects");
    profile_free(p);
    return objects;
}

/* A signal ends a run and leaves the profile that it has. On a machine that is
 * busy the run may hardly have begun after half a second; later it has. */
static void expect_rescued(const char *sig, int status)
{
    enum { Objects = 1000 };
    char path[80];
    in_dir(path, "p");
    struct ran r = interrupted_after(0.5, sig, path);
    for (double s = 2; s < 20 && rescued(&r, path) <= Objects; s *= 2) {
        ran_free(&r);
        r = interrupted_after(s, sig, path);
    }
    cr_expect_eq(r.status, 128 + status, "%s: %d", sig, r.status);
    cr_expect_gt(rescued(&r, path), Objects, "%s", r.err);
    ran_free(&r);
}

Test(profileout, an_interrupt_ends_a_run_with_its_profile, .timeout = 120)
{
    expect_rescued("TERM", SIGTERM);
    expect_rescued("INT", SIGINT);
}

/* Here the profile goes into a pipe that is full and that nobody reads. The
 * first request is made when it is listened to (SIGTERM's bit of SigCgt), the
 * second long after the moment in which it would be the first once more. */
Test(profileout, who_asks_again_does_not_wait, .timeout = 60)
{
    char args[600];
    write_long_workload();
    snprintf(args, sizeof args,
             "help >/dev/null; mkfifo %s/f; exec 3<>%s/f; "
             "head -c 65536 /dev/zero >&3; "
             "\"$HMAP\" replay %s/w -memprofile %s/f & p=$!; "
             "until grep -q '^SigCgt.*[4-7c-f]...$' /proc/$p/status; do "
             "sleep 0.1; done; "
             "kill $p; sleep 2; kill -0 $p && echo waits >&2; kill $p; "
             "wait $p 2>/dev/null; echo $? >&2",
             dir, dir, dir, dir);
    struct ran r = hmap(args);
    cr_expect_str_eq(r.err, "waits\n143\n");
    ran_free(&r);
}
