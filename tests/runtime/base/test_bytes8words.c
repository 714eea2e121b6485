/*
 * test_bytes8words.c: the same of the way for machines without SSE2.
 */
#define HMAP_WORDS
#include "tests/runtime/base/test_bytes8.c"
