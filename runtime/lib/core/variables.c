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
  *value =
      (gcrt_tensor){instance->variables[variable],
                    instance->variable_dims[variable], spec->dtype, spec->rank};
  return GCRT_OK;
}

/* Checks that a variable may have `value`, and finds out its bytes. */
static gcrt_status check_value(gcrt_instance *instance,
                               const gcrt_variable_spec *spec,
                               const gcrt_tensor *value, uint64_t *bytes) {
  gcrt_text_buffer *message = &instance->message;
  if (value->dtype != spec->dtype || value->rank != spec->rank ||
      !gcrt_dims_fit(spec->rank, spec->shape, value->dims) ||
      !gcrt_tensor_bytes(value->dtype, value->rank, value->dims, bytes)) {
    gcrt_error(message, GCRT_INVALID_ARGUMENT, "variable \"%s\": expected ",
               spec->name);
    gcrt_text_append_type(message, spec->dtype, spec->rank, spec->shape);
    gcrt_text_append_string(message, ", but got ");
    gcrt_text_append_type(message, value->dtype, value->rank, value->dims);
    return GCRT_INVALID_ARGUMENT;
  }
  if (*bytes > 0 && !value->data)
    return gcrt_error(message, GCRT_INVALID_ARGUMENT,
                      "variable \"%s\": the value has no data", spec->name);
  return GCRT_OK;
}

gcrt_status gcrt_set_variable(gcrt_instance *instance, uint32_t variable,
                              const gcrt_tensor *value) {
  gcrt_status status = check_index(instance, variable);
  if (status != GCRT_OK)
    return status;
  const gcrt_variable_spec *spec = &instance->model->variables[variable];
  uint64_t bytes;
  status = check_value(instance, spec, value, &bytes);
  if (status != GCRT_OK)
    return status;
  gcrt_place room = {.memory = instance->variables[variable]};
  if (gcrt_is_open(spec))
    room = gcrt_find_room(instance, variable, bytes, /*spare=*/true);
  if (!room.memory)
    return GCRT_OUT_OF_MEMORY;
  // The value may be a view of the variable itself.
  if (bytes > 0)
    memmove(room.memory, value->data, bytes);
  if (gcrt_is_open(spec))
    gcrt_move_variable(instance, variable, room, value->dims);
  instance->frame.variable_set[variable] = 1;
  return GCRT_OK;
}

int32_t gcrt_unset(struct gcrt_frame *frame, uint32_t variable) {
  gcrt_instance *instance = frame->instance;
  return (int32_t)gcrt_error(&instance->message, GCRT_UNINITIALIZED,
                             "variable \"%s\" is read, but nothing has set it",
                             instance->model->variables[variable].name);
}
