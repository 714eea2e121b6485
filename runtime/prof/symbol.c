/*
 * symbol.c: names for addresses, from the program's own symbol table and DWARF.
 *
 *     callstack_view, traceback --> [symbol] --> codeindex, libdw (elfutils)
 *
 * A return address points behind the call, perhaps into the next line or even
 * the next function; so the byte before it is what is looked up.
 *
 * The function is the one that owns the frame, and the line is a line of that
 * function: where the call was inlined into it from somewhere else, the line is
 * that of the outermost inlined call. Otherwise a frame of main.fill would
 * claim a line of map/gomap.h.
 *
 * Locking: symbolLock guards everything here. It is a plain mutex outside the
 * order of lock.h, because a thread that dies with any lock held prints its
 * stack; nothing else is taken under it. What is found is never freed, and
 * comes from libc malloc: this is never reached while memory is counted.
 */
#include "runtime/prof/callstack.h"
#include "runtime/prof/codeindex.h"
#include <dwarf.h>
#include <elfutils/libdwfl.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uthash.h>

/* Where GOFRAME functions lie; the linker makes these two where there are
 * any. */
extern const char __start_goframes[] __attribute__((weak));
extern const char __stop_goframes[] __attribute__((weak));
/* … and what Go calls them. */
extern const struct goName __start_gonames[] __attribute__((weak));
extern const struct goName __stop_gonames[] __attribute__((weak));

struct known {
    struct frame frame; /* the key is frame.pc */
    UT_hash_handle hh;
};

static pthread_mutex_t symbolLock = PTHREAD_MUTEX_INITIALIZER;
static struct known *knowns;
static bool opened;
static Dwfl *dwfl; /* NULL until opened, and when that failed */

/* Debug information is read from the program itself, never searched for in
 * other files and never fetched.
 * NOLINTNEXTLINE(readability-function-size): the parameters are libdwfl's */
static int no_other_debuginfo(Dwfl_Module *mod, void **userdata,
                              const char *modname, Dwarf_Addr base,
                              const char *file, const char *link, GElf_Word crc,
                              char **path)
{
    (void)mod, (void)userdata, (void)modname, (void)base;
    (void)file, (void)link, (void)crc, (void)path;
    return -1;
}

/* Our own file is read as the kernel keeps it: under its path there may stand
 * another one by now, built while we run.
 * NOLINTNEXTLINE(readability-function-size): the parameters are libdwfl's */
static int find_running_elf(Dwfl_Module *mod, void **userdata,
                            const char *modname, Dwarf_Addr base, char **file,
                            Elf **elf)
{
    Dwarf_Addr start, end, here = (uintptr_t)find_running_elf;
    dwfl_module_info(mod, NULL, &start, &end, NULL, NULL, NULL, NULL);
    if (here < start || here >= end)
        return dwfl_linux_proc_find_elf(mod, userdata, modname, base, file,
                                        elf);
    *file = strdup(modname);
    return open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
}

static Dwfl *open_program(void)
{
    static const Dwfl_Callbacks callbacks = {
        .find_elf = find_running_elf,
        .find_debuginfo = no_other_debuginfo,
    };
    Dwfl *d = dwfl_begin(&callbacks);
    if (d == NULL)
        return NULL;
    if (dwfl_linux_proc_report(d, getpid()) == 0 &&
        dwfl_report_end(d, NULL, NULL) == 0)
        return d;
    dwfl_end(d);
    return NULL;
}

static const char *string_attribute(Dwarf_Die *die, unsigned int name)
{
    Dwarf_Attribute attr;
    const char *s = dwarf_formstring(dwarf_attr(die, name, &attr));
    return s ? s : "";
}

/* file without the directory that the unit was compiled in. */
static const char *relative(Dwarf_Die *unit, const char *file)
{
    const char *dir = string_attribute(unit, DW_AT_comp_dir);
    size_t len = strlen(dir);
    if (len > 0 && strncmp(file, dir, len) == 0 && file[len] == '/')
        file += len + 1;
    if (strncmp(file, "./", 2) == 0)
        file += 2;
    return file;
}

/* The outermost call inlined at addr into a function, of which parent is a part
 * that holds addr: false when there is none. Blocks are no calls. */
static bool outermost_inlined(Dwarf_Die *parent, Dwarf_Addr addr,
                              Dwarf_Die *call)
{
    Dwarf_Die child;
    for (int end = dwarf_child(parent, &child); end == 0;
         end = dwarf_siblingof(&child, &child)) {
        int tag = dwarf_tag(&child);
        if ((tag != DW_TAG_inlined_subroutine && tag != DW_TAG_lexical_block) ||
            dwarf_haspc(&child, addr) != 1)
            continue;
        if (tag == DW_TAG_lexical_block)
            return outermost_inlined(&child, addr, call);
        *call = child;
        return true;
    }
    return false;
}

static bool number_attribute(Dwarf_Die *die, unsigned int name, Dwarf_Word *n)
{
    Dwarf_Attribute attr;
    return dwarf_formudata(dwarf_attr(die, name, &attr), n) == 0;
}

/* File and line of an inlined call. */
static bool line_of_call(Dwarf_Die *unit, Dwarf_Die *call, struct frame *f)
{
    Dwarf_Word file, line;
    Dwarf_Files *files;
    size_t nfiles;
    if (!number_attribute(call, DW_AT_call_file, &file) ||
        !number_attribute(call, DW_AT_call_line, &line) ||
        dwarf_getsrcfiles(unit, &files, &nfiles) != 0 || file >= nfiles)
        return false;
    f->file = relative(unit, dwarf_filesrc(files, file, NULL, NULL));
    f->line = (int)line;
    return true;
}

/* The line record of addr. Code that clang makes for no line of its own has
 * line 0: then the nearest one before it that has a line. */
static Dwarf_Line *line_at(Dwarf_Die *unit, Dwarf_Addr addr)
{
    Dwarf_Line *line = dwarf_getsrc_die(unit, addr);
    Dwarf_Lines *lines;
    size_t n;
    int number = 0;
    if (line == NULL || (dwarf_lineno(line, &number) == 0 && number > 0) ||
        dwarf_getsrclines(unit, &lines, &n) != 0)
        return line;
    for (size_t i = 0; i < n; i++) {
        Dwarf_Line *l = dwarf_onesrcline(lines, i);
        Dwarf_Addr at;
        if (dwarf_lineaddr(l, &at) != 0 || at > addr)
            break;
        if (dwarf_lineno(l, &number) == 0 && number > 0)
            line = l;
    }
    return line;
}

static void find_line(const struct codePlace *at, struct frame *f)
{
    Dwarf_Die call;
    if (at->function != NULL &&
        outermost_inlined(at->function, at->addr, &call) &&
        line_of_call(at->unit, &call, f))
        return;
    Dwarf_Line *line = line_at(at->unit, at->addr);
    const char *file = line ? dwarf_linesrc(line, NULL, NULL) : NULL;
    if (file == NULL)
        return;
    f->file = relative(at->unit, file);
    dwarf_lineno(line, &f->line);
}

static bool in_goframes(uintptr_t addr)
{
    return addr >= (uintptr_t)__start_goframes &&
           addr < (uintptr_t)__stop_goframes;
}

/* What GOFRAME_OF says about the function that begins at entry, or NULL. */
static const char *go_name(uintptr_t entry)
{
    for (const struct goName *g = __start_gonames; g < __stop_gonames; g++)
        if (g->entry == (const void *)entry)
            return g->name;
    return NULL;
}

/* The Go name of a GOFRAME function, else the C name. */
static void find_name(const char *symbol, struct frame *f)
{
    const char *name = in_goframes(f->entry) ? go_name(f->entry) : NULL;
    f->goframe = name != NULL;
    f->func = name ? name : strdup(symbol);
}

static void look_up(struct frame *f)
{
    Dwarf_Addr addr = f->pc - 1;
    Dwfl_Module *mod = dwfl ? dwfl_addrmodule(dwfl, addr) : NULL;
    if (mod == NULL)
        return;
    GElf_Off offset;
    GElf_Sym sym;
    const char *symbol =
        dwfl_module_addrinfo(mod, addr, &offset, &sym, NULL, NULL, NULL);
    if (symbol == NULL)
        return;
    f->entry = addr - offset;
    find_name(symbol, f);
    struct codePlace at;
    if (codeindex_find(addr, &at))
        find_line(&at, f);
}

/* NOLINTBEGIN(readability-function-*): uthash's macros count as one's own */
static struct known *known_find(uintptr_t pc)
{
    struct known *k;
    HASH_FIND(hh, knowns, &pc, sizeof(pc), k);
    return k;
}

static void known_add(struct known *k)
{
    HASH_ADD(hh, knowns, frame.pc, sizeof(k->frame.pc), k);
}
/* NOLINTEND(readability-function-*) */

static const struct frame nowhere = {.func = "?", .file = "?"};

static struct known *known_new(uintptr_t pc)
{
    struct known *k = calloc(1, sizeof(*k));
    if (k != NULL)
        k->frame = (struct frame){.pc = pc, .file = "?"};
    return k;
}

static const struct frame *learn_locked(uintptr_t pc)
{
    struct known *k = known_new(pc);
    if (k == NULL)
        return &nowhere;
    look_up(&k->frame);
    if (k->frame.func == NULL) {
        char hex[2 + 2 * sizeof(pc) + 1];
        snprintf(hex, sizeof(hex), "0x%lx", pc);
        k->frame.func = strdup(hex);
    }
    if (k->frame.func == NULL)
        k->frame.func = "?";
    known_add(k);
    return &k->frame;
}

const struct frame *symbol_frame(uintptr_t pc)
{
    pthread_mutex_lock(&symbolLock);
    if (!opened && (dwfl = open_program()) != NULL)
        codeindex_read(dwfl);
    opened = true;
    struct known *k = known_find(pc);
    const struct frame *f = k ? &k->frame : learn_locked(pc);
    pthread_mutex_unlock(&symbolLock);
    return f;
}

const struct frame *symbol_unaddressed(const char *func)
{
    uintptr_t pc = (uintptr_t)func;
    pthread_mutex_lock(&symbolLock);
    struct known *k = known_find(pc);
    bool fresh = k == NULL && (k = known_new(pc)) != NULL;
    if (fresh) {
        k->frame.func = func;
        k->frame.entry = pc;
        k->frame.goframe = true;
        known_add(k);
    }
    pthread_mutex_unlock(&symbolLock);
    return k ? &k->frame : &nowhere;
}
