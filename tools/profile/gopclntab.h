/*
 * gopclntab.h: the table by which Go's runtime names its own instructions. It
 * is in every Go executable, stripped or not, since the runtime prints stacks
 * and walks them with it: names, files, lines and the calls that were inlined.
 *
 *     address --> function --> the calls inlined there, innermost first
 *
 * Go 1.18 to 1.27; ELF programs of 64 bits.
 */
#ifndef TOOLS_PROFILE_GOPCLNTAB_H
#define TOOLS_PROFILE_GOPCLNTAB_H

#include "runtime/base/base.h"

struct gopclntab;

enum { PclnErrorSize = 200, PclnMaxInlined = 64 };

/* One call at an instruction. Strings live as long as the table. */
struct goCall {
    const char *func; /* "main.(*T).fill", "main.Map[...]" */
    const char *file; /* "" when unknown */
    int line;         /* 0 when unknown */
    uint64_t pc; /* the instruction that file and line are of: the one asked
                         for, and then that of each inlined call */
};

/* Reads the table of a program. NULL: err (PclnErrorSize bytes) has one line of
 * why, the path not included. */
struct gopclntab *gopclntab_open(const char *path, char *err);
struct gopclntab *gopclntab_parse(const void *data, size_t len, char *err);
void gopclntab_free(struct gopclntab *t); /* NULL is fine */

/*
 * The calls that the instruction at pc belongs to, innermost first, at most
 * max; 0: pc is in no function of the program. pc is as the file has it, and
 * inside the call: of a return address, one less. Go: runtime/symtab.go
 * findfunc, funcline1; symtabinl.go inlineUnwinder.
 */
size_t gopclntab_calls(const struct gopclntab *t, uint64_t pc,
                       struct goCall *calls, size_t max);

/* The function that the call instruction around pc calls, pc as for
 * gopclntab_calls; lives as long as the table. NULL: it calls through a
 * pointer, or is none. Of x86-64. */
const char *gopclntab_callee(const struct gopclntab *t, uint64_t pc);

/* The first instruction of the function called name (len bytes); 0: there is
 * none. */
uint64_t gopclntab_entry(const struct gopclntab *t, const char *name,
                         size_t len);

/* The release that built the program, "go1.27.3"; "" when it does not say. */
const char *gopclntab_release(const struct gopclntab *t);

#endif
