/*
 * gopclntab.c: finding the table, and walking it.
 *
 *     elfimage --magic--> pcHeader --its address--> moduledata: text, go:func.*
 *
 * The table is found by its first bytes wherever it is: in .gopclntab, in
 * .data.rel.ro.gopclntab of a position-independent program, or in a file
 * without section names. What it does not hold (from 1.26 on not even the start
 * of the code) is in the runtime's moduledata, which begins with the table's
 * address. moduledata's later fields have moved from release to release: the
 * address of the inline trees is the one of a few words under which all trees
 * are trees.
 *
 * A function's tables of values are read from its first instruction on, as Go
 * does; functions are short. Each access is within the image or fails: the file
 * is a stranger's.
 *
 * Locking: none.
 */
#include "tools/profile/gopclntab.h"

#include "tools/lib/exits.h"
#include "tools/lib/pool.h"
#include "tools/profile/elfimage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    Magic118 = 0xfffffff0u,
    Magic120 = 0xfffffff1u,
    HeaderSize = 72,
    WordNamesOff = 4, /* of the header: the first of five distances */
    /* Words of moduledata. Go: runtime/symtab.go moduledata */
    WordText = 22,
    WordEtext = 23,
    WordFuncFirst = 38, /* gofunc is one of the words from here on */
    ModuleWords = 47,
    /* Which tables of a function. Go: internal/abi/symtab.go */
    PcdataInlTree = 2,
    FuncdataInlTree = 3,
    NoFuncdata = 0xffffffffu,
    /* Trees that are read to prove that they are trees. */
    ProofTrees = 200,
};

/* A run of the image. */
struct range {
    const uint8_t *at;
    uint64_t len;
};

/* The layout of a function's record and of an inline tree's entry. */
struct layout {
    uint32_t fixed;     /* bytes of the record before its lists */
    uint32_t call_size; /* bytes of an inlined call … */
    uint32_t call_name; /* … and where its name and its parent's pc are */
    uint32_t call_parent;
};

/* Go: runtime/runtime2.go _func; symtab.go inlinedCall */
static const struct layout layout118 = {40, 20, 12, 16};
static const struct layout layout120 = {44, 16, 4, 8};

struct gopclntab {
    struct elfImage img;
    struct pool *pool; /* of names that are not in the image as they are */
    const struct layout *layout;
    uint64_t addr; /* of the header */
    uint32_t quantum;
    uint64_t nfunc;
    struct range names, cus, files, pcs, funcs;
    uint64_t text, etext;
    uint64_t gofunc; /* 0: no inline trees */
    const char *release;
};

/* A function's record. */
struct funcRecord {
    uint64_t entry, end;
    const uint8_t *at; /* its fixed part, then npcdata and nfuncdata words */
    uint32_t npcdata, nfuncdata;
};

static bool has(struct range r, uint64_t off, uint64_t n)
{
    return off <= r.len && n <= r.len - off;
}

/* The string at off, or NULL where none ends inside the range. */
static const char *string_in(struct range r, uint64_t off)
{
    if (off >= r.len || !memchr(r.at + off, 0, r.len - off))
        return NULL;
    return (const char *)r.at + off;
}

/* --- functions ------------------------------------------------------------ */

/* Entry i of the list of functions: where each begins, where its record is. */
static uint32_t entry_off(const struct gopclntab *t, uint64_t i)
{
    return image_u32(t->funcs.at + i * 8);
}

static bool read_func(const struct gopclntab *t, uint64_t i,
                      struct funcRecord *f)
{
    uint32_t fixed = t->layout->fixed;
    uint32_t off = image_u32(t->funcs.at + i * 8 + 4);
    if (!has(t->funcs, off, fixed))
        return false;
    f->at = t->funcs.at + off;
    f->entry = t->text + entry_off(t, i);
    f->end = t->text + entry_off(t, i + 1);
    f->npcdata = image_u32(f->at + 28);
    f->nfuncdata = f->at[fixed - 1];
    return has(t->funcs, (uint64_t)off + fixed,
               ((uint64_t)f->npcdata + f->nfuncdata) * 4);
}

/* Go: runtime/symtab.go findfunc, which has an index where this halves. */
static bool find_func(const struct gopclntab *t, uint64_t pc,
                      struct funcRecord *f)
{
    if (t->nfunc == 0 || pc < t->text || pc >= t->etext ||
        pc - t->text < entry_off(t, 0))
        return false;
    uint64_t off = pc - t->text, low = 0, high = t->nfunc;
    while (high - low > 1) {
        uint64_t middle = low + (high - low) / 2;
        if (entry_off(t, middle) <= off)
            low = middle;
        else
            high = middle;
    }
    return read_func(t, low, f) && pc < f->end;
}

static uint32_t word_after(const struct gopclntab *t,
                           const struct funcRecord *f, uint32_t i)
{
    return image_u32(f->at + t->layout->fixed + 4 * (size_t)i);
}

/* --- tables of values --- */

/* A table that gives a value to each instruction of a function, as steps of
 * (change of value, bytes of code). */
struct pcWalk {
    struct range tab;
    uint64_t pos; /* in tab */
    uint64_t pc;  /* the first that the value is not of */
    int32_t value;
    uint32_t quantum;
    bool first;
};

static struct pcWalk walk_start(const struct gopclntab *t, uint64_t entry,
                                uint32_t table)
{
    return (struct pcWalk){t->pcs, table, entry, -1, t->quantum, true};
}

static bool read_varint(struct pcWalk *w, uint32_t *n)
{
    enum { MaxShift = 28 };
    *n = 0;
    for (int shift = 0; shift <= MaxShift && w->pos < w->tab.len; shift += 7) {
        uint8_t b = w->tab.at[w->pos++];
        *n |= (uint32_t)(b & 0x7f) << shift;
        if (!(b & 0x80))
            return true;
    }
    return false;
}

/* Go: runtime/symtab.go step */
static bool walk_step(struct pcWalk *w)
{
    uint32_t change, bytes;
    if (!read_varint(w, &change) || (change == 0 && !w->first) ||
        !read_varint(w, &bytes))
        return false;
    w->first = false;
    uint32_t delta = (0 - (change & 1)) ^ (change >> 1);
    w->value = (int32_t)((uint32_t)w->value + delta);
    w->pc += (uint64_t)bytes * w->quantum;
    return true;
}

/* The value at pc; -1: none. Go: runtime/symtab.go pcvalue */
static int32_t value_at(const struct gopclntab *t, uint64_t entry,
                        uint32_t table, uint64_t pc)
{
    struct pcWalk w = walk_start(t, entry, table);
    while (table != 0 && walk_step(&w))
        if (pc < w.pc)
            return w.value;
    return -1;
}

/* --- the inline tree --- */

static uint32_t inline_table(const struct gopclntab *t,
                             const struct funcRecord *f)
{
    return f->npcdata > PcdataInlTree ? word_after(t, f, PcdataInlTree) : 0;
}

static uint32_t inline_tree(const struct gopclntab *t,
                            const struct funcRecord *f)
{
    return f->nfuncdata > FuncdataInlTree
               ? word_after(t, f, f->npcdata + FuncdataInlTree)
               : NoFuncdata;
}

/* Entry ix of f's tree were gofunc the address of all trees; NULL: it is
 * not. */
static const uint8_t *inlined_call(const struct gopclntab *t, uint64_t gofunc,
                                   const struct funcRecord *f, int32_t ix)
{
    uint32_t size = t->layout->call_size;
    return elfimage_at(&t->img,
                       gofunc + inline_tree(t, f) + (uint64_t)ix * size, size);
}

/* The entry is of a tree: it has a name, and its parent is in the function. */
static bool is_call(const struct gopclntab *t, const struct funcRecord *f,
                    const uint8_t *call)
{
    uint32_t name = image_u32(call + t->layout->call_name);
    uint32_t parent = image_u32(call + t->layout->call_parent);
    const char *text = string_in(t->names, name);
    return text && *text && (name == 0 || text[-1] == 0) &&
           parent < f->end - f->entry;
}

/* All entries of f's tree that its instructions ask for are entries. */
static bool is_tree(const struct gopclntab *t, uint64_t gofunc,
                    const struct funcRecord *f)
{
    struct pcWalk w = walk_start(t, f->entry, inline_table(t, f));
    while (walk_step(&w)) {
        if (w.value < 0)
            continue;
        const uint8_t *call = inlined_call(t, gofunc, f, w.value);
        if (!call || !is_call(t, f, call))
            return false;
    }
    return true;
}

static bool are_trees(const struct gopclntab *t, uint64_t gofunc)
{
    uint32_t seen = 0;
    for (uint64_t i = 0; i < t->nfunc && seen < ProofTrees; i++) {
        struct funcRecord f;
        if (!read_func(t, i, &f) || inline_table(t, &f) == 0 ||
            inline_tree(t, &f) == NoFuncdata)
            continue;
        seen++;
        if (!is_tree(t, gofunc, &f))
            return false;
    }
    return seen > 0;
}

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

static const char *name_at(const struct gopclntab *t, uint32_t off)
{
    const char *name = string_in(t->names, off);
    return name ? name_for_print(t, name) : "";
}

/* Go: runtime/symtab.go funcline1, funcfile */
static void set_place(const struct gopclntab *t, const struct funcRecord *f,
                      struct goCall *c)
{
    int32_t file = value_at(t, f->entry, image_u32(f->at + 20), c->pc);
    int32_t line = value_at(t, f->entry, image_u32(f->at + 24), c->pc);
    uint64_t cu = image_u32(f->at + 32);
    c->file = "";
    if (file < 0 || line < 0 || !has(t->cus, (cu + (uint32_t)file) * 4, 4))
        return;
    const char *name =
        string_in(t->files, image_u32(t->cus.at + (cu + (uint32_t)file) * 4));
    if (name) {
        c->file = name;
        c->line = line;
    }
}

size_t gopclntab_calls(const struct gopclntab *t, uint64_t pc,
                       struct goCall *calls, size_t max)
{
    struct funcRecord f;
    if (!find_func(t, pc, &f))
        return 0;
    size_t n = 0;
    bool trees = t->gofunc != 0 && inline_tree(t, &f) != NoFuncdata;
    while (n < max && n < PclnMaxInlined) {
        struct goCall *c = &calls[n++];
        *c = (struct goCall){.pc = pc};
        set_place(t, &f, c);
        int32_t ix = trees ? value_at(t, f.entry, inline_table(t, &f), pc) : -1;
        const uint8_t *call =
            ix < 0 ? NULL : inlined_call(t, t->gofunc, &f, ix);
        if (!call || !is_call(t, &f, call)) {
            c->func = name_at(t, image_u32(f.at + 4));
            break;
        }
        c->func = name_at(t, image_u32(call + t->layout->call_name));
        pc = f.entry + image_u32(call + t->layout->call_parent);
    }
    return n;
}

const char *gopclntab_callee(const struct gopclntab *t, uint64_t pc)
{
    enum { CallRel32 = 0xe8, Distance = 4 }; /* 5 bytes, and pc is the last */
    const uint8_t *call = elfimage_at(&t->img, pc - Distance, 1 + Distance);
    struct funcRecord f;
    if (!call || call[0] != CallRel32)
        return NULL;
    uint64_t target = pc + 1 + (uint64_t)(int32_t)image_u32(call + 1);
    if (!find_func(t, target, &f) || f.entry != target)
        return NULL;
    return name_at(t, image_u32(f.at + 4));
}

uint64_t gopclntab_entry(const struct gopclntab *t, const char *name,
                         size_t len)
{
    for (uint64_t i = 0; i < t->nfunc; i++) {
        struct funcRecord f;
        if (!read_func(t, i, &f))
            continue;
        const char *s = string_in(t->names, image_u32(f.at + 4));
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

/* The part of the table whose distance from the header h stands in one of the
 * header's words. How long it is nobody says: it may reach to the end. */
static bool part(const uint8_t *h, uint64_t room, int word, struct range *r)
{
    uint64_t off = image_u64(h + 8 * (size_t)word);
    if (off < HeaderSize || off >= room)
        return false;
    *r = (struct range){h + off, room - off};
    return true;
}

/* Go: runtime/symtab.go pcHeader */
static bool read_header(struct gopclntab *t, uint64_t addr, const uint8_t *h,
                        uint64_t room)
{
    if (h[4] != 0 || h[5] != 0 || h[6] == 0 || h[6] > 4 || h[7] != PtrSize)
        return false;
    t->layout = image_u32(h) == Magic118 ? &layout118 : &layout120;
    t->addr = addr;
    t->quantum = h[6];
    t->nfunc = image_u64(h + 8);
    return part(h, room, WordNamesOff, &t->names) &&
           part(h, room, WordNamesOff + 1, &t->cus) &&
           part(h, room, WordNamesOff + 2, &t->files) &&
           part(h, room, WordNamesOff + 3, &t->pcs) &&
           part(h, room, WordNamesOff + 4, &t->funcs) && t->nfunc > 0 &&
           t->nfunc < t->funcs.len / 8;
}

/* moduledata begins with the header's address, then that of the names, which
 * stand behind it. Go: runtime/symtab.go moduledata */
static bool is_module(const struct gopclntab *t, const uint8_t *m)
{
    const uint8_t *header = elfimage_at(&t->img, t->addr, HeaderSize);
    return image_u64(m) == t->addr &&
           image_u64(m + 8) == t->addr + (uint64_t)(t->names.at - header) &&
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
    t->text = image_u64(m + 8 * WordText);
    t->etext = image_u64(m + 8 * WordEtext);
    for (size_t w = WordFuncFirst; w < ModuleWords && !t->gofunc; w++) {
        uint64_t gofunc = image_u64(m + 8 * w);
        if (gofunc != 0 && are_trees(t, gofunc))
            t->gofunc = gofunc;
    }
    return true;
}

static bool find_table(struct gopclntab *t)
{
    for (int i = 0; i < t->img.nsegs; i++) {
        const struct elfSegment *s = &t->img.segs[i];
        for (uint64_t at = -s->addr & 7; at + HeaderSize <= s->size; at += 8) {
            uint32_t magic = image_u32(s->bytes + at);
            if ((magic == Magic118 || magic == Magic120) &&
                read_header(t, s->addr + at, s->bytes + at, s->size - at) &&
                read_module(t))
                return true;
        }
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
