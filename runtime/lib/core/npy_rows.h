/*===- npy_rows.h - writing an array file row by row -----------------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#ifndef GCRT_CORE_NPY_ROWS_H
#define GCRT_CORE_NPY_ROWS_H

#include "core/growing_file.h"
#include "core/shape.h"

/* An array file whose first dimension grows as rows are appended. It gets its
 * name when it is finished. Not to be moved. */
typedef struct gcrt_npy_rows {
  gcrt_growing_file file;
  uint64_t header_bytes; /* room for the header; 0: there is no file */
  uint32_t dtype;        /* of all rows */
  uint32_t rank;         /* of the array: one more than of a row */
  int64_t dims[GCRT_MAX_RANK + 1]; /* of the array: dims[0] is the number of
                                      rows so far */
} gcrt_npy_rows;

/* Creates the file for rows of this type and these sizes. GCRT_IO_ERROR: also
 * where `path` is no regular file, for it has to be written twice;
 * GCRT_INVALID_ARGUMENT: a row has all dimensions that an array may have;
 * GCRT_OUT_OF_MEMORY. `path` outlives `rows`. */
gcrt_status gcrt_npy_rows_create(gcrt_npy_rows *rows, const char *path,
                                 const gcrt_tensor *row,
                                 gcrt_text_buffer *message);

/* Appends a row. GCRT_INVALID_ARGUMENT: it has other sizes than the first. */
gcrt_status gcrt_npy_rows_append(gcrt_npy_rows *rows, const gcrt_tensor *row,
                                 gcrt_text_buffer *message);

/* Completes the file and gives it its name. */
gcrt_status gcrt_npy_rows_finish(gcrt_npy_rows *rows,
                                 gcrt_text_buffer *message);

/* Removes the file, if there is one that is not finished. */
void gcrt_npy_rows_abandon(gcrt_npy_rows *rows);

#endif /* GCRT_CORE_NPY_ROWS_H */
