/*===- profile.h - what a profile records ----------------------------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#ifndef GCRT_CORE_PROFILE_H
#define GCRT_CORE_PROFILE_H

#include "core/instance.h"

/* A call begins. Only while there is a profile. */
void gcrt_profile_begin_call(gcrt_instance *instance);

/* The call that began last ends, and with it the launch that runs. */
void gcrt_profile_end_call(gcrt_instance *instance);

#endif /* GCRT_CORE_PROFILE_H */
