/*
 * test_goname.c: C names and files become Go names.
 */
#include "runtime/prof/goname.h"
#include <criterion/criterion.h>
#include <string.h>

static const char *named(const char *file, const char *cname)
{
    static char name[MaxGoName];
    goname(goname_package(file), cname, name, sizeof(name));
    return name;
}

Test(goname, a_room_is_a_package)
{
    cr_assert_str_eq(goname_package("runtime/base/throw.c"), "runtime");
    cr_assert_str_eq(goname_package("alloc/malloc.c"), "runtime");
    cr_assert_str_eq(goname_package("map/classic/map.c"), "runtime");
    cr_assert_str_eq(goname_package("map/sync/syncmap.c"), "sync");
    cr_assert_str_eq(goname_package("map/sync/shardmap.c"), "main");
    cr_assert_str_eq(goname_package("tools/scenarios/fill.c"), "main");
    cr_assert_str_eq(goname_package("tests/map/classic/test_map.c"), "main");
}

Test(goname, other_files_have_no_package)
{
    cr_assert_null(goname_package("../sysdeps/x86/start.c"));
    cr_assert_null(goname_package("/usr/include/uthash.h"));
    cr_assert_null(goname_package("mapped/x.c"));
    cr_assert_null(goname_package(""));
}

Test(goname, functions_keep_their_spelling)
{
    cr_assert_str_eq(named("map/classic/map.c", "makeBucketArray"),
                     "runtime.makeBucketArray");
    cr_assert_str_eq(named("map/classic/mapfast.c", "mapassign_fast64"),
                     "runtime.mapassign_fast64");
    cr_assert_str_eq(named("tools/scenarios/fill.c", "fill"), "main.fill");
}

Test(goname, receiver_types_make_methods)
{
    cr_assert_str_eq(named("map/classic/map.c", "hmap_newoverflow"),
                     "runtime.(*hmap).newoverflow");
    cr_assert_str_eq(named("alloc/mcache.c", "mcache_refill"),
                     "runtime.(*mcache).refill");
    cr_assert_str_eq(named("map/sync/syncmap.c", "Map_Store"),
                     "sync.(*Map).Store");
    cr_assert_str_eq(named("map/sync/syncmap.c", "entry_tryStore"),
                     "sync.(*entry).tryStore");
    cr_assert_str_eq(named("map/sync/syncmap.c", "newEntry"), "sync.newEntry");
}

Test(goname, a_receiver_type_is_a_whole_word)
{
    cr_assert_str_eq(named("map/classic/map.c", "hmapx_grow"),
                     "runtime.hmapx_grow");
    cr_assert_str_eq(named("map/classic/map.c", "hmap_"), "runtime.hmap_");
    cr_assert_str_eq(named("map/classic/map.c", "hmap"), "runtime.hmap");
    cr_assert_str_eq(named("tools/cli/main.c", "hmap_grow"), "main.hmap_grow");
}

Test(goname, compiler_suffixes_are_dropped)
{
    cr_assert_str_eq(named("map/classic/mapgrow.c", "evacuate.constprop.0"),
                     "runtime.evacuate");
    cr_assert_str_eq(named("map/classic/map.c", "hmap_createOverflow.isra.0"),
                     "runtime.(*hmap).createOverflow");
}

Test(goname, long_names_are_cut_not_overrun)
{
    char name[12];
    goname("runtime", "makeBucketArray", name, sizeof(name));
    cr_assert_str_eq(name, "runtime.mak");
}
