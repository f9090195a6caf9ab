/*===- allocations_main.c - the model of an executable linked by hand ------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#include "allocations.h"

const gcrt_model *const gcrt_main_model = &allocations_model;
