/*
 * oraclesrc.c: the assembler copies the files in.
 */
#include "tools/verify/oraclesrc.h"

__asm__(
    ".section .rodata\n"
    "src_main: .incbin \"tools/verify/oracle/main.go\"\n"
    "src_workload: .incbin \"tools/verify/oracle/workload.go\"\n"
    "src_run: .incbin \"tools/verify/oracle/run.go\"\n"
    "src_value: .incbin \"tools/verify/oracle/value.go\"\n"
    "src_print: .incbin \"tools/verify/oracle/print.go\"\n"
    "src_digest: .incbin \"tools/verify/oracle/digest.go\"\n"
    "src_bucketmap: .incbin \"tools/verify/oracle/bucketmap.go\"\n"
    "src_swissmap: .incbin \"tools/verify/oracle/swissmap.go\"\n"
    "src_hashkey: .incbin \"tools/verify/oracle/hashkey.go\"\n"
    "src_hashkey_maps: .incbin \"tools/verify/oracle/hashkey_maps.go\"\n"
    "src_trace: .incbin \"tools/verify/oracle/trace.go\"\n"
    "src_trace_none: .incbin \"tools/verify/oracle/trace_none.go\"\n"
    "src_offsets_go119: .incbin \"tools/verify/oracle/offsets_go119.go\"\n"
    "src_offsets_go122: .incbin \"tools/verify/oracle/offsets_go122.go\"\n"
    "src_offsets_go123: .incbin \"tools/verify/oracle/offsets_go123.go\"\n"
    "src_random_chacha8: .incbin \"tools/verify/oracle/random_chacha8.go\"\n"
    "src_random_none: .incbin \"tools/verify/oracle/random_none.go\"\n"
    "src_thread_amd64: .incbin \"tools/verify/oracle/thread_amd64.s\"\n"
    "src_pair: .incbin \"tools/verify/oracle/pair.go.tmpl\"\n"
    "src_seq: .incbin \"tools/verify/oracle/slice.go.tmpl\"\n"
    "src_end:\n"
    ".previous\n");

extern const char src_main[], src_workload[], src_run[], src_value[],
    src_print[], src_digest[], src_bucketmap[], src_swissmap[], src_hashkey[],
    src_hashkey_maps[], src_trace[], src_trace_none[], src_offsets_go119[],
    src_offsets_go122[], src_offsets_go123[], src_random_chacha8[],
    src_random_none[], src_thread_amd64[], src_pair[], src_seq[], src_end[];

const struct sourceFile oracle_sources[] = {
    {"main.go", src_main, src_workload},
    {"workload.go", src_workload, src_run},
    {"run.go", src_run, src_value},
    {"value.go", src_value, src_print},
    {"print.go", src_print, src_digest},
    {"digest.go", src_digest, src_bucketmap},
    {"bucketmap.go", src_bucketmap, src_swissmap},
    {"swissmap.go", src_swissmap, src_hashkey},
    {"hashkey.go", src_hashkey, src_hashkey_maps},
    {"hashkey_maps.go", src_hashkey_maps, src_trace},
    {"trace.go", src_trace, src_trace_none},
    {"trace_none.go", src_trace_none, src_offsets_go119},
    {"offsets_go119.go", src_offsets_go119, src_offsets_go122},
    {"offsets_go122.go", src_offsets_go122, src_offsets_go123},
    {"offsets_go123.go", src_offsets_go123, src_random_chacha8},
    {"random_chacha8.go", src_random_chacha8, src_random_none},
    {"random_none.go", src_random_none, src_thread_amd64},
    {"thread_amd64.s", src_thread_amd64, src_pair},
    {NULL, NULL, NULL},
};

const struct sourceFile oracle_pair = {"pair.go.tmpl", src_pair, src_seq};
const struct sourceFile oracle_seq = {"slice.go.tmpl", src_seq, src_end};
