/*===- npy_test.c - NumPy's array files ------------------------------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#include "check.h"
#include "counting_allocator.h"
#include "files.h"
#include "gcrt/npy.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char message[512];

static gcrt_status read_file(const char *path, gcrt_npy *array) {
  message[0] = '\0';
  return gcrt_npy_read(path, NULL, array, message, sizeof(message));
}

/* Writes a file of version `major` with that header and data, and reads it. */
static gcrt_status read_made(int major, const char *header, const void *data,
                             size_t bytes, gcrt_npy *array) {
  char file[4096] = "\x93NUMPY";
  size_t length = strlen(header), at = 8;
  file[6] = (char)major;
  file[7] = 0;
  for (int i = 0; i < (major == 1 ? 2 : 4); ++i)
    file[at++] = (char)(length >> 8 * i);
  memcpy(file + at, header, length);
  memcpy(file + at + length, data, bytes);
  return read_file(files_write("made.npy", file, at + length + bytes), array);
}

/* What is written can be read back, for every type and rank. */
static void test_round_trip(void) {
  unsigned char data[8 * 24];
  for (size_t i = 0; i < sizeof(data); ++i)
    data[i] = (unsigned char)(i & 1);
  const int64_t dims[] = {2, 3, 4};
  for (uint32_t dtype = GCRT_F64; dtype <= GCRT_BOOL; ++dtype)
    for (uint32_t rank = 0; rank <= 3; ++rank) {
      const int64_t counts[] = {1, 2, 6, 24};
      gcrt_tensor tensor = {data, dims, dtype, rank};
      CHECK_INT(gcrt_npy_write(files_path("a.npy"), &tensor, NULL, message,
                               sizeof(message)),
                GCRT_OK);
      gcrt_npy array;
      CHECK_INT(read_file(files_path("a.npy"), &array), GCRT_OK);
      CHECK_INT(array.tensor.dtype, dtype);
      CHECK_INT(array.tensor.rank, rank);
      CHECK(memcmp(array.tensor.dims ? array.tensor.dims : dims, dims,
                   rank * sizeof(*dims)) == 0);
      size_t bytes = (size_t)counts[rank] * gcrt_dtype_size(dtype);
      CHECK(memcmp(array.tensor.data, data, bytes) == 0);
      CHECK((uintptr_t)array.tensor.data % GCRT_ALIGNMENT == 0);
      gcrt_npy_free(&array, NULL);
    }
}

/* The bytes are those that NumPy writes. */
static void test_bytes(void) {
  const float data[] = {1, 2, 3};
  const int64_t dims[] = {3};
  char file[256];
  gcrt_tensor tensor = {data, dims, GCRT_F32, 1};
  CHECK_INT(gcrt_npy_write(files_path("a.npy"), &tensor, NULL, NULL, 0),
            GCRT_OK);
  CHECK_INT(files_read("a.npy", file, sizeof(file)), 128 + 12);
  static const char start[] =
      "\x93NUMPY\x01\x00v\x00{'descr': '<f4', 'fortran_order': False, "
      "'shape': (3,), }  ";
  CHECK(memcmp(file, start, sizeof(start) - 1) == 0);
  CHECK_INT(file[127], '\n');
}

/* Headers as other writers make them. */
static void test_spellings(void) {
  static const char *const headers[] = {
      "{'descr': '<i4', 'fortran_order': False, 'shape': (2, 1), }\n",
      "{\"shape\":(2,1),\"fortran_order\":False,\"descr\":\"<i4\"}",
      "  { 'shape' : ( 2L , 1L , ) , 'descr':'<i4' ,'fortran_order':False }  ",
  };
  const int32_t data[] = {5, 6};
  for (int major = 1; major <= 2; ++major)
    for (int i = 0; i < 3; ++i) {
      gcrt_npy array;
      CHECK_INT(read_made(major, headers[i], data, sizeof(data), &array),
                GCRT_OK);
      CHECK_STRING(message, "");
      CHECK_INT(array.tensor.rank, 2);
      CHECK(array.tensor.data &&
            memcmp(array.tensor.data, data, sizeof(data)) == 0);
      gcrt_npy_free(&array, NULL);
    }
  gcrt_npy array;
  // Booleans become 0 or 1; bfloat16 has two spellings; empty arrays are fine.
  CHECK_INT(read_made(1,
                      "{'descr': '|b1', 'fortran_order': False, 'shape': (3,)}",
                      "\x00\x02\x01", 3, &array),
            GCRT_OK);
  CHECK(memcmp(array.tensor.data, "\x00\x01\x01", 3) == 0);
  gcrt_npy_free(&array, NULL);
  CHECK_INT(read_made(1,
                      "{'descr': '|V2', 'fortran_order': False, 'shape': ()}",
                      "ab", 2, &array),
            GCRT_OK);
  CHECK_INT(array.tensor.dtype, GCRT_BF16);
  gcrt_npy_free(&array, NULL);
  CHECK_INT(
      read_made(1, "{'descr': '<f8', 'fortran_order': False, 'shape': (0, 7)}",
                "", 0, &array),
      GCRT_OK);
  gcrt_npy_free(&array, NULL);
}

static void test_bad_headers(void) {
#define HEADER(descr, order, shape)                                            \
  "{'descr': " descr ", 'fortran_order': " order ", 'shape': " shape ", }"
  static const struct {
    int major;
    const char *header;
    const char *message;
  } cases[] = {
      {3, HEADER("'<f4'", "False", "(1,)"), "version 3.0"},
      {1, HEADER("'>f4'", "False", "(1,)"),
       "'>f4' are not supported: expected "
       "little-endian"},
      {1, HEADER("'|f4'", "False", "(1,)"), "'|f4' are not supported"},
      {1, HEADER("'<c8'", "False", "(1,)"), "'<c8' are not supported"},
      {1, HEADER("''", "False", "(1,)"), "'' are not supported"},
      {1, HEADER("[('a', '<f4')]", "False", "(1,)"), "structures"},
      {1, HEADER("'<f4'", "True", "(1,)"), "Fortran order"},
      {1, HEADER("'<f4'", "Maybe", "(1,)"), "True or False"},
      {1, HEADER("'<f4'", "False", "1"), "a tuple"},
      {1, HEADER("'<f4'", "False", "(-1,)"), "sizes in 'shape'"},
      {1, HEADER("'<f4'", "False", "(1 2)"), "',' or ')'"},
      {1, HEADER("'<f4'", "False", "(99999999999999999999,)"), "sizes"},
      {1, HEADER("'<f4'", "False", "(4611686018427387904, 2)"), "memory"},
      {1, HEADER("'<f4'", "False", "(4611686018427,)"), "but 4 bytes follow"},
      {1, HEADER("'<f4'", "False", "(2,)"), "should have 8 bytes, but 4"},
      {1, HEADER("'<f4'", "False", "()") "x", "nothing after"},
      {1, "", "a dictionary"},
      {1, "{", "a key"},
      {1, "{'descr", "a key"},
      {1, "{'descr': '<f4'", "',' or '}'"},
      {1, "{'descr': '<f4', 'descr': '<f4'}", "each once"},
      {1, "{'descr': '<f4', 'shape': ()}", "'descr', 'fortran_order'"},
      {1, "{'colour': 'red'}", "each once"},
  };
#undef HEADER
  for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); ++i) {
    gcrt_npy array;
    CHECK_INT(read_made(cases[i].major, cases[i].header, "\0\0\0\0", 4, &array),
              GCRT_INVALID_ARGUMENT);
    CHECK_CONTAINS(message, cases[i].message);
    CHECK_CONTAINS(message, "made.npy: ");
    CHECK(array.memory == NULL);
  }
}

/* Every shorter version of a good file, and garbage, are errors. */
static void test_bad_files(void) {
  const float data[] = {1, 2, 3, 4};
  const int64_t dims[] = {4};
  char file[256];
  gcrt_npy array;
  gcrt_tensor tensor = {data, dims, GCRT_F32, 1};
  gcrt_npy_write(files_path("good.npy"), &tensor, NULL, NULL, 0);
  size_t size = files_read("good.npy", file, sizeof(file));
  for (size_t cut = 0; cut < size; ++cut)
    CHECK_INT(read_file(files_write("cut.npy", file, cut), &array),
              GCRT_INVALID_ARGUMENT);
  CHECK_INT(read_file(files_write("long.npy", file, size + 1), &array),
            GCRT_INVALID_ARGUMENT);
  memset(file, '\xff', sizeof(file));
  CHECK_INT(read_file(files_write("garbage.npy", file, sizeof(file)), &array),
            GCRT_INVALID_ARGUMENT);
  memcpy(file, "\x93NUMPY\x02", 8);
  CHECK_INT(read_file(files_write("huge.npy", file, sizeof(file)), &array),
            GCRT_INVALID_ARGUMENT);
  CHECK_CONTAINS(message, "should have 4294967295 bytes");
  CHECK_INT(read_file(files_path("none.npy"), &array), GCRT_IO_ERROR);
  CHECK_CONTAINS(message, "none.npy: cannot open: No such file");
  CHECK_INT(read_file("/tmp", &array), GCRT_IO_ERROR);
  CHECK_CONTAINS(message, "/tmp: is not a regular file");
  // Every single bit that is wrong is survived.
  size = files_read("good.npy", file, sizeof(file));
  for (size_t bit = 0; bit < 8 * size; ++bit) {
    file[bit / 8] = (char)(file[bit / 8] ^ 1 << bit % 8);
    if (read_file(files_write("bit.npy", file, size), &array) == GCRT_OK)
      gcrt_npy_free(&array, NULL);
    file[bit / 8] = (char)(file[bit / 8] ^ 1 << bit % 8);
  }
}

/* A failure leaves what was there, and no other file; links stay links, devices
 * stay devices. */
static void test_replacing(void) {
  const float one = 1;
  gcrt_tensor tensor = {&one, NULL, GCRT_F32, 0};
  gcrt_npy_write(files_path("target.npy"), &tensor, NULL, NULL, 0);
  chmod(files_path("target.npy"), 0640);
  CHECK_INT(symlink("target.npy", files_path("link.npy")), 0);
  CHECK_INT(gcrt_npy_write(files_path("link.npy"), &tensor, NULL, NULL, 0),
            GCRT_OK);
  struct stat about;
  CHECK_INT(lstat(files_path("link.npy"), &about), 0);
  CHECK(S_ISLNK(about.st_mode));
  CHECK_INT(stat(files_path("target.npy"), &about), 0);
  CHECK_INT(about.st_mode & 0777, 0640);
  CHECK_INT(gcrt_npy_write("/dev/null", &tensor, NULL, NULL, 0), GCRT_OK);
  CHECK_INT(stat("/dev/null", &about), 0);
  CHECK(S_ISCHR(about.st_mode));
  CHECK_INT(gcrt_npy_write(files_path("no/x.npy"), &tensor, NULL, message,
                           sizeof(message)),
            GCRT_IO_ERROR);
  CHECK_CONTAINS(message, "no/x.npy: cannot write: No such file");
  // A device that takes nothing.
  CHECK_INT(
      gcrt_npy_write("/dev/full", &tensor, NULL, message, sizeof(message)),
      GCRT_IO_ERROR);
  CHECK_CONTAINS(message, "No space left");
}

/* Each allocation fails in turn. */
static void test_allocations(void) {
  const float data[4] = {0};
  const int64_t dims[32] = {2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
                            1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
  // A header that is too long for the memory that every text has.
  int64_t long_dims[200];
  for (int i = 0; i < 200; ++i)
    long_dims[i] = i < 32 ? dims[i] : 1;
  gcrt_tensor tensor = {data, long_dims, GCRT_F32, 200};
  gcrt_status status = GCRT_OUT_OF_MEMORY;
  for (int64_t n = 0; status != GCRT_OK; ++n) {
    counting_allocator allocator;
    counting_allocator_init(&allocator, n);
    status = gcrt_npy_write(files_path("n.npy"), &tensor, &allocator.table,
                            message, sizeof(message));
    CHECK(status == GCRT_OK || status == GCRT_OUT_OF_MEMORY);
    CHECK(status == GCRT_OK || n < allocator.calls);
    CHECK_INT(allocator.live, 0);
  }
  status = GCRT_OUT_OF_MEMORY;
  for (int64_t n = 0; status != GCRT_OK; ++n) {
    counting_allocator allocator;
    counting_allocator_init(&allocator, n);
    gcrt_npy array;
    status = gcrt_npy_read(files_path("n.npy"), &allocator.table, &array,
                           message, sizeof(message));
    CHECK(status == GCRT_OK || status == GCRT_OUT_OF_MEMORY);
    gcrt_npy_free(&array, &allocator.table);
    CHECK_INT(allocator.live, 0);
  }
}

int main(void) {
  files_begin();
  test_round_trip();
  test_bytes();
  test_spellings();
  test_bad_headers();
  test_bad_files();
  test_replacing();
  test_allocations();
  files_end();
  return check_result();
}
