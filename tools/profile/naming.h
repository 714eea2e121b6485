/*
 * naming.h: names for a profile's bare addresses.
 *
 * The text of debug=1 keeps every address of a stack, also of the frames that
 * Go hides when it writes names. Who has the executable, or the running
 * program, can name them:
 *
 *     addresses --gopclntab, or /debug/pprof/symbol--> frames
 *
 * An address of a location is inside the call: Go's return address less one.
 */
#ifndef TOOLS_PROFILE_NAMING_H
#define TOOLS_PROFILE_NAMING_H

#include "tools/profile/gopclntab.h"
#include "tools/profile/profile.h"

/* What a profile's text says of where functions were loaded: the first
 * instruction of some, as an address of the running program. */
struct profAnchor {
    const char *func; /* interned in the profile's pool */
    uint64_t entry;
};

enum { MaxAnchors = 64 };

struct profAnchors {
    struct profAnchor list[MaxAnchors]; /* n of them */
    size_t n;
};

/* The text of debug=1 with every address kept: locations without lines are
 * those that it does not name. anchors is filled. NULL: err says why. */
struct profile *profile_parse_addresses(const char *text, size_t len,
                                        struct profAnchors *anchors, char *err);

/* profile_parse and profile_read, with the addresses of a text kept so. */
struct profile *profile_parse_bare(const void *data, size_t len,
                                   struct profAnchors *anchors, char *err);
struct profile *profile_read_bare(const char *path, struct profAnchors *anchors,
                                  char *err);

/* Takes the frames without a name out of every stack that has one with a name,
 * as Go leaves them out. */
void profile_drop_unnamed(struct profile *p);

/*
 * Names every address by the program's table, inlined calls as lines of one
 * location; program is the mapping's file. False where the program is not the
 * one that wrote the profile: err (ProfErrorSize bytes) has one line of why.
 */
bool profile_name_by_table(struct profile *p, const struct gopclntab *t,
                           const struct profAnchors *anchors,
                           const char *program, char *err);

/* Of each sample the function that its innermost call instruction calls, as
 * the program's code has it: of a profile whose innermost frames were hidden
 * when it was written. None where the program is another build: its lines stand
 * at other addresses. Returns how many calls were told. */
size_t profile_tell_callees(struct profile *p, const struct gopclntab *t);

/* The addresses without a name: how many there are; and joined by `+` as
 * /debug/pprof/symbol wants them, from number *next on, some hundred at a
 * time; *next moves on. NULL: no more. The caller frees it. */
size_t profile_count_unnamed(const struct profile *p);
char *profile_unnamed(const struct profile *p, size_t *next);

/* Reads an answer of /debug/pprof/symbol, lines "0xADDR NAME", and names the
 * locations that have none. Returns how many it named. */
size_t profile_name_by_symbols(struct profile *p, const char *text, size_t len);

/* How much of the stacks below the program's own lines a profile shows. */
enum profShown {
    SHOWN_COMPLETE, /* the runtime's frames are there */
    SHOWN_HIDDEN,   /* named, except the runtime's innermost */
    SHOWN_NAMELESS, /* no frame has a name */
};

enum profShown profile_shown(const struct profile *p);

#endif
