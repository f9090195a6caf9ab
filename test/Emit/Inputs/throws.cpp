//===- throws.cpp - turns failures into exceptions ----------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// With GCRT_EXCEPTIONS a failure throws.
#define GCRT_EXCEPTIONS
#include "counter.h"

#include <cstdio>

int main() {
  counter::Model model;
  try {
    model.create();
    gcrt::Span<const float> value;
    model.get("nothing", &value);
  } catch (const gcrt::Error &error) {
    std::printf("%s: %s\n", gcrt_status_name(error.status()), error.what());
  }
  return 0;
}
