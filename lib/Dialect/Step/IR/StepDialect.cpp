//===- StepDialect.cpp - the step dialect ---------------------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graph-compile/Dialect/Step/IR/Step.h"

using namespace mlir;
using namespace graph_compile::step;

#include "graph-compile/Dialect/Step/IR/StepDialect.cpp.inc"

void StepDialect::initialize() {
  registerAttributes();
  addOperations<
#define GET_OP_LIST
#include "graph-compile/Dialect/Step/IR/StepOps.cpp.inc"
      >();
}
