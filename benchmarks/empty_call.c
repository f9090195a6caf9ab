/*===- empty_call.c - what a call of a compiled function costs -------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*
 *
 * Adds one to one element, a million times, through the typed C function of the
 * model's header; empty_call.py compiles the model and this program. Each call
 * is timed by itself, so the numbers contain one reading of the clock. All
 * allocations of program and runtime are counted: the program is linked with
 * -Wl,--wrap for the functions of the C library that allocate.
 *
 *===----------------------------------------------------------------------===*/

#include "add_one.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { CALLS = 1000000, WARM_UP = 10000 };

static unsigned long allocations;

/* The linker sends calls of X to __wrap_X, and __real_X is X. */
#define COUNTED(type, name, parameters, arguments)                             \
  type __real_##name parameters;                                               \
  type __wrap_##name parameters;                                               \
  type __wrap_##name parameters {                                              \
    ++allocations;                                                             \
    return __real_##name arguments;                                            \
  }

COUNTED(void *, malloc, (size_t bytes), (bytes))
COUNTED(void *, calloc, (size_t count, size_t size), (count, size))
COUNTED(void *, realloc, (void *memory, size_t bytes), (memory, bytes))
COUNTED(void *, aligned_alloc, (size_t alignment, size_t bytes),
        (alignment, bytes))

static double read_clock(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return 1e9 * (double)now.tv_sec + (double)now.tv_nsec;
}

static int compare(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static double find_median(double *times) {
  qsort(times, CALLS, sizeof(*times), compare);
  return times[CALLS / 2];
}

int main(void) {
  static double times[CALLS];
  char message[256] = "";
  gcrt_options options = {.message = message, .message_bytes = sizeof(message)};
  gcrt_instance *instance;
  if (add_one_create(&options, &instance) != GCRT_OK) {
    fprintf(stderr, "%s\n", message);
    return 1;
  }
  float x = 1, y = 0;
  gcrt_result result = {.buffer = &y, .capacity = sizeof(y)};
  unsigned long before = 0;
  for (int i = -WARM_UP; i < CALLS; ++i) {
    if (i == 0)
      before = allocations;
    double start = read_clock();
    gcrt_status status = add_one_main(instance, &x, &result);
    if (i >= 0)
      times[i] = read_clock() - start;
    if (status != GCRT_OK || y != 2) {
      fprintf(stderr, "%s\n", gcrt_last_error(instance));
      return 1;
    }
  }
  unsigned long during = allocations - before;
  gcrt_destroy(instance);
  double call = find_median(times);
  for (int i = 0; i < CALLS; ++i) {
    double start = read_clock();
    times[i] = read_clock() - start;
  }
  printf("{\"median_ns\": %.0f, \"clock_ns\": %.0f, \"calls\": %d, "
         "\"allocations\": %lu}\n",
         call, find_median(times), CALLS, during);
  return 0;
}
