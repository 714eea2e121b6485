/*
 * ndjson.c: one flat row a line of the program, for tools that read rows by the
 * million.
 */
#include "tools/explain/daily.h"

#include "tools/lib/exits.h"
#include "tools/lib/text.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool labels_ok(const char *labels)
{
    for (const char *at = labels; *at;) {
        size_t n = strcspn(at, ",");
        const char *equals = memchr(at, '=', n);
        if (!equals || equals == at)
            return false;
        at += n + (at[n] == ',');
    }
    return *labels != '\0';
}

/* Labels may bear any name but those of the row. */
static void add_labels(json_t *row, const char *labels)
{
    for (const char *at = labels; at && *at;) {
        size_t n = strcspn(at, ",");
        size_t key = strcspn(at, "=");
        char *name = xprintf("%.*s", (int)key, at);
        json_t *value = json_stringn(at + key + 1, n - key - 1);
        if (value && !json_object_get(row, name))
            json_object_set(row, name, value);
        json_decref(value);
        free(name);
        at += n + (at[n] == ',');
    }
}

static void print_row(json_t *row, const char *labels)
{
    add_labels(row, labels);
    char *text = json_dumps(row, JSON_COMPACT);
    puts(text);
    free(text);
    json_decref(row);
}

static json_t *text_json(const char *text)
{
    return json_string(valid_utf8(text));
}

void ndjson_error(const char *source, const char *why, const char *labels)
{
    print_row(json_pack("{s:o, s:o}", "source", text_json(source), "error",
                        text_json(why)),
              labels);
}

static void add_map(json_t *row, const struct finding *f)
{
    const struct mapStory *s = &f->maps[0];
    const struct hintCosts *c = &f->costs[0];
    json_object_set_new(row, "maps", json_integer(llround(s->maps)));
    json_object_set_new(row, "map_objects", json_integer(llround(s->objects)));
    json_object_set_new(row, "map_bytes", json_integer(llround(s->bytes)));
    json_object_set_new(row, "unit", json_integer(s->grown.unit));
    json_object_set_new(row, "stage", json_integer(s->top));
    if (!c->best)
        return;
    json_object_set_new(row, "hint", json_integer(c->best->hint_low));
    json_object_set_new(row, "saved_objects",
                        json_integer(llround(c->best->saved_objects)));
    json_object_set_new(row, "saved_bytes",
                        json_integer(llround(c->best->saved_bytes)));
}

void explain_ndjson(const struct explained *e, const char *labels)
{
    for (size_t i = 0; i < e->n; i++) {
        const struct finding *f = &e->list[i];
        const struct site *l = f->line;
        json_t *row = json_pack(
            "{s:o, s:o, s:o, s:I, s:s, s:I, s:I, s:s, s:I, s:I}", "source",
            text_json(e->source->title), "func", text_json(l->func), "file",
            text_json(l->file), "line", (json_int_t)l->line, "verdict",
            verdict_words[finding_verdict(f)], "objects",
            (json_int_t)llround(l->objects), "bytes",
            (json_int_t)llround(l->bytes), "go", e->release.v->name, "rate",
            (json_int_t)e->lines->rate, "time_nanos",
            (json_int_t)e->source->p->time_nanos);
        if (f->nmaps > 0)
            add_map(row, f);
        print_row(row, labels);
    }
}
