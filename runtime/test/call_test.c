/*===- call_test.c - instances, calls and variables ------------------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#include "abi_demo.h"
#include "check.h"
#include "counting_allocator.h"
#include "gcrt/runtime.h"

#include <float.h>
#include <string.h>
#include <time.h>

static const int64_t dims_3[] = {3};

static void drop_print(void *user, const char *stream, const char *text,
                       size_t length) {
  (void)user, (void)stream, (void)text, (void)length;
}

static gcrt_instance *create(void) {
  gcrt_options options = {.threads = 1, .print = drop_print};
  gcrt_instance *instance = NULL;
  CHECK_INT(gcrt_create(&demo_model, &options, &instance), GCRT_OK);
  return instance;
}

static gcrt_status train(gcrt_instance *instance, float first, float *loss) {
  float x[] = {first, 1, 1}, rate = 0.5f;
  gcrt_tensor inputs[] = {{x, dims_3, GCRT_F32, 1}, {&rate, NULL, GCRT_F32, 0}};
  gcrt_result result = {.buffer = loss, .capacity = sizeof(*loss)};
  return gcrt_call(instance, DEMO_TRAIN, inputs, 2, &result, 1);
}

static int64_t count_of(gcrt_instance *instance) {
  gcrt_tensor value = {0};
  CHECK_INT(gcrt_get_variable(instance, DEMO_COUNT, &value), GCRT_OK);
  return value.data ? *(const int64_t *)value.data : -1;
}

/* The initializer has run; state goes on from call to call. */
static void test_state(void) {
  gcrt_instance *instance = create();
  float loss = 0;
  CHECK_INT(train(instance, 1, &loss), GCRT_OK);
  CHECK(loss == 7 - 1.5f);
  CHECK_INT(train(instance, 1, &loss), GCRT_OK);
  CHECK(loss == 7 - 3.0f);
  CHECK_INT(count_of(instance), 2);
  CHECK_STRING(gcrt_last_error(instance), "");
  gcrt_destroy(instance);
}

/* What is ordered before a failed assertion has happened, nothing after it, and
 * the instance stays usable. */
static void test_assertion(void) {
  gcrt_instance *instance = create();
  float loss = 42;
  CHECK_INT(train(instance, -1.5f, &loss), GCRT_ASSERTION_FAILED);
  CHECK_STRING(gcrt_last_error(instance),
               "node \"check/Assert\": assertion failed: [x must be positive] "
               "[-1.5 1...]");
  CHECK(loss == 42);
  CHECK_INT(count_of(instance), 1);
  CHECK_INT(train(instance, 1, &loss), GCRT_OK);
  CHECK(loss == 7 - 1.5f);
  gcrt_destroy(instance);
}

/* Inputs that do not fit are named, and nothing runs. */
static void test_bad_inputs(void) {
  gcrt_instance *instance = create();
  const int64_t dims_4[] = {4}, dims_1_3[] = {1, 3};
  float x[4] = {1, 1, 1, 1}, rate = 1;
  const gcrt_tensor good_x = {x, dims_3, GCRT_F32, 1};
  const gcrt_tensor good_rate = {&rate, NULL, GCRT_F32, 0};
  const struct {
    gcrt_tensor x, rate;
    const char *message;
  } cases[] = {
      {{x, dims_4, GCRT_F32, 1},
       good_rate,
       "input \"x\": expected float32[3], but got float32[4]"},
      {{x, dims_1_3, GCRT_F32, 2},
       good_rate,
       "input \"x\": expected float32[3], but got float32[1,3]"},
      {{x, dims_3, GCRT_I32, 1},
       good_rate,
       "input \"x\": expected float32[3], but got int32[3]"},
      {{x, NULL, GCRT_F32, 1}, good_rate, "input \"x\" has a rank but no dims"},
      {{NULL, dims_3, GCRT_F32, 1}, good_rate, "input \"x\" has no data"},
      {{(char *)x + 1, dims_3, GCRT_F32, 1},
       good_rate,
       "input \"x\" is not aligned to its elements of 4 bytes"},
      {good_x,
       {&rate, dims_3, GCRT_F32, 1},
       "input \"rate\": expected float32[], but got float32[3]"},
      {good_x,
       {&rate, NULL, 77, 0},
       "input \"rate\": expected float32[], but got dtype(77)[]"},
  };
  for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); ++i) {
    gcrt_tensor inputs[] = {cases[i].x, cases[i].rate};
    CHECK_INT(gcrt_call(instance, DEMO_TRAIN, inputs, 2, NULL, 0),
              GCRT_INVALID_ARGUMENT);
    CHECK_STRING(gcrt_last_error(instance), cases[i].message);
  }
  CHECK_INT(gcrt_call(instance, DEMO_TRAIN, &good_x, 1, NULL, 0),
            GCRT_INVALID_ARGUMENT);
  CHECK_STRING(gcrt_last_error(instance),
               "function \"train\" expects 2 inputs, but got 1");
  CHECK_INT(gcrt_call(instance, 99, NULL, 0, NULL, 0), GCRT_INVALID_ARGUMENT);
  CHECK_INT(count_of(instance), 0);
  gcrt_destroy(instance);
}

/* An open dimension takes any size, sizes that cannot be are refused. */
static void test_open_dimension(void) {
  gcrt_instance *instance = create();
  float rows[] = {1, 1, 1, 2, 2, 2};
  const int64_t sizes[] = {2, 0, 1};
  for (int i = 0; i < 3; ++i) {
    const int64_t dims[] = {sizes[i], 3};
    gcrt_tensor input = {rows, dims, GCRT_F32, 2};
    gcrt_result result = {0};
    CHECK_INT(gcrt_call(instance, DEMO_SCALE, &input, 1, &result, 1), GCRT_OK);
    CHECK_INT(result.tensor.rank, 2);
    CHECK_INT(result.tensor.dims[0], sizes[i]);
    CHECK_INT(result.bytes, sizes[i] * 12);
    const float *scaled = result.tensor.data;
    CHECK(sizes[i] == 0 || (scaled[0] == 2 && scaled[2] == 8));
    CHECK((uintptr_t)scaled % GCRT_ALIGNMENT == 0);
  }
  const int64_t negative[] = {-1, 3}, huge[] = {INT64_MAX / 2, 3};
  gcrt_tensor input = {rows, negative, GCRT_F32, 2};
  CHECK_INT(gcrt_call(instance, DEMO_SCALE, &input, 1, NULL, 0),
            GCRT_INVALID_ARGUMENT);
  input.dims = huge;
  CHECK_INT(gcrt_call(instance, DEMO_SCALE, &input, 1, NULL, 0),
            GCRT_INVALID_ARGUMENT);
  gcrt_destroy(instance);
}

#if defined(__x86_64__) || defined(__aarch64__)
/* Subnormal numbers count as zero in a call, as in TensorFlow, on whatever
 * thread; the caller's own arithmetic goes on as before. */
static void test_subnormal_numbers(void) {
  static const int64_t dims[] = {4096, 3};
  static float rows[4096 * 3];
  for (int i = 0; i < 4096 * 3; ++i)
    rows[i] = FLT_MIN / 4;
  gcrt_options options = {.threads = 2, .print = drop_print};
  gcrt_instance *instance = NULL;
  CHECK_INT(gcrt_create(&demo_model, &options, &instance), GCRT_OK);
  gcrt_tensor input = {rows, dims, GCRT_F32, 2};
  gcrt_result result = {0};
  CHECK_INT(gcrt_call(instance, DEMO_SCALE, &input, 1, &result, 1), GCRT_OK);
  const float *scaled = result.tensor.data;
  int n_zeros = 0;
  for (int i = 0; i < 4096 * 3; ++i) {
    uint32_t bits;
    memcpy(&bits, &scaled[i], sizeof bits);
    n_zeros += bits == 0;
  }
  CHECK_INT(n_zeros, 4096 * 3);
  gcrt_destroy(instance);
  volatile float half = rows[0] / 2;
  CHECK(half > 0);
}
#else
static void test_subnormal_numbers(void) {}
#endif

/* A buffer that is too small: the size is told, and the value can be seen. */
static void test_buffers(void) {
  gcrt_instance *instance = create();
  float rows[] = {1, 1, 1, 2, 2, 2}, buffer[6] = {0};
  const int64_t dims[] = {2, 3};
  gcrt_tensor input = {rows, dims, GCRT_F32, 2};
  gcrt_result result = {.buffer = buffer, .capacity = 23};
  CHECK_INT(gcrt_call(instance, DEMO_SCALE, &input, 1, &result, 1),
            GCRT_BUFFER_TOO_SMALL);
  CHECK_STRING(gcrt_last_error(instance),
               "output \"scaled\" takes 24 bytes, but its buffer has 23");
  CHECK_INT(result.bytes, 24);
  CHECK(result.tensor.data != buffer && buffer[0] == 0);
  CHECK(((const float *)result.tensor.data)[5] == 16);

  result.capacity = sizeof(buffer);
  CHECK_INT(gcrt_call(instance, DEMO_SCALE, &input, 1, &result, 1), GCRT_OK);
  CHECK(result.tensor.data == buffer && buffer[5] == 16);

  // Odd addresses are no buffers; results come for all outputs or none.
  result.buffer = (char *)buffer + 1;
  CHECK_INT(gcrt_call(instance, DEMO_SCALE, &input, 1, &result, 1),
            GCRT_INVALID_ARGUMENT);
  CHECK(result.tensor.data == NULL);
  gcrt_result two[2] = {{.bytes = 7}, {.bytes = 7}};
  CHECK_INT(gcrt_call(instance, DEMO_SCALE, &input, 1, two, 2),
            GCRT_INVALID_ARGUMENT);
  gcrt_destroy(instance);
}

/* A size that depends on data and is far too large is a status. */
static void test_out_of_memory(void) {
  counting_allocator allocator;
  counting_allocator_init(&allocator, -1);
  gcrt_options options = {.allocator = &allocator.table, .threads = 1};
  gcrt_instance *instance = NULL;
  CHECK_INT(gcrt_create(&demo_model, &options, &instance), GCRT_OK);
  const int64_t sizes[] = {-5, INT64_MAX / 8, INT64_MAX, 4};
  for (int i = 0; i < 4; ++i) {
    gcrt_tensor input = {&sizes[i], NULL, GCRT_I64, 0};
    gcrt_result result = {0};
    gcrt_status status = gcrt_call(instance, DEMO_STACK, &input, 1, &result, 1);
    CHECK_INT(status, i < 3 ? GCRT_OUT_OF_MEMORY : GCRT_OK);
    if (i < 3)
      CHECK_CONTAINS(gcrt_last_error(instance), "output \"zeros\" is float64[");
  }
  gcrt_destroy(instance);
}

static void test_variables(void) {
  gcrt_instance *instance = create();
  uint32_t index = 99;
  CHECK_INT(gcrt_find_variable(instance, "layer/weights", &index), GCRT_OK);
  CHECK_INT(index, DEMO_WEIGHTS);
  CHECK_INT(gcrt_find_variable(instance, "layer/weight", &index),
            GCRT_NOT_FOUND);
  CHECK_STRING(gcrt_last_error(instance),
               "model \"demo\" has no variable \"layer/weight\"");
  CHECK_INT(gcrt_find_variable(instance, "", &index), GCRT_NOT_FOUND);

  float weights[] = {3, 5, 7};
  gcrt_tensor value = {weights, dims_3, GCRT_F32, 1};
  CHECK_INT(gcrt_set_variable(instance, DEMO_WEIGHTS, &value), GCRT_OK);
  gcrt_tensor view = {0};
  CHECK_INT(gcrt_get_variable(instance, DEMO_WEIGHTS, &view), GCRT_OK);
  const float *viewed = view.data;
  CHECK(viewed[0] == 3 && viewed[1] == 5 && viewed[2] == 7);
  CHECK_INT(gcrt_set_variable(instance, DEMO_WEIGHTS, &view), GCRT_OK);

  value.dtype = GCRT_I32;
  CHECK_INT(gcrt_set_variable(instance, DEMO_WEIGHTS, &value),
            GCRT_INVALID_ARGUMENT);
  CHECK_STRING(
      gcrt_last_error(instance),
      "variable \"layer/weights\": expected float32[3], but got int32[3]");
  CHECK_INT(gcrt_set_variable(instance, DEMO_HIDDEN, &value), GCRT_NOT_FOUND);
  CHECK_INT(gcrt_get_variable(instance, DEMO_HIDDEN, &view), GCRT_NOT_FOUND);
  CHECK_STRING(gcrt_last_error(instance),
               "variable 3 of model \"demo\" is hidden");
  CHECK_INT(gcrt_get_variable(instance, 5, &view), GCRT_INVALID_ARGUMENT);
  gcrt_destroy(instance);
}

/* A variable that nothing has set: reading it is an error that names it. */
static void test_unset_variable(void) {
  gcrt_instance *instance = create();
  static const char message[] =
      "variable \"flags\" is read, but nothing has set it";
  gcrt_tensor value;
  CHECK_INT(gcrt_get_variable(instance, DEMO_FLAGS, &value),
            GCRT_UNINITIALIZED);
  CHECK_STRING(gcrt_last_error(instance), message);

  int64_t i = 1;
  gcrt_tensor input = {&i, NULL, GCRT_I64, 0};
  gcrt_result result = {0};
  CHECK_INT(gcrt_call(instance, DEMO_PEEK, &input, 1, &result, 1),
            GCRT_UNINITIALIZED);
  CHECK_STRING(gcrt_last_error(instance), message);

  const int64_t dims_2[] = {2};
  const uint8_t flags[] = {0, 1};
  value = (gcrt_tensor){flags, dims_2, GCRT_BOOL, 1};
  CHECK_INT(gcrt_set_variable(instance, DEMO_FLAGS, &value), GCRT_OK);
  CHECK_INT(gcrt_call(instance, DEMO_PEEK, &input, 1, &result, 1), GCRT_OK);
  CHECK_INT(*(const uint8_t *)result.tensor.data, 1);

  i = 2;
  CHECK_INT(gcrt_call(instance, DEMO_PEEK, &input, 1, &result, 1), GCRT_ERROR);
  CHECK_STRING(gcrt_last_error(instance),
               "node \"lookup\": index 2 is out of range [0, 2)");
  gcrt_destroy(instance);
}

static int32_t refuse(gcrt_frame *frame) {
  (void)frame;
  return GCRT_ASSERTION_FAILED;
}

/* What cannot be run here is refused with a reason. */
static void test_model_mismatch(void) {
  static const gcrt_function_code failing = {.entry = refuse};
  static const int64_t open_shape[] = {-1}, dims_4[] = {4};
  static const gcrt_variable_spec
      twins[] = {{"v", GCRT_F32, 0, NULL, NULL, 4, GCRT_NO_DATA},
                 {"v", GCRT_F32, 0, NULL, NULL, 4, GCRT_NO_DATA}},
      wrong_size = {"v", GCRT_F32, 0, NULL, NULL, 8, GCRT_NO_DATA},
      beyond_data = {"v", GCRT_F32, 0, NULL, NULL, 4, 1000},
      open = {"v", GCRT_F32, 1, open_shape, open_shape, 4, GCRT_ZEROS},
      misfit = {"v", GCRT_F32, 1, dims_3, dims_4, 16, GCRT_ZEROS};
  enum { MODELS = 10 };
  gcrt_model models[MODELS];
  gcrt_variant variants[MODELS];
  for (int i = 0; i < MODELS; ++i) {
    models[i] = demo_model;
    variants[i] = demo_model.variants[0];
    models[i].variants = &variants[i];
  }
  models[0].abi_version = 7;
  models[1].struct_size = 80;
  models[2].flags = 4;
  models[3].variables = twins;
  models[3].n_variables = 2;
  models[4].variables = &wrong_size;
  models[4].n_variables = 1;
  models[5].variables = &beyond_data;
  models[5].n_variables = 1;
  models[8].variables = &open;
  models[8].n_variables = 1;
  models[9].variables = &misfit;
  models[9].n_variables = 1;
  variants[6].cpu_features = "sse2,made-up-feature";
  variants[7].initializer = &failing;
  const struct {
    gcrt_status status;
    const char *message;
  } want[] = {
      {GCRT_MODEL_MISMATCH, "the object has ABI version 7, this runtime has 5"},
      {GCRT_MODEL_MISMATCH, "descriptor has 80 bytes, expected 112"},
      {GCRT_MODEL_MISMATCH, "flags 0x4"},
      {GCRT_MODEL_MISMATCH, "two variables \"v\""},
      {GCRT_MODEL_MISMATCH, "variable \"v\""},
      {GCRT_MODEL_MISMATCH, "variable \"v\""},
      {GCRT_UNSUPPORTED_CPU, "made-up-feature (unknown to this runtime)"},
      {GCRT_ASSERTION_FAILED, "\"initializer\" failed with "
                              "GCRT_ASSERTION_FAILED"},
      {GCRT_MODEL_MISMATCH, "variable \"v\""},
      {GCRT_MODEL_MISMATCH, "variable \"v\""},
  };
  for (int i = 0; i < MODELS; ++i) {
    char message[256] = "";
    counting_allocator allocator;
    counting_allocator_init(&allocator, -1);
    gcrt_options options = {.allocator = &allocator.table,
                            .message = message,
                            .message_bytes = sizeof(message)};
    gcrt_instance *instance = (gcrt_instance *)&models;
    CHECK_INT(gcrt_create(&models[i], &options, &instance), want[i].status);
    CHECK(instance == NULL);
    CHECK_CONTAINS(message, want[i].message);
    CHECK_INT(allocator.live, 0);
  }
}

static void test_create_options(void) {
  gcrt_instance *instance = NULL;
  CHECK_INT(gcrt_create(&demo_model, NULL, &instance), GCRT_OK);
  CHECK(gcrt_threads(instance) >= 1);
  CHECK(gcrt_instance_model(instance) == &demo_model);
  uint32_t function = 99;
  CHECK_INT(gcrt_find_function(instance, "peek", &function), GCRT_OK);
  CHECK_INT(function, DEMO_PEEK);
  CHECK_INT(gcrt_find_function(instance, "pee", &function), GCRT_NOT_FOUND);
  gcrt_destroy(instance);
  gcrt_destroy(NULL);

  char message[20] = "";
  gcrt_options options = {
      .threads = 5000, .message = message, .message_bytes = sizeof(message)};
  CHECK_INT(gcrt_create(&demo_model, &options, &instance),
            GCRT_INVALID_ARGUMENT);
  CHECK_STRING(message, "expected at most 10");
}

/* An empty call costs next to nothing, and calls whose sizes were seen before
 * allocate nothing. */
static void test_cost(void) {
  counting_allocator allocator;
  counting_allocator_init(&allocator, -1);
  gcrt_options options = {
      .allocator = &allocator.table, .threads = 2, .print = drop_print};
  gcrt_instance *instance = NULL;
  CHECK_INT(gcrt_create(&demo_model, &options, &instance), GCRT_OK);
  float rows[300] = {0}, loss;
  const int64_t dims[] = {100, 3};
  gcrt_tensor input = {rows, dims, GCRT_F32, 2};
  gcrt_result result = {0};
  int64_t before = 0;
  for (int i = 0; i < 20; ++i) {
    if (i == 1)
      before = allocator.calls;
    gcrt_call(instance, DEMO_SCALE, &input, 1, &result, 1);
    train(instance, 1, &loss);
    gcrt_call(instance, DEMO_NOTHING, NULL, 0, NULL, 0);
  }
  CHECK_INT(allocator.calls, before);

  // The best of several rounds: other programs run on this machine too.
  const int calls = 10000;
  double best = 1e9;
  for (int round = 0; round < 20; ++round) {
    struct timespec start, end;
    clock_gettime(CLOCK_MONOTONIC, &start);
    for (int i = 0; i < calls; ++i)
      gcrt_call(instance, DEMO_NOTHING, NULL, 0, NULL, 0);
    clock_gettime(CLOCK_MONOTONIC, &end);
    double ns = (double)(end.tv_sec - start.tv_sec) * 1e9 +
                (double)(end.tv_nsec - start.tv_nsec);
    best = ns / calls < best ? ns / calls : best;
  }
  printf("an empty call takes %.1f ns\n", best);
  CHECK(best < 300);
  gcrt_destroy(instance);
  CHECK_INT(allocator.live, 0);
}

// The sanitizer's name. NOLINTNEXTLINE(bugprone-reserved-identifier)
void __asan_poison_memory_region(const volatile void *memory, size_t bytes)
    __attribute__((weak));

static int32_t poison_arena(gcrt_frame *frame) {
  memset(frame->arena, 1, 128);
  if (__asan_poison_memory_region)
    __asan_poison_memory_region(frame->arena + 64, 64);
  return GCRT_OK;
}

/* Red zones of one call are no red zones of the next one. Says something under
 * the address sanitizer only. */
static void test_red_zones(void) {
  static const gcrt_function_spec function = {.name = "poison"};
  static const gcrt_function_code code = {.entry = poison_arena,
                                          .arena_bytes = 128};
  gcrt_model model = demo_model;
  gcrt_variant variant = demo_model.variants[0];
  variant.functions = &code;
  model.functions = &function;
  model.variants = &variant;
  model.n_functions = 1;
  gcrt_instance *instance = NULL;
  CHECK_INT(gcrt_create(&model, NULL, &instance), GCRT_OK);
  CHECK_INT(gcrt_call(instance, 0, NULL, 0, NULL, 0), GCRT_OK);
  CHECK_INT(gcrt_call(instance, 0, NULL, 0, NULL, 0), GCRT_OK);
  gcrt_destroy(instance);
}

int main(void) {
  test_state();
  test_assertion();
  test_bad_inputs();
  test_open_dimension();
  test_subnormal_numbers();
  test_buffers();
  test_out_of_memory();
  test_variables();
  test_unset_variable();
  test_model_mismatch();
  test_create_options();
  test_red_zones();
  test_cost();
  return check_result();
}
