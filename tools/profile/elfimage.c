/*
 * elfimage.c: program headers and relocations of an executable.
 *
 *     file --libelf--> segments --relocated--> [elfimage] --> gopclntab
 *
 * A position-independent program keeps its pointers in relocation records and
 * zeros where they belong: those of the kind "base + addend" are applied here,
 * with base 0, so that whoever reads sees one kind of program.
 *
 * Locking: none.
 */
#include "tools/profile/elfimage.h"
#include "tools/lib/exits.h"

#include <errno.h>
#include <gelf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const uint8_t *elfimage_at(const struct elfImage *img, uint64_t addr,
                           uint64_t n)
{
    for (int i = 0; i < img->nsegs; i++) {
        const struct elfSegment *s = &img->segs[i];
        if (addr >= s->addr && addr - s->addr < s->size)
            return n <= s->size - (addr - s->addr) ? s->bytes + (addr - s->addr)
                                                   : NULL;
    }
    return NULL;
}

static void add_segment(struct elfImage *img, const GElf_Phdr *ph)
{
    if (ph->p_type != PT_LOAD || img->nsegs == ImageMaxSegments ||
        ph->p_offset > img->len || ph->p_filesz > img->len - ph->p_offset)
        return;
    img->segs[img->nsegs++] = (struct elfSegment){ph->p_vaddr, ph->p_filesz,
                                                  img->file + ph->p_offset};
}

/* Where the dynamic section says that relocation records are. */
static void find_relocations(const struct elfImage *img, const GElf_Phdr *ph,
                             uint64_t *at, uint64_t *size)
{
    enum { EntrySize = 16, MaxEntries = 1024 };
    for (uint64_t i = 0; i < ph->p_filesz / EntrySize && i < MaxEntries; i++) {
        const uint8_t *d =
            elfimage_at(img, ph->p_vaddr + i * EntrySize, EntrySize);
        if (!d || image_u64(d) == DT_NULL)
            return;
        if (image_u64(d) == DT_RELA)
            *at = image_u64(d + 8);
        if (image_u64(d) == DT_RELASZ)
            *size = image_u64(d + 8);
    }
}

/* The kind of relocation that is "where the program was loaded + addend". */
static uint32_t relative_kind(uint16_t machine)
{
    switch (machine) {
    case EM_X86_64:
        return R_X86_64_RELATIVE;
    case EM_AARCH64:
        return R_AARCH64_RELATIVE;
    case EM_RISCV:
        return R_RISCV_RELATIVE;
    default:
        return UINT32_MAX;
    }
}

static void relocate(struct elfImage *img, uint64_t at, uint64_t size,
                     uint32_t relative)
{
    enum { RecordSize = 24 };
    for (uint64_t i = 0; i < size / RecordSize; i++) {
        const uint8_t *r = elfimage_at(img, at + i * RecordSize, RecordSize);
        if (!r)
            return;
        uint8_t *to =
            (uint8_t *)(uintptr_t)elfimage_at(img, image_u64(r), PtrSize);
        if (to && image_u32(r + 8) == relative)
            memmove(to, r + 16, PtrSize);
    }
}

static bool load_segments(struct elfImage *img, Elf *elf)
{
    GElf_Ehdr eh;
    size_t n = 0;
    if (!gelf_getehdr(elf, &eh) || elf_getphdrnum(elf, &n) != 0)
        return false;
    uint64_t at = 0, size = 0;
    GElf_Phdr ph;
    for (size_t i = 0; i < n; i++)
        if (gelf_getphdr(elf, (int)i, &ph))
            add_segment(img, &ph);
    for (size_t i = 0; i < n; i++)
        if (gelf_getphdr(elf, (int)i, &ph) && ph.p_type == PT_DYNAMIC)
            find_relocations(img, &ph, &at, &size);
    relocate(img, at, size, relative_kind(eh.e_machine));
    return img->nsegs > 0;
}

/* Why the file cannot be read, for the kinds of program that people have; NULL
 * where it is an ELF of 64 bits, least byte first. */
static const char *refusal(const uint8_t *b, size_t len)
{
    static const char elf_magic[] = ELFMAG;
    if (len >= 4 && (image_u32(b) == 0xfeedfacf || image_u32(b) == 0xfeedface))
        return "a Mach-O program (macOS): only ELF programs can be read; name "
               "its frames through http://HOST/debug/pprof/heap";
    if (len >= 2 && b[0] == 'M' && b[1] == 'Z')
        return "a PE program (Windows): only ELF programs can be read; name "
               "its frames through http://HOST/debug/pprof/heap";
    if (len < EI_NIDENT || memcmp(b, elf_magic, SELFMAG) != 0)
        return "not an executable: want an ELF program built by Go";
    if (b[EI_CLASS] != ELFCLASS64 || b[EI_DATA] != ELFDATA2LSB)
        return "a program for another kind of machine: want ELF of 64 bits, "
               "little-endian";
    return NULL;
}

bool elfimage_parse(struct elfImage *img, const void *data, size_t len,
                    char *err, size_t size)
{
    *img = (struct elfImage){.len = len};
    const char *why = refusal(data, len);
    if (why) {
        snprintf(err, size, "%s", why);
        return false;
    }
    img->file = xcalloc(len, 1);
    memcpy(img->file, data, len);
    elf_version(EV_CURRENT);
    Elf *elf = elf_memory((char *)img->file, len);
    bool ok = elf && load_segments(img, elf);
    elf_end(elf);
    if (ok)
        return true;
    snprintf(err, size, "a damaged ELF program: no segment can be read");
    elfimage_free(img);
    return false;
}

bool elfimage_read(struct elfImage *img, const char *path, char *err,
                   size_t size)
{
    FILE *f = fopen(path, "rb");
    long len = -1;
    if (f && fseek(f, 0, SEEK_END) == 0)
        len = ftell(f);
    if (len < 0 || len > ImageMaxFile || fseek(f, 0, SEEK_SET) != 0) {
        snprintf(err, size, "%s",
                 len > ImageMaxFile ? "larger than 1 GB" : strerror(errno));
        if (f)
            fclose(f);
        return false;
    }
    uint8_t *data = xcalloc((size_t)len + 1, 1);
    bool ok = fread(data, 1, (size_t)len, f) == (size_t)len;
    if (!ok)
        snprintf(err, size, "%s",
                 ferror(f) ? strerror(errno) : "it shrank while it was read");
    fclose(f);
    ok = ok && elfimage_parse(img, data, (size_t)len, err, size);
    free(data);
    return ok;
}

void elfimage_free(struct elfImage *img)
{
    free(img->file);
    *img = (struct elfImage){0};
}
