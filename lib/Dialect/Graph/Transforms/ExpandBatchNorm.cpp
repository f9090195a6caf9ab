//===- ExpandBatchNorm.cpp - write batch normalization out again ----------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graph-compile/Dialect/Graph/IR/GraphOps.h"
#include "graph-compile/Dialect/Graph/Transforms/Passes.h"
#include "mlir/IR/PatternMatch.h"

namespace graph_compile {
#define GEN_PASS_DEF_EXPANDBATCHNORM
#include "graph-compile/Dialect/Graph/Transforms/Passes.h.inc"
} // namespace graph_compile

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::graph;

namespace {
struct ExpandBatchNorm
    : graph_compile::impl::ExpandBatchNormBase<ExpandBatchNorm> {
  void runOnOperation() override {
    IRRewriter rewriter(&getContext());
    getOperation().walk([&](BatchNormOp op) {
      rewriter.setInsertionPoint(op);
      rewriter.replaceOp(op, op.expand(rewriter));
    });
  }
};
} // namespace
