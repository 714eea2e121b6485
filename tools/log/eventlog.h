/*
 * eventlog.h: records what a program does, operation by operation: which
 * objects each one allocates, by which chain and tier, and what the map is like
 * after it.
 *
 *     mallocgc --allocwatch--+
 *     maps ----mapgrow_hook--+--> [eventlog] --events--> a line each, or packed
 *     scenarios --log_step---+
 *
 * It costs the program nothing while nothing is recorded: the allocator asks
 * for onlookers where it asks for the trace, in what is called of profiled
 * objects alone (alloctrace.h); maps call a hook that they have anyhow; and of
 * operations it is told by the scenario that makes them, not by the map.
 *
 * One recording a process. Nothing is allocated on the heap under study.
 */
#ifndef TOOLS_LOG_EVENTLOG_H
#define TOOLS_LOG_EVENTLOG_H

#include "map/map.h"
#include "tools/log/event.h"

struct logWants {
    void (*put)(const struct event *e); /* NULL: count alone */
    int64_t every;  /* every k-th step is told, and all in which a map grows */
    uint32_t cells; /* of an array at most, as in picture.h */
    int64_t draw;   /* of steps that are told, in each draw-th the map's memory
                       is, too; 0 and 1: in all */
    const bool *parts; /* those wanted, nparts of them; NULL: all */
    size_t nparts;
    /* Called at the end of a step that is told, when all of it has been put:
     * the map is at rest. t and m NULL: a step of no map. Or NULL. */
    void (*rest)(const struct maptype *t, const struct gomap *m);
};

/* From now on everything is recorded that happens in parts. program_start with
 * rate 1 must have been called. */
void eventlog_start(const struct logWants *w);
bool eventlog_recording(void);
/* Ends it; nothing is put any more. */
void eventlog_stop(void);

/* A part begins; it ends with eventlog_end_part. Returns its number, from 1;
 * 0: nothing is recorded. */
int64_t eventlog_part(void);
void eventlog_end_part(void);
/* What part number part, which has ended, is called; the first name stays. */
void eventlog_title(int64_t part, const char *title);

/* What a part had, told or not. */
struct partCounts {
    const char *title; /* NULL: none */
    uint64_t steps, objects, bytes;
    int64_t last;  /* number of its last step … */
    int64_t ofMap; /* … and of the last that has a map; NoStep: none has */
};
enum { NoStep = -1 };
size_t eventlog_parts(void); /* how many there are: 1 to that */
struct partCounts eventlog_counts(int64_t part);

/* A map grows: as mapgrow_hook. */
void eventlog_growth(const struct mapGrowth *g);

/* Set while steps are recorded: only log_step and log_done look at it. */
extern bool eventlog_steps;
void eventlog_step(enum logOp op, const struct maptype *t,
                   const struct gomap *m, const void *key);
void eventlog_done(const struct maptype *t, const struct gomap *m);

/* An operation begins, of map m (NULL: of none, or it is not made yet) and key
 * (NULL: of none); and has ended. */
ALWAYS_INLINE void log_step(enum logOp op, const struct maptype *t,
                            const struct gomap *m, const void *key)
{
    if (UNLIKELY(eventlog_steps))
        eventlog_step(op, t, m, key);
}

ALWAYS_INLINE void log_done(const struct maptype *t, const struct gomap *m)
{
    if (UNLIKELY(eventlog_steps))
        eventlog_done(t, m);
}

#endif
