/*===- counting_allocator.c - an allocator that counts and fails -----------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#include "counting_allocator.h"

#include <stdlib.h>
#include <string.h>

static void *counting_alloc(void *user, size_t bytes, size_t alignment) {
  counting_allocator *allocator = user;
  const size_t memory_of_machine = (size_t)1 << 30;
  if (allocator->calls++ == allocator->fail_at || bytes > memory_of_machine)
    return NULL;
  size_t rounded = (bytes + alignment - 1) / alignment * alignment;
  void *memory = aligned_alloc(alignment, rounded);
  if (!memory)
    return NULL;
  // Whoever reads before writing sees it.
  memset(memory, 0xa5, rounded);
  ++allocator->live;
  return memory;
}

static void counting_free(void *user, void *memory) {
  counting_allocator *allocator = user;
  --allocator->live;
  free(memory);
}

void counting_allocator_init(counting_allocator *allocator, int64_t fail_at) {
  *allocator = (counting_allocator){
      {counting_alloc, counting_free, allocator}, 0, fail_at, 0};
}
