/*===- call.c - the call that the command line asks for --------------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#include "program.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MESSAGE_SIZE = 4096 };

/*===-- Names ------------------------------------------------------------===*/

static bool is_named(const binding *b, const char *name) {
  return strlen(name) == b->name_length &&
         memcmp(b->name, name, b->name_length) == 0;
}

/* Prints the names that there are: the rest of a message about another one. */
static void list_tensors(const gcrt_tensor_spec *tensors, uint32_t n) {
  for (uint32_t i = 0; i < n; ++i)
    fprintf(stderr, "  \"%s\"\n", tensors[i].name);
}

static int find_function(call *c, const options *o, const gcrt_model *model) {
  for (uint32_t i = 0; i < model->n_functions; ++i)
    if (o->function ? strcmp(model->functions[i].name, o->function) == 0
                    : model->n_functions == 1) {
      c->function = &model->functions[i];
      c->index = i;
      return EXIT_DONE;
    }
  if (o->function)
    complain(o, "there is no function \"%s\"; those that exist:", o->function);
  else
    complain(o, "--function is needed; functions that exist:");
  for (uint32_t i = 0; i < model->n_functions; ++i)
    fprintf(stderr, "  \"%s\"\n", model->functions[i].name);
  return EXIT_USAGE;
}

/* Finds for each of `tensors` the file that is bound to it, in files[i]. */
static int match_bindings(const call *c, const options *o, const char *what,
                          const binding *bindings, size_t n_bindings,
                          const gcrt_tensor_spec *tensors, uint32_t n,
                          const char **files) {
  for (size_t i = 0; i < n_bindings; ++i) {
    uint32_t j = 0;
    while (j < n && !is_named(&bindings[i], tensors[j].name))
      ++j;
    if (j == n) {
      complain(o, "function \"%s\" has no %s \"%.*s\"; those that exist:",
               c->function->name, what, (int)bindings[i].name_length,
               bindings[i].name);
      list_tensors(tensors, n);
      return EXIT_USAGE;
    }
    if (files[j]) {
      complain(o, "%s \"%s\" is given twice", what, tensors[j].name);
      return EXIT_USAGE;
    }
    files[j] = bindings[i].file;
  }
  return EXIT_DONE;
}

/*===-- Files ------------------------------------------------------------===*/

static int read_input(call *c, const options *o, uint32_t i, const char *file) {
  char message[MESSAGE_SIZE];
  const char *name = c->function->inputs[i].name;
  if (!file) {
    complain(o, "input \"%s\" is missing: give --input %s=FILE.npy", name,
             name);
    return EXIT_USAGE;
  }
  gcrt_status status =
      gcrt_npy_read(file, NULL, &c->arrays[i], message, sizeof(message));
  if (status != GCRT_OK) {
    complain(o, "input \"%s\": %s", name, message);
    return status == GCRT_OUT_OF_MEMORY ? EXIT_FAILED : EXIT_USAGE;
  }
  c->inputs[i] = c->arrays[i].tensor;
  return EXIT_DONE;
}

int call_read_inputs(call *c, const options *o) {
  const gcrt_function_spec *function = c->function;
  const char **files = calloc(function->n_inputs + 1, sizeof(*files));
  if (!files) {
    complain(o, "out of memory");
    return EXIT_FAILED;
  }
  int result = match_bindings(c, o, "input", o->inputs, o->n_inputs,
                              function->inputs, function->n_inputs, files);
  for (uint32_t i = 0; result == EXIT_DONE && i < function->n_inputs; ++i)
    result = read_input(c, o, i, files[i]);
  free(files);
  return result;
}

int call_prepare(call *c, const options *o, const gcrt_model *model) {
  *c = (call){0};
  int result = find_function(c, o, model);
  if (result != EXIT_DONE)
    return result;
  const gcrt_function_spec *function = c->function;
  c->arrays = calloc(function->n_inputs + 1, sizeof(*c->arrays));
  c->inputs = calloc(function->n_inputs + 1, sizeof(*c->inputs));
  c->results = calloc(function->n_outputs + 1, sizeof(*c->results));
  c->output_files = calloc(function->n_outputs + 1, sizeof(*c->output_files));
  if (!c->arrays || !c->inputs || !c->results || !c->output_files) {
    complain(o, "out of memory");
    return EXIT_FAILED;
  }
  return match_bindings(c, o, "output", o->outputs, o->n_outputs,
                        function->outputs, function->n_outputs,
                        c->output_files);
}

int call_write_outputs(const call *c, const options *o) {
  char message[MESSAGE_SIZE];
  int result = EXIT_DONE;
  for (uint32_t i = 0; i < c->function->n_outputs; ++i) {
    if (!c->output_files[i] ||
        gcrt_npy_write(c->output_files[i], &c->results[i].tensor, NULL, message,
                       sizeof(message)) == GCRT_OK)
      continue;
    complain(o, "output \"%s\": %s", c->function->outputs[i].name, message);
    result = EXIT_FAILED;
  }
  return result;
}

void call_free(call *c) {
  for (uint32_t i = 0; c->arrays && i < c->function->n_inputs; ++i)
    gcrt_npy_free(&c->arrays[i], NULL);
  free(c->arrays);
  free(c->inputs);
  free(c->results);
  free(c->output_files);
}
