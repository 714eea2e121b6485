/*
 * test_tracelog.c: reading what allocfreetrace prints.
 */
#include "tools/profile/tracelog.h"
#include <criterion/criterion.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static char *events(const char *log)
{
    char *text = NULL;
    size_t len;
    FILE *in = fmemopen((void *)(uintptr_t)log, strlen(log), "r");
    FILE *out = open_memstream(&text, &len);
    tracelog_events(in, out);
    fclose(in);
    fclose(out);
    return text;
}

static void expect(const char *log, const char *want)
{
    char *got = events(log);
    cr_expect_str_eq(got, want);
    free(got);
}

Test(tracelog, as_go_prints_it)
{
    expect("== one\n"
           "tracealloc(0xc00001a0c0, 0xd0, map.bucket[string]int)\n"
           "goroutine 1 [running]:\n"
           "runtime.mallocgc(0xd0, 0x4b0e80, 0x1)\n"
           "\t/usr/lib/go-1.19/src/runtime/malloc.go:1071 +0x7f7\n"
           "runtime.newobject(...)\n"
           "\t/usr/lib/go-1.19/src/runtime/malloc.go:1193\n"
           "runtime.mapassign_faststr(0x1, {0xc0, 0x4})\n"
           "\t/usr/lib/go-1.19/src/runtime/map_faststr.go:254 +0x1\n"
           "main.(*pair0).insert(0x0?, 0x1, 0x2)\n"
           "\tpairs.go:54 +0x9d\n"
           "main.(*workload).step(0x1)\n"
           "\trun.go:1 +0x1\n"
           "\n"
           "tracefree(0xc00001a0c0, 0xd0)\n"
           "goroutine 1 [running]:\n"
           "runtime.sweep(0x1)\n"
           "\n",
           "== one\n"
           "event 208 map.bucket[string]int runtime.mallocgc < "
           "runtime.newobject < runtime.mapassign_faststr < insert\n");
}

Test(tracelog, makemap_slow_is_folded_and_strangers_left_out)
{
    expect("tracealloc(0x10, 0x30)\n"
           "goroutine 1 [running]:\n"
           "runtime.mallocgc(...)\n"
           "main.(*workload).line(0x1)\n"
           "\n"
           "tracealloc(0x10, 0x90, map.bucket[struct { a int; b string }]int)\n"
           "goroutine 1 [running]:\n"
           "runtime.mallocgc(...)\n"
           "runtime.makeBucketArray(...)\n"
           "runtime.makemap_slow(...)\n"
           "runtime.makemap(...)\n"
           "main.make(...)\n",
           "event 144 map.bucket[struct { a int; b string }]int "
           "runtime.mallocgc < runtime.makeBucketArray < runtime.makemap < "
           "make\n");
}

Test(tracelog, an_untyped_object)
{
    expect("tracealloc(0x10, 0x30)\nruntime.mallocgc(...)\nmain.insert(...)\n",
           "event 48 - runtime.mallocgc < insert\n");
}

Test(tracelog, broken_logs_end)
{
    expect("", "");
    expect("tracealloc(\n", "");
    expect("tracealloc(", "");
    expect("tracealloc(0x1, 0x2, a)", "");
    expect("tracealloc(0x1,\n)\nmain.insert()\n", "event 0 - insert\n");
}
