/*===- failing_malloc.c - a program whose n-th allocation fails ------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*
 *
 * Linked into an executable with -Wl,--wrap for the functions below: of all
 * that its object, its main and the runtime allocate, what FAIL_AT counts
 * fails.
 *
 *===----------------------------------------------------------------------===*/

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

void *__real_calloc(size_t count, size_t size);
void *__real_aligned_alloc(size_t alignment, size_t bytes);
FILE *__real_fopen(const char *path, const char *mode);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t bytes);
FILE *__wrap_fopen(const char *path, const char *mode);

/* Whether this allocation is the one; if it is, standard error says so. */
static int fails(void) {
  static long calls, fail_at = -1;
  if (calls == 0)
    fail_at = atol(getenv("FAIL_AT"));
  if (calls++ != fail_at)
    return 0;
  static const char text[] = "an allocation fails\n";
  return write(STDERR_FILENO, text, sizeof(text) - 1) > 0;
}

void *__wrap_calloc(size_t count, size_t size) {
  return fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_aligned_alloc(size_t alignment, size_t bytes) {
  return fails() ? NULL : __real_aligned_alloc(alignment, bytes);
}

FILE *__wrap_fopen(const char *path, const char *mode) {
  return fails() ? NULL : __real_fopen(path, mode);
}
