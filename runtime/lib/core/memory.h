/*===- memory.h - memory through the allocation table ----------------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*
 *
 * All memory of the runtime comes from a gcrt_allocator, so that a program can
 * place it and a test can fail the n-th allocation.
 *
 *===----------------------------------------------------------------------===*/

#ifndef GCRT_CORE_MEMORY_H
#define GCRT_CORE_MEMORY_H

#include "gcrt/runtime.h"

/* The C library's allocator. */
extern const gcrt_allocator gcrt_default_allocator;

/* Returns `bytes` bytes, GCRT_ALIGNMENT-aligned, or NULL. Asking for no bytes
 * is allowed and gives a place of its own. */
void *gcrt_allocate(const gcrt_allocator *allocator, uint64_t bytes);

/* Like gcrt_allocate, for `count` elements of `size` bytes, all zero. */
void *gcrt_allocate_zeroed(const gcrt_allocator *allocator, uint64_t count,
                           uint64_t size);

/* Frees `memory`, which may be NULL. */
void gcrt_free(const gcrt_allocator *allocator, void *memory);

#endif /* GCRT_CORE_MEMORY_H */
