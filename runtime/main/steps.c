/*===- steps.c - calling again and again -----------------------------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#include "program.h"

#include "interrupt.h"
#include "progress.h"

/* Makes step `step` and keeps those of its results that are collected. */
static int make_step(const options *o, gcrt_instance *instance, call *c,
                     uint64_t step, progress *p) {
  int result = call_read_slices(c, o, step);
  if (result != EXIT_DONE)
    return result;
  gcrt_status status =
      gcrt_call(instance, c->index, c->inputs, c->function->n_inputs,
                c->results, c->function->n_outputs);
  if (status != GCRT_OK) {
    progress_hide(p);
    complain(o, "%s", gcrt_last_error(instance));
    return exit_status_of(status);
  }
  return call_append_outputs(c, o);
}

/* Whether to save after the step. After the last one the program saves in any
 * case. */
static bool has_to_save(const options *o, const call *c, uint64_t step) {
  return o->save_every && (step + 1) % o->save_every == 0 &&
         step + 1 < c->steps;
}

static bool has_slices(const call *c) {
  for (uint32_t i = 0; i < c->function->n_inputs; ++i)
    if (c->sources[i].slices.file)
      return true;
  return false;
}

int make_steps(const options *o, gcrt_instance *instance, call *c) {
  // A single call is not worth waiting for: the signal ends it.
  bool has_steps = o->steps || has_slices(c);
  if (has_steps)
    interrupt_catch();
  progress p;
  progress_begin(&p, c, has_steps);
  int result = EXIT_DONE;
  for (uint64_t i = 0; result == EXIT_DONE && i < c->steps; ++i) {
    result = make_step(o, instance, c, i, &p);
    if (result == EXIT_DONE && has_to_save(o, c, i))
      result = save_variables(o, instance);
    if (result == EXIT_DONE)
      progress_show(&p, c, i + 1);
    if (result == EXIT_DONE && interrupt_signal())
      result = EXIT_SIGNAL + interrupt_signal();
  }
  progress_end(&p);
  return result;
}
