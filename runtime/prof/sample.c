/*
 * sample.c: how many bytes until the next allocation is recorded.
 *
 * Sampling is a Poisson process over bytes: the distance to the next sample is
 * exponentially distributed with mean MemProfileRate, so an object of size s is
 * recorded with probability 1 - exp(-s / rate) whatever came before it. Readers
 * of a profile divide by that probability.
 *
 * The logarithm is Go's rough one, so that the same random numbers give the
 * same distances. Locking: none; fastrand is the thread's own.
 */
#include "runtime/prof/memprofile.h"
#include "runtime/sched/rand.h"
#include <string.h>

enum {
    fastlogNumBits = 5,    /* mantissa bits that choose a table entry */
    fastlogScaleBits = 20, /* mantissa bits that scale between two entries */
    randomBitCount = 26,
};

/* log2(1 + i/32), in the digits of Go's fastlog2table.go. */
static const double fastlog2Table[(1 << fastlogNumBits) + 1] = {
    0.0,
    0.0443941193584535,
    0.08746284125033943,
    0.12928301694496647,
    0.16992500144231248,
    0.2094533656289499,
    0.24792751344358555,
    0.28540221886224837,
    0.3219280948873623,
    0.3575520046180837,
    0.39231742277876036,
    0.4262647547020979,
    0.4594316186372973,
    0.4918530963296748,
    0.5235619560570128,
    0.5545888516776374,
    0.5849625007211563,
    0.6147098441152082,
    0.6438561897747247,
    0.6724253419714956,
    0.7004397181410922,
    0.7279204545631992,
    0.7548875021634686,
    0.7813597135246596,
    0.8073549220576042,
    0.8328900141647417,
    0.8579809951275721,
    0.8826430493618412,
    0.9068905956085185,
    0.9307373375628862,
    0.9541963103868752,
    0.9772799234999164,
    1.0,
};

double fastlog2(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof(bits));
    int64_t exp = (int64_t)(bits >> 52 & 0x7FF) - 1023;
    uint64_t index =
        bits >> (52 - fastlogNumBits) & ((1 << fastlogNumBits) - 1);
    uint64_t scale = bits >> (52 - fastlogNumBits - fastlogScaleBits) &
                     ((1 << fastlogScaleBits) - 1);
    double low = fastlog2Table[index];
    double high = fastlog2Table[index + 1];
    return (double)exp + low +
           (high - low) * (double)scale * (1.0 / (1 << fastlogScaleBits));
}

int32_t fastexprand(int64_t mean)
{
    const double minusLog2 = -0.6931471805599453; /* -ln 2 */
    if (mean > 0x7000000)
        mean = 0x7000000; /* 20 * mean, the longest step, fits in an int32 */
    if (mean == 0)
        return 0;
    uint32_t q = fastrandn(1 << randomBitCount) + 1;
    double qlog = fastlog2((double)q) - randomBitCount;
    if (qlog > 0)
        qlog = 0;
    return (int32_t)(qlog * (minusLog2 * (double)mean)) + 1;
}

uint64_t nextSample(void)
{
    if (MemProfileRate == 1)
        return 0;
    return (uint64_t)fastexprand(MemProfileRate);
}
