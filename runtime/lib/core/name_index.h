/*===- name_index.h - from a name to its number ----------------------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#ifndef GCRT_CORE_NAME_INDEX_H
#define GCRT_CORE_NAME_INDEX_H

#include "gcrt/runtime.h"

#include <stdbool.h>

/* A hash table over the variables of a model: models have tens of thousands. */
typedef struct gcrt_name_index {
  const gcrt_variable_spec *variables;
  uint32_t *slots; /* number of a variable plus one; 0: free */
  uint32_t mask;   /* slots minus one */
} gcrt_name_index;

/* Builds the table. GCRT_OUT_OF_MEMORY, or GCRT_MODEL_MISMATCH with the number
 * of a variable whose name is taken in `*duplicate`. */
gcrt_status gcrt_name_index_init(gcrt_name_index *index,
                                 const gcrt_model *model,
                                 const gcrt_allocator *allocator,
                                 uint32_t *duplicate);

void gcrt_name_index_free(gcrt_name_index *index,
                          const gcrt_allocator *allocator);

/* Finds the variable of that name; `name` need not end in a zero byte. */
bool gcrt_name_index_find(const gcrt_name_index *index, const char *name,
                          size_t length, uint32_t *variable);

#endif /* GCRT_CORE_NAME_INDEX_H */
