//===- WeightedOp.h - ops with constant weights -----------------*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_DIALECT_GRAPH_TRANSFORMS_WEIGHTEDOP_H
#define GRAPH_COMPILE_LIB_DIALECT_GRAPH_TRANSFORMS_WEIGHTEDOP_H

#include "FloatConstants.h"

#include <optional>
#include <vector>

namespace graph_compile::graph {

/// A convolution, a transposed convolution or a product of matrices with
/// constant weights: something that mixes the channels of its input into those
/// of its result.
///
/// Seen along their last two dims, weights are matrices of rows and columns. Of
/// these one side stands for the channels of the result, the other for those of
/// the input. With groups, only columns are numbered through: a group has
/// its share of the columns and rows of its own.
class WeightedOp {
public:
  /// Nothing if `op` is nothing like that.
  static std::optional<WeightedOp> get(mlir::Operation *op);

  mlir::Operation *getOp() const { return weights->getOwner(); }
  mlir::OpOperand &getWeights() const { return *weights; }
  mlir::OpOperand &getInput() const { return *input; }
  ConstantOp getConstant() const { return constant; }
  /// The dims along which channels lie.
  int64_t getInputAxis() const { return inputAxis; }
  int64_t getResultAxis() const { return resultAxis; }
  /// Whether the channels that lie along columns are those of the result.
  bool areColumnsResults() const { return columnsAreResults; }
  /// Whether, for each element of the result, every weight meets an element of
  /// the input: no window reaches over its border.
  bool seesInputOnly() const;

  mlir::RankedTensorType getWeightsType() const {
    return llvm::cast<mlir::RankedTensorType>(weights->get().getType());
  }

  /// The weights, each multiplied with the factor of its channel of the result
  /// or of the input; nothing if the weights' data is not there.
  std::optional<std::vector<double>>
  scaleResult(llvm::ArrayRef<double> factor) const {
    return scale(factor, columnsAreResults);
  }
  std::optional<std::vector<double>>
  scaleInput(llvm::ArrayRef<double> factor) const {
    return scale(factor, !columnsAreResults);
  }
  /// What the result gains in each channel if the input gains `shift`.
  std::optional<std::vector<double>>
  passShift(llvm::ArrayRef<double> shift) const;

private:
  WeightedOp() = default;
  static std::optional<WeightedOp> getMatmul(MatmulOp op);
  std::optional<std::vector<double>> scale(llvm::ArrayRef<double> factor,
                                           bool alongColumns) const;
  int64_t getRows() const { return getWeightsType().getShape().end()[-2]; }
  int64_t getColumns() const { return getWeightsType().getShape().back(); }
  int64_t getRowChannel(int64_t row, int64_t column) const {
    return column / (getColumns() / groups) * getRows() + row;
  }

  mlir::OpOperand *weights = nullptr, *input = nullptr;
  ConstantOp constant;
  int64_t groups = 1;
  int64_t inputAxis = 0, resultAxis = 0;
  bool columnsAreResults = true;
};

} // namespace graph_compile::graph

#endif // GRAPH_COMPILE_LIB_DIALECT_GRAPH_TRANSFORMS_WEIGHTEDOP_H
