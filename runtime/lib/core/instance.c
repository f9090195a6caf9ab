/*===- instance.c - making and freeing instances ---------------------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#include "core/instance.h"

#include "core/memory.h"
#include "core/model_check.h"
#include "core/poison.h"
#include "core/variant.h"
#include "cpu/affinity.h"

#include <string.h>

/*===-- Freeing ----------------------------------------------------------===*/

/* Frees what there is: an instance may be half made. */
void gcrt_destroy(gcrt_instance *instance) {
  if (!instance)
    return;
  gcrt_allocator allocator = instance->allocator;
  gcrt_pool_stop(&instance->pool, &allocator);
  gcrt_profile_stop(instance);
  for (uint32_t i = 0; instance->outputs && i < instance->n_outputs; ++i) {
    gcrt_free(&allocator, instance->outputs[i].own.memory);
    gcrt_free(&allocator, instance->outputs[i].dims);
  }
  for (uint32_t i = 0; instance->scratch && i < instance->n_scratch; ++i)
    gcrt_free(&allocator, instance->scratch[i].memory);
  gcrt_free(&allocator, instance->outputs);
  gcrt_free(&allocator, instance->scratch);
  gcrt_free(&allocator, instance->inputs);
  gcrt_free(&allocator, instance->input_dims);
  gcrt_open_variables_free(&instance->open_variables, &allocator);
  gcrt_free(&allocator, instance->variables);
  gcrt_free(&allocator, instance->variable_dims);
  gcrt_free(&allocator, instance->frame.variable_set);
  if (instance->frame.arena)
    gcrt_unpoison(instance->frame.arena, instance->arena_bytes);
  gcrt_free(&allocator, instance->frame.arena);
  gcrt_free(&allocator, instance->variable_memory);
  gcrt_data_close(&instance->data);
  gcrt_name_index_free(&instance->variable_names, &allocator);
  gcrt_text_free(&instance->message);
  gcrt_text_free(&instance->printed);
  gcrt_free(&allocator, instance);
}

/*===-- Making -----------------------------------------------------------===*/

/* What the functions of a model need at most. */
typedef struct needs {
  uint64_t arena_bytes;
  uint32_t n_inputs;
  uint32_t n_outputs;
  uint32_t n_scratch;
} needs;

static void need_for_code(needs *all, const gcrt_function_code *code) {
  if (code->arena_bytes > all->arena_bytes)
    all->arena_bytes = code->arena_bytes;
  if (code->n_scratch > all->n_scratch)
    all->n_scratch = code->n_scratch;
}

static needs find_needs(const gcrt_instance *instance) {
  const gcrt_model *model = instance->model;
  needs all = {0, 0, 0, 0};
  for (uint32_t i = 0; i < model->n_functions; ++i) {
    const gcrt_function_spec *function = &model->functions[i];
    if (function->n_inputs > all.n_inputs)
      all.n_inputs = function->n_inputs;
    if (function->n_outputs > all.n_outputs)
      all.n_outputs = function->n_outputs;
    need_for_code(&all, &instance->variant->functions[i]);
  }
  if (instance->variant->initializer)
    need_for_code(&all, instance->variant->initializer);
  return all;
}

/* Allocates `bytes` bytes, or leaves the message of a want. */
static void *allocate(gcrt_instance *instance, const char *what,
                      uint64_t bytes) {
  void *memory = gcrt_allocate(&instance->allocator, bytes);
  if (!memory)
    gcrt_error_memory(&instance->message, what, bytes);
  return memory;
}

static void *allocate_table(gcrt_instance *instance, uint64_t count,
                            uint64_t size) {
  void *memory = gcrt_allocate_zeroed(&instance->allocator, count, size);
  if (!memory)
    gcrt_error_memory(&instance->message, "a table of the instance",
                      count * size);
  return memory;
}

static gcrt_status make_outputs(gcrt_instance *instance, uint32_t n_outputs) {
  const gcrt_model *model = instance->model;
  instance->outputs =
      allocate_table(instance, n_outputs, sizeof(*instance->outputs));
  if (!instance->outputs)
    return GCRT_OUT_OF_MEMORY;
  instance->n_outputs = n_outputs;
  for (uint32_t i = 0; i < n_outputs; ++i) {
    uint32_t rank = 0;
    for (uint32_t j = 0; j < model->n_functions; ++j)
      if (i < model->functions[j].n_outputs &&
          model->functions[j].outputs[i].rank > rank)
        rank = model->functions[j].outputs[i].rank;
    instance->outputs[i].dims =
        allocate_table(instance, rank, sizeof(*instance->outputs[i].dims));
    if (!instance->outputs[i].dims)
      return GCRT_OUT_OF_MEMORY;
  }
  return GCRT_OK;
}

static gcrt_status make_tables(gcrt_instance *instance) {
  needs all = find_needs(instance);
  gcrt_status status = make_outputs(instance, all.n_outputs);
  if (status != GCRT_OK)
    return status;
  instance->inputs =
      allocate_table(instance, all.n_inputs, sizeof(*instance->inputs));
  instance->input_dims = instance->inputs
                             ? allocate_table(instance, all.n_inputs,
                                              sizeof(*instance->input_dims))
                             : NULL;
  instance->scratch =
      instance->input_dims
          ? allocate_table(instance, all.n_scratch, sizeof(*instance->scratch))
          : NULL;
  if (!instance->scratch)
    return GCRT_OUT_OF_MEMORY;
  instance->n_scratch = all.n_scratch;
  instance->arena_bytes = all.arena_bytes;
  instance->frame.arena = allocate(instance, "the arena", all.arena_bytes);
  return instance->frame.arena ? GCRT_OK : GCRT_OUT_OF_MEMORY;
}

static uint64_t align(uint64_t bytes) {
  return (bytes + GCRT_ALIGNMENT - 1) / GCRT_ALIGNMENT * GCRT_ALIGNMENT;
}

static gcrt_status make_variable_tables(gcrt_instance *instance) {
  uint32_t n = instance->model->n_variables;
  instance->variables =
      allocate_table(instance, n, sizeof(*instance->variables));
  instance->variable_dims =
      instance->variables
          ? allocate_table(instance, n, sizeof(*instance->variable_dims))
          : NULL;
  instance->frame.variable_set =
      instance->variable_dims ? allocate_table(instance, n, 1) : NULL;
  return instance->frame.variable_set ? GCRT_OK : GCRT_OUT_OF_MEMORY;
}

/* Gives every variable of fixed shape its place, one after the other. */
static gcrt_status place_variables(gcrt_instance *instance) {
  const gcrt_model *model = instance->model;
  uint64_t bytes = 0;
  for (uint32_t i = 0; i < model->n_variables; ++i)
    if (!gcrt_is_open(&model->variables[i]) &&
        __builtin_add_overflow(bytes, align(model->variables[i].bytes), &bytes))
      return gcrt_error_memory(&instance->message, "the variables", UINT64_MAX);
  instance->variable_memory = allocate(instance, "the variables", bytes);
  if (!instance->variable_memory)
    return GCRT_OUT_OF_MEMORY;
  char *place = instance->variable_memory;
  for (uint32_t i = 0; i < model->n_variables; ++i) {
    const gcrt_variable_spec *variable = &model->variables[i];
    if (gcrt_is_open(variable))
      continue;
    instance->variables[i] = place;
    instance->variable_dims[i] = variable->shape;
    place += align(variable->bytes);
  }
  return GCRT_OK;
}

/* Gives every variable that has one its initial value. */
static void initialize_variables(gcrt_instance *instance) {
  const gcrt_model *model = instance->model;
  for (uint32_t i = 0; i < model->n_variables; ++i) {
    const gcrt_variable_spec *variable = &model->variables[i];
    if (variable->initial == GCRT_NO_DATA)
      continue;
    if (variable->initial == GCRT_ZEROS)
      memset(instance->variables[i], 0, variable->bytes);
    else if (variable->bytes > 0)
      memcpy(instance->variables[i], instance->data.bytes + variable->initial,
             variable->bytes);
    instance->frame.variable_set[i] = 1;
  }
}

static gcrt_status make_variables(gcrt_instance *instance) {
  gcrt_status status = make_variable_tables(instance);
  if (status == GCRT_OK)
    status = place_variables(instance);
  if (status == GCRT_OK)
    status = gcrt_open_variables_make(instance);
  if (status == GCRT_OK)
    initialize_variables(instance);
  return status;
}

static gcrt_status index_variables(gcrt_instance *instance) {
  uint32_t duplicate = 0;
  gcrt_status status =
      gcrt_name_index_init(&instance->variable_names, instance->model,
                           &instance->allocator, &duplicate);
  if (status == GCRT_MODEL_MISMATCH)
    return gcrt_error(
        &instance->message, status, "model \"%s\" has two variables \"%s\"",
        instance->model->name, instance->model->variables[duplicate].name);
  if (status != GCRT_OK)
    gcrt_error_memory(&instance->message, "the index of variables",
                      instance->model->n_variables * sizeof(uint32_t));
  return status;
}

static gcrt_status make_pool(gcrt_instance *instance, uint32_t threads) {
  if (threads == 0)
    threads = gcrt_usable_cpus();
  if (threads > GCRT_MAX_THREADS)
    return gcrt_error(&instance->message, GCRT_INVALID_ARGUMENT,
                      "expected at most %d threads, but got %u",
                      GCRT_MAX_THREADS, threads);
  if (!gcrt_pool_init(&instance->pool, threads, &instance->allocator))
    return gcrt_error_memory(&instance->message, "the thread pool",
                             threads * sizeof(void *));
  return GCRT_OK;
}

/* Makes all parts of an instance whose fields are zero but for its allocator,
 * message and model. From here on, gcrt_destroy frees what was made. */
static gcrt_status make_parts(gcrt_instance *instance,
                              const gcrt_options *options) {
  const gcrt_model *model = instance->model;
  gcrt_text_buffer *message = &instance->message;
  gcrt_status status = gcrt_check_model(model, message);
  if (status == GCRT_OK)
    status =
        gcrt_choose_variant(model, options->cpu, &instance->variant, message);
  if (status == GCRT_OK)
    status =
        gcrt_data_open(&instance->data, model, options->weights_file, message);
  if (status == GCRT_OK)
    status = make_tables(instance);
  if (status == GCRT_OK)
    status = make_variables(instance);
  if (status == GCRT_OK)
    status = index_variables(instance);
  if (status == GCRT_OK)
    status = make_pool(instance, options->threads);
  return status;
}

/* Shows generated code the parts, and runs the initializer. */
static gcrt_status start(gcrt_instance *instance) {
  const gcrt_variant *variant = instance->variant;
  gcrt_frame *frame = &instance->frame;
  frame->inputs = instance->inputs;
  frame->input_dims = instance->input_dims;
  frame->variables = instance->variables;
  frame->variable_dims = instance->variable_dims;
  frame->weights =
      instance->data.bytes ? instance->data.bytes + variant->weights : NULL;
  frame->instance = instance;
  if (!variant->initializer)
    return GCRT_OK;
  static const gcrt_function_spec initializer = {.name = "initializer"};
  return gcrt_run(instance, &initializer, variant->initializer);
}

gcrt_status gcrt_create(const gcrt_model *model, const gcrt_options *options,
                        gcrt_instance **result) {
  static const gcrt_options defaults;
  if (!options)
    options = &defaults;
  const gcrt_allocator *allocator =
      options->allocator ? options->allocator : &gcrt_default_allocator;
  *result = NULL;
  gcrt_instance *instance =
      gcrt_allocate_zeroed(allocator, 1, sizeof(*instance));
  if (!instance) {
    gcrt_text_buffer message;
    gcrt_text_init(&message, allocator);
    gcrt_error_memory(&message, "the instance", sizeof(*instance));
    gcrt_text_copy_out(&message, options->message, options->message_bytes);
    return GCRT_OUT_OF_MEMORY;
  }
  instance->model = model;
  instance->allocator = *allocator;
  instance->print = options->print;
  instance->print_user = options->print_user;
  gcrt_text_init(&instance->message, &instance->allocator);
  gcrt_text_init(&instance->printed, &instance->allocator);

  gcrt_status status = make_parts(instance, options);
  if (status == GCRT_OK)
    status = start(instance);
  if (status == GCRT_OK) {
    *result = instance;
    return GCRT_OK;
  }
  gcrt_text_copy_out(&instance->message, options->message,
                     options->message_bytes);
  gcrt_destroy(instance);
  return status;
}

/*===-- Asking -----------------------------------------------------------===*/

const char *gcrt_last_error(const gcrt_instance *instance) {
  return instance->message.data;
}

const gcrt_model *gcrt_instance_model(const gcrt_instance *instance) {
  return instance->model;
}

const gcrt_variant *gcrt_instance_variant(const gcrt_instance *instance) {
  return instance->variant;
}

void gcrt_set_print(gcrt_instance *instance, gcrt_print_fn print, void *user) {
  instance->print = print;
  instance->print_user = user;
}

uint32_t gcrt_threads(const gcrt_instance *instance) {
  return instance->pool.n_threads;
}
