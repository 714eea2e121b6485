/* The gctrace line against the form of a real one. */
#include "alloc/malloc.h"
#include "runtime/sched/godebug.h"
#include "tests/child.h"
#include <regex.h>
#include <stdio.h>

/* One regular expression for Go's lines and for ours. */
static const char form[] =
    "^gc [0-9]+ @[0-9]+\\.[0-9]{3}s [0-9]+%: "
    "NUM\\+NUM\\+NUM ms clock, NUM\\+NUM/NUM/NUM\\+NUM ms cpu, "
    "[0-9]+->[0-9]+->[0-9]+ MB, [0-9]+ MB goal, [0-9]+ MB stacks, "
    "[0-9]+ MB globals, [0-9]+ P( \\(forced\\))?$";

/* As Go 1.19.8 printed them. */
static const char real[] =
    "gc 2 @0.004s 3%: 0.069+0.14+0.002 ms clock, 0.13+0.072/0/0+0.004 ms cpu, "
    "6->6->6 MB, 7 MB goal, 0 MB stacks, 0 MB globals, 2 P\n"
    "gc 3 @0.006s 2%: 0.005+1.7+0.002 ms clock, 0.010+0/0.042/0.068+0.004 ms "
    "cpu, 11->60->57 MB, 12 MB goal, 0 MB stacks, 0 MB globals, 2 P\n"
    "gc 4 @0.011s 1%: 0.006+4.8+0.004 ms clock, 0.012+0/0.10/0.097+0.009 ms "
    "cpu, 97->113->87 MB, 114 MB goal, 0 MB stacks, 0 MB globals, 2 P "
    "(forced)\n";

/* form with NUM written out: what fmtNSAsMS prints. */
static void compile(regex_t *re)
{
    char pattern[1024] = "";
    const char *rest = form, *num;

    while ((num = strstr(rest, "NUM")) != NULL) {
        strncat(pattern, rest, (size_t)(num - rest));
        strcat(pattern, "([0-9]+|[0-9]\\.[0-9]|0\\.[0-9]{2,3})");
        rest = num + 3;
    }
    strcat(pattern, rest);
    cr_assert_eq(regcomp(re, pattern, REG_EXTENDED | REG_NOSUB), 0);
}

/* How many lines of text there are; each must match. */
static int lines_that_match(char *text)
{
    regex_t re;
    int n = 0;

    compile(&re);
    for (char *l = strtok(text, "\n"); l != NULL; l = strtok(NULL, "\n"), n++)
        cr_assert_eq(regexec(&re, l, 0, NULL, 0), 0, "%s", l);
    regfree(&re);
    return n;
}

static void *roots[1000];

static void collect_a_few_times(void)
{
    debug.gctrace = 1;
    gc_add_roots(roots, sizeof(roots));
    gc_scan_this_stack(__builtin_frame_address(0));
    for (int i = 0; i < 20000; i++)
        roots[i % 1000] = mallocgc(3000, NULL, true);
    gc();
}

Test(gctrace, our_lines_have_the_form_of_real_ones)
{
    char golden[sizeof(real)];

    memcpy(golden, real, sizeof(real));
    cr_assert_eq(lines_that_match(golden), 3);
    struct ending e = ending_of(collect_a_few_times);
    cr_assert_gt(lines_that_match(e.said), 5);
}

Test(gctrace, the_forced_one_says_so_and_the_figures_are_ours)
{
    struct ending e = ending_of(collect_a_few_times);
    unsigned n, forced = 0;
    const char *l = e.said;

    cr_assert_eq(sscanf(e.said, "gc %u", &n), 1);
    cr_assert_eq(n, 1);
    cr_assert_not_null(strstr(e.said, "3->3->"));
    cr_assert_not_null(strstr(e.said, " 4 MB goal"));
    for (; (l = strstr(l, "(forced)")) != NULL; l++)
        forced++;
    cr_assert_eq(forced, 1);
}
