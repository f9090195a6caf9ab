/*===- numbers.h - numbers as TensorFlow writes them -----------------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#ifndef GCRT_CORE_NUMBERS_H
#define GCRT_CORE_NUMBERS_H

#include "core/text.h"

/* Appends element `index` of an array of type `dtype`. Integers and booleans
 * are decimal (true is 1). A floating-point number has as many digits as its
 * type surely keeps (6; 15 for float64) if those give it back exactly, else as
 * many as tell all numbers apart (9; 17); float16 and bfloat16 are written as
 * the float32 of the same value. */
void gcrt_text_append_element(gcrt_text_buffer *text, uint32_t dtype,
                              const void *data, int64_t index);

/* The float32 with the value of a float16 or a bfloat16, given by its bits. */
float gcrt_float_from_half(uint16_t bits);
float gcrt_float_from_bfloat16(uint16_t bits);

#endif /* GCRT_CORE_NUMBERS_H */
