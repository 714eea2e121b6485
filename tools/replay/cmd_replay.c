/*
 * cmd_replay.c: hmap replay FILE: one workload on our heap, in the lines that
 * the same workload gives on real Go.
 */
#include "runtime/base/goversion.h"
#include "runtime/sched/rand.h"
#include "runtime/type/hash.h"
#include "tools/cli/cmd.h"
#include "tools/profile/profileout.h"
#include "tools/replay/replay.h"
#include <inttypes.h>
#include <stdio.h>

struct replayOptions {
    uint64_t seed;
    const struct goversion *go;
    struct replayPrint print;
    struct profileFiles files;
};

static const struct flag replay_flags[] = {
    {.name = "go",
     .arg = "RELEASE",
     .kind = FLAG_RELEASE,
     .offset = offsetof(struct replayOptions, go)},
    {.name = "seed",
     .arg = "S",
     .help = "What hash keys come from where the workload has no hashkey or "
             "hash0 line: a number (default 1), or random.",
     .kind = FLAG_SEED,
     .offset = offsetof(struct replayOptions, seed)},
    {.name = "layout",
     .help =
         "Print a digest of each map's memory: which bucket, which place "
         "in its chain and which slot every key and element stands in; of a "
         "swiss map which table, group and slot.",
     .kind = FLAG_BOOL,
     .offset = offsetof(struct replayOptions, print.layout)},
    {.name = "classes",
     .help =
         "Print after the total what runtime.MemStats counted for the steps: "
         "Mallocs, TotalAlloc, and Mallocs of each size class.",
     .kind = FLAG_BOOL,
     .offset = offsetof(struct replayOptions, print.classes)},
    {.name = "memprofile",
     .arg = "FILE",
     .help = "Write the heap profile for go tool pprof (.pb.gz).",
     .kind = FLAG_STRING,
     .offset = offsetof(struct replayOptions, files.memprofile)},
    {.name = "goview",
     .help = "The file keeps what Go's profile keeps: the runtime's frames are "
             "hidden.",
     .kind = FLAG_BOOL,
     .offset = offsetof(struct replayOptions, files.goview)},
    {0},
};

static const char replay_doc[] =
    "Runs a workload, a program of map and slice operations, one a line:\n"
    "\n"
    "  hashkey 0xA 0xB 0xC 0xD      the four words of runtime.hashkey\n"
    "  hash0 0x5eed1234             the seed of every map: 64 bits, of which "
    "bucket\n"
    "                               maps take the low half\n"
    "  map NAME KEY ELEM [hint=N]   make(map[KEY]ELEM, N)\n"
    "  insert NAME FROM TO [rand=S] keys FROM..TO-1, or mix(S+i)\n"
    "  delete NAME FROM TO [rand=S]\n"
    "  lookup NAME FROM TO [rand=S]\n"
    "  iterate NAME\n"
    "  clear NAME                   for k := range m { delete(m, k) }\n"
    "  alloc NAME noscan SIZE COUNT COUNT times make([]byte, SIZE)\n"
    "  alloc NAME scan SIZE COUNT   COUNT times make([]*int64, SIZE/8)\n"
    "  append NAME ELEM COUNT [by=N] COUNT times s = append(s, N elements...)\n"
    "  drop NAME                    forget the map, the slices or the slice\n"
    "  gc                           a full collection\n"
    "  # comment\n"
    "\n"
    "KEY and ELEM are Go types, in double quotes where they hold blanks "
    "(\"struct { a int8; b string }\"), or one of: bytes16, bytes128, bytes129 "
    "(arrays of bytes), empty (struct{}), ptr (*int64), iface (interface{}).\n"
    "\n"
    "Key number k, a 64-bit number, as a value of a type, and so its element:\n"
    "\n"
    "  bool                   whether k is odd\n"
    "  integers, floats       k converted to the type\n"
    "  complex                k and k+1, each converted to float\n"
    "  string                 \"key\" and k in decimal\n"
    "  interface{}            the int64 of k's bits\n"
    "  [N]byte                k's bytes, the least first, then zeroes\n"
    "  [N]T                   T number k, T number k+1, ...\n"
    "  struct                 field i is number k+i; fields called _ are zero\n"
    "  *T, unsafe.Pointer, chan   the address 0x100000000000 + 16*(k % 2^24)\n"
    "  func, []T, map         nil (elements only)\n"
    "\n"
    "Strings and boxes are made beforehand: not counted. hash0 is written "
    "again "
    "whenever a map becomes empty. mix(x) is splitmix64: x += "
    "0x9e3779b97f4a7c15, then its two multiply-and-shift rounds.\n"
    "\n"
    "The collector runs at `gc` and three times after the last step; only then "
    "live map variables and holders are its roots. Then the result:\n"
    "\n"
    "  chain ALLOC_OBJECTS ALLOC_BYTES INUSE_OBJECTS INUSE_BYTES LEAF < ... < "
    "OP\n"
    "  total ALLOC_OBJECTS ALLOC_BYTES\n"
    "  hmap NAME count= B= noverflow= nevacuate= growing=      bucket maps\n"
    "  hmap NAME used= dirLen= globalDepth= tables= groups=    swiss maps\n"
    "  table NAME INDEX localDepth= capacity= used= growthLeft= tombstones=\n"
    "\n"
    "Chains are named as Go's heap profile names them and sorted by name. With "
    "both keys given, every line is what Go itself gives.\n\n"
    "A workload has at most a million steps in ten million lines of a MiB; a "
    "step at most 100 million keys, slices or appends.";

/* The keys in the workload's own words: with them the run can be repeated. */
static void print_keys(const struct workload *w, uint64_t seed)
{
    printf("# %s", modelled->name);
    if (!w->has_hashkey || !w->has_hash0)
        printf(" seed %llu", (unsigned long long)seed);
    printf(" hashkey");
    for (int i = 0; i < 4; i++)
        printf(" %#llx", (unsigned long long)hashkey[i]);
    if (w->has_hash0)
        printf(" hash0 %#" PRIx64, w->hash0);
    putchar('\n');
}

static int run_replay(int argc, char **argv)
{
    struct replayOptions opt = {.seed = DefaultSeed, .go = modelled};
    int first = flags_parse(&cmd_replay, argc, argv, &opt);
    if (argc - first != 1)
        usage_error(
            "replay wants one workload: a file, or - for standard input");
    profile_files_check(&opt.files, argv[first]);
    program_start(opt.go, opt.seed, 1);
    struct workload *w = workload_open(argv[first]);
    struct replay r;
    profile_files_rescue(&opt.files);
    replay_run(&r, w);
    print_keys(w, opt.seed);
    replay_print(&r, &opt.print, stdout);
    profile_files_write(&opt.files);
    replay_free(&r);
    workload_free(w);
    return EXIT_OK;
}

const struct command cmd_replay = {
    .name = "replay",
    .args = "FILE|-",
    .summary = "run a workload and print what Go's heap profile would say",
    .doc = replay_doc,
    .flags = replay_flags,
    .run = run_replay,
};
