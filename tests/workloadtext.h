/*
 * workloadtext.h: workloads from text in a test, and back.
 */
#ifndef TESTS_WORKLOADTEXT_H
#define TESTS_WORKLOADTEXT_H

#include "tools/replay/workload.h"
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

/* NULL and *err filled where text is none. */
static inline struct workload *try_text(const char *text,
                                        struct workloadError *err)
{
    FILE *f = fmemopen((void *)(uintptr_t)text, strlen(text), "r");
    struct workload *w = workload_read(f, err);
    fclose(f);
    return w;
}

/* A text that is a workload. */
static inline struct workload *read_text(const char *text)
{
    struct workloadError err;
    struct workload *w = try_text(text, &err);
    cr_assert_not_null(w, "line %d: %s\n%s", err.line, err.msg, text);
    return w;
}

/* The text of w; the caller frees it. */
static inline char *written(const struct workload *w)
{
    char *text = NULL;
    size_t len;
    FILE *f = open_memstream(&text, &len);
    workload_write(w, f);
    fclose(f);
    return text;
}

#endif
