/*===- summary.c - the text of a tensor ------------------------------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*
 *
 * The same text as TensorFlow's Tensor::SummarizeValue, which has two forms: an
 * older one for Assert and Print, and one for StringFormat.
 *
 *===----------------------------------------------------------------------===*/

#include "core/summary.h"

#include "core/numbers.h"
#include "core/shape.h"

/* What the recursion over dimensions carries along. */
typedef struct writer {
  gcrt_text_buffer *text;
  const gcrt_tensor *tensor;
  int64_t limit; /* elements in all; for the format style, at each end */
  int64_t next;  /* summary style: the element that is written next */
} writer;

static int64_t count_elements(const gcrt_tensor *tensor) {
  uint64_t bytes = 0;
  gcrt_tensor_bytes(tensor->dtype, tensor->rank, tensor->dims, &bytes);
  return (int64_t)(bytes / gcrt_dtype_size(tensor->dtype));
}

static void write_element(writer *w, int64_t index) {
  gcrt_text_append_element(w->text, w->tensor->dtype, w->tensor->data, index);
}

/*===-- Summary style ----------------------------------------------------===*/

/* One row of the last dimension. A row that is cut ends in "...", unless it is
 * the whole tensor: then the end of the summary says so. */
static void summarize_row(writer *w, uint32_t dim) {
  for (int64_t i = 0; i < w->tensor->dims[dim]; ++i) {
    if (w->next >= w->limit) {
      if (dim != 0)
        gcrt_text_append_string(w->text, "...");
      return;
    }
    if (i > 0)
      gcrt_text_append_string(w->text, " ");
    write_element(w, w->next++);
  }
}

static void summarize_dim(writer *w, uint32_t dim) {
  if (dim + 1 == w->tensor->rank) {
    summarize_row(w, dim);
    return;
  }
  for (int64_t i = 0; i < w->tensor->dims[dim] && w->next < w->limit; ++i) {
    gcrt_text_append_string(w->text, "[");
    summarize_dim(w, dim + 1);
    gcrt_text_append_string(w->text, "]");
  }
}

static void summarize(writer *w, int64_t n_elements) {
  if (w->limit > 0 && w->tensor->rank > 0)
    summarize_dim(w, 0);
  else if (w->limit > 0)
    write_element(w, 0);
  if (n_elements > w->limit)
    gcrt_text_append_string(w->text, "...");
}

/*===-- Format style -----------------------------------------------------===*/

/* Between two elements of a row a space; between two rows a line end and as
 * many spaces as there are open brackets; between planes a line more; and so
 * on. */
static void separate(writer *w, uint32_t dim) {
  uint32_t last = w->tensor->rank - 1;
  if (dim == last) {
    gcrt_text_append_string(w->text, " ");
    return;
  }
  for (uint32_t i = dim; i < last; ++i)
    gcrt_text_append_string(w->text, "\n");
  for (uint32_t i = 0; i <= dim; ++i)
    gcrt_text_append_string(w->text, " ");
}

/* The part of the tensor whose first element is `index`, `stride` elements for
 * each step of dimension `dim`. */
static void format_dim(writer *w, uint32_t dim, int64_t index,
                       int64_t part_size) {
  if (dim == w->tensor->rank) {
    write_element(w, index);
    return;
  }
  int64_t count = w->tensor->dims[dim];
  int64_t stride = count > 0 ? part_size / count : 0;
  int64_t head = count < w->limit ? count : w->limit;
  int64_t tail = count - w->limit > head ? count - w->limit : head;
  gcrt_text_append_string(w->text, "[");
  for (int64_t i = 0; i < head; ++i) {
    if (i > 0)
      separate(w, dim);
    format_dim(w, dim + 1, index + i * stride, stride);
  }
  if (tail > head) {
    separate(w, dim);
    gcrt_text_append_string(w->text, "...");
  }
  for (int64_t i = tail; i < count; ++i) {
    separate(w, dim);
    format_dim(w, dim + 1, index + i * stride, stride);
  }
  gcrt_text_append_string(w->text, "]");
}

void gcrt_text_append_tensor(gcrt_text_buffer *text, const gcrt_tensor *tensor,
                             uint32_t style, int32_t summarize_count) {
  int64_t n_elements = count_elements(tensor);
  int64_t limit = summarize_count;
  if (limit < 0 || limit > n_elements)
    limit = n_elements;
  writer w = {text, tensor, limit, 0};
  // A scalar looks the same in both styles.
  if (style == GCRT_TEXT_FORMAT && tensor->rank > 0)
    format_dim(&w, 0, 0, n_elements);
  else
    summarize(&w, n_elements);
}
