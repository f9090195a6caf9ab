/*===- shape.c - types and shapes of tensors -------------------------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#include "core/shape.h"

#include <inttypes.h>

bool gcrt_tensor_bytes(uint32_t dtype, uint32_t rank, const int64_t *dims,
                       uint64_t *bytes) {
  int64_t product = (int64_t)gcrt_dtype_size(dtype);
  if (product == 0)
    return false;
  // An empty tensor is empty however large its other sizes are.
  bool empty = false, overflow = false;
  for (uint32_t i = 0; i < rank; ++i) {
    if (dims[i] < 0)
      return false;
    if (dims[i] == 0)
      empty = true;
    else if (__builtin_mul_overflow(product, dims[i], &product))
      overflow = true;
  }
  *bytes = empty ? 0 : (uint64_t)product;
  return empty || !overflow;
}

bool gcrt_dims_fit(uint32_t rank, const int64_t *shape, const int64_t *dims) {
  for (uint32_t i = 0; i < rank; ++i)
    if (shape[i] != dims[i] && shape[i] != -1)
      return false;
  return true;
}

void gcrt_text_append_type(gcrt_text_buffer *text, uint32_t dtype,
                           uint32_t rank, const int64_t *dims) {
  const char *name = gcrt_dtype_name(dtype);
  if (name)
    gcrt_text_append_string(text, name);
  else
    gcrt_text_appendf(text, "dtype(%" PRIu32 ")", dtype);
  gcrt_text_append(text, "[", 1);
  for (uint32_t i = 0; i < rank; ++i) {
    if (i > 0)
      gcrt_text_append(text, ",", 1);
    if (dims[i] == -1)
      gcrt_text_append(text, "?", 1);
    else
      gcrt_text_appendf(text, "%" PRId64, dims[i]);
  }
  gcrt_text_append(text, "]", 1);
}
