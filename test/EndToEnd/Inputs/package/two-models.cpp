//===- two-models.cpp - two compiled models in one program ----------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "first.h"
#include "second.h"

#include <cstdio>
#include <vector>

template <typename Model, typename Results>
static float update(Model &model, const std::vector<float> &batch,
                    Results results) {
  return model.update({batch, {int64_t(batch.size())}}, results) == GCRT_OK
             ? *results.mean
             : -1;
}

int main() {
  first::Model a;
  second::Model b;
  if (a.create() != GCRT_OK || b.create() != GCRT_OK)
    return 1;
  std::printf("first %g\n", update(a, {1, 3}, first::Model::update_results()));
  std::printf("second %g\n", update(b, {6}, second::Model::update_results()));
  std::printf("first %g\n", update(a, {5}, first::Model::update_results()));
  return 0;
}
