/*===- open_variables.h - variables whose shape is open -----------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*
 *
 * Such a variable has memory of its own, which is replaced when the variable
 * grows out of it, and sizes of its own.
 *
 *===----------------------------------------------------------------------===*/

#ifndef GCRT_CORE_OPEN_VARIABLES_H
#define GCRT_CORE_OPEN_VARIABLES_H

#include "core/place.h"
#include "gcrt/runtime.h"

#include <stdbool.h>

typedef struct gcrt_open_variable {
  uint32_t number;  /* an index into gcrt_model.variables */
  gcrt_place place; /* its value */
  int64_t *dims;    /* its sizes */
} gcrt_open_variable;

/* Those of one instance, in the order of their numbers. */
typedef struct gcrt_open_variables {
  gcrt_open_variable *all;
  uint32_t count;
  int64_t *dims; /* the sizes of all of them */
} gcrt_open_variables;

/* Whether some size of a variable is open. */
bool gcrt_is_open(const gcrt_variable_spec *variable);

/* Makes those of an instance, in the sizes that the model says. A failure
 * leaves a message. */
gcrt_status gcrt_open_variables_make(gcrt_instance *instance);

void gcrt_open_variables_free(gcrt_open_variables *variables,
                              const gcrt_allocator *allocator);

/* The memory for `bytes` bytes of a variable: its own where that is enough,
 * else new memory, which belongs to the caller until the variable moves there;
 * with `spare`, larger than asked for. NULL: there is none; the message is set.
 */
gcrt_place gcrt_find_room(gcrt_instance *instance, uint32_t variable,
                          uint64_t bytes, bool spare);

/* Takes back what gcrt_find_room gave. */
void gcrt_give_room_back(gcrt_instance *instance, uint32_t variable,
                         gcrt_place room);

/* Lets a variable live in `room`, in the sizes `dims`. The memory where it
 * lived before is freed. */
void gcrt_move_variable(gcrt_instance *instance, uint32_t variable,
                        gcrt_place room, const int64_t *dims);

/* Bytes of the value that a variable, open or not, has now. */
uint64_t gcrt_variable_bytes(const gcrt_instance *instance, uint32_t variable);

#endif /* GCRT_CORE_OPEN_VARIABLES_H */
