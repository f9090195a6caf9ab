/*===- data.h - the constants of a model -----------------------------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#ifndef GCRT_CORE_DATA_H
#define GCRT_CORE_DATA_H

#include "core/text.h"

/* The constants of a model, in its object or in a file of their own. */
typedef struct gcrt_data {
  const char *bytes; /* NULL: the model has none */
  void *mapping;     /* NULL: they are in the object */
  uint64_t mapped;   /* bytes at `mapping` */
} gcrt_data;

/* Finds the constants. Where they are a file it is mapped, not read: that of
 * this `path`; NULL: the file of the model's name for it beside the program or
 * the shared library that the model is in. GCRT_IO_ERROR; GCRT_MODEL_MISMATCH:
 * the file is of another model, or none of weights; GCRT_OUT_OF_MEMORY. */
gcrt_status gcrt_data_open(gcrt_data *data, const gcrt_model *model,
                           const char *path, gcrt_text_buffer *message);
void gcrt_data_close(gcrt_data *data);

/* Appends the folder of the program or shared library that `address` lies in,
 * with a slash at its end. False: it is not known. */
bool gcrt_append_folder_of(const void *address, gcrt_text_buffer *path);

#endif /* GCRT_CORE_DATA_H */
