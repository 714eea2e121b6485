/*
 * explainrun.h: runs `hmap explain`, and finds its way in what it says.
 */
#ifndef TESTS_EXPLAINRUN_H
#define TESTS_EXPLAINRUN_H

#include "tests/hmaprun.h"

#include <jansson.h>

/* The document of `hmap explain -json -all ARGS`, args split at blanks by the
 * shell. */
static inline json_t *explain_args(const char *args)
{
    char line[2000];
    snprintf(line, sizeof line, "explain -json -all %s", args);
    struct ran r = hmap(line);
    cr_assert_eq(r.status, 0, "%s: %s", args, r.err);
    json_t *doc = json_loads(r.out, 0, NULL);
    cr_assert_not_null(doc, "%s: no JSON: %s", args, r.out);
    ran_free(&r);
    return doc;
}

/* Of a recorded profile. */
static inline json_t *explain_golden(const char *program, const char *suffix)
{
    char path[256];
    snprintf(path, sizeof path, "tests/golden/profiles/%s%s", program, suffix);
    return explain_args(path);
}

/* The line called "main.count:20", or NULL. */
static inline json_t *find_line(json_t *doc, const char *want)
{
    size_t i;
    json_t *line;
    char name[512];
    json_array_foreach (json_object_get(doc, "lines"), i, line) {
        snprintf(name, sizeof name, "%s:%lld",
                 json_string_value(json_object_get(line, "func")),
                 json_integer_value(json_object_get(line, "line")));
        if (strcmp(name, want) == 0)
            return line;
    }
    return NULL;
}

static inline const char *get_text(json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

static inline long get_int(json_t *object, const char *key)
{
    return (long)json_integer_value(json_object_get(object, key));
}

/* The line's first map, or NULL. */
static inline json_t *map_of(json_t *line)
{
    return json_array_get(json_object_get(line, "maps"), 0);
}

/* The last stage that a map of it reached. */
static inline long stage_of(json_t *map)
{
    json_t *stages = json_object_get(map, "stages");
    return get_int(json_array_get(stages, json_array_size(stages) - 1),
                   "stage");
}

/* Objects of one of the map's parts: "array", "overflow". */
static inline long part_of(json_t *map, const char *part)
{
    return get_int(json_object_get(json_object_get(map, "parts"), part),
                   "objects");
}

/* How many lines have that verdict. */
static inline int count_verdicts(json_t *doc, const char *verdict)
{
    size_t i;
    json_t *line;
    int n = 0;
    json_array_foreach (json_object_get(doc, "lines"), i, line)
        n += strcmp(get_text(line, "verdict"), verdict) == 0;
    return n;
}

#endif
