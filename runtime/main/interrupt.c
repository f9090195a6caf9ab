/*===- interrupt.c - signals that end a program after its step -------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#include "interrupt.h"

#include <signal.h>
#include <stddef.h>

/* All that a handler may touch; there is one for the process. */
static volatile sig_atomic_t caught;

static void keep(int signal_number) { caught = signal_number; }

static void catch_one(int signal_number) {
  struct sigaction before;
  if (sigaction(signal_number, NULL, &before) != 0 ||
      before.sa_handler == SIG_IGN)
    return;
  // Reads and writes go on; the next signal does what it always does.
  struct sigaction action = {.sa_handler = keep};
  action.sa_flags = (int)(SA_RESTART | SA_RESETHAND);
  sigemptyset(&action.sa_mask);
  sigaction(signal_number, &action, NULL);
}

void interrupt_catch(void) {
  catch_one(SIGINT);
  catch_one(SIGTERM);
}

int interrupt_signal(void) { return (int)caught; }
