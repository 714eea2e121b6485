/*
 * test_gonames.c: the names that functions give themselves. This program holds
 * the whole library, so every name of the project is looked at.
 */
#include "runtime/base/base.h"
#include <criterion/criterion.h>
#include <fcntl.h>
#include <gelf.h>
#include <string.h>
#include <unistd.h>

extern const char __start_goframes[], __stop_goframes[];
extern const struct goName __start_gonames[], __stop_gonames[];

static const struct goName *named(uintptr_t entry)
{
    for (const struct goName *g = __start_gonames; g < __stop_gonames; g++)
        if (g->entry == (const void *)entry)
            return g;
    return NULL;
}

Test(gonames, each_names_a_function_of_the_section_and_no_other_does)
{
    int names = 0;
    for (const struct goName *g = __start_gonames; g < __stop_gonames; g++) {
        if (g->entry == NULL)
            continue;
        names++;
        cr_assert((const char *)g->entry >= __start_goframes &&
                      (const char *)g->entry < __stop_goframes,
                  "%s has no GOFRAME", g->name);
        cr_assert_eq(named((uintptr_t)g->entry), g, "%s: another name: %s",
                     g->name, named((uintptr_t)g->entry)->name);
        cr_assert_not_null(strchr(g->name, '.'), "%s: no package", g->name);
    }
    cr_assert_gt(names, 60);
}

static bool is_goframes(Elf *elf, const GElf_Shdr *header)
{
    size_t strings;
    elf_getshdrstrndx(elf, &strings);
    const char *name = elf_strptr(elf, strings, header->sh_name);
    return name != NULL && strcmp(name, "goframes") == 0;
}

/* Every function symbol of section number index, which is loaded bias bytes
 * further on than the file says. Returns how many. */
static int check_symbols(Elf *elf, Elf_Scn *symtab, size_t index,
                         uintptr_t bias)
{
    GElf_Shdr header;
    GElf_Sym sym;
    int functions = 0;
    gelf_getshdr(symtab, &header);
    Elf_Data *data = elf_getdata(symtab, NULL);
    for (int i = 0; gelf_getsym(data, i, &sym) != NULL; i++) {
        if (sym.st_shndx != index || GELF_ST_TYPE(sym.st_info) != STT_FUNC)
            continue;
        const char *name = elf_strptr(elf, header.sh_link, sym.st_name);
        cr_assert_not_null(named(sym.st_value + bias),
                           "%s is a GOFRAME without a GOFRAME_OF", name);
        functions++;
    }
    return functions;
}

Test(gonames, every_function_of_the_section_has_one)
{
    int fd = open("/proc/self/exe", O_RDONLY);
    elf_version(EV_CURRENT);
    Elf *elf = elf_begin(fd, ELF_C_READ, NULL);
    Elf_Scn *scn = NULL, *symtab = NULL;
    size_t index = 0;
    uintptr_t bias = 0;
    while ((scn = elf_nextscn(elf, scn)) != NULL) {
        GElf_Shdr header;
        gelf_getshdr(scn, &header);
        if (header.sh_type == SHT_SYMTAB)
            symtab = scn;
        if (is_goframes(elf, &header)) {
            index = elf_ndxscn(scn);
            bias = (uintptr_t)__start_goframes - header.sh_addr;
        }
    }
    cr_assert_not_null(symtab);
    cr_assert_gt(check_symbols(elf, symtab, index, bias), 60);
    elf_end(elf);
    close(fd);
}
