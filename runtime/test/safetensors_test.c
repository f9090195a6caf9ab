/*===- safetensors_test.c - saving and loading variables -------------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#include "abi_demo.h"
#include "check.h"
#include "files.h"
#include "gcrt/runtime.h"

#include <stdlib.h>

static gcrt_instance *create(void) {
  gcrt_options options = {.threads = 1};
  gcrt_instance *instance = NULL;
  CHECK_INT(gcrt_create(&demo_model, &options, &instance), GCRT_OK);
  return instance;
}

static void set_count(gcrt_instance *instance, int64_t count) {
  gcrt_tensor value = {&count, NULL, GCRT_I64, 0};
  CHECK_INT(gcrt_set_variable(instance, DEMO_COUNT, &value), GCRT_OK);
}

static int64_t count_of(gcrt_instance *instance) {
  gcrt_tensor value;
  return gcrt_get_variable(instance, DEMO_COUNT, &value) == GCRT_OK
             ? *(const int64_t *)value.data
             : -1;
}

/* Loads a file with that header and `bytes` zero bytes of data. */
static gcrt_status load_made(gcrt_instance *instance, const char *header,
                             size_t bytes) {
  unsigned char file[2048] = {0};
  uint64_t length = strlen(header);
  memcpy(file, &length, 8);
  for (uint64_t i = 0; i < length; ++i)
    file[8 + i] = (unsigned char)header[i];
  return gcrt_load(instance, files_write("made", file, 8 + length + bytes));
}

/* What is saved comes back; what nothing has set is left out. */
static void test_round_trip(void) {
  gcrt_instance *instance = create();
  set_count(instance, 77);
  CHECK_INT(gcrt_save(instance, files_path("a.safetensors")), GCRT_OK);
  char file[512];
  size_t size = files_read("a.safetensors", file, sizeof(file));
  static const char header[] =
      "{\"count\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[0,8]},"
      "\"layer/weights\":{\"dtype\":\"F32\",\"shape\":[3],"
      "\"data_offsets\":[8,20]}}";
  CHECK(memcmp(file + 8, header, strlen(header)) == 0);
  CHECK_INT(file[0] % 8, 0);
  CHECK_INT(size, 8 + (unsigned char)file[0] + 20);

  const int64_t dims_2[] = {2};
  const uint8_t flags[] = {1, 0};
  gcrt_tensor value = {flags, dims_2, GCRT_BOOL, 1};
  CHECK_INT(gcrt_set_variable(instance, DEMO_FLAGS, &value), GCRT_OK);
  CHECK_INT(gcrt_save(instance, files_path("b.safetensors")), GCRT_OK);
  gcrt_destroy(instance);

  instance = create();
  CHECK_INT(gcrt_load(instance, files_path("a.safetensors")), GCRT_OK);
  CHECK_INT(count_of(instance), 77);
  CHECK_INT(gcrt_get_variable(instance, DEMO_FLAGS, &value),
            GCRT_UNINITIALIZED);
  CHECK_INT(gcrt_load(instance, files_path("b.safetensors")), GCRT_OK);
  CHECK_INT(gcrt_get_variable(instance, DEMO_FLAGS, &value), GCRT_OK);
  CHECK(memcmp(value.data, flags, 2) == 0);
  gcrt_destroy(instance);
}

/* Headers as other writers make them. A variable that is not there keeps its
 * value. */
static void test_spellings(void) {
  static const struct {
    const char *header;
    size_t bytes;
    int64_t count;
  } cases[] = {
      {"{}", 0, 5},
      {" { } ", 0, 5},
      {"{\"__metadata__\":{}}", 0, 5},
      {"{\"__metadata__\":{\"format\":\"pt\", \"a\\n\":\"\\u00e9\"}, "
       "\"count\" : { \"shape\":[ ], \"data_offsets\":[0,8], "
       "\"dtype\":\"I64\" } }   ",
       8, 0},
      {"{\"\\u0063ount\":{\"dtype\":\"I64\",\"shape\":[],"
       "\"data_offsets\":[0,8]}}",
       8, 0},
  };
  for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); ++i) {
    gcrt_instance *instance = create();
    set_count(instance, 5);
    CHECK_INT(load_made(instance, cases[i].header, cases[i].bytes), GCRT_OK);
    CHECK_INT(count_of(instance), cases[i].count);
    gcrt_destroy(instance);
  }
}

/* A good entry of "count" comes first: it must not be taken over when what
 * follows is wrong. */
#define COUNT                                                                  \
  "{\"count\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[0,8]}"
#define ENTRY(name, dtype, shape, offsets)                                     \
  COUNT ",\"" name "\":{\"dtype\":\"" dtype "\",\"shape\":" shape              \
        ",\"data_offsets\":" offsets "}}"

static void test_bad_files(void) {
  static const struct {
    const char *header;
    const char *message;
  } cases[] = {
      {ENTRY("stranger", "F32", "[3]", "[8,20]"),
       "variable \"stranger\" is unknown to the model"},
      {ENTRY("layer/weights", "F32", "[4]", "[8,24]"),
       "variable \"layer/weights\" is float32[4], but the model expects "
       "float32[3]"},
      {ENTRY("layer/weights", "F32", "[3,1]", "[8,20]"), "is float32[3,1]"},
      {ENTRY("layer/weights", "I32", "[3]", "[8,20]"), "is int32[3]"},
      {ENTRY("layer/weights", "F8_E5M2", "[3]", "[8,20]"),
       "a type of safetensors"},
      {ENTRY("layer/weights", "F32", "[3]", "[8,21]"), "offsets"},
      {ENTRY("layer/weights", "F32", "[3]", "[20,8]"), "offsets"},
      {ENTRY("layer/weights", "F32", "[3]", "[12,24]"), "cut short"},
      {ENTRY("layer/weights", "F32", "[3]",
             "[9223372036854775795,"
             "9223372036854775807]"),
       "cut short"},
      {ENTRY("layer/weights", "F32", "[3]", "[8,99999999999999999999]"),
       "a smaller number"},
      {ENTRY("layer/weights", "F32", "[-3]", "[8,20]"), "a number"},
      {ENTRY("count", "I64", "[]", "[8,16]"), "is there twice"},
      {COUNT "}", "has 12 bytes behind its last tensor"},
      {COUNT, "\",\" or \"}\""},
      {COUNT "}x", "the end of the header"},
      {COUNT ",}", "a string"},
      {COUNT ",\"a\"}", "\":\""},
      {COUNT ",\"a\":1}", "\"{\""},
      {COUNT ",\"flags\":{\"dtype\":\"BOOL\",\"shape\":[2]}}",
       "\"dtype\", \"shape\" and \"data_offsets\""},
      {COUNT ",\"flags\":{\"dtype\":\"BOOL\",\"dtype\":\"BOOL\"}}",
       "each once"},
      {COUNT ",\"flags\":{\"colour\":\"red\"}}", "each once"},
      {COUNT ",\"fl\\qags\":{}}", "an escape"},
      {COUNT ",\"fl\\ud800ags\":{}}", "an escape"},
      {COUNT ",\"flags", "the end of a string"},
      {COUNT ",\"fl\nags\":{}}", "control characters"},
      {COUNT ",\"flags\\u0000\":{\"dtype\":\"BOOL\",\"shape\":[2],"
             "\"data_offsets\":[8,10]}}",
       "is unknown to the model"},
      {COUNT ",\"__metadata__\":{\"a\":1}}", "a string"},
      {"[]", "\"{\""},
      {"", "\"{\""},
  };
  gcrt_instance *instance = create();
  set_count(instance, 5);
  for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); ++i) {
    CHECK_INT(load_made(instance, cases[i].header, 20), GCRT_INVALID_ARGUMENT);
    CHECK_CONTAINS(gcrt_last_error(instance), cases[i].message);
    CHECK_CONTAINS(gcrt_last_error(instance), "/made: ");
    CHECK_INT(count_of(instance), 5);
  }
  gcrt_destroy(instance);
}

/* Every shorter version of a good file, and garbage, are errors that change
 * nothing. */
static void test_damage(void) {
  gcrt_instance *instance = create();
  set_count(instance, 9);
  char file[512];
  CHECK_INT(gcrt_save(instance, files_path("good")), GCRT_OK);
  size_t size = files_read("good", file, sizeof(file));
  set_count(instance, 5);
  for (size_t cut = 0; cut < size; ++cut) {
    CHECK_INT(gcrt_load(instance, files_write("cut", file, cut)),
              GCRT_INVALID_ARGUMENT);
    CHECK_INT(count_of(instance), 5);
  }
  // Every single bit that is wrong is survived; what is loaded is either all or
  // nothing.
  for (size_t bit = 0; bit < 8 * size; ++bit) {
    file[bit / 8] = (char)(file[bit / 8] ^ 1 << bit % 8);
    gcrt_status status = gcrt_load(instance, files_write("bit", file, size));
    CHECK(status == GCRT_OK || count_of(instance) == 5);
    set_count(instance, 5);
    file[bit / 8] = (char)(file[bit / 8] ^ 1 << bit % 8);
  }
  memset(file, '\xff', sizeof(file));
  CHECK_INT(gcrt_load(instance, files_write("garbage", file, sizeof(file))),
            GCRT_INVALID_ARGUMENT);
  CHECK_CONTAINS(gcrt_last_error(instance), "is no safetensors file");
  CHECK_INT(gcrt_load(instance, files_path("none")), GCRT_IO_ERROR);
  CHECK_CONTAINS(gcrt_last_error(instance), "none: cannot open: No such file");
  gcrt_destroy(instance);
}

/* A failed save leaves what was there and nothing beside it. */
static void test_failed_save(void) {
  gcrt_instance *instance = create();
  int before = files_count();
  CHECK_INT(gcrt_save(instance, files_path("no/folder")), GCRT_IO_ERROR);
  CHECK_CONTAINS(gcrt_last_error(instance), "no/folder: cannot write: No such");
  CHECK_INT(gcrt_save(instance, "/dev/full"), GCRT_IO_ERROR);
  CHECK_INT(files_count(), before);
  gcrt_destroy(instance);
}

/* Tens of thousands of variables load in no time. */
static void test_many_variables(void) {
  enum { MANY = 50000 };
  gcrt_variable_spec *specs = calloc(MANY, sizeof(*specs));
  char (*names)[16] = calloc(MANY, sizeof(*names));
  static const float initial = 1;
  for (int i = 0; i < MANY; ++i) {
    snprintf(names[i], sizeof(names[i]), "v/%d", i);
    specs[i] = (gcrt_variable_spec){names[i], GCRT_F32, 0, NULL, NULL, 4, 0};
  }
  static const gcrt_variant variant = {.cpu = "generic", .cpu_features = ""};
  gcrt_model model = {.abi_version = GCRT_ABI_VERSION,
                      .struct_size = sizeof(gcrt_model),
                      .name = "many",
                      .n_variables = MANY,
                      .variables = specs,
                      .variants = &variant,
                      .n_variants = 1,
                      .data = &initial,
                      .data_bytes = sizeof(initial),
                      .compiler = "hand"};
  gcrt_instance *instance = NULL;
  CHECK_INT(gcrt_create(&model, NULL, &instance), GCRT_OK);
  CHECK_INT(gcrt_save(instance, files_path("many")), GCRT_OK);
  CHECK_INT(gcrt_load(instance, files_path("many")), GCRT_OK);
  gcrt_destroy(instance);
  free(names);
  free(specs);
}

int main(void) {
  files_begin();
  test_round_trip();
  test_spellings();
  test_bad_files();
  test_damage();
  test_failed_save();
  test_many_variables();
  files_end();
  return check_result();
}
