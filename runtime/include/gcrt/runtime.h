/*===- gcrt/runtime.h - running a compiled model ---------------------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*
 *
 * What programs that link a compiled object call. The header that graph-compile
 * writes beside an object wraps these in typed functions.
 *
 * Every call that can fail returns a gcrt_status; a failure leaves a message at
 * gcrt_last_error. Nothing exits, prints (except what the graph prints) or
 * keeps state outside the instance. An instance is used by one thread at a
 * time, and not by a forked child of the process that created it; instances are
 * independent of each other. No argument may be NULL unless its comment says
 * so.
 *
 *===----------------------------------------------------------------------===*/

#ifndef GCRT_RUNTIME_H
#define GCRT_RUNTIME_H

#include "gcrt/model.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A shared library that contains the runtime exports what headers declare. */
#pragma GCC visibility push(default)

/* A model with its variables and memory. */
typedef struct gcrt_instance gcrt_instance;

/*===-- Creating ---------------------------------------------------------===*/

/* Where memory comes from. Both functions are called by the thread that uses
 * the instance only. */
typedef struct gcrt_allocator {
  /* Returns `bytes` (> 0) bytes at a multiple of `alignment` (a power of two,
   * at most GCRT_ALIGNMENT), or NULL. */
  void *(*alloc)(void *user, size_t bytes, size_t alignment);
  /* Takes back what `alloc` returned; `memory` is never NULL. */
  void (*free)(void *user, void *memory);
  void *user;
} gcrt_allocator;

/* Receives one print of the graph: `length` bytes, followed by a zero byte,
 * line end included. `stream` is the one that the graph names ("stderr",
 * "stdout", "log(info)", .., "file://PATH"). Both are borrowed. */
typedef void (*gcrt_print_fn)(void *user, const char *stream, const char *text,
                              size_t length);

/* How to create an instance. All zero is the default. */
typedef struct gcrt_options {
  const gcrt_allocator *allocator; /* copied; NULL: the C library's */
  uint32_t threads; /* that a call may use, the caller's included; 0: as many as
                       the process may run on. They start when they are first
                       needed */
  gcrt_print_fn print; /* NULL: prints go to the stream that the graph names */
  void *print_user;
  char *message;        /* where gcrt_create leaves its message; may be NULL */
  size_t message_bytes; /* room there, final zero byte included */
  const char *cpu;      /* run the code that was compiled for this CPU, a
                           gcrt_variant.cpu; NULL: the best that this CPU runs */
  const char *weights_file; /* the file of the model's weights, if they are not
                               in the object; NULL: the file of its name beside
                               the program or shared library that the object is
                               in */
} gcrt_options;

/* Makes an instance: checks that object, runtime and CPU fit together, gives
 * the variables their initial values and runs the model's initializer.
 * `options` may be NULL. On failure *instance is NULL, nothing stays allocated,
 * and the message is in options->message. GCRT_MODEL_MISMATCH,
 * GCRT_UNSUPPORTED_CPU, GCRT_NOT_FOUND (no code for options->cpu),
 * GCRT_IO_ERROR (the file of weights), GCRT_OUT_OF_MEMORY, or what the
 * initializer returned. */
gcrt_status gcrt_create(const gcrt_model *model, const gcrt_options *options,
                        gcrt_instance **instance);

/* Frees the instance and stops its threads. Views into it end. May be NULL. */
void gcrt_destroy(gcrt_instance *instance);

/* Why the last call on the instance failed: one sentence that names the node,
 * input, variable or file. Meaningless after a success. Valid until the next
 * call on the instance. */
const char *gcrt_last_error(const gcrt_instance *instance);

/* The model of the instance. */
const gcrt_model *gcrt_instance_model(const gcrt_instance *instance);

/* Which of the model's code the instance runs: one of gcrt_model.variants. */
const gcrt_variant *gcrt_instance_variant(const gcrt_instance *instance);

/* Sends prints from now on to `print`; NULL: to the streams the graph names. */
void gcrt_set_print(gcrt_instance *instance, gcrt_print_fn print, void *user);

/* Threads that a call may use, the caller's included. */
uint32_t gcrt_threads(const gcrt_instance *instance);

/*===-- Calling ----------------------------------------------------------===*/

/* One output of a call. */
typedef struct gcrt_result {
  gcrt_tensor tensor; /* set by the call: a view of the value. In `buffer` if it
                         fits there, else in the instance, valid until the next
                         call. Its dims are always the instance's, valid as
                         long. After a failure, data is NULL */
  void *buffer;      /* set by the caller: where the value should go, aligned as
                        its element type; NULL: stay in the instance. Overlaps
                        no input and no other result's buffer */
  uint64_t capacity; /* set by the caller: bytes at `buffer`; ignored if NULL */
  uint64_t bytes;    /* set by the call: size of the value */
} gcrt_result;

/* Finds a function by its name. GCRT_NOT_FOUND. */
gcrt_status gcrt_find_function(gcrt_instance *instance, const char *name,
                               uint32_t *function);

/* Runs a function (an index into gcrt_model.functions) on `inputs`, one view
 * for each input in the order of the spec, borrowed for the call. `results` has
 * one element for each output; it may be NULL if `n_results` is 0, then results
 * are dropped. Nothing is allocated if sizes like these were seen before.
 * GCRT_INVALID_ARGUMENT: an input does not fit (nothing has run);
 * GCRT_BUFFER_TOO_SMALL: the call has run, a result did not fit its buffer and
 * is viewed in the instance instead;
 * GCRT_ERROR, GCRT_ASSERTION_FAILED, GCRT_UNINITIALIZED, GCRT_OUT_OF_MEMORY,
 * GCRT_IO_ERROR: the function failed on its way, and effects ordered before the
 * failure have happened. The instance stays usable. */
gcrt_status gcrt_call(gcrt_instance *instance, uint32_t function,
                      const gcrt_tensor *inputs, uint32_t n_inputs,
                      gcrt_result *results, uint32_t n_results);

/*===-- Variables --------------------------------------------------------===*/

/* Finds a variable by its name. GCRT_NOT_FOUND. */
gcrt_status gcrt_find_variable(gcrt_instance *instance, const char *name,
                               uint32_t *variable);

/* Views the value of a variable (an index into gcrt_model.variables), in the
 * sizes that it has now. The view is valid, and shows the variable, until the
 * instance is used again.
 * GCRT_UNINITIALIZED if nothing has set it; GCRT_INVALID_ARGUMENT for an index
 * that does not exist. */
gcrt_status gcrt_get_variable(gcrt_instance *instance, uint32_t variable,
                              gcrt_tensor *value);

/* Sets a variable to a copy of `value`, whose sizes it takes where its shape is
 * open. GCRT_INVALID_ARGUMENT if type or shape do not fit, GCRT_OUT_OF_MEMORY
 * if it has to grow and cannot; then it keeps what it had. */
gcrt_status gcrt_set_variable(gcrt_instance *instance, uint32_t variable,
                              const gcrt_tensor *value);

/* Writes all variables that something has set as one safetensors file, names as
 * in the model, in the sizes that they have now. The file is written beside
 * `path` and renamed when it is whole, so that a failure leaves what was there.
 * GCRT_IO_ERROR, GCRT_OUT_OF_MEMORY. */
gcrt_status gcrt_save(gcrt_instance *instance, const char *path);

/* Sets variables from a safetensors file. The whole file is checked first:
 * after a failure no variable has changed. A variable that the file lacks keeps
 * its value; one whose shape is open takes the sizes of the file's.
 * GCRT_INVALID_ARGUMENT: not such a file, an unknown name, another
 * shape or type; GCRT_IO_ERROR, GCRT_OUT_OF_MEMORY. */
gcrt_status gcrt_load(gcrt_instance *instance, const char *path);

/*===-- Profiles ---------------------------------------------------------===*/

/* Records from now on how long each call and each launch of a kernel takes.
 * Single events are kept until there are `most` of them; sums over all are kept
 * in any case. What was recorded before is forgotten. Recording takes some 30
 * ns for each launch, and memory, which grows: where there is none, events are
 * left out. GCRT_OUT_OF_MEMORY. */
gcrt_status gcrt_profile_start(gcrt_instance *instance, uint64_t most);

/* Writes what was recorded as a Chrome trace (JSON), which ui.perfetto.dev and
 * chrome://tracing show, to a file beside `path` that is then renamed.
 * Recording goes on. GCRT_INVALID_ARGUMENT if it was not started;
 * GCRT_IO_ERROR, GCRT_OUT_OF_MEMORY. */
gcrt_status gcrt_profile_write(gcrt_instance *instance, const char *path);

/* Ends recording and forgets what was recorded. */
void gcrt_profile_stop(gcrt_instance *instance);

/*===-- Names ------------------------------------------------------------===*/

/* "GCRT_OK", "GCRT_ERROR", ..; "unknown status" for other numbers. */
const char *gcrt_status_name(int32_t status);

/* "float32", "bfloat16", "int8", "uint8", "bool", ..; NULL for other numbers.
 */
const char *gcrt_dtype_name(uint32_t dtype);

/* Bytes of one element; 0 for numbers that are no gcrt_dtype. */
size_t gcrt_dtype_size(uint32_t dtype);

#pragma GCC visibility pop

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* GCRT_RUNTIME_H */
