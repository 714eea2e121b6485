/*
 * replay.c: the steps of a workload on our heap.
 *
 * The operations bear the names that end each printed chain: insert, delete,
 * lookup, iterate, clear, make, makesmall, allocnoscan, allocscan, append. The
 * keys lie outside the heap, so only what a Go program's `m[k] = v` would
 * allocate is counted. Roots are the map variables and the holders, nothing
 * else.
 */
#include "tools/replay/replay.h"
#include "runtime/sched/rand.h"
#include "runtime/type/hash.h"
#include "tools/lib/exits.h"
#include "tools/log/eventlog.h"
#include "tools/measure/measure.h"
#include <stdlib.h>
#include <string.h>

/* Room for one key and one element, outside the heap. */
struct scratch {
    struct textpool pool; /* of keys that are only looked for */
    void *key, *elem;
};

static struct scratch scratch_new(const struct maptype *t)
{
    return (struct scratch){.key = xcalloc(1, t->key->size + 1),
                            .elem = xcalloc(1, t->elem->size + 1)};
}

static void scratch_free(struct scratch *s)
{
    textpool_free(&s->pool);
    free(s->key);
    free(s->elem);
}

/* The operations: the leaves of every chain. */

static GOFRAME void make(struct replayObject *o, const struct maptype *t,
                         int64_t hint)
{
    o->m = map_make(t, hint, NULL);
}
GOFRAME_MAIN(make);

static GOFRAME void makesmall(struct replayObject *o, const struct maptype *t)
{
    o->m = map_make_small(t);
}
GOFRAME_MAIN(makesmall);

static GOFRAME void insert(struct replay *r, const struct step *s,
                           struct scratch *v)
{
    const struct maptype *t = r->w->objs[s->obj].t;
    struct gomap *m = r->objs[s->obj].m;
    for (uint64_t i = s->from; i < s->to; i++) {
        value_set(t->key, v->key, step_key(s, i), &r->pool);
        value_set(t->elem, v->elem, step_key(s, i), &r->pool);
        log_step(OP_INSERT, t, m, v->key);
        memcpy(map_assign(t, m, v->key), v->elem, t->elem->size);
        log_done(t, m);
    }
}
GOFRAME_MAIN(insert);

static GOFRAME void delete (struct replay *r, const struct step *s,
                            struct scratch *v)
{
    const struct maptype *t = r->w->objs[s->obj].t;
    struct gomap *m = r->objs[s->obj].m;
    for (uint64_t i = s->from; i < s->to; i++) {
        value_set(t->key, v->key, step_key(s, i), &v->pool);
        log_step(OP_DELETE, t, m, v->key);
        map_delete(t, m, v->key);
        log_done(t, m);
    }
}
GOFRAME_MAIN(delete);

static GOFRAME void lookup(struct replay *r, const struct step *s,
                           struct scratch *v)
{
    const struct maptype *t = r->w->objs[s->obj].t;
    struct gomap *m = r->objs[s->obj].m;
    for (uint64_t i = s->from; i < s->to; i++) {
        bool ok;
        value_set(t->key, v->key, step_key(s, i), &v->pool);
        log_step(OP_LOOKUP, t, m, v->key);
        map_access2(t, m, v->key, &ok);
        log_done(t, m);
    }
}
GOFRAME_MAIN(lookup);

static GOFRAME void iterate(const struct maptype *t, struct gomap *m)
{
    struct mapiter it;
    memset(&it, 0, sizeof it);
    for (mapiter_init(t, m, &it); it.key != NULL; mapiter_next(&it))
        continue;
}
GOFRAME_MAIN(iterate);

static GOFRAME void clear(const struct maptype *t, struct gomap *m)
{
    map_clear(t, m);
}
GOFRAME_MAIN(clear);

static GOFRAME void allocnoscan(void **slices, const struct step *s)
{
    for (uint64_t i = 0; i < s->count; i++)
        slices[i] = makeslice(type_basic(kindUint8), (intptr_t)s->size,
                              (intptr_t)s->size);
}
GOFRAME_MAIN(allocnoscan);

static GOFRAME void allocscan(void **slices, const struct step *s)
{
    const struct type *ptr = type_parse("*int64", NULL);
    intptr_t n = (intptr_t)(s->size / PtrSize);
    for (uint64_t i = 0; i < s->count; i++)
        slices[i] = makeslice(ptr, n, n);
}
GOFRAME_MAIN(allocscan);

static GOFRAME void append(struct replayObject *o, const struct type *et,
                           const struct step *s)
{
    struct slice slice = o->s;
    for (uint64_t i = 0; i < s->count; i++) {
        intptr_t len = slice.len + (intptr_t)s->by;
        if (len > slice.cap)
            slice = growslice(et, slice, len);
        slice.len = len;
    }
    o->s = slice;
}
GOFRAME_MAIN(append);

static void make_map(struct replay *r, const struct step *s)
{
    struct replayObject *o = &r->objs[s->obj];
    o->live = true;
    if (s->hinted)
        make(o, r->w->objs[s->obj].t, s->hint);
    else
        makesmall(o, r->w->objs[s->obj].t);
}

static void run_keys(struct replay *r, const struct step *s,
                     void (*op)(struct replay *, const struct step *,
                                struct scratch *))
{
    struct scratch v = scratch_new(r->w->objs[s->obj].t);
    op(r, s, &v);
    scratch_free(&v);
}

static void make_slices(struct replay *r, const struct step *s)
{
    struct replayObject *o = &r->objs[s->obj];
    o->live = true;
    o->slices = xcalloc(s->count + 1, sizeof o->slices[0]);
    gc_add_roots(o->slices, s->count * sizeof o->slices[0]);
    if (s->scan)
        allocscan(o->slices, s);
    else
        allocnoscan(o->slices, s);
}

static void drop(struct replayObject *o)
{
    if (o->slices != NULL)
        gc_remove_roots(o->slices);
    free(o->slices);
    *o = (struct replayObject){0};
}

/* Operations on a whole map, and collections, are steps of the event log. Those
 * on keys tell of themselves; what slices allocate is told one by one. */
static bool logged_as(const struct step *s, enum logOp *op)
{
    static const enum logOp ops[NSTEPOPS] = {
        [STEP_MAP] = OP_MAKE,    [STEP_ITERATE] = OP_ITERATE,
        [STEP_CLEAR] = OP_CLEAR, [STEP_DROP] = OP_DROP,
        [STEP_GC] = OP_COLLECT,
    };
    *op = ops[s->op];
    return *op != OP_MAKE || s->op == STEP_MAP;
}

static void run_step(struct replay *r, const struct step *s)
{
    struct replayObject *o = &r->objs[s->obj];
    switch (s->op) {
    case STEP_MAP:
        make_map(r, s);
        return;
    case STEP_INSERT:
        run_keys(r, s, insert);
        return;
    case STEP_DELETE:
        run_keys(r, s, delete);
        return;
    case STEP_LOOKUP:
        run_keys(r, s, lookup);
        return;
    case STEP_ITERATE:
        iterate(r->w->objs[s->obj].t, o->m);
        return;
    case STEP_CLEAR:
        clear(r->w->objs[s->obj].t, o->m);
        return;
    case STEP_ALLOC:
        make_slices(r, s);
        return;
    case STEP_APPEND:
        o->live = true;
        append(o, r->w->objs[s->obj].et, s);
        return;
    case STEP_DROP:
        drop(o);
        return;
    case STEP_GC:
        gc();
        return;
    case NSTEPOPS:
        break;
    }
}

static void log_and_run(struct replay *r, const struct step *s)
{
    const struct maptype *t = s->op == STEP_GC ? NULL : r->w->objs[s->obj].t;
    struct gomap **m = s->op == STEP_GC ? NULL : &r->objs[s->obj].m;
    enum logOp op;
    bool whole = logged_as(s, &op);
    if (whole)
        log_step(op, t, s->op == STEP_MAP || m == NULL ? NULL : *m, NULL);
    run_step(r, s);
    if (whole)
        log_done(t, t == NULL || s->op == STEP_DROP ? NULL : *m);
}

void replay_run(struct replay *r, const struct workload *w)
{
    size_t bytes = (w->nobjs + 1) * sizeof r->objs[0];
    *r = (struct replay){.w = w, .objs = xcalloc(1, bytes)};
    if (w->has_hashkey)
        hashkey_set(w->hashkey);
    if (w->has_hash0) {
        hash0_pin((uint32_t)w->hash0);
        seed64_pin(w->hash0);
    }
    gc_set_percent(-1);
    gc_add_roots(r->objs, bytes);
    mprof_reset();
    readmemstats(&r->before);
    eventlog_part();
    if (eventlog_recording())
        mapgrow_hook = eventlog_growth;
    for (size_t i = 0; i < w->nsteps; i++)
        log_and_run(r, &w->steps[i]);
    eventlog_end_part();
    mapgrow_hook = NULL;
    readmemstats(&r->after);
    for (int i = 0; i < 3; i++)
        gc();
}

void replay_free(struct replay *r)
{
    for (size_t i = 0; i < r->w->nobjs; i++)
        drop(&r->objs[i]);
    gc_remove_roots(r->objs);
    free(r->objs);
    textpool_free(&r->pool);
    hash0_unpin();
    seed64_unpin();
}
