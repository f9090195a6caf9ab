/*===- instance.h - what an instance is made of ----------------------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#ifndef GCRT_CORE_INSTANCE_H
#define GCRT_CORE_INSTANCE_H

#include "core/data.h"
#include "core/name_index.h"
#include "core/open_variables.h"
#include "core/place.h"
#include "core/text.h"
#include "cpu/pool.h"

/* Output i of whichever function runs. */
typedef struct gcrt_output_place {
  gcrt_place own;    /* memory of the instance */
  void *buffer;      /* of the caller, for this call; may be NULL */
  uint64_t capacity; /* bytes at `buffer` */
  void *data;        /* where this call's value is; NULL: not yet produced */
  uint64_t bytes;    /* its size */
  int64_t *dims;     /* its sizes; room for the largest rank of output i */
} gcrt_output_place;

struct gcrt_instance {
  gcrt_frame frame; /* what generated code gets */
  const gcrt_model *model;
  const gcrt_variant *variant;       /* the code that runs */
  const gcrt_function_spec *running; /* the function of this call */
  gcrt_allocator allocator;
  gcrt_print_fn print;
  void *print_user;
  gcrt_text_buffer message;
  gcrt_text_buffer printed; /* the text that is being printed */

  /* Tables that `frame` points to; functions share them, each has room for the
   * function that needs most. */
  const void **inputs;
  const int64_t **input_dims;
  void **variables;
  const int64_t **variable_dims;
  gcrt_output_place *outputs;
  uint32_t n_outputs;
  gcrt_place *scratch;
  uint32_t n_scratch;

  uint64_t arena_bytes;  /* size of frame.arena */
  void *variable_memory; /* the values of the variables of fixed shape */
  gcrt_open_variables open_variables;
  gcrt_data data; /* the constants */
  gcrt_name_index variable_names;
  gcrt_pool pool;
};

/* Makes room for `bytes` bytes; what the place held is lost. */
bool gcrt_place_reserve(gcrt_instance *instance, gcrt_place *place,
                        uint64_t bytes);

/* Runs the code of `function`; the frame's inputs and the outputs' buffers are
 * set. A failure leaves a message. */
gcrt_status gcrt_run(gcrt_instance *instance,
                     const gcrt_function_spec *function,
                     const gcrt_function_code *code);

#endif /* GCRT_CORE_INSTANCE_H */
