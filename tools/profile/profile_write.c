/*
 * profile_write.c: a profile as gzipped profile.proto.
 *
 * The message structs are protobuf-c's; they and the string table live in a
 * pool of their own until the bytes are out.
 */
#include "tools/profile/profileout.h"

#include "tools/lib/exits.h"
#include "tools/lib/pool.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "tools/profile/pprof.pb-c.h"

struct encoder {
    struct pool *pool;
    Pprof__Profile pb;
    struct byteMap *strings; /* by text: its index, from 1 */
    size_t cap_strings;
};

static int64_t string_index(struct encoder *e, const char *s)
{
    size_t len = strlen(s);
    uintptr_t place = (uintptr_t)bytemap_get(e->strings, s, len);
    if (place)
        return (int64_t)place - 1;
    char *copy = pool_alloc(e->pool, len + 1);
    memcpy(copy, s, len + 1);
    e->pb.string_table =
        array_reserve(e->pb.string_table, &e->cap_strings,
                      e->pb.n_string_table + 1, sizeof(char *));
    e->pb.string_table[e->pb.n_string_table++] = copy;
    place = e->pb.n_string_table;
    bytemap_put(e->strings, s, len, (void *)place);
    return (int64_t)place - 1;
}

static Pprof__ValueType *encode_type(struct encoder *e,
                                     struct profValueType from)
{
    Pprof__ValueType *t = pool_alloc(e->pool, sizeof *t);
    pprof__value_type__init(t);
    t->type = string_index(e, from.type);
    t->unit = string_index(e, from.unit);
    return t;
}

static Pprof__Label *encode_label(struct encoder *e,
                                  const struct profLabel *from)
{
    Pprof__Label *l = pool_alloc(e->pool, sizeof *l);
    pprof__label__init(l);
    l->key = string_index(e, from->key);
    l->str = from->str ? string_index(e, from->str) : 0;
    l->num = from->num;
    l->num_unit = string_index(e, from->unit);
    return l;
}

static Pprof__Sample *encode_sample(struct encoder *e, const struct profile *p,
                                    const struct profSample *from)
{
    Pprof__Sample *s = pool_alloc(e->pool, sizeof *s);
    pprof__sample__init(s);
    s->n_value = p->ntypes;
    s->value = from->values;
    s->n_location_id = from->nlocs;
    s->location_id = pool_alloc(e->pool, from->nlocs * sizeof *s->location_id);
    for (uint32_t i = 0; i < from->nlocs; i++)
        s->location_id[i] = from->locs[i]->id;
    s->n_label = from->nlabels;
    s->label = pool_alloc(e->pool, from->nlabels * sizeof(void *));
    for (uint32_t i = 0; i < from->nlabels; i++)
        s->label[i] = encode_label(e, &from->labels[i]);
    return s;
}

static Pprof__Mapping *encode_mapping(struct encoder *e,
                                      const struct profMapping *from)
{
    Pprof__Mapping *m = pool_alloc(e->pool, sizeof *m);
    pprof__mapping__init(m);
    m->id = from->id;
    m->memory_start = from->start;
    m->memory_limit = from->limit;
    m->file_offset = from->offset;
    m->filename = string_index(e, from->file);
    m->build_id = string_index(e, from->buildid);
    m->has_functions = from->has_functions;
    m->has_filenames = from->has_filenames;
    m->has_line_numbers = from->has_lines;
    m->has_inline_frames = from->has_inlines;
    return m;
}

static Pprof__Location *encode_loc(struct encoder *e,
                                   const struct profLoc *from)
{
    Pprof__Location *l = pool_alloc(e->pool, sizeof *l);
    pprof__location__init(l);
    l->id = from->id;
    l->mapping_id = from->mapping ? from->mapping->id : 0;
    l->address = from->addr;
    l->is_folded = from->folded;
    l->n_line = from->nlines;
    l->line = pool_alloc(e->pool, from->nlines * sizeof(void *));
    for (uint32_t i = 0; i < from->nlines; i++) {
        l->line[i] = pool_alloc(e->pool, sizeof *l->line[i]);
        pprof__line__init(l->line[i]);
        l->line[i]->function_id = from->lines[i].func->id;
        l->line[i]->line = from->lines[i].line;
    }
    return l;
}

static Pprof__Function *encode_func(struct encoder *e,
                                    const struct profFunc *from)
{
    Pprof__Function *f = pool_alloc(e->pool, sizeof *f);
    pprof__function__init(f);
    f->id = from->id;
    f->name = string_index(e, from->name);
    f->system_name = string_index(e, from->sysname);
    f->filename = string_index(e, from->file);
    f->start_line = from->start_line;
    return f;
}

static void encode_header(struct encoder *e, const struct profile *p)
{
    Pprof__Profile *pb = &e->pb;
    string_index(e, ""); /* must be the first */
    pb->drop_frames = string_index(e, p->drop_frames);
    pb->keep_frames = string_index(e, p->keep_frames);
    pb->time_nanos = p->time_nanos;
    pb->duration_nanos = p->duration_nanos;
    pb->period_type = encode_type(e, p->period_type);
    pb->period = p->period;
    pb->default_sample_type = string_index(e, p->default_type);
    pb->comment = pool_alloc(e->pool, p->ncomments * sizeof *pb->comment);
    for (; pb->n_comment < p->ncomments; pb->n_comment++)
        pb->comment[pb->n_comment] =
            string_index(e, p->comments[pb->n_comment]);
}

static void encode_tables(struct encoder *e, const struct profile *p)
{
    Pprof__Profile *pb = &e->pb;
    pb->sample_type = pool_alloc(e->pool, p->ntypes * sizeof(void *));
    for (; pb->n_sample_type < p->ntypes; pb->n_sample_type++)
        pb->sample_type[pb->n_sample_type] =
            encode_type(e, p->types[pb->n_sample_type]);
    pb->sample = pool_alloc(e->pool, p->nsamples * sizeof(void *));
    for (; pb->n_sample < p->nsamples; pb->n_sample++)
        pb->sample[pb->n_sample] =
            encode_sample(e, p, p->samples[pb->n_sample]);
    pb->mapping = pool_alloc(e->pool, p->nmappings * sizeof(void *));
    for (; pb->n_mapping < p->nmappings; pb->n_mapping++)
        pb->mapping[pb->n_mapping] =
            encode_mapping(e, p->mappings[pb->n_mapping]);
    pb->location = pool_alloc(e->pool, p->nlocs * sizeof(void *));
    for (; pb->n_location < p->nlocs; pb->n_location++)
        pb->location[pb->n_location] = encode_loc(e, p->locs[pb->n_location]);
    pb->function = pool_alloc(e->pool, p->nfuncs * sizeof(void *));
    for (; pb->n_function < p->nfuncs; pb->n_function++)
        pb->function[pb->n_function] = encode_func(e, p->funcs[pb->n_function]);
}

/* Deflates all of data, with gzip's header and no time in it. */
static bool write_gzip(uint8_t *data, size_t len, FILE *f)
{
    enum { GzipFormat = 16 + MAX_WBITS, MemLevel = 8, Chunk = 64 << 10 };
    static uint8_t out[Chunk];
    z_stream z = {.next_in = data, .avail_in = (uInt)len};
    if (deflateInit2(&z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, GzipFormat,
                     MemLevel, Z_DEFAULT_STRATEGY) != Z_OK) {
        errno = ENOMEM;
        return false;
    }
    int rc;
    bool ok = true;
    do {
        z.next_out = out;
        z.avail_out = Chunk;
        rc = deflate(&z, Z_FINISH);
        size_t n = Chunk - z.avail_out;
        ok = fwrite(out, 1, n, f) == n;
    } while (ok && rc == Z_OK);
    deflateEnd(&z);
    return ok && rc == Z_STREAM_END;
}

bool profile_write_proto(const struct profile *p, FILE *f)
{
    struct encoder e = {.pool = pool_new(), .strings = bytemap_new()};
    pprof__profile__init(&e.pb);
    encode_header(&e, p);
    encode_tables(&e, p);
    size_t len = pprof__profile__get_packed_size(&e.pb);
    uint8_t *bytes = xcalloc(len, 1);
    pprof__profile__pack(&e.pb, bytes);
    bool ok = write_gzip(bytes, len, f);
    free(bytes);
    free(e.pb.string_table);
    bytemap_free(e.strings);
    pool_free(e.pool);
    return ok;
}
