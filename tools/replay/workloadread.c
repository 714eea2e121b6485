/*
 * workloadread.c: the reader of the workload format.
 *
 * A line is cut into fields at blanks; a field in double quotes may hold blanks
 * ("struct { a int8; b string }"). The first field picks a row of the table of
 * steps; the row's function reads the others. Every mistake names its line and
 * what would be right. A workload that was read can be run without further
 * checks: names are known, maps and holders are not confused, ranges are sane.
 */
#include "tools/lib/exits.h"
#include "tools/lib/pool.h"
#include "tools/lib/text.h"
#include "tools/replay/workload.h"
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { MaxFields = 8 };

struct reader {
    struct workload *w;
    struct workloadError *err;
    struct byteMap *names; /* of live objects: their places in objs, from 1 */
    size_t cap_objs, cap_steps;
    int line;
    int nfields;
    char *fields[MaxFields]; /* of the current line */
};

static bool __attribute__((format(printf, 2, 3)))
bad(struct reader *r, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(r->err->msg, sizeof r->err->msg, fmt, ap);
    va_end(ap);
    r->err->line = r->line;
    return false;
}

/* Ends the field at p and returns where the rest of the line begins; NULL when
 * a quote is not closed. *field is moved past an opening quote. */
static char *field_end(char **field)
{
    char *p = *field;
    if (*p == '"') {
        *field = p + 1;
        p = strchr(p + 1, '"');
        if (p == NULL)
            return NULL;
    } else {
        p += strcspn(p, " \t\r");
        if (*p == '\0')
            return p;
    }
    *p = '\0';
    return p + 1;
}

static bool split(struct reader *r, char *line)
{
    r->nfields = 0;
    char *p = line + strspn(line, " \t\r");
    while (*p != '\0' && *p != '#') {
        char *field = p;
        p = field_end(&field);
        if (p == NULL)
            return bad(r, "the quote before '%.40s' is not closed", field);
        if (r->nfields == MaxFields)
            return bad(r, "more than %d fields on a line", MaxFields);
        r->fields[r->nfields++] = field;
        p += strspn(p, " \t\r");
    }
    return true;
}

static bool number(struct reader *r, const char *text, const char *what,
                   uint64_t max, uint64_t *value)
{
    char *end;
    bool hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    errno = 0;
    *value = strtoull(text, &end, hex ? 16 : 10);
    if (!isdigit((unsigned char)text[0]) || *end != '\0')
        return bad(r, "%s '%.40s' is not a number (1000 or 0x3e8 is one)", what,
                   text);
    if (errno == ERANGE || *value > max)
        return bad(r, "%s %.40s is too large, the most is %llu", what, text,
                   (unsigned long long)max);
    return true;
}

/* The text after "key=" when field i is that option; *found says if it is
 * there. Any other field in its place is a mistake. */
static bool option(struct reader *r, int i, const char *key, const char **text)
{
    *text = NULL;
    if (r->nfields <= i)
        return true;
    size_t n = strlen(key);
    if (strncmp(r->fields[i], key, n) != 0 || r->fields[i][n] != '=')
        return bad(r, "'%.40s' stands where only %s=N may stand", r->fields[i],
                   key);
    *text = r->fields[i] + n + 1;
    return true;
}

/* The live object called name, or NULL. */
static struct object *find(const struct reader *r, const char *name)
{
    size_t place = (uintptr_t)bytemap_get(r->names, name, strlen(name));
    return place > 0 ? &r->w->objs[place - 1] : NULL;
}

static bool declare(struct reader *r, struct step *s, const char *name)
{
    if (printable(name) != name)
        return bad(r,
                   "the name '%.40s' holds what cannot be seen: take "
                   "letters and digits",
                   name);
    const struct object *old = find(r, name);
    if (old != NULL)
        return bad(r,
                   "%.40s is in use since line %d: drop it first or take "
                   "another name",
                   name, old->line);
    struct workload *w = r->w;
    w->objs =
        array_reserve(w->objs, &r->cap_objs, w->nobjs + 1, sizeof w->objs[0]);
    struct object *o = &w->objs[w->nobjs];
    *o = (struct object){.name = xprintf("%s", name), .line = r->line};
    s->obj = w->nobjs++;
    bytemap_put(r->names, name, strlen(name), (void *)w->nobjs);
    return true;
}

static bool want_object(struct reader *r, struct step *s)
{
    const struct object *o = find(r, r->fields[1]);
    if (o == NULL)
        return bad(r,
                   "nothing is called %.40s here: it takes a `map`, `alloc` "
                   "or `append` line above",
                   r->fields[1]);
    s->obj = (size_t)(o - r->w->objs);
    return true;
}

static bool want_map(struct reader *r, struct step *s)
{
    if (!want_object(r, s))
        return false;
    const struct object *o = &r->w->objs[s->obj];
    if (o->t == NULL)
        return bad(r, "%.40s (line %d) is no map; `%s` wants one", o->name,
                   o->line, r->fields[0]);
    return true;
}

static const struct type *want_type(struct reader *r, const char *text)
{
    struct typeError err;
    const struct type *t = type_parse(workload_type(text), &err);
    if (t == NULL)
        bad(r, "type '%.60s': %s", text, err.msg);
    return t;
}

static bool read_map(struct reader *r, struct step *s)
{
    const struct type *key = want_type(r, r->fields[2]);
    const struct type *elem = key ? want_type(r, r->fields[3]) : NULL;
    if (elem == NULL)
        return false;
    struct typeError err;
    const struct maptype *t = maptype_of(key, elem, &err);
    if (t == NULL)
        return bad(r, "map of %.60s: %s", r->fields[2], err.msg);
    const char *hint;
    if (!option(r, 4, "hint", &hint))
        return false;
    uint64_t n = 0;
    if (hint != NULL && !number(r, hint, "hint", INT64_MAX, &n))
        return false;
    if (!declare(r, s, r->fields[1]))
        return false;
    s->hinted = hint != NULL;
    s->hint = (int64_t)n;
    struct object *o = &r->w->objs[s->obj];
    o->t = t;
    o->key = xprintf("%s", r->fields[2]);
    o->elem = xprintf("%s", r->fields[3]);
    return true;
}

static bool read_keys(struct reader *r, struct step *s)
{
    const char *seed;
    if (!want_map(r, s) || !option(r, 4, "rand", &seed) ||
        !number(r, r->fields[2], "FROM", UINT64_MAX, &s->from) ||
        !number(r, r->fields[3], "TO", UINT64_MAX, &s->to))
        return false;
    if (s->from > s->to)
        return bad(r, "FROM %s is above TO %s", r->fields[2], r->fields[3]);
    if (s->to - s->from > MaxStepKeys)
        return bad(r, "%llu keys in one step, the most is %d",
                   (unsigned long long)(s->to - s->from), MaxStepKeys);
    s->random = seed != NULL;
    return seed == NULL || number(r, seed, "rand", UINT64_MAX, &s->seed);
}

static bool read_alloc(struct reader *r, struct step *s)
{
    s->scan = strcmp(r->fields[2], "scan") == 0;
    if (!s->scan && strcmp(r->fields[2], "noscan") != 0)
        return bad(r, "'%.40s' must be scan ([]*int64) or noscan ([]byte)",
                   r->fields[2]);
    return number(r, r->fields[3], "SIZE", 1ull << 47, &s->size) &&
           number(r, r->fields[4], "COUNT", MaxStepAllocs, &s->count) &&
           declare(r, s, r->fields[1]);
}

static bool read_append(struct reader *r, struct step *s)
{
    const struct type *et = want_type(r, r->fields[2]);
    const char *by;
    s->by = 1;
    if (et == NULL || !option(r, 4, "by", &by) ||
        !number(r, r->fields[3], "COUNT", MaxStepAllocs, &s->count) ||
        (by != NULL && !number(r, by, "by", MaxAppend, &s->by)) ||
        !declare(r, s, r->fields[1]))
        return false;
    struct object *o = &r->w->objs[s->obj];
    o->et = et;
    o->elem = xprintf("%s", r->fields[2]);
    return true;
}

static bool read_drop(struct reader *r, struct step *s)
{
    if (!want_object(r, s))
        return false;
    bytemap_remove(r->names, r->fields[1], strlen(r->fields[1]));
    return true;
}

static bool read_gc(struct reader *r, struct step *s)
{
    (void)r;
    (void)s;
    return true;
}

static const struct {
    const char *usage;
    int min, max; /* fields on the line */
    bool (*read)(struct reader *r, struct step *s);
} ops[NSTEPOPS] = {
    [STEP_MAP] = {"NAME KEY ELEM [hint=N]", 4, 5, read_map},
    [STEP_INSERT] = {"NAME FROM TO [rand=S]", 4, 5, read_keys},
    [STEP_DELETE] = {"NAME FROM TO [rand=S]", 4, 5, read_keys},
    [STEP_LOOKUP] = {"NAME FROM TO [rand=S]", 4, 5, read_keys},
    [STEP_ITERATE] = {"NAME", 2, 2, want_map},
    [STEP_CLEAR] = {"NAME", 2, 2, want_map},
    [STEP_ALLOC] = {"NAME noscan|scan SIZE COUNT", 5, 5, read_alloc},
    [STEP_APPEND] = {"NAME ELEM COUNT [by=N]", 4, 5, read_append},
    [STEP_DROP] = {"NAME", 2, 2, read_drop},
    [STEP_GC] = {"", 1, 1, read_gc},
};

static bool read_step(struct reader *r)
{
    for (int op = 0; op < NSTEPOPS; op++) {
        if (strcmp(r->fields[0], step_names[op]) != 0)
            continue;
        if (r->nfields < ops[op].min || r->nfields > ops[op].max)
            return bad(r, "%d field%s; the line is: %s%s%s", r->nfields,
                       r->nfields == 1 ? "" : "s", step_names[op],
                       ops[op].usage[0] == '\0' ? "" : " ", ops[op].usage);
        struct step s = {.op = (enum stepOp)op, .line = r->line};
        if (!ops[op].read(r, &s))
            return false;
        struct workload *w = r->w;
        if (w->nsteps == MaxSteps)
            return bad(r, "more than %d steps", MaxSteps);
        w->steps =
            array_reserve(w->steps, &r->cap_steps, w->nsteps + 1, sizeof s);
        w->steps[w->nsteps++] = s;
        return true;
    }
    return bad(r,
               "unknown step '%.40s': it is one of hashkey hash0 map insert "
               "delete lookup iterate clear alloc append drop gc",
               r->fields[0]);
}

static bool read_hashkey(struct reader *r)
{
    struct workload *w = r->w;
    if (r->nfields != 5)
        return bad(r, "hashkey wants four words: hashkey 0xA 0xB 0xC 0xD");
    for (int i = 0; i < 4; i++) {
        if (!number(r, r->fields[1 + i], "hashkey word", UINT64_MAX,
                    &w->hashkey[i]))
            return false;
    }
    w->has_hashkey = true;
    return true;
}

static bool read_hash0(struct reader *r)
{
    if (r->nfields != 2)
        return bad(r, "hash0 wants one number: hash0 0x5eed1234");
    if (!number(r, r->fields[1], "hash0", UINT64_MAX, &r->w->hash0))
        return false;
    r->w->has_hash0 = true;
    return true;
}

/* hashkey and hash0 hold for the whole run, so they come first and once. */
static bool read_key_line(struct reader *r, bool seen,
                          bool (*read)(struct reader *))
{
    if (seen)
        return bad(r, "a second %s", r->fields[0]);
    if (r->w->nsteps > 0)
        return bad(r, "%s must stand above the first step", r->fields[0]);
    return read(r);
}

static bool read_line(struct reader *r, char *line)
{
    if (!split(r, line))
        return false;
    if (r->nfields == 0)
        return true;
    if (strcmp(r->fields[0], "hashkey") == 0)
        return read_key_line(r, r->w->has_hashkey, read_hashkey);
    if (strcmp(r->fields[0], "hash0") == 0)
        return read_key_line(r, r->w->has_hash0, read_hash0);
    return read_step(r);
}

/* A line without its newline into *buf; false at the end of f, and where the
 * line is none that a person wrote: then r->err says why. */
static bool next_line(struct reader *r, FILE *f, char **buf, size_t *cap)
{
    size_t n = 0;
    int c = getc(f);
    if (c == EOF)
        return false;
    if (r->line++ == MaxLines)
        return bad(r, "more than %d lines", MaxLines);
    for (; c != EOF && c != '\n'; c = getc(f)) {
        if (c == '\0')
            return bad(r, "a zero byte: not a text");
        if (n == MaxLineBytes)
            return bad(r, "a line of more than %d bytes", MaxLineBytes);
        *buf = array_reserve(*buf, cap, n + 2, 1);
        (*buf)[n++] = (char)c;
    }
    *buf = array_reserve(*buf, cap, n + 1, 1);
    (*buf)[n] = '\0';
    return true;
}

struct workload *workload_read(FILE *f, struct workloadError *err)
{
    struct reader r = {
        .w = xcalloc(1, sizeof *r.w), .err = err, .names = bytemap_new()};
    char *line = NULL;
    size_t cap = 0;
    bool ok = true;
    *err = (struct workloadError){0};
    while (ok && next_line(&r, f, &line, &cap))
        ok = read_line(&r, line);
    if (ok && ferror(f))
        snprintf(err->msg, sizeof err->msg, "%s", strerror(errno));
    free(line);
    bytemap_free(r.names);
    if (*err->msg == '\0')
        return r.w;
    workload_free(r.w);
    return NULL;
}
