/*===- variant_test.c - which code a CPU runs, on made-up CPUs -------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*
 *
 * This program has its own gcrt_cpu_has: the linker then leaves out the
 * library's, and the CPU has the features that a test says.
 *
 *===----------------------------------------------------------------------===*/

#include "abi_demo.h"
#include "check.h"
#include "cpu/features.h"
#include "gcrt/runtime.h"

/* The features of this CPU, each with a comma behind it, and those that the
 * runtime knows. */
static const char *present = "";
static const char *const known = "avx,avx2,fma,avx512f,";

/* Whether `list` has that feature. */
static bool contains(const char *list, const char *feature, size_t length) {
  for (; *list; list = strchr(list, ',') + 1)
    if (strncmp(list, feature, length) == 0 && list[length] == ',')
      return true;
  return false;
}

gcrt_cpu_answer gcrt_cpu_has(const char *feature, size_t length) {
  if (contains(present, feature, length))
    return GCRT_CPU_HAS;
  return contains(known, feature, length) ? GCRT_CPU_LACKS : GCRT_CPU_UNKNOWN;
}

static gcrt_variant variants[3];
static gcrt_model model;
static char message[512];

/* Creates an instance of a model with code for three kinds of CPU. */
static gcrt_status create(const char *cpu, gcrt_instance **instance) {
  static const struct {
    const char *cpu, *features;
  } kinds[] = {{"big", "avx,avx2,fma,avx512f"},
               {"middle", "avx,avx2,fma"},
               {"small", "avx"}};
  for (int i = 0; i < 3; ++i) {
    variants[i] = demo_model.variants[0];
    variants[i].cpu = kinds[i].cpu;
    variants[i].cpu_features = kinds[i].features;
  }
  model = demo_model;
  model.variants = variants;
  model.n_variants = 3;
  gcrt_options options = {.threads = 1,
                          .message = message,
                          .message_bytes = sizeof(message),
                          .cpu = cpu};
  return gcrt_create(&model, &options, instance);
}

/* Which code runs on a CPU with the features `has`; NULL: none. */
static const char *chosen(const char *has, const char *cpu) {
  present = has;
  gcrt_instance *instance = NULL;
  if (create(cpu, &instance) != GCRT_OK)
    return NULL;
  const char *name = gcrt_instance_variant(instance)->cpu;
  CHECK_INT(gcrt_call(instance, DEMO_NOTHING, NULL, 0, NULL, 0), GCRT_OK);
  gcrt_destroy(instance);
  return name;
}

static void test_the_best_that_runs(void) {
  CHECK_STRING(chosen("avx,avx2,fma,avx512f,", NULL), "big");
  CHECK_STRING(chosen("avx,avx2,fma,", NULL), "middle");
  CHECK_STRING(chosen("avx,avx2,avx512f,", NULL), "small");
}

static void test_by_name(void) {
  CHECK_STRING(chosen("avx,avx2,fma,avx512f,", "middle"), "middle");
  CHECK(chosen("avx,avx2,fma,", "big") == NULL);
  CHECK_CONTAINS(message, "its code for big needs avx512f; compile it");
  CHECK(chosen("avx,", "huge") == NULL);
  CHECK_STRING(message, "model \"demo\" has no code for \"huge\", only for "
                        "\"big\", \"middle\", \"small\"");
}

static void test_none_runs(void) {
  gcrt_instance *instance = NULL;
  present = "avx2,";
  CHECK_INT(create(NULL, &instance), GCRT_UNSUPPORTED_CPU);
  CHECK(instance == NULL);
  CHECK_STRING(message,
               "this CPU cannot run model \"demo\": its code for big needs "
               "avx, fma, avx512f; its code for middle needs avx, fma; its "
               "code for small needs avx; compile it with another --cpu");
  present = "";
  CHECK_INT(create("huge", &instance), GCRT_NOT_FOUND);
}

int main(void) {
  test_the_best_that_runs();
  test_by_name();
  test_none_runs();
  return check_result();
}
