/*
 * test_gonames.c: the names that functions give themselves. This program holds
 * the whole library, so every name of the project is looked at.
 */
#include "runtime/prof/goframe.h"
#include "tools/verify/verify.h"
#include <criterion/criterion.h>
#include <fcntl.h>
#include <gelf.h>
#include <stdio.h>
#include <stdlib.h>
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

/* The functions of Go's packages that may stand in a chain, their type
 * arguments left out; of one toolchain. */
static char *functions;

static void without_arguments(char *name)
{
    char *to = name;
    int depth = 0;
    for (const char *s = name; *s != '\0'; s++) {
        depth -= *s == ']';
        if (depth == 0)
            *to++ = *s;
        depth += *s == '[';
    }
    *to = '\0';
}

/* Archives are asked, for a program has no symbol of a function that was
 * inlined wherever it is called. */
static void read_functions(const struct toolchain *t)
{
    char command[1024], line[8192];
    size_t size;
    snprintf(command, sizeof command,
             "unset GOROOT; export GO111MODULE=off GOTOOLCHAIN=local GOFLAGS= "
             "GOEXPERIMENT=; '%s' list -e -export -f '{{.Export}}' runtime "
             "internal/runtime/maps reflect sync internal/sync 2>/dev/null | "
             "xargs -n 1 '%s' tool nm",
             t->go, t->go);
    FILE *nm = popen(command, "r"), *out = open_memstream(&functions, &size);
    while (fgets(line, sizeof line, nm) != NULL) {
        char *name = strstr(line, " T ");
        if (name == NULL && (name = strstr(line, " t ")) == NULL)
            continue;
        line[strcspn(line, "\n")] = '\0';
        without_arguments(name + 3);
        fprintf(out, "\n%s\n", name + 3);
    }
    cr_assert_eq(pclose(nm), 0, "%s", command);
    fclose(out);
}

static bool go_has(const char *name)
{
    char bare[256], line[sizeof bare + 2];
    snprintf(bare, sizeof bare, "%s", name);
    without_arguments(bare);
    snprintf(line, sizeof line, "\n%s\n", bare);
    return strstr(functions, line) != NULL;
}

/* Whether all names are functions of v's packages, and those alone that the
 * table of frames says. Returns how many v has. */
static int check_release(const struct goversion *v)
{
    int has = 0;
    for (const struct goName *g = __start_gonames; g < __stop_gonames; g++) {
        if (g->entry == NULL || strncmp(g->name, "main.", 5) == 0)
            continue;
        bool real = go_has(g->name);
        enum goHas said = goframe_has(v, g->name);
        cr_expect(said == GO_MAY_HAVE || (said == GO_HAS) == real,
                  "%s of %s: the table says %d, Go %d", g->name, v->name, said,
                  real);
        has += real;
    }
    return has;
}

Test(gonames, are_functions_of_real_go, .timeout = 900)
{
    int releases = 0;
    for (const struct goversion *v = goversions; v->name != NULL; v++) {
        struct toolchain t;
        char *why;
        if (!toolchain_find(&t, v, NULL, &why)) {
            fprintf(stderr, "test_gonames: not checked: %s\n", why);
            free(why);
            continue;
        }
        read_functions(&t);
        cr_expect_gt(check_release(v), 40, "%s", v->name);
        free(functions);
        toolchain_free(&t);
        releases++;
    }
    if (releases == 0)
        cr_skip_test("no Go toolchain at all");
}
