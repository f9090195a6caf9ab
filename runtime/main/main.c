/*===- main.c - main of compiled executables -------------------------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#include "program.h"

#include "core/open_variables.h"

#include <stdio.h>
#include <string.h>

int exit_status_of(gcrt_status status) {
  switch (status) {
  case GCRT_OK:
    return EXIT_DONE;
  case GCRT_INVALID_ARGUMENT:
  case GCRT_NOT_FOUND: // of --cpu
    return EXIT_USAGE;
  case GCRT_ASSERTION_FAILED:
    return EXIT_ASSERTION;
  default:
    return EXIT_FAILED;
  }
}

static int load_variables(const options *o, gcrt_instance *instance) {
  if (!o->load)
    return EXIT_DONE;
  gcrt_status status = gcrt_load(instance, o->load);
  if (status == GCRT_OK)
    return EXIT_DONE;
  complain(o, "%s", gcrt_last_error(instance));
  return status == GCRT_OUT_OF_MEMORY ? EXIT_FAILED : EXIT_USAGE;
}

int save_variables(const options *o, gcrt_instance *instance) {
  if (!o->save || gcrt_save(instance, o->save) == GCRT_OK)
    return EXIT_DONE;
  complain(o, "%s", gcrt_last_error(instance));
  return EXIT_FAILED;
}

/* A profile of everything that is called from here on. Single launches are
 * kept of the first steps only: a trace of more takes hundreds of megabytes. */
static int start_profile(const options *o, gcrt_instance *instance) {
  const uint64_t most_events = 200000;
  if (!o->profile || gcrt_profile_start(instance, most_events) == GCRT_OK)
    return EXIT_DONE;
  complain(o, "%s", gcrt_last_error(instance));
  return EXIT_FAILED;
}

static int write_profile(const options *o, gcrt_instance *instance) {
  if (!o->profile || gcrt_profile_write(instance, o->profile) == GCRT_OK)
    return EXIT_DONE;
  complain(o, "%s", gcrt_last_error(instance));
  return EXIT_FAILED;
}

static int make_calls(const options *o, gcrt_instance *instance, call *c) {
  int result = start_profile(o, instance);
  if (result != EXIT_DONE)
    return result;
  result = o->benchmark ? exit_status_of(benchmark_call(o, instance, c))
                        : make_steps(o, instance, c);
  int written = write_profile(o, instance);
  return result == EXIT_DONE ? written : result;
}

/* Calls, and keeps what came out. Variables are saved after a failure too,
 * since what happened before it has happened. Where the inputs do not fit,
 * nothing has run, and what is saved is what was loaded: a chain of programs
 * that pass the state on does not break. */
static int run_calls(const options *o, gcrt_instance *instance, call *c) {
  int result = call_open_inputs(c, o);
  if (result == EXIT_DONE)
    result = make_calls(o, instance, c);
  bool has_succeeded = result == EXIT_DONE || result >= EXIT_SIGNAL;
  if (save_variables(o, instance) != EXIT_DONE && has_succeeded)
    result = EXIT_FAILED;
  // Results stay where they are until the next call.
  if (has_succeeded && call_write_outputs(c, o) != EXIT_DONE)
    result = EXIT_FAILED;
  return result;
}

/* Makes an instance, with the variables that --load names. Returns an exit
 * status; the instance is to be destroyed in either case. */
static int make_instance(const options *o, const gcrt_model *model,
                         gcrt_instance **instance) {
  char message[4096] = "";
  gcrt_options how = {.threads = o->threads,
                      .cpu = o->cpu,
                      .weights_file = o->weights,
                      .message = message,
                      .message_bytes = sizeof(message)};
  gcrt_status status = gcrt_create(model, &how, instance);
  if (status == GCRT_OK)
    return load_variables(o, *instance);
  complain(o, "%s", message);
  return exit_status_of(status);
}

static int run_model(const options *o, const gcrt_model *model, call *c) {
  gcrt_instance *instance;
  int result = make_instance(o, model, &instance);
  if (result == EXIT_DONE)
    result = run_calls(o, instance, c);
  gcrt_destroy(instance);
  return result;
}

static int call_model(const options *o, const gcrt_model *model) {
  call c;
  int result = call_prepare(&c, o, model);
  if (result == EXIT_DONE)
    result = run_model(o, model, &c);
  call_free(&c);
  return result;
}

static bool has_open_variables(const gcrt_model *model) {
  for (uint32_t i = 0; i < model->n_variables; ++i)
    if (gcrt_is_open(&model->variables[i]))
      return true;
  return false;
}

/* What a model is says its descriptor; what sizes its variables have where they
 * are open an instance, with what --load names. */
static int describe(const options *o, const gcrt_model *model) {
  if (!has_open_variables(model))
    return describe_model(o, model, NULL);
  gcrt_instance *instance;
  int result = make_instance(o, model, &instance);
  if (result == EXIT_DONE)
    result = describe_model(o, model, instance);
  gcrt_destroy(instance);
  return result;
}

static int print_version(const gcrt_model *model) {
  printf("%s: compiled by %s, for version %u of the runtime's interface\n",
         model->name, model->compiler, model->abi_version);
  return EXIT_DONE;
}

static int run_program(const options *o, const gcrt_model *model) {
  if (o->help) {
    print_help(o);
    return EXIT_DONE;
  }
  if (o->version)
    return print_version(model);
  if (o->describe)
    return describe(o, model);
  return call_model(o, model);
}

int main(int argc, char **argv) {
  options o;
  int result;
  if (!options_parse(&o, argc, argv, &result))
    return result;
  result = run_program(&o, gcrt_main_model);
  if (fflush(stdout) != 0 && result == EXIT_DONE) {
    complain(&o, "cannot write to standard output");
    result = EXIT_FAILED;
  }
  options_free(&o);
  return result;
}
