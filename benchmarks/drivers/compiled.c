/*===- compiled.c - a model compiled by graph-compile as contender ---------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*
 *
 * compiled INPUT THREADS: serves the linked model `bench`, of one function of
 * one input and one result, on the floats in INPUT.
 *
 *===----------------------------------------------------------------------===*/

#include "gcrt/runtime.h"
#include "serve.h"

extern const gcrt_model bench_model;

typedef struct state {
  gcrt_instance *instance;
  gcrt_tensor input;
  gcrt_result result;
} state;

static void run(void *user) {
  state *s = user;
  if (gcrt_call(s->instance, 0, &s->input, 1, &s->result, 1) != GCRT_OK) {
    fprintf(stderr, "%s\n", gcrt_last_error(s->instance));
    exit(1);
  }
}

static const float *result(void *user, size_t *count) {
  state *s = user;
  *count = s->result.bytes / sizeof(float);
  return s->result.tensor.data;
}

int main(int argc, char **argv) {
  if (argc != 3) {
    fprintf(stderr, "usage: compiled INPUT THREADS\n");
    return 2;
  }
  char message[256] = "";
  gcrt_options options = {.threads = (uint32_t)atoi(argv[2]),
                          .message = message,
                          .message_bytes = sizeof(message)};
  state s = {0};
  if (gcrt_create(&bench_model, &options, &s.instance) != GCRT_OK) {
    fprintf(stderr, "%s\n", message);
    return 1;
  }
  size_t count;
  const gcrt_tensor_spec *spec = &bench_model.functions[0].inputs[0];
  s.input = (gcrt_tensor){.data = read_floats(argv[1], &count),
                          .dims = spec->shape,
                          .dtype = spec->dtype,
                          .rank = spec->rank};
  int status = serve(CONTENDER, run, result, &s);
  gcrt_destroy(s.instance);
  return status;
}
