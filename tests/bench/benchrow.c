/*
 * benchrow.c: which rows there are, and who runs in them.
 */
#include "tests/bench/bench.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of glibc: everything from the one heap, which is never trimmed and asks for
 * huge pages. */
#define GLIBC_KEEPS                                                  \
    "GLIBC_TUNABLES=glibc.malloc.hugetlb=1:glibc.malloc.mmap_max=0:" \
    "glibc.malloc.trim_threshold=0x7fffffffffffffff:"                \
    "glibc.malloc.top_pad=0x4000000"

const struct peerkind peerkinds[] = {
    {.name = "hmap",
     .own = true,
     .program = "peer_hmap",
     .domains = {[DomainAlloc] = true,
                 [DomainLimit] = true,
                 [DomainMap] = true,
                 [DomainGo] = true},
     .instructions = true},
    {.name = "go",
     .program = "peer_go",
     .domains = {[DomainAlloc] = true, [DomainMap] = true, [DomainGo] = true}},
    {.name = "hmap newest",
     .own = true,
     .program = "peer_hmap",
     .arg = "newest=1",
     .domains = {[DomainAlloc] = true, [DomainGo] = true},
     .instructions = true},
    {.name = "hmap swiss",
     .own = true,
     .program = "peer_swiss",
     .domains = {[DomainSwiss] = true},
     .instructions = true},
    {.name = "newest go",
     .program = "peer_gonew",
     .beside = "hmap newest",
     .domains =
         {[DomainAlloc] = true, [DomainSwiss] = true, [DomainGo] = true}},
    {.name = "glibc",
     .program = "peer_malloc",
     .equalEnv = GLIBC_KEEPS,
     .domains = {true},
     .instructions = true},
    {.name = "mimalloc",
     .program = "peer_malloc",
     .preload = "libmimalloc.so.2.0",
     .equalEnv = "MIMALLOC_ALLOW_LARGE_OS_PAGES=1",
     .domains = {true},
     .instructions = true},
    {.name = "jemalloc",
     .program = "peer_malloc",
     .preload = "libjemalloc.so.2",
     .equalEnv = "MALLOC_CONF=thp:always,dirty_decay_ms:-1,muzzy_decay_ms:-1",
     .traceEnv = "MALLOC_CONF=prof:true,lg_prof_sample:0",
     .domains = {true},
     .instructions = true},
    {.name = "tcmalloc",
     .program = "peer_malloc",
     .preload = "libtcmalloc_minimal.so.4",
     .equalEnv = "TCMALLOC_RELEASE_RATE=0",
     .domains = {true},
     .instructions = true},
    {.name = "bump",
     .program = "peer_limits",
     .domains = {true},
     .instructions = true},
    {.name = "machine",
     .program = "peer_limits",
     .domains = {false, true},
     .instructions = true},
    {.name = "uthash",
     .program = "peer_uthash",
     .equalEnv = GLIBC_KEEPS,
     .domains = {[DomainMap] = true},
     .instructions = true},
    {.name = "khash",
     .program = "peer_khash",
     .equalEnv = GLIBC_KEEPS,
     .domains = {[DomainMap] = true, [DomainSwiss] = true},
     .instructions = true},
    {.name = "absl",
     .program = "peer_absl",
     .equalEnv = GLIBC_KEEPS,
     .domains = {[DomainMap] = true, [DomainSwiss] = true},
     .instructions = true},
    {.name = "boost",
     .program = "peer_boost",
     .equalEnv = GLIBC_KEEPS,
     .domains = {[DomainMap] = true, [DomainSwiss] = true},
     .instructions = true},
};
const size_t npeerkinds = sizeof(peerkinds) / sizeof(peerkinds[0]);

/* The list under way. */
static struct row *rows;
static size_t nrows;

static struct row *add(enum domain domain, const char *kind, const char *name,
                       ...)
{
    if (nrows == MaxRows)
        abort();
    struct row *r = &rows[nrows++];
    va_list ap;
    *r = (struct row){.domain = domain};
    va_start(ap, name);
    vsnprintf(r->name, sizeof(r->name), name, ap);
    va_end(ap);
    snprintf(r->params[r->nparams++], MaxParam, "%s", kind);
    return r;
}

void row_with(struct row *r, const char *name, long value)
{
    if (r->nparams == MaxParams)
        abort();
    snprintf(r->params[r->nparams++], MaxParam, "%s=%ld", name, value);
}

/* 4194304 as 4MB, 10000 as 1e4. */
static const char *bytes_text(long n, char *text, size_t size)
{
    if (n >> 20 << 20 == n && n != 0)
        snprintf(text, size, "%ldMB", n >> 20);
    else
        snprintf(text, size, "%ldKB", n >> 10);
    return text;
}

static const long sizes[] = {8,   16,  24,   48,   64,    144,
                             256, 512, 1024, 8192, 32768, 65536};
static const char *const kinds[] = {"noscan", "scan"};

/* 256 and 512 bytes are rows of pointers only; those end at 1024. */
static bool has_row(long size, bool scan)
{
    return scan ? size <= 1024 : size != 256 && size != 512;
}

static void add_alloc(long size, bool scan, long ws, long threads)
{
    char text[16];
    struct row *r = add(DomainAlloc, "alloc", "Alloc%s/%s/size=%ld/ws=%s",
                        threads > 1 ? "2threads" : "", kinds[scan], size,
                        bytes_text(ws, text, sizeof(text)));
    row_with(r, "size", size);
    row_with(r, "scan", scan);
    row_with(r, "ws", ws);
    row_with(r, "threads", threads);
}

static void alloc_rows(long ws, long threads)
{
    for (int scan = 0; scan < 2; scan++)
        for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
            if (has_row(sizes[i], scan) && (threads == 1 || sizes[i] <= 1024))
                add_alloc(sizes[i], scan, ws, threads);
}

static void ring_rows(void)
{
    for (int scan = 0; scan < 2; scan++)
        for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
            if (!has_row(sizes[i], scan))
                continue;
            struct row *r = add(DomainAlloc, "ring", "Gogc100/%s/size=%ld",
                                kinds[scan], sizes[i]);
            row_with(r, "size", sizes[i]);
            row_with(r, "scan", scan);
            row_with(r, "ws", 32 << 20);
        }
}

/* first: a process a round, so that each stack is new to it. */
static void trace_row(int depth, int stacks, int rate, bool first)
{
    struct row *r =
        add(DomainAlloc, "trace", "Trace/%s/rate=%d/depth=%d/stacks=%d",
            first ? "first" : "warm", rate, depth, stacks);
    row_with(r, "size", 64);
    row_with(r, "depth", depth);
    row_with(r, "stacks", stacks);
    row_with(r, "rate", rate);
    r->cold = first;
}

static void trace_rows(void)
{
    static const int depths[] = {10, 20}, stacks[] = {100, 100000};
    for (int d = 0; d < 2; d++)
        for (int s = 0; s < 2; s++)
            for (int rate = 0; rate < 2; rate++)
                trace_row(depths[d], stacks[s], rate, false);
    for (int d = 0; d < 2; d++)
        trace_row(depths[d], 100000, 1, true);
    for (int rate = 0; rate <= 524288; rate += 524288) {
        struct row *r = add(DomainGo, "alloc", "Sampled/rate=%d/size=64", rate);
        row_with(r, "size", 64);
        row_with(r, "ws", 4 << 20);
        row_with(r, "rate", rate);
        row_with(r, "mintime", 50000000);
    }
}

/* Of the maps that fill gigabytes: an entry is 16 or 24 bytes, in arrays
 * that are half full and whose predecessors are about as large together. */
static size_t memory_of(long n, int str)
{
    return n < 10000000 ? 0 : (size_t)n * (str ? 96 : 64);
}

/* Of bucket maps (DomainMap) or swiss maps. */
static void map_rows(enum domain domain, long n, const char *ntext)
{
    static const char *const ops[] = {"grow", "prealloc", "hit",
                                      "miss", "delete",   "iterate"};
    static const char *const key[] = {"int64", "string"};
    for (int str = 0; str < 2; str++)
        for (size_t op = 0; op < sizeof(ops) / sizeof(ops[0]); op++) {
            struct row *r = add(domain, "map", "%s/key=%s/n=%s/op=%s",
                                domain == DomainMap ? "Map" : "Swiss", key[str],
                                ntext, ops[op]);
            row_with(r, "n", n);
            row_with(r, "str", str);
            r->memory = memory_of(n, str);
            snprintf(r->params[r->nparams++], MaxParam, "op=%s", ops[op]);
        }
}

static void curve_row(enum domain domain, long n, const char *ntext)
{
    struct row *r = add(domain, "curve", "%s/n=%s",
                        domain == DomainMap ? "Curve" : "SwissCurve", ntext);
    row_with(r, "n", n);
    r->memory = memory_of(n, 0);
    r->cold = true;
}

size_t bench_rows(struct row *list)
{
    rows = list;
    nrows = 0;
    alloc_rows(4 << 20, 1);
    alloc_rows(64 << 20, 1);
    alloc_rows(4 << 20, 2);
    ring_rows();
    trace_rows();
    for (long ws = 32 << 10; ws <= 256 << 20; ws *= 8) {
        char text[16];
        row_with(add(DomainLimit, "latency", "Latency/ws=%s",
                     bytes_text(ws, text, sizeof(text))),
                 "ws", ws);
    }
    row_with(add(DomainGo, "mark", "Mark/n=1e6"), "n", 1000000);
    for (enum domain d = DomainMap; d <= DomainSwiss; d++) {
        map_rows(d, 1000, "1e3");
        map_rows(d, 100000, "1e5");
        map_rows(d, 1000000, "1e6");
        map_rows(d, 10000000, "1e7");
        curve_row(d, 10000, "1e4");
        curve_row(d, 100000, "1e5");
        curve_row(d, 1000000, "1e6");
        curve_row(d, 10000000, "1e7");
        curve_row(d, 50000000, "5e7");
    }
    return nrows;
}
