/*===- print.c - what assertions and prints say ----------------------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#include "core/instance.h"
#include "core/summary.h"
#include "cpu/float_mode.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static void append_pieces(gcrt_text_buffer *out, const gcrt_text *text,
                          const gcrt_view *args) {
  for (uint32_t i = 0; i < text->n_pieces; ++i) {
    const gcrt_piece *piece = &text->pieces[i];
    if (piece->literal)
      gcrt_text_append_string(out, piece->literal);
    else
      gcrt_text_append_tensor(out, &args[piece->operand], text->style,
                              text->summarize);
  }
}

int32_t gcrt_fail(struct gcrt_frame *frame, int32_t status,
                  const gcrt_text *text, const gcrt_view *args) {
  gcrt_text_buffer *message = &frame->instance->message;
  gcrt_text_clear(message);
  if (text->node && *text->node)
    gcrt_text_appendf(message, "node \"%s\": ", text->node);
  // What is shown is what is there, subnormal numbers too.
  gcrt_float_mode mode = gcrt_keep_subnormals();
  append_pieces(message, text, args);
  gcrt_restore_float_mode(mode);
  return status;
}

/* Writes what a line of TensorFlow's log begins with: the time, the severity
 * and the place, here the node. */
static void write_log_prefix(FILE *file, char severity, const char *node) {
  struct timespec now;
  struct tm local;
  char date[32];
  clock_gettime(CLOCK_REALTIME, &now);
  localtime_r(&now.tv_sec, &local);
  strftime(date, sizeof(date), "%Y-%m-%d %H:%M:%S", &local);
  fprintf(file, "%s.%06ld: %c %s] ", date, now.tv_nsec / 1000, severity,
          node && *node ? node : "graph");
}

/* Writes a line of a log. The log ends its lines itself. */
static void write_log(char severity, const char *node,
                      const gcrt_text_buffer *out) {
  write_log_prefix(stderr, severity, node);
  fwrite(out->data, 1, out->size, stderr);
  if (out->size == 0 || out->data[out->size - 1] != '\n')
    fputc('\n', stderr);
}

static gcrt_status append_to_file(gcrt_instance *instance, const char *path) {
  FILE *file = fopen(path, "ae");
  bool written =
      file && fwrite(instance->printed.data, 1, instance->printed.size, file) ==
                  instance->printed.size;
  int problem = errno;
  if (file && fclose(file) != 0 && written) {
    written = false;
    problem = errno;
  }
  if (written)
    return GCRT_OK;
  return gcrt_error(&instance->message, GCRT_IO_ERROR, "%s: cannot append: %s",
                    path, strerror(problem));
}

/* Writes to the stream that the graph names. As in TensorFlow, nothing checks
 * whether the standard streams take it. */
static gcrt_status write_to_stream(gcrt_instance *instance, const char *stream,
                                   const char *node) {
  static const char file_prefix[] = "file://";
  const gcrt_text_buffer *out = &instance->printed;
  if (strncmp(stream, file_prefix, sizeof(file_prefix) - 1) == 0)
    return append_to_file(instance, stream + sizeof(file_prefix) - 1);
  if (strcmp(stream, "stderr") == 0)
    fwrite(out->data, 1, out->size, stderr);
  else if (strcmp(stream, "stdout") == 0)
    fwrite(out->data, 1, out->size, stdout);
  else if (strcmp(stream, "log(info)") == 0)
    write_log('I', node, out);
  else if (strcmp(stream, "log(warning)") == 0)
    write_log('W', node, out);
  else if (strcmp(stream, "log(error)") == 0)
    write_log('E', node, out);
  else
    return gcrt_error(
        &instance->message, GCRT_ERROR,
        "node \"%s\" prints to \"%s\", which is none of stderr, "
        "stdout, log(info), log(warning), log(error), file://PATH",
        node ? node : "", stream);
  fflush(strcmp(stream, "stdout") == 0 ? stdout : stderr);
  return GCRT_OK;
}

static int32_t print(struct gcrt_frame *frame, const gcrt_text *text,
                     const gcrt_view *args) {
  gcrt_instance *instance = frame->instance;
  gcrt_text_buffer *out = &instance->printed;
  const char *stream = text->stream ? text->stream : "stderr";
  gcrt_text_clear(out);
  append_pieces(out, text, args);
  if (out->truncated)
    return (int32_t)gcrt_error(&instance->message, GCRT_OUT_OF_MEMORY,
                               "out of memory: the print of node \"%s\"",
                               text->node ? text->node : "");
  if (!instance->print)
    return (int32_t)write_to_stream(instance, stream, text->node);
  instance->print(instance->print_user, stream, out->data, out->size);
  return GCRT_OK;
}

int32_t gcrt_print(struct gcrt_frame *frame, const gcrt_text *text,
                   const gcrt_view *args) {
  // The callback is the user's code, and expects the usual mode.
  gcrt_float_mode mode = gcrt_keep_subnormals();
  int32_t status = print(frame, text, args);
  gcrt_restore_float_mode(mode);
  return status;
}
