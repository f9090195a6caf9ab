//===- rows.cpp - a variable of open shape from C++ ---------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Uses the class of the header of rows.mlir.
#include "rows.h"

#include <cstdio>
#include <string>
#include <vector>

static void show(const char *what, gcrt_status status, rows::Model &model) {
  gcrt::View<const float, 2> value;
  std::string message = model.lastError();
  if (model.get("rows", &value) != GCRT_OK)
    return;
  std::printf("%s: %s, %d x %d:", what, gcrt_status_name(status),
              int(value.dims()[0]), int(value.dims()[1]));
  for (float element : value)
    std::printf(" %g", element);
  std::printf(" %s\n", status == GCRT_OK ? "" : message.c_str());
}

int main(int, char **argv) {
  rows::Model model;
  if (model.create() != GCRT_OK)
    return 1;
  show("created", GCRT_OK, model);
  rows::Model::append_results results;
  const float x[] = {2, 3, 4, 5, 6, 7};
  show("appended", model.append({x, {3, 2}}, results), model);
  std::string path = std::string(argv[1]) + "/rows.safetensors";
  if (model.save(path.c_str()) != GCRT_OK)
    return 1;

  gcrt::View<const float, 2> pair({x, 4}, {2, 2});
  gcrt::View<const float, 2> wide({x, 6}, {2, 3});
  gcrt::View<const float, 2> cut({x, 4}, {3, 2});
  gcrt::View<const float, 1> flat({x, 4}, {4});
  show("set", model.set("rows", pair), model);
  show("other columns", model.set("rows", wide), model);
  show("not whole", model.set("rows", cut), model);
  show("other rank", model.set("rows", flat), model);
  show("without sizes", model.set("rows", std::vector<float>{1, 2}), model);
  gcrt::View<const float, 1> vector;
  show("read as a vector", model.get("rows", &vector), model);
  show("loaded", model.load(path.c_str()), model);
  return 0;
}
