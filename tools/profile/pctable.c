/*
 * pctable.c: a function's record, and what its tables say of an instruction.
 *
 *     pc --halving--> record --steps--> file, line, entry of the inline tree
 *
 * The header says where five parts are. A function's record is in the part that
 * begins with the list of all functions, and points into the others. Its tables
 * of values are read from its first instruction on, as Go does; functions are
 * short.
 *
 * Locking: none.
 */
#include "tools/profile/pctable.h"

#include <string.h>

enum {
    Magic118 = 0xfffffff0u,
    Magic120 = 0xfffffff1u,
    WordNamesOff = 4, /* of the header: the first of five distances */
    /* Words of a function's record. Go: runtime/runtime2.go _func */
    FuncNameOff = 4,
    FuncPcFile = 20,
    FuncPcLine = 24,
    FuncNpcdata = 28,
    FuncCuOffset = 32,
    /* Which tables of a function. Go: internal/abi/symtab.go */
    PcdataInlTree = 2,
    FuncdataInlTree = 3,
    NoFuncdata = 0xffffffffu,
    /* Trees that are read to prove that they are trees. */
    ProofTrees = 200,
};

/* The layout of a function's record and of an inline tree's entry. */
struct pcLayout {
    uint32_t fixed;     /* bytes of the record before its lists */
    uint32_t call_size; /* bytes of an inlined call … */
    uint32_t call_name; /* … and where its name and its parent's pc are */
    uint32_t call_parent;
};

/* Go: runtime/runtime2.go _func; symtab.go inlinedCall */
static const struct pcLayout layout118 = {40, 20, 12, 16};
static const struct pcLayout layout120 = {44, 16, 4, 8};

static bool has(struct pcRange r, uint64_t off, uint64_t n)
{
    return off <= r.len && n <= r.len - off;
}

/* The string at off, or NULL where none ends inside the range. */
static const char *string_in(struct pcRange r, uint64_t off)
{
    if (off >= r.len || !memchr(r.at + off, 0, r.len - off))
        return NULL;
    return (const char *)r.at + off;
}

/* --- the header --- */

/* The part of the table whose distance from the header h stands in one of the
 * header's words. How long it is nobody says: it may reach to the end. */
static bool part(const uint8_t *h, uint64_t room, int word, struct pcRange *r)
{
    uint64_t off = image_u64(h + 8 * (size_t)word);
    if (off < PcHeaderSize || off >= room)
        return false;
    *r = (struct pcRange){h + off, room - off};
    return true;
}

static bool is_header(const uint8_t *h)
{
    uint32_t magic = image_u32(h);
    return (magic == Magic118 || magic == Magic120) && h[4] == 0 && h[5] == 0 &&
           h[6] > 0 && h[6] <= 4 && h[7] == PtrSize;
}

bool pctable_read_header(struct pcTable *t, const struct elfImage *img,
                         uint64_t addr, const uint8_t *h, uint64_t room)
{
    if (!is_header(h))
        return false;
    t->img = img;
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

/* --- functions --- */

/* Entry i of the list of functions: where each begins, where its record is. */
static uint32_t entry_off(const struct pcTable *t, uint64_t i)
{
    return image_u32(t->funcs.at + i * 8);
}

bool pctable_func(const struct pcTable *t, uint64_t i, struct pcFunc *f)
{
    uint32_t fixed = t->layout->fixed;
    uint32_t off = image_u32(t->funcs.at + i * 8 + 4);
    if (!has(t->funcs, off, fixed))
        return false;
    f->at = t->funcs.at + off;
    f->entry = t->text + entry_off(t, i);
    f->end = t->text + entry_off(t, i + 1);
    f->npcdata = image_u32(f->at + FuncNpcdata);
    f->nfuncdata = f->at[fixed - 1];
    return has(t->funcs, (uint64_t)off + fixed,
               ((uint64_t)f->npcdata + f->nfuncdata) * 4);
}

/* Go: runtime/symtab.go findfunc, which has an index where this halves. */
bool pctable_find(const struct pcTable *t, uint64_t pc, struct pcFunc *f)
{
    if (pc < t->text || pc >= t->etext || pc - t->text < entry_off(t, 0))
        return false;
    uint64_t off = pc - t->text, low = 0, high = t->nfunc;
    while (high - low > 1) {
        uint64_t middle = low + (high - low) / 2;
        if (entry_off(t, middle) <= off)
            low = middle;
        else
            high = middle;
    }
    return pctable_func(t, low, f) && pc < f->end;
}

static uint32_t word_after(const struct pcTable *t, const struct pcFunc *f,
                           uint32_t i)
{
    return image_u32(f->at + t->layout->fixed + 4 * (size_t)i);
}

const char *pctable_name(const struct pcTable *t, uint32_t off)
{
    return string_in(t->names, off);
}

const char *pctable_func_name(const struct pcTable *t, const struct pcFunc *f)
{
    return pctable_name(t, image_u32(f->at + FuncNameOff));
}

/* --- tables of values --- */

/* A table that gives a value to each instruction of a function, as steps of
 * (change of value, bytes of code). */
struct pcWalk {
    struct pcRange tab;
    uint64_t pos; /* in tab */
    uint64_t pc;  /* the first that the value is not of */
    int32_t value;
    uint32_t quantum;
    bool first;
};

static struct pcWalk walk_start(const struct pcTable *t, uint64_t entry,
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
static int32_t value_at(const struct pcTable *t, uint64_t entry, uint32_t table,
                        uint64_t pc)
{
    struct pcWalk w = walk_start(t, entry, table);
    while (table != 0 && walk_step(&w))
        if (pc < w.pc)
            return w.value;
    return -1;
}

const char *pctable_place(const struct pcTable *t, const struct pcFunc *f,
                          uint64_t pc, int *line)
{
    int32_t file = value_at(t, f->entry, image_u32(f->at + FuncPcFile), pc);
    int32_t at = value_at(t, f->entry, image_u32(f->at + FuncPcLine), pc);
    uint64_t cu = image_u32(f->at + FuncCuOffset) + (uint64_t)(uint32_t)file;
    const char *name = NULL;
    if (file >= 0 && at >= 0 && has(t->cus, cu * 4, 4))
        name = string_in(t->files, image_u32(t->cus.at + cu * 4));
    *line = name ? at : 0;
    return name ? name : "";
}

/* --- the inline tree --- */

static uint32_t inline_table(const struct pcTable *t, const struct pcFunc *f)
{
    return f->npcdata > PcdataInlTree ? word_after(t, f, PcdataInlTree) : 0;
}

static uint32_t inline_tree(const struct pcTable *t, const struct pcFunc *f)
{
    return f->nfuncdata > FuncdataInlTree
               ? word_after(t, f, f->npcdata + FuncdataInlTree)
               : NoFuncdata;
}

/* Entry ix of f's tree were gofunc the address of all trees; false: it is no
 * entry of a tree, since that has a name, and a parent in the function. */
static bool read_call(const struct pcTable *t, uint64_t gofunc,
                      const struct pcFunc *f, int32_t ix,
                      struct pcInlined *call)
{
    const struct pcLayout *l = t->layout;
    uint64_t at = gofunc + inline_tree(t, f) + (uint64_t)ix * l->call_size;
    const uint8_t *entry = elfimage_at(t->img, at, l->call_size);
    if (!entry)
        return false;
    uint32_t parent = image_u32(entry + l->call_parent);
    call->name = image_u32(entry + l->call_name);
    call->parent = f->entry + parent;
    const char *text = pctable_name(t, call->name);
    return text && *text && (call->name == 0 || text[-1] == 0) &&
           parent < f->end - f->entry;
}

bool pctable_inlined(const struct pcTable *t, const struct pcFunc *f,
                     uint64_t pc, struct pcInlined *call)
{
    if (t->gofunc == 0 || inline_tree(t, f) == NoFuncdata)
        return false;
    int32_t ix = value_at(t, f->entry, inline_table(t, f), pc);
    return ix >= 0 && read_call(t, t->gofunc, f, ix, call);
}

/* All entries of f's tree that its instructions ask for are entries. */
static bool is_tree(const struct pcTable *t, uint64_t gofunc,
                    const struct pcFunc *f)
{
    struct pcWalk w = walk_start(t, f->entry, inline_table(t, f));
    struct pcInlined call;
    while (walk_step(&w))
        if (w.value >= 0 && !read_call(t, gofunc, f, w.value, &call))
            return false;
    return true;
}

bool pctable_are_trees(const struct pcTable *t, uint64_t gofunc)
{
    uint32_t seen = 0;
    for (uint64_t i = 0; i < t->nfunc && seen < ProofTrees; i++) {
        struct pcFunc f;
        if (!pctable_func(t, i, &f) || inline_table(t, &f) == 0 ||
            inline_tree(t, &f) == NoFuncdata)
            continue;
        seen++;
        if (!is_tree(t, gofunc, &f))
            return false;
    }
    return seen > 0;
}
