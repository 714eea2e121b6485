/*
 * explain_export.c: what was found, told to programs: all of it, as TSV or
 * JSON.
 *
 *     explain_fit, explain_replay --> [explain_export] --> stdout
 */
#include "runtime/base/goversion.h"
#include "tools/explain/explain.h"

#include "tools/lib/exits.h"
#include "tools/lib/printable.h"
#include "tools/lib/render.h"

#include <math.h>
#include <stdlib.h>

/* One row a site. */
static const struct column columns[] = {
    {"site", 0},
    {"verdict", 0},
    {"objects", COL_RIGHT},
    {"bytes", COL_RIGHT},
    {"array_objects", COL_RIGHT},
    {"array_bytes", COL_RIGHT},
    {"bucket_size", COL_RIGHT},
    {"largest_B", COL_RIGHT},
    {"hint", COL_RIGHT},
    {"saved_objects", COL_RIGHT},
    {"saved_bytes", COL_RIGHT},
};

static void add_row(struct table *t, const struct finding *f)
{
    char *where = site_place(f->site);
    double arrays = 0, array_bytes = 0;
    for (int i = 0; i < f->nmaps; i++) {
        arrays += f->maps[i].array_objects;
        array_bytes += f->maps[i].array_bytes;
    }
    table_text(t, "%s", where);
    table_text(t, "%s", verdict_words[f->verdict]);
    table_num(t, llround(f->site->objects));
    table_num(t, llround(f->site->bytes));
    free(where);
    if (f->nmaps == 0) {
        for (int i = 4; i < (int)ARRAY_LEN(columns); i++)
            table_none(t);
        return;
    }
    table_num(t, llround(arrays));
    table_num(t, llround(array_bytes));
    table_num(t, f->maps[0].bucket);
    table_num(t, f->maps[0].B);
    if (takes_hint(f->site))
        table_num(t, f->cost.hint_low);
    else
        table_none(t);
    table_num(t, llround(saved_objects(f)));
    table_num(t, llround(saved_bytes(f)));
}

void print_rows(const struct findings *f)
{
    struct table *t = table_new(columns, ARRAY_LEN(columns));
    for (size_t i = 0; i < f->n; i++)
        add_row(t, &f->list[i]);
    table_print_tsv(t);
    table_free(t);
}

static json_t *map_json(const struct mapFit *m)
{
    json_t *arrays = json_array();
    for (int b = m->lowB; b <= m->B; b++)
        json_array_append_new(
            arrays,
            json_pack("{s:i, s:I, s:f}", "B", b, "size",
                      (json_int_t)array_size_in(m->bucket, b, m->headers),
                      "objects", m->arrays[b]));
    json_t *others = json_array();
    for (int i = 0; i < MaxAlternatives && m->alternatives[i]; i++)
        json_array_append_new(others, json_integer(m->alternatives[i]));
    char *pairs = common_pairs(m);
    json_t *doc = json_pack(
        "{s:i, s:i, s:s?, s:o, s:i, s:f, s:f, s:o, s:f, s:f, s:f, s:f, s:f, "
        "s:f}",
        "bucket_size", m->bucket, "key_and_element", m->bucket / 8 - 2,
        "for_example", pairs, "other_bucket_sizes", others, "largest_B", m->B,
        "maps", m->maps, "small_maps", m->small, "arrays", arrays,
        "array_objects", m->array_objects, "array_bytes", m->array_bytes,
        "bucket_objects", m->bucket_objects, "bucket_bytes", m->bucket_bytes,
        "bookkeeping_objects", m->book_objects, "bookkeeping_bytes",
        m->book_bytes);
    if (m->known_pointers)
        json_object_set_new(doc, "pointer_free", json_boolean(m->pointer_free));
    free(pairs);
    return doc;
}

/* null where no hint can be given. */
static json_t *hint_json(const struct finding *f)
{
    if (!takes_hint(f->site))
        return json_null();
    return json_pack("{s:I, s:I, s:f}", "low", (json_int_t)f->cost.hint_low,
                     "high", (json_int_t)f->cost.hint_high, "entries",
                     f->cost.entries);
}

/* null where the line is the program's own. */
static json_t *callers_json(const struct site *s)
{
    if (s->ncallers == 0)
        return json_null();
    json_t *list = json_array();
    for (size_t i = 0; i < s->ncallers; i++)
        json_array_append_new(list,
                              json_pack("{s:s, s:I, s:f}", "function",
                                        valid_utf8(s->callers[i].func), "line",
                                        (json_int_t)s->callers[i].line, "bytes",
                                        s->callers[i].bytes));
    return list;
}

/* Of a map that grows on several lines: those besides the site's own. */
static json_t *other_lines_json(const struct site *s)
{
    json_t *list = json_array();
    for (size_t i = 1; i < s->nparts; i++)
        json_array_append_new(list,
                              json_pack("{s:s, s:s, s:I}", "function",
                                        valid_utf8(s->parts[i]->func), "file",
                                        valid_utf8(s->parts[i]->file), "line",
                                        (json_int_t)s->parts[i]->line));
    return list;
}

static json_t *site_json(const struct finding *f)
{
    json_t *maps = json_array();
    for (int i = 0; i < f->nmaps; i++)
        json_array_append_new(maps, map_json(&f->maps[i]));
    json_t *doc = json_pack(
        "{s:s, s:s, s:I, s:o, s:s, s:f, s:f, s:o, s:o}", "function",
        valid_utf8(f->site->func), "file", valid_utf8(f->site->file), "line",
        (json_int_t)f->site->line, "other_lines", other_lines_json(f->site),
        "verdict", verdict_words[f->verdict], "objects", f->site->objects,
        "bytes", f->site->bytes, "called_from", callers_json(f->site), "maps",
        maps);
    if (f->nmaps == 0)
        return doc;
    json_object_set_new(doc, "hint", hint_json(f));
    json_object_set_new(doc, "saving",
                        json_pack("{s:f, s:f, s:f}", "objects",
                                  saved_objects(f), "bytes", saved_bytes(f),
                                  "copied_entries", f->cost.copied));
    return doc;
}

void print_document(const struct findings *f, const struct explainContext *c)
{
    json_t *list = json_array();
    for (size_t i = 0; i < f->n; i++)
        json_array_append_new(list, site_json(&f->list[i]));
    print_json(json_pack(
        "{s:s, s:s, s:I, s:I, s:f, s:f, s:o}", "version", modelled->name,
        "profile", valid_utf8(c->path), "seed", (json_int_t)c->seed, "rate",
        (json_int_t)c->sites->rate, "objects", c->sites->objects, "bytes",
        c->sites->bytes, "sites", list));
}
