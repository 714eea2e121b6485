/*
 * source.c: the words of a command line into a profile with its frames.
 *
 *     FILE ---------------------------> profile_parse
 *     PROGRAM FILE -> addresses of the text --gopclntab--> names
 *                     hidden frames: what each call instruction calls
 *     ADDRESS ---GET debug=1----------> addresses
 *             ---POST symbol----------> names
 */
#include "tools/profile/source.h"

#include "tools/lib/exits.h"
#include "tools/profile/httpget.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One buffer serves whoever says why. */
_Static_assert((int)PclnErrorSize <= (int)ProfErrorSize &&
                   (int)ProfErrorSize <= (int)HttpErrorSize,
               "reasons fit");

static void set_error(char *err, const char *word, const char *why)
{
    snprintf(err, SourceErrorSize, "%.300s: %.380s", word, why);
}

/* --- addresses --- */

static const char pages[] = "/debug/pprof";

/* "http://host:6060" and what else people type -> the page to fetch; the caller
 * frees it. */
static char *page_of(const char *address)
{
    const char *host = strstr(address, "://") + 3;
    size_t query_at = strcspn(address, "?#");
    int len = (int)query_at;
    while (len > 0 && address[len - 1] == '/')
        len--;
    const char *path = memchr(host, '/', (size_t)(address + query_at - host));
    const char *query = address[query_at] == '?' ? address + query_at + 1 : "";
    const char *page = "";
    if (!path || path >= address + len)
        page = "/debug/pprof/allocs";
    else if ((size_t)len >= sizeof pages - 1 &&
             strncmp(address + len - (sizeof pages - 1), pages,
                     sizeof pages - 1) == 0)
        page = "/allocs";
    else if (!memmem(path, (size_t)(address + len - path), pages,
                     sizeof pages - 1))
        return xprintf("%s", address); /* a file that somebody serves */
    return xprintf("%.*s%s?debug=1%s%s", len, address, page, *query ? "&" : "",
                   query);
}

/* The page beside it that names addresses; NULL: there is none. */
static char *symbol_page(const char *page)
{
    const char *at = strstr(page, pages);
    if (!at)
        return NULL;
    return xprintf("%.*s/symbol", (int)(at - page + (int)sizeof pages - 1),
                   page);
}

/* Asks for names. A module of go1.22 or later serves the page to GET alone,
 * others to both; as a query the addresses go either way, but POST has no limit
 * of its own. Go: net/http/pprof pprof.go init, Symbol. */
static bool ask(const char *symbols, const char *addresses,
                struct httpAnswer *a)
{
    enum { MethodNotAllowed = 405 };
    char err[HttpErrorSize];
    if (http_fetch(symbols, addresses, a, err))
        return true;
    if (a->status != MethodNotAllowed)
        return false;
    char *query = xprintf("%s?%s", symbols, addresses);
    bool ok = http_fetch(query, NULL, a, err);
    free(query);
    return ok;
}

/* Asks the running program for the names of all that has none. */
static bool name_by_server(struct source *s, const char *page)
{
    char *symbols = symbol_page(page), *asked;
    size_t next = 0, named = 0;
    struct httpAnswer a;
    bool ok = symbols != NULL;
    while (ok && (asked = profile_unnamed(s->p, &next))) {
        ok = ask(symbols, asked, &a);
        if (ok)
            named += profile_name_by_symbols(s->p, a.body, a.len);
        if (ok)
            free(a.body);
        free(asked);
    }
    free(symbols);
    return named > 0;
}

static bool read_address(struct source *s, const char *address, char *err)
{
    char why[HttpErrorSize];
    if (strcspn(strstr(address, "://") + 3, "/?#") == 0) {
        set_error(err, address, "names no host: want http://localhost:6060");
        return false;
    }
    char *page = page_of(address);
    struct httpAnswer a;
    struct profAnchors anchors;
    if (http_fetch(page, NULL, &a, why)) {
        s->p = profile_parse_bare(a.body, a.len, &anchors, why);
        if (s->p && name_by_server(s, page))
            s->named_by = "/debug/pprof/symbol";
        free(a.body);
    }
    if (s->p)
        profile_drop_unnamed(s->p);
    else
        set_error(err, page, why);
    free(page);
    return s->p != NULL;
}

/* --- files --- */

/* A program where its profile should be is a mistake that is easily made. */
static bool is_program(const char *path)
{
    char magic[4] = "";
    FILE *f = fopen(path, "rb");
    size_t n = f ? fread(magic, 1, sizeof magic, f) : 0;
    if (f)
        fclose(f);
    return n == sizeof magic && memcmp(magic, "\177ELF", sizeof magic) == 0;
}

static bool read_file(struct source *s, const char *path, char *err)
{
    char why[ProfErrorSize];
    s->p = profile_read(path, why);
    if (!s->p)
        set_error(err, s->title,
                  is_program(path) ? "is a program: name its profile, too: "
                                     "PROGRAM FILE"
                                   : why);
    return s->p != NULL;
}

/* Names what the file leaves bare; nothing does in a file that Go wrote with
 * names. */
static bool name_by_program(struct source *s, const struct gopclntab *t,
                            const struct profAnchors *anchors,
                            const char *program, char *why)
{
    s->release = pool_intern(s->p->pool, gopclntab_release(t));
    if (profile_count_unnamed(s->p) == 0) {
        s->calls_told = profile_shown(s->p) == SHOWN_HIDDEN &&
                        profile_tell_callees(s->p, t) > 0;
        return true;
    }
    s->named_by = "the program's own table";
    bool ok = profile_name_by_table(s->p, t, anchors, program, why);
    profile_drop_unnamed(s->p);
    return ok;
}

/* Two profiles are a mistake that is easily made, too. */
static bool is_profile(const char *path)
{
    char why[ProfErrorSize];
    struct profile *p = is_program(path) ? NULL : profile_read(path, why);
    profile_free(p);
    return p != NULL;
}

static bool read_with_program(struct source *s, const char *program,
                              const char *path, char *err)
{
    char why[ProfErrorSize];
    struct gopclntab *t = gopclntab_open(program, why);
    if (!t) {
        set_error(err, program,
                  is_profile(program) ? "is a profile: of two files the first "
                                        "is the program: PROGRAM FILE"
                                      : why);
        return false;
    }
    struct profAnchors anchors;
    s->p = profile_read_bare(path, &anchors, why);
    bool ok = s->p && name_by_program(s, t, &anchors, program, why);
    if (!ok)
        set_error(err, s->title, why);
    gopclntab_free(t);
    return ok;
}

struct source *source_read(char *const *words, int n, char *err)
{
    const char *last = words[n - 1];
    struct source *s = xcalloc(1, sizeof *s);
    s->release = "";
    s->title = xprintf("%s", strcmp(last, "-") == 0 ? "standard input" : last);
    bool ok;
    if (http_is_address(last))
        ok = read_address(s, last, err);
    else if (n == 2)
        ok = read_with_program(s, words[0], last, err);
    else
        ok = read_file(s, last, err);
    if (!ok) {
        source_free(s);
        return NULL;
    }
    s->shown = profile_shown(s->p);
    return s;
}

void source_free(struct source *s)
{
    if (!s)
        return;
    profile_free(s->p);
    free(s->title);
    free(s);
}

struct source *source_must_read(const char *command, char *const *words, int n)
{
    char err[SourceErrorSize];
    if (n != 1 && n != 2)
        usage_error("%s: want a profile: " SOURCE_ARGS, command);
    struct source *s = source_read(words, n, err);
    if (!s)
        file_error("%s", err);
    return s;
}

bool source_is_heap(const struct source *s)
{
    return profile_type_index(s->p, "alloc_space") >= 0 ||
           profile_type_index(s->p, "inuse_space") >= 0;
}

void source_must_be_heap(const struct source *s)
{
    if (!source_is_heap(s))
        file_error("%s: no heap profile: its first sample type is %s", s->title,
                   s->p->ntypes ? s->p->types[0].type : "missing");
}

char *source_says(const struct source *s)
{
    switch (s->shown) {
    case SHOWN_COMPLETE:
        return s->named_by
                   ? xprintf("frames complete, named by %s", s->named_by)
                   : xprintf("frames complete");
    case SHOWN_HIDDEN:
        if (s->calls_told)
            return xprintf("the runtime's frames hidden; what each call made, "
                           "told by the program");
        return xprintf("the runtime's frames hidden, as Go writes them; "
                       "PROGRAM FILE tells what each call is");
    case SHOWN_NAMELESS:
        return xprintf("no frame has a name; give the program that wrote it, "
                       "too: PROGRAM FILE");
    }
    return NULL;
}
