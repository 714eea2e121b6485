/*
 * test_gopclntab.c: instructions of real programs are named from the executable
 * as the runtime names them itself; no damage makes the reader crash.
 */
#include "tests/gotoolchain.h"

#include "runtime/sched/rand.h"
#include "tools/lib/process.h"
#include "tools/profile/gopclntab.h"

/* Kinds of program, with go's flags for them. The last takes a minute to build
 * where it was not yet: the oldest and the newest release speak for the
 * others. */
enum { PositionIndependent = 2 };
static const char *const kinds[] = {
    "",
    "-ldflags='-s -w'",
    "-buildmode=pie -ldflags='-s -w'",
};

static char *build(const struct goToolchain *g, const char *dir,
                   const char *flags, const char *files)
{
    char *line, *program;
    cr_assert_gt(asprintf(&program, "%s/frames", dir), 0);
    cr_assert_gt(asprintf(&line,
                          "cd tests/programs/frames && go build %s -o %s %s",
                          flags, program, files),
                 0);
    struct ran r = go_shell(g, line);
    cr_assert_eq(r.status, 0, "%s: %s: %s", g->name, line, r.err);
    free(line);
    return program;
}

/* One row "0xPC FUNC FILE:LINE" of the program's, against the table. */
static void expect_row(const struct gopclntab *t, const char *row,
                       uint64_t slide, const char *what)
{
    char func[200], place[400], got[500] = "";
    uint64_t pc;
    struct goCall calls[PclnMaxInlined];
    cr_assert_eq(sscanf(row, "%lx %199s %399s", &pc, func, place), 3);
    size_t n = gopclntab_calls(t, pc - slide, calls, PclnMaxInlined);
    cr_assert_gt(n, 0, "%s: %s has no name", what, row);
    cr_expect_str_eq(calls[0].func, func, "%s: %s", what, row);
    snprintf(got, sizeof got, "%s:%d", calls[0].file, calls[0].line);
    cr_expect_str_eq(got, place, "%s: %s", what, row);
}

static void expect_names(const struct goToolchain *g, const char *program,
                         const char *kind)
{
    char err[PclnErrorSize] = "", what[200];
    struct gopclntab *t = gopclntab_open(program, err);
    snprintf(what, sizeof what, "%s %s", g->name, kind);
    cr_assert_not_null(t, "%s: %s", what, err);
    cr_expect_str_eq(gopclntab_release(t), g->name);
    struct ran r = run_program(program, (const char *const[]){"frames", NULL});
    cr_assert_eq(r.status, 0);
    uint64_t show = strtoull(r.out, NULL, 16);
    uint64_t slide = show - gopclntab_entry(t, "main.show", 9);
    cr_expect_eq(slide % 4096, 0, "%s", what);
    int rows = 0;
    strtok(r.out, "\n");
    for (char *row; (row = strtok(NULL, "\n")); rows++)
        expect_row(t, row, slide, what);
    cr_expect_geq(rows, 15);
    gopclntab_free(t);
}

Test(gopclntab, every_kind_of_program_is_named_as_it_names_itself)
{
    struct goToolchain list[MaxToolchains];
    size_t n = go_toolchains(list);
    struct tempdir dir;
    tempdir_make(&dir, "gopclntab");
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < ARRAY_LEN(kinds); k++)
            if (k < PositionIndependent || i == 0 || i == n - 1)
                expect_names(&list[i],
                             build(&list[i], dir.path, kinds[k], "main.go"),
                             kinds[k]);
    tempdir_remove(&dir);
}

Test(gopclntab, a_program_linked_by_the_c_linker)
{
    struct goToolchain list[MaxToolchains];
    go_toolchains(list);
    struct tempdir dir;
    tempdir_make(&dir, "gopclntab");
    expect_names(
        &list[0],
        build(&list[0], dir.path, "-ldflags='-s -w'", "main.go cgo.go"), "cgo");
    tempdir_remove(&dir);
}

Test(gopclntab, inlined_calls_come_innermost_first_with_their_instructions)
{
    struct goToolchain list[MaxToolchains];
    size_t n = go_toolchains(list);
    struct tempdir dir;
    tempdir_make(&dir, "gopclntab");
    for (size_t i = 0; i < n; i++) {
        char err[PclnErrorSize];
        char *program = build(&list[i], dir.path, "", "main.go");
        struct gopclntab *t = gopclntab_open(program, err);
        struct ran r =
            run_program(program, (const char *const[]){"frames", NULL});
        const char *row = strstr(r.out, " main.inner ");
        while (row > r.out && row[-1] != '\n')
            row--;
        struct goCall calls[PclnMaxInlined];
        size_t depth =
            gopclntab_calls(t, strtoull(row, NULL, 16), calls, PclnMaxInlined);
        cr_assert_eq(depth, 3, "%s: %zu", list[i].name, depth);
        cr_expect_str_eq(calls[0].func, "main.inner");
        cr_expect_str_eq(calls[1].func, "main.outer");
        cr_expect_str_eq(calls[2].func, "main.main");
        row = strchr(row, '\n') + 1;
        cr_expect_eq(calls[1].pc, strtoull(row, NULL, 16), "%s", list[i].name);
        gopclntab_free(t);
    }
    tempdir_remove(&dir);
}

static void refuses(const void *data, size_t len, const char *why)
{
    char err[PclnErrorSize] = "accepted";
    struct gopclntab *t = gopclntab_parse(data, len, err);
    cr_expect_null(t);
    cr_expect(strstr(err, why), "want '%s', got '%s'", why, err);
}

Test(gopclntab, other_files_are_refused_in_one_line)
{
    refuses("\xcf\xfa\xed\xfe....", 8, "Mach-O");
    refuses("MZ......", 8, "PE program");
    refuses("heap profile: ", 14, "want an ELF program built by Go");
    refuses("", 0, "not an executable");
    uint8_t elf32[64] = {0x7f, 'E', 'L', 'F', 1, 1, 1};
    refuses(elf32, sizeof elf32, "64 bits");
    uint8_t empty[64] = {0x7f, 'E', 'L', 'F', 2, 1, 1};
    refuses(empty, sizeof empty, "damaged");
    char path[PATH_MAX], err[PclnErrorSize];
    hmap_path(path); /* ELF, but C's */
    cr_expect_null(gopclntab_open(path, err));
    cr_expect(strstr(err, "no table of Go functions"), "%s", err);
    cr_expect_null(gopclntab_open("/nonexistent", err));
}

/* Asks for every so-manieth instruction. */
static void ask_everywhere(const struct gopclntab *t, uint64_t from)
{
    struct goCall calls[PclnMaxInlined];
    for (uint64_t pc = from; pc < from + (1 << 20); pc += 4099) {
        const char *callee = gopclntab_callee(t, pc);
        cr_assert(!callee || *callee);
        for (size_t i = 0, n = gopclntab_calls(t, pc, calls, PclnMaxInlined);
             i < n; i++)
            cr_assert(calls[i].func && calls[i].file);
    }
    cr_assert_null(gopclntab_callee(t, 1)); /* no 5 bytes end there */
}

Test(gopclntab, a_damaged_program_is_refused_or_read_without_harm)
{
    enum { Rounds = 60, Harm = 200 };
    struct goToolchain list[MaxToolchains];
    go_toolchains(list);
    struct tempdir dir;
    tempdir_make(&dir, "gopclntab");
    FILE *f =
        fopen(build(&list[0], dir.path, "-ldflags='-s -w'", "main.go"), "rb");
    fseek(f, 0, SEEK_END);
    size_t len = (size_t)ftell(f);
    char *whole = read_to_end(f), err[PclnErrorSize];
    uint64_t seed = 20260115;
    cr_log_info("seed %lu", seed);
    rand_seed(seed);
    for (int round = 0; round < Rounds; round++) {
        char *data = malloc(len);
        memcpy(data, whole, len);
        /* Damage in the headers, or anywhere. */
        size_t within = round % 2 ? 4096 : len;
        for (int i = 0; i < (round % 2 ? 4 : Harm); i++)
            data[fastrand() % within] ^= (char)(1 << fastrand() % 8);
        size_t n = round % 5 == 4 ? fastrand() % len : len;
        struct gopclntab *t = gopclntab_parse(data, n, err);
        if (t)
            ask_everywhere(t, 0x401000);
        gopclntab_free(t);
        free(data);
    }
    tempdir_remove(&dir);
}
