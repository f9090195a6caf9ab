/*===- features_test.c - what this CPU can do ------------------------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#include "check.h"
#include "cpu/features.h"

static gcrt_cpu_answer has(const char *feature) {
  return gcrt_cpu_has(feature, strlen(feature));
}

/* The names of features are those of LLVM, whole ones. */
static void test_names(void) {
  CHECK_INT(has("made-up"), GCRT_CPU_UNKNOWN);
  CHECK_INT(has(""), GCRT_CPU_UNKNOWN);
#if defined(__x86_64__)
  CHECK_INT(has("sse2"), GCRT_CPU_HAS);
  CHECK_INT(has("sse"), GCRT_CPU_HAS);
  CHECK_INT(has("x87"), GCRT_CPU_HAS);
  CHECK_INT(has("64bit"), GCRT_CPU_HAS);
  CHECK_INT(has("avx512"), GCRT_CPU_UNKNOWN);
  CHECK_INT(gcrt_cpu_has("sse2,avx", 4), GCRT_CPU_HAS);
#endif
}

/* The answers are those of the compiler's own library. */
static void test_answers(void) {
#if defined(__x86_64__)
#define AGREES(name)                                                           \
  CHECK_INT(has(name),                                                         \
            __builtin_cpu_supports(name) ? GCRT_CPU_HAS : GCRT_CPU_LACKS)
  AGREES("ssse3");
  AGREES("sse4.2");
  AGREES("popcnt");
  AGREES("avx");
  AGREES("avx2");
  AGREES("fma");
  AGREES("bmi");
  AGREES("bmi2");
  AGREES("avx512f");
  AGREES("avx512bw");
  AGREES("avx512dq");
  AGREES("avx512vl");
  AGREES("avx512vnni");
  AGREES("avx512bf16");
  AGREES("gfni");
  AGREES("sse4a");
  AGREES("xop");
#undef AGREES
#endif
}

int main(void) {
  test_names();
  test_answers();
  return check_result();
}
