/*===- features_riscv.c - what this RISC-V CPU can do ----------------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*
 *
 * Linux gives a program one bit for each single-letter extension. Those with
 * longer names need a system call that Debian 12's kernel lacks: they are not
 * known here.
 *
 *===----------------------------------------------------------------------===*/

#include "cpu/features.h"

#include <string.h>
#include <sys/auxv.h>

gcrt_cpu_answer gcrt_cpu_has(const char *name, size_t length) {
  static const char letters[] = "imafdcv";
  if (length == 5 && strncmp(name, "64bit", length) == 0)
    return GCRT_CPU_HAS;
  if (length != 1 || !strchr(letters, name[0]))
    return GCRT_CPU_UNKNOWN;
  return getauxval(AT_HWCAP) >> (name[0] - 'a') & 1 ? GCRT_CPU_HAS
                                                    : GCRT_CPU_LACKS;
}
