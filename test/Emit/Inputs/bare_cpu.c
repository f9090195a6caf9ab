/*===- bare_cpu.c - a CPU that has nothing but the baseline ----------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*
 *
 * Linked before libgcrt.a, its answers are those that the runtime gets.
 *
 *===----------------------------------------------------------------------===*/

#include "mean.h"

int gcrt_cpu_has(const char *feature, size_t length);

int gcrt_cpu_has(const char *feature, size_t length) {
  (void)feature, (void)length;
  return 0;
}

const gcrt_model *const gcrt_main_model = &running_mean_model;
