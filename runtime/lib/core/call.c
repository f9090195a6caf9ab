/*===- call.c - running a function -----------------------------------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#include "core/instance.h"
#include "core/memory.h"
#include "core/poison.h"
#include "core/profile.h"
#include "core/shape.h"
#include "cpu/float_mode.h"
#include "gcrt/generated.h"

#include <inttypes.h>
#include <string.h>

/*===-- What generated code calls ----------------------------------------===*/

bool gcrt_place_reserve(gcrt_instance *instance, gcrt_place *place,
                        uint64_t bytes) {
  if (place->memory && place->capacity >= bytes)
    return true;
  // The old contents are not needed: free them first, to need less at once.
  gcrt_free(&instance->allocator, place->memory);
  place->memory = gcrt_allocate(&instance->allocator, bytes);
  place->capacity = place->memory ? bytes : 0;
  return place->memory != NULL;
}

void *gcrt_scratch(struct gcrt_frame *frame, uint32_t slot, int64_t bytes) {
  gcrt_instance *instance = frame->instance;
  gcrt_place *place = &instance->scratch[slot];
  // The size of a tensor that no machine holds comes out negative.
  if (bytes < 0 || !gcrt_place_reserve(instance, place, (uint64_t)bytes)) {
    gcrt_error_memory(&instance->message, "a value in between",
                      (uint64_t)bytes);
    return NULL;
  }
  return place->memory;
}

/* Makes room for `bytes` bytes, of which the first `kept` are there. */
static bool grow_place(gcrt_instance *instance, gcrt_place *place,
                       uint64_t bytes, uint64_t kept) {
  if (place->memory && place->capacity >= bytes)
    return true;
  uint64_t capacity =
      place->capacity <= UINT64_MAX / 2 && 2 * place->capacity > bytes
          ? 2 * place->capacity
          : bytes;
  if (kept == 0) {
    /* As there is nothing to copy, need less at once. */
    gcrt_free(&instance->allocator, place->memory);
    *place = (gcrt_place){.memory = NULL, .capacity = 0};
  }
  void *memory = gcrt_allocate(&instance->allocator, capacity);
  if (!memory && capacity > bytes) {
    /* There may be memory for what is needed now. */
    capacity = bytes;
    memory = gcrt_allocate(&instance->allocator, capacity);
  }
  if (!memory)
    return false;
  if (kept > 0 && place->memory)
    memcpy(memory, place->memory,
           kept < place->capacity ? kept : place->capacity);
  gcrt_free(&instance->allocator, place->memory);
  *place = (gcrt_place){.memory = memory, .capacity = capacity};
  return true;
}

void *gcrt_scratch_grow(struct gcrt_frame *frame, uint32_t slot, int64_t bytes,
                        int64_t kept) {
  gcrt_instance *instance = frame->instance;
  gcrt_place *place = &instance->scratch[slot];
  if (bytes < 0 ||
      !grow_place(instance, place, (uint64_t)bytes, (uint64_t)kept)) {
    gcrt_error_memory(&instance->message, "a value in between",
                      (uint64_t)bytes);
    return NULL;
  }
  return place->memory;
}

void *gcrt_output(struct gcrt_frame *frame, uint32_t index,
                  const int64_t *dims) {
  gcrt_instance *instance = frame->instance;
  const gcrt_tensor_spec *spec = &instance->running->outputs[index];
  gcrt_output_place *output = &instance->outputs[index];
  if (spec->rank > 0)
    memcpy(output->dims, dims, spec->rank * sizeof(*dims));
  bool known = gcrt_tensor_bytes(spec->dtype, spec->rank, dims, &output->bytes);
  if (known && output->buffer && output->bytes <= output->capacity) {
    output->data = output->buffer;
    return output->data;
  }
  if (!known || !gcrt_place_reserve(instance, &output->own, output->bytes)) {
    gcrt_error(&instance->message, GCRT_OUT_OF_MEMORY,
               "out of memory: output \"%s\" is ", spec->name);
    gcrt_text_append_type(&instance->message, spec->dtype, spec->rank, dims);
    return NULL;
  }
  output->data = output->own.memory;
  return output->data;
}

void gcrt_parallel_for(struct gcrt_frame *frame, int64_t n, int64_t grain,
                       void (*body)(void *closure, int64_t lo, int64_t hi),
                       void *closure) {
  gcrt_pool_run(&frame->instance->pool, n, grain, body, closure);
}

/*===-- Arguments --------------------------------------------------------===*/

static gcrt_status reject_input(gcrt_instance *instance,
                                const gcrt_tensor_spec *spec,
                                const gcrt_tensor *input) {
  gcrt_text_buffer *message = &instance->message;
  gcrt_error(message, GCRT_INVALID_ARGUMENT, "input \"%s\": expected ",
             spec->name);
  gcrt_text_append_type(message, spec->dtype, spec->rank, spec->shape);
  gcrt_text_append_string(message, ", but got ");
  gcrt_text_append_type(message, input->dtype, input->rank, input->dims);
  return GCRT_INVALID_ARGUMENT;
}

static gcrt_status take_input(gcrt_instance *instance, uint32_t index,
                              const gcrt_tensor *input) {
  const gcrt_tensor_spec *spec = &instance->running->inputs[index];
  uint64_t bytes;
  if (input->rank > 0 && !input->dims)
    return gcrt_error(&instance->message, GCRT_INVALID_ARGUMENT,
                      "input \"%s\" has a rank but no dims", spec->name);
  if (input->dtype != spec->dtype || input->rank != spec->rank ||
      !gcrt_dims_fit(spec->rank, spec->shape, input->dims) ||
      !gcrt_tensor_bytes(input->dtype, input->rank, input->dims, &bytes))
    return reject_input(instance, spec, input);
  if (!input->data && bytes > 0)
    return gcrt_error(&instance->message, GCRT_INVALID_ARGUMENT,
                      "input \"%s\" has no data", spec->name);
  if ((uintptr_t)input->data % gcrt_dtype_size(input->dtype) != 0)
    return gcrt_error(&instance->message, GCRT_INVALID_ARGUMENT,
                      "input \"%s\" is not aligned to its elements of %zu "
                      "bytes",
                      spec->name, gcrt_dtype_size(input->dtype));
  instance->inputs[index] = input->data;
  instance->input_dims[index] = input->dims;
  return GCRT_OK;
}

static gcrt_status take_result(gcrt_instance *instance, uint32_t index,
                               const gcrt_result *result) {
  const gcrt_tensor_spec *spec = &instance->running->outputs[index];
  if ((uintptr_t)result->buffer % gcrt_dtype_size(spec->dtype) != 0)
    return gcrt_error(&instance->message, GCRT_INVALID_ARGUMENT,
                      "the buffer of output \"%s\" is not aligned to its "
                      "elements of %zu bytes",
                      spec->name, gcrt_dtype_size(spec->dtype));
  instance->outputs[index].buffer = result->buffer;
  instance->outputs[index].capacity = result->capacity;
  return GCRT_OK;
}

/* Checks the arguments and puts them where the function finds them. */
static gcrt_status take_arguments(gcrt_instance *instance,
                                  const gcrt_tensor *inputs, uint32_t n_inputs,
                                  const gcrt_result *results,
                                  uint32_t n_results) {
  const gcrt_function_spec *function = instance->running;
  if (n_inputs != function->n_inputs)
    return gcrt_error(&instance->message, GCRT_INVALID_ARGUMENT,
                      "function \"%s\" expects %" PRIu32
                      " inputs, but got %" PRIu32,
                      function->name, function->n_inputs, n_inputs);
  if (n_results != 0 && n_results != function->n_outputs)
    return gcrt_error(&instance->message, GCRT_INVALID_ARGUMENT,
                      "function \"%s\" gives %" PRIu32
                      " outputs, but got %" PRIu32 " results to set",
                      function->name, function->n_outputs, n_results);
  for (uint32_t i = 0; i < n_inputs; ++i) {
    gcrt_status status = take_input(instance, i, &inputs[i]);
    if (status != GCRT_OK)
      return status;
  }
  for (uint32_t i = 0; i < function->n_outputs; ++i) {
    instance->outputs[i].buffer = NULL;
    if (n_results == 0)
      continue;
    gcrt_status status = take_result(instance, i, &results[i]);
    if (status != GCRT_OK)
      return status;
  }
  return GCRT_OK;
}

/*===-- Results ----------------------------------------------------------===*/

static void clear_results(gcrt_result *results, uint32_t n_results) {
  for (uint32_t i = 0; i < n_results; ++i) {
    memset(&results[i].tensor, 0, sizeof(results[i].tensor));
    results[i].bytes = 0;
  }
}

/* Shows the caller where the values are. */
static gcrt_status give_results(gcrt_instance *instance, gcrt_result *results,
                                uint32_t n_results) {
  gcrt_status status = GCRT_OK;
  for (uint32_t i = 0; i < n_results; ++i) {
    const gcrt_tensor_spec *spec = &instance->running->outputs[i];
    const gcrt_output_place *output = &instance->outputs[i];
    gcrt_result *result = &results[i];
    result->tensor =
        (gcrt_tensor){output->data, output->dims, spec->dtype, spec->rank};
    result->bytes = output->bytes;
    if (result->buffer && output->data != result->buffer && status == GCRT_OK)
      status = gcrt_error(&instance->message, GCRT_BUFFER_TOO_SMALL,
                          "output \"%s\" takes %" PRIu64
                          " bytes, but its buffer has %" PRIu64,
                          spec->name, result->bytes, result->capacity);
  }
  return status;
}

/*===-- Calls ------------------------------------------------------------===*/

gcrt_status gcrt_run(gcrt_instance *instance,
                     const gcrt_function_spec *function,
                     const gcrt_function_code *code) {
  instance->running = function;
  for (uint32_t i = 0; i < function->n_outputs; ++i)
    instance->outputs[i].data = NULL;
  gcrt_text_clear(&instance->message);
  gcrt_unpoison(instance->frame.arena, instance->arena_bytes);
  if (instance->frame.profile)
    gcrt_profile_begin_call(instance);
  gcrt_float_mode mode = gcrt_flush_subnormals();
  int32_t status = code->entry(&instance->frame);
  gcrt_restore_float_mode(mode);
  if (instance->frame.profile)
    gcrt_profile_end_call(instance);
  if (status != GCRT_OK) {
    if (instance->message.size == 0)
      gcrt_error(&instance->message, (gcrt_status)status,
                 "function \"%s\" failed with %s", function->name,
                 gcrt_status_name(status));
    return (gcrt_status)status;
  }
  for (uint32_t i = 0; i < function->n_outputs; ++i)
    if (!instance->outputs[i].data)
      return gcrt_error(&instance->message, GCRT_ERROR,
                        "function \"%s\" did not produce output \"%s\"",
                        function->name, function->outputs[i].name);
  return GCRT_OK;
}

gcrt_status gcrt_call(gcrt_instance *instance, uint32_t index,
                      const gcrt_tensor *inputs, uint32_t n_inputs,
                      gcrt_result *results, uint32_t n_results) {
  clear_results(results, n_results);
  if (index >= instance->model->n_functions)
    return gcrt_error(&instance->message, GCRT_INVALID_ARGUMENT,
                      "model \"%s\" has %" PRIu32
                      " functions, but function %" PRIu32 " was called",
                      instance->model->name, instance->model->n_functions,
                      index);
  const gcrt_function_spec *function = &instance->model->functions[index];
  instance->running = function;
  gcrt_status status =
      take_arguments(instance, inputs, n_inputs, results, n_results);
  if (status == GCRT_OK)
    status = gcrt_run(instance, function, &instance->variant->functions[index]);
  if (status == GCRT_OK)
    status = give_results(instance, results, n_results);
  return status;
}

gcrt_status gcrt_find_function(gcrt_instance *instance, const char *name,
                               uint32_t *function) {
  const gcrt_model *model = instance->model;
  for (uint32_t i = 0; i < model->n_functions; ++i)
    if (strcmp(model->functions[i].name, name) == 0) {
      *function = i;
      return GCRT_OK;
    }
  return gcrt_error(&instance->message, GCRT_NOT_FOUND,
                    "model \"%s\" has no function \"%s\"", model->name, name);
}
