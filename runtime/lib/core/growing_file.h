/*===- growing_file.h - files that are written bit by bit ------------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#ifndef GCRT_CORE_GROWING_FILE_H
#define GCRT_CORE_GROWING_FILE_H

#include "core/file.h"

/* A file that gets its name when it is whole, so that a failure leaves what was
 * there. Until then it has none, or, where the file system wants one, a name
 * beside. Not to be moved. */
typedef struct gcrt_growing_file {
  const char *path;           /* for messages; outlives this */
  gcrt_text_buffer target;    /* where it goes: `path` without links */
  gcrt_text_buffer temporary; /* the name beside */
  bool is_named;              /* it has that name */
  int descriptor;
} gcrt_growing_file;

/* Creates the file. Where that succeeds, either commit or abandon ends it.
 * GCRT_IO_ERROR: also where `path` is no regular file, for it could not be
 * written twice; GCRT_OUT_OF_MEMORY. */
gcrt_status gcrt_growing_file_create(gcrt_growing_file *file, const char *path,
                                     gcrt_text_buffer *message);

/* Writes on from where it was written last; after a rewind, from the start. */
gcrt_status gcrt_growing_file_write(gcrt_growing_file *file, const void *data,
                                    uint64_t bytes, gcrt_text_buffer *message);
gcrt_status gcrt_growing_file_rewind(gcrt_growing_file *file,
                                     gcrt_text_buffer *message);

/* Gives the file its name. */
gcrt_status gcrt_growing_file_commit(gcrt_growing_file *file,
                                     gcrt_text_buffer *message);

/* Removes the file. */
void gcrt_growing_file_abandon(gcrt_growing_file *file);

#endif /* GCRT_CORE_GROWING_FILE_H */
