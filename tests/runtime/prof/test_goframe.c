/*
 * test_goframe.c: what the frames of real stacks say, written leaf first.
 */
#include "runtime/prof/goframe.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define MAPS "internal/runtime/maps."

/* The cause that the frames of stack tell; *blamed gets the first that is not
 * machinery. */
static struct goCause cause_of(const char *stack, const char **blamed)
{
    static char words[1024], name[128];
    struct goCause c = {.role = GO_NONE};
    strcpy(words, stack);
    *blamed = "";
    for (char *w = strtok(words, " "); w; w = strtok(NULL, " ")) {
        snprintf(name, sizeof name, "%s%s", strchr(w, '.') ? "" : "runtime.",
                 w);
        /* (*hmap).newoverflow has a dot and no package. */
        if (w[0] == '(')
            snprintf(name, sizeof name, "runtime.%s", w);
        *blamed = name;
        if (!gocause_add(&c, name))
            break;
    }
    return c;
}

static enum goRole role_of(const char *stack)
{
    const char *blamed;
    enum goRole role = cause_of(stack, &blamed).role;
    cr_assert_str_eq(blamed, "main.f", "%s: %s", stack, blamed);
    return role;
}

Test(goframe, how_memory_was_asked_for)
{
    cr_assert_eq(role_of("mallocgc newobject main.f"), GO_OBJECT);
    cr_assert_eq(role_of("main.f"), GO_NONE);
    cr_assert_eq(role_of("mallocgcSmallScanNoHeaderSC4 main.f"), GO_MALLOC);
    cr_assert_eq(role_of("mallocgc makeslice main.f"), GO_MAKE);
    cr_assert_eq(role_of("mallocgc growslice main.f"), GO_APPEND);
    cr_assert_eq(role_of("mallocgc growslice growsliceBuf main.f"), GO_APPEND);
    cr_assert_eq(role_of("mallocgc rawstring rawstringtmp concatstrings "
                         "concatstring2 main.f"),
                 GO_STRING);
    cr_assert_eq(role_of("slicebytetostring main.f"), GO_STRING);
    cr_assert_eq(role_of("mallocgc convT64 main.f"), GO_BOX);
    cr_assert_eq(role_of("makechan main.f"), GO_CHANNEL);
    cr_assert_eq(
        role_of("newobject malg newproc1 runtime.newproc.func1 systemstack "
                "newproc main.f"),
        GO_GOROUTINE);
    cr_assert_eq(role_of("newobject newdefer deferproc main.f"), GO_DEFER);
    cr_assert_eq(role_of("gobytes main.f"), GO_CGO);
    cr_assert_eq(role_of("mallocgc reflect.unsafe_New main.f"), GO_REFLECT);
    cr_assert_eq(role_of("doInit1 main.f"), GO_RUNTIME);
}

Test(goframe, the_parts_of_a_map_of_buckets)
{
    cr_assert_eq(role_of("newobject makemap_small main.f"), GO_MAP_HEADER);
    cr_assert_eq(role_of("newarray makeBucketArray hashGrow mapassign_fast64 "
                         "main.f"),
                 GO_MAP_ARRAY);
    cr_assert_eq(role_of("newobject hashGrow mapassign_faststr main.f"),
                 GO_MAP_BOOK);
    cr_assert_eq(role_of("newobject (*hmap).createOverflow "
                         "(*hmap).newoverflow mapassign main.f"),
                 GO_MAP_BOOK);
    cr_assert_eq(role_of("growslice (*hmap).newoverflow evacuate growWork "
                         "mapassign main.f"),
                 GO_MAP_BOOK);
    cr_assert_eq(role_of("newobject (*hmap).newoverflow mapassign main.f"),
                 GO_MAP_OVERFLOW);
    cr_assert_eq(role_of("newobject mapassign_fast64 main.f"), GO_MAP_ASSIGN);
    cr_assert_eq(role_of("newobject mapassign main.f"), GO_MAP_ASSIGN);
}

Test(goframe, the_parts_of_a_swiss_map)
{
    static const struct {
        const char *stack;
        enum goRole role;
    } cases[] = {
        {"newobject " MAPS "NewEmptyMap makemap_small main.f", GO_MAP_HEADER},
        {"newobject " MAPS "NewMap makemap main.f", GO_MAP_HEADER},
        {"makeslice " MAPS "NewMap makemap main.f", GO_MAP_DIRECTORY},
        {"newobject " MAPS "newTable " MAPS "NewMap makemap main.f",
         GO_MAP_TABLE},
        {"newarray " MAPS "newarray " MAPS "newGroups " MAPS
         "(*table).reset " MAPS "newTable " MAPS
         "(*Map).growToTable mapassign_fast64 main.f",
         GO_MAP_ARRAY},
        {"newobject " MAPS "newTable " MAPS "(*Map).growToTable mapassign "
         "main.f",
         GO_MAP_TABLE},
        {"newobject " MAPS "(*Map).growToTable mapassign main.f",
         GO_MAP_DIRECTORY},
        {MAPS "newarray " MAPS "newGroups " MAPS "(*Map).growToSmall "
              "mapassign_faststr main.f",
         GO_MAP_FIRST},
        {"makeslice " MAPS "(*Map).installTableSplit " MAPS
         "(*table).split " MAPS "(*table).rehash mapassign_fast64 main.f",
         GO_MAP_DIRECTORY},
        {MAPS "newobject " MAPS "(*Map).putSlotSmall mapassign main.f",
         GO_MAP_ENTRY},
        {MAPS "newobject " MAPS "cloneGroup " MAPS "(*table).clone " MAPS
              "(*Map).Clone main.f",
         GO_MAP_ENTRY},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        cr_expect_eq(role_of(cases[i].stack), cases[i].role, "%s: %d",
                     cases[i].stack, role_of(cases[i].stack));
}

Test(goframe, hints_clones_reflection_and_sync)
{
    const char *blamed;
    struct goCause c =
        cause_of("newarray makeBucketArray makemap main.f", &blamed);
    cr_assert(c.map && c.hinted && !c.swiss && !c.cloned && !c.syncmap);
    c = cause_of("newarray makeBucketArray makemap_small main.f", &blamed);
    cr_assert(!c.hinted);
    c = cause_of("newobject " MAPS "NewMap makemap reflect.makemap "
                 "reflect.MakeMapWithSize main.f",
                 &blamed);
    cr_assert(c.swiss && c.hinted);
    cr_assert_str_eq(blamed, "reflect.MakeMapWithSize");
    c = cause_of("newarray makeBucketArray makemap mapclone2 maps.clone "
                 "maps.Clone[...] main.f",
                 &blamed);
    cr_assert(c.cloned);
    cr_assert_str_eq(blamed, "maps.Clone[...]");
    c = cause_of(
        "newarray makeBucketArray hashGrow mapassign sync.(*Map).Store "
        "main.f",
        &blamed);
    cr_assert(c.syncmap && c.role == GO_MAP_ARRAY);
    cr_assert_str_eq(blamed, "main.f");
    c = cause_of("newobject sync.newEntry sync.(*Map).Store main.f", &blamed);
    cr_assert(c.syncmap && c.role == GO_SYNCMAP && !c.map);
}

Test(goframe, type_arguments_may_be_written_out)
{
    cr_assert_eq(goframe_role("internal/sync.newEntryNode[...]"),
                 GO_TRIE_ENTRY);
    cr_assert_eq(goframe_role("internal/sync.newIndirectNode[go.shape."
                              "interface {},go.shape.[]int]"),
                 GO_TRIE_NODE);
    cr_assert_eq(goframe_role("internal/sync.(*HashTrieMap[...]).Swap"),
                 GO_RUNTIME);
    cr_assert_eq(goframe_role("internal/sync.(*HashTrieMap[...]"), GO_NONE);
    cr_assert_eq(goframe_role("main.Set[...]"), GO_NONE);
}

Test(goframe, which_release_has_what)
{
    const struct goversion *classic = goversion_named("1.19");
    const struct goversion *swiss = goversion_named("1.24");
    const struct goversion *newest = goversion_named("1.27");
    cr_assert_eq(goframe_has(classic, "runtime.makeBucketArray"), GO_HAS);
    cr_assert_eq(goframe_has(swiss, "runtime.makeBucketArray"), GO_HAS_NOT);
    cr_assert_eq(goframe_has(classic, "runtime.makemap_slow"), GO_HAS_NOT);
    cr_assert_eq(goframe_has(classic, "runtime.makeBucketShift"), GO_HAS_NOT);
    cr_assert_eq(goframe_has(swiss, MAPS "(*table).grow"), GO_HAS);
    cr_assert_eq(goframe_has(swiss, "runtime.mallocgcTiny"), GO_HAS);
    cr_assert_eq(goframe_has(swiss, "runtime.mallocgcTinySC2"), GO_HAS_NOT);
    cr_assert_eq(goframe_has(newest, "runtime.mallocgcTinySC2"), GO_HAS);
    cr_assert(goframe_is_ours("runtime.makemap_slow"));
    cr_assert(goframe_is_ours("runtime.makemap_slow (not Go's)"));
    cr_assert_not(goframe_is_ours("runtime.makemap"));
}

Test(goframe, what_profiles_and_tracebacks_hide)
{
    const struct goversion *old = goversion_named("1.23");
    const struct goversion *new = goversion_named("1.24");
    cr_assert(goframe_hidden(old, "runtime.mapassign"));
    cr_assert_not(goframe_hidden(old, MAPS "newTable"));
    cr_assert(goframe_hidden(new, MAPS "newTable"));
    cr_assert_not(goframe_hidden(new, "internal/sync.newEntryNode[...]"));
    cr_assert_not(goframe_hidden(new, "runtime/pprof.Lookup"));
    cr_assert(goframe_in_traceback("runtime.GC"));
    cr_assert(goframe_in_traceback("main.f"));
    cr_assert_not(goframe_in_traceback("runtime.mapassign"));
    cr_assert(goframe_is_machinery("reflect.mapassign_faststr"));
    cr_assert_not(goframe_is_machinery("reflect.MakeMap"));
}

Test(goframe, the_function_that_carves_an_object_out)
{
    static const struct goMalloc tiny = {16, 2, true, true};
    static const struct goMalloc scan80 = {80, 7, false, false};
    static const struct goMalloc scan96 = {96, 8, false, false};
    static const struct goMalloc noscan16 = {16, 2, true, false};
    static const struct goMalloc scan576 = {576, 30, false, false};
    const struct goversion *v = goversion_named("1.27");
    cr_assert_null(goframe_malloc(goversion_named("1.23"), &tiny));
    cr_assert_str_eq(goframe_malloc(goversion_named("1.24"), &tiny),
                     "runtime.mallocgcTiny");
    cr_assert_str_eq(goframe_malloc(v, &tiny), "runtime.mallocgcTinySC2");
    cr_assert_str_eq(goframe_malloc(v, &noscan16),
                     "runtime.mallocgcSmallNoScanSC2");
    cr_assert_str_eq(goframe_malloc(v, &scan80),
                     "runtime.mallocgcSmallScanNoHeaderSC7");
    cr_assert_str_eq(goframe_malloc(v, &scan96),
                     "runtime.mallocgcSmallScanNoHeader");
    cr_assert_str_eq(goframe_malloc(v, &scan576),
                     "runtime.mallocgcSmallScanHeader");
    cr_assert(goframe_specialised(v, &scan80, "main.f"));
    cr_assert(
        goframe_specialised(v, &scan80, "internal/sync.newEntryNode[...]"));
    cr_assert_not(goframe_specialised(v, &scan80, MAPS "newTable"));
    cr_assert_not(goframe_specialised(v, &scan96, "main.f"));
}

Test(goframe, functions_tell_of_their_release)
{
    cr_assert_eq(goframe_tells("runtime.(*hmap).newoverflow"),
                 GO_TELLS_BUCKETS);
    cr_assert_eq(goframe_tells(MAPS "newTable"), GO_TELLS_SWISS);
    cr_assert_eq(goframe_tells("runtime.mallocgc"), GO_TELLS_MALLOCGC);
    cr_assert_eq(goframe_tells("runtime.mallocgcTinySC2"),
                 GO_TELLS_MALLOCGC | GO_TELLS_SPECIALISED);
    cr_assert_eq(goframe_tells("main.main"), 0);
}
