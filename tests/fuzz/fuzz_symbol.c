/*
 * fuzz_symbol.c: libFuzzer's way into what names a running program's frames: a
 * page of debug=1, whose addresses are kept, and the answer of
 * /debug/pprof/symbol. An input is both, parted by its first NUL; without one
 * it is the answer to a page that is sound. Either way the profile stays whole.
 */
#include "tools/profile/naming.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char sound[] =
    "heap profile: 2: 96 [5: 5000] @ heap/1048576\n"
    "1: 48 [3: 144] @ 0x401001 0x401002 0x401003 0x402001\n"
    "#\t0x401002\tmain.fill+0x22\t/a/main.go:12\n"
    "1: 48 [2: 4856] @ 0x401004 0x402001\n";

static void must(bool ok, const char *what)
{
    if (ok)
        return;
    fprintf(stderr, "fuzz_symbol: %s\n", what);
    abort();
}

static void name(const char *page, size_t page_len, const char *answer,
                 size_t answer_len)
{
    char err[ProfErrorSize];
    struct profAnchors anchors;
    memset(err, 'x', sizeof err);
    struct profile *p = profile_parse_bare(page, page_len, &anchors, err);
    if (!p) {
        must(memchr(err, 0, sizeof err) && *err && !strchr(err, '\n'),
             "an error without its one line");
        return;
    }
    must(anchors.n <= MaxAnchors, "too many anchors");
    size_t before = profile_count_unnamed(p), next = 0;
    for (char *asked; (asked = profile_unnamed(p, &next)); free(asked))
        must(*asked, "a question without an address");
    size_t named = profile_name_by_symbols(p, answer, answer_len);
    must(profile_count_unnamed(p) + named == before, "names were miscounted");
    profile_drop_unnamed(p);
    profile_shown(p);
    must(profile_check(p, err), "naming broke a profile");
    profile_free(p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    const char *part = size ? memchr(text, '\0', size) : NULL;
    if (part)
        name(text, (size_t)(part - text), part + 1,
             (size_t)(text + size - part - 1));
    else
        name(sound, sizeof sound - 1, text, size);
    return 0;
}
