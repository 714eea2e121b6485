/*
 * nearest.c: edit distance between a mistyped word and the names there are.
 *
 * Optimal string alignment: besides inserting, deleting and changing a letter,
 * two neighbours may swap for one step, since that is how fingers slip.
 */
#include "tools/lib/nearest.h"
#include <string.h>

enum { LongestWord = 40 }; /* longer words are nobody's slip */

static unsigned min3(unsigned a, unsigned b, unsigned c)
{
    unsigned m = a < b ? a : b;
    return m < c ? m : c;
}

static unsigned distance(const char *a, const char *b)
{
    unsigned d[3][LongestWord + 2]; /* rows i-2, i-1 and i, in turn */
    unsigned na = (unsigned)strlen(a), nb = (unsigned)strlen(b);
    for (unsigned j = 0; j <= nb; j++)
        d[0][j] = j;
    for (unsigned i = 1; i <= na; i++) {
        unsigned *row = d[i % 3], *up = d[(i + 2) % 3], *up2 = d[(i + 1) % 3];
        row[0] = i;
        for (unsigned j = 1; j <= nb; j++) {
            bool same = a[i - 1] == b[j - 1];
            row[j] = min3(up[j] + 1, row[j - 1] + 1, up[j - 1] + !same);
            bool swapped =
                i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if (swapped && up2[j - 2] + 1 < row[j])
                row[j] = up2[j - 2] + 1;
        }
    }
    return d[na % 3][nb];
}

/* A name that begins as word does is what was meant, whatever is missing. */
static unsigned farness(const char *word, const char *name)
{
    size_t n = strlen(word);
    if (n >= 2 && strncmp(word, name, n) == 0)
        return 1;
    return distance(word, name);
}

const char *nearest(const char *word, const char *const *names, size_t n)
{
    size_t len = strlen(word);
    if (len == 0 || len > LongestWord)
        return NULL;
    unsigned best = (unsigned)len / 3 + 1; /* a third of the letters wrong */
    const char *found = NULL;
    for (size_t i = 0; i < n; i++) {
        if (strlen(names[i]) > LongestWord)
            continue;
        unsigned d = farness(word, names[i]);
        if (d < best || (d == best && found == NULL)) {
            best = d;
            found = names[i];
        }
    }
    return found;
}
