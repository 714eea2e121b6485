/*
 * eventlog.c: the recorder.
 *
 * What happens in a step is kept until the step has ended, for only then it is
 * known whether it is told: every k-th is, and each in which a map grows or a
 * collection runs. What a step that is not told has allocated is added up by
 * (chain, type, size, tier) and told before the next one that is, so that sums
 * are the same whatever k is.
 *
 * Locking: mu guards everything; scenarios whose threads allocate at once are
 * recorded in the order in which they come here.
 */
#include "tools/log/eventlog.h"
#include "alloc/heapview.h"
#include "alloc/malloc.h"
#include "map/mapview.h"
#include "runtime/base/throw.h"
#include "tools/lib/exits.h"
#include "tools/lib/pool.h"
#include "tools/log/names.h"
#include "tools/log/picture.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct loggedPart {
    uint32_t title;
    uint64_t steps, objects, bytes;
    int64_t last, ofMap; /* as in struct partCounts */
};

static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;

static struct {
    struct logWants want;
    bool on, inPart, told; /* told: of this part events are wanted */
    struct loggedPart *parts;
    size_t nparts, partRoom;
    int64_t at;              /* steps of this part that have begun */
    int64_t n[NLOGOPS];      /* … by operation */
    bool reshaped;           /* a map may be made of other objects */
    const struct maptype *t; /* of the step under way: its map … */
    const struct gomap *m;
    const void *key;         /* … and its key, until that is told; or NULL */
    enum logOp op;           /* of the step under way, or the last one */
    bool inStep, important;  /* one is under way; it is told in any case */
    struct eventQueue step;  /* of this step */
    struct eventQueue apart; /* allocations of steps that are not told */
    int64_t leftOut;         /* steps that are not told, since one was */
    int64_t ntold;           /* steps that are told */
    uint64_t freedObjects, freedBytes; /* swept, since that was told */
} rec;

bool eventlog_steps;

/* --- events --------------------------------------------------------------- */

static void put(const struct event *e)
{
    if (rec.told)
        rec.want.put(e);
}

static void queue_put(struct eventQueue *q)
{
    for (size_t i = 0; i < q->n; i++)
        put(&q->list[i]);
    queue_clear(q);
}

static void add_to_step(const struct event *e)
{
    if (rec.told)
        queue_add(&rec.step, e);
}

/* --- steps -------------------------------------------------------------- */

static bool same_allocation(const struct event *a, const struct event *b)
{
    return a->f[ALLOC_SLOT] == b->f[ALLOC_SLOT] &&
           a->f[ALLOC_ASKED] == b->f[ALLOC_ASKED] &&
           a->f[ALLOC_TIER] == b->f[ALLOC_TIER] &&
           a->f[ALLOC_TYPE] == b->f[ALLOC_TYPE] &&
           a->f[ALLOC_CHAIN] == b->f[ALLOC_CHAIN];
}

/* An allocation of a step that is not told. */
static void set_apart(const struct event *e)
{
    for (size_t i = 0; i < rec.apart.n; i++) {
        if (same_allocation(&rec.apart.list[i], e)) {
            rec.apart.list[i].f[ALLOC_COUNT] += e->f[ALLOC_COUNT];
            return;
        }
    }
    struct event *added = queue_add(&rec.apart, e);
    added->f[ALLOC_SPAN] = added->f[ALLOC_INDEX] = 0; /* several, perhaps */
}

static void leave_out(void)
{
    rec.leftOut++;
    for (size_t i = 0; i < rec.step.n; i++)
        if (rec.step.list[i].kind == EVENT_ALLOC)
            set_apart(&rec.step.list[i]);
    queue_clear(&rec.step);
}

static void put_left_out(void)
{
    if (rec.leftOut == 0)
        return;
    put(&(struct event){.kind = EVENT_STEP,
                        .f = {[STEP_AT] = rec.at - 1,
                              [STEP_OP] = OP_LEFT_OUT,
                              [STEP_N] = rec.leftOut}});
    queue_put(&rec.apart);
    rec.leftOut = 0;
}

static void put_freed(void)
{
    if (rec.freedObjects == 0)
        return;
    put(&(struct event){.kind = EVENT_FREE,
                        .f = {[FREE_OBJECTS] = (int64_t)rec.freedObjects,
                              [FREE_BYTES] = (int64_t)rec.freedBytes}});
    rec.freedObjects = rec.freedBytes = 0;
}

/* The step is told whatever every says. */
static bool is_due(void)
{
    return rec.important || rec.at <= 1 || rec.at % rec.want.every == 0;
}

/* How the map's memory is told of the step that has ended. */
static struct pictureWants picture_wants(void)
{
    int64_t draw = rec.want.draw > 1 ? rec.want.draw : 1;
    return (struct pictureWants){
        .cells = rec.ntold++ % draw == 0 ? rec.want.cells : 0,
        .all = rec.want.every > 1 || draw > 1,
    };
}

/* Says of the step's key what takes its time: of steps that are told alone. */
static void describe_step(void)
{
    if (rec.key == NULL || rec.step.n == 0)
        return;
    struct event *e = &rec.step.list[0];
    e->f[STEP_KEY] = names_value(rec.t->key, rec.key);
    if (rec.m != NULL &&
        mapview_shape(rec.t, rec.m).slots <= RowsMost * bucketCnt)
        e->f[STEP_HASH] = (int64_t)mapview_hash(rec.t, rec.m, rec.key);
    rec.key = NULL;
}

/* The step under way is told, whatever every says. */
static void tell_this_step(void)
{
    rec.important = true;
    describe_step();
}

static void begin_step(enum logOp op, const struct maptype *t,
                       const struct gomap *m, const void *key)
{
    rec.inStep = true;
    rec.op = op;
    rec.reshaped = op == OP_MAKE || op == OP_CLEAR ||
                   (t != NULL && (t->indirectkey || t->indirectelem));
    if (op != OP_MAKE || rec.at > 0 || rec.parts[rec.nparts - 1].steps > 0)
        rec.at++; /* a map made first is step 0: insert 14 is step 14 */
    rec.n[op]++;
    rec.parts[rec.nparts - 1].steps++;
    rec.important = op == OP_CLEAR || op == OP_DROP || op == OP_COLLECT;
    if (!rec.told)
        return;
    struct event e = {.kind = EVENT_STEP,
                      .f = {[STEP_AT] = rec.at,
                            [STEP_OP] = op,
                            [STEP_N] = rec.n[op],
                            [STEP_MAP_ID] = maps_id(m)}};
    add_to_step(&e);
    rec.t = t;
    rec.m = m;
    rec.key = key;
    if (is_due())
        describe_step();
}

static void end_step(const struct maptype *t, const struct gomap *m)
{
    rec.inStep = false;
    struct loggedPart *part = &rec.parts[rec.nparts - 1];
    part->last = rec.at;
    part->ofMap = m != NULL ? rec.at : part->ofMap;
    if (rec.op == OP_MAKE)
        maps_forget(m); /* another one was at this address */
    if (!rec.told)
        return;
    if (rec.reshaped)
        maps_reshaped(m);
    if (!is_due()) {
        leave_out();
        return;
    }
    if (rec.leftOut > 0)
        spans_stale();
    put_left_out();
    queue_put(&rec.step);
    put_freed();
    struct pictureWants w = picture_wants();
    if (m != NULL)
        maps_tell(t, m, &w, put);
    if (rec.want.rest != NULL)
        rec.want.rest(t, m);
}

void eventlog_step(enum logOp op, const struct maptype *t,
                   const struct gomap *m, const void *key)
{
    pthread_mutex_lock(&mu);
    if (rec.inPart && !rec.inStep)
        begin_step(op, t, m, key);
    pthread_mutex_unlock(&mu);
}

void eventlog_done(const struct maptype *t, const struct gomap *m)
{
    pthread_mutex_lock(&mu);
    if (rec.inPart && rec.inStep)
        end_step(t, m);
    pthread_mutex_unlock(&mu);
}

/* --- what the allocator tells --------------------------------------------- */

static void log_allocation(const struct allocEvent *a)
{
    rec.reshaped = true;
    struct objectView o;
    struct event e = {.kind = EVENT_ALLOC,
                      .f = {[ALLOC_COUNT] = 1,
                            [ALLOC_ASKED] = (int64_t)a->asked,
                            [ALLOC_SLOT] = (int64_t)a->slot,
                            [ALLOC_CLASS] = a->sizeclass,
                            [ALLOC_TIER] = a->tier}};
    e.f[ALLOC_TYPE] = names_of(a->type == NULL ? NULL : a->type->str);
    e.f[ALLOC_CHAIN] = chains_of(a->bucket);
    if (heapview_object(a->p, &o)) {
        e.f[ALLOC_SPAN] = spans_tell(&o.span, add_to_step);
        e.f[ALLOC_INDEX] = o.index;
    }
    add_to_step(&e);
}

static void on_allocated(const struct allocEvent *a)
{
    pthread_mutex_lock(&mu);
    if (rec.inPart) {
        bool outside = !rec.inStep;
        if (outside)
            begin_step(OP_ALLOCATE, NULL, NULL, NULL);
        rec.parts[rec.nparts - 1].objects++;
        rec.parts[rec.nparts - 1].bytes += a->slot;
        if (rec.told)
            log_allocation(a);
        if (outside)
            end_step(NULL, NULL);
    }
    pthread_mutex_unlock(&mu);
}

/* Spans are swept before anything is allocated in them again, so those that
 * were told need not be told anew: on_collected has seen to it. */
static void on_swept(const void *p, size_t size)
{
    (void)p;
    pthread_mutex_lock(&mu);
    if (rec.inPart && rec.told) {
        rec.freedObjects++;
        rec.freedBytes += size;
    }
    pthread_mutex_unlock(&mu);
}

static void on_collected(const struct gcEvent *g)
{
    pthread_mutex_lock(&mu);
    if (rec.inPart) {
        bool outside = !rec.inStep;
        if (outside)
            begin_step(OP_COLLECT, NULL, NULL, NULL);
        tell_this_step();
        add_to_step(&(struct event){.kind = EVENT_GC,
                                    .f = {[GC_BEFORE] = (int64_t)g->before,
                                          [GC_LIVE] = (int64_t)g->live,
                                          [GC_OBJECTS] = (int64_t)g->objects,
                                          [GC_GOAL] = (int64_t)g->goal,
                                          [GC_FORCED] = g->forced}});
        spans_stale();
        if (outside)
            end_step(NULL, NULL);
    }
    pthread_mutex_unlock(&mu);
}

static const struct allocWatch watch = {
    .allocated = on_allocated,
    .swept = on_swept,
    .collected = on_collected,
};

/* --- what maps tell ------------------------------------------------------- */

static void tell_growth(const struct mapGrowth *g)
{
    bool swiss = g->t->kind == MAPKIND_SWISS;
    struct event e = {.kind = EVENT_GROWTH,
                      .f = {[GROWTH_MAP] = maps_id(g->m),
                            [GROWTH_FROM] = swiss ? g->oldSlots : g->oldB,
                            [GROWTH_TO] = swiss ? g->newSlots : g->newB,
                            [GROWTH_LEN] = (int64_t)g->count,
                            [GROWTH_MOVES] = (int64_t)g->moves,
                            [GROWTH_BYTES] = (int64_t)g->bytes,
                            [GROWTH_LET_GO] = (int64_t)g->letGo,
                            [GROWTH_PLACES] = (int64_t)g->places,
                            [GROWTH_OVERFLOW] = g->noverflow}};
    if (swiss)
        e.f[GROWTH_WHY] = g->split ? WHY_SPLIT : WHY_TABLE;
    else
        e.f[GROWTH_WHY] = g->sameSize ? WHY_OVERFLOW : WHY_LOAD;
    add_to_step(&e);
}

void eventlog_growth(const struct mapGrowth *g)
{
    pthread_mutex_lock(&mu);
    if (rec.inPart && rec.inStep) {
        tell_this_step();
        tell_growth(g);
        maps_growing(g);
    }
    pthread_mutex_unlock(&mu);
}

/* --- parts --------------------------------------------------------------- */

void eventlog_start(const struct logWants *w)
{
    ASSERT(!rec.on);
    rec.want = *w;
    rec.on = true;
    malloc_watch(&watch);
}

bool eventlog_recording(void)
{
    return rec.on;
}

void eventlog_stop(void)
{
    malloc_watch(NULL);
    rec.on = false;
}

static bool wanted(size_t part)
{
    if (rec.want.put == NULL)
        return false;
    return rec.want.parts == NULL ||
           (part <= rec.want.nparts && rec.want.parts[part - 1]);
}

int64_t eventlog_part(void)
{
    if (!rec.on)
        return 0;
    pthread_mutex_lock(&mu);
    rec.parts = array_reserve(rec.parts, &rec.partRoom, rec.nparts + 1,
                              sizeof rec.parts[0]);
    rec.parts[rec.nparts++] = (struct loggedPart){.ofMap = NoStep};
    rec.told = wanted(rec.nparts);
    rec.at = 0;
    memset(rec.n, 0, sizeof rec.n);
    spans_stale();
    put(&(struct event){.kind = EVENT_PART,
                        .f = {[PART_NUMBER] = (int64_t)rec.nparts}});
    rec.inPart = eventlog_steps = true;
    int64_t number = (int64_t)rec.nparts;
    pthread_mutex_unlock(&mu);
    return number;
}

void eventlog_end_part(void)
{
    pthread_mutex_lock(&mu);
    if (rec.inPart) {
        rec.inPart = eventlog_steps = false;
        put_left_out();
        put_freed();
        maps_forget_all();
    }
    pthread_mutex_unlock(&mu);
}

void eventlog_title(int64_t part, const char *title)
{
    if (part == 0 || rec.parts[part - 1].title != 0)
        return;
    rec.parts[part - 1].title = names_of(title);
    rec.told = wanted((size_t)part);
    put(&(struct event){
        .kind = EVENT_TITLE,
        .f = {[TITLE_PART] = part, [TITLE_TEXT] = rec.parts[part - 1].title}});
}

size_t eventlog_parts(void)
{
    return rec.nparts;
}

struct partCounts eventlog_counts(int64_t part)
{
    const struct loggedPart *p = &rec.parts[part - 1];
    return (struct partCounts){.title = names_text(p->title),
                               .steps = p->steps,
                               .objects = p->objects,
                               .bytes = p->bytes,
                               .last = p->last,
                               .ofMap = p->ofMap};
}
