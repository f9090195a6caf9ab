/*===- pause.h - what a waiting loop does ----------------------------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#ifndef GCRT_CPU_PAUSE_H
#define GCRT_CPU_PAUSE_H

/* Tells the CPU that it waits, so that its sibling gets the core's units. */
static inline void gcrt_cpu_pause(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#elif defined(__riscv)
  // The encoding of `pause`, a hint that older CPUs ignore.
  __asm__ volatile(".4byte 0x0100000f");
#endif
}

#endif /* GCRT_CPU_PAUSE_H */
