/*
 * typetable.c: the descriptors that exist, found by their text.
 *
 *     type.c, maptable.c --draft--> [typetable] --> persistentalloc
 *
 * One descriptor a text: whoever asks for the same type gets the same pointer,
 * so types are compared by address, as in Go. A descriptor is complete before
 * it can be found and never dies afterwards, nor changes but for its newclass;
 * reading one needs no lock.
 *
 * Locking: table.lock guards the chains.
 *
 * Invariants, each verified by typetable_check:
 *   typetable.1  every descriptor stands in the chain of its text's hash
 *   typetable.2  count is the number of descriptors in all chains
 */
#include "runtime/base/lock.h"
#include "runtime/base/sysmem.h"
#include "runtime/base/throw.h"
#include "runtime/type/type.h"
#include <string.h>

enum { NHeads = 1024 };

struct typeEntry {
    struct type typ;
    struct typeEntry *next; /* same chain */
};

static struct {
    struct mutex lock;
    struct typeEntry *heads[NHeads];
    size_t count;
} table = {.lock = MUTEX_INIT(lockRankTypes, "types")};

/* FNV-1a: short texts, no adversary. */
static size_t head_of(const char *str)
{
    uint64_t h = 14695981039346656037u;

    for (; *str != '\0'; str++)
        h = (h ^ (uint8_t)*str) * 1099511628211u;
    return h % NHeads;
}

static struct typeEntry *find_locked(const char *str)
{
    struct typeEntry *e = table.heads[head_of(str)];

    assertLockHeld(&table.lock);
    while (e != NULL && strcmp(e->typ.str, str) != 0)
        e = e->next;
    return e;
}

static char *copy_text(const char *str)
{
    size_t size = strlen(str) + 1;
    char *copy = persistentalloc(size, 1, &sysstats.other_sys);

    return copy == NULL ? NULL : memcpy(copy, str, size);
}

static bool copy_fields(struct type *t)
{
    size_t size = t->nfields * sizeof(struct field);
    struct field *fields;

    if (t->nfields == 0)
        return true;
    fields = persistentalloc(size, 0, &sysstats.other_sys);
    if (fields == NULL)
        return false;
    memcpy(fields, t->fields, size);
    for (size_t i = 0; i < t->nfields; i++) {
        fields[i].name = copy_text(fields[i].name);
        if (fields[i].name == NULL)
            return false;
    }
    t->fields = fields;
    return true;
}

/* Sets in mask the pointers of a part of type t that begins at byte offset.
 * Go: cmd/compile/internal/typebits/typebits.go Set. */
static void mask_add(uint8_t *mask, const struct type *t, size_t offset)
{
    ASSERT(t->ptrdata == 0 || offset % PtrSize == 0);
    for (size_t i = 0; i < t->ptrdata / PtrSize; i++) {
        size_t word = offset / PtrSize + i;

        if (t->gcdata[i / 8] >> i % 8 & 1)
            mask[word / 8] |= (uint8_t)(1 << word % 8);
    }
}

static void mask_add_parts(uint8_t *mask, const struct type *t)
{
    if (t->kind == kindArray) {
        for (size_t i = 0; i < t->len; i++)
            mask_add(mask, t->elem, i * t->elem->size);
        return;
    }
    ASSERT(t->kind == kindStruct);
    for (size_t i = 0; i < t->nfields; i++)
        mask_add(mask, t->fields[i].typ, t->fields[i].offset);
}

static bool make_mask(struct type *t, const uint8_t *ptrmask)
{
    size_t words = t->ptrdata / PtrSize;
    uint8_t *mask;

    t->gcdata = NULL;
    if (words == 0)
        return true;
    mask = persistentalloc(align_up(words, 64) / 8, 8, &sysstats.other_sys);
    if (mask == NULL)
        return false;
    if (ptrmask != NULL)
        memcpy(mask, ptrmask, align_up(words, 8) / 8);
    else
        mask_add_parts(mask, t);
    t->gcdata = mask;
    return true;
}

/* NULL without memory; what was carved by then is lost, and counted. */
static struct typeEntry *new_entry(const struct type *draft,
                                   const uint8_t *ptrmask)
{
    struct typeEntry *e = persistentalloc(sizeof(*e), 0, &sysstats.other_sys);

    if (e == NULL)
        return NULL;
    e->typ = *draft;
    e->typ.str = copy_text(draft->str);
    if (e->typ.str == NULL || !copy_fields(&e->typ) ||
        !make_mask(&e->typ, ptrmask))
        return NULL;
    return e;
}

static void check_locked(void)
{
    size_t n = 0;

    for (size_t i = 0; i < NHeads; i++) {
        for (struct typeEntry *e = table.heads[i]; e != NULL; e = e->next) {
            ASSERT(head_of(e->typ.str) == i); /* typetable.1 */
            n++;
        }
    }
    ASSERT(n == table.count); /* typetable.2 */
}

const struct type *typetable_intern(const struct type *draft,
                                    const uint8_t *ptrmask)
{
    struct typeEntry *e;

    lock(&table.lock);
    e = find_locked(draft->str);
    if (e == NULL) {
        e = new_entry(draft, ptrmask);
        if (e != NULL) {
            size_t head = head_of(e->typ.str);

            e->next = table.heads[head];
            table.heads[head] = e;
            table.count++;
        }
    }
    CHECK_SLOW(check_locked());
    unlock(&table.lock);
    return e == NULL ? NULL : &e->typ;
}

size_t typetable_count(void)
{
    size_t n;

    lock(&table.lock);
    n = table.count;
    unlock(&table.lock);
    return n;
}

void typetable_check(void)
{
    lock(&table.lock);
    check_locked();
    unlock(&table.lock);
}
