/*===- features.h - what this CPU can do -----------------------------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#ifndef GCRT_CPU_FEATURES_H
#define GCRT_CPU_FEATURES_H

#include <stddef.h>

typedef enum gcrt_cpu_answer {
  GCRT_CPU_LACKS,
  GCRT_CPU_HAS,    /* and the operating system lets programs use it */
  GCRT_CPU_UNKNOWN /* no feature of that name is known for this architecture */
} gcrt_cpu_answer;

/* Whether this CPU has the feature with that name in LLVM (`length` bytes). */
gcrt_cpu_answer gcrt_cpu_has(const char *feature, size_t length);

#endif /* GCRT_CPU_FEATURES_H */
