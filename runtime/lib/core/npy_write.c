/*===- npy_write.c - writing NumPy's array files ---------------------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#include "core/file.h"
#include "core/memory.h"
#include "core/npy_format.h"
#include "core/shape.h"
#include "gcrt/npy.h"

#include <inttypes.h>

const char *gcrt_npy_descr(uint32_t dtype) {
  static const char *const descrs[] = {
      [GCRT_F64] = "<f8",  [GCRT_F32] = "<f4", [GCRT_F16] = "<f2",
      [GCRT_BF16] = "<V2", [GCRT_I64] = "<i8", [GCRT_I32] = "<i4",
      [GCRT_I16] = "<i2",  [GCRT_I8] = "|i1",  [GCRT_U64] = "<u8",
      [GCRT_U32] = "<u4",  [GCRT_U16] = "<u2", [GCRT_U8] = "|u1",
      [GCRT_BOOL] = "|b1"};
  return dtype < sizeof(descrs) / sizeof(*descrs) ? descrs[dtype] : NULL;
}

void gcrt_npy_append_header(gcrt_text_buffer *header,
                            const gcrt_tensor *tensor) {
  gcrt_text_append(header, GCRT_NPY_MAGIC "\x01\x00..",
                   GCRT_NPY_MAGIC_SIZE + 4);
  gcrt_text_appendf(header,
                    "{'descr': '%s', 'fortran_order': False, 'shape': (",
                    gcrt_npy_descr(tensor->dtype));
  for (uint32_t i = 0; i < tensor->rank; ++i)
    gcrt_text_appendf(header, i > 0 ? ", %" PRId64 : "%" PRId64,
                      tensor->dims[i]);
  gcrt_text_append_string(header, tensor->rank == 1 ? ",), }" : "), }");
  // Elements begin at a multiple of 64 bytes; a line end comes before them.
  while ((header->size + 1) % 64 != 0 && !header->truncated)
    gcrt_text_append(header, " ", 1);
  gcrt_text_append(header, "\n", 1);
  gcrt_npy_set_header_length(header);
}

void gcrt_npy_set_header_length(gcrt_text_buffer *header) {
  // The ranks that are allowed keep the length far below 65536: version 1 does.
  size_t length = header->size - GCRT_NPY_MAGIC_SIZE - 4;
  header->data[GCRT_NPY_MAGIC_SIZE + 2] = (char)(length & 255);
  header->data[GCRT_NPY_MAGIC_SIZE + 3] = (char)(length >> 8);
}

static gcrt_status write_tensor(const char *path, const gcrt_tensor *tensor,
                                gcrt_text_buffer *message) {
  uint64_t bytes;
  if (tensor->rank > GCRT_MAX_RANK ||
      !gcrt_tensor_bytes(tensor->dtype, tensor->rank, tensor->dims, &bytes))
    return gcrt_error(message, GCRT_INVALID_ARGUMENT,
                      "%s: expected a tensor with a type and sizes", path);
  gcrt_text_buffer header;
  gcrt_text_init(&header, message->allocator);
  gcrt_npy_append_header(&header, tensor);
  gcrt_status status;
  if (header.truncated) {
    status = gcrt_error_memory(message, "the header of a file", header.size);
  } else {
    gcrt_span spans[] = {{header.data, header.size}, {tensor->data, bytes}};
    status = gcrt_file_write(path, spans, 2, /*durable=*/false, message);
  }
  gcrt_text_free(&header);
  return status;
}

gcrt_status gcrt_npy_write(const char *path, const gcrt_tensor *tensor,
                           const gcrt_allocator *allocator, char *message,
                           size_t message_bytes) {
  gcrt_text_buffer text;
  gcrt_text_init(&text, allocator ? allocator : &gcrt_default_allocator);
  gcrt_status status = write_tensor(path, tensor, &text);
  if (status != GCRT_OK)
    gcrt_text_copy_out(&text, message, message_bytes);
  gcrt_text_free(&text);
  return status;
}
