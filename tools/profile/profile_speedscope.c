/*
 * profile_speedscope.c: speedscope's file format.
 *
 * Its samples stand in the order of the profile's, which for ours is that of
 * their first allocation: the Time Order view then tells how the map grew.
 */
#include "tools/profile/profileout.h"

#include "tools/lib/exits.h"
#include "tools/lib/pool.h"
#include "tools/lib/text.h"

#include <jansson.h>
#include <string.h>

struct frameTable {
    struct byteMap *index; /* by function and line: its place, from 1 */
    json_t *frames;        /* shared.frames */
};

static json_int_t frame_index(struct frameTable *t, const struct profLine *l)
{
    const struct {
        const struct profFunc *func;
        int64_t line;
    } key = {l->func, l->line};
    uintptr_t place = (uintptr_t)bytemap_get(t->index, &key, sizeof key);
    if (place)
        return (json_int_t)place - 1;
    json_t *frame = json_pack("{s:s}", "name", valid_utf8(l->func->name));
    if (*l->func->file)
        json_object_set_new(frame, "file",
                            json_string(valid_utf8(l->func->file)));
    if (l->line > 0)
        json_object_set_new(frame, "line", json_integer(l->line));
    json_array_append_new(t->frames, frame);
    place = json_array_size(t->frames);
    bytemap_put(t->index, &key, sizeof key, (void *)place);
    return (json_int_t)place - 1;
}

static json_t *stack_json(struct frameTable *t, const struct profSample *s)
{
    json_t *stack = json_array();
    for (uint32_t i = s->nlocs; i > 0; i--)
        for (uint32_t j = s->locs[i - 1]->nlines; j > 0; j--)
            json_array_append_new(
                stack,
                json_integer(frame_index(t, &s->locs[i - 1]->lines[j - 1])));
    return stack;
}

static json_t *profile_json(struct frameTable *t, const struct profile *p,
                            int value)
{
    json_t *samples = json_array(), *weights = json_array();
    json_int_t end = 0;
    for (size_t i = 0; i < p->nsamples; i++) {
        int64_t v = p->samples[i]->values[value];
        if (v <= 0)
            continue;
        json_array_append_new(samples, stack_json(t, p->samples[i]));
        json_array_append_new(weights, json_integer(v));
        end = wrap_add(end, v);
    }
    bool bytes = strcmp(p->types[value].unit, "bytes") == 0;
    return json_pack("{s:s, s:s, s:s, s:i, s:I, s:o, s:o}", "type", "sampled",
                     "name", p->types[value].type, "unit",
                     bytes ? "bytes" : "none", "startValue", 0, "endValue", end,
                     "samples", samples, "weights", weights);
}

static json_t *document(const struct profile *p, const char *name)
{
    struct frameTable t = {bytemap_new(), json_array()};
    json_t *profiles = json_array();
    for (int value = 0; value < (int)p->ntypes && value < 2; value++)
        json_array_append_new(profiles, profile_json(&t, p, value));
    bytemap_free(t.index);
    return json_pack("{s:s, s:s, s:s, s:{s:o}, s:o}", "$schema",
                     "https://www.speedscope.app/file-format-schema.json",
                     "name", name, "exporter", "hmap", "shared", "frames",
                     t.frames, "profiles", profiles);
}

bool profile_write_speedscope(const struct profile *p, const char *name,
                              FILE *f)
{
    json_t *doc = document(p, name);
    bool ok = json_dumpf(doc, f, JSON_COMPACT) == 0;
    json_decref(doc);
    return ok && fputc('\n', f) != EOF;
}
