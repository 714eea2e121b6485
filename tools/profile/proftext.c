/*
 * proftext.c: helpers of the textual readers and of the heap profile's writer.
 */
#include "tools/profile/proftext.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

char *lines_next(struct lines *l, char **buf, size_t *cap)
{
    if (l->next >= l->end)
        return NULL;
    size_t left = (size_t)(l->end - l->next);
    const char *newline = memchr(l->next, '\n', left);
    size_t len = newline ? (size_t)(newline - l->next) : left;
    *buf = array_reserve(*buf, cap, len + 1, 1);
    memcpy(*buf, l->next, len);
    (*buf)[len] = 0;
    if (len && (*buf)[len - 1] == '\r')
        (*buf)[len - 1] = 0;
    l->next += len + 1;
    l->number++;
    return *buf;
}

void profile_add_heap_types(struct profile *p)
{
    profile_add_type(p, "alloc_objects", "count");
    profile_add_type(p, "alloc_space", "bytes");
    profile_add_type(p, "inuse_objects", "count");
    profile_add_type(p, "inuse_space", "bytes");
}

void scale_heap_sample(int64_t *count, int64_t *size, int64_t rate)
{
    if (*count == 0 || *size == 0) {
        *count = *size = 0;
        return;
    }
    if (rate <= 1)
        return;
    double avg = (double)*size / (double)*count;
    double scale = 1 / (1 - exp(-avg / (double)rate));
    *count = clamp_int64((double)*count * scale);
    *size = clamp_int64((double)*size * scale);
}

int64_t split_file_line(char *s)
{
    s[strcspn(s, " \t")] = 0;
    char *colon = strrchr(s, ':');
    if (!colon)
        return 0;
    char *end;
    long line = strtol(colon + 1, &end, 10);
    if (end == colon + 1 || line < 0)
        return 0;
    *colon = 0;
    return line;
}
