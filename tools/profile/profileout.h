/*
 * profileout.h: our own heap profile, written for the tools that people have:
 * go tool pprof, speedscope, flamegraph.pl, and readers of debug=1.
 *
 *     memprofile's buckets --profile_of_heap--> struct profile --> a file
 *
 * The writers take any profile, so what was read from a real program can be
 * written in another form too.
 */
#ifndef TOOLS_PROFILE_PROFILEOUT_H
#define TOOLS_PROFILE_PROFILEOUT_H

#include "runtime/prof/callstack.h"
#include "tools/profile/profile.h"

#include <stdio.h>

/*
 * The heap profile as it stands, its samples in the order of their first
 * allocation, with Go's four sample types; a sampled profile's values are
 * scaled up unless raw. FRAMES_FULL keeps every frame and the labels tier,
 * served, sizeclass, type and map; the other views keep what Go keeps, the
 * label bytes.
 */
struct profile *profile_of_heap(enum frameView view, bool raw);

/* Each writes p to f; false when the system would not take it (errno). */

/* Gzipped profile.proto. */
bool profile_write_proto(const struct profile *p, FILE *f);
/* One line a stack, root first: "main.main;main.fill 12". value is the index of
 * a sample type. */
bool profile_write_folded(const struct profile *p, int value, FILE *f);
/* speedscope's JSON: a profile for each of the first two sample types. */
bool profile_write_speedscope(const struct profile *p, const char *name,
                              FILE *f);
/* The text of debug=1, whose values are raw. */
bool profile_write_text(const struct profile *p, FILE *f);

/* What a command was asked to write; NULL: not. */
struct profileFiles {
    const char *memprofile, *folded, *speedscope, *text;
    bool goview; /* as Go writes it: runtime frames hidden */
};

/* True when any of the files is wanted. */
bool profile_files_wanted(const struct profileFiles *w);
/* Ends the program in one line where two of them, or one and the file that is
 * read (NULL: none), are the same, or one cannot be written: before the run,
 * not after it. */
void profile_files_check(const struct profileFiles *w, const char *input);
/* Writes them all from the heap profile, once, each whole or not at all
 * (outfile.h); io_error where one cannot be. */
void profile_files_write(const struct profileFiles *w);
/* Should the program die (runtime/base/throw.h) or be told to end (SIGINT,
 * SIGTERM), writes them then: what was allocated until then is what one
 * wants to know. Call once, before the run; *w must stay. */
void profile_files_rescue(const struct profileFiles *w);

#endif
