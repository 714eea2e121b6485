/*
 * stress_types.c: many threads ask for the same new types at once; each must
 * get the one descriptor. Run under ThreadSanitizer by `make tsan`.
 */
#include "map/map.h"
#include "runtime/type/type.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum { NThreads = 8, NTypes = 200 };

static const struct maptype *seen[NThreads][NTypes];
static pthread_barrier_t start;

static void *ask(void *arg)
{
    const struct maptype **mine = arg;
    char text[64];

    pthread_barrier_wait(&start);
    for (int i = 0; i < NTypes; i++) {
        snprintf(text, sizeof(text), "map[[%d]byte]struct{a, b *[%d]int}", i,
                 i);
        mine[i] = maptype_parse(text, NULL);
    }
    return NULL;
}

static void fail(const char *what, int i)
{
    fprintf(stderr, "stress_types: %s %d\n", what, i);
    exit(1);
}

int main(void)
{
    pthread_t thread[NThreads];

    pthread_barrier_init(&start, NULL, NThreads);
    for (int i = 0; i < NThreads; i++) {
        if (pthread_create(&thread[i], NULL, ask, seen[i]) != 0)
            fail("cannot start thread", i);
    }
    for (int i = 0; i < NThreads; i++)
        pthread_join(thread[i], NULL);
    for (int i = 0; i < NTypes; i++) {
        if (seen[0][i] == NULL)
            fail("no descriptor for type", i);
        for (int j = 1; j < NThreads; j++) {
            if (seen[j][i] != seen[0][i])
                fail("two descriptors for type", i);
        }
    }
    typetable_check();
    printf("stress_types: %d threads agree on %d map types\n", NThreads,
           NTypes);
    return 0;
}
