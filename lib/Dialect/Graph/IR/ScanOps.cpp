//===- ScanOps.cpp - running sums, order ----------------------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graph-compile/Dialect/Graph/IR/Graph.h"
#include "graph-compile/Dialect/Graph/IR/ShapeUtils.h"

#include "Inference.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::graph;

#define GET_OP_CLASSES
#include "graph-compile/Dialect/Graph/IR/GraphScanOps.cpp.inc"

void GraphDialect::registerScanOps() {
  addOperations<
#define GET_OP_LIST
#include "graph-compile/Dialect/Graph/IR/GraphScanOps.cpp.inc"
      >();
}
