/*
 * gopclntab.c: finding the table, and naming instructions by it.
 *
 *     elfimage --magic--> header --its address--> moduledata: text, go:func.*
 *     pc --pctable--> a function, the calls inlined there --> names for people
 *
 * The table is found by its first bytes wherever it is: in .gopclntab, in
 * .data.rel.ro.gopclntab of a position-independent program, or in a file
 * without section names. What it does not hold (from 1.26 on not even the start
 * of the code) is in the runtime's moduledata, which begins with the table's
 * address. moduledata's later fields have moved from release to release: the
 * address of the inline trees is the one of a few words under which all trees
 * are trees.
 *
 * Locking: none.
 */
#include "tools/profile/gopclntab.h"

#include "tools/lib/exits.h"
#include "tools/lib/pool.h"
#include "tools/profile/pctable.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    /* Words of moduledata. Go: runtime/symtab.go moduledata */
    WordText = 22,
    WordEtext = 23,
    WordFuncFirst = 38, /* gofunc is one of the words from here on */
    ModuleWords = 47,
};

struct gopclntab {
    struct elfImage img;
    struct pool *pool; /* of names that are not in the image as they are */
    struct pcTable tab;
    const char *release;
};

/* --- names --- */

/* A generic function's name holds the shapes that it was compiled for; people
 * see "[...]". Go: runtime/traceback.go funcNameForPrint */
static const char *name_for_print(const struct gopclntab *t, const char *name)
{
    const char *open = strchr(name, '['), *close = strrchr(name, ']');
    if (!open || !close || close < open)
        return name;
    char text[1024];
    int n = snprintf(text, sizeof text, "%.*s[...]%s", (int)(open - name), name,
                     close + 1);
    return n > 0 && (size_t)n < sizeof text ? pool_intern(t->pool, text) : name;
}

static const char *printed(const struct gopclntab *t, const char *name)
{
    return name ? name_for_print(t, name) : "";
}

size_t gopclntab_calls(const struct gopclntab *t, uint64_t pc,
                       struct goCall *calls, size_t max)
{
    struct pcFunc f;
    if (!pctable_find(&t->tab, pc, &f))
        return 0;
    size_t n = 0;
    while (n < max && n < PclnMaxInlined) {
        struct goCall *c = &calls[n++];
        struct pcInlined inlined;
        c->pc = pc;
        c->file = pctable_place(&t->tab, &f, pc, &c->line);
        if (!pctable_inlined(&t->tab, &f, pc, &inlined)) {
            c->func = printed(t, pctable_func_name(&t->tab, &f));
            break;
        }
        c->func = printed(t, pctable_name(&t->tab, inlined.name));
        pc = inlined.parent;
    }
    return n;
}

const char *gopclntab_callee(const struct gopclntab *t, uint64_t pc)
{
    enum { CallRel32 = 0xe8, Distance = 4 }; /* 5 bytes, and pc is the last */
    const uint8_t *call = elfimage_at(&t->img, pc - Distance, 1 + Distance);
    struct pcFunc f;
    if (!call || call[0] != CallRel32)
        return NULL;
    uint64_t target = pc + 1 + (uint64_t)(int32_t)image_u32(call + 1);
    if (!pctable_find(&t->tab, target, &f) || f.entry != target)
        return NULL;
    return printed(t, pctable_func_name(&t->tab, &f));
}

uint64_t gopclntab_entry(const struct gopclntab *t, const char *name,
                         size_t len)
{
    for (uint64_t i = 0; i < t->tab.nfunc; i++) {
        struct pcFunc f;
        if (!pctable_func(&t->tab, i, &f))
            continue;
        const char *s = pctable_func_name(&t->tab, &f);
        if (s && strncmp(s, name, len) == 0 && s[len] == 0)
            return f.entry;
    }
    return 0;
}

const char *gopclntab_release(const struct gopclntab *t)
{
    return t->release;
}

/* --- finding it --- */

/* moduledata begins with the header's address, then that of the names, which
 * stand behind it. Go: runtime/symtab.go moduledata */
static bool is_module(const struct gopclntab *t, const uint8_t *m)
{
    const struct pcTable *tab = &t->tab;
    const uint8_t *header = elfimage_at(&t->img, tab->addr, PcHeaderSize);
    return image_u64(m) == tab->addr &&
           image_u64(m + 8) == tab->addr + (uint64_t)(tab->names.at - header) &&
           image_u64(m + 8 * WordText) < image_u64(m + 8 * WordEtext);
}

static const uint8_t *find_module(const struct gopclntab *t)
{
    for (int i = 0; i < t->img.nsegs; i++) {
        const struct elfSegment *s = &t->img.segs[i];
        for (uint64_t at = -s->addr & 7; at + 8 * ModuleWords <= s->size;
             at += 8)
            if (is_module(t, s->bytes + at))
                return s->bytes + at;
    }
    return NULL;
}

static bool read_module(struct gopclntab *t)
{
    const uint8_t *m = find_module(t);
    if (!m)
        return false;
    t->tab.text = image_u64(m + 8 * WordText);
    t->tab.etext = image_u64(m + 8 * WordEtext);
    for (size_t w = WordFuncFirst; w < ModuleWords && !t->tab.gofunc; w++) {
        uint64_t gofunc = image_u64(m + 8 * w);
        if (gofunc != 0 && pctable_are_trees(&t->tab, gofunc))
            t->tab.gofunc = gofunc;
    }
    return true;
}

static bool find_table(struct gopclntab *t)
{
    for (int i = 0; i < t->img.nsegs; i++) {
        const struct elfSegment *s = &t->img.segs[i];
        for (uint64_t at = -s->addr & 7; at + PcHeaderSize <= s->size; at += 8)
            if (pctable_read_header(&t->tab, &t->img, s->addr + at,
                                    s->bytes + at, s->size - at) &&
                read_module(t))
                return true;
    }
    return false;
}

/* The release stands behind a mark and a byte of flags, as a string with its
 * length before it. Go: debug/buildinfo, cmd/link/internal/ld buildinfo */
static const char *find_release(struct gopclntab *t)
{
    static const char mark[] = "\xff Go buildinf:";
    enum { MarkSize = sizeof mark - 1, StringAt = 32, MaxLength = 64 };
    for (int i = 0; i < t->img.nsegs; i++) {
        const struct elfSegment *s = &t->img.segs[i];
        const uint8_t *m = memmem(s->bytes, s->size, mark, MarkSize);
        if (!m || s->size - (uint64_t)(m - s->bytes) < StringAt + MaxLength)
            continue;
        size_t len = m[StringAt];
        if ((m[MarkSize + 1] & 2) && len < MaxLength)
            return pool_intern_n(t->pool, (const char *)m + StringAt + 1, len);
    }
    return "";
}

static struct gopclntab *open_image(struct elfImage img, char *err)
{
    struct gopclntab *t = xcalloc(1, sizeof *t);
    t->img = img;
    t->pool = pool_new();
    if (find_table(t)) {
        t->release = find_release(t);
        return t;
    }
    snprintf(err, PclnErrorSize,
             "no table of Go functions: want a program built by Go 1.18 or "
             "later");
    gopclntab_free(t);
    return NULL;
}

struct gopclntab *gopclntab_open(const char *path, char *err)
{
    struct elfImage img;
    if (!elfimage_read(&img, path, err, PclnErrorSize))
        return NULL;
    return open_image(img, err);
}

struct gopclntab *gopclntab_parse(const void *data, size_t len, char *err)
{
    struct elfImage img;
    if (!elfimage_parse(&img, data, len, err, PclnErrorSize))
        return NULL;
    return open_image(img, err);
}

void gopclntab_free(struct gopclntab *t)
{
    if (!t)
        return;
    elfimage_free(&t->img);
    pool_free(t->pool);
    free(t);
}
