/*
 * export.c: what was found, for programs: a row a line, or one document.
 *
 * Text of the profile's is printed as JSON has it, and in TSV without tabs and
 * other control characters.
 */
#include "tools/explain/explain.h"
#include "tools/lib/exits.h"
#include "tools/lib/render.h"
#include "tools/lib/text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const kinds[] = {
    [MAPKIND_CLASSIC] = "bucket",
    [MAPKIND_SWISS] = "swiss",
};

static const struct column columns[] = {
    {"line", 0},
    {"file", 0},
    {"verdict", 0},
    {"mechanism", 0},
    {"objects", COL_RIGHT},
    {"bytes", COL_RIGHT},
    {"maps", COL_RIGHT},
    {"arrays", COL_RIGHT},
    {"array_bytes", COL_RIGHT},
    {"unit", COL_RIGHT},
    {"stage", COL_RIGHT},
    {"hint", COL_RIGHT},
    {"saved_objects", COL_RIGHT},
    {"saved_bytes", COL_RIGHT},
};

enum { MapColumns = 8 };

static enum mechanism most_of(const struct site *l)
{
    enum mechanism most = MECH_MAP;
    for (int m = 1; m < NMECHS; m++)
        if (l->mech_objects[m] > l->mech_objects[most])
            most = (enum mechanism)m;
    return most;
}

static void add_map(struct table *t, const struct finding *f)
{
    const struct mapStory *s = &f->maps[0];
    const struct hintPrice *best = f->costs[0].best;
    double arrays = s->part_objects[PIECE_GROWN] + s->part_objects[PIECE_SPLIT];
    table_num(t, llround(s->maps));
    table_num(t, llround(arrays));
    table_num(t,
              llround(s->part_bytes[PIECE_GROWN] + s->part_bytes[PIECE_SPLIT]));
    table_num(t, s->grown.unit);
    table_num(t, s->top);
    if (!best) {
        table_none(t);
        table_none(t);
        table_none(t);
        return;
    }
    table_num(t, best->hint_low);
    table_num(t, llround(best->saved_objects));
    table_num(t, llround(best->saved_bytes));
}

void explain_tsv(const struct explained *e)
{
    struct table *t = table_new(columns, ARRAY_LEN(columns));
    for (size_t i = 0; i < e->n; i++) {
        const struct finding *f = &e->list[i];
        char *place = site_place(f->line);
        table_text(t, "%s", place);
        table_text(t, "%s", f->line->file);
        table_text(t, "%s", verdict_words[finding_verdict(f)]);
        table_text(t, "%s", mechanism_words[most_of(f->line)]);
        table_num(t, llround(f->line->objects));
        table_num(t, llround(f->line->bytes));
        free(place);
        if (f->nmaps > 0)
            add_map(t, f);
        for (int n = 0; f->nmaps == 0 && n < MapColumns; n++)
            table_none(t);
    }
    table_print_tsv(t);
    table_free(t);
}

/* --- JSON --- */

static json_t *count(double n)
{
    return json_integer(llround(n));
}

static json_t *parts_json(const struct mapStory *s)
{
    json_t *parts = json_object();
    for (int i = 0; i < NPIECES; i++)
        if (s->part_objects[i] >= 0.5)
            json_object_set_new(parts, part_words[i],
                                json_pack("{s:o, s:o}", "objects",
                                          count(s->part_objects[i]), "bytes",
                                          count(s->part_bytes[i])));
    return parts;
}

/* One row a stage: how many arrays were made, how many maps ended there. */
static json_t *stages_json(const struct mapStory *s)
{
    json_t *rows = json_array();
    for (int i = 0; i <= s->top; i++)
        json_array_append_new(
            rows,
            json_pack("{s:i, s:I, s:o, s:o, s:o}", "stage", i, "capacity",
                      (json_int_t)stage_capacity(s->v, i), "arrays",
                      count(i > 0 ? s->grown.count[i] : s->reached[0]), "ended",
                      count(s->ended[i]), "began", count(s->began[i])));
    return rows;
}

static json_t *price_json(const struct hintPrice *p)
{
    return json_pack(
        "{s:I, s:I, s:o, s:o, s:o, s:o}", "hint", (json_int_t)p->hint_low,
        "hint_to", (json_int_t)p->hint_high, "objects", count(p->objects),
        "bytes", count(p->bytes), "saved_objects", count(p->saved_objects),
        "saved_bytes", count(p->saved_bytes));
}

static json_t *map_json(const struct explained *e, const struct mapStory *s,
                        const struct hintCosts *c)
{
    json_t *hints = json_array();
    for (int i = 0; i < c->n; i++)
        json_array_append_new(hints, price_json(&c->list[i]));
    json_t *map = json_pack(
        "{s:s, s:s, s:i, s:i, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "kind",
        kinds[s->v->map], "verdict", verdict_words[s->verdict], "unit",
        s->grown.unit, "unit_to", s->grown.unit_to, "maps", count(s->maps),
        "maps_off", count(estimate_off(e->lines, s->maps, s->samples)),
        "objects", count(s->objects), "bytes", count(s->bytes), "parts",
        parts_json(s), "stages", stages_json(s), "hints", hints, "best",
        c->best ? price_json(c->best) : json_null());
    json_object_set_new(map, "own",
                        c->n > 0 ? price_json(&c->own) : json_null());
    if (s->verdict == VERDICT_UNSURE)
        json_object_set_new(map, "why", json_string(s->why));
    return map;
}

static json_t *slices_json(const struct sliceStory *s)
{
    json_t *rows = json_array();
    for (int i = 0; i < s->nsteps; i++)
        json_array_append_new(rows, json_pack("{s:I, s:I, s:o, s:o}",
                                              "capacity", (json_int_t)s->cap[i],
                                              "bytes", (json_int_t)s->size[i],
                                              "arrays", count(s->arrays[i]),
                                              "ended", count(s->ended[i])));
    return json_pack("{s:i, s:b, s:o, s:o, s:o, s:o, s:o, s:o}", "element",
                     s->elem, "by_sizes", s->by_sizes, "slices",
                     count(s->slices), "objects", count(s->objects), "bytes",
                     count(s->bytes), "saved_objects", count(s->saved_objects),
                     "saved_bytes", count(s->saved_bytes), "steps", rows);
}

static json_t *mechanisms_json(const struct site *l)
{
    json_t *all = json_object();
    for (int m = 0; m < NMECHS; m++)
        if (l->mech_objects[m] > 0)
            json_object_set_new(all, mechanism_words[m],
                                json_pack("{s:o, s:o}", "objects",
                                          count(l->mech_objects[m]), "bytes",
                                          count(l->mech_bytes[m])));
    return all;
}

/* A name of the profile's, which need not be UTF-8. */
static json_t *name_json(const char *name)
{
    return json_string(valid_utf8(name));
}

static json_t *line_json(const struct explained *e, const struct finding *f)
{
    const struct site *l = f->line;
    json_t *maps = json_array();
    for (int i = 0; i < f->nmaps; i++)
        json_array_append_new(maps, map_json(e, &f->maps[i], &f->costs[i]));
    return json_pack(
        "{s:o, s:o, s:I, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "func",
        name_json(l->func), "file", name_json(l->file), "line",
        (json_int_t)l->line, "verdict", verdict_words[finding_verdict(f)],
        "objects", count(l->objects), "bytes", count(l->bytes), "inuse_objects",
        count(l->inuse_objects), "inuse_bytes", count(l->inuse_bytes),
        "mechanisms", mechanisms_json(l), "maps", maps, "slices",
        f->slices ? slices_json(f->slices) : json_null());
}

static const char *const shown_words[] = {
    [SHOWN_COMPLETE] = "complete",
    [SHOWN_HIDDEN] = "hidden",
    [SHOWN_NAMELESS] = "nameless",
};

/* "called": hidden, but the program told what each call is of. */
static const char *shown_word(const struct source *s)
{
    return s->calls_told ? "called" : shown_words[s->shown];
}

json_t *explain_document(const struct explained *e)
{
    enum { SchemaVersion = 1 };
    json_t *lines = json_array();
    for (size_t i = 0; i < e->n; i++)
        json_array_append_new(lines, line_json(e, &e->list[i]));
    const struct sites *l = e->lines;
    return json_pack(
        "{s:i, s:s, s:s, s:s, s:s, s:I, s:b, s:I, s:o, s:o, s:I, s:o}",
        "schema_version", SchemaVersion, "source", valid_utf8(e->source->title),
        "frames", shown_word(e->source), "go", e->release.v->name, "go_why",
        e->release.why, "rate", (json_int_t)l->rate, "allocations",
        l->has_allocs, "seed", (json_int_t)e->seed, "objects",
        count(l->total.objects), "bytes", count(l->total.bytes), "left_out",
        (json_int_t)e->left_out, "lines", lines);
}

void explain_json(const struct explained *e)
{
    print_json(explain_document(e));
}
