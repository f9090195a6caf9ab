/*===- npy_rows.c - writing an array file row by row -----------------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*
 *
 * The header says how many rows there are, which is known at the end only. It
 * is first written for as many as there can be, which takes the most room, and
 * then again.
 *
 *===----------------------------------------------------------------------===*/

#include "core/npy_rows.h"

#include "core/npy_format.h"

#include <inttypes.h>
#include <string.h>

static gcrt_tensor get_row(const gcrt_npy_rows *rows) {
  return (gcrt_tensor){NULL, rows->dims + 1, rows->dtype, rows->rank - 1};
}

/* Writes the header; with blanks before its line end where it is shorter than
 * the first one was. */
static gcrt_status write_header(gcrt_npy_rows *rows,
                                gcrt_text_buffer *message) {
  const gcrt_tensor array = {NULL, rows->dims, rows->dtype, rows->rank};
  gcrt_text_buffer header;
  gcrt_text_init(&header, message->allocator);
  gcrt_npy_append_header(&header, &array);
  while (header.size < rows->header_bytes && !header.truncated) {
    header.data[header.size - 1] = ' ';
    gcrt_text_append(&header, "\n", 1);
  }
  rows->header_bytes = header.size;
  gcrt_npy_set_header_length(&header);
  gcrt_status status =
      header.truncated
          ? gcrt_error_memory(message, "the header of a file", header.size)
          : gcrt_growing_file_write(&rows->file, header.data, header.size,
                                    message);
  gcrt_text_free(&header);
  return status;
}

gcrt_status gcrt_npy_rows_create(gcrt_npy_rows *rows, const char *path,
                                 const gcrt_tensor *row,
                                 gcrt_text_buffer *message) {
  rows->header_bytes = 0;
  if (row->rank >= GCRT_MAX_RANK)
    return gcrt_error(message, GCRT_INVALID_ARGUMENT,
                      "%s: expected rows of fewer than %d dimensions", path,
                      GCRT_MAX_RANK);
  rows->dtype = row->dtype;
  rows->rank = row->rank + 1;
  rows->dims[0] = INT64_MAX;
  if (row->rank > 0)
    memcpy(rows->dims + 1, row->dims, row->rank * sizeof(*row->dims));
  gcrt_status status = gcrt_growing_file_create(&rows->file, path, message);
  if (status != GCRT_OK)
    return status;
  status = write_header(rows, message);
  rows->dims[0] = 0;
  if (status != GCRT_OK)
    gcrt_npy_rows_abandon(rows);
  return status;
}

gcrt_status gcrt_npy_rows_append(gcrt_npy_rows *rows, const gcrt_tensor *row,
                                 gcrt_text_buffer *message) {
  const gcrt_tensor first = get_row(rows);
  uint64_t bytes = 0;
  if (row->dtype != first.dtype || row->rank != first.rank ||
      !gcrt_dims_fit(row->rank, first.dims, row->dims) ||
      !gcrt_tensor_bytes(row->dtype, row->rank, row->dims, &bytes)) {
    gcrt_error(message, GCRT_INVALID_ARGUMENT, "%s: row %" PRId64 " is ",
               rows->file.path, rows->dims[0]);
    gcrt_text_append_type(message, row->dtype, row->rank, row->dims);
    gcrt_text_append_string(message, ", but those before are ");
    gcrt_text_append_type(message, first.dtype, first.rank, first.dims);
    return GCRT_INVALID_ARGUMENT;
  }
  gcrt_status status =
      gcrt_growing_file_write(&rows->file, row->data, bytes, message);
  if (status == GCRT_OK)
    ++rows->dims[0];
  return status;
}

gcrt_status gcrt_npy_rows_finish(gcrt_npy_rows *rows,
                                 gcrt_text_buffer *message) {
  gcrt_status status = gcrt_growing_file_rewind(&rows->file, message);
  if (status == GCRT_OK)
    status = write_header(rows, message);
  if (status != GCRT_OK) {
    gcrt_npy_rows_abandon(rows);
    return status;
  }
  rows->header_bytes = 0;
  return gcrt_growing_file_commit(&rows->file, message);
}

void gcrt_npy_rows_abandon(gcrt_npy_rows *rows) {
  if (rows->header_bytes > 0)
    gcrt_growing_file_abandon(&rows->file);
  rows->header_bytes = 0;
}
