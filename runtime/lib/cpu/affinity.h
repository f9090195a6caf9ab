/*===- affinity.h - how many CPUs there are for us -------------------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#ifndef GCRT_CPU_AFFINITY_H
#define GCRT_CPU_AFFINITY_H

#include <stdint.h>

/* CPUs that this process may run on: at least 1, at most GCRT_MAX_THREADS. */
uint32_t gcrt_usable_cpus(void);

#endif /* GCRT_CPU_AFFINITY_H */
