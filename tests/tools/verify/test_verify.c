/*
 * test_verify.c: finding a Go toolchain, and the same workload here and on each
 * release of Go that this machine has (HMAP_GOROOTS=DIR, or go in PATH).
 */
#include "tests/hmaprun.h"
#include "tools/lib/exits.h"
#include "tools/verify/verify.h"

#define WORKLOAD "tests/golden/go1.19/w1000.txt"

static void expect_failure(const char *args, const char *line)
{
    struct ran r = hmap(args);
    cr_expect_eq(r.status, 1, "hmap %s: status %d", args, r.status);
    cr_expect_str_empty(r.out);
    cr_expect_str_eq(r.err, line);
    ran_free(&r);
}

Test(verify, a_missing_toolchain_is_one_line_with_the_ways_out)
{
    unsetenv("HMAP_GOROOTS");
    setenv("PATH", "/nowhere", 1);
    expect_failure("verify -go 1.22 " WORKLOAD,
                   "hmap: real go1.22 takes its toolchain: -goroot DIR, or "
                   "HMAP_GOROOTS=DIR where it is DIR/1.22, or go in PATH, "
                   "which is missing (https://go.dev/dl has them)\n");
    expect_failure("verify " WORKLOAD,
                   "hmap: real go1.19 takes its toolchain: -goroot DIR, or "
                   "HMAP_GOROOTS=DIR where it is DIR/1.19, or go in PATH, "
                   "which is missing (Debian 12: apt-get install golang-go)\n");
    expect_failure("verify -goroot /no/such/folder " WORKLOAD,
                   "hmap: -goroot /no/such/folder: want a folder with bin/go "
                   "of go1.19; it is missing\n");
}

Test(verify, traces_are_refused_where_go_prints_none)
{
    expect_refused("verify -trace -go 1.23 " WORKLOAD,
                   "hmap: verify: go1.23 has no GODEBUG=allocfreetrace for "
                   "-trace");
}

Test(verify, a_toolchain_is_of_the_release_that_was_asked_for)
{
    struct toolchain t;
    char *why = NULL;
    int found = 0;
    for (const struct goversion *v = goversions; v->name != NULL; v++) {
        if (!toolchain_find(&t, v, NULL, &why)) {
            fprintf(stderr, "test_verify: not checked: %s\n", why);
            free(why);
            continue;
        }
        cr_expect_eq(goversion_named(t.version), v);
        toolchain_free(&t);
        found++;
    }
    if (found == 0)
        cr_skip_test("no toolchain at all");
}

/* Ends the test where this machine has no toolchain of v. */
static void want_toolchain(const struct goversion *v)
{
    struct toolchain t;
    char *why;
    if (!toolchain_find(&t, v, NULL, &why))
        cr_skip_test("%s", why);
    toolchain_free(&t);
}

Test(verify, a_workload_is_as_in_go, .timeout = 300)
{
    want_toolchain(modelled);
    struct ran r = hmap("verify " WORKLOAD);
    cr_expect_eq(r.status, 0);
    expect_part(r.out, "\n1 workload, 30 lines, 4 maps: all equal\n");
    ran_free(&r);
}
