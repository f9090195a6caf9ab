/*===- memory.c - memory through the allocation table ----------------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#include "core/memory.h"

#include <stdlib.h>
#include <string.h>

static void *allocate_from_libc(void *user, size_t bytes, size_t alignment) {
  (void)user;
  // aligned_alloc wants a multiple of the alignment.
  size_t rounded = (bytes + alignment - 1) / alignment * alignment;
  return rounded < bytes ? NULL : aligned_alloc(alignment, rounded);
}

static void free_to_libc(void *user, void *memory) {
  (void)user;
  free(memory);
}

const gcrt_allocator gcrt_default_allocator = {allocate_from_libc, free_to_libc,
                                               NULL};

void *gcrt_allocate(const gcrt_allocator *allocator, uint64_t bytes) {
  // No object may be larger than pointer differences can tell.
  if (bytes > PTRDIFF_MAX)
    return NULL;
  return allocator->alloc(allocator->user, bytes == 0 ? 1 : bytes,
                          GCRT_ALIGNMENT);
}

void *gcrt_allocate_zeroed(const gcrt_allocator *allocator, uint64_t count,
                           uint64_t size) {
  if (size != 0 && count > PTRDIFF_MAX / size)
    return NULL;
  void *memory = gcrt_allocate(allocator, count * size);
  if (memory)
    memset(memory, 0, count * size);
  return memory;
}

void gcrt_free(const gcrt_allocator *allocator, void *memory) {
  if (memory)
    allocator->free(allocator->user, memory);
}
