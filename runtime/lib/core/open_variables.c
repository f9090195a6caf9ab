/*===- open_variables.c - variables whose shape is open -----------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#include "core/open_variables.h"

#include "core/instance.h"
#include "core/memory.h"
#include "core/shape.h"
#include "gcrt/generated.h"

#include <inttypes.h>
#include <string.h>

bool gcrt_is_open(const gcrt_variable_spec *variable) {
  for (uint32_t i = 0; i < variable->rank; ++i)
    if (variable->shape[i] < 0)
      return true;
  return false;
}

/*===-- Making and freeing -----------------------------------------------===*/

/* Allocates the tables for `count` variables with `n_dims` sizes in all. */
static bool make_tables(gcrt_instance *instance, uint64_t count,
                        uint64_t n_dims) {
  gcrt_open_variables *variables = &instance->open_variables;
  variables->all = gcrt_allocate_zeroed(&instance->allocator, count,
                                        sizeof(*variables->all));
  variables->dims = gcrt_allocate_zeroed(&instance->allocator, n_dims,
                                         sizeof(*variables->dims));
  return variables->all && variables->dims;
}

static gcrt_status make_variable(gcrt_instance *instance, uint32_t number,
                                 int64_t *dims) {
  const gcrt_variable_spec *spec = &instance->model->variables[number];
  gcrt_open_variables *variables = &instance->open_variables;
  variables->all[variables->count++] =
      (gcrt_open_variable){.number = number, .dims = dims};
  gcrt_place room =
      gcrt_find_room(instance, number, spec->bytes, /*spare=*/false);
  if (!room.memory)
    return GCRT_OUT_OF_MEMORY;
  gcrt_move_variable(instance, number, room, spec->dims);
  instance->variable_dims[number] = dims;
  return GCRT_OK;
}

gcrt_status gcrt_open_variables_make(gcrt_instance *instance) {
  const gcrt_model *model = instance->model;
  uint64_t count = 0, n_dims = 0;
  for (uint32_t i = 0; i < model->n_variables; ++i)
    if (gcrt_is_open(&model->variables[i])) {
      ++count;
      n_dims += model->variables[i].rank;
    }
  if (count == 0)
    return GCRT_OK;
  if (!make_tables(instance, count, n_dims))
    return gcrt_error_memory(&instance->message, "the variables of open shape",
                             count * sizeof(gcrt_open_variable) +
                                 n_dims * sizeof(int64_t));
  int64_t *dims = instance->open_variables.dims;
  for (uint32_t i = 0; i < model->n_variables; ++i) {
    if (!gcrt_is_open(&model->variables[i]))
      continue;
    gcrt_status status = make_variable(instance, i, dims);
    if (status != GCRT_OK)
      return status;
    dims += model->variables[i].rank;
  }
  return GCRT_OK;
}

void gcrt_open_variables_free(gcrt_open_variables *variables,
                              const gcrt_allocator *allocator) {
  for (uint32_t i = 0; i < variables->count; ++i)
    gcrt_free(allocator, variables->all[i].place.memory);
  gcrt_free(allocator, variables->all);
  gcrt_free(allocator, variables->dims);
}

/*===-- Memory and sizes -------------------------------------------------===*/

/* The open variable of that number, which exists. */
static gcrt_open_variable *find(const gcrt_instance *instance,
                                uint32_t variable) {
  gcrt_open_variable *all = instance->open_variables.all;
  uint32_t first = 0, end = instance->open_variables.count;
  while (end - first > 1) {
    uint32_t middle = first + (end - first) / 2;
    if (all[middle].number <= variable)
      first = middle;
    else
      end = middle;
  }
  return &all[first];
}

gcrt_place gcrt_find_room(gcrt_instance *instance, uint32_t variable,
                          uint64_t bytes, bool spare) {
  const gcrt_place own = find(instance, variable)->place;
  if (own.memory && own.capacity >= bytes)
    return own;
  gcrt_place room = {.memory = NULL, .capacity = bytes};
  // Twice as much each time: then rows that come one by one cost no more than
  // their number.
  if (spare && own.capacity <= UINT64_MAX / 2 && 2 * own.capacity > bytes)
    room.capacity = 2 * own.capacity;
  room.memory = gcrt_allocate(&instance->allocator, room.capacity);
  if (!room.memory && room.capacity > bytes) {
    // There may be memory for what is needed now.
    room.capacity = bytes;
    room.memory = gcrt_allocate(&instance->allocator, bytes);
  }
  if (!room.memory) {
    const char *name = instance->model->variables[variable].name;
    gcrt_error(&instance->message, GCRT_OUT_OF_MEMORY,
               "out of memory: variable \"%s\" needs %" PRIu64 " bytes",
               name ? name : "(hidden)", bytes);
  }
  return room;
}

void gcrt_give_room_back(gcrt_instance *instance, uint32_t variable,
                         gcrt_place room) {
  if (room.memory != find(instance, variable)->place.memory)
    gcrt_free(&instance->allocator, room.memory);
}

void gcrt_move_variable(gcrt_instance *instance, uint32_t variable,
                        gcrt_place room, const int64_t *dims) {
  gcrt_open_variable *open = find(instance, variable);
  uint32_t rank = instance->model->variables[variable].rank;
  // The sizes may be the variable's own.
  memmove(open->dims, dims, rank * sizeof(*dims));
  if (room.memory != open->place.memory)
    gcrt_free(&instance->allocator, open->place.memory);
  open->place = room;
  instance->variables[variable] = room.memory;
}

uint64_t gcrt_variable_bytes(const gcrt_instance *instance, uint32_t variable) {
  const gcrt_variable_spec *spec = &instance->model->variables[variable];
  uint64_t bytes = 0;
  (void)gcrt_tensor_bytes(spec->dtype, spec->rank,
                          instance->variable_dims[variable], &bytes);
  return bytes;
}

void *gcrt_resize_variable(struct gcrt_frame *frame, uint32_t variable,
                           const int64_t *dims) {
  gcrt_instance *instance = frame->instance;
  const gcrt_variable_spec *spec = &instance->model->variables[variable];
  uint64_t bytes;
  if (!gcrt_tensor_bytes(spec->dtype, spec->rank, dims, &bytes)) {
    gcrt_error(&instance->message, GCRT_OUT_OF_MEMORY,
               "out of memory: variable \"%s\" is to be ", spec->name);
    gcrt_text_append_type(&instance->message, spec->dtype, spec->rank, dims);
    return NULL;
  }
  gcrt_place room = gcrt_find_room(instance, variable, bytes, /*spare=*/true);
  if (!room.memory)
    return NULL;
  gcrt_move_variable(instance, variable, room, dims);
  return room.memory;
}
