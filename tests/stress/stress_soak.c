/*
 * stress_soak.c: a program that allocates, links, drops and collects at random,
 * and knows every byte that must be alive: each object is filled from a seed of
 * its own, and read back before it is dropped. Meant for CHECK=3 with shrunk
 * limits, where the whole heap is proved after every allocation.
 *
 *     stress_soak [seconds] [seed]
 */
#include "alloc/malloc.h"
#include "runtime/base/throw.h"
#include "runtime/sched/rand.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { NRoots = 64, NKinds = 10 };

/* Objects begin like this; words[] is filled from seed. */
struct object {
    struct object *next;  /* of the same root */
    unsigned char *bytes; /* pointer-free, nbytes of them, from seed too */
    uint64_t seed;
    uint64_t kind;
    uint64_t nbytes;
    uint64_t words[];
};

static const int wordsOf[NKinds] = {0, 1, 3, 11, 40, 60, 100, 700, 4090, 9000};
static const struct type *kinds[NKinds];
static struct object *roots[NRoots];
static uint64_t live, made, collections, state;

static uint64_t next_random(void)
{
    return mix(state++);
}

static void make_kinds(void)
{
    for (int i = 0; i < NKinds; i++) {
        char text[96];
        snprintf(text, sizeof(text),
                 "struct{next *int; bytes *int; seed, kind, nbytes uint64; "
                 "words [%d]uint64}",
                 wordsOf[i]);
        kinds[i] = type_parse(text, NULL);
        ASSERT(kinds[i] != NULL);
    }
}

static void make_object(int root)
{
    uint64_t r = next_random(), kind = r % NKinds;
    struct object *o;

    if (kind > 6 && r % 16 != 0)
        kind %= 4; /* large ones are rarer */
    o = newobject(kinds[kind]);
    o->next = roots[root];
    roots[root] = o; /* before anything else is allocated */
    o->seed = r;
    o->kind = kind;
    for (int i = 0; i < wordsOf[kind]; i++)
        o->words[i] = mix(r + (uint64_t)i);
    o->nbytes = r >> 32 & (r & 1 << 20 ? 15 : 255);
    o->bytes = mallocgc(o->nbytes, NULL, true);
    for (uint64_t i = 0; i < o->nbytes; i++) {
        ASSERT(o->bytes[i] == 0);
        o->bytes[i] = (unsigned char)mix(r ^ i);
    }
    live++;
    made++;
}

static void verify_object(const struct object *o)
{
    ASSERT(o->kind < NKinds);
    for (int i = 0; i < wordsOf[o->kind]; i++)
        ASSERT(o->words[i] == mix(o->seed + (uint64_t)i));
    for (uint64_t i = 0; i < o->nbytes; i++)
        ASSERT(o->bytes[i] == (unsigned char)mix(o->seed ^ i));
}

/* Reads everything that hangs on root, and lets go of all but the first
 * keep. */
static void drop(int root, uint64_t keep)
{
    struct object **link = &roots[root];

    for (; *link != NULL && keep > 0; link = &(*link)->next, keep--)
        verify_object(*link);
    for (const struct object *o = *link; o != NULL; o = o->next) {
        verify_object(o);
        live--;
    }
    *link = NULL;
}

static void step(void)
{
    uint64_t r = next_random();
    int root = (int)(r >> 8 & (NRoots - 1));

    if (r % 400 == 0) {
        gc();
        collections++;
    } else if (r % 40 == 1) {
        drop(root, r >> 16 & 7);
    } else {
        make_object(root);
    }
}

static void finish(void)
{
    struct MemStats m;

    for (int i = 0; i < NRoots; i++)
        drop(i, UINT64_MAX);
    uint64_t left = 0;
    for (int i = 0; i < NRoots; i++)
        for (const struct object *o = roots[i]; o != NULL; o = o->next)
            left++;
    ASSERT(left == live);
    memset(roots, 0, sizeof(roots));
    gc();
    gc();
    readmemstats(&m);
    ASSERT(m.HeapObjects == 0 && m.HeapAlloc == 0);
    heapcheck();
    printf("soak: %lu objects, %lu collections, %lu alive at the end: clean\n",
           made, collections, left);
}

int main(int argc, char **argv)
{
    double seconds = argc > 1 ? atof(argv[1]) : 1;
    struct timespec begin, now;

    state = argc > 2 ? strtoull(argv[2], NULL, 0) : 1;
    setenv("GOGC", "off", 1); /* collections come by chance, not by size */
    MemProfileRate = 1;
    mallocinit();
    make_kinds();
    gc_add_roots(roots, sizeof(roots));
    printf("soak: %.0f s, seed %lu\n", seconds, state);
    clock_gettime(CLOCK_MONOTONIC, &begin);
    do {
        for (int i = 0; i < 20; i++)
            step();
        clock_gettime(CLOCK_MONOTONIC, &now);
    } while ((double)(now.tv_sec - begin.tv_sec) +
                 (double)(now.tv_nsec - begin.tv_nsec) * 1e-9 <
             seconds);
    finish();
    return 0;
}
