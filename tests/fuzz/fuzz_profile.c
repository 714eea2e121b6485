/*
 * fuzz_profile.c: libFuzzer's way into the profile reader: any bytes must give
 * a whole profile or one line of why not, and a profile that was read must
 * survive everything that is done with one. `make fuzz TIME=60` runs it.
 */
#include "tools/explain/explain.h"
#include "tools/explain/infer.h"
#include "tools/pprof/pprofreport.h"
#include "tools/profile/profile_filter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok, const char *what)
{
    if (ok)
        return;
    fprintf(stderr, "fuzz_profile: %s\n", what);
    abort();
}

static void use_graph(const struct profile *p)
{
    for (int value = 0; value < (int)p->ntypes && value < 4; value++) {
        struct graphOptions o = {
            .value = value, .nodecount = 3, .nodefraction = 0.005};
        graph_free(graph_new(p, &o));
    }
}

/* Every line by both kinds of maps, with its frames and without. */
static void use_sites(const struct profile *p)
{
    struct sites *all = sites_collect(p, profile_shown(p));
    struct mapStory maps[MaxStories];
    struct sliceStory slices;
    const struct goversion *v = release_find(p, "").v;
    for (size_t i = 0; i < all->n; i++) {
        story_by_frames(v, all, &all->list[i], maps);
        slice_story(v, all, &all->list[i], &slices);
    }
    for (const struct goversion *w = goversions; w->name; w++) {
        struct inferring *reader = infer_new(w, all);
        for (size_t i = 0; i < all->n; i++)
            infer_maps(reader, &all->list[i], maps);
        infer_free(reader);
    }
    sites_free(all);
}

static void use(struct profile *p)
{
    char err[ProfErrorSize];
    must(profile_check(p, err), "a broken profile was accepted");
    struct profile *merged = profile_merge(&p, 1, err);
    must(merged && profile_check(merged, err), "a merge broke a profile");
    profile_prune(merged);
    use_graph(merged);
    use_sites(merged);
    profile_free(merged);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char err[ProfErrorSize];
    memset(err, 'x', sizeof err);
    struct profile *p = profile_parse(data, size, err);
    if (p)
        use(p);
    else
        must(memchr(err, 0, sizeof err) && *err && !strchr(err, '\n'),
             "an error without its one line");
    profile_free(p);
    return 0;
}
