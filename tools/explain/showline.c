/*
 * showline.c: a line's story: how its maps grew, what each hint would save,
 * what its slices cost.
 */
#include "tools/explain/show.h"
#include "tools/lib/exits.h"
#include "tools/lib/render.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* "83 objects (20.25kB)"; the caller frees it. */
static char *amount(double objects, double size)
{
    struct shownText t;
    return xprintf("%s (%s)", plural(llround(objects), "object", "objects"),
                   show_bytes(size, &t));
}

/* "about 83", or "83" where nothing is an estimate; with its range where
 * that is wider than a tenth. The caller frees it. */
static char *estimate(const struct explained *e, double n, double samples)
{
    double off = estimate_off(e->lines, n, samples);
    if (off <= 0)
        return xprintf("%s", commas(llround(n)));
    return xprintf("about %s (%s to %s)", commas(llround(n)),
                   commas(llround(fmax(n - off, 1))), commas(llround(n + off)));
}

static void say(char *line)
{
    print_paragraph(line, 2, STYLE_PLAIN);
    free(line);
}

/* --- maps --- */

/* What people call a stage: "B = 5", "128 groups", "4 tables". */
static char *stage_name(const struct mapStory *s, int stage)
{
    if (s->v->map == MAPKIND_CLASSIC)
        return xprintf("B = %d", stage);
    if (stage <= SwissTables)
        return xprintf("%s", plural((int64_t)1 << stage, "group", "groups"));
    return xprintf("%lld tables", 1ll << (stage - SwissTables));
}

static void say_one_map(const struct mapStory *s)
{
    char *stage = stage_name(s, s->top);
    int64_t low = s->top > 0 ? stage_capacity(s->v, s->top - 1) + 1 : 1;
    say(xprintf("One map grew here, to %s: %s to %s entries.", stage,
                commas(low), commas(stage_capacity(s->v, s->top))));
    free(stage);
}

static void say_histogram(const struct explained *e, const struct mapStory *s)
{
    char *maps = estimate(e, s->maps, s->samples);
    char *text = xprintf("%s maps were filled here. Entries, and how many maps "
                         "ended with so many:",
                         maps);
    free(maps);
    const char *between = " ";
    for (int i = 0; i <= s->top; i++) {
        if (s->ended[i] < 0.5)
            continue;
        int64_t low = i > 0 ? stage_capacity(s->v, i - 1) + 1 : 1;
        xappend(&text, "%s%s to %s: %s", between, commas(low),
                commas(stage_capacity(s->v, i)), commas(llround(s->ended[i])));
        between = "; ";
    }
    xappend(&text, ".");
    say(text);
}

static void say_unit(const struct mapStory *s, const char *type)
{
    const char *what = s->v->map == MAPKIND_CLASSIC ? "bucket" : "group";
    char *pairs = common_pairs(s);
    if (type)
        say(xprintf("A %s is %d bytes: %s.", what, s->grown.unit, type));
    else if (s->grown.unit != s->grown.unit_to)
        say(xprintf("A %s is %d to %d bytes.", what, s->grown.unit,
                    s->grown.unit_to));
    else
        say(xprintf("A %s is %d bytes%s%s.", what, s->grown.unit,
                    pairs ? ", as of " : "", pairs ? pairs : ""));
    free(pairs);
}

static void say_parts(const struct mapStory *s)
{
    static const char *const names[NPIECES] = {
        [PIECE_UNIT] = "first ones",    [PIECE_GROWN] = "growth",
        [PIECE_SPLIT] = "split tables", [PIECE_CHAIN] = "overflow buckets",
        [PIECE_EXTRA] = "bookkeeping",  [PIECE_TABLE] = "tables",
        [PIECE_DIR] = "directories",
    };
    char *text = xprintf("%s", "");
    for (int i = 0; i < NPIECES; i++) {
        if (!names[i] || s->part_objects[i] < 0.5)
            continue;
        char *part = amount(s->part_objects[i], s->part_bytes[i]);
        xappend(&text, "%s%s %s", *text ? ", " : "", names[i], part);
        free(part);
    }
    char *all = amount(s->objects, s->bytes);
    say(xprintf("Together %s: %s.", all, text));
    free(all);
    free(text);
}

/* Where maps had grown so far: frames tell what make made. */
static const char *came_from(const struct mapStory *s, int stage)
{
    if (s->begun_elsewhere)
        return "grown on another line before";
    return s->hinted[stage] > 0 ? "made with a hint that was too small"
                                : "made with a hint that was too small, or "
                                  "grown on another line before";
}

static void say_began(const struct mapStory *s)
{
    for (int i = 0; i <= s->top; i++) {
        char *stage = stage_name(s, i);
        if (s->began[i] >= 0.5)
            say(xprintf("%s here with room for %s entries: %s.",
                        plural(llround(s->began[i]), "map came", "maps came"),
                        commas(stage_capacity(s->v, i)), came_from(s, i)));
        if (s->again[i] >= 0.5)
            say(xprintf(
                "%s made again at the same size (%s): keys come and "
                "go, and no hint helps against that.",
                plural(llround(s->again[i]), "array was", "arrays were"),
                stage));
        free(stage);
    }
}

/* What a hint saves, of what; the caller frees it. */
static char *saving(const struct hintPrice *p, const struct hintCosts *c)
{
    struct shownText a;
    return xprintf(
        "%s of %s (%.0f%%) and %s (%.0f%%)", commas(llround(p->saved_objects)),
        plural(llround(c->objects), "object", "objects"),
        show_share(p->saved_objects, c->objects),
        show_bytes(p->saved_bytes, &a), show_share(p->saved_bytes, c->bytes));
}

static void say_best(const struct hintCosts *c, const struct site *l,
                     const struct explained *e)
{
    const struct hintPrice *p = c->best;
    const char *type = l->type ? strchr(l->type, '[') : NULL;
    char *saved = saving(p, c);
    say(xprintf("make(map%s, %" PRId64 "), or any hint up to %s, saves %s: "
                "%.1f%% of the program's %s.",
                type ? type : "[K]V", p->hint_low, commas(p->hint_high), saved,
                e->by_bytes
                    ? show_share(p->saved_bytes, e->lines->total.bytes)
                    : show_share(p->saved_objects, e->lines->total.objects),
                e->by_bytes ? "bytes" : "objects"));
    free(saved);
}

/* Maps of several sizes, and each its own hint. */
static void say_own(const struct hintCosts *c)
{
    char *saved = saving(&c->own, c);
    say(xprintf(
        "Where each map's size is known before, give each its own: that "
        "saves %s.",
        saved));
    free(saved);
}

/* Hints beside the best one: what they would save or cost. */
static void say_candidates(const struct hintCosts *c)
{
    struct shownText a;
    char *text = xprintf("%s", "");
    for (int i = 0; i < c->n; i++) {
        const struct hintPrice *p = &c->list[i];
        xappend(&text, "%s%" PRId64 ": %s, %s", *text ? "; " : "", p->hint_low,
                commas(llround(p->saved_objects)),
                show_bytes(p->saved_bytes, &a));
    }
    say(xprintf("Each hint, with the objects and bytes that it saves (below 0: "
                "costs): %s.",
                text));
    free(text);
}

/* Many maps of which hardly any lives. */
static void say_reuse(const struct explained *e, const struct mapStory *s)
{
    enum { Many = 100, OneIn = 50 };
    if (s->maps < Many || s->live_objects * OneIn > s->maps ||
        s->verdict != VERDICT_KNOWN || !e->lines->has_allocs)
        return;
    say(xprintf("Hardly any of them is in use at the end: one map made before "
                "the loop, and cleared, would serve for all: clear(m), or in "
                "old releases for k := range m { delete(m, k) }."));
}

/* Package sync makes its maps itself. */
static bool takes_hint(const struct site *l)
{
    return !l->syncmap && strncmp(l->func, "sync.", 5) != 0 &&
           strncmp(l->func, "internal/sync.", 14) != 0;
}

static void say_hints(const struct explained *e, const struct finding *f, int i)
{
    const struct mapStory *s = &f->maps[i];
    const struct hintCosts *c = &f->costs[i];
    if (s->top == 0)
        say(xprintf("None outgrew its first %s: a hint would save nothing.",
                    s->v->map == MAPKIND_CLASSIC ? "bucket" : "group"));
    else if (!takes_hint(f->line))
        say(xprintf("A sync.Map takes no hint; a map of your own behind a lock "
                    "would."));
    else if (s->begun_elsewhere)
        say(xprintf("A hint where they are made takes all of this away: what "
                    "each of them needs it makes there."));
    else if (s->v->map != e->release.v->map)
        say(xprintf("No hint is priced, since %s has maps of another kind: "
                    "explain -go %s has these.",
                    e->release.v->name, s->v->name + strlen("go")));
    else if (c->n == 0)
        return;
    else if (c->best)
        say_best(c, f->line, e);
    else
        say(xprintf("No hint pays: what it saves the large maps it costs the "
                    "small ones."));
    if (c->n > 0 && s->maps > 1.5 && s->low < s->top && takes_hint(f->line)) {
        say_own(c);
        say_candidates(c);
    }
    say_reuse(e, s);
}

static void say_map(const struct explained *e, const struct finding *f, int i)
{
    const struct mapStory *s = &f->maps[i];
    bool called = f->line->mech_objects[MECH_MAP] > 0;
    if (s->verdict == VERDICT_UNSURE && called)
        say(xprintf("A map's write, but unsure how far it grew: %s. The "
                    "likeliest reading:",
                    s->why));
    else if (s->verdict == VERDICT_UNSURE)
        say(xprintf("Unsure: %s. If it is a map:", s->why));
    if (s->maps > 1.5 || s->top == 0)
        say_histogram(e, s);
    else
        say_one_map(s);
    say_unit(s, f->line->type);
    say_parts(s);
    say_began(s);
    say_hints(e, f, i);
}

/* --- slices --- */

static void say_slices(const struct explained *e, const struct sliceStory *s)
{
    struct shownText a;
    double samples = 0;
    int last = 0;
    for (int i = 0; i < s->nsteps; i++) {
        samples += s->samples[i];
        last = s->ended[i] >= 0.5 ? i : last;
    }
    char *n = estimate(e, s->slices, samples);
    say(xprintf("%s %s grew by append here%s, in %s of %s: the largest has "
                "room for %s elements of %d bytes.",
                n, llround(s->slices) == 1 ? "slice" : "slices",
                s->by_sizes ? ", as the sizes suggest" : "",
                plural(llround(s->objects), "array", "arrays"),
                show_bytes(s->bytes, &a), commas(s->cap[last]), s->elem));
    free(n);
    if (s->saved_objects < 1)
        return;
    say(xprintf("Made with the right capacity each would be one array: %s and "
                "%s less.",
                plural(llround(s->saved_objects), "object", "objects"),
                show_bytes(s->saved_bytes, &a)));
}

/* --- a line --- */

static void say_caller(const struct site *l)
{
    const struct siteCaller *most = l->callers;
    for (size_t i = 1; i < l->ncallers; i++)
        if (l->callers[i].bytes > most->bytes)
            most = &l->callers[i];
    if (l->ncallers == 0)
        return;
    say(xprintf("A line of Go's own packages, called %sfrom %s:%" PRId64 ".",
                l->ncallers > 1 ? "most " : "", most->func, most->line));
}

void show_line(const struct explained *e, const struct finding *f)
{
    const struct site *l = f->line;
    if (f->nmaps == 0 && !f->slices)
        return;
    char *head = xprintf("%s  %s:%" PRId64, l->func, l->file, l->line);
    putchar('\n');
    print_paragraph(head, 0, STYLE_TITLE);
    free(head);
    say_caller(l);
    for (int i = 0; i < f->nmaps; i++)
        say_map(e, f, i);
    if (f->slices)
        say_slices(e, f->slices);
}
