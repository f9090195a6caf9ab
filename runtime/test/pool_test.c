/*===- pool_test.c - loops on threads --------------------------------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#include "check.h"
#include "gcrt/generated.h"
#include "gcrt/runtime.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>

/* A model whose only function runs `loop`. */
static void (*loop)(gcrt_frame *frame);

static int32_t run_loop(gcrt_frame *frame) {
  loop(frame);
  return GCRT_OK;
}

static const gcrt_function_spec function = {.name = "loop"};
static const gcrt_function_code code = {.entry = run_loop};
static const gcrt_variant variant = {
    .cpu = "generic", .cpu_features = "", .functions = &code};
static const gcrt_model model = {.abi_version = GCRT_ABI_VERSION,
                                 .struct_size = sizeof(gcrt_model),
                                 .name = "loops",
                                 .n_functions = 1,
                                 .functions = &function,
                                 .variants = &variant,
                                 .n_variants = 1,
                                 .compiler = "hand"};

static gcrt_instance *create(uint32_t threads) {
  gcrt_options options = {.threads = threads};
  gcrt_instance *instance = NULL;
  CHECK_INT(gcrt_create(&model, &options, &instance), GCRT_OK);
  CHECK_INT(gcrt_threads(instance), threads);
  return instance;
}

static void run(gcrt_instance *instance, void (*which)(gcrt_frame *)) {
  loop = which;
  CHECK_INT(gcrt_call(instance, 0, NULL, 0, NULL, 0), GCRT_OK);
}

enum { MOST = 5000 };
static _Atomic int visits[MOST];
static _Atomic int64_t pieces, smallest;
static int64_t size, grain;
static _Atomic bool wrong_closure;

static void visit(void *closure, int64_t lo, int64_t hi) {
  if (closure != &visits)
    wrong_closure = true;
  atomic_fetch_add(&pieces, 1);
  int64_t least = atomic_load(&smallest);
  while (hi - lo < least &&
         !atomic_compare_exchange_weak(&smallest, &least, hi - lo))
    ;
  for (int64_t i = lo; i < hi; ++i)
    atomic_fetch_add(&visits[i], 1);
}

static void visit_all(gcrt_frame *frame) {
  gcrt_parallel_for(frame, size, grain, visit, &visits);
}

/* Every index is visited once, in pieces that are no smaller than allowed. */
static void test_partition(void) {
  static const uint32_t threads[] = {1, 2, 3, 8};
  static const int64_t sizes[] = {0, 1, 2, 7, 64, 1000, 4999};
  static const int64_t grains[] = {1, 3, 100, 10000};
  for (int t = 0; t < 4; ++t) {
    gcrt_instance *instance = create(threads[t]);
    for (int s = 0; s < 7; ++s)
      for (int g = 0; g < 4; ++g) {
        size = sizes[s];
        grain = grains[g];
        memset((void *)visits, 0, sizeof(visits));
        pieces = 0;
        smallest = INT64_MAX;
        run(instance, visit_all);
        bool once = true;
        for (int64_t i = 0; i < MOST; ++i)
          once = once && visits[i] == (i < size);
        CHECK(once && !wrong_closure);
        CHECK(size == 0 || smallest >= (grain < size ? grain : size));
        CHECK(threads[t] > 1 || pieces <= 1);
      }
    gcrt_destroy(instance);
  }
}

static double values[MOST], sums[MOST];

static void sum_prefix(void *closure, int64_t lo, int64_t hi) {
  (void)closure;
  for (int64_t i = lo; i < hi && i < MOST; ++i) {
    double sum = 0;
    for (int64_t j = i; j < i + 100 && j < MOST; ++j)
      sum += values[j];
    sums[i] = sum;
  }
}

static void sum_all(gcrt_frame *frame) {
  gcrt_parallel_for(frame, MOST, 10, sum_prefix, NULL);
}

/* The result does not depend on the number of threads, to the last bit. */
static void test_same_result(void) {
  static double expected[MOST];
  for (int i = 0; i < MOST; ++i)
    values[i] = 1.0 / (i + 1);
  for (uint32_t threads = 1; threads <= 8; ++threads) {
    gcrt_instance *instance = create(threads);
    for (int repeat = 0; repeat < 20; ++repeat) {
      memset(sums, 0, sizeof(sums));
      run(instance, sum_all);
      if (threads == 1 && repeat == 0)
        memcpy(expected, sums, sizeof(sums));
      bool same = true;
      for (int i = 0; i < MOST; ++i)
        same = same && sums[i] == expected[i];
      CHECK(same);
    }
    gcrt_destroy(instance);
  }
}

static gcrt_frame *outer_frame;
static _Atomic int64_t inner_visits;

static void inner(void *closure, int64_t lo, int64_t hi) {
  (void)closure;
  atomic_fetch_add(&inner_visits, hi - lo);
}

static void outer(void *closure, int64_t lo, int64_t hi) {
  (void)closure;
  for (int64_t i = lo; i < hi; ++i)
    gcrt_parallel_for(outer_frame, 100, 1, inner, NULL);
}

static void nest(gcrt_frame *frame) {
  outer_frame = frame;
  gcrt_parallel_for(frame, 50, 1, outer, NULL);
}

/* A loop inside a loop runs, without waiting for threads that wait for it. */
static void test_nested(void) {
  gcrt_instance *instance = create(4);
  inner_visits = 0;
  run(instance, nest);
  CHECK_INT(inner_visits, 5000);
  gcrt_destroy(instance);
}

static pthread_t caller;
static _Atomic bool elsewhere;

static void note_thread(void *closure, int64_t lo, int64_t hi) {
  (void)closure, (void)lo, (void)hi;
  if (!pthread_equal(pthread_self(), caller))
    elsewhere = true;
}

static void small_loop(gcrt_frame *frame) {
  gcrt_parallel_for(frame, 100, 51, note_thread, NULL);
}

static void many_loops(gcrt_frame *frame) {
  for (int i = 0; i < 20000; ++i)
    gcrt_parallel_for(frame, 64, 1, note_thread, NULL);
}

/* A loop too small for two pieces stays on the caller's thread; many loops in a
 * row, with threads that come late, end. */
static void test_threads(void) {
  gcrt_instance *instance = create(8);
  caller = pthread_self();
  elsewhere = false;
  run(instance, small_loop);
  CHECK(!elsewhere);
  run(instance, many_loops);
  gcrt_destroy(instance);

  elsewhere = false;
  instance = create(1);
  run(instance, many_loops);
  CHECK(!elsewhere);
  gcrt_destroy(instance);
}

/* By default there are as many threads as the process has CPUs to run on. */
static void test_default(void) {
  cpu_set_t before, one;
  CHECK_INT(sched_getaffinity(0, sizeof(before), &before), 0);
  gcrt_instance *instance = NULL;
  CHECK_INT(gcrt_create(&model, NULL, &instance), GCRT_OK);
  CHECK_INT(gcrt_threads(instance), CPU_COUNT(&before));
  gcrt_destroy(instance);

  int cpu = 0;
  while (!CPU_ISSET(cpu, &before))
    ++cpu;
  CPU_ZERO(&one);
  CPU_SET(cpu, &one);
  CHECK_INT(sched_setaffinity(0, sizeof(one), &one), 0);
  CHECK_INT(gcrt_create(&model, NULL, &instance), GCRT_OK);
  CHECK_INT(gcrt_threads(instance), 1);
  gcrt_destroy(instance);
  sched_setaffinity(0, sizeof(before), &before);
}

int main(void) {
  test_partition();
  test_same_result();
  test_nested();
  test_threads();
  test_default();
  return check_result();
}
