/*===- counting_allocator.h - an allocator that counts and fails -----------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#ifndef GCRT_TEST_COUNTING_ALLOCATOR_H
#define GCRT_TEST_COUNTING_ALLOCATOR_H

#include "gcrt/runtime.h"

typedef struct counting_allocator {
  gcrt_allocator table; /* what the runtime gets */
  int64_t calls;        /* allocations asked for so far */
  int64_t fail_at;      /* the one that fails, counted from 0; -1: none */
  int64_t live;         /* allocations that were not freed */
} counting_allocator;

/* Sets up an allocator whose allocation number `fail_at` fails, as does one of
 * more than a gigabyte. */
void counting_allocator_init(counting_allocator *allocator, int64_t fail_at);

#endif /* GCRT_TEST_COUNTING_ALLOCATOR_H */
