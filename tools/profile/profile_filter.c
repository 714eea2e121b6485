/*
 * profile_filter.c: names decide a location once; samples follow their
 * locations.
 */
#include "tools/profile/profile_filter.h"

#include "tools/lib/exits.h"

#include <stdlib.h>
#include <string.h>

/* What was found out about a location, by its index. */
enum { FOCUSED = 1, IGNORED = 2, HIDDEN = 4 };

static bool line_matches(const struct profLine *l, const struct goregex *re)
{
    return goregex_matches(re, l->func->name) ||
           goregex_matches(re, l->func->file);
}

static bool mapping_matches(const struct profLoc *l, const struct goregex *re)
{
    return l->mapping && goregex_matches(re, l->mapping->file);
}

static bool loc_matches(const struct profLoc *l, const struct goregex *re)
{
    for (uint32_t i = 0; i < l->nlines; i++)
        if (line_matches(&l->lines[i], re))
            return true;
    return mapping_matches(l, re);
}

static void hide_lines(struct profLoc *l, const struct goregex *re)
{
    uint32_t kept = 0;
    if (!mapping_matches(l, re))
        for (uint32_t i = 0; i < l->nlines; i++)
            if (!line_matches(&l->lines[i], re))
                l->lines[kept++] = l->lines[i];
    l->nlines = kept;
}

static uint8_t judge(struct profLoc *l, const struct profFilter *f,
                     struct profFilterMatched *m)
{
    uint8_t verdict = 0;
    if (f->ignore && loc_matches(l, f->ignore)) {
        m->ignore = true;
        verdict = IGNORED;
    } else if (!f->focus || loc_matches(l, f->focus)) {
        m->focus = true;
        verdict = FOCUSED;
    }
    if (f->hide && loc_matches(l, f->hide)) {
        m->hide = true;
        hide_lines(l, f->hide);
        if (l->nlines == 0)
            verdict |= HIDDEN;
    }
    return verdict;
}

/* True when the sample stays; its hidden frames are gone then. */
static bool keep_sample(struct profSample *s, const uint8_t *verdicts)
{
    uint8_t all = 0;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < s->nlocs; i++)
        all |= verdicts[s->locs[i]->index];
    if ((all & IGNORED) || !(all & FOCUSED))
        return false;
    for (uint32_t i = 0; i < s->nlocs; i++)
        if (!(verdicts[s->locs[i]->index] & HIDDEN))
            s->locs[kept++] = s->locs[i];
    s->nlocs = kept;
    return kept > 0;
}

struct profFilterMatched profile_filter(struct profile *p,
                                        const struct profFilter *f)
{
    struct profFilterMatched m = {false, false, false};
    uint8_t *verdicts = xcalloc(p->nlocs, 1);
    for (size_t i = 0; i < p->nlocs; i++)
        verdicts[i] = judge(p->locs[i], f, &m);
    size_t kept = 0;
    for (size_t i = 0; i < p->nsamples; i++)
        if (keep_sample(p->samples[i], verdicts))
            p->samples[kept++] = p->samples[i];
    p->nsamples = kept;
    free(verdicts);
    return m;
}

/* The function's name without its arguments. */
static bool name_matches(const struct goregex *re, const char *name)
{
    if (*name == '.')
        name++;
    const char *end = name;
    while ((end = strchr(end, '('))) {
        if (strncmp(end, "(anonymous namespace)", 21) == 0)
            end += 21;
        else if (end - name >= 8 && strncmp(end - 8, "operator()", 10) == 0)
            end += 2;
        else
            break;
    }
    char *simple =
        end ? xprintf("%.*s", (int)(end - name), name) : xprintf("%s", name);
    bool matches = goregex_matches(re, simple);
    free(simple);
    return matches;
}

enum { PRUNE_BENEATH = 1, PRUNE_ITSELF = 2 };

/* The outermost line of a location that is to be dropped takes all inner ones
 * with it. */
static uint8_t prune_loc(struct profLoc *l, const struct goregex *drop,
                         const struct goregex *keep)
{
    uint32_t i = l->nlines;
    for (; i > 0; i--) {
        const char *name = l->lines[i - 1].func->name;
        if (*name && name_matches(drop, name) &&
            !(keep && name_matches(keep, name)))
            break;
    }
    if (i == 0)
        return 0;
    if (i == l->nlines)
        return PRUNE_ITSELF;
    l->lines += i;
    l->nlines -= i;
    return PRUNE_BENEATH;
}

/* Cut at the outermost frame to be pruned, but for those outside every frame of
 * the user's: a stack is never emptied. */
static void prune_sample(struct profSample *s, const uint8_t *verdicts)
{
    bool user = false;
    for (uint32_t i = s->nlocs; i > 0; i--) {
        uint8_t v = verdicts[s->locs[i - 1]->index];
        if (!v) {
            user = true;
        } else if (user) {
            uint32_t cut = v == PRUNE_ITSELF ? i : i - 1;
            s->locs += cut;
            s->nlocs -= cut;
            return;
        }
    }
}

static struct goregex *compile_anchored(const char *text)
{
    char err[80];
    char *whole = xprintf("^(%s)$", text);
    struct goregex *re = goregex_compile(whole, err, sizeof err);
    free(whole);
    return re;
}

bool profile_prune(struct profile *p)
{
    if (!*p->drop_frames)
        return true;
    struct goregex *drop = compile_anchored(p->drop_frames);
    struct goregex *keep =
        *p->keep_frames ? compile_anchored(p->keep_frames) : NULL;
    bool ok = drop && (keep || !*p->keep_frames);
    if (ok) {
        uint8_t *verdicts = xcalloc(p->nlocs, 1);
        for (size_t i = 0; i < p->nlocs; i++)
            verdicts[i] = prune_loc(p->locs[i], drop, keep);
        for (size_t i = 0; i < p->nsamples; i++)
            prune_sample(p->samples[i], verdicts);
        free(verdicts);
    }
    goregex_free(drop);
    goregex_free(keep);
    return ok;
}
