/*===- model_check.h - whether a descriptor can be run here ----------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#ifndef GCRT_CORE_MODEL_CHECK_H
#define GCRT_CORE_MODEL_CHECK_H

#include "core/text.h"

/* Checks the version of `model`, and that it does not contradict itself.
 * GCRT_MODEL_MISMATCH, with a message. */
gcrt_status gcrt_check_model(const gcrt_model *model,
                             gcrt_text_buffer *message);

#endif /* GCRT_CORE_MODEL_CHECK_H */
