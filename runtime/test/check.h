/*===- check.h - checks of the runtime's tests -----------------------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*
 *
 * A failed check is told with its place and values and counted; the test goes
 * on. A test program ends with `return check_result()`.
 *
 *===----------------------------------------------------------------------===*/

#ifndef GCRT_TEST_CHECK_H
#define GCRT_TEST_CHECK_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static int check_failures;
static int check_count;

static inline bool check_that(bool holds, const char *file, int line,
                              const char *text) {
  ++check_count;
  if (!holds) {
    ++check_failures;
    fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, text);
  }
  return holds;
}

static inline void check_int(int64_t got, int64_t want, const char *file,
                             int line, const char *text) {
  if (!check_that(got == want, file, line, text))
    fprintf(stderr, "  got %lld, expected %lld\n", (long long)got,
            (long long)want);
}

static inline void check_string(const char *got, const char *want,
                                const char *file, int line, const char *text) {
  if (!check_that(strcmp(got, want) == 0, file, line, text))
    fprintf(stderr, "  got      \"%s\"\n  expected \"%s\"\n", got, want);
}

static inline void check_contains(const char *got, const char *part,
                                  const char *file, int line,
                                  const char *text) {
  if (!check_that(strstr(got, part) != NULL, file, line, text))
    fprintf(stderr, "  got \"%s\", expected \"%s\" in it\n", got, part);
}

static inline int check_result(void) {
  printf("%d checks, %d failed\n", check_count, check_failures);
  return check_failures != 0;
}

#define CHECK(condition) check_that((condition), __FILE__, __LINE__, #condition)
#define CHECK_INT(got, want)                                                   \
  check_int((int64_t)(got), (int64_t)(want), __FILE__, __LINE__,               \
            #got " is " #want)
#define CHECK_STRING(got, want)                                                \
  check_string((got), (want), __FILE__, __LINE__, #got " is " #want)
#define CHECK_CONTAINS(got, part)                                              \
  check_contains((got), (part), __FILE__, __LINE__, #got " contains " #part)

#endif /* GCRT_TEST_CHECK_H */
