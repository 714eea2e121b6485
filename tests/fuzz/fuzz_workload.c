/*
 * fuzz_workload.c: libFuzzer's way into the reader of workloads: any bytes give
 * a workload or one line of why not, and a workload that was read is written so
 * that it is read again as the same.
 */
#include "tools/replay/workload.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok, const char *what)
{
    if (ok)
        return;
    fprintf(stderr, "fuzz_workload: %s\n", what);
    abort();
}

static struct workload *read_bytes(const void *data, size_t size,
                                   struct workloadError *err)
{
    FILE *f = fmemopen((void *)(uintptr_t)data, size, "r");
    struct workload *w = workload_read(f, err);
    fclose(f);
    return w;
}

static char *written(const struct workload *w, size_t *len)
{
    char *text;
    FILE *f = open_memstream(&text, len);
    workload_write(w, f);
    fclose(f);
    return text;
}

static void expect_same_again(const struct workload *w)
{
    struct workloadError err;
    size_t len, len_again;
    char *text = written(w, &len);
    if (len > 0) {
        struct workload *again = read_bytes(text, len, &err);
        must(again != NULL, "what was written cannot be read");
        char *text_again = written(again, &len_again);
        must(strcmp(text, text_again) == 0, "it is read as something else");
        free(text_again);
        workload_free(again);
    }
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct workloadError err;
    memset(&err, 'x', sizeof err);
    if (size == 0)
        return 0;
    struct workload *w = read_bytes(data, size, &err);
    if (w != NULL)
        expect_same_again(w);
    else
        must(memchr(err.msg, 0, sizeof err.msg) && *err.msg,
             "an error without its line");
    workload_free(w);
    return 0;
}
