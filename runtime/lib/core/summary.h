/*===- summary.h - the text of a tensor ------------------------------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#ifndef GCRT_CORE_SUMMARY_H
#define GCRT_CORE_SUMMARY_H

#include "core/text.h"
#include "gcrt/generated.h"

/* Appends the elements of `tensor` in `style` (a gcrt_text_style), `summarize`
 * of them as generated.h says, all if that is negative. */
void gcrt_text_append_tensor(gcrt_text_buffer *text, const gcrt_tensor *tensor,
                             uint32_t style, int32_t summarize);

#endif /* GCRT_CORE_SUMMARY_H */
