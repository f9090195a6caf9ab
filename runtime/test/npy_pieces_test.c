/*===- npy_pieces_test.c - array files piece by piece ----------------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#include "check.h"
#include "core/memory.h"
#include "core/npy_rows.h"
#include "counting_allocator.h"
#include "files.h"
#include "gcrt/npy.h"

static char message[512];

/* Writes an array file by hand: a header of an odd length, then `data`. */
static const char *write_file(const char *name, const char *header,
                              const void *data, size_t size) {
  char bytes[512] = "\x93NUMPY\x01\x00";
  size_t length = 0;
  for (; header[length]; ++length)
    bytes[10 + length] = header[length];
  bytes[8] = (char)length;
  memcpy(bytes + 10 + length, data, size);
  return files_write(name, bytes, 10 + length + size);
}

/*===-- Slices -----------------------------------------------------------===*/

static void test_slices(void) {
  const int16_t data[] = {1, 2, 3, 4, 5, 6};
  // The elements begin at an odd offset; slices are aligned all the same.
  const char *path = write_file(
      "s.npy", "{'descr': '<i2', 'fortran_order': False, 'shape': (3, 2)}\n",
      data, sizeof(data));
  gcrt_npy_slices slices;
  CHECK_INT(gcrt_npy_open(path, NULL, &slices, NULL, 0), GCRT_OK);
  CHECK_INT(slices.count, 3);
  CHECK_INT(slices.slice.dtype, GCRT_I16);
  CHECK_INT(slices.slice.rank, 1);
  CHECK_INT(slices.slice.dims[0], 2);
  // In any order.
  for (int i = 2; i >= 0; --i) {
    CHECK_INT(gcrt_npy_read_slice(&slices, (uint64_t)i, NULL, 0), GCRT_OK);
    CHECK_INT(memcmp(slices.slice.data, data + 2 * i, 2 * sizeof(*data)), 0);
    CHECK_INT((uintptr_t)slices.slice.data % GCRT_ALIGNMENT, 0);
  }
  CHECK_INT(gcrt_npy_read_slice(&slices, 3, message, sizeof(message)),
            GCRT_INVALID_ARGUMENT);
  CHECK_CONTAINS(message, "s.npy: has 3 slices, but slice 3 was asked for");
  gcrt_npy_close(&slices);
  gcrt_npy_close(&slices);
}

static void test_special_slices(void) {
  // Scalars, and booleans that are neither 0 nor 1.
  const char *path = write_file(
      "b.npy", "{'descr': '|b1', 'fortran_order': False, 'shape': (3,)}",
      "\x00\x02\x01", 3);
  gcrt_npy_slices slices;
  CHECK_INT(gcrt_npy_open(path, NULL, &slices, NULL, 0), GCRT_OK);
  CHECK_INT(slices.slice.rank, 0);
  CHECK_INT(gcrt_npy_read_slice(&slices, 1, NULL, 0), GCRT_OK);
  CHECK_INT(*(const uint8_t *)slices.slice.data, 1);
  gcrt_npy_close(&slices);
  // No slices, and slices of no elements.
  path = write_file("n.npy",
                    "{'descr': '<f4', 'fortran_order': False, 'shape': (0, 7)}",
                    "", 0);
  CHECK_INT(gcrt_npy_open(path, NULL, &slices, NULL, 0), GCRT_OK);
  CHECK_INT(slices.count, 0);
  gcrt_npy_close(&slices);
  path = write_file("e.npy",
                    "{'descr': '<f4', 'fortran_order': False, 'shape': (7, 0)}",
                    "", 0);
  CHECK_INT(gcrt_npy_open(path, NULL, &slices, NULL, 0), GCRT_OK);
  CHECK_INT(slices.count, 7);
  CHECK_INT(gcrt_npy_read_slice(&slices, 6, NULL, 0), GCRT_OK);
  gcrt_npy_close(&slices);
}

static void test_no_slices(void) {
  const float one = 1;
  const char *path = write_file(
      "0.npy", "{'descr': '<f4', 'fortran_order': False, 'shape': ()}", &one,
      sizeof(one));
  gcrt_npy_slices slices;
  CHECK_INT(gcrt_npy_open(path, NULL, &slices, message, sizeof(message)),
            GCRT_INVALID_ARGUMENT);
  CHECK_CONTAINS(message, "expected a first dimension to slice along");
  CHECK(slices.file == NULL);
  path = write_file("c.npy",
                    "{'descr': '<f4', 'fortran_order': False, 'shape': (9,)}",
                    &one, sizeof(one));
  CHECK_INT(gcrt_npy_open(path, NULL, &slices, message, sizeof(message)),
            GCRT_INVALID_ARGUMENT);
  CHECK_CONTAINS(message, "should have 36 bytes, but 4 bytes follow");
  CHECK_INT(gcrt_npy_open(files_path("missing"), NULL, &slices, NULL, 0),
            GCRT_IO_ERROR);
}

/*===-- Rows -------------------------------------------------------------===*/

/* Writes `n` rows of two elements, and the file or, if `n` is odd, not. */
static gcrt_status write_rows(const char *path, int n,
                              const gcrt_allocator *allocator) {
  gcrt_text_buffer text;
  gcrt_text_init(&text, allocator);
  const int64_t dims[] = {2};
  float data[] = {0, 0.5f};
  const gcrt_tensor row = {data, dims, GCRT_F32, 1};
  gcrt_npy_rows rows;
  gcrt_status status = gcrt_npy_rows_create(&rows, path, &row, &text);
  for (int i = 0; status == GCRT_OK && i < n; ++i) {
    data[0] = (float)i;
    status = gcrt_npy_rows_append(&rows, &row, &text);
  }
  if (status == GCRT_OK && n % 2 == 0)
    status = gcrt_npy_rows_finish(&rows, &text);
  gcrt_npy_rows_abandon(&rows);
  gcrt_text_free(&text);
  return status;
}

static void test_rows(void) {
  const gcrt_allocator *allocator = &gcrt_default_allocator;
  const char *path = files_path("r.npy");
  int files = files_count();
  CHECK_INT(write_rows(path, 3, allocator), GCRT_OK);
  CHECK_INT(files_count(), files); // abandoned
  for (int n = 0; n <= 1000; n += 500) {
    CHECK_INT(write_rows(path, n, allocator), GCRT_OK);
    gcrt_npy array;
    CHECK_INT(gcrt_npy_read(path, NULL, &array, message, sizeof(message)),
              GCRT_OK);
    CHECK_INT(array.tensor.rank, 2);
    CHECK_INT(array.tensor.dims[0], n);
    CHECK_INT(array.tensor.dims[1], 2);
    const float *data = array.tensor.data;
    for (int i = 0; i < n; ++i)
      CHECK(data[2 * i] == (float)i && data[2 * i + 1] == 0.5f);
    gcrt_npy_free(&array, NULL);
  }
  CHECK_INT(files_count(), files + 1);
}

static void test_wrong_rows(void) {
  const int64_t two[] = {2}, three[] = {3};
  const double data[3] = {0};
  const gcrt_tensor row = {data, two, GCRT_F64, 1};
  const gcrt_tensor longer = {data, three, GCRT_F64, 1};
  gcrt_text_buffer text;
  gcrt_text_init(&text, &gcrt_default_allocator);
  gcrt_npy_rows rows;
  CHECK_INT(gcrt_npy_rows_create(&rows, files_path("w.npy"), &row, &text),
            GCRT_OK);
  CHECK_INT(gcrt_npy_rows_append(&rows, &longer, &text), GCRT_INVALID_ARGUMENT);
  CHECK_CONTAINS(text.data, "row 0 is float64[3], but those before are "
                            "float64[2]");
  gcrt_npy_rows_abandon(&rows);
  CHECK_INT(gcrt_npy_rows_create(&rows, "/dev/null", &row, &text),
            GCRT_IO_ERROR);
  gcrt_npy_rows_abandon(&rows);
  gcrt_text_free(&text);
}

/*===-- Memory -----------------------------------------------------------===*/

/* Each allocation fails in turn, and nothing is leaked. */
static void test_allocations(void) {
  // A long name, for the texts that hold it.
  char name[240];
  memset(name, 'n', sizeof(name) - 1);
  name[sizeof(name) - 1] = '\0';
  const char *path = files_path(name);
  gcrt_status status;
  int64_t n = 0;
  do {
    counting_allocator allocator;
    counting_allocator_init(&allocator, n++);
    status = write_rows(path, 4, &allocator.table);
    CHECK(status == GCRT_OK || status == GCRT_OUT_OF_MEMORY);
    CHECK_INT(allocator.live, 0);
  } while (status != GCRT_OK);
  CHECK(n > 1);
  n = 0;
  do {
    counting_allocator allocator;
    counting_allocator_init(&allocator, n++);
    gcrt_npy_slices slices;
    status = gcrt_npy_open(path, &allocator.table, &slices, NULL, 0);
    CHECK(status == GCRT_OK || status == GCRT_OUT_OF_MEMORY);
    gcrt_npy_close(&slices);
    CHECK_INT(allocator.live, 0);
  } while (status != GCRT_OK);
  CHECK(n > 2);
}

int main(void) {
  files_begin();
  test_slices();
  test_special_slices();
  test_no_slices();
  test_rows();
  test_wrong_rows();
  test_allocations();
  files_end();
  return check_result();
}
