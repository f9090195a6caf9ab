//===- running_mean.cpp - a compiled graph in a C++ program ---------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The same as running_mean.c, with the class of the header; saves the state and
// goes on from it in a second instance.
//
//   graph-compile running_mean.pbtxt --config running_mean.json -c
//   c++ running_mean.cpp running_mean.o -lgcrt -lm -o running_mean
//
//===----------------------------------------------------------------------===//

#include "running_mean.h"

#include <cmath>
#include <cstdio>
#include <vector>

// Runs one update and prints the mean, or why there is none.
static gcrt_status update(running_mean::Model &model,
                          const std::vector<float> &batch) {
  running_mean::Model::update_results results;
  gcrt_status status =
      model.update({batch, {static_cast<int64_t>(batch.size())}}, results);
  if (status == GCRT_OK)
    std::printf("mean %g\n", *results.mean);
  else
    std::printf("%s: %s\n", gcrt_status_name(status), model.lastError());
  return status;
}

int main(int argc, char **argv) {
  const char *state = argc > 1 ? argv[1] : "running_mean.safetensors";
  running_mean::Model model;
  if (model.create() != GCRT_OK) {
    std::fprintf(stderr, "%s\n", model.lastError());
    return 1;
  }
  update(model, {1, 2, 4, 5});
  update(model, {6, 6});
  // The assertion fails; the instance stays usable and unchanged.
  if (update(model, {1, NAN}) != GCRT_ASSERTION_FAILED)
    return 1;
  if (model.save(state) != GCRT_OK)
    return 1;

  running_mean::Model other;
  if (other.create() != GCRT_OK || other.load(state) != GCRT_OK)
    return 1;
  gcrt::Span<const float> count;
  if (other.get("count", &count) != GCRT_OK)
    return 1;
  std::printf("count %g\n", count[0]);
  update(other, {4});
  return 0;
}
