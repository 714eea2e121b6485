/*
 * names.c: texts and chains by number, each once.
 */
#include "tools/log/names.h"
#include "tools/lib/exits.h"
#include "tools/lib/pool.h"
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Each finds a number by bytes; the number is the entry's value. */
static struct {
    struct byteMap *texts, *chainTexts, *buckets;
    const char **text; /* n of them, the first of number 1 */
    struct namedChain **chain;
    size_t textRoom, chainRoom;
    uint32_t ntexts, nchains;
} names;

static uint32_t number_of(struct byteMap **in, const void *key, size_t len)
{
    if (*in == NULL)
        *in = bytemap_new();
    return (uint32_t)(uintptr_t)bytemap_get(*in, key, len);
}

static void set_number(struct byteMap *in, const void *key, size_t len,
                       uint32_t number)
{
    bytemap_put(in, key, len, (void *)(uintptr_t)number);
}

uint32_t names_of(const char *text)
{
    if (text == NULL)
        return 0;
    size_t len = strlen(text);
    uint32_t id = number_of(&names.texts, text, len);
    if (id != 0)
        return id;
    id = ++names.ntexts;
    names.text =
        array_reserve(names.text, &names.textRoom, id, sizeof names.text[0]);
    names.text[id - 1] = xprintf("%s", text);
    set_number(names.texts, names.text[id - 1], len, id);
    return id;
}

const char *names_text(uint32_t id)
{
    return id == 0 ? NULL : names.text[id - 1];
}

uint32_t names_count(void)
{
    return names.ntexts;
}

/* --- values ----------------------------------------------------------- */

enum { LongestValue = 80 };

struct valueText {
    char s[LongestValue + 4]; /* "…" may follow */
    size_t n;
    bool cut;
};

static void __attribute__((format(printf, 2, 3)))
say(struct valueText *to, const char *fmt, ...)
{
    va_list ap;
    if (to->cut)
        return;
    va_start(ap, fmt);
    int n = vsnprintf(to->s + to->n, LongestValue - to->n, fmt, ap);
    va_end(ap);
    to->cut = to->n + (size_t)n >= LongestValue;
    to->n = to->cut ? LongestValue - 1 : to->n + (size_t)n;
}

static void say_value(struct valueText *to, const struct type *t,
                      const void *p);

static void say_string(struct valueText *to, const struct gostring *s)
{
    say(to, "\"");
    for (intptr_t i = 0; i < s->len && !to->cut; i++)
        say(to, "%c", s->str[i]);
    say(to, "\"");
}

static void say_fields(struct valueText *to, const struct type *t,
                       const void *p)
{
    say(to, "{");
    for (uint16_t i = 0; i < t->nfields && !to->cut; i++) {
        say(to, i > 0 ? " " : "");
        say_value(to, t->fields[i].typ, (const char *)p + t->fields[i].offset);
    }
    say(to, "}");
}

static void say_elements(struct valueText *to, const struct type *t,
                         const void *p)
{
    say(to, "[");
    for (size_t i = 0; i < t->len && !to->cut; i++) {
        say(to, i > 0 ? " " : "");
        say_value(to, t->elem, (const char *)p + i * t->elem->size);
    }
    say(to, "]");
}

/* An integer of t, extended to 64 bits as its kind says. */
static int64_t integer_of(const struct type *t, const void *p)
{
    uint64_t x = 0;
    memcpy(&x, p, t->size < sizeof x ? t->size : sizeof x);
    if (t->kind >= kindInt && t->kind <= kindInt64 && t->size < sizeof x) {
        unsigned unused = 64 - 8 * (unsigned)t->size;
        return (int64_t)(x << unused) >> unused;
    }
    return (int64_t)x;
}

static double real_of(const struct type *t, const void *p)
{
    float single = 0;
    double value = 0;
    if (t->size == sizeof value)
        memcpy(&value, p, sizeof value);
    else
        memcpy(&single, p, sizeof single);
    return t->size == sizeof value ? value : (double)single;
}

static void say_dynamic(struct valueText *to, const struct eface *e)
{
    if (e->_type == NULL)
        say(to, "nil");
    else
        say_value(to, e->_type, e->data);
}

static void say_value(struct valueText *to, const struct type *t, const void *p)
{
    if (t->kind == kindString)
        say_string(to, p);
    else if (t->kind == kindStruct)
        say_fields(to, t, p);
    else if (t->kind == kindArray)
        say_elements(to, t, p);
    else if (t->kind == kindInterface)
        say_dynamic(to, p);
    else if (t->kind == kindFloat32 || t->kind == kindFloat64)
        say(to, "%g", real_of(t, p));
    else if (t->kind == kindBool)
        say(to, "%s", *(const bool *)p ? "true" : "false");
    else if (t->kind >= kindInt && t->kind <= kindInt64)
        say(to, "%" PRId64, integer_of(t, p));
    else if (t->ptrdata == 0 && t->size <= sizeof(uint64_t))
        say(to, "%" PRIu64, (uint64_t)integer_of(t, p));
    else
        say(to, "%#" PRIx64, (uint64_t)integer_of(t, p));
}

uint32_t names_value(const struct type *t, const void *p)
{
    struct valueText to = {.n = 0};
    say_value(&to, t, p);
    if (to.cut)
        strcpy(to.s + to.n, "…");
    return names_of(to.s);
}

/* --- chains ------------------------------------------------------------- */

static bool shown(const struct frame *f, const struct frame **user, int n)
{
    for (int i = 0; i < n; i++)
        if (user[i] == f)
            return true;
    return false;
}

static struct namedChain *name_chain(const struct frame **f, int n,
                                     const struct frame **user, int nuser)
{
    struct namedChain *c =
        xcalloc(1, sizeof *c + (size_t)n * sizeof c->frame[0]);
    c->n = (uint32_t)n;
    for (int i = 0; i < n; i++)
        c->frame[i] = (struct namedFrame){
            .func = names_of(f[i]->func),
            .file = names_of(f[i]->file),
            .line = f[i]->line,
            .hidden = !shown(f[i], user, nuser),
        };
    return c;
}

static char *chain_key(const struct frame **f, int n)
{
    size_t size = 1;
    for (int i = 0; i < n; i++)
        size += strlen(f[i]->func) + 1;
    char *key = xcalloc(size, 1), *to = key;
    for (int i = 0; i < n; i++) {
        to = stpcpy(to, f[i]->func);
        *to++ = '\n';
    }
    return key;
}

static uint32_t add_chain(const struct bucket *b, const struct goMalloc *what,
                          const struct frame **full, int n)
{
    const struct frame *user[MaxStack];
    int nuser =
        callstack_view(b->stk, b->nstk, FRAMES_USER, what, user, MaxStack);
    uint32_t id = ++names.nchains;
    names.chain =
        array_reserve(names.chain, &names.chainRoom, id, sizeof names.chain[0]);
    names.chain[id - 1] = name_chain(full, n, user, nuser);
    return id;
}

/* The chain of a bucket that was not asked for before. */
static uint32_t chain_of(const struct bucket *b)
{
    const struct frame *full[MaxStack];
    const struct goMalloc what = mprof_malloc(b);
    int n = callstack_view(b->stk, b->nstk, FRAMES_FULL, &what, full, MaxStack);
    char *key = chain_key(full, n);
    uint32_t id = number_of(&names.chainTexts, key, strlen(key));
    if (id == 0) {
        id = add_chain(b, &what, full, n);
        set_number(names.chainTexts, key, strlen(key), id);
    }
    free(key);
    return id;
}

uint32_t chains_of(const struct bucket *b)
{
    if (b == NULL)
        return 0;
    uint32_t id = number_of(&names.buckets, &b, sizeof b);
    if (id == 0) {
        id = chain_of(b);
        set_number(names.buckets, &b, sizeof b, id);
    }
    return id;
}

const struct namedChain *chains_get(uint32_t id)
{
    return names.chain[id - 1];
}

uint32_t chains_count(void)
{
    return names.nchains;
}
