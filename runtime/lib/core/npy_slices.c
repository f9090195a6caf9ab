/*===- npy_slices.c - reading an array file slice by slice -----------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*
 *
 * Slices are read, not mapped: the memory that a program takes stays that of
 * one slice, a file that is cut short meanwhile is an error and no signal, and
 * a slice is aligned wherever it lies in the file.
 *
 *===----------------------------------------------------------------------===*/

#include "core/memory.h"
#include "core/npy_header.h"
#include "gcrt/npy.h"

#include <inttypes.h>
#include <string.h>

typedef struct gcrt_npy_file {
  gcrt_allocator allocator;
  gcrt_file file;
  uint64_t start; /* of the elements in the file */
  uint64_t bytes; /* of one slice */
  int64_t dims[GCRT_MAX_RANK];
} gcrt_npy_file;

static gcrt_status check_header(const gcrt_file *file,
                                const gcrt_npy_header *header,
                                gcrt_text_buffer *message) {
  if (header->rank == 0)
    return gcrt_error(message, GCRT_INVALID_ARGUMENT,
                      "%s: has a single element, expected a first dimension to "
                      "slice along",
                      file->path);
  return GCRT_OK;
}

/* Makes room for a slice behind a gcrt_npy_file of its own. */
static gcrt_status make_slices(const gcrt_file *file,
                               const gcrt_npy_header *header,
                               const gcrt_allocator *allocator,
                               gcrt_npy_slices *slices,
                               gcrt_text_buffer *message) {
  uint64_t count = (uint64_t)header->dims[0];
  uint64_t bytes = count ? header->bytes / count : 0;
  gcrt_npy_file *own = gcrt_allocate_zeroed(allocator, 1, sizeof(*own));
  void *data = own ? gcrt_allocate(allocator, bytes) : NULL;
  if (!data) {
    gcrt_free(allocator, own);
    return gcrt_error_memory(message, file->path, sizeof(*own) + bytes);
  }
  own->allocator = *allocator;
  own->file = *file;
  own->start = file->position;
  own->bytes = bytes;
  uint32_t rank = header->rank - 1;
  memcpy(own->dims, header->dims + 1, rank * sizeof(*own->dims));
  *slices = (gcrt_npy_slices){
      .slice = {data, rank ? own->dims : NULL, header->dtype, rank},
      .count = count,
      .data = data,
      .file = own};
  return GCRT_OK;
}

static gcrt_status open_slices(const char *path,
                               const gcrt_allocator *allocator,
                               gcrt_npy_slices *slices,
                               gcrt_text_buffer *message) {
  gcrt_file file;
  gcrt_status status = gcrt_file_open(&file, path, message);
  if (status != GCRT_OK)
    return status;
  gcrt_npy_header header;
  status = gcrt_npy_read_header(&file, &header, message);
  if (status == GCRT_OK)
    status = check_header(&file, &header, message);
  if (status == GCRT_OK)
    status = make_slices(&file, &header, allocator, slices, message);
  if (status != GCRT_OK)
    gcrt_file_close(&file);
  return status;
}

gcrt_status gcrt_npy_open(const char *path, const gcrt_allocator *allocator,
                          gcrt_npy_slices *slices, char *message,
                          size_t message_bytes) {
  if (!allocator)
    allocator = &gcrt_default_allocator;
  *slices = (gcrt_npy_slices){.count = 0};
  gcrt_text_buffer text;
  gcrt_text_init(&text, allocator);
  gcrt_status status = open_slices(path, allocator, slices, &text);
  if (status != GCRT_OK)
    gcrt_text_copy_out(&text, message, message_bytes);
  gcrt_text_free(&text);
  return status;
}

static gcrt_status read_slice(gcrt_npy_slices *slices, uint64_t index,
                              gcrt_text_buffer *message) {
  gcrt_npy_file *own = slices->file;
  if (index >= slices->count)
    return gcrt_error(message, GCRT_INVALID_ARGUMENT,
                      "%s: has %" PRIu64 " slices, but slice %" PRIu64
                      " was asked for",
                      own->file.path, slices->count, index);
  gcrt_status status =
      gcrt_file_read_at(&own->file, own->start + index * own->bytes,
                        slices->data, own->bytes, message);
  if (status == GCRT_OK && slices->slice.dtype == GCRT_BOOL)
    gcrt_npy_fix_booleans(slices->data, own->bytes);
  return status;
}

gcrt_status gcrt_npy_read_slice(gcrt_npy_slices *slices, uint64_t index,
                                char *message, size_t message_bytes) {
  gcrt_text_buffer text;
  gcrt_text_init(&text, &slices->file->allocator);
  gcrt_status status = read_slice(slices, index, &text);
  if (status != GCRT_OK)
    gcrt_text_copy_out(&text, message, message_bytes);
  gcrt_text_free(&text);
  return status;
}

void gcrt_npy_close(gcrt_npy_slices *slices) {
  if (slices->file) {
    gcrt_allocator allocator = slices->file->allocator;
    gcrt_file_close(&slices->file->file);
    gcrt_free(&allocator, slices->data);
    gcrt_free(&allocator, slices->file);
  }
  *slices = (gcrt_npy_slices){.count = 0};
}
