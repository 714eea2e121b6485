/*
 * gcovexit.c: linked into everything that `make coverage` builds. gcov writes
 * its counts in exit(); a process that throws, panics or is a forked child ends
 * by abort() or _exit() and would take its counts along. The linker sends those
 * two calls here (--wrap), and the counts are written first.
 */
#include "runtime/base/base.h"

void __gcov_dump(void); /* of libgcov; safe to call again */
_Noreturn void __real_abort(void);
_Noreturn void __real__exit(int status);
_Noreturn void __wrap_abort(void);
_Noreturn void __wrap__exit(int status);

_Noreturn void __wrap_abort(void)
{
    __gcov_dump();
    __real_abort();
}

_Noreturn void __wrap__exit(int status)
{
    __gcov_dump();
    __real__exit(status);
}
