/*===- npy_format.h - what reading and writing .npy files share ------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#ifndef GCRT_CORE_NPY_FORMAT_H
#define GCRT_CORE_NPY_FORMAT_H

#include "core/text.h"

#include <stdint.h>

#define GCRT_NPY_MAGIC "\x93NUMPY"
#define GCRT_NPY_MAGIC_SIZE 6

/* What NumPy calls an element type: "<f4", "|b1", ..; NULL for numbers that are
 * no gcrt_dtype. */
const char *gcrt_npy_descr(uint32_t dtype);

/* Appends what comes before the elements of `tensor`: magic, version, length of
 * the header, and the header, a Python dictionary. Elements begin at a multiple
 * of 64 bytes. */
void gcrt_npy_append_header(gcrt_text_buffer *header,
                            const gcrt_tensor *tensor);

/* Writes the length of such a header where it belongs, after a change. */
void gcrt_npy_set_header_length(gcrt_text_buffer *header);

#endif /* GCRT_CORE_NPY_FORMAT_H */
