/*
 * site.h: the lines of a program that allocate: how much, why, and in which
 * sizes.
 *
 * Figures are the profile's: estimates where it is sampled, with the number of
 * samples behind them for whoever must know how far they can be off.
 */
#ifndef TOOLS_EXPLAIN_SITE_H
#define TOOLS_EXPLAIN_SITE_H

#include "tools/explain/mechanism.h"
#include "tools/explain/series.h"
#include "tools/profile/naming.h"

enum { MaxSiteCallers = 8 };

/* Objects of one size, mechanism and part that one line allocated. */
struct siteSize {
    int64_t size;  /* bytes of one object, class-rounded */
    uint64_t call; /* instruction that asked for it, where frames are hidden: a
                      line may have several; 0: not known */
    enum mechanism mech;
    enum piece part;
    double objects, bytes;
    double inuse;   /* objects of them still in use */
    double samples; /* objects that were really seen */
};

struct siteCaller {
    const char *func;
    int64_t line;
    double bytes;
};

struct site {
    const char *func, *file;
    int64_t line;
    struct siteSize *sizes; /* ascending, nsizes of them */
    size_t nsizes, cap_sizes;
    double objects, bytes;             /* allocated */
    double inuse_objects, inuse_bytes; /* still in use */
    double samples;
    double mech_objects[NMECHS], mech_bytes[NMECHS];
    bool swiss;       /* its map's frames are those of swiss maps */
    bool syncmap;     /* … and package sync makes it */
    const char *type; /* "map.bucket[string]int" where a label says so */
    struct siteCaller callers[MaxSiteCallers]; /* of a library's line: the
                                  program's own, ncallers of them */
    size_t ncallers;
};

enum {
    HeaderBytes = 48, /* Go: map.go hmap; maps/map.go Map */
    ExtraBytes = 24,  /* Go: map.go mapextra */
};

/* Objects of a map header's size that a line made. */
struct siteHeaders {
    double objects;
    const char *func;
};

struct sites {
    struct site *list; /* n of them */
    size_t n, cap;
    struct siteHeaders *headers; /* nheaders, the fewest objects first, equally
                                    many by function */
    size_t nheaders;
    struct sizeCount *made; /* arrays that make(m, hint) made, by size */
    size_t nmade;
    struct sizeCount *hinted; /* the same, where frames are hidden: what calls
                                 made together with as many headers */
    size_t nhinted;
    struct site total;
    int64_t rate;    /* of sampling; 1: everything */
    bool has_allocs; /* else the figures are those in use */
    enum profShown shown;
};

/* The lines of a heap profile, which must outlive them; the value that decides
 * their order is by bytes, or by objects. shown says what the frames hide. */
struct sites *sites_collect(const struct profile *p, enum profShown shown);
void sites_sort(struct sites *l, bool by_bytes);
void sites_free(struct sites *l);

/* Adds up what a list has of equal sizes, and sorts it by size. Returns how
 * many are left. */
size_t sizes_add_up(struct sizeCount *list, size_t n);

/* Two standard deviations of an estimate of so many objects that rests on so
 * many samples; 0 where everything was recorded. */
double estimate_off(const struct sites *l, double objects, double samples);

#endif
