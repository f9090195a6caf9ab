/*===- safetensors.h - the names of types in safetensors files -------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#ifndef GCRT_CORE_SAFETENSORS_H
#define GCRT_CORE_SAFETENSORS_H

#include <stdint.h>

/* "F32", "BF16", "BOOL", ..; NULL for numbers that are no gcrt_dtype. */
const char *gcrt_safetensors_dtype(uint32_t dtype);

#endif /* GCRT_CORE_SAFETENSORS_H */
