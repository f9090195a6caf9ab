/*===- call.c - the call that the command line asks for --------------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#include "program.h"

#include "core/memory.h"

#include <inttypes.h>
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

/* Finds for each of `tensors` what is bound to it, in matches[i]. */
static int match_bindings(const call *c, const options *o, const char *what,
                          const binding *bindings, size_t n_bindings,
                          const gcrt_tensor_spec *tensors, uint32_t n,
                          const binding **matches) {
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
    if (matches[j]) {
      complain(o, "%s \"%s\" is given twice", what, tensors[j].name);
      return EXIT_USAGE;
    }
    matches[j] = &bindings[i];
  }
  return EXIT_DONE;
}

/*===-- Inputs -----------------------------------------------------------===*/

/* The file is the user's: unless memory is short, it is wrong usage. */
static int reject_input(const options *o, const char *name, gcrt_status status,
                        const char *message) {
  complain(o, "input \"%s\": %s", name, message);
  return status == GCRT_OUT_OF_MEMORY ? EXIT_FAILED : EXIT_USAGE;
}

static int open_input(call *c, const options *o, uint32_t i,
                      const binding *from) {
  char message[MESSAGE_SIZE];
  const char *name = c->function->inputs[i].name;
  source *s = &c->sources[i];
  if (!from) {
    complain(o, "input \"%s\" is missing: give --input %s=FILE.npy", name,
             name);
    return EXIT_USAGE;
  }
  gcrt_status status = from->is_stepped
                           ? gcrt_npy_open(from->file, NULL, &s->slices,
                                           message, sizeof(message))
                           : gcrt_npy_read(from->file, NULL, &s->array, message,
                                           sizeof(message));
  if (status != GCRT_OK)
    return reject_input(o, name, status, message);
  c->inputs[i] = from->is_stepped ? s->slices.slice : s->array.tensor;
  return EXIT_DONE;
}

static int open_all_inputs(call *c, const options *o) {
  const gcrt_function_spec *function = c->function;
  const binding **from = calloc(function->n_inputs + 1, sizeof(*from));
  if (!from) {
    complain(o, "out of memory");
    return EXIT_FAILED;
  }
  int result = match_bindings(c, o, "input", o->inputs, o->n_inputs,
                              function->inputs, function->n_inputs, from);
  for (uint32_t i = 0; result == EXIT_DONE && i < function->n_inputs; ++i)
    result = open_input(c, o, i, from[i]);
  free(from);
  return result;
}

/* Finds out how many steps there are, and that the inputs agree on it. */
static int count_steps(call *c, const options *o) {
  const gcrt_tensor_spec *specs = c->function->inputs;
  const source *first = NULL;
  for (uint32_t i = 0; i < c->function->n_inputs; ++i) {
    const source *s = &c->sources[i];
    if (!s->slices.file)
      continue;
    if (!first)
      first = s;
    if (s->slices.count == first->slices.count)
      continue;
    complain(
        o,
        "inputs \"%s\" and \"%s\" have different numbers of steps: %" PRIu64
        " and %" PRIu64,
        specs[first - c->sources].name, specs[i].name, first->slices.count,
        s->slices.count);
    return EXIT_USAGE;
  }
  c->steps = o->steps ? o->steps : first ? first->slices.count : 1;
  if (!first || (c->steps > 0 && c->steps <= first->slices.count))
    return EXIT_DONE;
  const char *name = specs[first - c->sources].name;
  if (c->steps == 0)
    complain(o, "input \"%s\" has no steps: its first dimension is 0", name);
  else
    complain(
        o, "--steps asks for %" PRIu64 " steps, but input \"%s\" has %" PRIu64,
        c->steps, name, first->slices.count);
  return EXIT_USAGE;
}

int call_open_inputs(call *c, const options *o) {
  int result = open_all_inputs(c, o);
  return result == EXIT_DONE ? count_steps(c, o) : result;
}

int call_read_slices(call *c, const options *o, uint64_t step) {
  char message[MESSAGE_SIZE];
  for (uint32_t i = 0; i < c->function->n_inputs; ++i) {
    gcrt_npy_slices *slices = &c->sources[i].slices;
    if (!slices->file ||
        gcrt_npy_read_slice(slices, step, message, sizeof(message)) == GCRT_OK)
      continue;
    complain(o, "input \"%s\": %s", c->function->inputs[i].name, message);
    return EXIT_FAILED;
  }
  return EXIT_DONE;
}

/*===-- Outputs ----------------------------------------------------------===*/

static int fail_output(const call *c, const options *o, uint32_t i,
                       const char *message) {
  complain(o, "output \"%s\": %s", c->function->outputs[i].name, message);
  return EXIT_FAILED;
}

static gcrt_status append_row(sink *s, const gcrt_tensor *value,
                              gcrt_text_buffer *message) {
  gcrt_status status = GCRT_OK;
  if (!s->rows.header_bytes)
    status = gcrt_npy_rows_create(&s->rows, s->to->file, value, message);
  if (status == GCRT_OK)
    status = gcrt_npy_rows_append(&s->rows, value, message);
  return status;
}

int call_append_outputs(call *c, const options *o) {
  int result = EXIT_DONE;
  gcrt_text_buffer message;
  gcrt_text_init(&message, &gcrt_default_allocator);
  for (uint32_t i = 0; result == EXIT_DONE && i < c->function->n_outputs; ++i) {
    sink *s = &c->sinks[i];
    if (s->to && s->to->is_stepped &&
        append_row(s, &c->results[i].tensor, &message) != GCRT_OK)
      result = fail_output(c, o, i, message.data);
  }
  gcrt_text_free(&message);
  return result;
}

static gcrt_status write_output(sink *s, const gcrt_tensor *value,
                                gcrt_text_buffer *message) {
  if (s->to->is_stepped)
    return gcrt_npy_rows_finish(&s->rows, message);
  char text[MESSAGE_SIZE] = "";
  gcrt_status status =
      gcrt_npy_write(s->to->file, value, NULL, text, sizeof(text));
  return status == GCRT_OK ? status : gcrt_error(message, status, "%s", text);
}

int call_write_outputs(call *c, const options *o) {
  int result = EXIT_DONE;
  gcrt_text_buffer message;
  gcrt_text_init(&message, &gcrt_default_allocator);
  for (uint32_t i = 0; i < c->function->n_outputs; ++i)
    if (c->sinks[i].to &&
        write_output(&c->sinks[i], &c->results[i].tensor, &message) != GCRT_OK)
      result = fail_output(c, o, i, message.data);
  gcrt_text_free(&message);
  return result;
}

static int match_outputs(call *c, const options *o) {
  const gcrt_function_spec *function = c->function;
  const binding **to = calloc(function->n_outputs + 1, sizeof(*to));
  if (!to) {
    complain(o, "out of memory");
    return EXIT_FAILED;
  }
  int result = match_bindings(c, o, "output", o->outputs, o->n_outputs,
                              function->outputs, function->n_outputs, to);
  for (uint32_t i = 0; i < function->n_outputs; ++i)
    c->sinks[i].to = to[i];
  free(to);
  return result;
}

/*===-- Life -------------------------------------------------------------===*/

int call_prepare(call *c, const options *o, const gcrt_model *model) {
  *c = (call){0};
  int result = find_function(c, o, model);
  if (result != EXIT_DONE)
    return result;
  const gcrt_function_spec *function = c->function;
  c->sources = calloc(function->n_inputs + 1, sizeof(*c->sources));
  c->inputs = calloc(function->n_inputs + 1, sizeof(*c->inputs));
  c->results = calloc(function->n_outputs + 1, sizeof(*c->results));
  c->sinks = calloc(function->n_outputs + 1, sizeof(*c->sinks));
  if (!c->sources || !c->inputs || !c->results || !c->sinks) {
    complain(o, "out of memory");
    return EXIT_FAILED;
  }
  return match_outputs(c, o);
}

void call_free(call *c) {
  for (uint32_t i = 0; c->sources && i < c->function->n_inputs; ++i) {
    gcrt_npy_free(&c->sources[i].array, NULL);
    gcrt_npy_close(&c->sources[i].slices);
  }
  for (uint32_t i = 0; c->sinks && i < c->function->n_outputs; ++i)
    gcrt_npy_rows_abandon(&c->sinks[i].rows);
  free(c->sources);
  free(c->inputs);
  free(c->results);
  free(c->sinks);
}
