//===- FoldPlan.h - how weights take over a batch norm ----------*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// With constant statistics a batch norm is x * factor + shift in each channel.
// A plan says how to do without one: which ops go (the norm, and what constants
// do on the way to the weights), and what the ops with weights get in return,
// other weights and a bias. What lies between, a transpose or a pool, stays as
// it is: it does the same to each channel whether it is scaled before or
// behind.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_DIALECT_GRAPH_TRANSFORMS_FOLDPLAN_H
#define GRAPH_COMPILE_LIB_DIALECT_GRAPH_TRANSFORMS_FOLDPLAN_H

#include "ChannelSteps.h"
#include "WeightedOp.h"

namespace graph_compile::graph {

/// What an op with weights takes over: what happens to the channels of its
/// result, or of its input.
struct FoldSite {
  WeightedOp op;
  ChannelAffine affine;
  bool isResult;

  /// Whether each column of the weights has its own factor, not each row.
  bool scalesColumns() const { return isResult == op.areColumnsResults(); }
};

/// How to do without a norm.
struct FoldPlan {
  /// The last op that goes, and the dim of its channels.
  mlir::Operation *root = nullptr;
  int64_t axis = 0;
  /// Of the ops that go, the root first, the operands that take their place.
  llvm::SmallVector<mlir::OpOperand *> steps;
  llvm::SmallVector<FoldSite, 1> sites;
  /// In front of weights whose windows reach over the border, what is added to
  /// each channel instead of the norm; otherwise empty.
  std::vector<double> remainder;
};

/// A plan to fold `op`, for which `getScaledAxis` gives a dim, into what comes
/// before it, together with what else constants do to its result. If there is
/// none, `why` says why.
std::optional<FoldPlan> planFoldBefore(mlir::Operation *op, std::string &why);

/// A plan to fold `norm` into what follows it. If there is none, `why`, which
/// says why nothing before it will do, goes on with why nothing behind it does.
std::optional<FoldPlan> planFoldBehind(BatchNormOp norm, std::string &why);

} // namespace graph_compile::graph

#endif // GRAPH_COMPILE_LIB_DIALECT_GRAPH_TRANSFORMS_FOLDPLAN_H
