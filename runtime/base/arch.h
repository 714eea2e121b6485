/*
 * arch.h: the one place that knows which processor this is.
 *
 *     [arch] <-- bytes8.h (eight bytes compared at once)
 *            <-- hashaes.h (the hash by AES instructions)
 *            <-- geometry.h (a bit set), lock.c (a pause in a loop)
 *
 * Whatever has a quicker way on x86-64 has a plain one beside it, in C alone,
 * and both give the same: HMAP_GENERIC (make ARCH=generic) takes the plain way
 * there too, so that it can be tested anywhere. Only the AES hash has none: its
 * values are those of x86-64's instruction, and where that is missing maps use
 * the fallback hash, as Go's do on a processor without AES.
 *
 * What is left of the machine is not a processor's: Linux (futex, mmap, ELF),
 * addresses of 48 bits, the byte of least weight first, two words {caller's
 * frame, return address} where a frame pointer points (framechain.h).
 *
 * On arm64 these two words lie at the low end of a frame, its variables above
 * them. What gc_scan_this_stack is told there (__builtin_frame_address) leaves
 * out the variables of the caller itself; and stacks are walked, none is
 * recognised: the tests of that are skipped (needs_known_stacks).
 */
#ifndef RUNTIME_BASE_ARCH_H
#define RUNTIME_BASE_ARCH_H

#include <assert.h>
#include <stdint.h>

#if defined(__x86_64__) && !defined(HMAP_GENERIC)
#    define ARCH_X86 1
#else
#    define ARCH_X86 0
#endif

static_assert(sizeof(void *) == 8 && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
              "hmap models a machine of 64 bits, the least byte first");

/* What `hmap version` says of this build; a register that calls keep; whether
 * the two words of a frame lie above its variables. */
#define ARCH_RECORD_ON_TOP 1
#if defined(__x86_64__)
#    define ARCH_NAME "x86-64"
#    define ARCH_KEPT "rbx"
#elif defined(__aarch64__)
#    define ARCH_NAME "arm64"
#    define ARCH_KEPT "x19"
#    undef ARCH_RECORD_ON_TOP
#    define ARCH_RECORD_ON_TOP 0
#else
#    define ARCH_NAME "another of 64 bits"
#endif
#if ARCH_X86
#    define ARCH_SIMD "SSE2"
#else
#    define ARCH_SIMD "none"
#endif

/* Tells the processor that this loop waits for another thread: it then
 * leaves the core to its hyper-thread, and power to the rest. Where there is
 * no such word the loop just turns. Go: asm_amd64.s procyield, asm_arm64.s
 * procyield, which repeat it. */
__attribute__((always_inline)) static inline void procyield(void)
{
#if ARCH_X86
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

/* 1 << n, 0 <= n < 64. */
__attribute__((always_inline)) static inline uint64_t bit_at(uint8_t n)
{
#if ARCH_X86
    uint64_t bit = 0;
    /* Half the micro-operations of a shift by a variable number. */
    __asm__("btsq %1, %0" : "+r"(bit) : "r"((uint64_t)n) : "cc");
    return bit;
#else
    return (uint64_t)1 << (n & 63);
#endif
}

#endif
