/*
 * program.c: the order in which a process under study comes to life. The
 * release is chosen before all else; then the order is Go's: the environment,
 * the random numbers that key the hash, the heap.
 */
#include "alloc/malloc.h"
#include "runtime/base/sysmem.h"
#include "runtime/base/throw.h"
#include "runtime/sched/godebug.h"
#include "runtime/sched/rand.h"
#include "runtime/type/hash.h"
#include "tools/cli/cmd.h"
#include "tools/lib/exits.h"
#include <stdio.h>
#include <sys/random.h>

/* Go's "out of memory" is true under `ulimit -v` as well, but nobody would
 * think of that: so many addresses are reserved and never used. */
static void say_what_was_refused(void)
{
    enum { KB = 1024 }; /* as ulimit counts */
    uint64_t allowed = sysAddressesAllowed();

    if (sysmem_refused() == 0)
        return;
    fprintf(stderr, "runtime: the system refused %zu KB",
            sysmem_refused() / KB);
    if (allowed != UINT64_MAX)
        fprintf(stderr, "; ulimit -v allows %llu KB of address space",
                (unsigned long long)allowed / KB);
    fputc('\n', stderr);
}

void program_start(const struct goversion *v, uint64_t seed,
                   int64_t memprofilerate)
{
    static bool started;
    if (started)
        return;
    started = true;
    goversion_choose(v);
    atcrash(say_what_was_refused);
    parsedebugvars();
    rand_seed(seed);
    MemProfileRate = memprofilerate;
    mallocinit();
}

void program_use_aes(void)
{
    hash_use_aes(debug.cpu_aes);
}

uint64_t random_seed(void)
{
    uint64_t seed;
    if (getrandom(&seed, sizeof seed, 0) != sizeof seed)
        io_error("-seed random");
    return seed;
}
