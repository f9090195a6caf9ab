/*===- file.h - whole files ------------------------------------------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#ifndef GCRT_CORE_FILE_H
#define GCRT_CORE_FILE_H

#include "core/text.h"

/* A file that is open for reading. Problems are told as "PATH: why". */
typedef struct gcrt_file {
  const char *path; /* borrowed */
  int descriptor;
  uint64_t size;     /* bytes */
  uint64_t position; /* bytes read so far */
} gcrt_file;

/* Opens a regular file. GCRT_IO_ERROR. */
gcrt_status gcrt_file_open(gcrt_file *file, const char *path,
                           gcrt_text_buffer *message);
void gcrt_file_close(gcrt_file *file);

/* Reads the next `bytes` bytes. GCRT_IO_ERROR, also if the file ends. */
gcrt_status gcrt_file_read(gcrt_file *file, void *data, uint64_t bytes,
                           gcrt_text_buffer *message);

/* Reads `bytes` bytes from `offset` on. GCRT_IO_ERROR likewise. */
gcrt_status gcrt_file_read_at(gcrt_file *file, uint64_t offset, void *data,
                              uint64_t bytes, gcrt_text_buffer *message);

/* Part of a file that is written. */
typedef struct gcrt_span {
  const void *data;
  uint64_t bytes;
} gcrt_span;

/* Writes the spans, one after the other, to a new file beside `path` and
 * renames it when it is whole, so that a failure leaves what was there. A
 * device or pipe is written in place. With `durable`, the file is on the disk
 * when this returns. GCRT_IO_ERROR, GCRT_OUT_OF_MEMORY. */
gcrt_status gcrt_file_write(const char *path, const gcrt_span *spans,
                            uint64_t n_spans, bool durable,
                            gcrt_text_buffer *message);

#endif /* GCRT_CORE_FILE_H */
