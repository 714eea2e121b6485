/*
 * httpget.c: libcurl, told what a profile reader wants of it.
 *
 * Locking: none; one request at a time.
 */
#include "tools/profile/httpget.h"

#include "tools/lib/exits.h"
#include "tools/lib/pool.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

long http_seconds = 120; /* a page may wait for what comes: ?seconds=30 */

struct receiving {
    struct httpAnswer *a;
    size_t cap;
    bool too_large;
};

bool http_is_address(const char *text)
{
    return strncmp(text, "http://", 7) == 0 ||
           strncmp(text, "https://", 8) == 0;
}

static size_t receive(char *data, size_t size, size_t n, void *arg)
{
    struct receiving *r = arg;
    struct httpAnswer *a = r->a;
    n *= size;
    if (n > HttpMaxBody - a->len) {
        r->too_large = true;
        return 0;
    }
    a->body = array_reserve(a->body, &r->cap, a->len + n + 1, 1);
    memcpy(a->body + a->len, data, n);
    a->len += n;
    a->body[a->len] = '\0';
    return n;
}

/* A server on this machine is asked without a proxy, as Go's tools do. */
static bool is_loopback(const char *url)
{
    static const char *const hosts[] = {"localhost", "127.", "[::1]"};
    const char *host = strstr(url, "://") + 3;
    for (size_t i = 0; i < ARRAY_LEN(hosts); i++)
        if (strncmp(host, hosts[i], strlen(hosts[i])) == 0)
            return true;
    return false;
}

static void set_options(CURL *c, const char *url, const char *post,
                        struct receiving *r, char *why)
{
    static const char protocols[] = "http,https";
    enum { MaxRedirects = 5 };
    curl_easy_setopt(c, CURLOPT_URL, url);
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, protocols);
    curl_easy_setopt(c, CURLOPT_REDIR_PROTOCOLS_STR, protocols);
    curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(c, CURLOPT_MAXREDIRS, (long)MaxRedirects);
    curl_easy_setopt(c, CURLOPT_ACCEPT_ENCODING, "");
    curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, (long)HttpConnectSeconds);
    curl_easy_setopt(c, CURLOPT_TIMEOUT, http_seconds);
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_USERAGENT, "hmap");
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, receive);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, r);
    curl_easy_setopt(c, CURLOPT_ERRORBUFFER, why);
    if (is_loopback(url))
        curl_easy_setopt(c, CURLOPT_PROXY, "");
    if (post) {
        curl_easy_setopt(c, CURLOPT_POSTFIELDS, post);
        curl_easy_setopt(c, CURLOPT_POSTREDIR, (long)CURL_REDIR_POST_ALL);
    }
}

/* Why the request failed, in one line; false: it did not. */
static bool failed(CURLcode rc, const char *why, const struct receiving *r,
                   char *err)
{
    const struct httpAnswer *a = r->a;
    if (r->too_large)
        snprintf(err, HttpErrorSize, "the answer is larger than %d MB",
                 HttpMaxBody >> 20);
    else if (rc != CURLE_OK)
        snprintf(err, HttpErrorSize, "%.200s",
                 *why ? why : curl_easy_strerror(rc));
    else if (a->status / 100 != 2)
        snprintf(err, HttpErrorSize, "the server answered with status %ld",
                 a->status);
    else
        return false;
    err[strcspn(err, "\r\n")] = '\0';
    return true;
}

bool http_fetch(const char *url, const char *post, struct httpAnswer *a,
                char *err)
{
    static bool started;
    if (!started)
        curl_global_init(CURL_GLOBAL_DEFAULT);
    started = true;
    CURL *c = curl_easy_init();
    if (!c) {
        snprintf(err, HttpErrorSize, "libcurl does not start");
        return false;
    }
    char why[CURL_ERROR_SIZE] = "";
    *a = (struct httpAnswer){0};
    struct receiving r = {a, 0, false};
    set_options(c, url, post, &r, why);
    CURLcode rc = curl_easy_perform(c);
    curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &a->status);
    curl_easy_cleanup(c);
    if (failed(rc, why, &r, err)) {
        free(a->body);
        a->body = NULL;
        return false;
    }
    if (!a->body)
        a->body = xcalloc(1, 1);
    return true;
}
