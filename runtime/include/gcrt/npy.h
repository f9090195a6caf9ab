/*===- gcrt/npy.h - NumPy's array files ------------------------------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*
 *
 * Reads and writes .npy files: format versions 1 and 2, C order, little endian.
 * bfloat16, which NumPy lacks, is '<V2' (two bytes per element), as ml_dtypes
 * writes it. These functions need no instance; where they fail, they leave a
 * sentence that names the file in `message` (`message_bytes` bytes with the
 * final zero byte; `message` may be NULL).
 *
 *===----------------------------------------------------------------------===*/

#ifndef GCRT_NPY_H
#define GCRT_NPY_H

#include "gcrt/runtime.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A shared library that contains the runtime exports what headers declare. */
#pragma GCC visibility push(default)

/* An array of its own, read from a file. */
typedef struct gcrt_npy {
  gcrt_tensor tensor; /* data is GCRT_ALIGNMENT-aligned */
  void *memory;       /* what gcrt_npy_free frees */
} gcrt_npy;

/* Reads the file at `path`; `allocator` may be NULL (the C library's). On
 * success the caller frees `array` with gcrt_npy_free and the same allocator;
 * on failure it is empty and nothing stays allocated. GCRT_IO_ERROR,
 * GCRT_INVALID_ARGUMENT (not an array file, or one that is not supported),
 * GCRT_OUT_OF_MEMORY. */
gcrt_status gcrt_npy_read(const char *path, const gcrt_allocator *allocator,
                          gcrt_npy *array, char *message, size_t message_bytes);

/* Frees what gcrt_npy_read made; an empty `array` is allowed. */
void gcrt_npy_free(gcrt_npy *array, const gcrt_allocator *allocator);

/* Writes `tensor` to `path`: beside it first, then renamed, so that a failure
 * leaves what was there. GCRT_IO_ERROR, GCRT_INVALID_ARGUMENT,
 * GCRT_OUT_OF_MEMORY. */
gcrt_status gcrt_npy_write(const char *path, const gcrt_tensor *tensor,
                           const gcrt_allocator *allocator, char *message,
                           size_t message_bytes);

/* An array file that is read slice by slice along its first dimension: a large
 * set of batches, say. */
typedef struct gcrt_npy_slices {
  gcrt_tensor slice; /* the one that was read last; its type and sizes are those
                        of all. Data is GCRT_ALIGNMENT-aligned, undefined before
                        the first one is read */
  uint64_t count;    /* slices that there are: the first dimension */
  void *data;        /* the same as slice.data */
  struct gcrt_npy_file *file; /* opaque; NULL: not open */
} gcrt_npy_slices;

/* Opens the file at `path`, a string that has to outlive `slices`, and checks
 * its header. On success the caller ends with gcrt_npy_close; on failure
 * `slices` is empty. As gcrt_npy_read; GCRT_INVALID_ARGUMENT also for an array
 * without dimensions. */
gcrt_status gcrt_npy_open(const char *path, const gcrt_allocator *allocator,
                          gcrt_npy_slices *slices, char *message,
                          size_t message_bytes);

/* Reads slice `index` (< count) into slices->slice. After a failure its data is
 * undefined. GCRT_IO_ERROR, GCRT_INVALID_ARGUMENT. */
gcrt_status gcrt_npy_read_slice(gcrt_npy_slices *slices, uint64_t index,
                                char *message, size_t message_bytes);

/* Closes the file and frees the slice; empty `slices` are allowed. */
void gcrt_npy_close(gcrt_npy_slices *slices);

#pragma GCC visibility pop

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* GCRT_NPY_H */
