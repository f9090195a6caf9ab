/*===- abi_demo.h - a module written by hand -------------------------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#ifndef GCRT_TEST_ABI_DEMO_H
#define GCRT_TEST_ABI_DEMO_H

#include "gcrt/model.h"

extern const gcrt_model demo_model;

/* Numbers of its functions and variables. */
enum {
  DEMO_TRAIN,
  DEMO_SCALE,
  DEMO_NOTHING,
  DEMO_PEEK,
  DEMO_STACK,
  DEMO_APPEND
};
enum { DEMO_COUNT, DEMO_WEIGHTS, DEMO_FLAGS, DEMO_HIDDEN, DEMO_ROWS };

#endif /* GCRT_TEST_ABI_DEMO_H */
