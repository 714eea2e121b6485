/*
 * overlay.c: one line of the user's own protomem.go, and the JSON that puts the
 * file in its place.
 *
 *     GOROOT/src/runtime/pprof/protomem.go --false for true-->
 *     CACHE/protomem.go {"Replace": {"GOROOT/src/…": "CACHE/protomem.go"}}
 *     ----> CACHE/overlay.json
 *
 * The folder's name is a hash of GOROOT and of the file, so an overlay never
 * serves a toolchain that it was not made from.
 */
#include "tools/real/overlay.h"

#include "tools/lib/exits.h"
#include "tools/lib/outfile.h"

#include <errno.h>
#include <jansson.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char writer[] = "src/runtime/pprof/protomem.go";
static const char hides[] = "hideRuntime := true";
static const char shows[] = "hideRuntime := false";

__attribute__((format(printf, 2, 3))) static char *fail(char *err,
                                                        const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(err, OverlayErrorSize, fmt, ap);
    va_end(ap);
    return NULL;
}

char *go_root(char *err)
{
    char line[PATH_MAX] = "";
    FILE *f = popen("go env GOROOT", "r");
    if (f && !fgets(line, sizeof line, f))
        *line = '\0';
    int status = f ? pclose(f) : -1;
    line[strcspn(line, "\n")] = '\0';
    if (status != 0 || !*line)
        return fail(err, "no go in the PATH says where it is (`go env "
                         "GOROOT`): name the toolchain, -goroot DIR");
    return xprintf("%s", line);
}

/* The whole file, NUL-terminated; NULL and errno where it cannot be read. */
static char *read_whole(const char *path)
{
    enum { MaxSource = 1 << 20 };
    FILE *f = fopen(path, "rb");
    if (!f)
        return NULL;
    char *text = xcalloc(MaxSource + 1, 1);
    size_t n = fread(text, 1, MaxSource, f);
    bool ok = !ferror(f);
    fclose(f);
    text[n] = '\0';
    if (ok)
        return text;
    free(text);
    return NULL;
}

/* Two may write it at once: each writes all of it, or nothing. */
static bool write_whole(const char *path, const char *text)
{
    struct outfile o;
    return outfile_open(&o, path) && outfile_close(&o, fputs(text, o.f) >= 0);
}

static char *cache_folder(char *err)
{
    const char *xdg = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    if (xdg && *xdg == '/')
        return xprintf("%s/hmap", xdg);
    if (home && *home)
        return xprintf("%s/.cache/hmap", home);
    return fail(err, "no cache folder: set XDG_CACHE_HOME or HOME");
}

/* Makes a folder and those above it. */
static bool make_folders(char *path)
{
    for (char *at = path + 1; (at = strchr(at, '/')); at++) {
        *at = '\0';
        bool ok = mkdir(path, 0777) == 0 || errno == EEXIST;
        *at = '/';
        if (!ok)
            return false;
    }
    return mkdir(path, 0777) == 0 || errno == EEXIST;
}

static uint64_t hash_text(uint64_t h, const char *text)
{
    const uint64_t prime = 0x100000001b3; /* FNV-1a's */
    for (; *text; text++)
        h = (h ^ (uint8_t)*text) * prime;
    return h;
}

/* The overlay's text. The go command asks by the path that it made itself;
 * where a folder on the way is a link, another command resolved it: both are
 * named. */
static char *overlay_text(const char *original, const char *patched)
{
    char resolved[PATH_MAX];
    json_t *replace = json_object();
    json_object_set_new(replace, original, json_string(patched));
    if (realpath(original, resolved))
        json_object_set_new(replace, resolved, json_string(patched));
    json_t *doc = json_pack("{s:o}", "Replace", replace);
    char *text = json_dumps(doc, JSON_INDENT(2));
    json_decref(doc);
    return text;
}

/* source with its one line changed, or NULL where it has no such line, or
 * several. The caller frees it. */
static char *patch(const char *source)
{
    const char *at = strstr(source, hides);
    if (!at || strstr(at + 1, hides))
        return NULL;
    return xprintf("%.*s%s%s", (int)(at - source), source, shows,
                   at + sizeof hides - 1);
}

/* Writes both files below the cache; the path of the second. */
static char *write_both(const char *original, const char *source,
                        const char *patched_text, char *err)
{
    char *cache = cache_folder(err);
    if (!cache)
        return NULL;
    const uint64_t basis = 0xcbf29ce484222325;
    uint64_t h = hash_text(hash_text(basis, original), source);
    char *folder = xprintf("%s/overlay-%016llx", cache, (unsigned long long)h);
    char *patched = xprintf("%s/protomem.go", folder);
    char *path = xprintf("%s/overlay.json", folder);
    char *text = overlay_text(original, patched);
    bool ok = make_folders(folder) && write_whole(patched, patched_text) &&
              write_whole(path, text);
    if (!ok)
        fail(err, "%s: %s", folder, strerror(errno));
    free(text);
    free(patched);
    free(folder);
    free(cache);
    if (ok)
        return path;
    free(path);
    return NULL;
}

char *overlay_make(const char *goroot, char *err)
{
    char absolute[PATH_MAX];
    const char *root = *goroot == '/' ? goroot : realpath(goroot, absolute);
    char *original = xprintf("%s/%s", root ? root : goroot, writer);
    char *source = read_whole(original), *path = NULL;
    char *patched = source ? patch(source) : NULL;
    if (!source)
        fail(err, "%s: %s; want a Go toolchain's GOROOT with its sources",
             original, strerror(errno));
    else if (!patched)
        fail(err,
             "%s: no single line `%s`: this release writes profiles in another "
             "way, and nothing was written",
             original, hides);
    else
        path = write_both(original, source, patched, err);
    free(patched);
    free(source);
    free(original);
    return path;
}
