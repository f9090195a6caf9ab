/*===- numbers.c - numbers as TensorFlow writes them -----------------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*
 *
 * The digits are those of strings::StrCat in TensorFlow, which its summaries of
 * tensors use.
 *
 *===----------------------------------------------------------------------===*/

#include "core/numbers.h"

#include <float.h>
#include <inttypes.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

float gcrt_float_from_bfloat16(uint16_t bits) {
  uint32_t wide = (uint32_t)bits << 16;
  float value;
  memcpy(&value, &wide, sizeof(value));
  return value;
}

float gcrt_float_from_half(uint16_t bits) {
  int exponent = bits >> 10 & 31;
  int fraction = bits & 1023;
  float value;
  if (exponent == 31)
    value = fraction ? NAN : INFINITY;
  else if (exponent == 0)
    value = ldexpf((float)fraction, -24);
  else
    value = ldexpf((float)(1024 + fraction), exponent - 25);
  return bits & 0x8000 ? -value : value;
}

/* Appends a number that printf wrote, with a point whatever the locale is. */
static void append_in_c_locale(gcrt_text_buffer *text, const char *number) {
  const char *point = localeconv()->decimal_point;
  const char *found = strcmp(point, ".") == 0 ? NULL : strstr(number, point);
  if (!found) {
    gcrt_text_append_string(text, number);
    return;
  }
  gcrt_text_append(text, number, (size_t)(found - number));
  gcrt_text_append(text, ".", 1);
  gcrt_text_append_string(text, found + strlen(point));
}

static void append_float(gcrt_text_buffer *text, float value) {
  char number[32];
  if (isnan(value)) {
    gcrt_text_append_string(text, signbit(value) ? "-nan" : "nan");
    return;
  }
  snprintf(number, sizeof(number), "%.*g", FLT_DIG, (double)value);
  if (strtof(number, NULL) != value)
    snprintf(number, sizeof(number), "%.*g", FLT_DIG + 3, (double)value);
  append_in_c_locale(text, number);
}

static void append_double(gcrt_text_buffer *text, double value) {
  char number[32];
  if (isnan(value)) {
    gcrt_text_append_string(text, signbit(value) ? "-nan" : "nan");
    return;
  }
  snprintf(number, sizeof(number), "%.*g", DBL_DIG, value);
  if (strtod(number, NULL) != value)
    snprintf(number, sizeof(number), "%.*g", DBL_DIG + 2, value);
  append_in_c_locale(text, number);
}

void gcrt_text_append_element(gcrt_text_buffer *text, uint32_t dtype,
                              const void *data, int64_t index) {
  switch ((gcrt_dtype)dtype) {
  case GCRT_F64:
    append_double(text, ((const double *)data)[index]);
    break;
  case GCRT_F32:
    append_float(text, ((const float *)data)[index]);
    break;
  case GCRT_F16:
    append_float(text, gcrt_float_from_half(((const uint16_t *)data)[index]));
    break;
  case GCRT_BF16:
    append_float(text,
                 gcrt_float_from_bfloat16(((const uint16_t *)data)[index]));
    break;
  case GCRT_I64:
    gcrt_text_appendf(text, "%" PRId64, ((const int64_t *)data)[index]);
    break;
  case GCRT_I32:
    gcrt_text_appendf(text, "%" PRId32, ((const int32_t *)data)[index]);
    break;
  case GCRT_I16:
    gcrt_text_appendf(text, "%d", ((const int16_t *)data)[index]);
    break;
  case GCRT_I8:
    gcrt_text_appendf(text, "%d", ((const int8_t *)data)[index]);
    break;
  case GCRT_U64:
    gcrt_text_appendf(text, "%" PRIu64, ((const uint64_t *)data)[index]);
    break;
  case GCRT_U32:
    gcrt_text_appendf(text, "%" PRIu32, ((const uint32_t *)data)[index]);
    break;
  case GCRT_U16:
    gcrt_text_appendf(text, "%d", ((const uint16_t *)data)[index]);
    break;
  case GCRT_U8:
    gcrt_text_appendf(text, "%d", ((const uint8_t *)data)[index]);
    break;
  case GCRT_BOOL:
    gcrt_text_append(text, ((const uint8_t *)data)[index] ? "1" : "0", 1);
    break;
  }
}
