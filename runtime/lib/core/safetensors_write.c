/*===- safetensors_write.c - saving variables ------------------------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*
 *
 * A safetensors file is eight bytes that hold the length of a JSON header, the
 * header, and the tensors, which the header's offsets count from its end.
 *
 *===----------------------------------------------------------------------===*/

#include "core/file.h"
#include "core/instance.h"
#include "core/memory.h"
#include "core/safetensors.h"

#include <inttypes.h>

const char *gcrt_safetensors_dtype(uint32_t dtype) {
  static const char *const names[] = {
      [GCRT_F64] = "F64",   [GCRT_F32] = "F32", [GCRT_F16] = "F16",
      [GCRT_BF16] = "BF16", [GCRT_I64] = "I64", [GCRT_I32] = "I32",
      [GCRT_I16] = "I16",   [GCRT_I8] = "I8",   [GCRT_U64] = "U64",
      [GCRT_U32] = "U32",   [GCRT_U16] = "U16", [GCRT_U8] = "U8",
      [GCRT_BOOL] = "BOOL"};
  return dtype < sizeof(names) / sizeof(*names) ? names[dtype] : NULL;
}

/* Appends a variable's entry; its value, in the sizes `dims`, begins at
 * `offset`. */
static void append_entry(gcrt_text_buffer *header,
                         const gcrt_variable_spec *variable,
                         const int64_t *dims, uint64_t offset, uint64_t bytes) {
  gcrt_text_append(header, header->size > 1 ? "," : "",
                   header->size > 1 ? 1 : 0);
  gcrt_text_append_json(header, variable->name);
  gcrt_text_appendf(header, ":{\"dtype\":\"%s\",\"shape\":[",
                    gcrt_safetensors_dtype(variable->dtype));
  for (uint32_t i = 0; i < variable->rank; ++i)
    gcrt_text_appendf(header, i > 0 ? ",%" PRId64 : "%" PRId64, dims[i]);
  gcrt_text_appendf(header, "],\"data_offsets\":[%" PRIu64 ",%" PRIu64 "]}",
                    offset, offset + bytes);
}

/* Writes the header and puts the values of the variables into `spans`. Returns
 * how many there are. */
static uint64_t collect(gcrt_instance *instance, gcrt_text_buffer *header,
                        gcrt_span *spans) {
  uint64_t n_spans = 0, offset = 0;
  gcrt_text_append(header, "{", 1);
  for (uint32_t i = 0; i < instance->model->n_variables; ++i) {
    const gcrt_variable_spec *variable = &instance->model->variables[i];
    if (!variable->name || !instance->frame.variable_set[i])
      continue;
    uint64_t bytes = gcrt_variable_bytes(instance, i);
    append_entry(header, variable, instance->variable_dims[i], offset, bytes);
    spans[n_spans++] = (gcrt_span){instance->variables[i], bytes};
    offset += bytes;
  }
  gcrt_text_append(header, "}", 1);
  // Values begin at a multiple of eight bytes in the file.
  while (header->size % 8 != 0 && !header->truncated)
    gcrt_text_append(header, " ", 1);
  return n_spans;
}

gcrt_status gcrt_save(gcrt_instance *instance, const char *path) {
  uint64_t n_variables = instance->model->n_variables;
  gcrt_span *spans = gcrt_allocate_zeroed(&instance->allocator, n_variables + 2,
                                          sizeof(*spans));
  if (!spans)
    return gcrt_error_memory(&instance->message, "saving variables",
                             (n_variables + 2) * sizeof(*spans));
  gcrt_text_buffer header;
  gcrt_text_init(&header, &instance->allocator);
  uint64_t n_spans = collect(instance, &header, spans + 2);
  gcrt_status status;
  if (header.truncated) {
    status = gcrt_error_memory(&instance->message, "the header of a file",
                               2 * header.size);
  } else {
    // The length as eight bytes, least significant first, is what memory holds.
    uint64_t length = header.size;
    spans[0] = (gcrt_span){&length, sizeof(length)};
    spans[1] = (gcrt_span){header.data, header.size};
    status = gcrt_file_write(path, spans, n_spans + 2, /*durable=*/true,
                             &instance->message);
  }
  gcrt_text_free(&header);
  gcrt_free(&instance->allocator, spans);
  return status;
}
