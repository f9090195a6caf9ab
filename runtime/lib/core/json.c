/*===- json.c - reading JSON -----------------------------------------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*
 *
 * As much of it as headers of safetensors files have: objects, arrays, strings
 * and sizes.
 *
 *===----------------------------------------------------------------------===*/

#include "core/json.h"

#include <string.h>

static bool fail(gcrt_json *json, const char *expected) {
  json->expected = expected;
  return false;
}

static void skip_space(gcrt_json *json) {
  while (json->at < json->end && (*json->at == ' ' || *json->at == '\t' ||
                                  *json->at == '\n' || *json->at == '\r'))
    ++json->at;
}

bool gcrt_json_try(gcrt_json *json, char sign) {
  skip_space(json);
  if (json->at == json->end || *json->at != sign)
    return false;
  ++json->at;
  return true;
}

bool gcrt_json_sign(gcrt_json *json, char sign) {
  if (gcrt_json_try(json, sign))
    return true;
  switch (sign) {
  case '{':
    return fail(json, "\"{\"");
  case '}':
    return fail(json, "\",\" or \"}\"");
  case '[':
    return fail(json, "\"[\"");
  case ']':
    return fail(json, "\",\" or \"]\"");
  case ':':
    return fail(json, "\":\"");
  default:
    return fail(json, "\",\"");
  }
}

bool gcrt_json_end(gcrt_json *json) {
  skip_space(json);
  return json->at == json->end || fail(json, "the end of the header");
}

/*===-- Strings ----------------------------------------------------------===*/

static void append_utf8(gcrt_text_buffer *value, uint32_t code) {
  char bytes[4];
  size_t size;
  if (code < 0x80) {
    bytes[0] = (char)code;
    size = 1;
  } else if (code < 0x800) {
    bytes[0] = (char)(0xc0 | code >> 6);
    size = 2;
  } else if (code < 0x10000) {
    bytes[0] = (char)(0xe0 | code >> 12);
    size = 3;
  } else {
    bytes[0] = (char)(0xf0 | code >> 18);
    size = 4;
  }
  for (size_t i = 1; i < size; ++i)
    bytes[i] = (char)(0x80 | (code >> 6 * (size - 1 - i) & 0x3f));
  gcrt_text_append(value, bytes, size);
}

/* Reads the four digits that follow "\u". */
static bool read_hex(gcrt_json *json, uint32_t *code) {
  if (json->end - json->at < 4)
    return false;
  *code = 0;
  for (int i = 0; i < 4; ++i) {
    char c = *json->at++;
    uint32_t digit;
    if (c >= '0' && c <= '9')
      digit = (uint32_t)(c - '0');
    else if (c >= 'a' && c <= 'f')
      digit = (uint32_t)(c - 'a' + 10);
    else if (c >= 'A' && c <= 'F')
      digit = (uint32_t)(c - 'A' + 10);
    else
      return false;
    *code = *code << 4 | digit;
  }
  return true;
}

/* Reads what follows "\u". A character beyond 16 bits is a pair of such. */
static bool read_unicode(gcrt_json *json, gcrt_text_buffer *value) {
  uint32_t code, low;
  if (!read_hex(json, &code))
    return false;
  if (code >= 0xdc00 && code < 0xe000)
    return false;
  if (code >= 0xd800 && code < 0xdc00) {
    if (json->end - json->at < 2 || memcmp(json->at, "\\u", 2) != 0)
      return false;
    json->at += 2;
    if (!read_hex(json, &low) || low < 0xdc00 || low >= 0xe000)
      return false;
    code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
  }
  append_utf8(value, code);
  return true;
}

/* Reads what follows a backslash. */
static bool read_escape(gcrt_json *json, gcrt_text_buffer *value) {
  static const char escapes[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
  if (json->at == json->end)
    return false;
  char c = *json->at++;
  if (c == 'u')
    return read_unicode(json, value);
  for (int i = 0; escapes[i]; ++i)
    if (escapes[i] == c) {
      gcrt_text_append(value, &meanings[i], 1);
      return true;
    }
  return false;
}

bool gcrt_json_string(gcrt_json *json, gcrt_text_buffer *value) {
  gcrt_text_clear(value);
  if (!gcrt_json_try(json, '"'))
    return fail(json, "a string");
  while (json->at < json->end && *json->at != '"') {
    if ((unsigned char)*json->at < 0x20)
      return fail(json, "a string without control characters");
    if (*json->at != '\\') {
      gcrt_text_append(value, json->at++, 1);
      continue;
    }
    ++json->at;
    if (!read_escape(json, value))
      return fail(json, "an escape of JSON");
  }
  if (json->at == json->end)
    return fail(json, "the end of a string");
  ++json->at;
  return true;
}

/*===-- Numbers ----------------------------------------------------------===*/

bool gcrt_json_integer(gcrt_json *json, int64_t *value) {
  skip_space(json);
  const char *first = json->at;
  *value = 0;
  while (json->at < json->end && *json->at >= '0' && *json->at <= '9') {
    if (__builtin_mul_overflow(*value, 10, value) ||
        __builtin_add_overflow(*value, *json->at - '0', value))
      return fail(json, "a smaller number");
    ++json->at;
  }
  return json->at > first || fail(json, "a number");
}
