/*
 * fuzz_gopclntab.c: libFuzzer's way into the reader of executables. An input is
 * a file as it stands, or, where its first byte is odd, a list of changes to a
 * real program ($FUZZ_PROGRAM), five bytes each: where from (the file's start
 * or the table of functions), how far (three bytes), what to write. A program
 * is a megabyte, of which a few hundred bytes decide: so changes get there.
 */
#include "tools/profile/gopclntab.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint8_t *program;
static size_t program_size, table_at;

static void find_table(void)
{
    static const uint8_t magics[][8] = {{0xf0, 0xff, 0xff, 0xff, 0, 0, 1, 8},
                                        {0xf1, 0xff, 0xff, 0xff, 0, 0, 1, 8}};
    for (size_t i = 0; i < ARRAY_LEN(magics); i++) {
        uint8_t *at = memmem(program, program_size, magics[i], 8);
        if (at)
            table_at = (size_t)(at - program);
    }
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    const char *path = getenv("FUZZ_PROGRAM");
    FILE *f = path ? fopen(path, "rb") : NULL;
    if (!f)
        return 0;
    enum { MaxProgram = 8 << 20 };
    program = malloc(MaxProgram);
    program_size = program ? fread(program, 1, MaxProgram, f) : 0;
    fclose(f);
    find_table();
    return 0;
}

static void use(struct gopclntab *t)
{
    struct goCall calls[PclnMaxInlined];
    size_t letters = 0;
    for (uint64_t pc = 0x401000; pc < 0x401000 + (1 << 19); pc += 509) {
        const char *callee = gopclntab_callee(t, pc);
        letters += callee ? strlen(callee) : 0;
        for (size_t i = 0, n = gopclntab_calls(t, pc, calls, PclnMaxInlined);
             i < n; i++)
            letters += strlen(calls[i].func) + strlen(calls[i].file);
    }
    if (letters == SIZE_MAX || gopclntab_entry(t, "main.main", 9) == 1)
        abort();
    gopclntab_free(t);
}

static void try(const uint8_t *data, size_t size)
{
    char err[PclnErrorSize];
    memset(err, 'x', sizeof err);
    struct gopclntab *t = gopclntab_parse(data, size, err);
    if (t)
        use(t);
    else if (!memchr(err, 0, sizeof err) || !*err || strchr(err, '\n'))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0 || !(data[0] & 1) || !program_size) {
        try(data, size);
        return 0;
    }
    uint8_t *changed = malloc(program_size);
    if (!changed)
        return 0;
    memcpy(changed, program, program_size);
    for (data++, size--; size >= 5; data += 5, size -= 5) {
        size_t off = data[1] | (size_t)data[2] << 8 | (size_t)data[3] << 16;
        off += data[0] & 1 ? table_at : 0;
        changed[off % program_size] = data[4];
    }
    try(changed, program_size);
    free(changed);
    return 0;
}
