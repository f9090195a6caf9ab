/*===- counter.c - links a compiled object from C -------------------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

/* Uses the C functions of the header of counter.mlir. */
#include "counter.h"

#include <stdio.h>

static int check(gcrt_instance *instance, gcrt_status status) {
  if (status == GCRT_OK)
    return 0;
  printf("%s: %s\n", gcrt_status_name(status), gcrt_last_error(instance));
  return 1;
}

int main(void) {
  gcrt_instance *instance;
  if (counter_create(NULL, &instance) != GCRT_OK)
    return 1;

  const float x[] = {1, 2, 3};
  gcrt_result total = {0};
  if (check(instance, counter_add(instance, x, 3, &total)))
    return 1;
  printf("total %g\n", *(const float *)total.tensor.data);
  /* An output that is not wanted. */
  if (check(instance, counter_add(instance, x, 2, NULL)))
    return 1;

  /* The caller's own buffer, first too small. */
  const float pair[] = {1, 2}, c = 10;
  float y[2];
  gcrt_result result = {.buffer = y, .capacity = 4};
  gcrt_status status = counter_scale(instance, pair, &c, &result);
  printf("%s, needs %d bytes\n", gcrt_status_name(status), (int)result.bytes);
  result.capacity = sizeof(y);
  if (check(instance, counter_scale(instance, pair, &c, &result)))
    return 1;
  printf("y %g %g, in place: %d\n", y[0], y[1], result.tensor.data == y);

  uint32_t variable;
  gcrt_tensor value;
  if (check(instance, gcrt_find_variable(instance, "total", &variable)) ||
      check(instance, gcrt_get_variable(instance, variable, &value)))
    return 1;
  printf("variable %g\n", *(const float *)value.data);
  check(instance, gcrt_find_variable(instance, "nothing", &variable));
  gcrt_destroy(instance);
  return 0;
}
