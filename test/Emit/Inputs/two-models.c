/*===- two-models.c - two models in one program ----------------------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

/* Uses counter.mlir under two names, from one library each. */
#include "first.h"
#include "second.h"

#include <stdio.h>

static float last(gcrt_status status, const gcrt_result *total) {
  return status == GCRT_OK ? *(const float *)total->tensor.data : -1;
}

int main(void) {
  gcrt_instance *a, *b;
  if (first_create(NULL, &a) != GCRT_OK || second_create(NULL, &b) != GCRT_OK)
    return 1;
  const float x[] = {1, 2, 3};
  gcrt_result total = {0};
  printf("first %g\n", last(first_add(a, x, 3, &total), &total));
  printf("second %g\n", last(second_add(b, x, 1, &total), &total));
  printf("first %g\n", last(first_add(a, x, 1, &total), &total));
  gcrt_destroy(a);
  gcrt_destroy(b);
  return 0;
}
