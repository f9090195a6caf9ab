/*===- json.h - reading JSON -----------------------------------------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#ifndef GCRT_CORE_JSON_H
#define GCRT_CORE_JSON_H

#include "core/text.h"

/* A place in a JSON text. Readers skip white space, return false where the text
 * is not what they read, and then leave what they expected in `expected`. */
typedef struct gcrt_json {
  const char *start;
  const char *at;
  const char *end;
  const char *expected;
} gcrt_json;

/* Reads one of the signs "{}[]:,". */
bool gcrt_json_sign(gcrt_json *json, char sign);

/* Whether that sign comes next; reads it if so. No error if not. */
bool gcrt_json_try(gcrt_json *json, char sign);

/* Reads a string into `value`, as UTF-8 without escapes. */
bool gcrt_json_string(gcrt_json *json, gcrt_text_buffer *value);

/* Reads an integer from 0 to INT64_MAX. */
bool gcrt_json_integer(gcrt_json *json, int64_t *value);

/* Reads the end of the text. */
bool gcrt_json_end(gcrt_json *json);

#endif /* GCRT_CORE_JSON_H */
