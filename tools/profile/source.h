/*
 * source.h: where a profile comes from, as people name it: a file; a program
 * and a file together; or an address, http://host[/debug/pprof/…]. One reader
 * gives frames as complete as the source allows, and can say how complete that
 * is.
 */
#ifndef TOOLS_PROFILE_SOURCE_H
#define TOOLS_PROFILE_SOURCE_H

#include "tools/profile/naming.h"

struct source {
    struct profile *p;
    char *title;          /* "heap.txt", "standard input", the address */
    enum profShown shown; /* of the runtime's frames */
    bool calls_told;      /* hidden, but the program says what each call is */
    const char *named_by; /* what named hidden frames; NULL: nothing had to */
    const char *release;  /* that built the program, "go1.27.3", where the
                             program says so; else "" */
};

/* What help texts call a source, and what they say of it. */
#define SOURCE_ARGS "[PROGRAM] FILE | ADDRESS"
#define SOURCE_DOC                                                             \
    "FILE is a heap profile: .pb.gz from runtime/pprof, net/http/pprof, go "   \
    "test -memprofile or hmap itself, a debug=1 page, or a log of "            \
    "GODEBUG=allocfreetrace=1; - is standard input. ADDRESS is a running "     \
    "program with net/http/pprof, http://localhost:6060, or a page of it. Go " \
    "hides the runtime's frames when it writes a profile; they are seen all "  \
    "the same at an ADDRESS, in a debug=1 page beside the PROGRAM that wrote " \
    "it, and in a file written under `hmap overlay`. Beside a .pb.gz with "    \
    "hidden frames the PROGRAM tells which of the runtime's functions each "   \
    "call is of: go test -memprofile leaves it behind, pkg.test. A FILE may "  \
    "have 256 MB, unpacked, and take a GiB of memory."

/* Reads the source of n words, one or two. NULL: err (SourceErrorSize bytes)
 * has one line, with the word that it is about. */
enum { SourceErrorSize = 700 };
struct source *source_read(char *const *words, int n, char *err);
void source_free(struct source *s); /* NULL is fine */

/* The same, or the program ends with that line and status 1; any other
 * number of words is a usage error of command. */
struct source *source_must_read(const char *command, char *const *words, int n);

/* It counts what the heap has; else, for who needs that, the program ends with
 * one line and status 1. */
bool source_is_heap(const struct source *s);
void source_must_be_heap(const struct source *s);

/* "frames complete", "frames hidden: …", for the head of a report. The caller
 * frees it. */
char *source_says(const struct source *s);

#endif
