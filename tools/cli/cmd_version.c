/*
 * cmd_version.c: hmap version: its own, what it has of its machine, and the
 * releases of Go that it models.
 */
#include "runtime/base/goversion.h"
#include "runtime/type/hashaes.h"
#include "tools/cli/cmd.h"
#include "tools/lib/render.h"
#include <stdio.h>

struct versionFlags {
    bool json;
};

static const struct flag flags[] = {
    {"json", NULL, "Print one JSON document.", FLAG_BOOL,
     offsetof(struct versionFlags, json), 0, 0, NULL},
    {0},
};

static const char *const map_names[] = {
    [MAPKIND_CLASSIC] = "buckets",
    [MAPKIND_SWISS] = "swiss",
};

static const char *const syncmap_names[] = {
    [SYNCMAP_READ_DIRTY] = "two maps",
    [SYNCMAP_HASHTRIE] = "hash trie",
};

static struct table *releases_table(void)
{
    static const struct column cols[] = {{"release", 0},
                                         {"map", 0},
                                         {"sync.Map", 0},
                                         {"header", COL_RIGHT},
                                         {"default", 0}};
    struct table *t = table_new(cols, ARRAY_LEN(cols));
    for (const struct goversion *v = goversions; v->name != NULL; v++) {
        table_text(t, "%s", v->name);
        table_text(t, "%s", map_names[v->map]);
        table_text(t, "%s", syncmap_names[v->syncMap]);
        table_num(t, v->headerBytes);
        table_bool(t, v == modelled);
    }
    return t;
}

static int run(int argc, char **argv)
{
    struct versionFlags f = {0};
    if (flags_parse(&cmd_version, argc, argv, &f) != argc)
        usage_error("version takes no operands");
    struct table *t = releases_table();
    if (f.json) {
        print_json(json_pack("{s:s, s:s, s:s, s:b, s:o}", "hmap", HMAP_VERSION,
                             "arch", ARCH_NAME, "simd", ARCH_SIMD, "aes",
                             aeshash_supported(), "releases", table_json(t)));
    } else {
        printf("hmap %s\n%s, SIMD: %s, AES: %s\n\n", HMAP_VERSION, ARCH_NAME,
               ARCH_SIMD, aeshash_supported() ? "yes" : "no");
        table_print(t);
    }
    table_free(t);
    return EXIT_OK;
}

const struct command cmd_version = {
    .name = "version",
    .args = "",
    .summary = "hmap's own version, and the Go releases that it models",
    .doc =
        "A release's map is made of buckets or a Swiss table, its sync.Map "
        "of two maps or a hash trie; header is what an object with pointers "
        "above 512 bytes carries besides, in bytes. SIMD is what buckets and "
        "groups are searched by, eight bytes at once; with AES a run's maps "
        "hash as Go's do on such a processor, else by Go's fallback.",
    .flags = flags,
    .run = run,
};
