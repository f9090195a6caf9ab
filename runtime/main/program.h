/*===- program.h - what compiled executables do ----------------------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#ifndef GCRT_MAIN_PROGRAM_H
#define GCRT_MAIN_PROGRAM_H

#include "options.h"

#include "gcrt/npy.h"
#include "gcrt/runtime.h"

/* A function with its inputs read and room for its results. */
typedef struct call {
  const gcrt_function_spec *function;
  uint32_t index; /* of the function in its model */
  gcrt_npy *arrays;
  gcrt_tensor *inputs; /* views of `arrays` */
  gcrt_result *results;
  const char **output_files; /* for each output; NULL: not written */
} call;

/* Prints the functions and variables of `model` as JSON on standard output. */
int describe_model(const options *o, const gcrt_model *model);

/* Finds the function and checks the names of the outputs. Returns an exit
 * status, with a message printed if it is not EXIT_DONE; call_free is due in
 * either case. */
int call_prepare(call *c, const options *o, const gcrt_model *model);
void call_free(call *c);

/* Checks the names of the inputs and reads their files. Returns an exit status,
 * with a message printed if it is not EXIT_DONE. */
int call_read_inputs(call *c, const options *o);

/* Writes the outputs that were asked for. Returns an exit status. */
int call_write_outputs(const call *c, const options *o);

/* Times o->benchmark calls and prints the result as JSON on standard output. */
gcrt_status benchmark_call(const options *o, gcrt_instance *instance,
                           const call *c);

#endif /* GCRT_MAIN_PROGRAM_H */
