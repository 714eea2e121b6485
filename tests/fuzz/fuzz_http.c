/*
 * fuzz_http.c: libFuzzer's way into a source that is an address. A thread
 * answers on the loopback with the bytes of the input: what stands before its
 * first NUL to the page, the rest to the question for names. It sends no answer
 * that names another place, so no request leaves this machine.
 */
#include "tools/profile/httpget.h"
#include "tools/profile/source.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct bytes {
    const char *at;
    size_t len;
};

static int listening;
static char url[64];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct bytes page, names; /* of the input; NULL between two of them;
                                    guarded by lock */

static void send_all(int to, struct bytes b)
{
    while (b.len > 0) {
        ssize_t n = send(to, b.at, b.len, MSG_NOSIGNAL);
        if (n <= 0)
            return;
        b.at += n;
        b.len -= (size_t)n;
    }
}

/* One answer a connection; the request has come when its end has, or when the
 * other side is gone. */
static void *serve(void *unused)
{
    char request[1 << 16];
    for (int s; (s = accept(listening, NULL, NULL)) >= 0; close(s)) {
        size_t len = 0;
        ssize_t n;
        while (len + 1 < sizeof request &&
               (n = recv(s, request + len, sizeof request - 1 - len, 0)) > 0) {
            len += (size_t)n;
            if (memmem(request, len, "\r\n\r\n", 4))
                break;
        }
        request[len] = '\0';
        pthread_mutex_lock(&lock);
        send_all(s, strncmp(request, "POST", 4) == 0 ? names : page);
        pthread_mutex_unlock(&lock);
        shutdown(s, SHUT_WR);
    }
    return unused;
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof to;
    pthread_t thread;
    listening = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(listening, (struct sockaddr *)&to, sizeof to) != 0 ||
        listen(listening, 64) != 0 ||
        getsockname(listening, (struct sockaddr *)&to, &len) != 0 ||
        pthread_create(&thread, NULL, serve, NULL) != 0)
        abort();
    snprintf(url, sizeof url, "http://127.0.0.1:%d", ntohs(to.sin_port));
    http_seconds = 2;
    return 0;
}

/* A header that sends the reader to another place. */
static bool leads_away(const uint8_t *data, size_t size)
{
    static const char *const headers[] = {"location", "alt-svc"};
    char *text = calloc(size + 1, 1);
    if (!text)
        return true;
    for (size_t i = 0; i < size; i++)
        text[i] = data[i] ? (char)data[i] : ' ';
    bool away = false;
    for (size_t i = 0; i < ARRAY_LEN(headers); i++)
        away |= strcasestr(text, headers[i]) != NULL;
    free(text);
    return away;
}

static void answer(struct bytes to_page, struct bytes to_names)
{
    pthread_mutex_lock(&lock);
    page = to_page;
    names = to_names;
    pthread_mutex_unlock(&lock);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0 || leads_away(data, size))
        return 0;
    const char *text = (const char *)data, *part = memchr(text, '\0', size);
    struct bytes first = {text, part ? (size_t)(part - text) : size};
    struct bytes rest = first;
    if (part)
        rest = (struct bytes){part + 1, size - first.len - 1};
    answer(first, rest);
    char *word = url, err[SourceErrorSize], why[ProfErrorSize];
    memset(err, 'x', sizeof err);
    struct source *s = source_read(&word, 1, err);
    answer((struct bytes){NULL, 0}, (struct bytes){NULL, 0});
    bool sound = s ? profile_check(s->p, why)
                   : memchr(err, 0, sizeof err) && !strchr(err, '\n');
    if (!sound)
        abort();
    source_free(s);
    return 0;
}
