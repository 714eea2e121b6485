/*
 * explain_series.c: the sizes that growing things take: map arrays and slices,
 * and how much a coincidence of sizes means.
 */
#include "tools/explain/explain.h"

#include "alloc/malloc.h"
#include "map/classic/bucketview.h"

#include <math.h>

/* A release whose objects have headers, where they have pointers. */
static const struct goversion *with_headers(void)
{
    const struct goversion *v = goversions;

    while (v->headerBytes == 0)
        v++;
    return v;
}

int64_t slot_size(int64_t size, bool headers)
{
    return (int64_t)objsize_slot(with_headers(), (size_t)size, !headers);
}

int64_t array_size_in(int bucket, int b, bool headers)
{
    return (int64_t)geometry_array(with_headers(), (size_t)bucket, !headers,
                                   (uint8_t)b)
        .rounded;
}

int64_t array_size(int bucket, int b)
{
    return array_size_in(bucket, b, false);
}

int append_series(int64_t elem, int64_t *sizes, int max)
{
    int64_t cap = 0;
    int n = 0;
    while (n < max && cap * elem < (int64_t)1 << 36) {
        sizes[n++] = slot_size(nextslicecap(cap + 1, cap) * elem, false);
        cap = sizes[n - 1] / elem;
    }
    return n;
}

/*
 * How often keys and elements of a size are met: a judgement, not a
 * measurement. Only its orders of magnitude matter: it decides between bucket
 * sizes that fit equally well, and keeps freak sizes from being believed on
 * thin evidence.
 */
static double key_weight(int size)
{
    switch (size) {
    case 16:
        return 0.42; /* string, interface */
    case 8:
        return 0.36; /* int, pointer */
    case 4:
        return 0.08;
    case 1:
    case 2:
    case 12:
    case 20:
        return 0.01;
    case 24:
    case 32:
        return 0.025;
    }
    return size > 0 && size % 8 == 0 ? 0.004 : 0.0003;
}

static double elem_weight(int size)
{
    switch (size) {
    case 8:
        return 0.38;
    case 16:
        return 0.16;
    case 0:
    case 1:
    case 24: /* a slice */
        return 0.1;
    case 4:
        return 0.05;
    case 32:
    case 40:
    case 48:
        return 0.02;
    }
    return size % 8 == 0 ? 0.008 : size % 4 == 0 ? 0.002 : 0.0003;
}

double log_prior(int width)
{
    double p = 0;
    for (int key = 0; key <= 128 && key <= width; key++)
        if (width - key <= 128)
            p += key_weight(key) * elem_weight(width - key);
    return log(p + 1e-9);
}

double chance_of_size(int64_t size)
{
    if ((size & (size - 1)) == 0)
        return 0.5; /* people like powers of two */
    if (size <= 32768)
        return 0.2; /* four to eight size classes an octave */
    return 1 /
           (0.7 * (double)size / (double)PageSize); /* any number of pages */
}
