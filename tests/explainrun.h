/*
 * explainrun.h: runs `hmap explain`, and finds its way in what it says.
 */
#ifndef TESTS_EXPLAINRUN_H
#define TESTS_EXPLAINRUN_H

#include "tests/hmaprun.h"

#include <jansson.h>

static inline json_t *explain_file(const char *path)
{
    const char *const argv[] = {"hmap", "explain", "-json", path, NULL};
    struct ran r = run_hmap(argv);
    cr_assert_eq(r.status, 0, "%s: %s", path, r.err);
    json_t *doc = json_loads(r.out, 0, NULL);
    cr_assert_not_null(doc, "%s: no JSON: %s", path, r.out);
    ran_free(&r);
    return doc;
}

/* Of a recorded profile. */
static inline json_t *explain(const char *program, const char *suffix)
{
    char path[256];
    snprintf(path, sizeof path, "tests/golden/profiles/%s%s", program, suffix);
    return explain_file(path);
}

static inline void site_name(json_t *site, char *name, size_t size)
{
    snprintf(name, size, "%s:%lld",
             json_string_value(json_object_get(site, "function")),
             (long long)json_integer_value(json_object_get(site, "line")));
}

static inline json_t *find_site(json_t *doc, const char *want)
{
    size_t i;
    json_t *site;
    char name[128];
    json_array_foreach(json_object_get(doc, "sites"), i, site)
    {
        site_name(site, name, sizeof name);
        if (strcmp(name, want) == 0)
            return site;
    }
    return NULL;
}

static inline int get_int(json_t *object, const char *key)
{
    return (int)json_integer_value(json_object_get(object, key));
}

static inline double get_number(json_t *object, const char *key)
{
    return json_number_value(json_object_get(object, key));
}

static inline void expect_said(const char *const argv[], const char *out)
{
    struct ran r = run_hmap(argv);
    cr_expect_eq(r.status, 0);
    cr_expect(strstr(r.out, out), "want '%s' in: %s", out, r.out);
    ran_free(&r);
}

#endif
