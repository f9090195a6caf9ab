//===- Norm.cpp - normalization -------------------------------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The pipeline writes norms out while they are still in a graph; this is for
// functions that are linear when they come.
//
//===----------------------------------------------------------------------===//

#include "Utils.h"
#include "graph-compile/Dialect/Graph/IR/GraphOps.h"

using namespace mlir;
using namespace graph_compile;

namespace {
struct BatchNormLowering : GraphPattern<graph::BatchNormOp> {
  using GraphPattern::GraphPattern;

  LogicalResult
  matchAndRewrite(graph::BatchNormOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    rewriter.replaceOp(op, op.expand(rewriter));
    return success();
  }
};
} // namespace

void graph_compile::populateNormPatterns(RewritePatternSet &patterns,
                                         const GraphToStepContext &context) {
  patterns.add<BatchNormLowering>(patterns.getContext(), context);
}
