/*===- place.h - memory that grows --------------------------------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#ifndef GCRT_CORE_PLACE_H
#define GCRT_CORE_PLACE_H

#include <stdint.h>

/* Memory that grows and never shrinks. */
typedef struct gcrt_place {
  void *memory; /* NULL: none yet */
  uint64_t capacity;
} gcrt_place;

#endif /* GCRT_CORE_PLACE_H */
