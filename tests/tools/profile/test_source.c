/*
 * test_source.c: one profile by every road: a file, an executable beside it, a
 * running program. A small server of ours answers as no good server would.
 */
#include "tests/gotoolchain.h"

#include "tools/lib/process.h"
#include "tools/profile/httpget.h"
#include "tools/profile/source.h"

#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <zlib.h>

/* --- a server that says what it is told to --- */

struct page {
    const char *path; /* of the request line, up to its blank */
    const char *head; /* "200 OK\r\nContent-Type: text/plain" */
    const char *body;
    size_t len; /* of body; 0: its letters */
};

static int listening;

static bool read_request(int fd, char *text, size_t size)
{
    size_t n = 0;
    ssize_t got;
    while (n + 1 < size && (got = read(fd, text + n, size - 1 - n)) > 0) {
        n += (size_t)got;
        text[n] = '\0';
        const char *end = strstr(text, "\r\n\r\n");
        const char *length = strcasestr(text, "content-length:");
        size_t want = length ? strtoul(length + 15, NULL, 10) : 0;
        if (end && strlen(end + 4) >= want)
            return true;
    }
    return false;
}

static void answer(int fd, const struct page *pages, const char *request)
{
    const char *path = strchr(request, ' ') + 1;
    for (; pages->path; pages++) {
        size_t n = strlen(pages->path);
        if (strncmp(path, pages->path, n) != 0 || path[n] != ' ')
            continue;
        size_t len = pages->len ? pages->len : strlen(pages->body);
        dprintf(fd, "HTTP/1.1 %s\r\nConnection: close\r\n\r\n", pages->head);
        const char *at = pages->body;
        for (ssize_t w; len && (w = write(fd, at, len)) > 0; len -= (size_t)w)
            at += w;
        return;
    }
    dprintf(fd, "HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n");
}

static pid_t serve(const struct page *pages, char url[64])
{
    struct sockaddr_in a = {.sin_family = AF_INET,
                            .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof a;
    listening = socket(AF_INET, SOCK_STREAM, 0);
    cr_assert_eq(bind(listening, (struct sockaddr *)&a, len), 0);
    cr_assert_eq(listen(listening, 8), 0);
    getsockname(listening, (struct sockaddr *)&a, &len);
    snprintf(url, 64, "http://127.0.0.1:%d", ntohs(a.sin_port));
    pid_t child = fork();
    for (int fd; child == 0 && (fd = accept(listening, NULL, NULL)) >= 0;) {
        static char request[1 << 20];
        signal(SIGPIPE, SIG_IGN);
        if (read_request(fd, request, sizeof request))
            answer(fd, pages, request);
        close(fd);
    }
    close(listening);
    return child;
}

static void stop(pid_t child)
{
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
}

static const char heap_text[] = "heap profile: 1: 208 [3: 1040] @ heap/2\n"
                                "1: 208 [1: 208] @ 0x1011 0x2011 0x3011\n"
                                "#\t0x3010\tmain.fill+0x10\t/src/main.go:12\n"
                                "\n"
                                "0: 0 [2: 832] @ 0x1021 0x3011\n"
                                "#\t0x3010\tmain.fill+0x10\t/src/main.go:12\n"
                                "\n";

static const char symbols[] = "num_symbols: 1\n"
                              "0x1010 runtime.newobject\n"
                              "0x2010 runtime.mapassign_faststr\n"
                              "0x1020 runtime.hashGrow\n"
                              "0x3010 main.other\n"
                              "0x9999 nowhere\n"
                              "junk\n0x\n0x1010\n";

/* The names of a sample's frames, leaf first, joined by " < ". */
static const char *stack(const struct profSample *s)
{
    static char text[4096];
    *text = '\0';
    for (uint32_t i = 0; i < s->nlocs; i++)
        for (uint32_t j = 0; j < s->locs[i]->nlines; j++) {
            strcat(text, *text ? " < " : "");
            strcat(text, s->locs[i]->lines[j].func->name);
        }
    return text;
}

static struct source *read_words(const char *a, const char *b, char *err)
{
    char *words[] = {(char *)(uintptr_t)a, (char *)(uintptr_t)b};
    return source_read(words, b ? 2 : 1, err);
}

static void expect_named_by(const struct page *pages)
{
    char url[64], err[SourceErrorSize] = "";
    pid_t server = serve(pages, url);
    struct source *s = read_words(url, NULL, err);
    stop(server);
    cr_assert_not_null(s, "%s", err);
    cr_assert_eq(s->p->nsamples, 2);
    cr_expect_str_eq(stack(s->p->samples[0]),
                     "runtime.newobject < runtime.mapassign_faststr < "
                     "main.fill");
    cr_expect_str_eq(stack(s->p->samples[1]), "runtime.hashGrow < main.fill");
    cr_expect_eq(s->shown, SHOWN_COMPLETE);
    char *says = source_says(s);
    cr_expect_str_eq(says, "frames complete, named by /debug/pprof/symbol");
    free(says);
    source_free(s);
}

Test(source, hidden_frames_are_named_by_the_running_program)
{
    struct page pages[] = {
        {"/debug/pprof/allocs?debug=1", "200 OK", heap_text, 0},
        {"/debug/pprof/symbol", "200 OK", symbols, 0},
        {NULL, NULL, NULL, 0},
    };
    expect_named_by(pages);
}

/* As a program does whose module says go 1.22 or later. */
Test(source, a_server_that_refuses_post_is_asked_by_get)
{
    struct page pages[] = {
        {"/debug/pprof/allocs?debug=1", "200 OK", heap_text, 0},
        {"/debug/pprof/symbol", "405 Method Not Allowed", "no", 0},
        {"/debug/pprof/symbol?0x1010+0x2010+0x1020", "200 OK", symbols, 0},
        {NULL, NULL, NULL, 0},
    };
    expect_named_by(pages);
}

Test(source, what_people_type_finds_the_page)
{
    struct page pages[] = {
        {"/debug/pprof/allocs?debug=1", "200 OK", heap_text, 0},
        {"/x/debug/pprof/heap?debug=1&gc=1", "200 OK", heap_text, 0},
        {"/x/debug/pprof/symbol", "200 OK", symbols, 0},
        {"/saved.txt", "200 OK", heap_text, 0},
        {"/moved/debug/pprof/heap?debug=1",
         "302 Found\r\nLocation: /debug/pprof/allocs?debug=1", "", 0},
        {NULL, NULL, NULL, 0},
    };
    static const struct {
        const char *path;
        enum profShown shown;
    } rows[] = {
        {"", SHOWN_HIDDEN},
        {"/", SHOWN_HIDDEN},
        {"/debug/pprof", SHOWN_HIDDEN},
        {"/debug/pprof/", SHOWN_HIDDEN},
        {"/debug/pprof/allocs", SHOWN_HIDDEN},
        {"/x/debug/pprof/heap?gc=1", SHOWN_COMPLETE},
        {"/saved.txt", SHOWN_HIDDEN},
        {"/moved/debug/pprof/heap", SHOWN_HIDDEN},
    };
    char url[64], address[200], err[SourceErrorSize] = "";
    pid_t server = serve(pages, url);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        snprintf(address, sizeof address, "%s%s", url, rows[i].path);
        struct source *s = read_words(address, NULL, err);
        cr_assert_not_null(s, "%s: %s", rows[i].path, err);
        cr_expect_eq(s->shown, rows[i].shown, "%s", rows[i].path);
        source_free(s);
    }
    stop(server);
}

static void expect_failure(const char *a, const char *b, const char *why)
{
    char err[SourceErrorSize] = "it was read";
    struct source *s = read_words(a, b, err);
    cr_expect_null(s);
    cr_expect(strstr(err, why), "want '%s', got '%s'", why, err);
    cr_expect_null(strchr(err, '\n'));
    source_free(s);
}

Test(source, bad_answers_are_one_line_each)
{
    struct page pages[] = {
        {"/debug/pprof/heap?debug=1", "500 Oops", "no", 0},
        {"/debug/pprof/allocs?debug=1", "302 Found\r\nLocation: /debug/pprof",
         "", 0},
        {"/debug/pprof", "302 Found\r\nLocation: /debug/pprof", "", 0},
        {"/junk", "200 OK", "<html>", 0},
        {"/empty", "200 OK", "", 0},
        {"/file", "302 Found\r\nLocation: file:///etc/passwd", "", 0},
        {NULL, NULL, NULL, 0},
    };
    static const char *const rows[][2] = {
        {"/debug/pprof/heap", "the server answered with status 500"},
        {"/debug/pprof/goroutine", "status 404"},
        {"", "redirects"},
        {"/junk", "not a profile"},
        {"/empty", "empty profile"},
        {"/file", "file"},
    };
    char url[64], address[200];
    pid_t server = serve(pages, url);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        snprintf(address, sizeof address, "%s%s", url, rows[i][0]);
        expect_failure(address, NULL, rows[i][1]);
    }
    stop(server);
    expect_failure(url, NULL, "onnect");
}

Test(source, an_address_without_a_host_is_refused)
{
    static const char *const rows[] = {"http://", "https:///debug/pprof",
                                       "http://?debug=1"};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        expect_failure(rows[i], NULL, "names no host");
}

Test(source, a_packed_answer_is_unpacked_and_an_endless_one_given_up)
{
    static uint8_t packed[4096], zeros[1 << 20], bomb[1 << 20];
    z_stream z = {.next_in = (Bytef *)(uintptr_t)heap_text, .next_out = packed};
    z.avail_in = sizeof heap_text - 1;
    z.avail_out = sizeof packed;
    deflateInit2(&z, 9, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY);
    cr_assert_eq(deflate(&z, Z_FINISH), Z_STREAM_END);
    size_t len = z.total_out;
    deflateReset(&z);
    z.next_out = bomb;
    z.avail_out = sizeof bomb;
    for (int mb = 0; mb <= HttpMaxBody >> 20; mb++) {
        z.next_in = zeros;
        z.avail_in = sizeof zeros;
        deflate(&z, mb < HttpMaxBody >> 20 ? Z_NO_FLUSH : Z_FINISH);
    }
    struct page pages[] = {
        {"/debug/pprof/heap?debug=1", "200 OK\r\nContent-Encoding: gzip",
         (char *)packed, len},
        {"/bomb", "200 OK\r\nContent-Encoding: gzip", (char *)bomb,
         z.total_out},
        {NULL, NULL, NULL, 0},
    };
    deflateEnd(&z);
    char url[64], address[200], err[SourceErrorSize];
    pid_t server = serve(pages, url);
    snprintf(address, sizeof address, "%s/debug/pprof/heap", url);
    struct source *s = read_words(address, NULL, err);
    cr_assert_not_null(s, "%s", err);
    cr_expect_eq(s->p->nsamples, 2);
    source_free(s);
    snprintf(address, sizeof address, "%s/bomb", url);
    expect_failure(address, NULL, "larger than 256 MB");
    stop(server);
}

Test(source, a_server_that_says_nothing_is_given_up)
{
    char url[64];
    struct page none = {NULL, NULL, NULL, 0};
    pid_t server = serve(&none, url);
    kill(server, SIGSTOP);
    http_seconds = 1;
    expect_failure(url, NULL, "timed out");
    stop(server);
}

/* --- real programs --- */

/* Objects of the stacks that begin with these frames. */
static int64_t objects_of(const struct profile *p, const char *chain)
{
    int64_t n = 0;
    int value = profile_type_index(p, "alloc_objects");
    for (size_t i = 0; i < p->nsamples; i++)
        if (strncmp(stack(p->samples[i]), chain, strlen(chain)) == 0)
            n += p->samples[i]->values[value];
    return n;
}

static char *all_stacks(const struct profile *p)
{
    char *all = NULL;
    size_t len;
    FILE *f = open_memstream(&all, &len);
    for (size_t i = 0; i < p->nsamples; i++)
        fprintf(f, "%s\n", stack(p->samples[i]));
    fclose(f);
    return all;
}

/* Saves debug=1 and reads it beside the program. */
static struct source *read_saved(const struct goServer *p, const char *dir,
                                 char *err)
{
    char page[200], file[PATH_MAX];
    struct httpAnswer a;
    snprintf(page, sizeof page, "%s/debug/pprof/allocs?debug=1", p->url);
    cr_assert(http_fetch(page, NULL, &a, err), "%s", err);
    snprintf(file, sizeof file, "%s/heap.txt", dir);
    FILE *f = fopen(file, "wb");
    fwrite(a.body, 1, a.len, f);
    fclose(f);
    free(a.body);
    return read_words(p->path, file, err);
}

/* How many objects of a growth a release's table shows. */
static void expect_growth(const struct goToolchain *g, const struct profile *p)
{
    bool swiss = objects_of(p, "runtime.makeBucketArray") == 0;
    if (!swiss) {
        cr_expect_eq(objects_of(p, "runtime.makeBucketArray < runtime.hashGrow "
                                   "< runtime.mapassign_faststr < main.fill"),
                     12, "%s", g->name);
        return;
    }
    int64_t made = 0;
    for (size_t i = 0; i < p->nsamples; i++) {
        const char *text = stack(p->samples[i]);
        if (strstr(text, "newGroups < internal/runtime/maps.(*table).reset"))
            made += p->samples[i]->values[0];
    }
    cr_expect_eq(made, 69, "%s: %ld", g->name, made);
}

Test(source, real_programs_by_both_roads)
{
    static const char *const flags[] = {"-ldflags='-s -w'",
                                        "-ldflags='-s -w' -buildmode=pie"};
    struct goToolchain list[MaxToolchains];
    size_t n = go_toolchains(list);
    struct tempdir dir;
    tempdir_make(&dir, "source");
    for (size_t i = 0; i < n; i++) {
        struct goServer p;
        char err[SourceErrorSize] = "";
        server_start(&list[i], dir.path, flags[i == 0 || i == n - 1], "1", &p);
        struct source *saved = read_saved(&p, dir.path, err);
        cr_assert_not_null(saved, "%s: %s", list[i].name, err);
        struct source *live = read_words(p.url, NULL, err);
        cr_assert_not_null(live, "%s: %s", list[i].name, err);
        cr_expect_eq(saved->shown, SHOWN_COMPLETE);
        cr_expect_eq(live->shown, SHOWN_COMPLETE);
        cr_expect_str_eq(saved->release, list[i].name);
        expect_growth(&list[i], saved->p);
        expect_growth(&list[i], live->p);
        server_stop(&p);
        source_free(saved);
        source_free(live);
    }
    tempdir_remove(&dir);
}

/* Arrays that growth made, of either kind of map. */
static int64_t arrays_of(const struct profile *p)
{
    int64_t n = 0;
    for (size_t i = 0; i < p->nsamples; i++) {
        const char *text = stack(p->samples[i]);
        if (strstr(text, "runtime.makeBucketArray < runtime.hashGrow") ||
            strstr(text, "maps.newGroups < "))
            n += p->samples[i]->values[0];
    }
    return n;
}

/* At Go's own rate, the oldest and the newest: by the address, and by the saved
 * page with the program. */
Test(source, a_sampled_server_shows_its_growth_too)
{
    struct goToolchain list[MaxToolchains];
    size_t n = go_toolchains(list);
    struct tempdir dir;
    tempdir_make(&dir, "source");
    size_t to_last = n > 1 ? n - 1 : 1;
    for (size_t i = 0; i < n; i += to_last) {
        struct goServer p;
        char err[SourceErrorSize] = "";
        server_start(&list[i], dir.path, "-ldflags='-s -w'", "", &p);
        struct source *live = read_words(p.url, NULL, err);
        cr_assert_not_null(live, "%s: %s", list[i].name, err);
        struct source *saved = read_saved(&p, dir.path, err);
        cr_assert_not_null(saved, "%s: %s", list[i].name, err);
        cr_expect_eq(live->shown, SHOWN_COMPLETE);
        cr_expect_eq(live->p->period, 524288);
        cr_expect_gt(arrays_of(live->p), 0, "%s", list[i].name);
        cr_expect_eq(arrays_of(saved->p), arrays_of(live->p), "%s",
                     list[i].name);
        server_stop(&p);
        source_free(live);
        source_free(saved);
    }
    tempdir_remove(&dir);
}

Test(source, a_text_of_another_program_is_refused)
{
    struct goToolchain list[MaxToolchains];
    go_toolchains(list);
    struct tempdir dir;
    tempdir_make(&dir, "source");
    struct goServer p;
    char err[SourceErrorSize] = "", other[PATH_MAX], file[PATH_MAX + 16];
    server_start(&list[0], dir.path, "", "1", &p);
    struct source *s = read_saved(&p, dir.path, err);
    cr_assert_not_null(s, "%s", err);
    char *stacks = all_stacks(s->p);
    cr_expect_not_null(strstr(stacks, "main.fill < main.main < runtime.main"));
    snprintf(other, sizeof other,
             "cd tests/programs/frames && go build -o %s/other main.go",
             dir.path);
    struct ran r = go_shell(&list[0], other);
    cr_assert_eq(r.status, 0, "%s", r.err);
    snprintf(other, sizeof other, "%s/other", dir.path);
    snprintf(file, sizeof file, "%s/heap.txt", dir.path);
    expect_failure(other, file, "of another program");
    expect_failure(file, file, "is a profile");
    expect_failure(p.path, NULL, "is a program");
    server_stop(&p);
    free(stacks);
    source_free(s);
    tempdir_remove(&dir);
}

Test(source, of_two_files_the_first_is_the_program)
{
    static const char golden[] = "tests/golden/profiles/map_set.pb.gz";
    expect_failure(golden, golden,
                   "map_set.pb.gz: is a profile: of two files the first is the "
                   "program: PROGRAM FILE");
    expect_failure("/dev/null", golden, "not an executable");
}
