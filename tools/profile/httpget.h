/*
 * httpget.h: one request over HTTP or HTTPS, its whole answer in memory.
 *
 * Redirects are followed, packed answers unpacked; a server that says nothing
 * or never stops is given up.
 */
#ifndef TOOLS_PROFILE_HTTPGET_H
#define TOOLS_PROFILE_HTTPGET_H

#include "runtime/base/base.h"

enum {
    HttpErrorSize = 300,
    HttpMaxBody = 256 << 20, /* bytes, unpacked */
    HttpConnectSeconds = 10,
};

/* How long all of a request may take. */
extern long http_seconds;

struct httpAnswer {
    char *body; /* NUL-terminated; the caller frees it */
    size_t len;
    long status; /* 200 */
};

/* True for text that begins with http:// or https://. */
bool http_is_address(const char *text);

/* Fetches url, or sends it post where that is not NULL. False: err
 * (HttpErrorSize bytes) has one line of why, the address not included; a status
 * that is not 2xx is such a case. */
bool http_fetch(const char *url, const char *post, struct httpAnswer *a,
                char *err);

#endif
