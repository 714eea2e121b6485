/*
 * codeindex.h: which compilation unit holds an address, and which function of
 * it: DWARF knows, but libdw answers by asking one unit after the other, and
 * one entry of it after the other. Here both are read once and sorted: a frame
 * then costs two binary searches.
 */
#ifndef RUNTIME_PROF_CODEINDEX_H
#define RUNTIME_PROF_CODEINDEX_H

#include <elfutils/libdwfl.h>

/* Where an address lies. All of it lives as long as the program. */
struct codePlace {
    Dwarf_Die *unit;     /* the compilation unit */
    Dwarf_Die *function; /* DW_TAG_subprogram; NULL: of none that is known */
    Dwarf_Addr addr;     /* the address, relative to its module */
};

/* Reads the units of all modules of dwfl that have debug information; once.
 * Without memory some are missing. */
void codeindex_read(Dwfl *dwfl);

/* False where no unit holds addr. Not thread-safe: the first address of a unit
 * reads its functions. */
bool codeindex_find(uintptr_t addr, struct codePlace *place);

#endif
