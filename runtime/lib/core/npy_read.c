/*===- npy_read.c - reading NumPy's array files ----------------------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#include "core/memory.h"
#include "core/npy_header.h"
#include "gcrt/npy.h"

#include <string.h>

/* Reads the elements behind the header into `array`: the sizes of the tensor
 * and then, aligned, its elements are in one piece of memory. */
static gcrt_status read_elements(gcrt_file *file, const gcrt_npy_header *header,
                                 const gcrt_allocator *allocator,
                                 gcrt_npy *array, gcrt_text_buffer *message) {
  uint64_t bytes = header->bytes;
  uint64_t dims_bytes = header->rank * sizeof(int64_t);
  uint64_t offset =
      (dims_bytes + GCRT_ALIGNMENT - 1) / GCRT_ALIGNMENT * GCRT_ALIGNMENT;
  char *memory = gcrt_allocate(allocator, offset + bytes);
  if (!memory)
    return gcrt_error_memory(message, file->path, offset + bytes);
  memcpy(memory, header->dims, dims_bytes);
  unsigned char *data = (unsigned char *)memory + offset;
  gcrt_status status = gcrt_file_read(file, data, bytes, message);
  if (status != GCRT_OK) {
    gcrt_free(allocator, memory);
    return status;
  }
  if (header->dtype == GCRT_BOOL)
    gcrt_npy_fix_booleans(data, bytes);
  array->memory = memory;
  array->tensor = (gcrt_tensor){data, header->rank ? (int64_t *)memory : NULL,
                                header->dtype, header->rank};
  return GCRT_OK;
}

static gcrt_status read_array(gcrt_file *file, const gcrt_allocator *allocator,
                              gcrt_npy *array, gcrt_text_buffer *message) {
  gcrt_npy_header header;
  gcrt_status status = gcrt_npy_read_header(file, &header, message);
  if (status == GCRT_OK)
    status = read_elements(file, &header, allocator, array, message);
  return status;
}

gcrt_status gcrt_npy_read(const char *path, const gcrt_allocator *allocator,
                          gcrt_npy *array, char *message,
                          size_t message_bytes) {
  if (!allocator)
    allocator = &gcrt_default_allocator;
  *array = (gcrt_npy){0};
  gcrt_text_buffer text;
  gcrt_text_init(&text, allocator);
  gcrt_file file;
  gcrt_status status = gcrt_file_open(&file, path, &text);
  if (status == GCRT_OK) {
    status = read_array(&file, allocator, array, &text);
    gcrt_file_close(&file);
  }
  if (status != GCRT_OK)
    gcrt_text_copy_out(&text, message, message_bytes);
  gcrt_text_free(&text);
  return status;
}

void gcrt_npy_free(gcrt_npy *array, const gcrt_allocator *allocator) {
  gcrt_free(allocator ? allocator : &gcrt_default_allocator, array->memory);
  *array = (gcrt_npy){0};
}
