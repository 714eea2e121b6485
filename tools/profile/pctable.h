/*
 * pctable.h: the tables that a program built by Go has of its functions, once
 * somebody knows where they are: which function an instruction is in, its file
 * and line, and which calls were inlined there. gopclntab finds them.
 *
 * Each access is within the image or fails: the file is a stranger's.
 */
#ifndef TOOLS_PROFILE_PCTABLE_H
#define TOOLS_PROFILE_PCTABLE_H

#include "tools/profile/elfimage.h"

enum { PcHeaderSize = 72 };

/* A run of the image. */
struct pcRange {
    const uint8_t *at;
    uint64_t len;
};

struct pcLayout; /* how records look: of 1.18 and 1.19, or from 1.20 on */

struct pcTable {
    const struct elfImage *img;
    const struct pcLayout *layout;
    uint64_t addr; /* of the header */
    uint32_t quantum;
    uint64_t nfunc;
    struct pcRange names, cus, files, pcs, funcs;
    /* What the header does not say, and moduledata does: */
    uint64_t text, etext;
    uint64_t gofunc; /* where the inline trees are; 0: there are none */
};

/* A function's record. */
struct pcFunc {
    uint64_t entry, end;
    const uint8_t *at; /* its fixed part, then npcdata and nfuncdata words */
    uint32_t npcdata, nfuncdata;
};

/* A call that was inlined: the function's name, and the instruction of the
 * caller that it stands for. */
struct pcInlined {
    uint32_t name; /* for pctable_name */
    uint64_t parent;
};

/* Reads the header of a table that may stand at addr, which is h in memory, the
 * first of room bytes of its segment, PcHeaderSize at least. False: none does.
 * Go: runtime/symtab.go pcHeader */
bool pctable_read_header(struct pcTable *t, const struct elfImage *img,
                         uint64_t addr, const uint8_t *h, uint64_t room);

/* Function number i < nfunc; false: its record is damaged. */
bool pctable_func(const struct pcTable *t, uint64_t i, struct pcFunc *f);

/* The function that the instruction at pc is in; false: in none. */
bool pctable_find(const struct pcTable *t, uint64_t pc, struct pcFunc *f);

/* A name as the table has it; NULL: off is of none. */
const char *pctable_name(const struct pcTable *t, uint32_t off);
const char *pctable_func_name(const struct pcTable *t, const struct pcFunc *f);

/* The file and the line of the instruction at pc of f; "" and 0: unknown. Go:
 * runtime/symtab.go funcline1, funcfile */
const char *pctable_place(const struct pcTable *t, const struct pcFunc *f,
                          uint64_t pc, int *line);

/* The innermost call that was inlined at pc of f; false: none was. */
bool pctable_inlined(const struct pcTable *t, const struct pcFunc *f,
                     uint64_t pc, struct pcInlined *call);

/* Are the first some hundred functions' inline trees where they are if gofunc
 * is the address that theirs are counted from? False if there are none. */
bool pctable_are_trees(const struct pcTable *t, uint64_t gofunc);

#endif
