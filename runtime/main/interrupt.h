/*===- interrupt.h - signals that end a program after its step -------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#ifndef GCRT_MAIN_INTERRUPT_H
#define GCRT_MAIN_INTERRUPT_H

/* From now on the first SIGINT or SIGTERM is kept, instead of ending the
 * program; a second one ends it. One that the program was started to ignore
 * stays ignored. */
void interrupt_catch(void);

/* The signal that has come; 0: none. */
int interrupt_signal(void);

#endif /* GCRT_MAIN_INTERRUPT_H */
