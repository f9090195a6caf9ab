/*===- affinity_linux.c - how many CPUs Linux lets us run on ---------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#include "cpu/affinity.h"

#include "cpu/pool.h"

#include <sched.h>
#include <unistd.h>

uint32_t gcrt_usable_cpus(void) {
  cpu_set_t set;
  long count;
  // The set is too small on machines with more than 1024 CPUs, and then the
  // call fails; those that are online are the next best answer.
  if (sched_getaffinity(0, sizeof(set), &set) == 0)
    count = CPU_COUNT(&set);
  else
    count = sysconf(_SC_NPROCESSORS_ONLN);
  if (count < 1)
    return 1;
  return count > GCRT_MAX_THREADS ? GCRT_MAX_THREADS : (uint32_t)count;
}
