//===- counter.cpp - links a compiled object from C++ -------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Uses the class of the header of counter.mlir.
#include "counter.h"

#include <cstdio>
#include <string>
#include <vector>

static void show(const char *what, gcrt_status status, counter::Model &model) {
  std::printf("%s: %s %s\n", what, gcrt_status_name(status), model.lastError());
}

int main(int, char **argv) {
  counter::Model model;
  counter::Model::add_results sum;
  std::vector<float> x = {1, 2, 3};
  show("before create", model.add({x, {3}}, sum), model);
  if (model.create() != GCRT_OK)
    return 1;

  if (model.add({x, {3}}, sum) != GCRT_OK)
    return 1;
  std::printf("total %g of %zu\n", *sum.total, sum.total.size());
  show("wrong dims", model.add({x, {4}}, sum), model);

  const float pair[] = {1, 2};
  counter::Model::scale_results scaled;
  float y[2];
  scaled.y.buffer = gcrt::Span<float>(y, 1);
  gcrt_status status = model.scale(pair, 10, scaled);
  std::printf("%s, needs %d bytes, %g\n", gcrt_status_name(status),
              int(scaled.y.bytes), scaled.y[1]);
  scaled.y.buffer = y;
  if (model.scale(pair, 10, scaled) != GCRT_OK)
    return 1;
  std::printf("y %g %g, in place: %d, dims %d\n", y[0], y[1],
              scaled.y.data() == y, int(scaled.y.dims()[0]));
  show("too short", model.scale(gcrt::Span<const float>(pair, 1), 10, scaled),
       model);

  gcrt::Span<const float> total;
  gcrt::Span<const int32_t> integers;
  if (model.get("total", &total) != GCRT_OK)
    return 1;
  std::printf("variable %g\n", total[0]);
  show("wrong type", model.get("total", &integers), model);
  show("no variable", model.get("nothing", &total), model);
  show("set", model.set("total", std::vector<float>{5}), model);
  show("set too many", model.set("total", x), model);
  std::string path = std::string(argv[1]) + "/state.safetensors";
  if (model.save(path.c_str()) != GCRT_OK ||
      model.set("total", std::vector<float>{7}) != GCRT_OK ||
      model.load(path.c_str()) != GCRT_OK)
    return 1;

  // Moved, an instance keeps its state.
  counter::Model moved = std::move(model);
  if (moved.get("total", &total) != GCRT_OK)
    return 1;
  std::printf("moved %g\n", total[0]);
  return 0;
}
