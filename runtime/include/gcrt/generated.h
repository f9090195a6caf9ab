/*===- gcrt/generated.h - what generated code calls ------------------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*
 *
 * Called by the code of a compiled function, during a call, with the frame that
 * the function was given, on the thread that runs the function. The body of a
 * gcrt_parallel_for may run on other threads; of these functions it calls
 * gcrt_parallel_for only. All are covered by GCRT_ABI_VERSION, like model.h.
 *
 *===----------------------------------------------------------------------===*/

#ifndef GCRT_GENERATED_H
#define GCRT_GENERATED_H

#include "gcrt/model.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A shared library that contains the runtime exports what headers declare. */
#pragma GCC visibility push(default)

/* Growable memory of the instance, GCRT_ALIGNMENT-aligned, for values whose
 * size is known at run time only. `slot` is below the function's n_scratch. The
 * place holds at least `bytes` (>= 0) bytes until the slot is asked for again
 * or the call ends; its contents are undefined, but stay if it is asked again
 * for no more than before. Never NULL for 0 bytes. Returns NULL when there is
 * no memory or `bytes` is negative: the message is set and the function returns
 * GCRT_OUT_OF_MEMORY. */
void *gcrt_scratch(struct gcrt_frame *frame, uint32_t slot, int64_t bytes);

/* As gcrt_scratch, for sizes that grow in a loop: when the place has to grow it
 * at least doubles, and its first `kept` (0 <= kept) bytes stay. */
void *gcrt_scratch_grow(struct gcrt_frame *frame, uint32_t slot, int64_t bytes,
                        int64_t kept);

/* Gives variable `variable`, whose shape is open, the sizes `dims` (as many as
 * its rank, copied) and returns its storage, GCRT_ALIGNMENT-aligned: where it
 * was, with what is there, if the new value takes no more bytes than the old
 * one; else it may be another place, whose contents are undefined. A variable
 * that grows gets room to spare. Says nothing about whether the variable is
 * set. Returns NULL as gcrt_scratch does; then the variable is as it was. */
void *gcrt_resize_variable(struct gcrt_frame *frame, uint32_t variable,
                           const int64_t *dims);

/* The place to write output `index` of the function to; `dims` are its sizes
 * (as many as its rank; NULL if that is 0), copied. It is the caller's buffer
 * where that is large enough, then aligned as the element type only, else
 * memory of the instance. A function asks for each output before it returns
 * GCRT_OK; asked again, the last answer counts. Returns NULL as gcrt_scratch
 * does. */
void *gcrt_output(struct gcrt_frame *frame, uint32_t index,
                  const int64_t *dims);

/* Calls `body(closure, lo, hi)` for ranges that together cover [0, n) once and
 * returns when all have ended. The ranges run at the same time in any order on
 * any threads; none is smaller than `grain` (>= 1) unless n is. Where they are
 * cut depends on the number of threads, so results must not depend on it. A
 * body that calls this runs its ranges on its own thread. */
void gcrt_parallel_for(struct gcrt_frame *frame, int64_t n, int64_t grain,
                       void (*body)(void *closure, int64_t lo, int64_t hi),
                       void *closure);

/* A tensor that a text shows. */
typedef gcrt_tensor gcrt_view;

/* How a text shows the elements of a tensor. */
typedef enum gcrt_text_style {
  /* As TensorFlow's Assert and Print: the first `summarize` elements in
   * row-major order, brackets around every dimension but the outermost:
   * "1 2 3...", "[1 2][3...]...", a scalar "7", nothing for an empty vector. */
  GCRT_TEXT_SUMMARY = 0,
  /* As StringFormat and PrintV2: brackets around every dimension, rows on lines
   * of their own, `summarize` elements at both ends of each dimension:
   * "[1 2 3 ... 7 8 9]". */
  GCRT_TEXT_FORMAT = 1
} gcrt_text_style;

/* A part of a text. */
typedef struct gcrt_piece {
  const char *literal; /* shown as it is; NULL: the tensor `args[operand]` */
  int64_t operand;     /* ignored where there is a literal */
} gcrt_piece;

/* A text of an assertion, a check or a print. The pieces are the whole text:
 * brackets around a summary, "assertion failed: " and the line end of a print
 * are literals that the compiler writes. */
typedef struct gcrt_text {
  const char *node;         /* the node it comes from; NULL or "": none */
  const gcrt_piece *pieces; /* `n_pieces` of them */
  uint32_t n_pieces;
  int32_t summarize;  /* elements shown; -1: all */
  uint32_t style;     /* gcrt_text_style */
  uint32_t reserved;  /* 0 */
  const char *stream; /* prints: "stderr", "stdout", "log(info)",
                         "log(warning)", "log(error)", or "file://PATH", which
                         is appended to. NULL: "stderr". gcrt_fail ignores it */
} gcrt_text;

/* Sets the instance's message, `node "NODE": TEXT`, and returns `status`, which
 * the function returns in turn. `args` are the tensors that the pieces name. */
int32_t gcrt_fail(struct gcrt_frame *frame, int32_t status,
                  const gcrt_text *text, const gcrt_view *args);

/* Gives the text to the instance's print callback, or writes it to its stream.
 * Returns GCRT_OK, GCRT_OUT_OF_MEMORY, or GCRT_IO_ERROR for a file that cannot
 * be appended to; the message is set. */
int32_t gcrt_print(struct gcrt_frame *frame, const gcrt_text *text,
                   const gcrt_view *args);

/* Variable `variable` is read but nothing has set it: sets the message, which
 * names it, and returns GCRT_UNINITIALIZED. */
int32_t gcrt_unset(struct gcrt_frame *frame, uint32_t variable);

/* Stands for no launch. */
#define GCRT_NO_LAUNCH UINT32_MAX

/* For profiles, where frame->profile is not NULL: the launch before this, if
 * one is running, has ended, and launch `launch`, an index into
 * gcrt_variant.launches, begins; GCRT_NO_LAUNCH: none does. The end of a
 * function ends its last launch. */
void gcrt_mark(struct gcrt_frame *frame, uint32_t launch);

static_assert(sizeof(gcrt_piece) == 16, "ABI");
static_assert(offsetof(gcrt_piece, operand) == 8, "ABI");
static_assert(sizeof(gcrt_text) == 40, "ABI");
static_assert(offsetof(gcrt_text, pieces) == 8, "ABI");
static_assert(offsetof(gcrt_text, n_pieces) == 16, "ABI");
static_assert(offsetof(gcrt_text, summarize) == 20, "ABI");
static_assert(offsetof(gcrt_text, style) == 24, "ABI");
static_assert(offsetof(gcrt_text, stream) == 32, "ABI");

#pragma GCC visibility pop

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* GCRT_GENERATED_H */
