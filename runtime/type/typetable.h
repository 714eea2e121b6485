/*
 * typetable.h: the descriptors that exist, found by their text.
 */
#ifndef RUNTIME_TYPE_TYPETABLE_H
#define RUNTIME_TYPE_TYPETABLE_H

#include "runtime/type/typedesc.h"

/*
 * The descriptor whose text is draft->str; made from draft when there is none.
 * The text, the fields and their names are copied. ptrmask is draft's pointer
 * mask; NULL: it is put together from the masks of the fields or elements.
 * NULL when the system gives no memory. Safe from any thread.
 */
const struct type *typetable_intern(const struct type *draft,
                                    const uint8_t *ptrmask);

/* Descriptors made so far, basic types not counted. */
size_t typetable_count(void);

/* Proves the table's invariants; throws where one does not hold. */
void typetable_check(void);

#endif
