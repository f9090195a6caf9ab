/*===- progress.c - how far the steps are ----------------------------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#include "progress.h"

#include "core/memory.h"
#include "core/numbers.h"
#include "core/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

/* What fits into a line of any terminal: a longer one could not be written
 * over. */
enum { LINE_LENGTH = 79 };

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static bool is_float_scalar(const gcrt_tensor *value) {
  return value->rank == 0 && value->data && value->dtype >= GCRT_F64 &&
         value->dtype <= GCRT_BF16;
}

static void append_time(gcrt_text_buffer *line, double seconds) {
  uint64_t s = (uint64_t)seconds;
  if (s < 60)
    gcrt_text_appendf(line, "%" PRIu64 " s", s);
  else if (s < 3600)
    gcrt_text_appendf(line, "%" PRIu64 ":%02" PRIu64 " min", s / 60, s % 60);
  else
    gcrt_text_appendf(line, "%" PRIu64 ":%02" PRIu64 " h", s / 3600,
                      s / 60 % 60);
}

static void append_line(gcrt_text_buffer *line, const progress *p,
                        const call *c, uint64_t done) {
  gcrt_text_appendf(line, "step %" PRIu64 "/%" PRIu64, done, c->steps);
  double time = (p->shown - p->start) / (double)done;
  gcrt_text_appendf(line, ", %.*f ms each", time < 0.1 ? 2 : 0, 1e3 * time);
  gcrt_text_append_string(line, ", ");
  append_time(line, time * (double)(c->steps - done));
  gcrt_text_append_string(line, " left");
  for (uint32_t i = 0; i < c->function->n_outputs; ++i) {
    const gcrt_tensor *value = &c->results[i].tensor;
    if (!is_float_scalar(value))
      continue;
    gcrt_text_appendf(line, ", %s ", c->function->outputs[i].name);
    gcrt_text_append_element(line, value->dtype, value->data, 0);
  }
}

void progress_begin(progress *p, const call *c, bool is_wanted) {
  *p = (progress){.is_on = is_wanted && c->steps > 1 && isatty(STDERR_FILENO),
                  .start = now()};
}

void progress_show(progress *p, const call *c, uint64_t done) {
  if (!p->is_on)
    return;
  double time = now();
  if (p->is_shown && time - p->shown < 0.1 && done < c->steps)
    return;
  p->shown = time;
  p->is_shown = true;
  gcrt_text_buffer line;
  gcrt_text_init(&line, &gcrt_default_allocator);
  append_line(&line, p, c, done);
  // The cursor goes back, so that what the graph prints begins a line.
  fprintf(stderr, "\r%.*s\x1b[K\r", LINE_LENGTH, line.data);
  fflush(stderr);
  gcrt_text_free(&line);
}

void progress_hide(progress *p) {
  if (p->is_shown)
    fputs("\r\x1b[K", stderr);
  p->is_shown = false;
}

void progress_end(progress *p) {
  if (p->is_shown)
    fputc('\n', stderr);
  p->is_shown = false;
}
