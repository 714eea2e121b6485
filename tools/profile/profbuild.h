/*
 * profbuild.h: fill a profile without saying anything twice.
 *
 * Whoever makes a profile (merge, the text readers, the writer of our own heap
 * profile) describes a function, location or sample as often as it meets it;
 * the builder keeps one of each and numbers it. Samples that agree in stack and
 * labels become one, their values added up.
 */
#ifndef TOOLS_PROFILE_PROFBUILD_H
#define TOOLS_PROFILE_PROFBUILD_H

#include "tools/profile/profile.h"

struct profBuilder;

/* Builds into p, which stays the caller's and must outlive the builder. */
struct profBuilder *builder_new(struct profile *p);
void builder_free(struct profBuilder *b);

/* Each finds the element of b's profile that equals the one described, or adds
 * it. The description need not belong to the profile: strings are interned,
 * pointers to mappings and functions must already be the profile's. Ids in the
 * description are not looked at. */
struct profMapping *builder_mapping(struct profBuilder *b,
                                    const struct profMapping *like);
struct profFunc *builder_func(struct profBuilder *b,
                              const struct profFunc *like);
struct profLoc *builder_loc(struct profBuilder *b, const struct profLoc *like);
/* Adds like's values to the sample that has its stack and labels. */
struct profSample *builder_sample(struct profBuilder *b,
                                  const struct profSample *like);

/* The location of one plain frame, for those who know name, file and line. */
struct profLoc *builder_frame(struct profBuilder *b,
                              struct profMapping *mapping, const char *func,
                              const char *file, int64_t line, uint64_t addr);

#endif
