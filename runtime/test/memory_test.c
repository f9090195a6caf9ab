/*===- memory_test.c - every allocation fails once -------------------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*
 *
 * Each scenario is run with its n-th allocation failing, for n from 0 until
 * none fails: each time there is a status, an instance that still works, and
 * nothing leaked.
 *
 *===----------------------------------------------------------------------===*/

#include "abi_demo.h"
#include "check.h"
#include "counting_allocator.h"
#include "files.h"
#include "gcrt/npy.h"
#include "gcrt/runtime.h"

#include <stdlib.h>

static void drop_print(void *user, const char *stream, const char *text,
                       size_t length) {
  (void)user, (void)stream, (void)text, (void)length;
}

typedef gcrt_status (*scenario)(gcrt_instance *instance);

static gcrt_status call_scale(gcrt_instance *instance) {
  static const float rows[3 * 40];
  const int64_t dims[] = {40, 3};
  gcrt_tensor input = {rows, dims, GCRT_F32, 2};
  gcrt_result result = {0};
  gcrt_status status = gcrt_call(instance, DEMO_SCALE, &input, 1, &result, 1);
  CHECK((result.tensor.data != NULL) == (status == GCRT_OK));
  return status;
}

static gcrt_status call_train(gcrt_instance *instance) {
  static const float x[] = {1, 1, 1}, rate = 0;
  const int64_t dims[] = {3};
  gcrt_tensor inputs[] = {{x, dims, GCRT_F32, 1}, {&rate, NULL, GCRT_F32, 0}};
  return gcrt_call(instance, DEMO_TRAIN, inputs, 2, NULL, 0);
}

static gcrt_status save(gcrt_instance *instance) {
  return gcrt_save(instance, files_path("saved"));
}

static gcrt_status load(gcrt_instance *instance) {
  int64_t count = 12345;
  gcrt_tensor value = {&count, NULL, GCRT_I64, 0};
  CHECK_INT(gcrt_set_variable(instance, DEMO_COUNT, &value), GCRT_OK);
  gcrt_status status = gcrt_load(instance, files_path("saved"));
  CHECK_INT(gcrt_get_variable(instance, DEMO_COUNT, &value), GCRT_OK);
  // All or nothing.
  CHECK((*(const int64_t *)value.data == 12345) == (status != GCRT_OK));
  return status;
}

/* A call whose loop runs on threads: they start here. */
static gcrt_status call_threads(gcrt_instance *instance) {
  enum { ROWS = 4096 };
  static const float rows[3 * ROWS];
  const int64_t dims[] = {ROWS, 3};
  gcrt_tensor input = {rows, dims, GCRT_F32, 2};
  return gcrt_call(instance, DEMO_SCALE, &input, 1, NULL, 0);
}

static gcrt_status append(gcrt_instance *instance, float first, int64_t n) {
  float x[2 * 50] = {first};
  const int64_t dims[] = {n, 2};
  gcrt_tensor input = {x, dims, GCRT_F32, 2};
  return gcrt_call(instance, DEMO_APPEND, &input, 1, NULL, 0);
}

/* A variable that cannot grow keeps what it has. */
static gcrt_status grow(gcrt_instance *instance) {
  gcrt_status status = append(instance, 3, 1);
  if (status != GCRT_OK)
    return status;
  gcrt_tensor before, after;
  CHECK_INT(gcrt_get_variable(instance, DEMO_ROWS, &before), GCRT_OK);
  int64_t n = before.dims[0];
  status = append(instance, 4, 50);
  CHECK_INT(gcrt_get_variable(instance, DEMO_ROWS, &after), GCRT_OK);
  CHECK_INT(after.dims[0], status == GCRT_OK ? n + 50 : n);
  CHECK(*(const float *)after.data == 3);
  return status;
}

static gcrt_status save_rows(gcrt_instance *instance) {
  gcrt_status status = append(instance, 5, 50);
  return status == GCRT_OK ? gcrt_save(instance, files_path("rows")) : status;
}

/* Loading a larger value: all or nothing, too. */
static gcrt_status load_rows(gcrt_instance *instance) {
  gcrt_status status = append(instance, 6, 1);
  if (status != GCRT_OK)
    return status;
  gcrt_tensor value;
  status = gcrt_load(instance, files_path("rows"));
  CHECK_INT(gcrt_get_variable(instance, DEMO_ROWS, &value), GCRT_OK);
  CHECK((value.dims[0] == 50 && *(const float *)value.data == 5) ==
        (status == GCRT_OK));
  return status;
}

/* Creates an instance whose n-th allocation fails; NULL if that is during
 * creation. */
static gcrt_instance *create(counting_allocator *allocator, int64_t n) {
  char message[256] = "";
  counting_allocator_init(allocator, n);
  gcrt_options options = {.allocator = &allocator->table,
                          .threads = 2,
                          .print = drop_print,
                          .message = message,
                          .message_bytes = sizeof(message)};
  gcrt_instance *instance = NULL;
  gcrt_status status = gcrt_create(&demo_model, &options, &instance);
  CHECK_INT(status, instance ? GCRT_OK : GCRT_OUT_OF_MEMORY);
  if (!instance) {
    CHECK_CONTAINS(message, "out of memory");
    CHECK_INT(allocator->live, 0);
  }
  return instance;
}

static void fail_each(scenario run) {
  counting_allocator allocator;
  int64_t failures = 0;
  for (int64_t n = 0;; ++n) {
    gcrt_instance *instance = create(&allocator, n);
    if (!instance)
      continue;
    gcrt_status status = run(instance);
    if (status != GCRT_OK) {
      ++failures;
      CHECK_INT(status, GCRT_OUT_OF_MEMORY);
      CHECK_CONTAINS(gcrt_last_error(instance), "out of memory");
      // The failed allocation was that one; now there is memory again.
      CHECK_INT(run(instance), GCRT_OK);
    }
    gcrt_destroy(instance);
    CHECK_INT(allocator.live, 0);
    if (n >= allocator.calls)
      break;
  }
  printf("%lld failures\n", (long long)failures);
}

/* Arrays have an allocator of their own. */
static void fail_each_of_npy(void) {
  static const float elements[600];
  const int64_t dims[] = {200, 3};
  const gcrt_tensor tensor = {elements, dims, GCRT_F32, 2};
  const char *path = files_path("array.npy");
  char message[256];
  counting_allocator allocator;
  int64_t n = 0;
  do {
    counting_allocator_init(&allocator, n);
    message[0] = '\0';
    gcrt_npy array = {0};
    gcrt_status status = gcrt_npy_write(path, &tensor, &allocator.table,
                                        message, sizeof(message));
    if (status == GCRT_OK)
      status = gcrt_npy_read(path, &allocator.table, &array, message,
                             sizeof(message));
    CHECK_INT(status, array.memory ? GCRT_OK : GCRT_OUT_OF_MEMORY);
    if (status != GCRT_OK)
      CHECK_CONTAINS(message, "out of memory");
    gcrt_npy_free(&array, &allocator.table);
    CHECK_INT(allocator.live, 0);
  } while (n++ < allocator.calls);
  CHECK(n >= 2);
}

/* The path of a file of weights may be long. */
static void fail_each_of_weights(void) {
  static char name[400];
  memset(name, 'w', sizeof(name) - 1);
  gcrt_model model = demo_model;
  model.data = NULL;
  model.data_file = name;
  counting_allocator allocator;
  int64_t n = 0, without_memory = 0;
  do {
    counting_allocator_init(&allocator, n);
    gcrt_options options = {.allocator = &allocator.table, .threads = 1};
    gcrt_instance *instance = NULL;
    gcrt_status status = gcrt_create(&model, &options, &instance);
    // Where there was memory, there is no such file.
    CHECK(status == GCRT_IO_ERROR || status == GCRT_OUT_OF_MEMORY);
    without_memory += status == GCRT_OUT_OF_MEMORY;
    CHECK(instance == NULL);
    CHECK_INT(allocator.live, 0);
  } while (n++ < allocator.calls);
  CHECK(without_memory >= 2);
}

int main(void) {
  files_begin();
  fail_each(call_scale);
  fail_each(call_threads);
  fail_each(call_train);
  fail_each(save);
  fail_each(load);
  fail_each(grow);
  fail_each(save_rows);
  fail_each(load_rows);
  fail_each_of_npy();
  fail_each_of_weights();
  files_end();
  return check_result();
}
