/*===- npy_header.h - the headers of NumPy's array files
 * --------------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#ifndef GCRT_CORE_NPY_HEADER_H
#define GCRT_CORE_NPY_HEADER_H

#include "core/file.h"
#include "core/shape.h"

/* What the header of an array file says. */
typedef struct gcrt_npy_header {
  uint32_t dtype;
  uint32_t rank;
  int64_t dims[GCRT_MAX_RANK];
  uint64_t bytes; /* of the elements, which are all that follows the header */
} gcrt_npy_header;

/* Reads the header at the start of `file`, up to its end. GCRT_IO_ERROR,
 * GCRT_INVALID_ARGUMENT: it is no array file, is not supported, or is cut
 * short. */
gcrt_status gcrt_npy_read_header(gcrt_file *file, gcrt_npy_header *header,
                                 gcrt_text_buffer *message);

/* Makes booleans of `bytes` bytes that came from a file: code takes it for
 * granted that one is 0 or 1. */
void gcrt_npy_fix_booleans(unsigned char *data, uint64_t bytes);

#endif /* GCRT_CORE_NPY_HEADER_H */
