/*
 * cmd_chains.c: `hmap chains`: the chain table of a real program: who allocated
 * what, down to the runtime's own functions.
 *
 *     source --filter--> samples --their frames as text--> rows
 */
#include "runtime/prof/goframe.h"
#include "tools/cli/cmd.h"
#include "tools/explain/mechanism.h"
#include "tools/lib/pool.h"
#include "tools/lib/render.h"
#include "tools/lib/text.h"
#include "tools/pprof/pprofreport.h"
#include "tools/profile/source.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FRAMES_TO_LINE, FRAMES_ALL, FRAMES_AS_GO };
enum { SORT_OBJECTS, SORT_SPACE };

struct chainsFlags {
    const char *focus, *ignore;
    int frames, sort;
    int64_t most;
    bool json, tsv;
};

static const char *const frames_words[] = {"line", "full", "go", NULL};
static const char *const sort_words[] = {"objects", "space", NULL};

static const struct flag chains_flags[] = {
    {.name = "frames",
     .arg = "line|full|go",
     .help = "Chains down to the program's line (default), whole stacks, or "
             "as Go writes them, without the runtime's leading frames.",
     .kind = FLAG_CHOICE,
     .offset = offsetof(struct chainsFlags, frames),
     .choices = frames_words},
    {.name = "sort",
     .arg = "objects|space",
     .help = "Largest first: by objects (default) or bytes.",
     .kind = FLAG_CHOICE,
     .offset = offsetof(struct chainsFlags, sort),
     .choices = sort_words},
    {.name = "focus",
     .arg = "REGEX",
     .help = "Keep only stacks with a frame that matches.",
     .kind = FLAG_STRING,
     .offset = offsetof(struct chainsFlags, focus)},
    {.name = "ignore",
     .arg = "REGEX",
     .help = "Drop stacks with a frame that matches.",
     .kind = FLAG_STRING,
     .offset = offsetof(struct chainsFlags, ignore)},
    {.name = "n",
     .arg = "N",
     .help = "Show at most N rows (default 40; 0: all).",
     .kind = FLAG_INT,
     .offset = offsetof(struct chainsFlags, most),
     .min = 0,
     .max = INT32_MAX},
    {.name = "json",
     .help = "Print one JSON document, all rows in it.",
     .kind = FLAG_BOOL,
     .offset = offsetof(struct chainsFlags, json)},
    {.name = "tsv",
     .help = "Print all rows, tab-separated, with a header line.",
     .kind = FLAG_BOOL,
     .offset = offsetof(struct chainsFlags, tsv)},
    {.name = NULL},
};

static const char chains_doc[] =
    "The table of `hmap run` for a real program: each row is a chain of calls, "
    "leaf first, with its objects and bytes and what they are: a part of a "
    "map, or the mechanism that made them. Chains are as deep as the source's: "
    "most releases leave mallocgc and the one frame that called it out of a "
    "profile.\n"
    "\n" SOURCE_DOC "\n\n"
    "  hmap chains http://localhost:6060\n"
    "  hmap chains -focus mapassign ./server heap.txt\n"
    "  hmap chains -sort space mem.pb.gz";

static int run(int argc, char **argv);

const struct command cmd_chains = {
    .name = "chains",
    .args = SOURCE_ARGS,
    .summary = "the chain table of a real program: who allocated what",
    .doc = chains_doc,
    .flags = chains_flags,
    .run = run,
};

struct chain {
    char *text;
    const char *what; /* of the objects; "several" */
    double objects, bytes;
};

struct chainTable {
    struct chain *list; /* n of them */
    size_t n, cap;
    double objects, bytes;
    struct byteMap *by_text; /* index + 1 */
};

/* Appends a frame to a chain, the line where it ends: "main.fill:12". */
static void add_frame(FILE *f, const struct profLine *l, bool first, bool last)
{
    fprintf(f, "%s%s", first ? "" : " < ", l->func->name);
    if (last && l->line > 0)
        fprintf(f, ":%" PRId64, l->line);
}

/* The frames of a sample that are wanted, as text that the caller frees. */
static char *chain_text(const struct profSample *s, const struct siteReason *r,
                        int frames)
{
    char *text = NULL;
    size_t len;
    FILE *f = open_memstream(&text, &len);
    bool first = true, leading = true, done = false;
    for (uint32_t i = 0; i < s->nlocs && !done; i++)
        for (uint32_t j = 0; j < s->locs[i]->nlines && !done; j++) {
            const struct profLine *l = &s->locs[i]->lines[j];
            leading =
                leading && r->line != l && goframe_is_runtime(l->func->name);
            if (frames == FRAMES_AS_GO && leading && r->line)
                continue;
            done = frames == FRAMES_TO_LINE && l == r->line;
            add_frame(f, l, first, done);
            first = false;
        }
    if (first)
        fputs("(no frame has a name)", f);
    fclose(f);
    return text;
}

static const char *what_of(const struct siteReason *r)
{
    return r->part != PIECE_NOT_MAP ? part_words[r->part]
                                    : mechanism_words[r->mech];
}

static struct chain *chain_of(struct chainTable *t, char *text)
{
    size_t i = (size_t)(uintptr_t)bytemap_get(t->by_text, text, strlen(text));
    if (i > 0) {
        free(text);
        return &t->list[i - 1];
    }
    t->list = array_reserve(t->list, &t->cap, t->n + 1, sizeof *t->list);
    t->list[t->n++] = (struct chain){.text = text};
    bytemap_put(t->by_text, text, strlen(text), (void *)(uintptr_t)t->n);
    return &t->list[t->n - 1];
}

/* Columns of objects and bytes: allocated, or in use where that is all. */
static void collect(const struct source *s, int frames, struct chainTable *t)
{
    int objects = profile_type_index(s->p, "alloc_objects");
    int bytes = profile_type_index(s->p, "alloc_space");
    objects =
        objects < 0 ? profile_must_have_type(s->p, "inuse_objects") : objects;
    bytes = bytes < 0 ? profile_must_have_type(s->p, "inuse_space") : bytes;
    *t = (struct chainTable){.by_text = bytemap_new()};
    bool *library = libraries_of(s->p);
    for (size_t i = 0; i < s->p->nsamples; i++) {
        const struct profSample *x = s->p->samples[i];
        if (x->values[objects] == 0)
            continue;
        struct siteReason r = reason_of(x, library, s->shown != SHOWN_COMPLETE);
        struct chain *c = chain_of(t, chain_text(x, &r, frames));
        c->what = !c->what || strcmp(c->what, what_of(&r)) == 0 ? what_of(&r)
                                                                : "several";
        c->objects += (double)x->values[objects];
        c->bytes += (double)x->values[bytes];
        t->objects += (double)x->values[objects];
        t->bytes += (double)x->values[bytes];
    }
    free(library);
    bytemap_free(t->by_text);
}

static int most_objects(const void *a, const void *b)
{
    const struct chain *x = a, *y = b;
    if (x->objects != y->objects)
        return x->objects < y->objects ? 1 : -1;
    return strcmp(x->text, y->text);
}

static int most_bytes(const void *a, const void *b)
{
    const struct chain *x = a, *y = b;
    if (x->bytes != y->bytes)
        return x->bytes < y->bytes ? 1 : -1;
    return strcmp(x->text, y->text);
}

static const struct column columns[] = {
    {"objects", COL_RIGHT}, {"%", COL_RIGHT}, {"bytes", COL_RIGHT}, {"what", 0},
    {"chain", COL_WRAP},
};

static struct table *table_of(const struct chainTable *t, size_t most)
{
    struct table *out = table_new(columns, ARRAY_LEN(columns));
    for (size_t i = 0; i < t->n && i < most; i++) {
        const struct chain *c = &t->list[i];
        table_num(out, clamp_int64(c->objects));
        table_real(out, t->objects > 0 ? 100 * c->objects / t->objects : 0, 1);
        table_num(out, clamp_int64(c->bytes));
        table_text(out, "%s", c->what);
        table_text(out, "%s", c->text);
    }
    return out;
}

static void print_text(const struct source *s, const struct chainTable *t,
                       size_t most)
{
    char *says = source_says(s);
    char *head = xprintf("%s: %s.", s->title, says);
    print_paragraph(head, 0, STYLE_DIM);
    free(head);
    free(says);
    struct table *rows = table_of(t, most);
    table_print(rows);
    table_free(rows);
    if (t->n > most)
        printf("%s: -n 0 shows all\n",
               plural((int64_t)(t->n - most), "more chain", "more chains"));
    printf("total: %s, %s bytes\n",
           plural(clamp_int64(t->objects), "object", "objects"),
           commas(clamp_int64(t->bytes)));
}

static void print(const struct source *s, const struct chainTable *t,
                  const struct chainsFlags *f)
{
    if (!f->json && !f->tsv) {
        print_text(s, t, f->most > 0 ? (size_t)f->most : SIZE_MAX);
        return;
    }
    struct table *rows = table_of(t, SIZE_MAX);
    if (f->json)
        print_json(json_pack("{s:s, s:o}", "source", valid_utf8(s->title),
                             "chains", table_json(rows)));
    else
        table_print_tsv(rows);
    table_free(rows);
}

static int run(int argc, char **argv)
{
    struct chainsFlags f = {.most = 40};
    struct chainTable t;
    int first = flags_parse(&cmd_chains, argc, argv, &f);
    if (f.json && f.tsv)
        usage_error("chains: -json or -tsv, not both");
    struct goregex *focus = regex_must_compile("-focus", f.focus);
    struct goregex *ignore = regex_must_compile("-ignore", f.ignore);
    struct source *s = source_must_read("chains", argv + first, argc - first);
    source_must_be_heap(s);
    if (focus || ignore)
        profile_filter(s->p, &(struct profFilter){focus, ignore, NULL});
    collect(s, f.frames, &t);
    if (t.n > 0)
        qsort(t.list, t.n, sizeof *t.list,
              f.sort == SORT_SPACE ? most_bytes : most_objects);
    print(s, &t, &f);
    for (size_t i = 0; i < t.n; i++)
        free(t.list[i].text);
    free(t.list);
    source_free(s);
    goregex_free(focus);
    goregex_free(ignore);
    return EXIT_OK;
}
