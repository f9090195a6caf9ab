/*===- progress.h - how far the steps are ----------------------------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*
 *
 * One line on standard error, if that is a terminal: it is written over again
 * and again, with the scalar outputs, such as a loss, of the last step.
 *
 *===----------------------------------------------------------------------===*/

#ifndef GCRT_MAIN_PROGRESS_H
#define GCRT_MAIN_PROGRESS_H

#include "program.h"

typedef struct progress {
  bool is_on;
  bool is_shown; /* there is a line */
  double start;  /* of the first step, seconds */
  double shown;  /* when the line was written, seconds */
} progress;

/* Begins. Nothing is shown unless `is_wanted` and there is a terminal. */
void progress_begin(progress *p, const call *c, bool is_wanted);

/* Shows that `done` steps are done, if it is not too soon. */
void progress_show(progress *p, const call *c, uint64_t done);

/* Takes the line away, so that something else can be written. */
void progress_hide(progress *p);

/* Leaves what was shown last, and goes on below. */
void progress_end(progress *p);

#endif /* GCRT_MAIN_PROGRESS_H */
