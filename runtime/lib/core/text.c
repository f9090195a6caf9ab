/*===- text.c - a growing text ---------------------------------------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#include "core/text.h"

#include "core/memory.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void gcrt_text_init(gcrt_text_buffer *text, const gcrt_allocator *allocator) {
  text->allocator = allocator;
  text->data = text->room;
  text->capacity = sizeof(text->room);
  gcrt_text_clear(text);
}

void gcrt_text_free(gcrt_text_buffer *text) {
  if (text->data != text->room)
    gcrt_free(text->allocator, text->data);
  text->data = text->room;
  text->capacity = sizeof(text->room);
  gcrt_text_clear(text);
}

void gcrt_text_clear(gcrt_text_buffer *text) {
  text->size = 0;
  text->data[0] = '\0';
  text->truncated = false;
}

/* Makes room for `extra` bytes and the zero byte. */
static bool reserve(gcrt_text_buffer *text, size_t extra) {
  if (extra < text->capacity - text->size)
    return true;
  if (extra >= PTRDIFF_MAX - text->size)
    return false;
  size_t capacity = 2 * text->capacity;
  if (capacity <= text->size + extra)
    capacity = text->size + extra + 1;
  char *data = gcrt_allocate(text->allocator, capacity);
  if (!data)
    return false;
  memcpy(data, text->data, text->size + 1);
  if (text->data != text->room)
    gcrt_free(text->allocator, text->data);
  text->data = data;
  text->capacity = capacity;
  return true;
}

void gcrt_text_append(gcrt_text_buffer *text, const char *bytes, size_t size) {
  if (!reserve(text, size)) {
    text->truncated = true;
    size = text->capacity - text->size - 1;
  }
  memcpy(text->data + text->size, bytes, size);
  text->size += size;
  text->data[text->size] = '\0';
}

void gcrt_text_append_string(gcrt_text_buffer *text, const char *string) {
  gcrt_text_append(text, string, strlen(string));
}

void gcrt_text_appendv(gcrt_text_buffer *text, const char *format,
                       va_list arguments) {
  va_list again;
  va_copy(again, arguments);
  int length = vsnprintf(NULL, 0, format, arguments);
  if (length >= 0) {
    if (!reserve(text, (size_t)length))
      text->truncated = true;
    size_t room = text->capacity - text->size;
    vsnprintf(text->data + text->size, room, format, again);
    text->size += (size_t)length < room ? (size_t)length : room - 1;
  }
  va_end(again);
}

void gcrt_text_appendf(gcrt_text_buffer *text, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  gcrt_text_appendv(text, format, arguments);
  va_end(arguments);
}

void gcrt_text_append_json(gcrt_text_buffer *text, const char *string) {
  gcrt_text_append(text, "\"", 1);
  for (const char *c = string; *c; ++c) {
    if (*c == '"' || *c == '\\')
      gcrt_text_appendf(text, "\\%c", *c);
    else if ((unsigned char)*c < 0x20 || *c == 0x7f)
      gcrt_text_appendf(text, "\\u%04x", (unsigned)(unsigned char)*c);
    else
      gcrt_text_append(text, c, 1);
  }
  gcrt_text_append(text, "\"", 1);
}

gcrt_status gcrt_error(gcrt_text_buffer *message, gcrt_status status,
                       const char *format, ...) {
  va_list arguments;
  gcrt_text_clear(message);
  va_start(arguments, format);
  gcrt_text_appendv(message, format, arguments);
  va_end(arguments);
  return status;
}

gcrt_status gcrt_error_memory(gcrt_text_buffer *message, const char *what,
                              uint64_t bytes) {
  return gcrt_error(message, GCRT_OUT_OF_MEMORY,
                    "out of memory: %s needs %" PRIu64 " bytes", what, bytes);
}

void gcrt_text_copy_out(const gcrt_text_buffer *text, char *destination,
                        size_t bytes) {
  if (!destination || bytes == 0)
    return;
  size_t size = text->size < bytes ? text->size : bytes - 1;
  memcpy(destination, text->data, size);
  destination[size] = '\0';
}
