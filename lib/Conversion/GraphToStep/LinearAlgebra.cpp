//===- LinearAlgebra.cpp - factors and solutions of matrices --------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ElementOps.h"
#include "graph-compile/Dialect/Graph/IR/GraphOps.h"

using namespace mlir;
using namespace graph_compile;

void graph_compile::populateLinearAlgebraPatterns(
    RewritePatternSet &patterns, const GraphToStepContext &context) {}
