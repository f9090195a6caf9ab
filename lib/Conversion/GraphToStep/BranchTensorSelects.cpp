//===- BranchTensorSelects.cpp - select tensors by branches ---------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graph-compile/Conversion/GraphToStep/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/PatternMatch.h"

namespace graph_compile {
#define GEN_PASS_DEF_BRANCHTENSORSELECTS
#include "graph-compile/Conversion/GraphToStep/Passes.h.inc"
} // namespace graph_compile

using namespace mlir;
using namespace graph_compile;

/// Replaces `select` by a conditional whose branches give the two tensors.
static void replaceByBranches(arith::SelectOp select, IRRewriter &rewriter) {
  rewriter.setInsertionPoint(select);
  auto yieldValue = [](Value value) {
    return [value](OpBuilder &b, Location location) {
      scf::YieldOp::create(b, location, value);
    };
  };
  rewriter.replaceOpWithNewOp<scf::IfOp>(select, select.getCondition(),
                                         yieldValue(select.getTrueValue()),
                                         yieldValue(select.getFalseValue()));
}

namespace {
struct BranchTensorSelects
    : graph_compile::impl::BranchTensorSelectsBase<BranchTensorSelects> {
  void runOnOperation() override {
    SmallVector<arith::SelectOp> selects;
    getOperation().walk([&](arith::SelectOp select) {
      if (isa<RankedTensorType>(select.getType()))
        selects.push_back(select);
    });
    IRRewriter rewriter(&getContext());
    for (arith::SelectOp select : selects)
      replaceByBranches(select, rewriter);
  }
};
} // namespace
