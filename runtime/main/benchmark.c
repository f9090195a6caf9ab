/*===- benchmark.c - timing calls ------------------------------------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#include "program.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double now_us(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static int compare(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static gcrt_status run(gcrt_instance *instance, const call *c) {
  return gcrt_call(instance, c->index, c->inputs, c->function->n_inputs,
                   c->results, c->function->n_outputs);
}

/* Runs a tenth of the calls, 3 to 100, untimed: memory is there then, threads
 * run, caches are warm. */
static gcrt_status warm_up(uint64_t calls, gcrt_instance *instance,
                           const call *c) {
  uint64_t n = calls / 10;
  n = n < 3 ? 3 : n > 100 ? 100 : n;
  gcrt_status status = GCRT_OK;
  for (uint64_t i = 0; status == GCRT_OK && i < n; ++i)
    status = run(instance, c);
  return status;
}

/* The value that a share of the sorted times stays below. */
static double quantile(const double *times, uint64_t n, double share) {
  return times[(uint64_t)((double)(n - 1) * share + 0.5)];
}

gcrt_status benchmark_call(const options *o, gcrt_instance *instance,
                           const call *c) {
  uint64_t n = o->benchmark;
  double *times = calloc(n, sizeof(*times));
  if (!times) {
    complain(o, "out of memory: %llu times", (unsigned long long)n);
    return GCRT_OUT_OF_MEMORY;
  }
  gcrt_status status = warm_up(n, instance, c);
  for (uint64_t i = 0; status == GCRT_OK && i < n; ++i) {
    double start = now_us();
    status = run(instance, c);
    times[i] = now_us() - start;
  }
  if (status != GCRT_OK) {
    complain(o, "%s", gcrt_last_error(instance));
  } else {
    qsort(times, n, sizeof(*times), compare);
    printf("{\"median_us\": %.3f, \"p10_us\": %.3f, \"p90_us\": %.3f, "
           "\"min_us\": %.3f, \"calls\": %llu, \"threads\": %u}\n",
           quantile(times, n, 0.5), quantile(times, n, 0.1),
           quantile(times, n, 0.9), times[0], (unsigned long long)n,
           gcrt_threads(instance));
  }
  free(times);
  return status;
}
