/*
 * scenarioparts.h: a scenario is run as its users run it, with -json, and what
 * it reported is looked up.
 */
#ifndef TESTS_SCENARIOPARTS_H
#define TESTS_SCENARIOPARTS_H

#include "tests/hmaprun.h"
#include <jansson.h>

static json_t *doc; /* of the last run: what parts_of returns lies in it */

static inline void forget_parts(void)
{
    json_decref(doc);
    doc = NULL;
}

/* The scenario's parts, from `hmap run ARGS -json`. */
static inline json_t *parts_of(const char *args)
{
    char command[200];
    snprintf(command, sizeof command, "run %s -json", args);
    struct ran r = hmap(command);
    cr_assert_eq(r.status, 0, "%s: %s", command, r.err);
    json_decref(doc);
    doc = json_loads(r.out, 0, NULL);
    cr_assert_not_null(doc);
    ran_free(&r);
    json_t *list = json_object_get(doc, "scenarios");
    return json_object_get(json_array_get(list, 0), "parts");
}

/* The n-th part that has a field of that name. */
static inline json_t *nth_with(json_t *parts, const char *field, int n)
{
    size_t i;
    json_t *part;
    json_array_foreach(parts, i, part)
    {
        json_t *found = json_object_get(part, field);
        if (found != NULL && n-- == 0)
            return found;
    }
    cr_assert_fail("no %s", field);
    return NULL;
}

static inline json_t *table_of(json_t *parts, int n)
{
    return nth_with(parts, "table", n);
}

/* A number in a row of a table. */
static inline long long cell(json_t *table, int row, const char *column)
{
    json_t *value = json_object_get(json_array_get(table, (size_t)row), column);
    cr_assert(json_is_integer(value), "row %d: %s", row, column);
    return json_integer_value(value);
}

static inline const char *text_cell(json_t *table, int row, const char *column)
{
    return json_string_value(
        json_object_get(json_array_get(table, (size_t)row), column));
}

static inline long long total(json_t *parts, int n, const char *field)
{
    return json_integer_value(
        json_object_get(nth_with(parts, "total", n), field));
}

#endif
