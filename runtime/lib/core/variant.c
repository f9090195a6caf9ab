/*===- variant.c - which of a model's code this CPU runs -------------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#include "core/variant.h"

#include "cpu/features.h"

#include <string.h>

/* One name of a list of features. */
typedef struct name {
  const char *text;
  size_t length;
} name;

/* Takes the first name off the list at *features. False: there is none. */
static bool next_name(const char **features, name *first) {
  if (**features == '\0')
    return false;
  *first = (name){*features, strcspn(*features, ",")};
  *features += first->length;
  *features += **features == ',';
  return true;
}

static bool can_run(const gcrt_variant *variant) {
  const char *features = variant->cpu_features;
  name feature;
  while (next_name(&features, &feature))
    if (gcrt_cpu_has(feature.text, feature.length) != GCRT_CPU_HAS)
      return false;
  return true;
}

/* Appends the features that the variant needs and this CPU lacks. */
static void append_missing(const gcrt_variant *variant,
                           gcrt_text_buffer *message) {
  const char *features = variant->cpu_features, *separator = "";
  name feature;
  while (next_name(&features, &feature)) {
    gcrt_cpu_answer answer = gcrt_cpu_has(feature.text, feature.length);
    if (answer == GCRT_CPU_HAS)
      continue;
    gcrt_text_append_string(message, separator);
    gcrt_text_append(message, feature.text, feature.length);
    if (answer == GCRT_CPU_UNKNOWN)
      gcrt_text_append_string(message, " (unknown to this runtime)");
    separator = ", ";
  }
}

/* Says of the `n` variants at `variants` what they miss here. */
static gcrt_status refuse(const gcrt_model *model, const gcrt_variant *variants,
                          uint32_t n, gcrt_text_buffer *message) {
  gcrt_error(message, GCRT_UNSUPPORTED_CPU, "this CPU cannot run model \"%s\"",
             model->name);
  for (uint32_t i = 0; i < n; ++i) {
    gcrt_text_appendf(message, "%s its code for %s needs ", i == 0 ? ":" : ";",
                      variants[i].cpu);
    append_missing(&variants[i], message);
  }
  gcrt_text_append_string(message, "; compile it with another --cpu");
  return GCRT_UNSUPPORTED_CPU;
}

static gcrt_status choose_named(const gcrt_model *model, const char *cpu,
                                const gcrt_variant **variant,
                                gcrt_text_buffer *message) {
  for (uint32_t i = 0; i < model->n_variants; ++i) {
    *variant = &model->variants[i];
    if (strcmp((*variant)->cpu, cpu) != 0)
      continue;
    return can_run(*variant) ? GCRT_OK : refuse(model, *variant, 1, message);
  }
  gcrt_error(message, GCRT_NOT_FOUND, "model \"%s\" has no code for \"%s\"",
             model->name, cpu);
  for (uint32_t i = 0; i < model->n_variants; ++i)
    gcrt_text_appendf(message, "%s \"%s\"", i == 0 ? ", only for" : ",",
                      model->variants[i].cpu);
  return GCRT_NOT_FOUND;
}

gcrt_status gcrt_choose_variant(const gcrt_model *model, const char *cpu,
                                const gcrt_variant **variant,
                                gcrt_text_buffer *message) {
  if (cpu)
    return choose_named(model, cpu, variant, message);
  for (uint32_t i = 0; i < model->n_variants; ++i) {
    *variant = &model->variants[i];
    if (can_run(*variant))
      return GCRT_OK;
  }
  return refuse(model, model->variants, model->n_variants, message);
}
