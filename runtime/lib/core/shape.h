/*===- shape.h - types and shapes of tensors -------------------------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#ifndef GCRT_CORE_SHAPE_H
#define GCRT_CORE_SHAPE_H

#include "core/text.h"

/* More dimensions than this no model or file has (TensorFlow's limit). */
#define GCRT_MAX_RANK 254

/* Computes the size in bytes of a tensor with sizes `dims`. False if a size is
 * negative, `dtype` is none, or the result does not fit an int64_t. */
bool gcrt_tensor_bytes(uint32_t dtype, uint32_t rank, const int64_t *dims,
                       uint64_t *bytes);

/* Whether sizes `dims` are those of `shape`, whose -1 allows any. */
bool gcrt_dims_fit(uint32_t rank, const int64_t *shape, const int64_t *dims);

/* Appends a type as messages show it: "float32[2,?]", a scalar "float32[]". */
void gcrt_text_append_type(gcrt_text_buffer *text, uint32_t dtype,
                           uint32_t rank, const int64_t *dims);

#endif /* GCRT_CORE_SHAPE_H */
