/*
 * sighash.c: the hash of a value with parts as newer compilers write it.
 *
 *     structhash, arrayhash --> [sighash] --> hash.c
 *
 * They no longer follow a type's shape but its signature: what a value is made
 * of one after another, however structs nest. Neighbouring plain memory is
 * hashed in one go across their borders; a gap (padding, a blank field) parts
 * two runs; parts without bytes are nothing. Of an array, as many elements as
 * have 32 bytes are hashed like fields of a struct, and that is repeated.
 * Go: cmd/compile/internal/reflectdata/alg.go eqSigBuilder, hashFunc.
 */
#include "runtime/type/hash.h"
#include "runtime/type/type.h"

enum { UnrollSize = 32 }; /* bytes of elements hashed in one go */

struct walk {
    uintptr_t seed;
    const char *run; /* plain memory not yet hashed … */
    size_t n;        /* … and how many bytes of it */
};

static void flush(struct walk *w)
{
    if (w->n == 4)
        w->seed = memhash32(w->run, w->seed);
    else if (w->n == 8)
        w->seed = memhash64(w->run, w->seed);
    else if (w->n > 0)
        w->seed = memhash(w->run, w->seed, w->n);
    w->n = 0;
}

static void add_memory(struct walk *w, const char *p, size_t n)
{
    if (w->n == 0 || w->run + w->n != p) {
        flush(w);
        w->run = p;
    }
    w->n += n;
}

static void walk_value(struct walk *w, const struct type *t, const char *p);

static void walk_elems(struct walk *w, const struct type *elem, const char *p,
                       size_t n)
{
    for (size_t i = 0; i < n; i++)
        walk_value(w, elem, p + i * elem->size);
}

/* The odd elements first, then the groups; a single group is no loop, so
 * runs go on into it. */
static void walk_array(struct walk *w, const struct type *t, const char *p)
{
    const struct type *elem = t->elem;

    if (elem->size == 0)
        return;
    size_t unroll = elem->size < UnrollSize ? UnrollSize / elem->size : 1;
    size_t odd = t->len % unroll, left = t->len - odd;
    if (left == unroll) {
        odd = t->len;
        left = 0;
    }
    walk_elems(w, elem, p, odd);
    for (p += odd * elem->size; left > 0; left -= unroll) {
        flush(w);
        walk_elems(w, elem, p, unroll);
        p += unroll * elem->size;
        flush(w);
    }
}

static void walk_value(struct walk *w, const struct type *t, const char *p)
{
    if (t->regularMemory) {
        if (t->size > 0)
            add_memory(w, p, t->size);
    } else if (t->kind == kindArray) {
        walk_array(w, t, p);
    } else if (t->kind == kindStruct) {
        for (size_t i = 0; i < t->nfields; i++) {
            const struct field *f = &t->fields[i];
            if (!field_is_blank(f))
                walk_value(w, f->typ, p + f->offset);
        }
    } else {
        flush(w);
        w->seed = t->hash(t, p, w->seed);
    }
}

uintptr_t sighash(const struct type *t, const void *p, uintptr_t seed)
{
    struct walk w = {.seed = seed};

    walk_value(&w, t, p);
    flush(&w);
    return w.seed;
}
