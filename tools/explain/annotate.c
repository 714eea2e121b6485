/*
 * annotate.c: findings where people meet them: in the editor, on the commit, in
 * the scanner's list.
 */
#include "tools/explain/daily.h"

#include "tools/lib/exits.h"
#include "tools/lib/render.h"
#include "tools/lib/text.h"
#include "tools/pprof/pprofreport.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What is advised for the finding's maps; NULL: nothing. */
static const struct hintPrice *map_price(const struct finding *f)
{
    if (f->nmaps == 0 || finding_verdict(f) < VERDICT_MAP || f->costs[0].n == 0)
        return NULL;
    const struct hintCosts *c = &f->costs[0];
    const struct hintPrice *p = c->best ? c->best : &c->own;
    return p->saved_objects >= 1 ? p : NULL;
}

static bool advises_slices(const struct finding *f)
{
    return f->slices && !f->slices->by_sizes && f->slices->saved_objects >= 1;
}

static char *map_advice(const struct finding *f, const struct hintPrice *p)
{
    char bytes[UnitsTextSize];
    const struct hintCosts *c = &f->costs[0];
    units_label(bytes, llround(p->saved_bytes), "bytes", "auto");
    if (!c->best || f->maps[0].maps > 1.5)
        return xprintf("%s grow here: made with their size they would save %s "
                       "of %s objects and %s",
                       plural(llround(f->maps[0].maps), "map", "maps"),
                       commas(llround(c->own.saved_objects)),
                       commas(llround(c->objects)), bytes);
    return xprintf("a map grows here to %s to %s entries: make(map, %" PRId64
                   ") saves %s of %s objects and %s",
                   commas(p->hint_low), commas(p->hint_high), p->hint_low,
                   commas(llround(p->saved_objects)),
                   commas(llround(c->objects)), bytes);
}

static char *slice_advice(const struct finding *f)
{
    char bytes[UnitsTextSize];
    const struct sliceStory *s = f->slices;
    units_label(bytes, llround(s->saved_bytes), "bytes", "auto");
    return xprintf("%s by append here: a capacity saves %s of %s objects and "
                   "%s",
                   plural(llround(s->slices), "slice grows", "slices grow"),
                   commas(llround(s->saved_objects)),
                   commas(llround(s->objects)), bytes);
}

char *finding_advice(const struct finding *f)
{
    const struct hintPrice *p = map_price(f);
    if (p)
        return map_advice(f, p);
    return advises_slices(f) ? slice_advice(f) : NULL;
}

double finding_saves(const struct finding *f, bool by_bytes)
{
    const struct hintPrice *p = map_price(f);
    if (p)
        return by_bytes ? p->saved_bytes : p->saved_objects;
    if (!advises_slices(f))
        return 0;
    return by_bytes ? f->slices->saved_bytes : f->slices->saved_objects;
}

/* The file below the working directory where it is there. */
static const char *nearer(const char *file)
{
    char here[4096];
    size_t n = getcwd(here, sizeof here) ? strlen(here) : 0;
    if (n > 0 && strncmp(file, here, n) == 0 && file[n] == '/')
        return file + n + 1;
    return strncmp(file, "./", 2) == 0 ? file + 2 : file;
}

void explain_notes(const struct explained *e)
{
    for (size_t i = 0; i < e->n; i++) {
        const struct site *l = e->list[i].line;
        char *advice = finding_advice(&e->list[i]);
        if (!advice)
            continue;
        printf("%s:%" PRId64 ": note: %s\n", printable(nearer(l->file)),
               l->line, advice);
        free(advice);
    }
}

/* Workflow commands have their own escapes: of what ends a line, and in a
 * property also of what ends it. */
static void put_escaped(const char *text, bool property)
{
    for (; *text; text++) {
        bool escaped =
            strchr("%\r\n", *text) || (property && strchr(":,", *text));
        if (escaped)
            printf("%%%02X", (unsigned char)*text);
        else
            putchar((unsigned char)*text < ' ' ? '?' : *text);
    }
}

void explain_github(const struct explained *e)
{
    for (size_t i = 0; i < e->n; i++) {
        const struct site *l = e->list[i].line;
        char *advice = finding_advice(&e->list[i]);
        if (!advice)
            continue;
        fputs("::notice file=", stdout);
        put_escaped(nearer(l->file), true);
        printf(",line=%" PRId64 "::", l->line > 0 ? l->line : 1);
        put_escaped(advice, false);
        putchar('\n');
        free(advice);
    }
}

/* --- SARIF --- */

static json_t *text_json(const char *text)
{
    return json_string(valid_utf8(text));
}

static json_t *rule(const char *id, const char *text)
{
    return json_pack("{s:s, s:{s:s}}", "id", id, "shortDescription", "text",
                     text);
}

/* A path as SARIF wants it: a URI, relative where the path is. */
static json_t *uri_of(const char *file)
{
    char *uri = NULL;
    size_t len;
    FILE *f = open_memstream(&uri, &len);
    if (*file == '/')
        fputs("file://", f);
    for (; *file; file++) {
        unsigned char c = (unsigned char)*file;
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                     (c >= '0' && c <= '9') || strchr("-._~/", c);
        fprintf(f, plain ? "%c" : "%%%02X", c);
    }
    fclose(f);
    json_t *text = json_string(uri);
    free(uri);
    return text;
}

static json_t *result_json(const struct finding *f, const char *advice)
{
    const struct site *l = f->line;
    json_t *place =
        json_pack("{s:{s:{s:o}, s:{s:I}}}", "physicalLocation",
                  "artifactLocation", "uri", uri_of(nearer(l->file)), "region",
                  "startLine", (json_int_t)(l->line > 0 ? l->line : 1));
    return json_pack("{s:s, s:s, s:{s:o}, s:[o], s:{s:o, s:I, s:I}}", "ruleId",
                     f->nmaps > 0 ? "map-growth" : "slice-growth", "level",
                     "note", "message", "text", text_json(advice), "locations",
                     place, "properties", "function", text_json(l->func),
                     "objects", (json_int_t)llround(l->objects), "bytes",
                     (json_int_t)llround(l->bytes));
}

void explain_sarif(const struct explained *e)
{
    json_t *results = json_array();
    for (size_t i = 0; i < e->n; i++) {
        char *advice = finding_advice(&e->list[i]);
        if (advice)
            json_array_append_new(results, result_json(&e->list[i], advice));
        free(advice);
    }
    json_t *rules = json_array();
    json_array_append_new(
        rules, rule("map-growth", "A map grows that a hint would have made"));
    json_array_append_new(
        rules, rule("slice-growth", "A slice grows that a capacity would have "
                                    "made"));
    print_json(json_pack(
        "{s:s, s:s, s:[{s:{s:{s:s, s:o}}, s:o}]}", "version", "2.1.0",
        "$schema", "https://json.schemastore.org/sarif-2.1.0.json", "runs",
        "tool", "driver", "name", "hmap", "rules", rules, "results", results));
}
