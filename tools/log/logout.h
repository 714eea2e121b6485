/*
 * logout.h: the event log written down: a JSON object a line, for everybody; or
 * packed, for the page.
 */
#ifndef TOOLS_LOG_LOGOUT_H
#define TOOLS_LOG_LOGOUT_H

#include "tools/log/event.h"
#include <jansson.h>
#include <stdio.h>

/* Prints e on standard output as one line, and before it the chain that it
 * speaks of, when that is new. */
void logout_line(const struct event *e);
void logout_write(FILE *f, const struct event *e); /* the same on f */

/* Packs e: its kind, then each of its fields as a varint, numbers as the
 * zigzagged difference to that field's value in the last event of that kind,
 * bytes and lists with their length before them; FIELD_HEX is 8 bytes, the
 * lowest first, behind a 1; a 0 stands for 0. */
void logout_pack(const struct event *e);

/* Everything packed so far: the schema, the words, chains; and the data and the
 * names, a NUL behind each, deflated (zlib) and in base64. The caller owns it;
 * begins anew. */
json_t *logout_packed(void);

/* Of each part that was recorded: its number, title or null, steps, objects and
 * bytes; the number of its last step, and of the last that has a map (NoStep:
 * none has). */
json_t *logout_parts(void);

#endif
