/*
 * profile_pb.c: profile.proto bytes into a profile.
 *
 *     bytes --protobuf-c--> Pprof__Profile --this file--> struct profile
 *
 * The bytes are a stranger's. The decoder's memory comes from a budget, so that
 * two bytes that open a hundred-byte message a million times end in an error
 * and not in swap; every id and string index is checked before it is used.
 */
#include "tools/lib/exits.h"
#include "tools/profile/profile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/profile/pprof.pb-c.h"

/* What the decoder may still take. Its pieces are freed together: freed one by
 * one they took libc as long as all the decoding. */
struct budget {
    struct pool *pool;
    size_t left;
    bool spent;
};

static void *budget_alloc(void *data, size_t size)
{
    struct budget *b = data;
    if (size > b->left) {
        b->spent = true;
        return NULL;
    }
    b->left -= size;
    return pool_alloc(b->pool, size);
}

static void budget_free(void *data, void *p)
{
    (void)data;
    (void)p;
}

/* An id and the element that has it, sorted by id to be looked up. */
struct idEntry {
    uint64_t id;
    void *element;
};

struct idTable {
    struct idEntry *entries;
    size_t n;
};

/* The state of one conversion. The first error wins and stops the rest. */
struct decoding {
    const Pprof__Profile *pb;
    struct profile *p;
    const char **strings; /* interned, by index of the string table */
    struct idTable mappings, functions, locations;
    char *err;
    bool failed;
};

static void fail(struct decoding *d, const char *what, uint64_t id)
{
    if (!d->failed)
        snprintf(d->err, ProfErrorSize, "malformed profile: %s %llu", what,
                 (unsigned long long)id);
    d->failed = true;
}

static const char *string_at(struct decoding *d, int64_t index)
{
    if (index < 0 || (uint64_t)index >= d->pb->n_string_table) {
        fail(d, "no string of index", (uint64_t)index);
        return "";
    }
    return d->strings[index];
}

static int entry_order(const void *a, const void *b)
{
    uint64_t x = ((const struct idEntry *)a)->id;
    uint64_t y = ((const struct idEntry *)b)->id;
    return x < y ? -1 : x > y;
}

static void idtable_sort(struct idTable *t)
{
    qsort(t->entries, t->n, sizeof *t->entries, entry_order);
}

/* Go numbers them from 1 on without a gap. */
static void *idtable_find(const struct idTable *t, uint64_t id)
{
    if (id - 1 < t->n && t->entries[id - 1].id == id)
        return t->entries[id - 1].element;
    struct idEntry want = {id, NULL};
    struct idEntry *e =
        bsearch(&want, t->entries, t->n, sizeof want, entry_order);
    return e ? e->element : NULL;
}

static void idtable_reserve(struct idTable *t, size_t n)
{
    t->entries = xcalloc(n, sizeof *t->entries);
}

static void idtable_add(struct idTable *t, uint64_t id, void *element)
{
    t->entries[t->n++] = (struct idEntry){id, element};
}

static void decode_strings(struct decoding *d)
{
    size_t n = d->pb->n_string_table;
    d->strings = xcalloc(n, sizeof *d->strings);
    for (size_t i = 0; i < n; i++)
        d->strings[i] = pool_intern(d->p->pool, d->pb->string_table[i]);
    if (n && *d->strings[0])
        fail(d, "the first string is not empty, but of length",
             strlen(d->strings[0]));
}

static void decode_mappings(struct decoding *d)
{
    idtable_reserve(&d->mappings, d->pb->n_mapping);
    for (size_t i = 0; i < d->pb->n_mapping; i++) {
        const Pprof__Mapping *pm = d->pb->mapping[i];
        struct profMapping *m = profile_add_mapping(d->p);
        m->id = pm->id;
        m->start = pm->memory_start;
        m->limit = pm->memory_limit;
        m->offset = pm->file_offset;
        m->file = string_at(d, pm->filename);
        m->buildid = string_at(d, pm->build_id);
        m->has_functions = pm->has_functions;
        m->has_filenames = pm->has_filenames;
        m->has_lines = pm->has_line_numbers;
        m->has_inlines = pm->has_inline_frames;
        idtable_add(&d->mappings, m->id, m);
    }
    idtable_sort(&d->mappings);
}

static void decode_functions(struct decoding *d)
{
    idtable_reserve(&d->functions, d->pb->n_function);
    for (size_t i = 0; i < d->pb->n_function; i++) {
        const Pprof__Function *pf = d->pb->function[i];
        struct profFunc *f = profile_add_func(d->p);
        f->id = pf->id;
        f->name = string_at(d, pf->name);
        f->sysname = string_at(d, pf->system_name);
        f->file = string_at(d, pf->filename);
        f->start_line = pf->start_line;
        idtable_add(&d->functions, f->id, f);
    }
    idtable_sort(&d->functions);
}

static void decode_location(struct decoding *d, const Pprof__Location *pl)
{
    struct profLoc *l = profile_add_loc(d->p, pl->n_line);
    l->id = pl->id;
    l->addr = pl->address;
    l->folded = pl->is_folded;
    if (pl->mapping_id)
        l->mapping = idtable_find(&d->mappings, pl->mapping_id);
    for (size_t i = 0; i < pl->n_line; i++) {
        uint64_t id = pl->line[i]->function_id;
        l->lines[i].line = pl->line[i]->line;
        l->lines[i].func = idtable_find(&d->functions, id);
        if (!l->lines[i].func)
            fail(d, "a line names the missing function", id);
    }
    idtable_add(&d->locations, l->id, l);
}

static void decode_locations(struct decoding *d)
{
    idtable_reserve(&d->locations, d->pb->n_location);
    for (size_t i = 0; i < d->pb->n_location; i++)
        decode_location(d, d->pb->location[i]);
    idtable_sort(&d->locations);
}

/* A label of neither text, number nor unit says nothing and is dropped. */
static void decode_labels(struct decoding *d, const Pprof__Sample *ps,
                          struct profSample *s)
{
    s->nlabels = 0;
    for (size_t i = 0; i < ps->n_label; i++) {
        const Pprof__Label *pl = ps->label[i];
        if (!pl->str && !pl->num && !pl->num_unit)
            continue;
        struct profLabel *l = &s->labels[s->nlabels++];
        l->key = string_at(d, pl->key);
        l->str = pl->str ? string_at(d, pl->str) : NULL;
        l->num = pl->num;
        l->unit = string_at(d, pl->num_unit);
    }
    sample_sort_labels(s);
}

static void decode_sample(struct decoding *d, const Pprof__Sample *ps)
{
    if (ps->n_value != d->p->ntypes) { /* profile.1 */
        fail(d, "a sample's values do not match the sample types; it has",
             ps->n_value);
        return;
    }
    struct profSample *s =
        profile_add_sample(d->p, ps->n_location_id, ps->n_label);
    for (size_t i = 0; i < ps->n_value; i++)
        s->values[i] = ps->value[i];
    for (size_t i = 0; i < ps->n_location_id; i++) {
        s->locs[i] = idtable_find(&d->locations, ps->location_id[i]);
        if (!s->locs[i]) {
            fail(d, "a sample names the missing location", ps->location_id[i]);
            return;
        }
    }
    decode_labels(d, ps, s);
}

static void decode_header(struct decoding *d)
{
    const Pprof__Profile *pb = d->pb;
    struct profile *p = d->p;
    for (size_t i = 0; i < pb->n_sample_type; i++)
        profile_add_type(p, string_at(d, pb->sample_type[i]->type),
                         string_at(d, pb->sample_type[i]->unit));
    for (size_t i = 0; i < pb->n_comment; i++)
        profile_add_comment(p, string_at(d, pb->comment[i]));
    p->default_type = string_at(d, pb->default_sample_type);
    p->drop_frames = string_at(d, pb->drop_frames);
    p->keep_frames = string_at(d, pb->keep_frames);
    p->time_nanos = pb->time_nanos;
    p->duration_nanos = pb->duration_nanos;
    p->period = pb->period;
    if (pb->period_type) {
        p->period_type.type = string_at(d, pb->period_type->type);
        p->period_type.unit = string_at(d, pb->period_type->unit);
    }
}

static void decode_profile(struct decoding *d)
{
    decode_strings(d);
    decode_header(d);
    decode_mappings(d);
    decode_functions(d);
    decode_locations(d);
    for (size_t i = 0; i < d->pb->n_sample && !d->failed; i++)
        decode_sample(d, d->pb->sample[i]);
    char why[ProfErrorSize];
    if (!d->failed && !profile_check(d->p, why)) {
        snprintf(d->err, ProfErrorSize, "malformed profile: %.150s", why);
        d->failed = true;
    }
    free(d->strings);
    free(d->mappings.entries);
    free(d->functions.entries);
    free(d->locations.entries);
}

struct profile *profile_parse_proto(const uint8_t *data, size_t len, char *err)
{
    struct budget budget = {pool_new(), ProfMaxMemory, false};
    ProtobufCAllocator from_budget = {budget_alloc, budget_free, &budget};
    Pprof__Profile *pb = pprof__profile__unpack(&from_budget, len, data);
    if (!pb) {
        snprintf(err, ProfErrorSize,
                 budget.spent ? "the profile takes more than %d MB in memory"
                              : "not a profile that can be read: want .pb.gz, "
                                "debug=1 text or an allocfreetrace log",
                 ProfMaxMemory >> 20);
        pool_free(budget.pool);
        return NULL;
    }
    struct decoding d = {.pb = pb, .p = profile_new(), .err = err};
    decode_profile(&d);
    pool_free(budget.pool);
    if (!d.failed)
        return d.p;
    profile_free(d.p);
    return NULL;
}
