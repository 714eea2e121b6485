/*
 * cmd_heap.c: hmap heap: the map and the heap as a step of a run leaves them,
 * drawn in the terminal.
 *
 * The run is made twice: once apart, to learn which parts and steps it has; and
 * here, up to the step, where it is looked at and the program ends.
 */
#include "tools/cli/cmd.h"
#include "tools/lib/render.h"
#include "tools/lib/text.h"
#include "tools/log/logout.h"
#include "tools/log/names.h"
#include "tools/watch/draw.h"
#include "tools/watch/subject.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct heapOptions {
    struct subjectFlags subject;
    const struct goversion *go;
    int64_t step, part, class; /* NotGiven: chosen here */
    bool json;
};

static const struct flag heap_flags[] = {
    {.name = "step",
     .arg = "N",
     .help = "The step after which to look: insert N, where the map is made "
             "first and then filled (default: the last step of a map).",
     .kind = FLAG_INT,
     .offset = offsetof(struct heapOptions, step),
     .max = INT64_C(1000000000000)},
    {.name = "class",
     .arg = "C",
     .help = "Draw all spans of this size class; 0: large objects (default: "
             "some of the class that the step took a slot of).",
     .kind = FLAG_INT,
     .offset = offsetof(struct heapOptions, class),
     .max = NumSizeClasses - 1},
    {.name = "part",
     .arg = "P",
     .help = "The stretch of the scenario to look at, by its number in `hmap "
             "log` (default: the first that has a title).",
     .kind = FLAG_INT,
     .offset = offsetof(struct heapOptions, part),
     .min = 1,
     .max = 1000000},
    {.name = "json",
     .help = "One JSON object: the step and the map as `hmap log -cells` tells "
             "them, the classes, and the spans with their letters.",
     .kind = FLAG_BOOL,
     .offset = offsetof(struct heapOptions, json)},
    {.name = "go",
     .arg = "RELEASE",
     .kind = FLAG_RELEASE,
     .offset = offsetof(struct heapOptions, go)},
    SUBJECT_FLAGS(struct heapOptions, subject),
    {0},
};

static const char heap_doc[] =
    "SOURCE is a scenario's name (`hmap scenarios`) or a file with a workload "
    "(`hmap help replay`; - is standard input). It is run up to a step; then "
    "three things are drawn. First what the step did, with the call chain of "
    "each allocation. Then the map: up to 16 buckets or groups a line each, "
    "with the keys; up to 64 in columns; of larger maps a digit for each, or "
    "for several, which says how many entries one holds. Last the heap: a "
    "table of the size classes that have spans, and the spans of one class, a "
    "letter a slot. map counts the slots that the map is made of; tail is "
    "bytes behind the last slot, which no object gets.\n\n"
    "Every letter means the same with and without colour. `hmap page` shows "
    "the same for all steps, in a browser.\n\n"
    " hmap heap -step 14 first-inserts\n"
    " hmap heap -class 0 large-map";

/* What is wanted of the run in this process. */
static struct {
    struct heapOptions o;
    json_t *head, *counted; /* of the run; all of a first one */
    json_t *part;           /* of counted: as logout_parts says */
    struct scene scene;
} look;

/* --- which part, which step --------------------------------------------- */

static int64_t number(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}

/* "1 (title), 3 (title)": parts that could be meant. */
static char *parts_text(const json_t *parts)
{
    enum { Most = 12 };
    char *text = xprintf("%s", "");
    size_t i;
    json_t *p;
    json_array_foreach (parts, i, p) {
        const char *title = json_string_value(json_object_get(p, "title"));
        if (i >= Most)
            break;
        xappend(&text, "%s%" PRId64, i > 0 ? ", " : "", number(p, "part"));
        if (title != NULL)
            xappend(&text, " (%s)", title);
    }
    return text;
}

static json_t *part_chosen(const struct subject *s, const json_t *parts)
{
    json_t *p = NULL;
    size_t n = json_array_size(parts);
    if (n == 0)
        usage_error("heap: %s does nothing in %s that is recorded", s->name,
                    look.o.go->name);
    if (look.o.part == NotGiven)
        look.o.part = subject_first_part(parts);
    if ((size_t)look.o.part <= n)
        p = json_array_get(parts, (size_t)look.o.part - 1);
    if (p == NULL)
        usage_error("heap: %s has no part %" PRId64 ", but %s%s", s->name,
                    look.o.part, parts_text(parts), n > 12 ? " …" : "");
    return p;
}

static int64_t step_chosen(const struct subject *s, const json_t *part)
{
    int64_t last = number(part, "last"), ofMap = number(part, "of_map");
    if (look.o.step == NotGiven)
        return ofMap != NoStep ? ofMap : last;
    if (look.o.step > last)
        usage_error("heap: part %" PRId64 " of %s has steps up to %" PRId64
                    ", not %" PRId64,
                    look.o.part, s->name, last, look.o.step);
    return look.o.step;
}

static void choose(const struct subject *s)
{
    struct logWants count = {.every = 1};
    if (s->s != NULL && s->s->races != NULL)
        usage_error("heap: the threads of %s allocate at once, so its heap is "
                    "never at rest; `hmap page` and `hmap log` take it",
                    s->name);
    look.counted = subject_record_apart(s, look.o.go, &count);
    look.part = part_chosen(s, json_object_get(look.counted, "parts"));
    look.o.step = step_chosen(s, look.part);
}

/* --- in words ------------------------------------------------------------ */

static char *growth_text(const struct event *g)
{
    int64_t from = g->f[GROWTH_FROM], to = g->f[GROWTH_TO];
    int64_t len = g->f[GROWTH_LEN], moves = g->f[GROWTH_MOVES];
    switch ((enum growthWhy)g->f[GROWTH_WHY]) {
    case WHY_LOAD:
        if (from == 0)
            return xprintf("%s entries fill the only bucket; a new array of %s",
                           commas(len),
                           plural(INT64_C(1) << to, "bucket", "buckets"));
        return xprintf("%s entries fill %s buckets to 6.5 each; a new array of "
                       "%s buckets",
                       commas(len), commas(INT64_C(1) << from),
                       commas(INT64_C(1) << to));
    case WHY_OVERFLOW:
        return xprintf("%s overflow buckets are too many for %s buckets; the "
                       "entries are packed anew",
                       commas(g->f[GROWTH_OVERFLOW]),
                       commas(INT64_C(1) << from));
    case WHY_SPLIT:
        return xprintf("a table of %s slots is full to 7/8; two take its place",
                       commas(from));
    default:
        if (from <= bucketCnt)
            return xprintf("%s entries fill the only group; a table of %s "
                           "slots takes its place",
                           commas(len), commas(to));
        return xprintf("%s entries fill %s slots to 7/8; a table of %s slots "
                       "takes its place",
                       commas(moves), commas(from), commas(to));
    }
}

/* Leaf first, each caller behind a "<". */
static char *chain_text(uint32_t id)
{
    const struct namedChain *c = chains_get(id);
    char *text = xprintf("%s", "");
    for (uint32_t i = 0; i < c->n; i++)
        xappend(&text, "%s%s", i > 0 ? " < " : "",
                names_text(c->frame[i].func));
    return text;
}

static void say_allocation(const struct event *e)
{
    const char *type = names_text((uint32_t)e->f[ALLOC_TYPE]);
    char *text = xprintf("%s of %s bytes, slot %s, from %s: %s",
                         plural(e->f[ALLOC_COUNT], "object", "objects"),
                         commas(e->f[ALLOC_ASKED]), commas(e->f[ALLOC_SLOT]),
                         tier_names[e->f[ALLOC_TIER]],
                         type != NULL ? type : "untyped bytes");
    print_paragraph(text, 2, STYLE_PLAIN);
    free(text);
    if (e->f[ALLOC_CHAIN] == 0)
        return;
    text = chain_text((uint32_t)e->f[ALLOC_CHAIN]);
    print_paragraph(text, 4, STYLE_DIM);
    free(text);
}

static void say_collection(const struct event *e)
{
    char *text = xprintf(
        "a collection finds %s bytes live, of %s; the next is due at %s",
        commas(e->f[GC_LIVE]), commas(e->f[GC_BEFORE]), commas(e->f[GC_GOAL]));
    print_paragraph(text, 2, STYLE_PLAIN);
    free(text);
}

/* "insert 14, key 13: …" and everything that it allocated. */
static void say_step(const struct eventQueue *q)
{
    const struct event *step = &q->list[0];
    const char *key = names_text((uint32_t)step->f[STEP_KEY]);
    char *why = NULL;
    bool allocates = false;
    for (size_t i = 0; i < q->n; i++) {
        allocates |= q->list[i].kind == EVENT_ALLOC;
        if (q->list[i].kind == EVENT_GROWTH && why == NULL)
            why = growth_text(&q->list[i]);
    }
    char *text = xprintf("%s %s%s%s: %s", op_words[step->f[STEP_OP]],
                         commas(step->f[STEP_N]), key != NULL ? ", key " : "",
                         key != NULL ? key : "",
                         why != NULL ? why
                         : allocates ? "it allocates"
                                     : "nothing is allocated");
    print_paragraph(text, 0, STYLE_TITLE);
    free(text);
    free(why);
    for (size_t i = 0; i < q->n; i++) {
        if (q->list[i].kind == EVENT_ALLOC)
            say_allocation(&q->list[i]);
        else if (q->list[i].kind == EVENT_GC)
            say_collection(&q->list[i]);
    }
}

static const char *word_in(const json_t *head, const char *name)
{
    const char *word = json_string_value(json_object_get(head, name));
    return word != NULL ? word : "";
}

static void say_head(void)
{
    const char *title = word_in(look.part, "title");
    const char *type = word_in(look.head, "type");
    char *text =
        xprintf("%s, %s, seed %" PRId64 ", %s hash%s%s; part %" PRId64
                "%s%s; step %s of %s",
                word_in(look.head, "source"), word_in(look.head, "go"),
                number(look.head, "seed"), word_in(look.head, "hash"),
                type[0] != '\0' ? ", " : "", type, look.o.part,
                title[0] != '\0' ? ", " : "", title, commas(look.o.step),
                commas(number(look.part, "last")));
    print_paragraph(text, 0, STYLE_DIM);
    free(text);
}

/* --- JSON ---------------------------------------------------------------- */

static json_t *events_json(const struct scene *s)
{
    const struct eventQueue *const both[] = {&s->step, &s->picture};
    char *text = NULL, *line;
    size_t size;
    FILE *f = open_memstream(&text, &size);
    json_t *list = json_array();
    for (size_t k = 0; k < ARRAY_LEN(both); k++)
        for (size_t i = 0; i < both[k]->n; i++)
            logout_write(f, &both[k]->list[i]);
    fclose(f);
    for (char *at = text; (line = strsep(&at, "\n")) != NULL && *line != '\0';)
        json_array_append_new(list, json_loads(line, 0, NULL));
    free(text);
    return list;
}

static void print_scene_json(const struct scene *s)
{
    json_t *doc = json_incref(look.head);
    json_object_set_new(doc, "part", json_integer(look.o.part));
    json_object_set(doc, "title", json_object_get(look.part, "title"));
    json_object_set_new(doc, "step", json_integer(look.o.step));
    json_object_set_new(doc, "events", events_json(s));
    json_object_set_new(doc, "classes", draw_classes_json(s));
    json_object_set_new(doc, "spans", draw_spans_json(s, (int)look.o.class));
    print_json(doc);
}

/* --- the run -------------------------------------------------------------- */

static void begun(json_t *head)
{
    look.head = head;
}

/* Steps before it, and steps that are told as left out, are not kept. */
static void keep(const struct event *e)
{
    if (e->kind == EVENT_SPAN) {
        struct event span = *e;
        span.nbytes = 0;
        queue_add(&look.scene.spans, &span);
    }
    if (e->kind == EVENT_STEP)
        queue_clear(&look.scene.step);
    if (e->kind == EVENT_STEP || look.scene.step.n > 0)
        queue_add(&look.scene.step, e);
}

static void draw(struct scene *s)
{
    if (look.o.json) {
        print_scene_json(s);
        return;
    }
    say_head();
    putchar('\n');
    say_step(&s->step);
    putchar('\n');
    if (s->m != NULL)
        draw_map(s);
    else
        puts("This step is of no map.");
    putchar('\n');
    draw_heap(s, (int)look.o.class);
}

/* A step that is told has ended: if it is the one, this program has, too. */
static void at_rest(const struct maptype *t, const struct gomap *m)
{
    struct scene *s = &look.scene;
    if (s->step.list[0].f[STEP_AT] != look.o.step)
        return;
    s->t = t;
    s->m = m;
    if (m != NULL)
        draw_look(s);
    draw(s);
    draw_done(s);
    output_finish();
    exit(EXIT_OK);
}

static int run_heap(int argc, char **argv)
{
    look.o = (struct heapOptions){.subject = subject_defaults(),
                                  .go = modelled,
                                  .step = NotGiven,
                                  .part = NotGiven,
                                  .class = AnyClass};
    int first = flags_parse(&cmd_heap, argc, argv, &look.o);
    if (argc - first != 1)
        usage_error("heap wants one scenario or workload");
    struct subject s = subject_named(argv[first], &look.o.subject);
    choose(&s);
    bool *parts = xcalloc((size_t)look.o.part, sizeof parts[0]);
    parts[look.o.part - 1] = true;
    struct logWants w = {.put = keep,
                         .every = look.o.step > 0 ? look.o.step : 1,
                         .parts = parts,
                         .nparts = (size_t)look.o.part,
                         .rest = at_rest};
    subject_record(&s, look.o.go, &w, begun);
    file_error("%s: step %" PRId64 " did not come again", s.name, look.o.step);
}

const struct command cmd_heap = {
    .name = "heap",
    .args = "SOURCE",
    .summary = "draw the map and the heap as a step leaves them",
    .doc = heap_doc,
    .flags = heap_flags,
    .takes = scenario_exists,
    .run = run_heap,
};
