/*===- peak.c - the machine's multiply-adds as contender -------------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*
 *
 * Serves blocks of independent multiply-adds on registers, FLOPS_PER_RUN
 * operations each; its result is that number. Compiled for the machine at hand.
 *
 *===----------------------------------------------------------------------===*/

#include "serve.h"

#if defined(__AVX512F__)
#define LANES 16
#else
#define LANES 8
#endif
#define CHAINS 12
#define STEPS 100000

typedef float vector __attribute__((vector_size(4 * LANES)));

static volatile float sink;

static void run(void *user) {
  (void)user;
  vector sums[CHAINS], factor, term;
  for (int i = 0; i < CHAINS; ++i)
    sums[i] = (vector){0} + (float)i;
  factor = (vector){0} + 0.999f;
  term = (vector){0} + 1e-3f;
  for (int step = 0; step < STEPS; ++step) {
#pragma GCC unroll 12
    for (int i = 0; i < CHAINS; ++i) {
      sums[i] = sums[i] * factor + term;
      __asm__ volatile("" : "+v"(sums[i]));
    }
  }
  for (int i = 0; i < CHAINS; ++i)
    sink = sums[i][0];
}

static const float *result(void *user, size_t *count) {
  (void)user;
  static const float flops = 2.0f * CHAINS * LANES * STEPS;
  *count = 1;
  return &flops;
}

int main(void) { return serve("peak", run, result, NULL); }
