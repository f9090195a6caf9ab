/*===- data_test.c - weights in a file of their own ------------------------===*
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

#include <stdlib.h>

static char message[512];
static const uint8_t id[16] = {1, 2, 3};

/* The demo with its data in a file. */
static gcrt_model make_model(void) {
  gcrt_model model = demo_model;
  model.data = NULL;
  model.data_file = "gcrt_test_data.weights";
  memcpy(model.data_id, id, sizeof(id));
  return model;
}

static gcrt_data_header make_header(void) {
  gcrt_data_header header = {.version = GCRT_DATA_VERSION,
                             .bytes = demo_model.data_bytes};
  memcpy(header.magic, GCRT_DATA_MAGIC, sizeof(header.magic));
  memcpy(header.id, id, sizeof(id));
  return header;
}

/* Writes a file of the demo's data, `missing` bytes too short. */
static void write_file(const char *path, gcrt_data_header header,
                       size_t missing) {
  FILE *file = fopen(path, "wb");
  CHECK(file != NULL);
  if (!file)
    return;
  fwrite(&header, sizeof(header), 1, file);
  fwrite(demo_model.data, demo_model.data_bytes - missing, 1, file);
  fclose(file);
}

static gcrt_status create(const char *path, gcrt_instance **instance) {
  static gcrt_model model;
  model = make_model();
  gcrt_options options = {.threads = 1,
                          .message = message,
                          .message_bytes = sizeof(message),
                          .weights_file = path};
  *instance = NULL;
  return gcrt_create(&model, &options, instance);
}

/* The data is where generated code and variables look for it. */
static void check_instance(gcrt_instance *instance) {
  gcrt_tensor value;
  CHECK_INT(gcrt_get_variable(instance, DEMO_WEIGHTS, &value), GCRT_OK);
  CHECK(((const float *)value.data)[2] == 4);
  CHECK_INT(gcrt_get_variable(instance, DEMO_COUNT, &value), GCRT_OK);
  CHECK_INT(*(const int64_t *)value.data, 0);
  gcrt_destroy(instance);
}

static void test_by_path(void) {
  gcrt_instance *instance;
  write_file(files_path("right"), make_header(), 0);
  CHECK_INT(create(files_path("right"), &instance), GCRT_OK);
  check_instance(instance);
}

/* Without a path the file is looked for beside this program. */
static void test_beside_program(const char *program) {
  char path[4096];
  gcrt_instance *instance;
  snprintf(path, sizeof(path), "%s.weights", program);
  remove(path);
  CHECK_INT(create(NULL, &instance), GCRT_IO_ERROR);
  CHECK_CONTAINS(message, "/gcrt_test_data.weights: cannot open");
  write_file(path, make_header(), 0);
  CHECK_INT(create(NULL, &instance), GCRT_OK);
  check_instance(instance);
  remove(path);
}

static void check_refused(gcrt_data_header header, size_t missing,
                          const char *reason) {
  gcrt_instance *instance;
  write_file(files_path("wrong"), header, missing);
  CHECK_INT(create(files_path("wrong"), &instance), GCRT_MODEL_MISMATCH);
  CHECK(instance == NULL);
  CHECK_CONTAINS(message, reason);
}

static void test_wrong_files(void) {
  gcrt_data_header header = make_header();
  header.magic[0] = 'G';
  check_refused(header, 0, "is no file of weights");
  header = make_header();
  header.version = 9;
  check_refused(header, 0, "has version 9, expected 1");
  header = make_header();
  header.id[15] = 1;
  check_refused(header, 0, "has the weights of another model than \"demo\"");
  header = make_header();
  header.bytes += 64;
  check_refused(header, 0, "has the weights of another model than \"demo\"");
  check_refused(make_header(), 1, "it is damaged");
  FILE *file = fopen(files_path("short"), "wb");
  CHECK(file != NULL);
  if (!file)
    return;
  fputs("gcrtdata", file);
  fclose(file);
  gcrt_instance *instance;
  CHECK_INT(create(files_path("short"), &instance), GCRT_MODEL_MISMATCH);
  CHECK_CONTAINS(message, "too short to be a file of weights");
  CHECK_INT(create(files_path("none"), &instance), GCRT_IO_ERROR);
}

int main(int argc, char **argv) {
  (void)argc;
  files_begin();
  test_by_path();
  test_beside_program(argv[0]);
  test_wrong_files();
  files_end();
  return check_result();
}
