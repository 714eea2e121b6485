/*
 * test_cmd_help.c: what `hmap help` knows, and how commands that do not exist
 * are refused.
 */
#include "runtime/type/hashaes.h"
#include "tests/hmaprun.h"
#include "tools/cli/cmd.h"

Test(cmd_help, lists_every_command_with_its_summary)
{
    struct ran r = hmap("help");
    cr_assert_eq(r.status, 0);
    cr_assert_str_empty(r.err);
    expect_part(r.out, "go1.19");
    for (int i = 0; commands[i] != NULL; i++) {
        expect_part(r.out, commands[i]->name);
        expect_part(r.out, commands[i]->summary);
    }
    ran_free(&r);
}

Test(cmd_help, every_question_has_a_command_that_runs, .timeout = 120)
{
    struct ran help = hmap("help");
    for (const struct question *q = questions; q->ask != NULL; q++) {
        char line[120], args[120];
        snprintf(line, sizeof line, "\n  hmap %s\n", q->command);
        expect_part(help.out, line);
        snprintf(args, sizeof args, "%s -tsv", q->command);
        struct ran r = hmap(args);
        cr_expect_eq(r.status, 0, "%s: %s", q->command, r.err);
        ran_free(&r);
    }
    ran_free(&help);
}

Test(cmd_help, each_command_says_its_usage_and_every_flag)
{
    for (int i = 0; commands[i] != NULL; i++) {
        char args[64], want[80];
        snprintf(args, sizeof args, "help %s", commands[i]->name);
        snprintf(want, sizeof want, "usage: hmap %s", commands[i]->name);
        struct ran r = hmap(args);
        cr_assert_eq(r.status, 0);
        expect_part(r.out, want);
        const struct flag *f = commands[i]->flags;
        for (; f != NULL && f->name != NULL; f++) {
            snprintf(want, sizeof want, "\n  -%s", f->name);
            expect_part(r.out, want);
            cr_expect(f->help != NULL || f->kind == FLAG_RELEASE ||
                          f->kind == FLAG_RELEASES,
                      "%s -%s", commands[i]->name, f->name);
        }
        ran_free(&r);
    }
}

Test(cmd_help, asked_for_in_any_way_it_says_the_same)
{
    struct ran want = hmap("help run");
    static const char *const ways[] = {"run -help", "run --help", "run -h",
                                       "run -n 5 -help"};
    for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
        struct ran r = hmap(ways[i]);
        cr_expect_eq(r.status, 0, "%s", ways[i]);
        cr_expect_str_eq(r.out, want.out, "%s", ways[i]);
        ran_free(&r);
    }
    ran_free(&want);
}

Test(cmd_help, unknown_commands_are_refused_with_the_nearest_name)
{
    expect_refused("", "hmap: which command? `hmap run` is the tour; `hmap "
                       "help` lists them all");
    expect_refused("rnu", "hmap: no command rnu; did you mean run?");
    expect_refused("size", "hmap: no command size; did you mean `hmap run "
                           "size`?");
    expect_refused("frobnicate",
                   "hmap: no command frobnicate; `hmap help` lists them");
    expect_refused("help scenario",
                   "hmap: no command scenario; did you mean scenarios?");
    expect_refused("help run run", "hmap: help: one command at a time");
}

/* The manual page without its backslashes. `make manual` brings it up to
 * date. */
static char *manual_text(void)
{
    FILE *f = fopen("tools/gen/hmap.1", "r");
    cr_assert_not_null(f, "tests run in the project's folder");
    char *text = calloc(1, 1 << 20), *to = text;
    for (int c = getc(f); c != EOF; c = getc(f))
        if (c != '\\')
            *to++ = (char)c;
    fclose(f);
    return text;
}

Test(cmd_help, the_manual_page_has_every_command_flag_and_question)
{
    char *manual = manual_text(), want[160];
    for (int i = 0; commands[i] != NULL; i++) {
        snprintf(want, sizeof want, ".SS \"hmap %s", commands[i]->name);
        expect_part(manual, want);
        const char *section = strstr(manual, want);
        const struct flag *f = commands[i]->flags;
        for (; section != NULL && f != NULL && f->name != NULL; f++) {
            snprintf(want, sizeof want, "%s -%s%s",
                     f->arg != NULL ? ".BI" : ".B", f->name,
                     f->arg != NULL ? " " : "\n");
            expect_part(section, want);
        }
    }
    for (const struct question *q = questions; q->ask != NULL; q++)
        expect_part(manual, q->command);
    free(manual);
}

Test(cmd_version, names_itself_and_every_release_with_its_map)
{
    struct ran r = hmap("version"), j = hmap("version -json");
    cr_assert_eq(r.status, 0);
    expect_part(r.out, "hmap ");
    expect_part(r.out, "\ngo1.19   buckets  two maps ");
    expect_part(r.out, "\ngo1.27   swiss    hash trie ");
    expect_part(j.out, "\"release\": \"go1.22\"");
    expect_part(j.out, "\"default\": true");
    expect_part(j.out, "\"default\": false");
    for (const struct goversion *v = goversions; v->name != NULL; v++)
        expect_part(j.out, v->name);
    ran_free(&r);
    ran_free(&j);
    expect_refused("version 1", "hmap: version takes no operands");
}

Test(cmd_version, says_what_it_has_of_its_machine)
{
    struct ran r = hmap("version"), j = hmap("version -json");
    bool aes = aeshash_supported();
    expect_part(r.out, aes ? ", AES: yes\n" : ", AES: no\n");
    expect_part(j.out, aes ? "\"aes\": true" : "\"aes\": false");
    expect_part(r.out, "\n" ARCH_NAME ", SIMD: " ARCH_SIMD ", ");
    expect_part(j.out,
                "\"arch\": \"" ARCH_NAME "\",\n  \"simd\": \"" ARCH_SIMD "\"");
    ran_free(&r);
    ran_free(&j);
}

/* Every command and flag of the tables, in each shell's words. */
Test(cmd_completion, offers_what_there_is)
{
    static const char *const shells[] = {"bash", "zsh", "fish"};
    for (size_t s = 0; s < ARRAY_LEN(shells); s++) {
        char args[40], flag[80];
        snprintf(args, sizeof args, "completion %s", shells[s]);
        struct ran r = hmap(args);
        cr_expect_eq(r.status, 0);
        for (int i = 0; commands[i] != NULL; i++) {
            expect_part(r.out, commands[i]->name);
            const struct flag *f = commands[i]->flags;
            for (; f != NULL && f->name != NULL; f++) {
                snprintf(flag, sizeof flag,
                         strcmp(shells[s], "fish") == 0 ? "-o %s" : " -%s",
                         f->name);
                expect_part(r.out, flag);
            }
        }
        ran_free(&r);
    }
    struct ran r = hmap("completion bash >/dev/null; { cat <<'E'\n"
                        "eval \"$(\"$HMAP\" completion bash)\"\n"
                        "COMP_WORDS=(hmap run -sort s) COMP_CWORD=3\n"
                        "_hmap; echo ${COMPREPLY[@]}\n"
                        "hmap() { \"$HMAP\" \"$@\"; }\n"
                        "for c in run page heap log; do COMP_WORDS=(hmap $c "
                        "large) COMP_CWORD=2\n"
                        "_hmap; echo ${COMPREPLY[@]}; done\nE\n} | bash");
    cr_expect_str_eq(r.out, "space\nlarge-map\nlarge-map\nlarge-map\n"
                            "large-map\n");
    ran_free(&r);
    expect_refused("completion tcsh",
                   "hmap: completion: which shell? bash, zsh or fish");
}
