/*===- model_check.c - whether a descriptor can be run here ----------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*
 *
 * The descriptor comes from the compiler and is trusted in what only it can
 * know (that code and pointers are right). What is checked is what happens in
 * practice: object, runtime and machine that do not belong together.
 *
 *===----------------------------------------------------------------------===*/

#include "core/model_check.h"

#include "core/shape.h"

#include <inttypes.h>
#include <string.h>

static gcrt_status check_version(const gcrt_model *model,
                                 gcrt_text_buffer *message) {
  if (model->abi_version != GCRT_ABI_VERSION)
    return gcrt_error(message, GCRT_MODEL_MISMATCH,
                      "the object has ABI version %" PRIu32
                      ", this runtime has %d: compile the model and link the "
                      "runtime of the same graph-compile",
                      model->abi_version, GCRT_ABI_VERSION);
  if (model->struct_size != sizeof(gcrt_model))
    return gcrt_error(message, GCRT_MODEL_MISMATCH,
                      "the object's descriptor has %" PRIu32
                      " bytes, expected %zu",
                      model->struct_size, sizeof(gcrt_model));
  if (model->flags != 0)
    return gcrt_error(message, GCRT_MODEL_MISMATCH,
                      "model \"%s\" has flags 0x%" PRIx64
                      ", which this runtime does not know",
                      model->name, model->flags);
  return GCRT_OK;
}

static gcrt_status check_tensors(const gcrt_function_spec *function,
                                 const char *what,
                                 const gcrt_tensor_spec *tensors, uint32_t n,
                                 gcrt_text_buffer *message) {
  for (uint32_t i = 0; i < n; ++i) {
    const gcrt_tensor_spec *tensor = &tensors[i];
    bool good =
        gcrt_dtype_size(tensor->dtype) > 0 && tensor->rank <= GCRT_MAX_RANK;
    for (uint32_t j = 0; good && j < tensor->rank; ++j)
      good = tensor->shape[j] >= -1;
    if (!good)
      return gcrt_error(message, GCRT_MODEL_MISMATCH,
                        "function \"%s\": %s \"%s\" has no valid type",
                        function->name, what, tensor->name);
  }
  return GCRT_OK;
}

static gcrt_status check_function(const gcrt_function_spec *function,
                                  gcrt_text_buffer *message) {
  gcrt_status status = check_tensors(function, "input", function->inputs,
                                     function->n_inputs, message);
  if (status != GCRT_OK)
    return status;
  return check_tensors(function, "output", function->outputs,
                       function->n_outputs, message);
}

static gcrt_status check_functions(const gcrt_model *model,
                                   gcrt_text_buffer *message) {
  for (uint32_t i = 0; i < model->n_functions; ++i) {
    gcrt_status status = check_function(&model->functions[i], message);
    if (status != GCRT_OK)
      return status;
  }
  return GCRT_OK;
}

static bool is_good_variable(const gcrt_model *model,
                             const gcrt_variable_spec *variable) {
  uint64_t bytes;
  if (variable->rank > GCRT_MAX_RANK ||
      !gcrt_dims_fit(variable->rank, variable->shape, variable->dims) ||
      !gcrt_tensor_bytes(variable->dtype, variable->rank, variable->dims,
                         &bytes) ||
      bytes != variable->bytes)
    return false;
  if (variable->initial == GCRT_NO_DATA)
    return variable->name != NULL;
  return variable->initial == GCRT_ZEROS ||
         (variable->initial <= model->data_bytes &&
          bytes <= model->data_bytes - variable->initial);
}

static gcrt_status check_variables(const gcrt_model *model,
                                   gcrt_text_buffer *message) {
  for (uint32_t i = 0; i < model->n_variables; ++i) {
    const gcrt_variable_spec *variable = &model->variables[i];
    if (!is_good_variable(model, variable))
      return gcrt_error(message, GCRT_MODEL_MISMATCH,
                        "variable \"%s\" has no valid type, its type does not "
                        "take %" PRIu64 " bytes, or its data is not there",
                        variable->name ? variable->name : "(hidden)",
                        variable->bytes);
  }
  return GCRT_OK;
}

gcrt_status gcrt_check_model(const gcrt_model *model,
                             gcrt_text_buffer *message) {
  gcrt_status status = check_version(model, message);
  if (status == GCRT_OK)
    status = check_functions(model, message);
  if (status == GCRT_OK)
    status = check_variables(model, message);
  return status;
}
