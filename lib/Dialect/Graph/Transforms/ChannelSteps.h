//===- ChannelSteps.h - what constants do to channels -----------*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_DIALECT_GRAPH_TRANSFORMS_CHANNELSTEPS_H
#define GRAPH_COMPILE_LIB_DIALECT_GRAPH_TRANSFORMS_CHANNELSTEPS_H

#include "graph-compile/Dialect/Graph/IR/GraphOps.h"

#include <optional>
#include <vector>

namespace graph_compile::graph {

/// x * factor + shift for each channel.
struct ChannelAffine {
  std::vector<double> factor, shift;

  /// Leaves the channels as they are.
  explicit ChannelAffine(size_t numChannels)
      : factor(numChannels, 1), shift(numChannels, 0) {}

  bool isFinite() const;
  bool isShifted() const;
  /// What `first` and then this one do.
  ChannelAffine after(const ChannelAffine &first) const;
  /// The part of this one that concerns `count` channels from `first` on.
  ChannelAffine slice(size_t first, size_t count) const;
};

/// What an op with constants does to each channel of one of its operands.
struct ChannelStep {
  mlir::OpOperand *tensor;
  ChannelAffine affine;
};

/// What `op`, which may be null, does to the channels along dim `axis` of its
/// result, if constants alone say that and the shape stays.
std::optional<ChannelStep> readChannelStep(mlir::Operation *op, int64_t axis);

/// The dim whose channels `op`, a batch norm or a multiplication with a
/// constant per channel, is about; nothing if it is something else.
std::optional<int64_t> getScaledAxis(mlir::Operation *op);

/// The dim of the result of `op`, which keeps channels apart, on which dim
/// `axis` of its first operand comes to lie; -1 if there is none. Scaling and
/// shifting channels before such an op is the same as behind it.
int64_t getResultAxis(mlir::Operation *op, int64_t axis);

/// The dim of the first operand of `op` that comes to lie on dim `axis` of its
/// result; -1 if there is none.
int64_t getOperandAxis(mlir::Operation *op, int64_t axis);

} // namespace graph_compile::graph

#endif // GRAPH_COMPILE_LIB_DIALECT_GRAPH_TRANSFORMS_CHANNELSTEPS_H
