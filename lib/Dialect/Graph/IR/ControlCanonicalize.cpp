//===- ControlCanonicalize.cpp - rewrites of conditionals and loops -------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graph-compile/Dialect/Graph/IR/Graph.h"

#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::graph;

void IfOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                       MLIRContext *context) {}

void CaseOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                         MLIRContext *context) {}

void WhileOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                          MLIRContext *context) {}
