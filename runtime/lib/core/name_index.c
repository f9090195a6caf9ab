/*===- name_index.c - from a name to its number ----------------------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#include "core/name_index.h"

#include "core/memory.h"

#include <string.h>

/* FNV-1a. */
static uint32_t hash_name(const char *name, size_t length) {
  uint32_t hash = 2166136261u;
  for (size_t i = 0; i < length; ++i)
    hash = (hash ^ (unsigned char)name[i]) * 16777619u;
  return hash;
}

/* The slot that holds the name, or the free one where it belongs. */
static uint32_t *find_slot(const gcrt_name_index *index, const char *name,
                           size_t length) {
  uint32_t place = hash_name(name, length) & index->mask;
  while (index->slots[place] != 0) {
    const char *other = index->variables[index->slots[place] - 1].name;
    if (strncmp(other, name, length) == 0 && other[length] == '\0')
      break;
    place = (place + 1) & index->mask;
  }
  return &index->slots[place];
}

gcrt_status gcrt_name_index_init(gcrt_name_index *index,
                                 const gcrt_model *model,
                                 const gcrt_allocator *allocator,
                                 uint32_t *duplicate) {
  // At most half of the slots are taken, so that searches end soon.
  uint64_t n_slots = 2;
  while (n_slots < 2 * (uint64_t)model->n_variables)
    n_slots *= 2;
  index->variables = model->variables;
  index->mask = (uint32_t)(n_slots - 1);
  index->slots = gcrt_allocate_zeroed(allocator, n_slots, sizeof(uint32_t));
  if (!index->slots)
    return GCRT_OUT_OF_MEMORY;
  for (uint32_t i = 0; i < model->n_variables; ++i) {
    const char *name = model->variables[i].name;
    if (!name)
      continue;
    uint32_t *slot = find_slot(index, name, strlen(name));
    if (*slot != 0) {
      *duplicate = i;
      return GCRT_MODEL_MISMATCH;
    }
    *slot = i + 1;
  }
  return GCRT_OK;
}

void gcrt_name_index_free(gcrt_name_index *index,
                          const gcrt_allocator *allocator) {
  gcrt_free(allocator, index->slots);
}

bool gcrt_name_index_find(const gcrt_name_index *index, const char *name,
                          size_t length, uint32_t *variable) {
  // A zero byte in the middle (a file may say "a\u0000b") fits no name.
  if (memchr(name, '\0', length))
    return false;
  uint32_t found = *find_slot(index, name, length);
  *variable = found - 1;
  return found != 0;
}
