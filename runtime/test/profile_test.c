/*===- profile_test.c - recording how long launches take -------------------===*
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

static char text[1 << 20]; /* the profile that was written last */

static void drop(void *user, const char *stream, const char *line,
                 size_t length) {
  (void)user, (void)stream, (void)line, (void)length;
}

static void write_profile(gcrt_instance *instance) {
  CHECK_INT(gcrt_profile_write(instance, files_path("p.json")), GCRT_OK);
  text[files_read("p.json", text, sizeof(text) - 1)] = '\0';
}

static int count_in_text(const char *part) {
  int n = 0;
  for (const char *at = text; (at = strstr(at, part)); ++at)
    ++n;
  return n;
}

static gcrt_status train(gcrt_instance *instance, float first) {
  const float x[] = {first, 1, 1}, rate = 0.5f;
  const int64_t dims[] = {3};
  const gcrt_tensor inputs[] = {{x, dims, GCRT_F32, 1},
                                {&rate, NULL, GCRT_F32, 0}};
  return gcrt_call(instance, DEMO_TRAIN, inputs, 2, NULL, 0);
}

static gcrt_status scale(gcrt_instance *instance) {
  const float rows[300] = {0};
  const int64_t dims[] = {100, 3};
  const gcrt_tensor inputs[] = {{rows, dims, GCRT_F32, 2}};
  return gcrt_call(instance, DEMO_SCALE, inputs, 1, NULL, 0);
}

static gcrt_instance *create(const gcrt_allocator *allocator) {
  const gcrt_options options = {
      .allocator = allocator, .threads = 2, .print = drop};
  gcrt_instance *instance;
  CHECK_INT(gcrt_create(&demo_model, &options, &instance), GCRT_OK);
  return instance;
}

static void test_launches_and_calls(void) {
  gcrt_instance *instance = create(NULL);
  CHECK_INT(train(instance, 1), GCRT_OK); // not recorded
  CHECK_INT(gcrt_profile_start(instance, 100), GCRT_OK);
  CHECK_INT(train(instance, 1), GCRT_OK);
  CHECK_INT(train(instance, 1), GCRT_OK);
  CHECK_INT(scale(instance), GCRT_OK);
  // Fails before its launch: the call is there, and no launch.
  CHECK_INT(train(instance, -1), GCRT_ASSERTION_FAILED);
  write_profile(instance);
  CHECK_CONTAINS(text, "\"model\":\"demo\",\"cpu\":\"generic\"");
  CHECK_CONTAINS(text, "\"threads\":2,\"events_left_out\":0}");
  CHECK_INT(count_in_text("{\"name\":\"train\",\"cat\":\"call\",\"ph\":\"X\""),
            3);
  CHECK_INT(count_in_text("{\"name\":\"step\",\"cat\":\"elementwise\""), 2);
  CHECK_INT(count_in_text("{\"name\":\"scale\",\"cat\":\"call\""), 1);
  CHECK_INT(count_in_text("{\"name\":\"scaled\",\"cat\":\"elementwise\""), 1);
  // What is not known is left out.
  CHECK_CONTAINS(text,
                 "{\"launch\":0,\"kernel\":\"kernel_0\",\"nodes\":\"step, "
                 "loss\",\"flops\":9,\"bytes\":44}");
  CHECK_CONTAINS(text,
                 "{\"launch\":1,\"kernel\":\"kernel_1\",\"nodes\":\"scaled\"}");
  CHECK_CONTAINS(text, "\"flops\":9,\"bytes\":44,\"count\":2,\"total_us\":");
  // Recording goes on after it was written, and begins anew when started.
  CHECK_INT(train(instance, 1), GCRT_OK);
  write_profile(instance);
  CHECK_CONTAINS(text, "\"count\":3,");
  CHECK_INT(gcrt_profile_start(instance, 100), GCRT_OK);
  write_profile(instance);
  CHECK_CONTAINS(text, "\"launches\":[],");
  gcrt_destroy(instance);
}

/* Sums go on when there is no room for single events. */
static void test_limit(void) {
  gcrt_instance *instance = create(NULL);
  CHECK_INT(gcrt_profile_start(instance, 3), GCRT_OK);
  for (int i = 0; i < 10; ++i)
    CHECK_INT(train(instance, 1), GCRT_OK);
  write_profile(instance);
  CHECK_INT(count_in_text("\"ph\":\"X\""), 3);
  CHECK_CONTAINS(text, "\"events_left_out\":17}");
  CHECK_CONTAINS(text, "\"count\":10,");
  gcrt_destroy(instance);
}

static void test_misuse(void) {
  gcrt_instance *instance = create(NULL);
  CHECK_INT(gcrt_profile_write(instance, files_path("p.json")),
            GCRT_INVALID_ARGUMENT);
  CHECK_STRING(gcrt_last_error(instance), "no profile was started");
  gcrt_profile_stop(instance);
  CHECK_INT(gcrt_profile_start(instance, 0), GCRT_OK);
  CHECK_INT(gcrt_profile_write(instance, files_path("no/p.json")),
            GCRT_IO_ERROR);
  gcrt_destroy(instance);
}

/* Whatever allocation fails: a status, or events that are left out. */
static void test_memory(void) {
  counting_allocator counter;
  counting_allocator_init(&counter, -1);
  gcrt_instance *instance = create(&counter.table);
  do {
    counter.calls = 0;
    ++counter.fail_at;
    gcrt_status status = gcrt_profile_start(instance, 100);
    if (status == GCRT_OK) {
      status = train(instance, 1);
      CHECK(status == GCRT_OK || status == GCRT_OUT_OF_MEMORY);
      status = gcrt_profile_write(instance, files_path("p.json"));
    }
    CHECK(status == GCRT_OK || status == GCRT_OUT_OF_MEMORY);
  } while (counter.calls > counter.fail_at);
  gcrt_destroy(instance);
  CHECK_INT(counter.live, 0);
}

int main(void) {
  files_begin();
  test_launches_and_calls();
  test_limit();
  test_misuse();
  test_memory();
  files_end();
  return check_result();
}
