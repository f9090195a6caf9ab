//===- Broadcast.h - operands that broadcast, in a linalg.generic -*- C++ -*-=//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_CONVERSION_GRAPHTOSTEP_BROADCAST_H
#define GRAPH_COMPILE_LIB_CONVERSION_GRAPHTOSTEP_BROADCAST_H

#include "Utils.h"

namespace graph_compile {

/// Reads operands that broadcast with each other into the body of a
/// linalg.generic whose loops are the dims of the result.
class BroadcastReader {
public:
  /// `operands` are the converted operands of `op`, whose result has `rank`
  /// dims; `facts` are about `op`.
  BroadcastReader(NodeBuilder &b, mlir::Operation *op,
                  llvm::ArrayRef<mlir::Value> operands, int64_t rank,
                  const BroadcastFacts &facts);

  /// Returns the size of dim `dim` of the result as an index.
  mlir::Value getResultDim(NodeBuilder &b, int64_t dim) const;

  /// What the generic takes as inputs, and how they are indexed.
  llvm::ArrayRef<mlir::Value> getInputs() const { return inputs; }
  llvm::ArrayRef<mlir::AffineMap> getMaps() const { return maps; }

  /// In the body: returns one element of each operand. `args` are the body's
  /// arguments that belong to the inputs.
  llvm::SmallVector<mlir::Value> read(NodeBuilder &body,
                                      mlir::ValueRange args) const;

private:
  /// How an operand comes into the body; exactly one of the first three is set.
  struct Operand {
    mlir::Value tensor;
    /// A constant of one value.
    mlir::TypedAttr constant;
    /// A scalar from outside.
    mlir::Value scalar;
    /// The position among the inputs.
    std::optional<unsigned> input;
    /// Per dim, for an operand read by tensor.extract: null, or whether the
    /// open dim turned out to be 1.
    llvm::SmallVector<mlir::Value> isOne;
  };

  void addOperand(NodeBuilder &b, mlir::Operation *op, unsigned number,
                  const BroadcastFacts &facts);
  mlir::Value extract(NodeBuilder &body, const Operand &operand) const;

  int64_t rank;
  llvm::SmallVector<Operand> operands;
  llvm::SmallVector<mlir::Value> inputs;
  llvm::SmallVector<mlir::AffineMap> maps;
};

} // namespace graph_compile

#endif // GRAPH_COMPILE_LIB_CONVERSION_GRAPHTOSTEP_BROADCAST_H
