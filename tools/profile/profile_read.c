/*
 * profile_read.c: a file of unknown form into a profile.
 *
 *     file --> bytes --gunzip--> bytes --first bytes decide--> proto | text |
 *     log
 *
 * The file is a stranger's: what it may inflate to is limited, and every way it
 * can be broken ends in one line of why.
 */
#include "tools/profile/naming.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

struct bytes {
    char *data;
    size_t len, cap;
};

enum { ReadStep = 64 << 10 };

/* Inflates one gzip member after another, as gunzip does. False: err says why.
 */
static bool inflate_all(z_stream *z, struct bytes *out, char *err)
{
    for (;;) {
        if (out->len >= ProfMaxInflated) {
            snprintf(err, ProfErrorSize, "unpacks to more than %d MB",
                     ProfMaxInflated >> 20);
            return false;
        }
        out->data = array_reserve(out->data, &out->cap, out->len + ReadStep, 1);
        z->next_out = (Bytef *)out->data + out->len;
        z->avail_out = ReadStep;
        int rc = inflate(z, Z_NO_FLUSH);
        out->len += ReadStep - z->avail_out;
        if (rc == Z_STREAM_END && z->avail_in > 0)
            rc = inflateReset(z); /* the next member */
        else if (rc == Z_STREAM_END)
            return true;
        if (rc == Z_BUF_ERROR || (rc == Z_OK && !z->avail_in && z->avail_out)) {
            snprintf(err, ProfErrorSize, "the gzip data ends too early");
            return false;
        }
        if (rc != Z_OK) {
            snprintf(err, ProfErrorSize, "damaged gzip data: %s",
                     z->msg ? z->msg : zError(rc));
            return false;
        }
    }
}

static bool gunzip(const void *data, size_t len, struct bytes *out, char *err)
{
    enum { GzipOnly = 16 + MAX_WBITS };
    z_stream z = {.next_in = (Bytef *)(uintptr_t)data, .avail_in = (uInt)len};
    if (len > UINT32_MAX || inflateInit2(&z, GzipOnly) != Z_OK) {
        snprintf(err, ProfErrorSize, "cannot unpack %zu bytes of gzip", len);
        return false;
    }
    bool ok = inflate_all(&z, out, err);
    inflateEnd(&z);
    return ok;
}

static struct profile *parse_plain(const char *data, size_t len,
                                   struct profAnchors *anchors, char *err)
{
    if (len == 0) {
        snprintf(err, ProfErrorSize, "empty profile");
        return NULL;
    }
    if (profile_is_text(data, len) && anchors)
        return profile_parse_addresses(data, len, anchors, err);
    if (profile_is_text(data, len))
        return profile_parse_text(data, len, err);
    if (profile_is_log(data, len))
        return profile_parse_log(data, len, err);
    return profile_parse_proto((const uint8_t *)data, len, err);
}

struct profile *profile_parse_bare(const void *data, size_t len,
                                   struct profAnchors *anchors, char *err)
{
    if (anchors)
        anchors->n = 0;
    const uint8_t *b = data;
    if (len < 2 || b[0] != 0x1f || b[1] != 0x8b)
        return parse_plain(data, len, anchors, err);
    struct bytes plain = {NULL, 0, 0};
    struct profile *p = NULL;
    if (gunzip(data, len, &plain, err))
        p = parse_plain(plain.data, plain.len, anchors, err);
    free(plain.data);
    return p;
}

struct profile *profile_parse(const void *data, size_t len, char *err)
{
    return profile_parse_bare(data, len, NULL, err);
}

static bool read_all(FILE *f, struct bytes *out, char *err)
{
    size_t n;
    do {
        if (out->len >= ProfMaxInflated) {
            snprintf(err, ProfErrorSize, "larger than %d MB",
                     ProfMaxInflated >> 20);
            return false;
        }
        out->data = array_reserve(out->data, &out->cap, out->len + ReadStep, 1);
        n = fread(out->data + out->len, 1, ReadStep, f);
        out->len += n;
    } while (n > 0);
    if (ferror(f)) {
        snprintf(err, ProfErrorSize, "%s", strerror(errno));
        return false;
    }
    return true;
}

struct profile *profile_read_bare(const char *path, struct profAnchors *anchors,
                                  char *err)
{
    bool is_stdin = strcmp(path, "-") == 0;
    FILE *f = is_stdin ? stdin : fopen(path, "rb");
    if (!f) {
        snprintf(err, ProfErrorSize, "%s", strerror(errno));
        return NULL;
    }
    struct bytes bytes = {NULL, 0, 0};
    struct profile *p = NULL;
    if (read_all(f, &bytes, err))
        p = profile_parse_bare(bytes.data, bytes.len, anchors, err);
    free(bytes.data);
    if (!is_stdin)
        fclose(f);
    return p;
}

struct profile *profile_read(const char *path, char *err)
{
    return profile_read_bare(path, NULL, err);
}
