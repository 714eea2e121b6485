/*
 * codeindex.c: the ranges of code of all units, sorted, and of each unit that
 * was asked for those of its functions.
 *
 *     symbol --> [codeindex] --> libdw (elfutils)
 *
 * clang writes no index of addresses (.debug_aranges), so the units' own ranges
 * are read. A range that was given up (of a function that the linker dropped)
 * begins at 0 and is left out, or it would lie across others.
 *
 * Locking: the caller's (symbolLock).
 */
#include "runtime/prof/codeindex.h"
#include "runtime/base/base.h"
#include <dwarf.h>
#include <stdlib.h>

/* Code from low up to high, which is not part of it, and what it is of. */
struct codeRange {
    Dwarf_Addr low, high;
    Dwarf_Die *die;
};

struct codeRanges {
    struct codeRange *of; /* sorted by low once all are there */
    size_t n, room;
};

/* A unit, whose addresses are relative to a module that lies at bias. */
struct codeUnit {
    Dwarf_Die die; /* first: a range of units points here */
    Dwarf_Addr bias;
    bool known; /* functions have been read */
    struct codeRanges functions;
};

static struct codeRanges units;

static void add_range(struct codeRanges *r, const struct codeRange *range)
{
    if (r->n == r->room) {
        size_t room = r->room ? 2 * r->room : 64;
        struct codeRange *more = realloc(r->of, room * sizeof(*more));
        if (more == NULL)
            return;
        r->of = more;
        r->room = room;
    }
    r->of[r->n++] = *range;
}

/* All ranges of a unit or a function; bias is added. */
static void add_ranges(struct codeRanges *r, Dwarf_Die *die, Dwarf_Addr bias)
{
    Dwarf_Addr base, low, high;
    ptrdiff_t at = 0;

    while ((at = dwarf_ranges(die, at, &base, &low, &high)) > 0)
        if (low != 0 && low < high)
            add_range(r, &(struct codeRange){low + bias, high + bias, die});
}

static int by_low(const void *a, const void *b)
{
    const struct codeRange *x = a, *y = b;
    return (x->low > y->low) - (x->low < y->low);
}

static void sort_ranges(struct codeRanges *r)
{
    if (r->n > 0)
        qsort(r->of, r->n, sizeof(r->of[0]), by_low);
}

/* What addr is of; NULL: of nothing here. */
static Dwarf_Die *range_find(const struct codeRanges *r, Dwarf_Addr addr)
{
    size_t low = 0, high = r->n; /* the last that begins at addr or before */
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (r->of[mid].low <= addr)
            low = mid + 1;
        else
            high = mid;
    }
    if (low == 0 || addr >= r->of[low - 1].high)
        return NULL;
    return r->of[low - 1].die;
}

/* One module at a time: one whose debug information cannot be read would end a
 * walk over all.
 * NOLINTNEXTLINE(readability-function-size): the parameters are libdwfl's */
static int read_module(Dwfl_Module *mod, void **userdata, const char *name,
                       Dwarf_Addr start, void *arg)
{
    Dwarf_Die *die = NULL;
    Dwarf_Addr bias;

    (void)userdata, (void)name, (void)start, (void)arg;
    while ((die = dwfl_module_nextcu(mod, die, &bias)) != NULL) {
        struct codeUnit *unit = calloc(1, sizeof(*unit));
        if (unit == NULL)
            return DWARF_CB_ABORT;
        unit->die = *die;
        unit->bias = bias;
        add_ranges(&units, &unit->die, bias);
    }
    return DWARF_CB_OK;
}

void codeindex_read(Dwfl *dwfl)
{
    dwfl_getmodules(dwfl, read_module, NULL, 0);
    sort_ranges(&units);
}

/* Of the entries in parent: those of C stand in the unit itself, those of C++
 * in namespaces, too. */
static void read_functions(struct codeRanges *functions, Dwarf_Die *parent)
{
    Dwarf_Die child;

    for (int end = dwarf_child(parent, &child); end == 0;
         end = dwarf_siblingof(&child, &child)) {
        int tag = dwarf_tag(&child);
        if (tag == DW_TAG_namespace)
            read_functions(functions, &child);
        if (tag != DW_TAG_subprogram || !dwarf_hasattr(&child, DW_AT_low_pc))
            continue;
        Dwarf_Die *kept = malloc(sizeof(*kept));
        if (kept == NULL)
            return;
        *kept = child;
        add_ranges(functions, kept, 0);
    }
}

bool codeindex_find(uintptr_t addr, struct codePlace *place)
{
    Dwarf_Die *die = range_find(&units, addr);
    if (die == NULL)
        return false;
    struct codeUnit *unit = (struct codeUnit *)die;
    if (!unit->known) {
        read_functions(&unit->functions, &unit->die);
        sort_ranges(&unit->functions);
        unit->known = true;
    }
    place->unit = &unit->die;
    place->addr = addr - unit->bias;
    place->function = range_find(&unit->functions, place->addr);
    return true;
}
