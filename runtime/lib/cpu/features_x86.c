/*===- features_x86.c - what this x86-64 CPU can do ------------------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*
 *
 * Bits of the CPUID instruction, as Intel's and AMD's manuals give them, under
 * the names that LLVM has for them.
 *
 *===----------------------------------------------------------------------===*/

#include "cpu/features.h"

#include <cpuid.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

typedef enum cpu_register { EAX, EBX, ECX, EDX } cpu_register;

/* Which registers the operating system must save for a feature to be usable, as
 * bits of XCR0. */
enum {
  NONE = 0,
  AVX_STATE = 1 << 1 | 1 << 2,
  AVX512_STATE = AVX_STATE | 1 << 5 | 1 << 6 | 1 << 7,
  AMX_STATE = 1 << 17 | 1 << 18,
  APX_STATE = 1 << 19
};

typedef struct feature {
  const char *name;
  uint32_t leaf;
  uint32_t subleaf;
  cpu_register place;
  uint32_t bit;
  uint32_t state;
} feature;

static const feature features[] = {
    {"cx8", 1, 0, EDX, 8, NONE},
    {"cmov", 1, 0, EDX, 15, NONE},
    {"mmx", 1, 0, EDX, 23, NONE},
    {"fxsr", 1, 0, EDX, 24, NONE},
    {"sse", 1, 0, EDX, 25, NONE},
    {"sse2", 1, 0, EDX, 26, NONE},
    {"sse3", 1, 0, ECX, 0, NONE},
    {"pclmul", 1, 0, ECX, 1, NONE},
    {"ssse3", 1, 0, ECX, 9, NONE},
    {"fma", 1, 0, ECX, 12, AVX_STATE},
    {"cx16", 1, 0, ECX, 13, NONE},
    {"sse4.1", 1, 0, ECX, 19, NONE},
    {"sse4.2", 1, 0, ECX, 20, NONE},
    {"crc32", 1, 0, ECX, 20, NONE},
    {"movbe", 1, 0, ECX, 22, NONE},
    {"popcnt", 1, 0, ECX, 23, NONE},
    {"aes", 1, 0, ECX, 25, NONE},
    {"xsave", 1, 0, ECX, 27, NONE},
    {"avx", 1, 0, ECX, 28, AVX_STATE},
    {"f16c", 1, 0, ECX, 29, AVX_STATE},
    {"rdrnd", 1, 0, ECX, 30, NONE},
    {"fsgsbase", 7, 0, EBX, 0, NONE},
    {"bmi", 7, 0, EBX, 3, NONE},
    {"avx2", 7, 0, EBX, 5, AVX_STATE},
    {"bmi2", 7, 0, EBX, 8, NONE},
    {"avx512f", 7, 0, EBX, 16, AVX512_STATE},
    {"avx512dq", 7, 0, EBX, 17, AVX512_STATE},
    {"rdseed", 7, 0, EBX, 18, NONE},
    {"adx", 7, 0, EBX, 19, NONE},
    {"avx512ifma", 7, 0, EBX, 21, AVX512_STATE},
    {"clflushopt", 7, 0, EBX, 23, NONE},
    {"clwb", 7, 0, EBX, 24, NONE},
    {"avx512cd", 7, 0, EBX, 28, AVX512_STATE},
    {"sha", 7, 0, EBX, 29, NONE},
    {"avx512bw", 7, 0, EBX, 30, AVX512_STATE},
    {"avx512vl", 7, 0, EBX, 31, AVX512_STATE},
    {"avx512vbmi", 7, 0, ECX, 1, AVX512_STATE},
    {"avx512vbmi2", 7, 0, ECX, 6, AVX512_STATE},
    {"gfni", 7, 0, ECX, 8, NONE},
    {"vaes", 7, 0, ECX, 9, AVX_STATE},
    {"vpclmulqdq", 7, 0, ECX, 10, AVX_STATE},
    {"avx512vnni", 7, 0, ECX, 11, AVX512_STATE},
    {"avx512bitalg", 7, 0, ECX, 12, AVX512_STATE},
    {"avx512vpopcntdq", 7, 0, ECX, 14, AVX512_STATE},
    {"rdpid", 7, 0, ECX, 22, NONE},
    {"cldemote", 7, 0, ECX, 25, NONE},
    {"movdiri", 7, 0, ECX, 27, NONE},
    {"movdir64b", 7, 0, ECX, 28, NONE},
    {"avx512vp2intersect", 7, 0, EDX, 8, AVX512_STATE},
    {"serialize", 7, 0, EDX, 14, NONE},
    {"amx-bf16", 7, 0, EDX, 22, AMX_STATE},
    {"avx512fp16", 7, 0, EDX, 23, AVX512_STATE},
    {"amx-tile", 7, 0, EDX, 24, AMX_STATE},
    {"amx-int8", 7, 0, EDX, 25, AMX_STATE},
    {"sha512", 7, 1, EAX, 0, AVX_STATE},
    {"sm3", 7, 1, EAX, 1, AVX_STATE},
    {"sm4", 7, 1, EAX, 2, AVX_STATE},
    {"avxvnni", 7, 1, EAX, 4, AVX_STATE},
    {"avx512bf16", 7, 1, EAX, 5, AVX512_STATE},
    {"cmpccxadd", 7, 1, EAX, 7, NONE},
    {"amx-fp16", 7, 1, EAX, 21, AMX_STATE},
    {"avxifma", 7, 1, EAX, 23, AVX_STATE},
    {"avxvnniint8", 7, 1, EDX, 4, AVX_STATE},
    {"avxneconvert", 7, 1, EDX, 5, AVX_STATE},
    {"amx-complex", 7, 1, EDX, 8, AMX_STATE},
    {"avxvnniint16", 7, 1, EDX, 10, AVX_STATE},
    {"prefetchi", 7, 1, EDX, 14, NONE},
    {"egpr", 7, 1, EDX, 21, APX_STATE},
    {"push2pop2", 7, 1, EDX, 21, APX_STATE},
    {"ppx", 7, 1, EDX, 21, APX_STATE},
    {"ndd", 7, 1, EDX, 21, APX_STATE},
    {"ccmp", 7, 1, EDX, 21, APX_STATE},
    {"nf", 7, 1, EDX, 21, APX_STATE},
    {"zu", 7, 1, EDX, 21, APX_STATE},
    {"xsaveopt", 0xd, 1, EAX, 0, NONE},
    {"xsavec", 0xd, 1, EAX, 1, NONE},
    {"xsaves", 0xd, 1, EAX, 3, NONE},
    {"ptwrite", 0x14, 0, EBX, 4, NONE},
    {"sahf", 0x80000001, 0, ECX, 0, NONE},
    {"lzcnt", 0x80000001, 0, ECX, 5, NONE},
    {"sse4a", 0x80000001, 0, ECX, 6, NONE},
    {"prfchw", 0x80000001, 0, ECX, 8, NONE},
    {"xop", 0x80000001, 0, ECX, 11, AVX_STATE},
    {"fma4", 0x80000001, 0, ECX, 16, AVX_STATE},
    {"tbm", 0x80000001, 0, ECX, 21, NONE},
    {"mwaitx", 0x80000001, 0, ECX, 29, NONE},
    {"64bit", 0x80000001, 0, EDX, 29, NONE},
    {"clzero", 0x80000008, 0, EBX, 0, NONE},
    {"wbnoinvd", 0x80000008, 0, EBX, 9, NONE},
};

/* The registers whose contents the operating system saves; 0 if it does not
 * say. */
static uint64_t saved_state(void) {
  unsigned eax, ebx, ecx, edx;
  if (!__get_cpuid(1, &eax, &ebx, &ecx, &edx) || !(ecx & bit_OSXSAVE))
    return 0;
  __asm__ volatile("xgetbv" : "=a"(eax), "=d"(edx) : "c"(0));
  return (uint64_t)edx << 32 | eax;
}

static bool has_feature(const feature *wanted) {
  unsigned registers[4];
  if (!__get_cpuid_count(wanted->leaf, wanted->subleaf, &registers[EAX],
                         &registers[EBX], &registers[ECX], &registers[EDX]))
    return false;
  // Leaf 7 says itself which subleaf is its last.
  unsigned last, unused[3];
  if (wanted->leaf == 7 && wanted->subleaf > 0) {
    __cpuid_count(7, 0, last, unused[0], unused[1], unused[2]);
    if (wanted->subleaf > last)
      return false;
  }
  return (registers[wanted->place] >> wanted->bit & 1) &&
         (saved_state() & wanted->state) == wanted->state;
}

gcrt_cpu_answer gcrt_cpu_has(const char *name, size_t length) {
  for (size_t i = 0; i < sizeof(features) / sizeof(*features); ++i)
    if (strncmp(features[i].name, name, length) == 0 &&
        features[i].name[length] == '\0')
      return has_feature(&features[i]) ? GCRT_CPU_HAS : GCRT_CPU_LACKS;
  // Every x86-64 CPU has an x87 unit; CPUID's bit for it is that of leaf 1.
  if (length == 3 && strncmp(name, "x87", length) == 0)
    return GCRT_CPU_HAS;
  return GCRT_CPU_UNKNOWN;
}
