/*===- text.h - a growing text ---------------------------------------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*
 *
 * Messages, prints and file headers are put together in these. Short texts need
 * no memory.
 *
 *===----------------------------------------------------------------------===*/

#ifndef GCRT_CORE_TEXT_H
#define GCRT_CORE_TEXT_H

#include "gcrt/runtime.h"

#include <stdarg.h>
#include <stdbool.h>

/* Not to be moved: `data` may point into it. */
typedef struct gcrt_text_buffer {
  const gcrt_allocator *allocator; /* outlives the text */
  char *data;                      /* `size` bytes and a zero byte */
  size_t size;
  size_t capacity;
  bool truncated; /* something was left out for want of memory */
  char room[256]; /* what `data` points to at first */
} gcrt_text_buffer;

void gcrt_text_init(gcrt_text_buffer *text, const gcrt_allocator *allocator);
void gcrt_text_free(gcrt_text_buffer *text);

/* Makes the text empty; its memory stays. */
void gcrt_text_clear(gcrt_text_buffer *text);

void gcrt_text_append(gcrt_text_buffer *text, const char *bytes, size_t size);
void gcrt_text_append_string(gcrt_text_buffer *text, const char *string);
void gcrt_text_appendf(gcrt_text_buffer *text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void gcrt_text_appendv(gcrt_text_buffer *text, const char *format, va_list);

/* Appends `string` between double quotes, escaped as in JSON. */
void gcrt_text_append_json(gcrt_text_buffer *text, const char *string);

/* Replaces the text by a message and returns `status`, so that an error cannot
 * be described and success returned. */
gcrt_status gcrt_error(gcrt_text_buffer *message, gcrt_status status,
                       const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The message of GCRT_OUT_OF_MEMORY for a want of `bytes` bytes. */
gcrt_status gcrt_error_memory(gcrt_text_buffer *message, const char *what,
                              uint64_t bytes);

/* Copies the text to `destination`, cut to `bytes` bytes with its final zero
 * byte. `destination` may be NULL. */
void gcrt_text_copy_out(const gcrt_text_buffer *text, char *destination,
                        size_t bytes);

#endif /* GCRT_CORE_TEXT_H */
