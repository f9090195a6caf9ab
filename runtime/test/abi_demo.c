/*===- abi_demo.c - a module written by hand -------------------------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*
 *
 * What graph-compile emits, in C: the readable example of gcrt/model.h and
 * gcrt/generated.h, and the module that the tests of the runtime run. Linked
 * with libgcrt.a and libgcrt_main.a it is an executable like any other.
 *
 *===----------------------------------------------------------------------===*/

#include "abi_demo.h"

#include "gcrt/generated.h"

#include <string.h>

/*===-- Variables --------------------------------------------------------===*/

static const int64_t shape_3[] = {3};
static const int64_t shape_2[] = {2};
static const int64_t shape_open_3[] = {-1, 3};
static const int64_t shape_open[] = {-1};
static const int64_t shape_open_2[] = {-1, 2};
static const int64_t no_rows[] = {0, 2};

/* The constants of the model: weights, here what the initializer gives to
 * "layer/weights", then the initial values of variables. */
static const struct data {
  _Alignas(GCRT_ALIGNMENT) float weights[3];
  _Alignas(GCRT_ALIGNMENT) int64_t count;
} data = {{1.0f, 2.0f, 4.0f}, 0};

static const gcrt_variable_spec variables[] = {
    {"count", GCRT_I64, 0, NULL, NULL, sizeof(int64_t),
     offsetof(struct data, count)},
    // The initializer sets this one.
    {"layer/weights", GCRT_F32, 1, shape_3, shape_3, 3 * sizeof(float),
     GCRT_NO_DATA},
    // Nothing sets this one but a caller or a file.
    {"flags", GCRT_BOOL, 1, shape_2, shape_2, 2, GCRT_NO_DATA},
    // This one is the model's own.
    {NULL, GCRT_I64, 0, NULL, NULL, sizeof(int64_t), GCRT_ZEROS},
    // The number of rows of this one changes.
    {"rows", GCRT_F32, 2, shape_open_2, no_rows, 0, GCRT_NO_DATA},
};

static int32_t initialize(gcrt_frame *frame) {
  memcpy(frame->variables[DEMO_WEIGHTS], frame->weights, sizeof(data.weights));
  frame->variable_set[DEMO_WEIGHTS] = 1;
  return GCRT_OK;
}

static const gcrt_function_code initializer = {.entry = initialize};

/*===-- Launches ---------------------------------------------------------===*/

/* Texts lie one after the other; the launches say where each begins. */
static const char launch_texts[] = "step\0"                  /* 0 */
                                   "step, loss\0"            /* 5 */
                                   "kernel_0\0elementwise\0" /* 16, 25 */
                                   "scaled\0kernel_1";       /* 37, 44 */

enum { LAUNCH_STEP, LAUNCH_SCALE };

static const gcrt_launch_spec launches[] = {
    [LAUNCH_STEP] = {.node = 0,
                     .nodes = 5,
                     .kernel = 16,
                     .kind = 25,
                     .flops = 9,
                     .bytes = 44},
    // How much it is depends on the number of rows.
    [LAUNCH_SCALE] = {.node = 37,
                      .nodes = 37,
                      .kernel = 44,
                      .kind = 25,
                      .flops = GCRT_UNKNOWN,
                      .bytes = GCRT_UNKNOWN},
};

/* What stands before a launch. */
static void mark(gcrt_frame *frame, uint32_t launch) {
  if (frame->profile)
    gcrt_mark(frame, launch);
}

/*===-- train(x, rate) -> loss
 * ----------------------------------------------===*/

/* count += 1, before the assertion; print; assert; weights -= rate * x, after
 * it; loss = sum(weights). */
static int32_t train(gcrt_frame *frame) {
  const float *x = frame->inputs[0], *rate = frame->inputs[1];
  int64_t *count = frame->variables[DEMO_COUNT];
  float *weights = frame->variables[DEMO_WEIGHTS];
  // "count" has an initial value, so that nothing has to look whether it is
  // set.
  *count += 1;

  static const gcrt_piece print_pieces[] = {
      {"count ", 0}, {NULL, 0}, {" x ", 0}, {NULL, 1}, {"\n", 0}};
  static const gcrt_text print_text = {.node = "Print",
                                       .pieces = print_pieces,
                                       .n_pieces = 5,
                                       .summarize = 3,
                                       .style = GCRT_TEXT_FORMAT,
                                       .stream = "stdout"};
  const gcrt_view print_args[] = {{count, NULL, GCRT_I64, 0},
                                  {x, frame->input_dims[0], GCRT_F32, 1}};
  int32_t status = gcrt_print(frame, &print_text, print_args);
  if (status != GCRT_OK)
    return status;

  if (!(x[0] > 0)) {
    static const gcrt_piece pieces[] = {
        {"assertion failed: [x must be positive] [", 0}, {NULL, 0}, {"]", 0}};
    static const gcrt_text text = {.node = "check/Assert",
                                   .pieces = pieces,
                                   .n_pieces = 3,
                                   .summarize = 2};
    const gcrt_view args[] = {{x, frame->input_dims[0], GCRT_F32, 1}};
    return gcrt_fail(frame, GCRT_ASSERTION_FAILED, &text, args);
  }

  if (!frame->variable_set[DEMO_WEIGHTS])
    return gcrt_unset(frame, DEMO_WEIGHTS);
  float *loss = gcrt_output(frame, 0, NULL);
  if (!loss)
    return GCRT_OUT_OF_MEMORY;
  mark(frame, LAUNCH_STEP);
  *loss = 0;
  for (int i = 0; i < 3; ++i) {
    weights[i] -= *rate * x[i];
    *loss += weights[i];
  }
  return GCRT_OK;
}

static const gcrt_tensor_spec train_inputs[] = {{"x", GCRT_F32, 1, shape_3},
                                                {"rate", GCRT_F32, 0, NULL}};
static const gcrt_tensor_spec train_outputs[] = {{"loss", GCRT_F32, 0, NULL}};

/*===-- scale(rows) -> scaled
 * -----------------------------------------------===*/

/* What the loop over rows needs: by convention one struct. */
typedef struct scale_closure {
  const float *rows, *factors;
  float *doubled, *scaled;
} scale_closure;

static void scale_rows(void *closure, int64_t lo, int64_t hi) {
  const scale_closure *c = closure;
  for (int64_t i = 3 * lo; i < 3 * hi; ++i) {
    c->doubled[i] = 2 * c->rows[i];
    c->scaled[i] = c->doubled[i] * c->factors[i % 3];
  }
}

/* scaled = (2 * rows) * constants, with the product in between in memory whose
 * size depends on the open dimension, and the constants copied to the arena. */
static int32_t scale(gcrt_frame *frame) {
  const int64_t *dims = frame->input_dims[0];
  float *factors = (float *)frame->arena;
  memcpy(factors, frame->weights, sizeof(data.weights));
  float *doubled = gcrt_scratch(frame, 1, dims[0] * 3 * (int64_t)sizeof(float));
  if (!doubled)
    return GCRT_OUT_OF_MEMORY;
  float *scaled = gcrt_output(frame, 0, dims);
  if (!scaled)
    return GCRT_OUT_OF_MEMORY;
  mark(frame, LAUNCH_SCALE);
  scale_closure closure = {frame->inputs[0], factors, doubled, scaled};
  gcrt_parallel_for(frame, dims[0], 16, scale_rows, &closure);
  return GCRT_OK;
}

static const gcrt_tensor_spec scale_inputs[] = {
    {"rows", GCRT_F32, 2, shape_open_3}};
static const gcrt_tensor_spec scale_outputs[] = {
    {"scaled", GCRT_F32, 2, shape_open_3}};

/*===-- nothing(), peek(i) -> flag, stack(n) -> zeros
 * -----------------------===*/

static int32_t nothing(gcrt_frame *frame) {
  (void)frame;
  return GCRT_OK;
}

/* Reads a variable that nothing may have set, at an index that may be out of
 * range. */
static int32_t peek(gcrt_frame *frame) {
  const int64_t *index = frame->inputs[0];
  if (!frame->variable_set[DEMO_FLAGS])
    return gcrt_unset(frame, DEMO_FLAGS);
  if (*index < 0 || *index >= 2) {
    static const gcrt_piece pieces[] = {
        {"index ", 0}, {NULL, 0}, {" is out of range [0, 2)", 0}};
    static const gcrt_text text = {
        .node = "lookup", .pieces = pieces, .n_pieces = 3, .summarize = 3};
    const gcrt_view args[] = {{index, NULL, GCRT_I64, 0}};
    return gcrt_fail(frame, GCRT_ERROR, &text, args);
  }
  uint8_t *flag = gcrt_output(frame, 0, NULL);
  if (!flag)
    return GCRT_OUT_OF_MEMORY;
  *flag = ((const uint8_t *)frame->variables[DEMO_FLAGS])[*index];
  return GCRT_OK;
}

/* An output whose size depends on data. */
static int32_t stack(gcrt_frame *frame) {
  const int64_t *n = frame->inputs[0];
  double *zeros = gcrt_output(frame, 0, n);
  if (!zeros)
    return GCRT_OUT_OF_MEMORY;
  memset(zeros, 0, (size_t)*n * sizeof(*zeros));
  return GCRT_OK;
}

static const gcrt_tensor_spec index_input[] = {{"i", GCRT_I64, 0, NULL}};
static const gcrt_tensor_spec flag_output[] = {{"flag", GCRT_BOOL, 0, NULL}};
static const gcrt_tensor_spec zeros_output[] = {
    {"zeros", GCRT_F64, 1, shape_open}};

/*===-- append(x) -> all
 * ----------------------------------------------------===*/

/* rows = rows and x below; all = rows. The variable is read before it changes:
 * when it grows its contents are lost. */
static int32_t append(gcrt_frame *frame) {
  const int64_t *x_dims = frame->input_dims[0];
  const int64_t *old_dims = frame->variable_dims[DEMO_ROWS];
  int64_t n_old = frame->variable_set[DEMO_ROWS] ? old_dims[0] : 0;
  const int64_t dims[] = {n_old + x_dims[0], 2};
  const int64_t row = 2 * (int64_t)sizeof(float);
  char *all = gcrt_output(frame, 0, dims);
  if (!all)
    return GCRT_OUT_OF_MEMORY;
  memcpy(all, frame->variables[DEMO_ROWS], (size_t)(n_old * row));
  memcpy(all + n_old * row, frame->inputs[0], (size_t)(x_dims[0] * row));
  void *rows = gcrt_resize_variable(frame, DEMO_ROWS, dims);
  if (!rows)
    return GCRT_OUT_OF_MEMORY;
  memcpy(rows, all, (size_t)(dims[0] * row));
  frame->variable_set[DEMO_ROWS] = 1;
  return GCRT_OK;
}

static const gcrt_tensor_spec append_inputs[] = {
    {"x", GCRT_F32, 2, shape_open_2}};
static const gcrt_tensor_spec append_outputs[] = {
    {"all", GCRT_F32, 2, shape_open_2}};

/*===-- The descriptor ---------------------------------------------------===*/

static const gcrt_function_spec functions[] = {
    [DEMO_TRAIN] = {"train", 2, 1, train_inputs, train_outputs},
    [DEMO_SCALE] = {"scale", 1, 1, scale_inputs, scale_outputs},
    [DEMO_NOTHING] = {"nothing", 0, 0, NULL, NULL},
    [DEMO_PEEK] = {"peek", 1, 1, index_input, flag_output},
    [DEMO_STACK] = {"stack", 1, 1, index_input, zeros_output},
    [DEMO_APPEND] = {"append", 1, 1, append_inputs, append_outputs},
};

static const gcrt_function_code code[] = {
    [DEMO_TRAIN] = {.entry = train},
    [DEMO_SCALE] = {.entry = scale,
                    .arena_bytes = sizeof(data.weights),
                    .n_scratch = 2},
    [DEMO_NOTHING] = {.entry = nothing},
    [DEMO_PEEK] = {.entry = peek},
    [DEMO_STACK] = {.entry = stack},
    [DEMO_APPEND] = {.entry = append},
};

static const gcrt_variant variant = {.cpu = "generic",
                                     .cpu_features = "",
                                     .functions = code,
                                     .initializer = &initializer,
                                     .weights = offsetof(struct data, weights),
                                     .launches = launches,
                                     .launch_texts = launch_texts,
                                     .n_launches = 2};

const gcrt_model demo_model = {
    .abi_version = GCRT_ABI_VERSION,
    .struct_size = sizeof(gcrt_model),
    .name = "demo",
    .n_functions = sizeof(functions) / sizeof(*functions),
    .n_variables = sizeof(variables) / sizeof(*variables),
    .functions = functions,
    .variables = variables,
    .variants = &variant,
    .n_variants = 1,
    .data = &data,
    .data_bytes = sizeof(data),
    .compiler = "hand",
};

/* Executables only. */
const gcrt_model *const gcrt_main_model = &demo_model;
