/*===- variables.c - variables by name and number --------------------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#include "core/instance.h"
#include "core/shape.h"
#include "gcrt/generated.h"

#include <inttypes.h>
#include <string.h>

gcrt_status gcrt_find_variable(gcrt_instance *instance, const char *name,
                               uint32_t *variable) {
  if (gcrt_name_index_find(&instance->variable_names, name, strlen(name),
                           variable))
    return GCRT_OK;
  return gcrt_error(&instance->message, GCRT_NOT_FOUND,
                    "model \"%s\" has no variable \"%s\"",
                    instance->model->name, name);
}

static gcrt_status check_index(gcrt_instance *instance, uint32_t variable) {
  if (variable < instance->model->n_variables) {
    if (instance->model->variables[variable].name)
      return GCRT_OK;
    return gcrt_error(&instance->message, GCRT_NOT_FOUND,
                      "variable %" PRIu32 " of model \"%s\" is hidden",
                      variable, instance->model->name);
  }
  return gcrt_error(&instance->message, GCRT_INVALID_ARGUMENT,
                    "model \"%s\" has %" PRIu32
                    " variables, but variable %" PRIu32 " was asked for",
                    instance->model->name, instance->model->n_variables,
                    variable);
}

gcrt_status gcrt_get_variable(gcrt_instance *instance, uint32_t variable,
                              gcrt_tensor *value) {
  gcrt_status status = check_index(instance, variable);
  if (status != GCRT_OK)
    return status;
  if (!instance->frame.variable_set[variable])
    return (gcrt_status)gcrt_unset(&instance->frame, variable);
  const gcrt_variable_spec *spec = &instance->model->variables[variable];
  *value = (gcrt_tensor){instance->variables[variable], spec->shape,
                         spec->dtype, spec->rank};
  return GCRT_OK;
}

gcrt_status gcrt_set_variable(gcrt_instance *instance, uint32_t variable,
                              const gcrt_tensor *value) {
  gcrt_status status = check_index(instance, variable);
  if (status != GCRT_OK)
    return status;
  const gcrt_variable_spec *spec = &instance->model->variables[variable];
  gcrt_text_buffer *message = &instance->message;
  if (value->dtype != spec->dtype || value->rank != spec->rank ||
      !gcrt_dims_fit(spec->rank, spec->shape, value->dims)) {
    gcrt_error(message, GCRT_INVALID_ARGUMENT, "variable \"%s\": expected ",
               spec->name);
    gcrt_text_append_type(message, spec->dtype, spec->rank, spec->shape);
    gcrt_text_append_string(message, ", but got ");
    gcrt_text_append_type(message, value->dtype, value->rank, value->dims);
    return GCRT_INVALID_ARGUMENT;
  }
  if (spec->bytes > 0 && !value->data)
    return gcrt_error(message, GCRT_INVALID_ARGUMENT,
                      "variable \"%s\": the value has no data", spec->name);
  // The value may be a view of the variable itself.
  if (spec->bytes > 0)
    memmove(instance->variables[variable], value->data, spec->bytes);
  instance->frame.variable_set[variable] = 1;
  return GCRT_OK;
}

int32_t gcrt_unset(struct gcrt_frame *frame, uint32_t variable) {
  gcrt_instance *instance = frame->instance;
  return (int32_t)gcrt_error(&instance->message, GCRT_UNINITIALIZED,
                             "variable \"%s\" is read, but nothing has set it",
                             instance->model->variables[variable].name);
}
