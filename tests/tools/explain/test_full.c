/*
 * test_full.c: profiles of real programs of several releases with every frame
 * (tests/programs/record_full.sh). What explain says of each growing line is
 * counted a second time here, straight from the stacks; and of the same
 * programs with hidden frames it must find most, and call nothing else a map.
 */
#include "tests/explainrun.h"

#include "tools/profile/naming.h"

#include <glob.h>
#include <math.h>

/* A line where maps grow, by its stacks. */
struct truth {
    char line[256];
    double arrays, bytes, all_bytes, all_objects;
};

struct truths {
    struct truth list[2000];
    size_t n;
    double objects, bytes;
};

static bool of_runtime(const char *func)
{
    return strncmp(func, "runtime.", 8) == 0 ||
           strncmp(func, "internal/runtime/", 17) == 0 ||
           strncmp(func, "reflect.mapassign", 17) == 0;
}

/* The line of a sample, and whether it is an array that growth made. */
static const struct profLine *line_of(const struct profSample *s, bool *grown)
{
    bool array = false, growth = false;
    for (uint32_t i = 0; i < s->nlocs; i++)
        for (uint32_t j = 0; j < s->locs[i]->nlines; j++) {
            const struct profLine *l = &s->locs[i]->lines[j];
            const char *f = l->func->name;
            if (!of_runtime(f)) {
                *grown = array && growth;
                return l;
            }
            array |= strcmp(f, "runtime.makeBucketArray") == 0 ||
                     strstr(f, "maps.newGroups");
            growth |= strcmp(f, "runtime.hashGrow") == 0 ||
                      strstr(f, ").grow") || strstr(f, ").split") ||
                      strstr(f, "growToTable");
            growth &= !strstr(f, "growToSmall");
        }
    return NULL;
}

static struct truth *truth_of(struct truths *t, const struct profLine *l)
{
    char name[256];
    snprintf(name, sizeof name, "%s:%lld", l->func->name, (long long)l->line);
    for (size_t i = 0; i < t->n; i++)
        if (strcmp(t->list[i].line, name) == 0)
            return &t->list[i];
    cr_assert_lt(t->n, sizeof t->list / sizeof *t->list);
    struct truth *new = &t->list[t->n++];
    *new = (struct truth){.arrays = 0};
    strcpy(new->line, name);
    return new;
}

static void read_truth(const char *path, struct truths *t)
{
    char err[ProfErrorSize];
    struct profile *p = profile_read(path, err);
    cr_assert_not_null(p, "%s: %s", path, err);
    cr_assert_eq(profile_shown(p), SHOWN_COMPLETE, "%s", path);
    *t = (struct truths){.n = 0};
    for (size_t i = 0; i < p->nsamples; i++) {
        const struct profSample *s = p->samples[i];
        bool grown = false;
        const struct profLine *l = line_of(s, &grown);
        t->objects += (double)s->values[0];
        t->bytes += (double)s->values[1];
        if (!l)
            continue;
        struct truth *of = truth_of(t, l);
        of->all_objects += (double)s->values[0];
        of->all_bytes += (double)s->values[1];
        of->arrays += grown ? (double)s->values[0] : 0;
        of->bytes += grown ? (double)s->values[1] : 0;
    }
    profile_free(p);
}

/* The arrays that explain counts on a line, of all its maps. */
static void expect_counted(const char *path, json_t *doc,
                           const struct truth *truth)
{
    json_t *line = find_line(doc, truth->line), *map;
    cr_assert_not_null(line, "%s: no %s", path, truth->line);
    cr_expect_str_eq(get_text(line, "verdict"), "map", "%s: %s", path,
                     truth->line);
    double arrays = 0, bytes = 0;
    size_t i;
    json_array_foreach(json_object_get(line, "maps"), i, map)
    {
        static const char *const parts[] = {"array", "split"};
        for (int p = 0; p < 2; p++) {
            json_t *part =
                json_object_get(json_object_get(map, "parts"), parts[p]);
            arrays += (double)get_int(part, "objects");
            bytes += (double)get_int(part, "bytes");
        }
    }
    cr_expect_eq(arrays, truth->arrays, "%s: %s: %.0f arrays, not %.0f", path,
                 truth->line, arrays, truth->arrays);
    cr_expect_eq(bytes, truth->bytes, "%s: %s: %.0f bytes, not %.0f", path,
                 truth->line, bytes, truth->bytes);
}

static glob_t find_profiles(void)
{
    glob_t found = {0};
    cr_assert_eq(glob("tests/golden/full/*/*.hidden.pb.gz", 0, NULL, &found),
                 0);
    return found;
}

/* ".../map_x.hidden.pb.gz" -> ".../map_x" + suffix */
static char *sibling(const char *path, const char *suffix)
{
    static char name[300];
    snprintf(name, sizeof name, "%.*s%s", (int)(strstr(path, ".hidden") - path),
             path, suffix);
    return name;
}

Test(full, every_growing_line_and_array_is_counted_with_frames)
{
    glob_t found = find_profiles();
    static struct truths t;
    int lines = 0;
    for (size_t i = 0; i < found.gl_pathc; i++) {
        const char *path = sibling(found.gl_pathv[i], ".pb.gz");
        read_truth(path, &t);
        json_t *doc = explain_args(path);
        for (size_t j = 0; j < t.n; j++)
            if (t.list[j].arrays > 0) {
                expect_counted(path, doc, &t.list[j]);
                lines++;
            }
        json_decref(doc);
    }
    cr_log_info("%d growing lines of %zu profiles", lines, found.gl_pathc);
    globfree(&found);
    cr_expect_geq(lines, 24);
}

/* Sampling makes counts estimates, never the verdict. */
Test(full, a_sampled_profile_with_frames_is_always_right)
{
    glob_t found = find_profiles();
    static struct truths t;
    for (size_t i = 0; i < found.gl_pathc; i++) {
        const char *path = sibling(found.gl_pathv[i], ".sampled.pb.gz");
        char err[ProfErrorSize];
        struct profile *p = profile_read(path, err);
        bool shown = p && profile_shown(p) == SHOWN_COMPLETE;
        profile_free(p);
        if (!shown)
            continue; /* no stack of an allocation's was sampled */
        read_truth(path, &t);
        json_t *doc = explain_args(path);
        for (size_t j = 0; j < t.n; j++)
            if (t.list[j].arrays > 0)
                cr_expect_str_eq(
                    get_text(find_line(doc, t.list[j].line), "verdict"), "map",
                    "%s: %s", path, t.list[j].line);
        json_decref(doc);
    }
    globfree(&found);
}

/* Growing lines of at least half a percent, as the profile with frames has
 * them, and what is said of them without. */
Test(full, hidden_maps_are_found_and_none_is_made_up)
{
    glob_t found = find_profiles();
    static struct truths t;
    int growing = 0, sure = 0, unsure = 0;
    for (size_t i = 0; i < found.gl_pathc; i++) {
        const char *path = found.gl_pathv[i];
        read_truth(sibling(path, ".pb.gz"), &t);
        json_t *doc = explain_args(path), *line;
        size_t k;
        for (size_t j = 0; j < t.n; j++) {
            const struct truth *of = &t.list[j];
            if (of->arrays < 1 || (of->all_bytes < t.bytes / 200 &&
                                   of->all_objects < t.objects / 200))
                continue;
            const char *verdict = get_text(find_line(doc, of->line), "verdict");
            growing++;
            sure += strcmp(verdict, "map") == 0;
            unsure += strcmp(verdict, "unsure") == 0;
            if (strcmp(verdict, "none") == 0)
                cr_log_info("missed: %s %s", path, of->line);
        }
        json_array_foreach(json_object_get(doc, "lines"), k, line)
        {
            char name[256];
            snprintf(name, sizeof name, "%s:%ld", get_text(line, "func"),
                     get_int(line, "line"));
            bool grows = false;
            for (size_t j = 0; j < t.n; j++)
                grows |=
                    strcmp(t.list[j].line, name) == 0 && t.list[j].arrays > 0;
            if (strcmp(get_text(line, "verdict"), "map") == 0)
                cr_expect(grows, "%s: %s is no growing map", path, name);
        }
        json_decref(doc);
    }
    globfree(&found);
    cr_log_info("%d growing lines: %d sure, %d unsure, %d missed", growing,
                sure, unsure, growing - sure - unsure);
    cr_expect_geq((sure + unsure) * 100, growing * 70);
}
