/*
 * test_hostile.c: a profile, a log and a workload whose every text is an attack
 * on the terminal: what is printed of them is text, row by row.
 */
#include "runtime/base/base.h"
#include "tests/hmaprun.h"
#include "tools/lib/text.h"
#include "tools/profile/profile.h"
#include "tools/profile/profileout.h"
#include "tools/profile/proftext.h"
#include <jansson.h>

/* Clears the screen, forges a row, a column and a line, turns the direction, is
 * no UTF-8. */
#define ATTACK                                \
    "\033[2J\nforged 1\tcolumn\u202e\xc2\x9b" \
    "31m\xff\r"

enum { LabelsOfAttack = 2 };

static char path[] = "/tmp/hmap-hostile-XXXXXX";

/* Puts an attack at the end of every text that a real program's profile has. */
static void attack(struct profile *p)
{
    for (size_t i = 0; i < p->nfuncs; i++)
        if (strcmp(p->funcs[i]->name, "main.group") == 0) {
            p->funcs[i]->name = "main." ATTACK;
            p->funcs[i]->file = "/src/" ATTACK;
        }
    for (size_t i = 0; i < p->nmappings; i++) {
        p->mappings[i]->file = "/bin/program" ATTACK;
        p->mappings[i]->buildid = "build" ATTACK;
    }
    for (size_t i = 0; i < p->nsamples; i++)
        for (uint32_t j = 0; j < p->samples[i]->nlabels; j++)
            p->samples[i]->labels[j].unit = ATTACK;
    struct profSample *s =
        profile_add_sample(p, p->samples[0]->nlocs, LabelsOfAttack);
    memcpy(s->locs, p->samples[0]->locs, s->nlocs * sizeof *s->locs);
    s->values[0] = s->values[1] = 1;
    s->labels[0] = (struct profLabel){
        .key = "key" ATTACK, .str = "value" ATTACK, .unit = ""};
    s->labels[1] =
        (struct profLabel){.key = "number" ATTACK, .num = 7, .unit = ATTACK};
    profile_add_comment(p, "comment " ATTACK);
}

static void write_profile(void)
{
    char err[ProfErrorSize];
    struct profile *p =
        profile_read("tests/golden/profiles/map_group.pb.gz", err);
    cr_assert_not_null(p, "%s", err);
    attack(p);
    int fd = mkstemp(path);
    cr_assert_geq(fd, 0);
    FILE *f = fdopen(fd, "wb");
    cr_assert(profile_write_proto(p, f));
    fclose(f);
    profile_free(p);
}

static void remove_file(void)
{
    unlink(path);
}

TestSuite(hostile, .init = write_profile, .fini = remove_file);

/* No control but the newlines of our own rows, no mark of direction, UTF-8. */
static void expect_text(const char *args, const char *text)
{
    static const char pprofs_own[] = " \t \t "; /* in the head of its tree */
    char *copy = strdup(text);
    char *own = strstr(copy, pprofs_own);
    if (own != NULL)
        memset(own, ' ', sizeof pprofs_own - 1);
    cr_expect_eq(printable_lines(copy), copy, "hmap %s printed %s", args,
                 printable_lines(copy));
    free(copy);
    cr_expect(strncmp(text, "forged", 6) != 0 && !strstr(text, "\nforged"),
              "hmap %s: a forged row in %s", args, text);
}

static void expect_safe(const char *command)
{
    char args[200];
    snprintf(args, sizeof args, "%s %s", command, path);
    struct ran r = hmap(args);
    cr_expect_leq(r.status, 2);
    cr_expect(*r.out || *r.err, "hmap %s: nothing", args);
    expect_text(args, r.out);
    expect_text(args, r.err);
    ran_free(&r);
}

Test(hostile, every_report_of_a_profile)
{
    static const char *const reports[] = {
        "top -sample_index=alloc_space",
        "top -cum",
        "top",
        "top -focus \"$(printf 'main\\033[2J|.')\"",
        "tree",
        "peek main",
        "traces",
        "explain",
        "explain -all",
        "top -sample_index=\"$(printf '\\033[2J')\"",
        "peek \"$(printf 'nothing\\033[2J')\"",
        "help \"$(printf '\\033[2J')\"",
    };
    for (size_t i = 0; i < ARRAY_LEN(reports); i++)
        expect_safe(reports[i]);
}

Test(hostile, names_are_still_told_apart)
{
    char args[100];
    snprintf(args, sizeof args, "top %s", path);
    struct ran r = hmap(args);
    expect_part(r.out, "main.\\x1b[2J\\nforged 1\\tcolumn\\u202e\\u009b31m"
                       "\\xff\\x0d");
    expect_part(r.out, "File: program\\x1b[2J");
    ran_free(&r);
}

static int tabs_in_line(const char *line)
{
    int n = 0;
    for (; *line != '\0' && *line != '\n'; line++)
        n += *line == '\t';
    return n;
}

Test(hostile, rows_of_tsv_have_their_columns)
{
    char args[100];
    snprintf(args, sizeof args, "explain -tsv %s", path);
    struct ran r = hmap(args);
    int tabs = tabs_in_line(r.out), lines = 0;
    for (const char *at = r.out; *at; at = strchr(at, '\n') + 1, lines++)
        cr_expect_eq(tabs_in_line(at), tabs, "%s", at);
    cr_expect_eq(lines, 2);
    ran_free(&r);
}

/* JSON has its own escapes: the name is there whole, its stray byte
 * replaced. */
Test(hostile, json_stays_json)
{
    char args[100];
    snprintf(args, sizeof args, "explain -json %s", path);
    struct ran r = hmap(args);
    json_t *doc = json_loads(r.out, 0, NULL);
    cr_assert_not_null(doc, "%s", r.out);
    json_t *lines = json_object_get(doc, "lines");
    cr_assert_eq(json_array_size(lines), 1);
    cr_expect_str_eq(
        json_string_value(json_object_get(json_array_get(lines, 0), "func")),
        "main.\033[2J\nforged 1\tcolumn\u202e\xc2\x9b"
        "31m\ufffd\r");
    json_decref(doc);
    ran_free(&r);
}

Test(hostile, flame_graphs_keep_their_lines)
{
    char err[ProfErrorSize], *text = NULL;
    size_t len;
    struct profile *p = profile_read(path, err);
    cr_assert_not_null(p);
    FILE *f = open_memstream(&text, &len);
    cr_expect(profile_write_folded(p, ALLOC_OBJECTS, f));
    fclose(f);
    expect_text("folded", text);
    expect_part(text, ";main.\\x1b[2J\\nforged 1\\tcolumn");
    free(text);
    f = open_memstream(&text, &len);
    cr_expect(profile_write_speedscope(p, "x", f));
    fclose(f);
    json_t *doc = json_loads(text, 0, NULL);
    cr_expect_not_null(doc);
    json_decref(doc);
    free(text);
    profile_free(p);
}
