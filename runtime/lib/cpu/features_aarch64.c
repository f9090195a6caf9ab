/*===- features_aarch64.c - what this AArch64 CPU can do -------------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*
 *
 * Bits of the auxiliary vector that Linux gives a program, under the names that
 * LLVM has for them.
 *
 *===----------------------------------------------------------------------===*/

#include "cpu/features.h"

#include <string.h>
#include <sys/auxv.h>

typedef struct feature {
  const char *name;
  unsigned long vector; /* AT_HWCAP or AT_HWCAP2 */
  unsigned bit;
} feature;

static const feature features[] = {
    {"fp-armv8", AT_HWCAP, 0},  {"neon", AT_HWCAP, 1},
    {"aes", AT_HWCAP, 3},       {"sha2", AT_HWCAP, 6},
    {"crc", AT_HWCAP, 7},       {"lse", AT_HWCAP, 8},
    {"fullfp16", AT_HWCAP, 10}, {"rdm", AT_HWCAP, 12},
    {"jsconv", AT_HWCAP, 13},   {"complxnum", AT_HWCAP, 14},
    {"rcpc", AT_HWCAP, 15},     {"ccpp", AT_HWCAP, 16},
    {"sha3", AT_HWCAP, 17},     {"sm4", AT_HWCAP, 19},
    {"dotprod", AT_HWCAP, 20},  {"sve", AT_HWCAP, 22},
    {"fp16fml", AT_HWCAP, 23},  {"dit", AT_HWCAP, 24},
    {"lse2", AT_HWCAP, 25},     {"rcpc-immo", AT_HWCAP, 26},
    {"flagm", AT_HWCAP, 27},    {"ssbs", AT_HWCAP, 28},
    {"sb", AT_HWCAP, 29},       {"pauth", AT_HWCAP, 30},
    {"ccdp", AT_HWCAP2, 0},     {"sve2", AT_HWCAP2, 1},
    {"sve-aes", AT_HWCAP2, 2},  {"sve-bitperm", AT_HWCAP2, 4},
    {"sve-sha3", AT_HWCAP2, 5}, {"sve-sm4", AT_HWCAP2, 6},
    {"altnzcv", AT_HWCAP2, 7},  {"fptoint", AT_HWCAP2, 8},
    {"f32mm", AT_HWCAP2, 10},   {"f64mm", AT_HWCAP2, 11},
    {"i8mm", AT_HWCAP2, 13},    {"bf16", AT_HWCAP2, 14},
    {"rand", AT_HWCAP2, 16},    {"bti", AT_HWCAP2, 17},
    {"mte", AT_HWCAP2, 18},     {"sme", AT_HWCAP2, 23},
};

gcrt_cpu_answer gcrt_cpu_has(const char *name, size_t length) {
  for (size_t i = 0; i < sizeof(features) / sizeof(*features); ++i)
    if (strncmp(features[i].name, name, length) == 0 &&
        features[i].name[length] == '\0')
      return getauxval(features[i].vector) >> features[i].bit & 1
                 ? GCRT_CPU_HAS
                 : GCRT_CPU_LACKS;
  return GCRT_CPU_UNKNOWN;
}
