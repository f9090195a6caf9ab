/*===- open_variable_test.c - variables whose shape is open -------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#include "abi_demo.h"
#include "check.h"
#include "counting_allocator.h"
#include "files.h"
#include "gcrt/runtime.h"

#include <string.h>

static gcrt_instance *create(void) {
  gcrt_options options = {.threads = 1};
  gcrt_instance *instance = NULL;
  CHECK_INT(gcrt_create(&demo_model, &options, &instance), GCRT_OK);
  return instance;
}

/* Appends `n` rows of two equal elements, `first`, `first` + 1, ... */
static void append(gcrt_instance *instance, float first, int64_t n) {
  float x[2 * 1000];
  for (int64_t i = 0; i < n; ++i)
    x[2 * i] = x[2 * i + 1] = first + (float)i;
  const int64_t dims[] = {n, 2};
  gcrt_tensor input = {x, dims, GCRT_F32, 2};
  CHECK_INT(gcrt_call(instance, DEMO_APPEND, &input, 1, NULL, 0), GCRT_OK);
}

/* Checks that row i of the variable is `first` + i, for `n` rows. */
static void check_rows(gcrt_instance *instance, float first, int64_t n) {
  gcrt_tensor value;
  CHECK_INT(gcrt_get_variable(instance, DEMO_ROWS, &value), GCRT_OK);
  CHECK_INT(value.rank, 2);
  CHECK_INT(value.dims[0], n);
  CHECK_INT(value.dims[1], 2);
  const float *rows = value.data;
  for (int64_t i = 0; i < n; ++i)
    CHECK(rows[2 * i] == first + (float)i && rows[2 * i + 1] == rows[2 * i]);
}

/* The variable has the sizes that it was given last, in every instance its own.
 */
static void test_growing(void) {
  gcrt_instance *instance = create(), *other = create();
  gcrt_tensor value;
  CHECK_INT(gcrt_get_variable(instance, DEMO_ROWS, &value), GCRT_UNINITIALIZED);
  append(instance, 0, 1);
  append(other, 7, 3);
  append(instance, 1, 0);
  append(instance, 1, 999);
  check_rows(instance, 0, 1000);
  check_rows(other, 7, 3);
  CHECK_INT(gcrt_get_variable(instance, DEMO_ROWS, &value), GCRT_OK);
  CHECK_INT((uintptr_t)value.data % GCRT_ALIGNMENT, 0);
  gcrt_destroy(instance);
  gcrt_destroy(other);
}

/* Growing row by row allocates seldom. */
static void test_room_to_spare(void) {
  counting_allocator allocator;
  counting_allocator_init(&allocator, -1);
  gcrt_options options = {.threads = 1, .allocator = &allocator.table};
  gcrt_instance *instance;
  CHECK_INT(gcrt_create(&demo_model, &options, &instance), GCRT_OK);
  // A large result first, which has a place of its own.
  append(instance, 0, 1000);
  const int64_t no_dims[] = {0, 2};
  gcrt_tensor none = {NULL, no_dims, GCRT_F32, 2};
  CHECK_INT(gcrt_set_variable(instance, DEMO_ROWS, &none), GCRT_OK);
  int64_t calls = allocator.calls;
  for (int i = 0; i < 1000; ++i)
    append(instance, (float)i, 1);
  check_rows(instance, 0, 1000);
  // There was room for as many rows before.
  CHECK_INT(allocator.calls, calls);
  for (int i = 1000; i < 1500; ++i)
    append(instance, (float)i, 1);
  check_rows(instance, 0, 1500);
  // The result grows by what is needed, the variable to twice its size.
  CHECK_INT(allocator.calls - calls, 501);
  gcrt_destroy(instance);
  CHECK_INT(allocator.live, 0);
}

/* Callers set any sizes that fit, also from a view of the variable itself. */
static void test_setting(void) {
  gcrt_instance *instance = create();
  const float rows[] = {0, 0, 1, 1, 2, 2};
  const int64_t dims[] = {3, 2}, wide[] = {2, 3}, negative[] = {-1, 2},
                huge[] = {INT64_MAX / 4, 2}, large[] = {1 << 30, 2};
  gcrt_tensor value = {rows, dims, GCRT_F32, 2};
  CHECK_INT(gcrt_set_variable(instance, DEMO_ROWS, &value), GCRT_OK);
  check_rows(instance, 0, 3);
  gcrt_tensor view;
  CHECK_INT(gcrt_get_variable(instance, DEMO_ROWS, &view), GCRT_OK);
  CHECK_INT(gcrt_set_variable(instance, DEMO_ROWS, &view), GCRT_OK);
  check_rows(instance, 0, 3);
  // The last two rows of itself.
  const int64_t two[] = {2, 2};
  view.data = (const float *)view.data + 2;
  view.dims = two;
  CHECK_INT(gcrt_set_variable(instance, DEMO_ROWS, &view), GCRT_OK);
  check_rows(instance, 1, 2);

  const struct {
    gcrt_tensor value;
    const char *message;
  } bad[] = {
      {{rows, wide, GCRT_F32, 2},
       "variable \"rows\": expected float32[?,2], but got float32[2,3]"},
      {{rows, dims, GCRT_F32, 1}, "but got float32[3]"},
      {{rows, dims, GCRT_I32, 2}, "but got int32[3,2]"},
      {{rows, negative, GCRT_F32, 2}, "but got float32[?,2]"},
      {{rows, huge, GCRT_F32, 2}, "but got float32["},
      {{NULL, dims, GCRT_F32, 2}, "the value has no data"},
  };
  for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); ++i) {
    CHECK_INT(gcrt_set_variable(instance, DEMO_ROWS, &bad[i].value),
              GCRT_INVALID_ARGUMENT);
    CHECK_CONTAINS(gcrt_last_error(instance), bad[i].message);
  }
  check_rows(instance, 1, 2);
  gcrt_destroy(instance);

  // Without memory the variable keeps what it has.
  counting_allocator allocator;
  counting_allocator_init(&allocator, -1);
  gcrt_options options = {.threads = 1, .allocator = &allocator.table};
  CHECK_INT(gcrt_create(&demo_model, &options, &instance), GCRT_OK);
  append(instance, 4, 2);
  value.dims = large;
  CHECK_INT(gcrt_set_variable(instance, DEMO_ROWS, &value), GCRT_OUT_OF_MEMORY);
  CHECK_CONTAINS(gcrt_last_error(instance),
                 "out of memory: variable \"rows\" needs 8589934592 bytes");
  check_rows(instance, 4, 2);
  gcrt_destroy(instance);
  CHECK_INT(allocator.live, 0);
}

/* Loads a file of that header and `bytes` zero bytes. */
static gcrt_status load_made(gcrt_instance *instance, const char *header,
                             size_t bytes) {
  unsigned char file[512] = {0};
  uint64_t length = strlen(header);
  memcpy(file, &length, 8);
  for (uint64_t i = 0; i < length; ++i)
    file[8 + i] = (unsigned char)header[i];
  return gcrt_load(instance, files_write("made", file, 8 + length + bytes));
}

/* Files have the sizes of the moment; what fits the open shape is loaded. */
static void test_files(void) {
  gcrt_instance *instance = create();
  append(instance, 0, 700);
  CHECK_INT(gcrt_save(instance, files_path("many")), GCRT_OK);
  const int64_t one[] = {1, 2};
  const float row[] = {5, 5};
  gcrt_tensor value = {row, one, GCRT_F32, 2};
  CHECK_INT(gcrt_set_variable(instance, DEMO_ROWS, &value), GCRT_OK);
  CHECK_INT(gcrt_save(instance, files_path("one")), GCRT_OK);
  char file[512];
  CHECK(files_read("one", file, sizeof(file)) > 0);
  file[sizeof(file) - 1] = '\0';
  CHECK_CONTAINS(file + 8, "\"rows\":{\"dtype\":\"F32\",\"shape\":[1,2],"
                           "\"data_offsets\":[20,28]}");
  CHECK_INT(gcrt_load(instance, files_path("many")), GCRT_OK);
  check_rows(instance, 0, 700);
  gcrt_destroy(instance);

  instance = create();
  CHECK_INT(gcrt_load(instance, files_path("many")), GCRT_OK);
  check_rows(instance, 0, 700);
  CHECK_INT(gcrt_load(instance, files_path("one")), GCRT_OK);
  check_rows(instance, 5, 1);
  append(instance, 6, 2);
  check_rows(instance, 5, 3);

#define ROWS(shape, offsets)                                                   \
  "{\"rows\":{\"dtype\":\"F32\",\"shape\":" shape ",\"data_offsets\":" offsets \
  "}}"
  CHECK_INT(load_made(instance, ROWS("[2,3]", "[0,24]"), 24),
            GCRT_INVALID_ARGUMENT);
  CHECK_CONTAINS(gcrt_last_error(instance),
                 "variable \"rows\" is float32[2,3], but the model expects "
                 "float32[?,2]");
  CHECK_INT(load_made(instance, ROWS("[2]", "[0,8]"), 8),
            GCRT_INVALID_ARGUMENT);
  CHECK_INT(load_made(instance, ROWS("[4,2]", "[0,24]"), 24),
            GCRT_INVALID_ARGUMENT);
  CHECK_CONTAINS(gcrt_last_error(instance), "offsets");
  // The sizes cannot be those of anything.
  CHECK_INT(load_made(instance, ROWS("[4611686018427387904,2]", "[0,0]"), 0),
            GCRT_INVALID_ARGUMENT);
  check_rows(instance, 5, 3);
  CHECK_INT(load_made(instance, ROWS("[0,2]", "[0,0]"), 0), GCRT_OK);
  check_rows(instance, 0, 0);
  gcrt_destroy(instance);
}

int main(void) {
  files_begin();
  test_growing();
  test_room_to_spare();
  test_setting();
  test_files();
  files_end();
  return check_result();
}
