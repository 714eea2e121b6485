/*
 * cmd_claims.c: hmap claims: what the article says, what is so.
 */
#include "runtime/base/goversion.h"
#include "runtime/sched/rand.h"
#include "tools/claims/claims.h"
#include "tools/cli/cmd.h"
#include "tools/lib/process.h"
#include "tools/lib/render.h"
#include "tools/lib/text.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct claimsFlags {
    uint64_t seed;
    struct releases go;
    bool json, tsv;
};

static const struct flag claims_flags[] = {
    {"go", "RELEASE,...", NULL, FLAG_RELEASES, offsetof(struct claimsFlags, go),
     0, 0, NULL},
    {"seed", "S",
     "What hash keys and every other random number come from: a number "
     "(default 1), or random.",
     FLAG_SEED, offsetof(struct claimsFlags, seed), 0, 0, NULL},
    {"json", NULL, "Print one JSON document.", FLAG_BOOL,
     offsetof(struct claimsFlags, json), 0, 0, NULL},
    {"tsv", NULL, "Print a row a claim, its number first.", FLAG_BOOL,
     offsetof(struct claimsFlags, tsv), 0, 0, NULL},
    {0},
};

static const struct claim *const parts[] = {claims_growth, claims_alloc,
                                            claims_hints};

/* The claim of that number, or NULL. */
static const struct claim *claim_find(int64_t number)
{
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        for (const struct claim *c = parts[i]; c->measure != NULL; c++) {
            if (c->number == number)
                return c;
        }
    }
    return NULL;
}

static const struct claim *claim_want(const char *text)
{
    int64_t number;
    const struct claim *c = NULL;
    if (parse_int(text, 1, INT32_MAX, &number))
        c = claim_find(number);
    if (c == NULL)
        usage_error("no claim %s; they are numbered 1 to 34", text);
    return c;
}

/* Every claim in order, or those named; NULL at the end, in libc's memory. */
static const struct claim **chosen(int argc, char **argv)
{
    size_t n = 0;
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        for (const struct claim *c = parts[i]; c->measure != NULL; c++)
            n++;
    }
    n += (size_t)argc + 1;
    const struct claim **list = xcalloc(n, sizeof(struct claim *));
    n = 0;
    for (int i = 0; i < argc; i++)
        list[n++] = claim_want(argv[i]);
    for (size_t i = 0; argc == 0 && i < ARRAY_LEN(parts); i++) {
        for (const struct claim *c = parts[i]; c->measure != NULL; c++)
            list[n++] = c;
    }
    return list;
}

static void print_text(const struct claim *c, const struct measured *f)
{
    enum { NumberIndent = 4, LabelIndent = 13 };
    char *number = xprintf("%2d.", c->number);
    char *head = xprintf("%s (chapter %s): %s", c->about, c->chapter,
                         verdict_names[f->verdict]);
    print_labelled(number, head, NumberIndent, STYLE_TITLE);
    print_labelled("    article", c->figure, LabelIndent, STYLE_PLAIN);
    print_labelled("    here", f->ours, LabelIndent, STYLE_PLAIN);
    print_labelled("    why", claim_why(c), LabelIndent, STYLE_PLAIN);
    putchar('\n');
    free(number);
    free(head);
}

static void add_row(struct table *t, const struct claim *c,
                    const struct measured *f)
{
    table_num(t, c->number);
    table_text(t, "%s", c->chapter);
    table_text(t, "%s", verdict_names[f->verdict]);
    table_text(t, "%s", c->about);
    table_text(t, "%s", c->figure);
    table_text(t, "%s", f->ours);
    table_text(t, "%s", claim_why(c));
}

static struct table *new_table(void)
{
    static const struct column cols[] = {
        {"claim", COL_RIGHT}, {"chapter", 0},        {"verdict", 0},
        {"about", COL_WRAP},  {"article", COL_WRAP}, {"here", COL_WRAP},
        {"why", COL_WRAP},
    };
    return table_new(cols, ARRAY_LEN(cols));
}

/* "holds 14, differs 17, no such thing 3" */
static void print_summary(const int *count)
{
    const char *comma = "";
    for (int v = 0; v < NVERDICTS; v++) {
        if (count[v] == 0)
            continue;
        printf("%s%s %d", comma, verdict_names[v], count[v]);
        comma = ", ";
    }
    putchar('\n');
}

static void print_claims(const struct claim **list, const struct claimsFlags *f)
{
    struct table *t = new_table();
    size_t done = 0, n = 0;
    while (list[n] != NULL)
        n++;
    int count[NVERDICTS] = {0};
    if (!f->json && !f->tsv)
        printf(
            "Claims of the article against %s as measured here, seed %" PRIu64
            "\n\n",
            modelled->name, f->seed);
    for (; *list != NULL; list++) {
        struct measured found = {0};
        rand_seed(f->seed); /* whatever other claims were measured before */
        claim_measure(*list, &found);
        gc(); /* nothing of it is wanted any more */
        count[found.verdict]++;
        add_row(t, *list, &found);
        if (!f->json && !f->tsv)
            print_text(*list, &found);
        else
            progress(++done, n, "claims");
    }
    if (f->tsv)
        table_print_tsv(t);
    else if (f->json)
        print_json(json_pack("{s:s, s:I, s:o}", "version", modelled->name,
                             "seed", (json_int_t)f->seed, "claims",
                             table_json(t)));
    else
        print_summary(count);
    table_free(t);
}

/* All that a child needs to measure the verdicts of one release. */
struct trial {
    const struct claim **list;
    const struct claimsFlags *f;
    const struct goversion *v;
};

/* Writes a digit for each claim: its verdict. */
static void try_claims(void *arg, FILE *out)
{
    const struct trial *t = arg;
    program_start(t->v, t->f->seed, 1);
    gc_set_percent(-1);
    for (const struct claim **c = t->list; *c != NULL; c++) {
        struct measured found = {0};
        rand_seed(t->f->seed);
        claim_measure(*c, &found);
        gc();
        fputc('0' + (int)found.verdict, out);
    }
}

static struct table *verdict_table(const struct releases *go)
{
    static struct column cols[MaxReleases + 2];
    int n = 0;
    cols[n++] = (struct column){"claim", COL_RIGHT};
    for (int i = 0; go->list[i] != NULL; i++)
        cols[n++] = (struct column){go->list[i]->name + strlen("go"), 0};
    cols[n++] = (struct column){"about", COL_WRAP};
    return table_new(cols, n);
}

static void add_verdicts(struct table *t, const struct claim *c, size_t i,
                         char *const *of, bool people)
{
    static const char *const marks[NVERDICTS] = {
        [VERDICT_HOLDS] = "yes",
        [VERDICT_DIFFERS] = "no",
        [VERDICT_NOTHING] = "-",
    };
    table_num(t, c->number);
    for (; *of != NULL; of++) {
        enum claimVerdict v = (enum claimVerdict)((*of)[i] - '0');
        table_text(t, "%s", people ? marks[v] : verdict_names[v]);
    }
    table_text(t, "%s", c->about);
}

/* A column a release: whether each claim holds there. */
static void print_releases(const struct claim **list,
                           const struct claimsFlags *f)
{
    bool people = !f->json && !f->tsv;
    char *of[MaxReleases + 1] = {NULL};
    size_t n = 0;
    while (f->go.list[n] != NULL)
        n++;
    for (int i = 0; f->go.list[i] != NULL; i++) {
        struct trial trial = {list, f, f->go.list[i]};
        progress((size_t)i, n, "releases");
        of[i] = process_answer(process_ask(try_claims, &trial));
    }
    progress(n, n, "releases");
    struct table *t = verdict_table(&f->go);
    for (size_t i = 0; list[i] != NULL; i++)
        add_verdicts(t, list[i], i, of, people);
    if (f->tsv) {
        table_print_tsv(t);
    } else if (f->json) {
        print_json(json_pack("{s:I, s:o}", "seed", (json_int_t)f->seed,
                             "claims", table_json(t)));
    } else {
        printf("Claims of the article in several releases as measured here, "
               "seed %" PRIu64 "\n\n",
               f->seed);
        table_print(t);
        print_paragraph("yes: it holds; no: what is there differs; -: what it "
                        "speaks of does not exist. `hmap claims -go RELEASE` "
                        "has the figures.",
                        0, STYLE_PLAIN);
    }
    table_free(t);
    for (int i = 0; of[i] != NULL; i++)
        free(of[i]);
}

static int run_claims(int argc, char **argv)
{
    struct claimsFlags f = {.seed = DefaultSeed, .go = {{modelled}}};
    int first = flags_parse(&cmd_claims, argc, argv, &f);
    if (f.json && f.tsv)
        usage_error("claims: -json or -tsv, not both");
    const struct claim **list = chosen(argc - first, argv + first);
    if (f.go.list[1] != NULL) {
        print_releases(list, &f);
    } else {
        program_start(f.go.list[0], f.seed, 1);
        gc_set_percent(-1); /* a measurement's maps live to its end */
        print_claims(list, &f);
    }
    free(list);
    return EXIT_OK;
}

const struct command cmd_claims = {
    .name = "claims",
    .args = "[NUMBER...]",
    .summary = "the article's claims, each measured and given a verdict",
    .doc = "An article about alloc_objects and Go maps made this program. Each "
           "of its claims that can be measured is measured here, in this run, "
           "on the code that a Go program would run; the verdict says whether "
           "it holds, differs, or speaks of something that does not exist.\n"
           "\n"
           "With several releases, or -go all: a table of the verdicts, a "
           "column a release.\n"
           "\n"
           "Without numbers: all 34. -tsv prints one row a claim, its number "
           "first.",
    .flags = claims_flags,
    .run = run_claims,
};
