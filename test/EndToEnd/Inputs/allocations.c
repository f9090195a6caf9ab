/*===- allocations.c - a compiled model whose n-th allocation fails --------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*
 *
 * Runs the life of an instance with its n-th allocation failing, for n from 0
 * until none fails. Each time there is a status and a message; an instance that
 * there is does all of it at the second attempt; nothing stays allocated.
 *
 *   allocations FOLDER
 *
 *===----------------------------------------------------------------------===*/

#include "allocations.h"
#include "gcrt/npy.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 200 };

static long calls, live, fail_at;
static int may_fail;

static void *allocate(void *user, size_t bytes, size_t alignment) {
  (void)user;
  if (may_fail && calls++ == fail_at)
    return NULL;
  ++live;
  return aligned_alloc(alignment,
                       (bytes + alignment - 1) / alignment * alignment);
}

static void release(void *user, void *memory) {
  (void)user;
  --live;
  free(memory);
}

static const gcrt_allocator allocator = {allocate, release, NULL};

static void print(void *user, const char *stream, const char *text,
                  size_t length) {
  (void)user, (void)stream, (void)text, (void)length;
}

static void expect(int holds, const char *what) {
  if (holds)
    return;
  printf("allocation %ld of %ld fails: not true: %s\n", fail_at, calls, what);
  exit(1);
}

static char state[512], array[512];
static char message[256];

/* One call, good or refused by the assertion, whose results are written. */
static gcrt_status step(gcrt_instance *instance, float last) {
  static float x[3 * ROWS];
  for (int i = 0; i < 3 * ROWS; ++i)
    x[i] = 0.25f;
  x[3 * ROWS - 1] = last;
  gcrt_result squares = {0}, sum = {0};
  gcrt_status status = allocations_step(instance, x, ROWS, &squares, &sum);
  expect((status == GCRT_OK) == (squares.tensor.data != NULL),
         "there is a result, or there is none");
  if (status != GCRT_OK)
    return status;
  return gcrt_npy_write(array, &squares.tensor, &allocator, message,
                        sizeof(message));
}

/* Everything that an instance does. The first that fails ends it. */
static gcrt_status live_a_life(gcrt_instance *instance) {
  gcrt_status status = step(instance, 0.5f);
  if (status == GCRT_OK) {
    status = step(instance, NAN);
    if (status == GCRT_ASSERTION_FAILED)
      status = GCRT_OK;
  }
  if (status == GCRT_OK)
    status = gcrt_save(instance, state);
  if (status == GCRT_OK)
    status = gcrt_load(instance, state);
  gcrt_npy read = {0};
  if (status == GCRT_OK)
    status = gcrt_npy_read(array, &allocator, &read, message, sizeof(message));
  gcrt_npy_free(&read, &allocator);
  return status;
}

static gcrt_instance *create(void) {
  gcrt_options options = {.allocator = &allocator,
                          .threads = 2,
                          .print = print,
                          .message = message,
                          .message_bytes = sizeof(message)};
  gcrt_instance *instance = NULL;
  gcrt_status status = allocations_create(&options, &instance);
  expect(status == GCRT_OK || status == GCRT_OUT_OF_MEMORY,
         "creating fails for want of memory only");
  expect((status == GCRT_OK) == (instance != NULL),
         "there is an instance, or there is none");
  expect(instance || strstr(message, "out of memory"),
         "creating says what is missing");
  return instance;
}

/* Returns whether an allocation failed. */
static int run_with_failure(void) {
  calls = 0;
  may_fail = 1;
  gcrt_instance *instance = create();
  if (instance) {
    gcrt_status status = live_a_life(instance);
    expect(status == GCRT_OK || status == GCRT_OUT_OF_MEMORY,
           "what fails fails for want of memory");
    may_fail = 0;
    status = live_a_life(instance);
    expect(status == GCRT_OK, "the instance is usable");
  }
  int has_failed = calls > fail_at;
  gcrt_destroy(instance);
  expect(live == 0, "nothing stays allocated");
  return has_failed;
}

int main(int argc, char **argv) {
  (void)argc;
  snprintf(state, sizeof(state), "%s/state.safetensors", argv[1]);
  snprintf(array, sizeof(array), "%s/squares.npy", argv[1]);
  while (run_with_failure())
    ++fail_at;
  printf("%ld allocations failed, one after the other\n", fail_at);
  return fail_at > 20 ? 0 : 1;
}
