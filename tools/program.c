/*
 * program.c: the order in which a process under study comes to life. It is
 * Go's: the environment first, then the random numbers that key the hash, then
 * the heap.
 */
#include "tools/program.h"
#include "alloc/malloc.h"
#include "runtime/godebug.h"
#include "runtime/hash.h"
#include "runtime/rand.h"
#include "tools/exits.h"
#include <sys/random.h>

void program_start(uint64_t seed, int64_t memprofilerate)
{
    static bool started;
    if (started)
        return;
    started = true;
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
