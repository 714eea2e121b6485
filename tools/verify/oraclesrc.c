/*
 * oraclesrc.c: the assembler copies the files in.
 */
#include "tools/verify/oraclesrc.h"

__asm__(".section .rodata\n"
        "src_main: .incbin \"tests/oracle/run/main.go\"\n"
        "src_workload: .incbin \"tests/oracle/run/workload.go\"\n"
        "src_run: .incbin \"tests/oracle/run/run.go\"\n"
        "src_value: .incbin \"tests/oracle/run/value.go\"\n"
        "src_print: .incbin \"tests/oracle/run/print.go\"\n"
        "src_layout: .incbin \"tests/oracle/run/layout.go\"\n"
        "src_empty: .incbin \"tests/oracle/run/empty.s\"\n"
        "src_pair: .incbin \"tests/oracle/run/pair.go.tmpl\"\n"
        "src_seq: .incbin \"tests/oracle/run/slice.go.tmpl\"\n"
        "src_end:\n"
        ".previous\n");

extern const char src_main[], src_workload[], src_run[], src_value[],
    src_print[], src_layout[], src_empty[], src_pair[], src_seq[], src_end[];

const struct sourceFile oracle_sources[] = {
    {"main.go", src_main, src_workload}, {"workload.go", src_workload, src_run},
    {"run.go", src_run, src_value},      {"value.go", src_value, src_print},
    {"print.go", src_print, src_layout}, {"layout.go", src_layout, src_empty},
    {"empty.s", src_empty, src_pair},    {NULL, NULL, NULL},
};

const struct sourceFile oracle_pair = {"pair.go.tmpl", src_pair, src_seq};
const struct sourceFile oracle_seq = {"slice.go.tmpl", src_seq, src_end};
