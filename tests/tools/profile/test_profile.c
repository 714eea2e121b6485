/*
 * test_profile.c: the profile readers on what is whole and on what is broken:
 * every broken input gives NULL and one line, never a crash.
 */
#include "tests/hmaprun.h"

#include "runtime/sched/rand.h"
#include "tools/pprof/pprofreport.h"
#include "tools/profile/profileout.h"
#include "tools/profile/proftext.h"

#include "tools/profile/pprof.pb-c.h"
#include <inttypes.h>
#include <zlib.h>

static const char real[] = "tests/golden/profiles/map_inlined.pb.gz";

static char *slurp_bytes(const char *path, size_t *len)
{
    FILE *f = fopen(path, "rb");
    cr_assert_not_null(f);
    fseek(f, 0, SEEK_END);
    *len = (size_t)ftell(f);
    return read_to_end(f);
}

/* Parses; what is refused must have its one line. */
static struct profile *parse(const void *data, size_t len)
{
    char err[ProfErrorSize];
    memset(err, 'x', sizeof err);
    struct profile *p = profile_parse(data, len, err);
    if (p) {
        cr_expect(profile_check(p, err), "accepted, but: %s", err);
        return p;
    }
    cr_expect(memchr(err, 0, sizeof err) && *err && !strchr(err, '\n'),
              "no line of why");
    return NULL;
}

static void expect_unread(const void *data, size_t len, const char *why)
{
    char err[ProfErrorSize] = "accepted";
    struct profile *p = profile_parse(data, len, err);
    cr_expect_null(p);
    cr_expect(strstr(err, why), "want '%s', got '%s'", why, err);
    profile_free(p);
}

Test(profile, a_real_profile_is_read_whole)
{
    size_t len;
    char *data = slurp_bytes(real, &len);
    struct profile *p = parse(data, len);
    cr_assert_not_null(p);
    cr_expect_eq(p->ntypes, 4);
    cr_expect_str_eq(p->types[3].type, "inuse_space");
    cr_expect_eq(p->period, 1);
    cr_expect_eq(profile_type_index(p, ""), 3);
    cr_expect_eq(profile_type_index(p, "alloc_space"), 1);
    cr_expect_eq(profile_type_index(p, "2"), 2);
    cr_expect_eq(profile_type_index(p, "4"), -1);
    cr_expect_eq(profile_type_index(p, "nonsense"), -1);
    profile_free(p);
    free(data);
}

Test(profile, every_truncation_is_refused_or_whole)
{
    size_t len;
    char *data = slurp_bytes(real, &len);
    for (size_t n = 0; n < len; n++)
        cr_expect_null(parse(data, n), "%zu of %zu bytes accepted", n, len);
    free(data);
}

static struct profile *build(Pprof__Profile *pb)
{
    uint8_t buf[1024];
    cr_assert_lt(pprof__profile__get_packed_size(pb), sizeof buf);
    return parse(buf, pprof__profile__pack(pb, buf));
}

static void expect_proto_refused(Pprof__Profile *pb, const char *why)
{
    uint8_t buf[1024];
    expect_unread(buf, pprof__profile__pack(pb, buf), why);
}

Test(profile, broken_references_are_named)
{
    char *strings[] = {(char[]){""}, (char[]){"objects"}};
    Pprof__ValueType type = PPROF__VALUE_TYPE__INIT;
    Pprof__Sample sample = PPROF__SAMPLE__INIT;
    Pprof__Location loc = PPROF__LOCATION__INIT, other = loc;
    Pprof__Line line = PPROF__LINE__INIT;
    Pprof__Profile pb = PPROF__PROFILE__INIT;
    uint64_t loc_id = 1;
    int64_t value = 7;
    type.type = 1;
    sample.n_value = sample.n_location_id = 1;
    sample.value = &value;
    sample.location_id = &loc_id;
    loc.id = other.id = 1;
    pb.n_string_table = 2;
    pb.string_table = strings;
    pb.n_sample_type = pb.n_sample = pb.n_location = 1;
    pb.sample_type = (Pprof__ValueType *[]){&type};
    pb.sample = (Pprof__Sample *[]){&sample};
    pb.location = (Pprof__Location *[]){&loc, &other};
    struct profile *p = build(&pb);
    cr_expect_not_null(p, "the whole one must be accepted");
    profile_free(p);

    type.type = 2;
    expect_proto_refused(&pb, "no string of index 2");
    type.type = 1;
    loc_id = 9;
    expect_proto_refused(&pb, "missing location 9");
    loc_id = 1;
    pb.n_location = 2;
    expect_proto_refused(&pb, "two locations have the id 1");
    other.id = 0;
    expect_proto_refused(&pb, "reserved id 0");
    pb.n_location = 1;
    loc.n_line = 1;
    loc.line = (Pprof__Line *[]){&line};
    line.function_id = 3;
    expect_proto_refused(&pb, "missing function 3");
    loc.n_line = 0;
    sample.n_value = 0;
    expect_proto_refused(&pb, "values do not match");
}

static uint8_t random_byte(uint64_t *state)
{
    *state += 1;
    return (uint8_t)mix(*state);
}

Test(profile, random_bytes_and_flipped_bits_never_crash)
{
    uint64_t seed = 20240229, state = seed;
    size_t len;
    char *gz = slurp_bytes("tests/golden/profiles/map_set.sampled.pb.gz", &len);
    static uint8_t plain[1 << 16];
    uint8_t noise[512];
    z_stream z = {.next_in = (Bytef *)gz,
                  .avail_in = (uInt)len,
                  .next_out = plain,
                  .avail_out = sizeof plain};
    cr_assert_eq(inflateInit2(&z, 31), Z_OK);
    cr_assert_eq(inflate(&z, Z_FINISH), Z_STREAM_END);
    size_t n = z.total_out;
    inflateEnd(&z);
    cr_log_info("seed %" PRIu64, seed);
    for (int round = 0; round < 3000; round++) {
        for (size_t i = 0; i < sizeof noise; i++)
            noise[i] = random_byte(&state);
        profile_free(parse(noise, sizeof noise));
        size_t at = (random_byte(&state) << 8 | random_byte(&state)) % n;
        uint8_t was = plain[at];
        plain[at] ^= (uint8_t)(1 << random_byte(&state) % 8);
        profile_free(parse(plain, n));
        plain[at] = was;
    }
    free(gz);
}

/* 1 MB of zeros deflates to 1 kB: a bomb of a few hundred of these. */
Test(profile, a_gzip_bomb_is_refused_at_the_limit)
{
    static uint8_t zeros[1 << 20], bomb[1 << 20];
    z_stream z = {.next_out = bomb, .avail_out = sizeof bomb};
    cr_assert_eq(deflateInit2(&z, 9, Z_DEFLATED, 31, 8, 0), Z_OK);
    for (int i = 0; i <= ProfMaxInflated >> 20; i++) {
        z.next_in = zeros;
        z.avail_in = sizeof zeros;
        cr_assert_eq(deflate(&z, Z_NO_FLUSH), Z_OK);
    }
    cr_assert_eq(deflate(&z, Z_FINISH), Z_STREAM_END);
    expect_unread(bomb, z.total_out, "unpacks to more than 256 MB");
    deflateEnd(&z);
}

/* Two bytes open a sample: a message that takes fifty times as much. */
Test(profile, a_protobuf_bomb_is_refused_at_the_limit)
{
    size_t len = 64 << 20;
    uint8_t *bytes = malloc(len);
    cr_assert_not_null(bytes);
    for (size_t i = 0; i < len; i += 2) {
        bytes[i] = 2 << 3 | 2;
        bytes[i + 1] = 0;
    }
    expect_unread(bytes, len, "more than 1024 MB in memory");
    free(bytes);
}

Test(profile, lengths_beyond_the_end_are_refused)
{
    static const uint8_t huge[] = {0x32, 0xff, 0xff, 0xff, 0xff,
                                   0xff, 0xff, 0xff, 0xff, 0x7f};
    static const uint8_t endless[] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                      0xff, 0xff, 0xff, 0xff, 0xff};
    expect_unread(huge, sizeof huge, "not a profile");
    expect_unread(endless, sizeof endless, "not a profile");
    expect_unread("", 0, "empty");
    expect_unread("\x1f\x8b\x08", 3, "gzip");
}

Test(profile, text_mistakes_name_the_line)
{
    static const char bad_header[] = "heap profile: x\n";
    static const char bad_record[] = "heap profile: 1: 8 [2: 16] @ heap/2\n"
                                     "1: 8 [2: 16] @ 0x10\nrubbish\n";
    static const char no_objects[] = "heap profile: 1: 8 [2: 16] @ heap/2\n"
                                     "0: 8 [2: 16] @ 0x10\n";
    expect_unread(bad_header, sizeof bad_header - 1, "line 1: want 'heap");
    expect_unread(bad_record, sizeof bad_record - 1, "line 3: want 'N: N");
    expect_unread(no_objects, sizeof no_objects - 1,
                  "line 2: bytes without objects");
}

/* What cannot be read is in no sum: so there is none. */
Test(profile, garbled_lines_of_a_log_are_named_and_counted)
{
#define WHOLE                                        \
    "tracealloc(0xc000010000, 0x30, runtime.hmap)\n" \
    "goroutine 1 [running]:\nmain.f(...)\n\t/src/a.go:3 +0x1\n\n"
    static const struct {
        const char *log, *says;
    } rows[] = {
        {WHOLE "tracealloc(0xc000010000, 0xffffffffffffffff, int)\n", "line 6"},
        {WHOLE "tracealloc(0xc000010000, 0x1000000000000, int)\n", "line 6"},
        {WHOLE "tracealloc(0xc000010000, 0x3\n" WHOLE "tracefree(0xc0000\n",
         "line 6 is no 'tracealloc(0xADDR, 0xSIZE, TYPE)' and no "
         "'tracefree(0xADDR, 0xSIZE)', one of 2 such lines"},
        {WHOLE "tracealloc(0xc00tracealloc(0xc000010000, 0x30, int)\n", "one"},
        {WHOLE "tracealloc(0x-1, 0x30, int)\n", "line 6"},
    };
#undef WHOLE
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        expect_unread(rows[i].log, strlen(rows[i].log), rows[i].says);
}

/* Insertion took a minute for so many. */
Test(profile, many_labels_are_sorted_and_keep_their_order, .timeout = 20)
{
    enum { Labels = 100000, Names = 1000 };
    static char names[Names][16];
    struct profile *p = profile_new();
    struct profSample *s = profile_add_sample(p, 0, Labels);
    for (int i = 0; i < Names; i++)
        snprintf(names[i], sizeof names[i], "k%d", i);
    for (uint32_t i = 0; i < Labels; i++)
        s->labels[i] = (struct profLabel){.key = names[i * 7919 % Names],
                                          .str = i % 2 ? "v" : NULL,
                                          .num = i};
    sample_sort_labels(s);
    for (uint32_t i = 1; i < Labels; i++) {
        const struct profLabel *a = &s->labels[i - 1], *b = &s->labels[i];
        cr_assert(a->str || !b->str, "%u: strings come first", i);
        int c = !a->str == !b->str ? strcmp(a->key, b->key) : -1;
        cr_assert(c < 0 || (c == 0 && a->num < b->num), "%u", i);
    }
    profile_free(p);
}

Test(profile, a_log_follows_objects_to_their_end)
{
    static const char log[] = "hello\n"
                              "tracealloc(0xc000010000, 0x30, runtime.hmap)\n"
                              "goroutine 1 [running]:\n"
                              "runtime.mallocgc(0x30, 0x1, 0x1)\n"
                              "\t/go/malloc.go:9 +0x1\n"
                              "main.f(...)\n\t/src/a.go:3 +0x1\n\n"
                              "tracealloc(0xc000020000, 0x30, runtime.hmap)\n"
                              "goroutine 1 [running]:\n"
                              "runtime.mallocgc(0x30, 0x1, 0x1)\n"
                              "\t/go/malloc.go:9 +0x1\n"
                              "main.f(...)\n\t/src/a.go:3 +0x1\n\n"
                              "tracefree(0xc000010000, 0x30)\n\n";
    struct profile *p = parse(log, sizeof log - 1);
    cr_assert_not_null(p);
    cr_assert_eq(p->nsamples, 1);
    const struct profSample *s = p->samples[0];
    cr_expect_eq(s->values[ALLOC_OBJECTS], 2);
    cr_expect_eq(s->values[INUSE_OBJECTS], 1);
    cr_expect_eq(s->values[INUSE_SPACE], 48);
    cr_expect_str_eq(sample_label(s, "type"), "runtime.hmap");
    cr_assert_eq(s->nlocs, 2);
    cr_expect_str_eq(s->locs[1]->lines[0].func->name, "main.f");
    cr_expect_str_eq(s->locs[1]->lines[0].func->file, "/src/a.go");
    cr_expect_eq(s->locs[1]->lines[0].line, 3);
    profile_free(p);
}

/* Written and read again, nothing is lost. */
Test(profile, a_profile_survives_being_written)
{
    char err[ProfErrorSize];
    struct profile *p = profile_read(real, err), *again;
    FILE *f = tmpfile();
    cr_assert(p && f);
    cr_assert(profile_write_proto(p, f));
    size_t len = (size_t)ftell(f);
    char *bytes = read_to_end(f);
    again = parse(bytes, len);
    cr_assert_not_null(again);
    cr_assert_eq(again->nsamples, p->nsamples);
    for (size_t i = 0; i < p->nsamples; i++) {
        const struct profSample *a = p->samples[i], *b = again->samples[i];
        cr_expect_arr_eq(a->values, b->values, 4 * sizeof *a->values);
        cr_assert_eq(a->nlocs, b->nlocs);
        cr_expect_eq(sample_num_label(a, "bytes"),
                     sample_num_label(b, "bytes"));
        for (uint32_t j = 0; j < a->nlocs; j++)
            cr_expect_str_eq(a->locs[j]->lines[0].func->name,
                             b->locs[j]->lines[0].func->name);
    }
    free(bytes);
    profile_free(p);
    profile_free(again);
}

Test(profile, a_merge_with_its_own_negative_is_empty)
{
    char err[ProfErrorSize];
    struct profile *a = profile_read(real, err), *b = profile_read(real, err);
    for (size_t i = 0; i < b->nsamples; i++)
        for (size_t t = 0; t < b->ntypes; t++)
            b->samples[i]->values[t] *= -1;
    struct profile *m = profile_merge((struct profile *[]){a, b}, 2, err);
    cr_assert_not_null(m);
    cr_expect_eq(m->nsamples, 0);
    cr_expect_eq(m->nlocs, 0, "locations that no sample uses are gone");
    profile_free(a);
    profile_free(b);
    profile_free(m);
}

/* Found by the fuzzer: a count whose scaled value no integer holds. */
Test(profile, a_scaled_count_beyond_every_integer_is_the_largest)
{
    static const char text[] =
        "heap profile: 1: 1 [9223372036854775807: 9223372036854775807] @ "
        "heap/9000000000000000000\n"
        "1: 1 [9223372036854775807: 9223372036854775807] @ 0x10\n";
    struct profile *p = parse(text, sizeof text - 1);
    cr_assert_not_null(p);
    cr_expect_eq(p->samples[0]->values[ALLOC_OBJECTS], INT64_MAX);
    profile_free(p);
}
