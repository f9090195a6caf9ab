/*===- scratch_test.c - memory that grows in a loop ------------------------===*
 *
 * Part of the graph-compile project, under the Apache License v2.0 with LLVM
 * Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 *===----------------------------------------------------------------------===*/

#include "check.h"
#include "counting_allocator.h"
#include "gcrt/generated.h"
#include "gcrt/runtime.h"

/* A model whose only function runs `steps`. */
static int32_t (*steps)(gcrt_frame *frame);

static int32_t run_steps(gcrt_frame *frame) { return steps(frame); }

static const gcrt_function_spec function = {.name = "steps"};
static const gcrt_function_code code = {.entry = run_steps, .n_scratch = 2};
static const gcrt_variant variant = {
    .cpu = "generic", .cpu_features = "", .functions = &code};
static const gcrt_model model = {.abi_version = GCRT_ABI_VERSION,
                                 .struct_size = sizeof(gcrt_model),
                                 .name = "scratch",
                                 .n_functions = 1,
                                 .functions = &function,
                                 .variants = &variant,
                                 .n_variants = 1,
                                 .compiler = "hand"};

static counting_allocator allocator;
/* The most allocations that lived at the same time. */
static int64_t most_live;

static void *allocate(void *user, size_t bytes, size_t alignment) {
  void *memory = allocator.table.alloc(user, bytes, alignment);
  if (allocator.live > most_live)
    most_live = allocator.live;
  return memory;
}

/* Calls `which` with an instance of its own, and checks what it returns and, if
 * it fails, says. */
static void run(int32_t (*which)(gcrt_frame *frame), int32_t wanted) {
  counting_allocator_init(&allocator, /*fail_at=*/-1);
  most_live = 0;
  gcrt_allocator table = allocator.table;
  table.alloc = allocate;
  gcrt_options options = {.allocator = &table, .threads = 1};
  gcrt_instance *instance = NULL;
  CHECK_INT(gcrt_create(&model, &options, &instance), GCRT_OK);
  steps = which;
  CHECK_INT(gcrt_call(instance, 0, NULL, 0, NULL, 0), wanted);
  if (wanted != GCRT_OK)
    CHECK_CONTAINS(gcrt_last_error(instance), "out of memory");
  gcrt_destroy(instance);
  CHECK_INT(allocator.live, 0);
}

static void fill(unsigned char *place, int64_t from, int64_t to) {
  for (int64_t i = from; i < to; ++i)
    place[i] = (unsigned char)(i * 7);
}

static bool is_filled(const unsigned char *place, int64_t to) {
  for (int64_t i = 0; place && i < to; ++i)
    if (place[i] != (unsigned char)(i * 7))
      return false;
  return place != NULL;
}

/* A list that gets one element after the other: few allocations, and nothing is
 * lost. */
static int32_t append(gcrt_frame *frame) {
  enum { MOST = 100000 };
  int64_t before = allocator.calls;
  for (int64_t n = 0; n < MOST; n += 8) {
    unsigned char *place = gcrt_scratch_grow(frame, 0, n + 8, n);
    if (!place)
      return GCRT_OUT_OF_MEMORY;
    CHECK((uintptr_t)place % GCRT_ALIGNMENT == 0);
    fill(place, n, n + 8);
    if (n + 8 == MOST)
      CHECK(is_filled(place, MOST));
  }
  CHECK(allocator.calls - before <= 16);
  return GCRT_OK;
}

/* What is asked for again, or less, is where it was. */
static int32_t stay(gcrt_frame *frame) {
  unsigned char *place = gcrt_scratch_grow(frame, 0, 100, 0);
  fill(place, 0, 100);
  unsigned char *other = gcrt_scratch_grow(frame, 1, 100, 0);
  CHECK(other != place);
  fill(other, 0, 1);
  CHECK(gcrt_scratch_grow(frame, 0, 100, 100) == place);
  CHECK(gcrt_scratch_grow(frame, 0, 10, 10) == place);
  CHECK(gcrt_scratch_grow(frame, 0, 0, 0) == place);
  CHECK(is_filled(place, 100));
  unsigned char *more = gcrt_scratch_grow(frame, 0, 101, 100);
  CHECK(is_filled(more, 100));
  // It has doubled.
  CHECK(gcrt_scratch_grow(frame, 0, 200, 101) == more);
  return GCRT_OK;
}

/* Where nothing is kept, the old memory goes first. */
static int32_t replace(gcrt_frame *frame) {
  CHECK(gcrt_scratch_grow(frame, 0, 0, 0) != NULL);
  CHECK(gcrt_scratch_grow(frame, 0, 1000, 0) != NULL);
  most_live = allocator.live;
  int64_t live = allocator.live;
  CHECK(gcrt_scratch_grow(frame, 0, 5000, 0) != NULL);
  CHECK_INT(most_live, live);
  CHECK(gcrt_scratch_grow(frame, 0, 50000, 5000) != NULL);
  CHECK_INT(most_live, live + 1);
  return GCRT_OK;
}

/* More may be kept than there is: a loop's first iteration. */
static int32_t keep_of_nothing(gcrt_frame *frame) {
  CHECK(gcrt_scratch_grow(frame, 0, 64, 16) != NULL);
  unsigned char *place = gcrt_scratch_grow(frame, 1, 10, 0);
  fill(place, 0, 10);
  CHECK(is_filled(gcrt_scratch_grow(frame, 1, 4096, 4096), 10));
  return GCRT_OK;
}

/* No memory for twice as much, but for what is needed. */
static int32_t cannot_double(gcrt_frame *frame) {
  fill(gcrt_scratch_grow(frame, 0, 100, 0), 0, 100);
  allocator.fail_at = allocator.calls;
  unsigned char *place = gcrt_scratch_grow(frame, 0, 101, 100);
  CHECK(is_filled(place, 100));
  int64_t before = allocator.calls;
  CHECK(gcrt_scratch_grow(frame, 0, 101, 101) == place);
  CHECK_INT(allocator.calls, before);
  CHECK(is_filled(gcrt_scratch_grow(frame, 0, 102, 101), 100));
  CHECK_INT(allocator.calls, before + 1);
  return GCRT_OK;
}

/* No memory: what was there stays there. */
static int32_t cannot_grow(gcrt_frame *frame) {
  unsigned char *place = gcrt_scratch_grow(frame, 0, 100, 0);
  fill(place, 0, 100);
  CHECK(gcrt_scratch_grow(frame, 0, (int64_t)1 << 40, 100) == NULL);
  CHECK(gcrt_scratch_grow(frame, 0, 100, 100) == place);
  CHECK(is_filled(place, 100));
  return GCRT_OUT_OF_MEMORY;
}

/* Where nothing is kept there is nothing then, and memory again later. */
static int32_t cannot_replace(gcrt_frame *frame) {
  CHECK(gcrt_scratch_grow(frame, 0, 100, 0) != NULL);
  CHECK(gcrt_scratch_grow(frame, 0, INT64_MAX, 0) == NULL);
  CHECK(gcrt_scratch_grow(frame, 0, 100, 0) != NULL);
  return GCRT_OUT_OF_MEMORY;
}

/* The size of a value that no machine holds. */
static int32_t negative(gcrt_frame *frame) {
  unsigned char *place = gcrt_scratch_grow(frame, 0, 10, 0);
  fill(place, 0, 10);
  CHECK(gcrt_scratch_grow(frame, 0, -1, 0) == NULL);
  CHECK(gcrt_scratch_grow(frame, 0, INT64_MIN, 10) == NULL);
  CHECK(is_filled(gcrt_scratch_grow(frame, 0, 10, 10), 10));
  return GCRT_OUT_OF_MEMORY;
}

int main(void) {
  run(append, GCRT_OK);
  run(stay, GCRT_OK);
  run(replace, GCRT_OK);
  run(keep_of_nothing, GCRT_OK);
  run(cannot_double, GCRT_OK);
  run(cannot_grow, GCRT_OUT_OF_MEMORY);
  run(cannot_replace, GCRT_OUT_OF_MEMORY);
  run(negative, GCRT_OUT_OF_MEMORY);
  return check_result();
}
