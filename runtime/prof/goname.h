/*
 * goname.h: the name that Go would give to a C function.
 */
#ifndef RUNTIME_PROF_GONAME_H
#define RUNTIME_PROF_GONAME_H

#include "runtime/base/base.h"

enum { MaxGoName = 128 };

/* The package that the functions of a source file belong to:
 *
 *     runtime/ alloc/ map/              "runtime"
 *     map/sync/syncmap.c                     "sync"
 *     tools/ tests/ map/sync/shardmap.c      "main"
 *
 * NULL when the file is none of ours. */
const char *goname_package(const char *file);

/*
 * Writes the Go name of the C function cname of package pkg, at most n bytes
 * with the NUL. The compiler's suffixes are dropped (evacuate.constprop.0), and
 * a prefix that is one of Go's receiver types makes a method of it:
 *
 *     runtime, mapassign_fast64    ->  runtime.mapassign_fast64
 *     runtime, hmap_newoverflow    ->  runtime.(*hmap).newoverflow
 *     sync,    Map_Store           ->  sync.(*Map).Store
 */
void goname(const char *pkg, const char *cname, char *name, size_t n);

#endif
