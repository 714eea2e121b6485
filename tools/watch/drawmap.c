/*
 * drawmap.c: a map drawn with letters: from what picture.c tells of it, so that
 * both kinds of map, and any size, come here in one form.
 *
 * Up to 16 buckets or groups have a line each, with the keys; up to 64 stand in
 * columns; of more than that a digit is drawn for each, or for several, which
 * says how many entries one holds.
 */
#include "map/mapview.h"
#include "tools/lib/exits.h"
#include "tools/lib/render.h"
#include "tools/lib/text.h"
#include "tools/log/names.h"
#include "tools/log/picture.h"
#include "tools/watch/draw.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    ColumnsMost = 64,  /* … that stand in columns */
    LinesMost = 16,    /* rows that have a line each */
    DigitsMost = 1024, /* cells of a map */
    DigitsLine = 64,   /* … in a line */
    KeysFrom = 31,     /* column in which keys begin */
};

/* --- letters -------------------------------------------------------------- */

size_t draw_width(void)
{
    int width = term_width();
    return width == 0 ? 80 : (size_t)width;
}

/* What is new stands out, what is empty stands back. */
static const char *colour_of(char letter)
{
    switch (letter) {
    case '+':
        return "\033[1;33m";
    case '@':
        return "\033[36m";
    case '.':
    case 'x':
    case 'y':
    case '-':
        return "\033[2m";
    case '_':
    case '*':
        return "\033[35m";
    default:
        return "";
    }
}

void draw_letters(const char *letters, size_t n)
{
    bool colour = term_colour();
    const char *now = "";
    for (size_t i = 0; i < n; i++) {
        const char *next = colour ? colour_of(letters[i]) : "";
        if (strcmp(now, next) != 0)
            printf("%s%s", now[0] != '\0' ? "\033[0m" : "", next);
        putchar(letters[i]);
        now = next;
    }
    if (now[0] != '\0')
        fputs("\033[0m", stdout);
}

/* --- what is looked at ---------------------------------------------------- */

static struct eventQueue *filling;

static void keep(const struct event *e)
{
    queue_add(filling, e);
}

void draw_look(struct scene *s)
{
    struct picture *p = picture_new(1);
    filling = &s->picture;
    picture_tell(p, s->t, s->m,
                 &(struct pictureWants){.cells = DigitsMost, .all = true},
                 keep);
    picture_free(p);
    for (size_t i = 0; i < s->step.n; i++)
        if (s->step.list[i].kind == EVENT_MAP)
            s->step.list[i].f[MAP_DRAWN] = true;
}

void draw_done(struct scene *s)
{
    queue_clear(&s->step);
    queue_clear(&s->spans);
    queue_clear(&s->picture);
    free(s->step.list);
    free(s->spans.list);
    free(s->picture.list);
}

/* --- rows --------------------------------------------------------------- */

/* A bucket or a group, all its slots. */
struct row {
    char letters[bucketCnt];
    uint32_t keys[bucketCnt];
    uint32_t overflow; /* buckets that hang below it */
};

/* What e tells of slots, the others being empty. */
static void read_row(const struct scene *s, const struct event *e,
                     struct row *r)
{
    uint32_t fresh = scene_newKey(s);
    size_t at = 0;
    for (int i = 0; i < bucketCnt; i++) {
        if ((e->f[ROW_MASK] >> i & 1) == 0)
            continue;
        uint8_t byte = e->bytes[at];
        r->keys[i] = e->list[at++];
        r->letters[i] =
            scene_isSwiss(s) ? swissview_letter(byte) : bucketview_letter(byte);
        if (r->letters[i] == '#' && fresh != 0 && r->keys[i] == fresh)
            r->letters[i] = '+';
    }
}

static void print_keys(const struct row *r, size_t room)
{
    size_t taken = 0;
    for (int i = 0; i < bucketCnt; i++) {
        if (r->letters[i] != '#' && r->letters[i] != '+')
            continue;
        const char *key = printable(names_text(r->keys[i]));
        size_t len = strlen(key) + (taken > 0);
        if (taken + len + 4 > room) {
            fputs(" ...", stdout);
            return;
        }
        printf("%s%s", taken > 0 ? " " : "  ", key);
        taken += len;
    }
}

static void print_line(const struct scene *s, const struct event *e,
                       const struct row *r)
{
    char name[40];
    if (e->f[ROW_DEPTH] > 0)
        snprintf(name, sizeof name, "  + %s %" PRId64,
                 e->f[ROW_SPARE] ? "spare" : "overflow", e->f[ROW_DEPTH]);
    else
        snprintf(name, sizeof name, "%s %" PRId64,
                 scene_isSwiss(s) ? "group" : "bucket", e->f[ROW_NUMBER]);
    printf("    %-16s ", name);
    draw_letters(r->letters, bucketCnt);
    print_keys(r, draw_width() - KeysFrom);
    putchar('\n');
}

static const struct row blank = {.letters = "........"};

/* Rows that the picture tells of array, one after another, from *at on. NULL:
 * there is none. */
static const struct event *next_row(const struct scene *s,
                                    const struct event *array, size_t *at)
{
    while (*at < s->picture.n) {
        const struct event *e = &s->picture.list[(*at)++];
        if (e->kind == EVENT_ROW && e->f[ROW_ARRAY] == array->f[ARRAY_ID])
            return e;
    }
    return NULL;
}

/* The row of chain number at depth; NULL where it was not told. */
static const struct event *find_row(const struct scene *s,
                                    const struct event *array, int64_t number,
                                    int64_t depth)
{
    const struct event *e;
    size_t at = 0;
    while ((e = next_row(s, array, &at)) != NULL)
        if (e->f[ROW_NUMBER] == number && e->f[ROW_DEPTH] == depth)
            return e;
    return NULL;
}

/* A bucket and what hangs below it, or a group. */
static void draw_chain(const struct scene *s, const struct event *array,
                       int64_t number)
{
    const struct event empty = {.f = {[ROW_NUMBER] = number}};
    const struct event *e = find_row(s, array, number, 0);
    struct row r = blank;
    if (e != NULL)
        read_row(s, e, &r);
    print_line(s, e != NULL ? e : &empty, &r);
    for (int64_t depth = 1; (e = find_row(s, array, number, depth)) != NULL;
         depth++) {
        r = blank;
        read_row(s, e, &r);
        print_line(s, e, &r);
    }
}

static struct row *rows_told(const struct scene *s, const struct event *array)
{
    size_t n = (size_t)array->f[ARRAY_ROWS], at = 0;
    struct row *rows = xcalloc(n, sizeof rows[0]);
    const struct event *e;
    for (size_t i = 0; i < n; i++)
        rows[i] = blank;
    while ((e = next_row(s, array, &at)) != NULL) {
        struct row *r = &rows[e->f[ROW_NUMBER]];
        if (e->f[ROW_DEPTH] == 0)
            read_row(s, e, r);
        else
            r->overflow++;
    }
    return rows;
}

static void draw_columns(const struct scene *s, const struct event *array)
{
    enum { One = 18 }; /* "  12 ########+2  " */
    struct row *rows = rows_told(s, array);
    size_t n = (size_t)array->f[ARRAY_ROWS], columns = (draw_width() - 2) / One;
    for (size_t i = 0; i < n; i++) {
        bool last = i + 1 == n || (i + 1) % columns == 0;
        char more[12] = "";
        if (rows[i].overflow > 0)
            snprintf(more, sizeof more, "+%u", rows[i].overflow);
        printf("%s%4zu ", i % columns == 0 ? "  " : "", i);
        draw_letters(rows[i].letters, bucketCnt);
        printf(last ? "%s\n" : "%-5s", more);
    }
    free(rows);
}

/* --- digits --------------------------------------------------------------- */

/* The entries of a bucket or group, from those of per: 0 to 8, '+' where more
 * are there than it has slots, '.' none, 'x' all have moved. */
static char digit_of(uint32_t cell, int64_t per, bool old)
{
    uint32_t entries = cell / 2;
    if (entries == 0)
        return old && cell % 2 == 1 ? 'x' : '.';
    int64_t each = (2 * (int64_t)entries + per) / (2 * per);
    return each > bucketCnt ? '+' : (char)('0' + each);
}

/* The digits that an array takes. */
static size_t cells_of(const struct event *array)
{
    int64_t rows = array->f[ARRAY_ROWS], per = array->f[ARRAY_PER_CELL];
    return (size_t)(per == 0 ? rows : (rows + per - 1) / per);
}

/* The same of an array that is told by rows: a digit is one bucket or group. */
static void read_row_digits(const struct scene *s, const struct event *array,
                            char *out)
{
    size_t n = (size_t)array->f[ARRAY_ROWS], at = 0;
    uint32_t *cells = xcalloc(n, sizeof cells[0]);
    const struct event *e;
    while ((e = next_row(s, array, &at)) != NULL) {
        struct row r = blank;
        read_row(s, e, &r);
        for (int i = 0; i < bucketCnt; i++) {
            bool entry = r.letters[i] == '#' || r.letters[i] == '+';
            cells[e->f[ROW_NUMBER]] += 2 * entry;
            cells[e->f[ROW_NUMBER]] |= strchr("xy-", r.letters[i]) != NULL;
        }
    }
    for (size_t i = 0; i < n; i++)
        out[i] = digit_of(cells[i], 1, array->f[ARRAY_OLD] != 0);
    free(cells);
}

static void read_cell_digits(const struct scene *s, const struct event *array,
                             char *out)
{
    const struct eventQueue *q = &s->picture;
    int64_t per = array->f[ARRAY_PER_CELL];
    memset(out, '.', cells_of(array));
    for (size_t i = 0; i < q->n; i++) {
        const struct event *e = &q->list[i];
        if (e->kind != EVENT_CELLS || e->f[CELLS_ARRAY] != array->f[ARRAY_ID])
            continue;
        size_t at = 0;
        for (size_t k = 0; k + 1 < e->nlist; k += 2) {
            at += e->list[k];
            out[at] = digit_of(e->list[k + 1], per, array->f[ARRAY_OLD] != 0);
        }
    }
}

/* The digits of one array into out. */
static void read_digits(const struct scene *s, const struct event *array,
                        char *out)
{
    if (array->f[ARRAY_PER_CELL] == 0)
        read_row_digits(s, array, out);
    else
        read_cell_digits(s, array, out);
}

/* All arrays that are old, or all that are not, one behind the other. */
static void draw_digits(const struct scene *s, bool old, int64_t per)
{
    size_t n = 0;
    char *digits = NULL;
    for (size_t i = 0; i < s->picture.n; i++) {
        const struct event *e = &s->picture.list[i];
        if (e->kind != EVENT_ARRAY || (e->f[ARRAY_OLD] != 0) != old)
            continue;
        digits = xrealloc(digits, n + cells_of(e), 1);
        read_digits(s, e, digits + n);
        n += cells_of(e);
    }
    for (size_t i = 0; i < n; i += DigitsLine) {
        printf("  %9s ", commas((int64_t)i * per));
        draw_letters(digits + i, n - i < DigitsLine ? n - i : DigitsLine);
        putchar('\n');
    }
    free(digits);
}

/* --- all of it ------------------------------------------------------------ */

/* What stands in the picture. */
struct drawing {
    size_t arrays;
    int64_t rows, perCell; /* 0: told by rows */
};

static struct drawing drawing_of(const struct scene *s)
{
    struct drawing x = {.arrays = 0};
    for (size_t i = 0; i < s->picture.n; i++) {
        const struct event *e = &s->picture.list[i];
        if (e->kind != EVENT_ARRAY)
            continue;
        x.arrays++;
        x.rows += e->f[ARRAY_ROWS];
        if (e->f[ARRAY_PER_CELL] > x.perCell)
            x.perCell = e->f[ARRAY_PER_CELL];
    }
    return x;
}

static void draw_large(const struct scene *s, int64_t per)
{
    bool growing = !scene_isSwiss(s) && bucketview_growing(s->m);
    if (per > 1)
        printf("  a digit stands for %s %s, and says their mean\n", commas(per),
               scene_isSwiss(s) ? "groups" : "buckets");
    if (growing) {
        puts("  the old array, from bucket");
        draw_digits(s, true, per);
    }
    printf("  %s\n", scene_isSwiss(s) ? "table behind table, from group"
                     : growing        ? "the new array, from bucket"
                                      : "the array, from bucket");
    draw_digits(s, false, per);
}

static void draw_rows(const struct scene *s, enum drawForm form)
{
    for (size_t i = 0; i < s->picture.n; i++) {
        const struct event *a = &s->picture.list[i];
        if (a->kind != EVENT_ARRAY)
            continue;
        words_array(s, a);
        if (form == FORM_COLUMNS)
            draw_columns(s, a);
        for (int64_t k = 0; form == FORM_ROWS && k < a->f[ARRAY_ROWS]; k++)
            draw_chain(s, a, k);
    }
}

void draw_map(const struct scene *s)
{
    struct drawing x = drawing_of(s);
    enum drawForm form = x.perCell > 1          ? FORM_MEANS
                         : x.rows > ColumnsMost ? FORM_DIGITS
                         : x.rows > LinesMost   ? FORM_COLUMNS
                                                : FORM_ROWS;
    words_map(s);
    if (x.arrays == 0)
        return;
    if (form >= FORM_DIGITS)
        draw_large(s, x.perCell == 0 ? 1 : x.perCell);
    else
        draw_rows(s, form);
    words_letters(s, form);
}
