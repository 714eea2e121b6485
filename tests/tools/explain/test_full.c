/*
 * test_full.c: profiles of real programs of several releases with every frame
 * (tests/programs/record_full.sh). What explain says of each growing line is
 * counted a second time here, straight from the stacks; and of the same
 * programs with hidden frames it must find most, and call nothing else a map:
 * how many it is sure of, how many it is not, is counted exactly.
 */
#include "tests/explainrun.h"

#include "tools/profile/naming.h"

#include <glob.h>
#include <math.h>

/* A line where maps grow, by its stacks. */
struct truth {
    char line[512];
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
           strncmp(func, "reflect.mapassign", 17) == 0 ||
           strncmp(func, "sync.(*Map).", 12) == 0;
}

/* The line of a sample, and whether it is an array that growth made. */
static const struct profLine *line_of(const struct profSample *s, bool *grown)
{
    bool array = false, growth = false, collector = false;
    for (uint32_t i = 0; i < s->nlocs; i++)
        for (uint32_t j = 0; j < s->locs[i]->nlines; j++) {
            const struct profLine *l = &s->locs[i]->lines[j];
            const char *f = l->func->name;
            if (!of_runtime(f)) {
                *grown = array && growth && !collector;
                return l;
            }
            collector |= strcmp(f, "runtime.gcStart") == 0;
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
    char name[512];
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
    json_array_foreach (json_object_get(line, "maps"), i, map) {
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

/* A sampled profile may have no sample of an allocation's stack. */
static bool has_frames(const char *path)
{
    char err[ProfErrorSize];
    struct profile *p = profile_read(path, err);
    bool has = p && profile_shown(p) == SHOWN_COMPLETE;
    profile_free(p);
    return has;
}

/* Of both sets of programs those with frames, at rate 1 or sampled. */
static glob_t find_profiles(const char *folders, bool sampled)
{
    glob_t all = {0}, found = {0};
    char pattern[200];
    snprintf(pattern, sizeof pattern, "tests/golden/%s/*.pb.gz", folders);
    cr_assert_eq(glob(pattern, GLOB_BRACE, NULL, &all), 0);
    found.gl_pathv = calloc(all.gl_pathc, sizeof *found.gl_pathv);
    for (size_t i = 0; i < all.gl_pathc; i++) {
        char *path = all.gl_pathv[i];
        if (!strstr(path, ".hidden") &&
            (strstr(path, ".sampled") != NULL) == sampled)
            found.gl_pathv[found.gl_pathc++] = strdup(path);
    }
    globfree(&all);
    return found;
}

static void free_profiles(glob_t *found)
{
    for (size_t i = 0; i < found->gl_pathc; i++)
        free(found->gl_pathv[i]);
    free(found->gl_pathv);
}

/* The release is the folder's, or said not to be known. */
static void expect_release(const char *path, json_t *doc)
{
    const char *go = get_text(doc, "go");
    const char *at = strstr(path, go);
    cr_expect((at && at[strlen(go)] == '/') ||
                  strstr(get_text(doc, "go_why"), "or between"),
              "%s: %s, %s", path, go, get_text(doc, "go_why"));
}

Test(full, every_growing_line_and_array_is_counted_with_frames)
{
    glob_t found = find_profiles("{full,std}/*", false);
    static struct truths t;
    int lines = 0;
    for (size_t i = 0; i < found.gl_pathc; i++) {
        const char *path = found.gl_pathv[i];
        read_truth(path, &t);
        json_t *doc = explain_args(path);
        expect_release(path, doc);
        for (size_t j = 0; j < t.n; j++)
            if (t.list[j].arrays > 0) {
                expect_counted(path, doc, &t.list[j]);
                lines++;
            }
        json_decref(doc);
    }
    free_profiles(&found);
    cr_expect_eq(lines, 293, "%d growing lines", lines);
}

/* Sampling makes counts estimates, never the verdict. */
Test(full, a_sampled_profile_with_frames_is_always_right)
{
    glob_t found = find_profiles("{full,std}/*", true);
    static struct truths t;
    int lines = 0;
    for (size_t i = 0; i < found.gl_pathc; i++) {
        const char *path = found.gl_pathv[i];
        if (!has_frames(path))
            continue;
        read_truth(path, &t);
        json_t *doc = explain_args(path);
        for (size_t j = 0; j < t.n; j++)
            if (t.list[j].arrays > 0) {
                cr_expect_str_eq(
                    get_text(find_line(doc, t.list[j].line), "verdict"), "map",
                    "%s: %s", path, t.list[j].line);
                lines++;
            }
        json_decref(doc);
    }
    free_profiles(&found);
    cr_expect_eq(lines, 205, "%d growing lines", lines);
}

/* --- hidden --- */

/* What is said of growing lines without their frames. */
struct verdicts {
    const char *release;
    bool sampled;
    int growing, sure, unsure;
};

/* The profile as Go would have written it: by cutstacks -hide. The caller
 * removes the file. */
static char *hide(const char *path, const char *release)
{
    static char to[] = "/tmp/hmap-hidden-XXXXXX";
    char line[500];
    strcpy(to + strlen(to) - 6, "XXXXXX");
    close(mkstemp(to));
    snprintf(line, sizeof line,
             "\"$(dirname \"$HMAP\")/tests/programs/cutstacks\" -hide %s %s %s",
             release + strlen("go"), path, to);
    struct ran r =
        run_program("/bin/sh", (const char *const[]){"sh", "-c", line, NULL});
    cr_assert_eq(r.status, 0, "%s: %s", path, r.err);
    ran_free(&r);
    return to;
}

/* No line is called a map that grows none. */
static void expect_none_made_up(const char *path, json_t *doc,
                                const struct truths *t)
{
    json_t *line;
    size_t k;
    json_array_foreach (json_object_get(doc, "lines"), k, line) {
        char name[512];
        snprintf(name, sizeof name, "%s:%ld", get_text(line, "func"),
                 get_int(line, "line"));
        bool grows = false;
        for (size_t j = 0; j < t->n; j++)
            grows |=
                strcmp(t->list[j].line, name) == 0 && t->list[j].arrays > 0;
        if (strcmp(get_text(line, "verdict"), "map") == 0)
            cr_expect(grows, "%s: %s is no growing map", path, name);
    }
}

/* Counts the growing lines of at least half a percent of the objects or bytes,
 * of two percent where the profile is sampled. */
static void count_found(const char *path, struct verdicts *v)
{
    static struct truths t;
    int one_in = v->sampled ? 50 : 200;
    read_truth(path, &t);
    char *hidden = hide(path, v->release);
    json_t *doc = explain_args(hidden);
    for (size_t j = 0; j < t.n; j++) {
        const struct truth *of = &t.list[j];
        if (of->arrays < 1 || (of->all_bytes < t.bytes / one_in &&
                               of->all_objects < t.objects / one_in))
            continue;
        json_t *line = find_line(doc, of->line);
        const char *verdict = line ? get_text(line, "verdict") : "none";
        v->growing++;
        v->sure += strcmp(verdict, "map") == 0;
        v->unsure += strcmp(verdict, "unsure") == 0;
    }
    expect_none_made_up(path, doc, &t);
    json_decref(doc);
    unlink(hidden);
}

static void expect_found(const char *folder, const struct verdicts *want)
{
    char folders[40];
    snprintf(folders, sizeof folders, "%s/%s", folder, want->release);
    glob_t found = find_profiles(folders, want->sampled);
    struct verdicts is = {want->release, want->sampled, 0, 0, 0};
    for (size_t i = 0; i < found.gl_pathc; i++)
        if (has_frames(found.gl_pathv[i]))
            count_found(found.gl_pathv[i], &is);
    free_profiles(&found);
    cr_expect(is.growing == want->growing && is.sure == want->sure &&
                  is.unsure == want->unsure,
              "%s %s%s: %d growing lines, %d sure, %d unsure", folder,
              want->release, want->sampled ? " sampled" : "", is.growing,
              is.sure, is.unsure);
}

Test(full, hidden_maps_of_programs_are_found_and_none_is_made_up)
{
    static const struct verdicts want[] = {
        {"go1.19", false, 26, 25, 1}, {"go1.22", false, 26, 25, 1},
        {"go1.24", false, 27, 27, 0}, {"go1.27", false, 27, 27, 0},
        {"go1.19", true, 26, 16, 9},  {"go1.22", true, 26, 13, 12},
        {"go1.24", true, 27, 1, 25},  {"go1.27", true, 26, 1, 25},
    };
    for (size_t i = 0; i < ARRAY_LEN(want); i++)
        expect_found("full", &want[i]);
}

/* Type checking, JSON, gob, XML, templates, printing, regular expressions,
 * requests: tests/programs/std. */
Test(full, hidden_maps_of_the_standard_library_are_found_and_none_is_made_up)
{
    static const struct verdicts want[] = {
        {"go1.19", false, 18, 17, 1}, {"go1.22", false, 18, 16, 1},
        {"go1.24", false, 16, 16, 0}, {"go1.27", false, 16, 16, 0},
        {"go1.19", true, 10, 5, 3},   {"go1.22", true, 8, 5, 2},
        {"go1.24", true, 8, 4, 4},    {"go1.27", true, 8, 4, 2},
    };
    for (size_t i = 0; i < ARRAY_LEN(want); i++)
        expect_found("std", &want[i]);
}
