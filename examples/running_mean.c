/*===- running_mean.c - a compiled graph in a C program --------------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*
 *
 * Feeds two batches to the graph of running_mean.pbtxt, then one with a NaN,
 * which its assertion holds back.
 *
 *   graph-compile running_mean.pbtxt --config running_mean.json -c
 *   cc running_mean.c running_mean.o -lgcrt -lm -o running_mean
 *
 *===----------------------------------------------------------------------===*/

#include "running_mean.h"

#include <math.h>
#include <stdio.h>

/* Runs one update and prints the mean, or why there is none. */
static gcrt_status update(gcrt_instance *instance, const float *batch,
                          int64_t size) {
  gcrt_result mean = {0}; /* no buffer: the value stays in the instance */
  gcrt_status status = running_mean_update(instance, batch, size, &mean);
  if (status == GCRT_OK)
    printf("mean %g\n", *(const float *)mean.tensor.data);
  else
    printf("%s: %s\n", gcrt_status_name(status), gcrt_last_error(instance));
  return status;
}

int main(void) {
  char message[256] = "";
  gcrt_options options = {.message = message, .message_bytes = sizeof(message)};
  gcrt_instance *instance;
  if (running_mean_create(&options, &instance) != GCRT_OK) {
    fprintf(stderr, "%s\n", message);
    return 1;
  }

  const float first[] = {1, 2, 4, 5}, second[] = {6, 6};
  const float not_finite[] = {1, NAN};
  update(instance, first, 4);
  update(instance, second, 2);
  /* The assertion fails; the instance stays usable and unchanged. */
  if (update(instance, not_finite, 2) != GCRT_ASSERTION_FAILED)
    return 1;

  uint32_t variable;
  gcrt_tensor count;
  if (gcrt_find_variable(instance, "count", &variable) != GCRT_OK ||
      gcrt_get_variable(instance, variable, &count) != GCRT_OK)
    return 1;
  printf("count %g\n", *(const float *)count.data);
  gcrt_destroy(instance);
  return 0;
}
