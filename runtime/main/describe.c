/*===- describe.c - printing a model's functions and variables -------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#include "program.h"

#include "core/memory.h"
#include "core/open_variables.h"
#include "core/text.h"

#include <inttypes.h>
#include <stdio.h>

static void append_sizes(gcrt_text_buffer *out, uint32_t rank,
                         const int64_t *sizes) {
  gcrt_text_append_string(out, "[");
  for (uint32_t i = 0; i < rank; ++i)
    gcrt_text_appendf(out, i > 0 ? ", %" PRId64 : "%" PRId64, sizes[i]);
  gcrt_text_append_string(out, "]");
}

/* Appends what a tensor is, but for the end of its object. */
static void append_tensor(gcrt_text_buffer *out, const char *name,
                          uint32_t dtype, uint32_t rank, const int64_t *shape) {
  gcrt_text_append_string(out, "{\"name\": ");
  gcrt_text_append_json(out, name);
  gcrt_text_appendf(out,
                    ", \"dtype\": \"%s\", \"shape\": ", gcrt_dtype_name(dtype));
  append_sizes(out, rank, shape);
}

static void append_tensors(gcrt_text_buffer *out, const char *key,
                           const gcrt_tensor_spec *tensors, uint32_t n) {
  gcrt_text_appendf(out, ", \"%s\": [", key);
  for (uint32_t i = 0; i < n; ++i) {
    gcrt_text_append_string(out, i > 0 ? ", " : "");
    append_tensor(out, tensors[i].name, tensors[i].dtype, tensors[i].rank,
                  tensors[i].shape);
    gcrt_text_append_string(out, "}");
  }
  gcrt_text_append_string(out, "]");
}

static void append_function(gcrt_text_buffer *out,
                            const gcrt_function_spec *function) {
  gcrt_text_append_string(out, "{\"name\": ");
  gcrt_text_append_json(out, function->name);
  append_tensors(out, "inputs", function->inputs, function->n_inputs);
  append_tensors(out, "outputs", function->outputs, function->n_outputs);
  gcrt_text_append_string(out, "}");
}

static void append_variable(gcrt_text_buffer *out,
                            const gcrt_variable_spec *variable,
                            gcrt_instance *instance, uint32_t index) {
  append_tensor(out, variable->name, variable->dtype, variable->rank,
                variable->shape);
  gcrt_tensor value;
  if (instance && gcrt_is_open(variable) &&
      gcrt_get_variable(instance, index, &value) == GCRT_OK) {
    gcrt_text_append_string(out, ", \"current_shape\": ");
    append_sizes(out, value.rank, value.dims);
  }
  gcrt_text_append_string(out, "}");
}

static void append_model(gcrt_text_buffer *out, const gcrt_model *model,
                         gcrt_instance *instance) {
  gcrt_text_append_string(out, "{\"name\": ");
  gcrt_text_append_json(out, model->name);
  gcrt_text_append_string(out, ", \"functions\": [");
  for (uint32_t i = 0; i < model->n_functions; ++i) {
    gcrt_text_append_string(out, i > 0 ? ", " : "");
    append_function(out, &model->functions[i]);
  }
  gcrt_text_append_string(out, "], \"variables\": [");
  const char *separator = "";
  for (uint32_t i = 0; i < model->n_variables; ++i) {
    const gcrt_variable_spec *variable = &model->variables[i];
    if (!variable->name)
      continue;
    gcrt_text_append_string(out, separator);
    separator = ", ";
    append_variable(out, variable, instance, i);
  }
  gcrt_text_append_string(out, "]}\n");
}

int describe_model(const options *o, const gcrt_model *model,
                   gcrt_instance *instance) {
  gcrt_text_buffer out;
  gcrt_text_init(&out, &gcrt_default_allocator);
  append_model(&out, model, instance);
  bool complete = !out.truncated;
  if (complete)
    fwrite(out.data, 1, out.size, stdout);
  else
    complain(o, "out of memory");
  gcrt_text_free(&out);
  return complete ? EXIT_DONE : EXIT_FAILED;
}
