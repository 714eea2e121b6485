/*
 * test_pctable.c: a table drawn by hand, of two functions and one inlined call:
 * each instruction's function, file, line and call; and what is refused.
 */
#include "tools/profile/pctable.h"

#include <criterion/criterion.h>
#include <string.h>

/* Where the table is in memory, and what it is of. */
enum { Base = 0x10000, Text = 0x401000, Size = 0x400 };

/* Where the parts are, and two functions with their records. */
enum {
    Names = 0x50,
    Cus = 0x80,
    Files = 0x90,
    Pcs = 0xb0,
    Funcs = 0x100,
    Trees = 0x300,
    FillOff = 0x10, /* of the code: fill's is from here to MainOff */
    MainOff = 0x20,
    EndOff = 0x40,
    FillRecord = 0x40, /* in the part of the functions */
    MainRecord = 0x80,
};

/* In the part of the steps; 0 is no table. */
enum { FileSteps = 1, FillLines = 8, MainLines = 16, MainCalls = 24 };

/* main calls "main.small" inlined at [+4, +8) of its code. */
static const char names[] = "\0main.fill\0main.main\0main.small";
enum { NameFill = 1, NameMain = 11, NameSmall = 21 };

static uint8_t bytes[Size];
static struct elfImage img;
static struct pcTable tab;

static void put(size_t at, uint32_t word)
{
    for (int i = 0; i < 4; i++)
        bytes[at + (size_t)i] = (uint8_t)(word >> (8 * i));
}

static void put_text(size_t at, const char *text, size_t n)
{
    memcpy(bytes + at, text, n);
}

/* Go 1.20's record: its fixed part, then nine words of pcdata and funcdata. */
static void put_func(size_t record, uint32_t entry, uint32_t name,
                     uint32_t lines, uint32_t calls, uint32_t tree)
{
    size_t at = Funcs + record;
    put(at, entry);
    put(at + 4, name);
    put(at + 20, FileSteps);
    put(at + 24, lines);
    put(at + 28, 3); /* npcdata */
    put(at + 32, 0); /* the unit's first file */
    bytes[at + 43] = 4;
    put(at + 44 + 4 * 2, calls);
    put(at + 44 + 4 * (3 + 3), tree);
}

static void draw(void)
{
    put(0, 0xfffffff1);
    bytes[6] = 1; /* bytes of the least instruction */
    bytes[7] = 8; /* bytes of a pointer */
    put(8, 2);
    const uint32_t parts[] = {Names, Cus, Files, Pcs, Funcs};
    for (size_t i = 0; i < 5; i++)
        put(32 + 8 * i, parts[i]);
    put_text(Names, names, sizeof names);
    put(Cus, 0);
    put(Cus + 4, 8);
    put_text(Files, "/app/m.go", 10);
    /* Steps: twice the change, or its complement if it falls; then bytes. */
    put_text(Pcs + FileSteps, "\2\x20\0", 3);         /* 0 for 32 */
    put_text(Pcs + FillLines, "\x16\4\4\x0c\0", 5);   /* 10 for 4, 12 for 12 */
    put_text(Pcs + MainLines, "\x2a\4\5\x1c\0", 5);   /* 20 for 4, 17 for 28 */
    put_text(Pcs + MainCalls, "\0\4\2\4\1\x18\0", 7); /* -1 for 4, 0 for 4 */
    const uint32_t list[] = {FillOff, FillRecord, MainOff, MainRecord, EndOff};
    for (size_t i = 0; i < 5; i++)
        put(Funcs + 4 * i, list[i]);
    put_func(FillRecord, FillOff, NameFill, FillLines, 0, UINT32_MAX);
    put_func(MainRecord, MainOff, NameMain, MainLines, MainCalls, 0x10);
    put(Trees + 0x10 + 4, NameSmall);
    put(Trees + 0x10 + 8, 2); /* the call's instruction, in main */
}

static bool read_it(void)
{
    img = (struct elfImage){.segs = {{Base, Size, bytes}}, .nsegs = 1};
    tab = (struct pcTable){.text = Text, .etext = Text + EndOff};
    return pctable_read_header(&tab, &img, Base, bytes, Size);
}

static void setup(void)
{
    draw();
    cr_assert(read_it());
    tab.gofunc = Base + Trees;
}

TestSuite(pctable, .init = setup);

/* The name of the function that the instruction is in; NULL: none. */
static const char *func_at(uint64_t off)
{
    struct pcFunc f;
    return pctable_find(&tab, Text + off, &f) ? pctable_func_name(&tab, &f)
                                              : NULL;
}

Test(pctable, a_function_reaches_from_its_first_instruction_to_the_next_ones)
{
    cr_expect_null(func_at(FillOff - 1));
    cr_expect_str_eq(func_at(FillOff), "main.fill");
    cr_expect_str_eq(func_at(MainOff - 1), "main.fill");
    cr_expect_str_eq(func_at(MainOff), "main.main");
    cr_expect_str_eq(func_at(EndOff - 1), "main.main");
    cr_expect_null(func_at(EndOff));
    struct pcFunc f;
    cr_expect_not(pctable_find(&tab, Text - 1, &f));
}

static void expect_place(uint64_t off, const char *file, int line)
{
    struct pcFunc f;
    int at;
    cr_assert(pctable_find(&tab, Text + off, &f));
    cr_expect_str_eq(pctable_place(&tab, &f, Text + off, &at), file);
    cr_expect_eq(at, line, "+%#lx: line %d, want %d", off, at, line);
}

Test(pctable, lines_rise_and_fall_by_steps_from_the_first_instruction)
{
    expect_place(FillOff, "/app/m.go", 10);
    expect_place(FillOff + 3, "/app/m.go", 10);
    expect_place(FillOff + 4, "/app/m.go", 12);
    expect_place(MainOff - 1, "/app/m.go", 12);
    expect_place(MainOff + 3, "/app/m.go", 20);
    expect_place(MainOff + 4, "/app/m.go", 17);
}

Test(pctable, what_is_not_there_is_unknown)
{
    put_text(Pcs + FillLines, "\x16\4\0", 3); /* ends before fill does */
    expect_place(FillOff, "/app/m.go", 10);
    expect_place(FillOff + 4, "", 0);
    put(Cus, Size); /* no file is there */
    expect_place(FillOff, "", 0);
    cr_expect_null(pctable_name(&tab, Size));
    put(Cus, 0);
    memset(bytes + Pcs + FillLines, 0xff, 8); /* a number without an end */
    expect_place(FillOff, "", 0);
}

Test(pctable, an_inlined_call_has_a_name_and_the_instruction_of_its_caller)
{
    struct pcFunc f;
    struct pcInlined call;
    cr_assert(pctable_find(&tab, Text + MainOff, &f));
    cr_expect_not(pctable_inlined(&tab, &f, Text + MainOff + 3, &call));
    cr_assert(pctable_inlined(&tab, &f, Text + MainOff + 4, &call));
    cr_expect_str_eq(pctable_name(&tab, call.name), "main.small");
    cr_expect_eq(call.parent, Text + MainOff + 2);
    cr_expect_not(pctable_inlined(&tab, &f, Text + MainOff + 8, &call));
    cr_assert(pctable_find(&tab, Text + FillOff, &f));
    cr_expect_not(pctable_inlined(&tab, &f, Text + FillOff, &call));
}

Test(pctable, trees_are_known_by_their_names_and_parents)
{
    cr_expect(pctable_are_trees(&tab, Base + Trees));
    cr_expect_not(pctable_are_trees(&tab, Base + Trees + 16));
    cr_expect_not(pctable_are_trees(&tab, Base + Size));
    put(Trees + 0x10 + 4, NameSmall + 1); /* inside a name */
    cr_expect_not(pctable_are_trees(&tab, Base + Trees));
    put(Trees + 0x10 + 4, NameSmall);
    put(Trees + 0x10 + 8, EndOff - MainOff); /* behind main's end */
    cr_expect_not(pctable_are_trees(&tab, Base + Trees));
}

/* The header with one byte changed. */
static void refuses(size_t at, uint8_t byte)
{
    uint8_t was = bytes[at];
    bytes[at] = byte;
    cr_expect_not(read_it(), "byte %zu is %#x", at, byte);
    bytes[at] = was;
    cr_expect(read_it());
}

Test(pctable, a_header_is_refused_for_each_of_its_fields)
{
    refuses(0, 0xf2); /* a magic that no release has */
    refuses(4, 1);
    refuses(5, 1);
    refuses(6, 0);
    refuses(6, 5);
    refuses(7, 4);
    refuses(8, 0);   /* no function */
    refuses(9, 1);   /* more than there is room for */
    refuses(32, 71); /* names inside the header */
    refuses(66, 1);  /* functions behind the end */
    cr_expect_not(pctable_read_header(&tab, &img, Base, bytes, Funcs));
}

Test(pctable, a_record_beyond_the_end_is_no_function)
{
    put(Funcs + 4, Size - Funcs - 43); /* one byte less than its fixed part */
    cr_expect_null(func_at(FillOff));
    put(Funcs + 4, FillRecord);
    put(Funcs + FillRecord + 28, UINT32_MAX); /* npcdata */
    cr_expect_null(func_at(FillOff));
}
