/*===- options.h - the command line of compiled executables ----------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#ifndef GCRT_MAIN_OPTIONS_H
#define GCRT_MAIN_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Exit statuses. */
enum {
  EXIT_DONE = 0,
  EXIT_FAILED = 1,    /* anything else went wrong */
  EXIT_USAGE = 2,     /* bad usage or bad input files: nothing has run */
  EXIT_ASSERTION = 3, /* an assertion or numerics check of the graph failed */
  EXIT_SIGNAL = 128,  /* and the signal's number: steps ended by a signal */
};

/* NAME=FILE or NAME=@FILE of --input and --output. */
typedef struct binding {
  const char *name; /* not ended by a zero byte */
  size_t name_length;
  const char *file;
  bool is_stepped; /* @FILE: the file has one value for each step */
} binding;

typedef struct options {
  const char *program;  /* what messages begin with */
  const char *function; /* NULL: the only one */
  binding *inputs;
  size_t n_inputs;
  binding *outputs;
  size_t n_outputs;
  const char *load;    /* NULL: nothing */
  const char *save;    /* NULL: nothing */
  const char *cpu;     /* run the code for this CPU; NULL: the best */
  const char *weights; /* file of weights; NULL: beside the program */
  const char *profile; /* NULL: none */
  uint64_t steps;      /* 0: not given */
  uint64_t save_every; /* steps; 0: at the end only */
  uint64_t benchmark;  /* calls to time; 0: none */
  uint32_t threads;    /* 0: as many as there are CPUs */
  bool describe, version, help;
} options;

/* Reads the command line. On success the caller frees with options_free, and
 * the strings are argv's. False: a message was printed; *exit_status says what
 * to exit with. */
bool options_parse(options *o, int argc, char **argv, int *exit_status);
void options_free(options *o);

/* Prints "PROGRAM: MESSAGE" on standard error. */
void complain(const options *o, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Prints what the options mean on standard output. */
void print_help(const options *o);

#endif /* GCRT_MAIN_OPTIONS_H */
