/*===- safetensors_read.c - loading variables ------------------------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*
 *
 * The whole file is read and checked before the first variable changes.
 *
 *===----------------------------------------------------------------------===*/

#include "core/file.h"
#include "core/instance.h"
#include "core/json.h"
#include "core/memory.h"
#include "core/safetensors.h"
#include "core/shape.h"

#include <inttypes.h>
#include <string.h>

/* A header longer than this is refused, as other readers of the format do: a
 * damaged length must not make us take gigabytes. */
static const uint64_t longest_header = 100000000;

/* Where the file has the value of a variable. */
typedef struct location {
  bool present;
  uint64_t begin; /* counted from the end of the header */
  uint64_t bytes;
  const int64_t *dims; /* the sizes there, if the variable's shape is open */
  gcrt_place room;     /* where the value goes */
} location;

typedef struct loader {
  gcrt_instance *instance;
  gcrt_file file;
  gcrt_json json;
  char *header;
  char *data; /* what follows the header */
  uint64_t data_bytes;
  uint64_t used_bytes; /* where the last tensor ends */
  location *locations; /* one for each variable */
  int64_t *dims;       /* of those whose shape is open, as the file has them */
  int64_t *next_dims;  /* where the next ones go */
  gcrt_text_buffer name; /* of the entry being read */
  gcrt_text_buffer word; /* another string of the entry */
} loader;

/* One entry of the header. */
typedef struct entry {
  uint32_t dtype; /* 0: none read */
  uint32_t rank;
  int64_t dims[GCRT_MAX_RANK];
  int64_t begin, end;
  bool has_shape, has_offsets;
} entry;

/*===-- Messages ---------------------------------------------------------===*/

static gcrt_status bad_header(loader *l) {
  return gcrt_error(&l->instance->message, GCRT_INVALID_ARGUMENT,
                    "%s: is no safetensors file: expected %s at byte %td of "
                    "its header",
                    l->file.path, l->json.expected, l->json.at - l->json.start);
}

static gcrt_status bad_entry(loader *l, const char *problem) {
  return gcrt_error(&l->instance->message, GCRT_INVALID_ARGUMENT,
                    "%s: variable \"%s\" %s", l->file.path, l->name.data,
                    problem);
}

/*===-- The header -------------------------------------------------------===*/

static gcrt_status read_header(loader *l) {
  gcrt_text_buffer *message = &l->instance->message;
  uint64_t length;
  if (l->file.size < sizeof(length))
    return gcrt_error(message, GCRT_INVALID_ARGUMENT,
                      "%s: is no safetensors file: it has %" PRIu64 " bytes",
                      l->file.path, l->file.size);
  gcrt_status status =
      gcrt_file_read(&l->file, &length, sizeof(length), message);
  if (status != GCRT_OK)
    return status;
  uint64_t rest = l->file.size - sizeof(length);
  if (length > rest || length > longest_header)
    return gcrt_error(message, GCRT_INVALID_ARGUMENT,
                      "%s: is no safetensors file, or is cut short: its header "
                      "should have %" PRIu64 " bytes, but %" PRIu64
                      " bytes follow",
                      l->file.path, length, rest);
  l->data_bytes = rest - length;
  l->header = gcrt_allocate(&l->instance->allocator, length);
  if (!l->header)
    return gcrt_error_memory(message, "the header of a file", length);
  l->json = (gcrt_json){l->header, l->header, l->header + length, NULL};
  return gcrt_file_read(&l->file, l->header, length, message);
}

static bool read_dtype(loader *l, entry *e) {
  if (!gcrt_json_string(&l->json, &l->word))
    return false;
  for (uint32_t dtype = GCRT_F64; dtype <= GCRT_BOOL; ++dtype)
    if (strcmp(gcrt_safetensors_dtype(dtype), l->word.data) == 0)
      e->dtype = dtype;
  l->json.expected = "a type of safetensors (F64, F32, .., BOOL)";
  return e->dtype != 0;
}

static bool read_shape(loader *l, entry *e) {
  e->has_shape = true;
  if (!gcrt_json_sign(&l->json, '['))
    return false;
  if (gcrt_json_try(&l->json, ']'))
    return true;
  do {
    if (e->rank == GCRT_MAX_RANK) {
      l->json.expected = "fewer dimensions";
      return false;
    }
    if (!gcrt_json_integer(&l->json, &e->dims[e->rank++]))
      return false;
  } while (gcrt_json_try(&l->json, ','));
  return gcrt_json_sign(&l->json, ']');
}

static bool read_offsets(loader *l, entry *e) {
  e->has_offsets = true;
  return gcrt_json_sign(&l->json, '[') &&
         gcrt_json_integer(&l->json, &e->begin) &&
         gcrt_json_sign(&l->json, ',') &&
         gcrt_json_integer(&l->json, &e->end) && gcrt_json_sign(&l->json, ']');
}

/* Reads `{"dtype": .., "shape": .., "data_offsets": ..}` in any order. */
static bool read_entry(loader *l, entry *e) {
  *e = (entry){0};
  if (!gcrt_json_sign(&l->json, '{'))
    return false;
  do {
    if (!gcrt_json_string(&l->json, &l->word) || !gcrt_json_sign(&l->json, ':'))
      return false;
    bool good = false;
    l->json.expected = "\"dtype\", \"shape\" or \"data_offsets\", each once";
    if (strcmp(l->word.data, "dtype") == 0 && e->dtype == 0)
      good = read_dtype(l, e);
    else if (strcmp(l->word.data, "shape") == 0 && !e->has_shape)
      good = read_shape(l, e);
    else if (strcmp(l->word.data, "data_offsets") == 0 && !e->has_offsets)
      good = read_offsets(l, e);
    if (!good)
      return false;
  } while (gcrt_json_try(&l->json, ','));
  if (!gcrt_json_sign(&l->json, '}'))
    return false;
  l->json.expected = "\"dtype\", \"shape\" and \"data_offsets\"";
  return e->dtype != 0 && e->has_shape && e->has_offsets;
}

/* Reads `{"key": "value", ..}`, which says nothing about variables. */
static bool skip_metadata(loader *l) {
  if (!gcrt_json_sign(&l->json, '{'))
    return false;
  if (gcrt_json_try(&l->json, '}'))
    return true;
  do {
    if (!gcrt_json_string(&l->json, &l->word) ||
        !gcrt_json_sign(&l->json, ':') || !gcrt_json_string(&l->json, &l->word))
      return false;
  } while (gcrt_json_try(&l->json, ','));
  return gcrt_json_sign(&l->json, '}');
}

/* Checks an entry against the model and the file, and notes where it is. */
static gcrt_status take_entry(loader *l, const entry *e) {
  gcrt_instance *instance = l->instance;
  uint32_t index;
  if (!gcrt_name_index_find(&instance->variable_names, l->name.data,
                            l->name.size, &index))
    return bad_entry(l, "is unknown to the model");
  const gcrt_variable_spec *spec = &instance->model->variables[index];
  if (e->dtype != spec->dtype || e->rank != spec->rank ||
      !gcrt_dims_fit(spec->rank, spec->shape, e->dims)) {
    bad_entry(l, "is ");
    gcrt_text_append_type(&instance->message, e->dtype, e->rank, e->dims);
    gcrt_text_append_string(&instance->message, ", but the model expects ");
    gcrt_text_append_type(&instance->message, spec->dtype, spec->rank,
                          spec->shape);
    return GCRT_INVALID_ARGUMENT;
  }
  if (l->locations[index].present)
    return bad_entry(l, "is there twice");
  uint64_t begin = (uint64_t)e->begin, end = (uint64_t)e->end;
  uint64_t bytes;
  if (!gcrt_tensor_bytes(e->dtype, e->rank, e->dims, &bytes) || begin > end ||
      end - begin != bytes)
    return bad_entry(l, "has offsets that do not fit its type");
  if (end > l->data_bytes)
    return bad_entry(l, "lies behind the end of the file: it is cut short");
  l->locations[index] =
      (location){.present = true, .begin = begin, .bytes = bytes};
  if (gcrt_is_open(spec)) {
    memcpy(l->next_dims, e->dims, e->rank * sizeof(*e->dims));
    l->locations[index].dims = l->next_dims;
    l->next_dims += e->rank;
  }
  if (end > l->used_bytes)
    l->used_bytes = end;
  return GCRT_OK;
}

static gcrt_status read_entries(loader *l) {
  entry e;
  if (!gcrt_json_sign(&l->json, '{'))
    return bad_header(l);
  if (gcrt_json_try(&l->json, '}'))
    return gcrt_json_end(&l->json) ? GCRT_OK : bad_header(l);
  do {
    if (!gcrt_json_string(&l->json, &l->name) || !gcrt_json_sign(&l->json, ':'))
      return bad_header(l);
    bool metadata = strcmp(l->name.data, "__metadata__") == 0;
    if (metadata ? !skip_metadata(l) : !read_entry(l, &e))
      return bad_header(l);
    if (l->name.truncated || l->word.truncated)
      return gcrt_error_memory(&l->instance->message, "a name in a file",
                               2 * l->name.size);
    gcrt_status status = metadata ? GCRT_OK : take_entry(l, &e);
    if (status != GCRT_OK)
      return status;
  } while (gcrt_json_try(&l->json, ','));
  if (!gcrt_json_sign(&l->json, '}') || !gcrt_json_end(&l->json))
    return bad_header(l);
  return GCRT_OK;
}

/*===-- The values -------------------------------------------------------===*/

static gcrt_status read_values(loader *l) {
  gcrt_text_buffer *message = &l->instance->message;
  if (l->used_bytes != l->data_bytes)
    return gcrt_error(message, GCRT_INVALID_ARGUMENT,
                      "%s: has %" PRIu64 " bytes behind its last tensor",
                      l->file.path, l->data_bytes - l->used_bytes);
  l->data = gcrt_allocate(&l->instance->allocator, l->data_bytes);
  if (!l->data)
    return gcrt_error_memory(message, "the values of a file", l->data_bytes);
  return gcrt_file_read(&l->file, l->data, l->data_bytes, message);
}

/* Finds room for all values, before the first variable changes. */
static gcrt_status find_rooms(loader *l) {
  gcrt_instance *instance = l->instance;
  for (uint32_t i = 0; i < instance->model->n_variables; ++i) {
    location *where = &l->locations[i];
    if (!where->present || !where->dims)
      continue;
    where->room = gcrt_find_room(instance, i, where->bytes, /*spare=*/false);
    if (!where->room.memory)
      return GCRT_OUT_OF_MEMORY;
  }
  return GCRT_OK;
}

static void give_rooms_back(loader *l) {
  for (uint32_t i = 0; i < l->instance->model->n_variables; ++i)
    if (l->locations[i].room.memory)
      gcrt_give_room_back(l->instance, i, l->locations[i].room);
}

static void set_variables(loader *l) {
  gcrt_instance *instance = l->instance;
  for (uint32_t i = 0; i < instance->model->n_variables; ++i) {
    const location *where = &l->locations[i];
    if (!where->present)
      continue;
    if (where->dims)
      gcrt_move_variable(instance, i, where->room, where->dims);
    unsigned char *value = instance->variables[i];
    memcpy(value, l->data + where->begin, where->bytes);
    // Code takes it for granted that a boolean is 0 or 1.
    bool is_bool = instance->model->variables[i].dtype == GCRT_BOOL;
    for (uint64_t j = 0; is_bool && j < where->bytes; ++j)
      value[j] = value[j] != 0;
    instance->frame.variable_set[i] = 1;
  }
}

/* Makes room for what the header may say of each variable. */
static gcrt_status make_tables(loader *l) {
  gcrt_instance *instance = l->instance;
  const gcrt_model *model = instance->model;
  uint64_t n_dims = 0;
  for (uint32_t i = 0; i < model->n_variables; ++i)
    n_dims += gcrt_is_open(&model->variables[i]) ? model->variables[i].rank : 0;
  l->locations = gcrt_allocate_zeroed(&instance->allocator, model->n_variables,
                                      sizeof(*l->locations));
  l->dims = l->locations
                ? gcrt_allocate(&instance->allocator, n_dims * sizeof(*l->dims))
                : NULL;
  l->next_dims = l->dims;
  if (!l->dims)
    return gcrt_error_memory(&instance->message, "loading variables",
                             model->n_variables * sizeof(*l->locations) +
                                 n_dims * sizeof(*l->dims));
  return GCRT_OK;
}

/* The steps between opening and closing the file. */
static gcrt_status load(loader *l) {
  gcrt_status status = make_tables(l);
  if (status == GCRT_OK)
    status = read_header(l);
  if (status == GCRT_OK)
    status = read_entries(l);
  if (status == GCRT_OK)
    status = read_values(l);
  if (status == GCRT_OK)
    status = find_rooms(l);
  if (status == GCRT_OK)
    set_variables(l);
  else if (l->locations)
    give_rooms_back(l);
  return status;
}

gcrt_status gcrt_load(gcrt_instance *instance, const char *path) {
  loader l = {.instance = instance};
  gcrt_status status = gcrt_file_open(&l.file, path, &instance->message);
  if (status != GCRT_OK)
    return status;
  gcrt_text_init(&l.name, &instance->allocator);
  gcrt_text_init(&l.word, &instance->allocator);
  status = load(&l);
  gcrt_text_free(&l.word);
  gcrt_text_free(&l.name);
  gcrt_free(&instance->allocator, l.data);
  gcrt_free(&instance->allocator, l.header);
  gcrt_free(&instance->allocator, l.locations);
  gcrt_free(&instance->allocator, l.dims);
  gcrt_file_close(&l.file);
  return status;
}
