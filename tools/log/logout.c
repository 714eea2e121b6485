/*
 * logout.c: one schema, two forms.
 */
#include "tools/log/logout.h"
#include "runtime/prof/memprofile.h"
#include "tools/lib/exits.h"
#include "tools/lib/pool.h"
#include "tools/lib/text.h"
#include "tools/log/eventlog.h"
#include "tools/log/names.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

static const char *word_of(enum fieldKind kind, int64_t value)
{
    if (kind == FIELD_OP)
        return op_words[value];
    if (kind == FIELD_TIER)
        return tier_names[value];
    return why_words[value];
}

/* --- lines -------------------------------------------------------------- */

static void write_text(FILE *f, const char *text)
{
    if (text == NULL) {
        fputs("null", f);
        return;
    }
    json_t *s = json_string(valid_utf8(text));
    json_dumpf(s, f, JSON_ENCODE_ANY);
    json_decref(s);
}

static void write_bytes(FILE *f, const struct event *e)
{
    putc('"', f);
    for (size_t i = 0; i < e->nbytes; i++)
        fprintf(f, "%02x", e->bytes[i]);
    putc('"', f);
}

static void write_list(FILE *f, const struct event *e, bool names)
{
    putc('[', f);
    for (size_t i = 0; i < e->nlist; i++) {
        if (i > 0)
            putc(',', f);
        if (names)
            write_text(f, names_text(e->list[i]));
        else
            fprintf(f, "%u", e->list[i]);
    }
    putc(']', f);
}

static void write_value(FILE *f, const struct event *e, enum fieldKind kind,
                        int64_t value)
{
    switch (kind) {
    case FIELD_NUM:
    case FIELD_CHAIN:
        fprintf(f, "%" PRId64, value);
        return;
    case FIELD_NAME:
        write_text(f, names_text((uint32_t)value));
        return;
    case FIELD_HEX:
        if (value == 0)
            fputs("null", f);
        else
            fprintf(f, "\"0x%" PRIx64 "\"", (uint64_t)value);
        return;
    case FIELD_BYTES:
        write_bytes(f, e);
        return;
    case FIELD_LIST:
    case FIELD_NAMES:
        write_list(f, e, kind == FIELD_NAMES);
        return;
    case FIELD_OP:
    case FIELD_TIER:
    case FIELD_WHY:
        fprintf(f, "\"%s\"", word_of(kind, value));
        return;
    }
}

static void write_chain(FILE *f, uint32_t id)
{
    const struct namedChain *c = chains_get(id);
    fprintf(f, "{\"event\":\"chain\",\"chain\":%u,\"frames\":[", id);
    for (uint32_t i = 0; i < c->n; i++) {
        fputs(i > 0 ? ",{\"func\":" : "{\"func\":", f);
        write_text(f, names_text(c->frame[i].func));
        fprintf(f, ",\"hidden\":%s}", c->frame[i].hidden ? "true" : "false");
    }
    fputs("]}\n", f);
}

static void write_new_chains(FILE *f, int64_t upto)
{
    static uint32_t written;
    while (written < upto)
        write_chain(f, ++written);
}

void logout_line(const struct event *e)
{
    logout_write(stdout, e);
}

void logout_write(FILE *f, const struct event *e)
{
    const struct eventField *fields = event_fields[e->kind];
    for (int i = 0; fields[i].name != NULL; i++)
        if (fields[i].kind == FIELD_CHAIN)
            write_new_chains(f, e->f[i]);
    fprintf(f, "{\"event\":\"%s\"", event_words[e->kind]);
    for (int i = 0; fields[i].name != NULL; i++) {
        fprintf(f, ",\"%s\":", fields[i].name);
        write_value(f, e, fields[i].kind, e->f[i]);
    }
    fputs("}\n", f);
}

/* --- packed --------------------------------------------------------------- */

static struct {
    uint8_t *data;
    size_t n, room;
    int64_t last[NEVENTS][MostFields];
} packed;

static void put_byte(uint8_t b)
{
    packed.data = array_reserve(packed.data, &packed.room, packed.n + 1, 1);
    packed.data[packed.n++] = b;
}

static void put_varint(uint64_t x)
{
    for (; x >= 0x80; x >>= 7)
        put_byte((uint8_t)x | 0x80);
    put_byte((uint8_t)x);
}

static void put_difference(const struct event *e, int field)
{
    int64_t *last = &packed.last[e->kind][field];
    int64_t d = (int64_t)((uint64_t)e->f[field] - (uint64_t)*last);
    put_varint((uint64_t)d << 1 ^ (uint64_t)(d >> 63));
    *last = e->f[field];
}

static void put_hex(uint64_t value)
{
    put_byte(value != 0);
    for (int i = 0; value != 0 && i < 8; i++)
        put_byte((uint8_t)(value >> 8 * i));
}

static void put_field(const struct event *e, int field, enum fieldKind kind)
{
    switch (kind) {
    case FIELD_HEX:
        put_hex((uint64_t)e->f[field]);
        return;
    case FIELD_BYTES:
        put_varint(e->nbytes);
        for (size_t i = 0; i < e->nbytes; i++)
            put_byte(e->bytes[i]);
        return;
    case FIELD_LIST:
    case FIELD_NAMES:
        put_varint(e->nlist);
        for (size_t i = 0; i < e->nlist; i++)
            put_varint(e->list[i]);
        return;
    default:
        put_difference(e, field);
    }
}

void logout_pack(const struct event *e)
{
    const struct eventField *fields = event_fields[e->kind];
    put_byte((uint8_t)e->kind);
    for (int i = 0; fields[i].name != NULL; i++)
        put_field(e, i, fields[i].kind);
}

static char *base64(const uint8_t *p, size_t n)
{
    static const char digits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char *text = xcalloc((n + 2) / 3 * 4 + 1, 1), *to = text;
    for (size_t i = 0; i < n; i += 3) {
        uint32_t three = (uint32_t)p[i] << 16;
        three |= i + 1 < n ? (uint32_t)p[i + 1] << 8 : 0;
        three |= i + 2 < n ? p[i + 2] : 0;
        for (int shift = 18; shift >= 0; shift -= 6)
            *to++ = digits[three >> shift & 63];
        if (i + 2 >= n)
            to[-1] = '=';
        if (i + 1 >= n)
            to[-2] = '=';
    }
    return text;
}

/* Deflated, in base64. */
static json_t *deflated(const uint8_t *data, size_t len)
{
    uLongf n = compressBound(len);
    uint8_t *small = xcalloc(n, 1);
    if (compress2(small, &n, data, len, Z_BEST_COMPRESSION) != Z_OK)
        file_error("the event log could not be packed");
    char *text = base64(small, n);
    json_t *packed_text = json_string(text);
    free(text);
    free(small);
    return packed_text;
}

static json_t *words_json(const char *const *words, int n)
{
    json_t *list = json_array();
    for (int i = 0; i < n; i++)
        json_array_append_new(list, json_string(words[i]));
    return list;
}

/* [[kind, [field, form] ...] ...]: the form is the number of enum fieldKind. */
static json_t *schema_json(void)
{
    json_t *kinds = json_array();
    for (int k = 0; k < NEVENTS; k++) {
        json_t *kind = json_pack("[s]", event_words[k]);
        for (int i = 0; event_fields[k][i].name != NULL; i++)
            json_array_append_new(kind,
                                  json_pack("[s, i]", event_fields[k][i].name,
                                            (int)event_fields[k][i].kind));
        json_array_append_new(kinds, kind);
    }
    return kinds;
}

/* Each text and a NUL. */
static json_t *names_json(void)
{
    size_t n = 0;
    for (uint32_t id = 1; id <= names_count(); id++)
        n += strlen(valid_utf8(names_text(id))) + 1;
    char *all = xcalloc(n + 1, 1), *to = all;
    for (uint32_t id = 1; id <= names_count(); id++)
        to = stpcpy(to, valid_utf8(names_text(id))) + 1;
    json_t *texts = deflated((const uint8_t *)all, n);
    free(all);
    return texts;
}

/* Of each chain its frames, leaf first: [function, file, line, hidden]. */
static json_t *chains_json(void)
{
    json_t *list = json_array();
    for (uint32_t id = 1; id <= chains_count(); id++) {
        const struct namedChain *c = chains_get(id);
        json_t *frames = json_array();
        for (uint32_t i = 0; i < c->n; i++)
            json_array_append_new(
                frames, json_pack("[i, i, i, i]", (int)c->frame[i].func,
                                  (int)c->frame[i].file, c->frame[i].line,
                                  (int)c->frame[i].hidden));
        json_array_append_new(list, frames);
    }
    return list;
}

json_t *logout_packed(void)
{
    json_t *doc = json_pack(
        "{s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "schema", schema_json(), "ops",
        words_json(op_words, NLOGOPS), "tiers", words_json(tier_names, NTIERS),
        "whys", words_json(why_words, NWHYS), "names", names_json(), "chains",
        chains_json(), "data", deflated(packed.data, packed.n));
    free(packed.data);
    memset(&packed, 0, sizeof packed);
    return doc;
}

json_t *logout_parts(void)
{
    json_t *list = json_array();
    for (size_t i = 1; i <= eventlog_parts(); i++) {
        struct partCounts c = eventlog_counts((int64_t)i);
        json_array_append_new(
            list,
            json_pack("{s:I, s:s?, s:I, s:I, s:I, s:I, s:I}", "part",
                      (json_int_t)i, "title", c.title, "steps",
                      (json_int_t)c.steps, "objects", (json_int_t)c.objects,
                      "bytes", (json_int_t)c.bytes, "last", (json_int_t)c.last,
                      "of_map", (json_int_t)c.ofMap));
    }
    return list;
}
