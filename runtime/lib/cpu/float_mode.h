/*===- float_mode.h - how the CPU treats subnormal numbers -----------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*
 *
 * TensorFlow computes with subnormal numbers flushed to zero, as operands and
 * as results, and so do compiled functions: their results agree, and numbers
 * that fade away do not make a CPU a hundred times slower.
 *
 *===----------------------------------------------------------------------===*/

#ifndef GCRT_CPU_FLOAT_MODE_H
#define GCRT_CPU_FLOAT_MODE_H

#include <stdint.h>

/* The mode of a thread, opaque. */
typedef uint64_t gcrt_float_mode;

/* Makes subnormal numbers zero on this thread and returns the mode before. */
static inline gcrt_float_mode gcrt_flush_subnormals(void) {
#if defined(__x86_64__)
  uint32_t before = __builtin_ia32_stmxcsr();
  __builtin_ia32_ldmxcsr(before | 0x8040); // flush to zero, operands are zero
  return before;
#elif defined(__aarch64__)
  uint64_t before;
  __asm__ volatile("mrs %0, fpcr" : "=r"(before));
  __asm__ volatile("msr fpcr, %0" : : "r"(before | 1u << 24));
  return before;
#else
  return 0; // RISC-V has no such mode
#endif
}

/* Makes subnormal numbers count on this thread, as C programs expect, and
 * returns the mode before. */
static inline gcrt_float_mode gcrt_keep_subnormals(void) {
  gcrt_float_mode before = gcrt_flush_subnormals();
#if defined(__x86_64__)
  __builtin_ia32_ldmxcsr((uint32_t)before & ~0x8040u);
#elif defined(__aarch64__)
  __asm__ volatile("msr fpcr, %0" : : "r"(before & ~(1ull << 24)));
#endif
  return before;
}

static inline void gcrt_restore_float_mode(gcrt_float_mode mode) {
#if defined(__x86_64__)
  __builtin_ia32_ldmxcsr((uint32_t)mode);
#elif defined(__aarch64__)
  __asm__ volatile("msr fpcr, %0" : : "r"(mode));
#else
  (void)mode;
#endif
}

#endif /* GCRT_CPU_FLOAT_MODE_H */
