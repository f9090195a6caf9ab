/*===- program.h - what compiled executables do ----------------------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#ifndef GCRT_MAIN_PROGRAM_H
#define GCRT_MAIN_PROGRAM_H

#include "options.h"

#include "core/npy_rows.h"
#include "gcrt/npy.h"
#include "gcrt/runtime.h"

/* An input: an array that all steps get, or one that has a slice for each. */
typedef struct source {
  gcrt_npy array;
  gcrt_npy_slices slices; /* empty: the array */
} source;

/* Where an output goes. */
typedef struct sink {
  const binding *to;  /* NULL: nowhere */
  gcrt_npy_rows rows; /* of all steps so far, where it goes to one file */
} sink;

/* A function with its inputs and room for its results. */
typedef struct call {
  const gcrt_function_spec *function;
  uint32_t index; /* of the function in its model */
  source *sources;
  gcrt_tensor *inputs; /* views of what `sources` hold for this step */
  gcrt_result *results;
  sink *sinks;
  uint64_t steps; /* to make; known when the inputs are open */
} call;

/* Prints the functions and variables of `model` as JSON on standard output.
 * With an instance of it that includes the sizes which variables of open shape
 * have now; `instance` may be NULL. */
int describe_model(const options *o, const gcrt_model *model,
                   gcrt_instance *instance);

/* Finds the function and checks the names of the outputs. Returns an exit
 * status, with a message printed if it is not EXIT_DONE; call_free is due in
 * either case. */
int call_prepare(call *c, const options *o, const gcrt_model *model);
void call_free(call *c);

/* Checks the names of the inputs, reads or opens their files, and counts the
 * steps. Returns an exit status, with a message printed if it is not
 * EXIT_DONE. */
int call_open_inputs(call *c, const options *o);

/* Reads the slices of step `step`. Returns likewise. */
int call_read_slices(call *c, const options *o, uint64_t step);

/* Appends the results of a step to the files that have those of all. Returns
 * likewise. */
int call_append_outputs(call *c, const options *o);

/* Writes the outputs that were asked for, of the last step or of all. Returns
 * likewise. */
int call_write_outputs(call *c, const options *o);

/* Makes the steps, until one fails or a signal comes, saves in between where
 * the options say so, and tells how far it is on standard error if that is a
 * terminal. Returns an exit status; from EXIT_SIGNAL on it is a signal's, and
 * the last step has succeeded. */
int make_steps(const options *o, gcrt_instance *instance, call *c);

/* Saves the variables where the options say so. Returns an exit status. */
int save_variables(const options *o, gcrt_instance *instance);

/* What a status of the runtime means for the program. */
int exit_status_of(gcrt_status status);

/* Times o->benchmark calls and prints the result as JSON on standard output. */
gcrt_status benchmark_call(const options *o, gcrt_instance *instance,
                           const call *c);

#endif /* GCRT_MAIN_PROGRAM_H */
