/*===- variant.h - which of a model's code this CPU runs -------------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#ifndef GCRT_CORE_VARIANT_H
#define GCRT_CORE_VARIANT_H

#include "core/text.h"

/* Finds the first variant that this CPU can run, or, where `cpu` is not NULL,
 * the one of that name. GCRT_UNSUPPORTED_CPU with a message that names, for
 * each variant, the features that this CPU lacks; GCRT_NOT_FOUND. */
gcrt_status gcrt_choose_variant(const gcrt_model *model, const char *cpu,
                                const gcrt_variant **variant,
                                gcrt_text_buffer *message);

#endif /* GCRT_CORE_VARIANT_H */
