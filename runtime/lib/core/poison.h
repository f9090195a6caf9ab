/*===- poison.h - red zones in the arena -----------------------------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*
 *
 * Code that graph-compile makes under --sanitize=address poisons the bytes
 * between the places of its arena. The arena is whole again when the next
 * function gets it, or the allocator. Without the sanitizer these do nothing;
 * whether it is there is known when the program is linked, not before.
 *
 *===----------------------------------------------------------------------===*/

#ifndef GCRT_CORE_POISON_H
#define GCRT_CORE_POISON_H

#include <stddef.h>

// The sanitizer's name. NOLINTNEXTLINE(bugprone-reserved-identifier)
extern void __asan_unpoison_memory_region(const volatile void *memory,
                                          size_t bytes) __attribute__((weak));

static inline void gcrt_unpoison(const void *memory, size_t bytes) {
  if (__asan_unpoison_memory_region)
    __asan_unpoison_memory_region(memory, bytes);
}

#endif /* GCRT_CORE_POISON_H */
