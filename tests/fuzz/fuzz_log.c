/*
 * fuzz_log.c: libFuzzer's way into the readers of allocfreetrace logs: any
 * bytes give a whole profile or one line of why not, and events that end.
 */
#include "tools/profile/profile.h"
#include "tools/profile/tracelog.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok, const char *what)
{
    if (ok)
        return;
    fprintf(stderr, "fuzz_log: %s\n", what);
    abort();
}

static void read_profile(const char *data, size_t size)
{
    char err[ProfErrorSize];
    memset(err, 'x', sizeof err);
    struct profile *p = profile_parse_log(data, size, err);
    if (p != NULL)
        must(profile_check(p, err), "a broken profile was accepted");
    else
        must(memchr(err, 0, sizeof err) && *err && !strchr(err, '\n'),
             "an error without its one line");
    profile_free(p);
}

static void read_events(const char *data, size_t size)
{
    char *text;
    size_t len;
    FILE *in = fmemopen((void *)(uintptr_t)data, size, "r");
    FILE *out = open_memstream(&text, &len);
    tracelog_events(in, out);
    fclose(in);
    fclose(out);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    read_profile((const char *)data, size);
    read_events((const char *)data, size);
    return 0;
}
