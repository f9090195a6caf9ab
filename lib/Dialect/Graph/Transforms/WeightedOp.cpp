//===- WeightedOp.cpp - ops with constant weights -------------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "WeightedOp.h"

#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace graph_compile::graph;

static RankedTensorType getTensorType(Value value) {
  return cast<RankedTensorType>(value.getType());
}

//===----------------------------------------------------------------------===//
// Kinds of ops
//===----------------------------------------------------------------------===//

/// A factor of one matrix is the weights, the other one the input.
std::optional<WeightedOp> WeightedOp::getMatmul(MatmulOp op) {
  auto isWeights = [](Value value) {
    return getTensorType(value).getRank() == 2 && getFloatConstant(value);
  };
  bool isLeft = !isWeights(op.getB());
  if (isLeft && !isWeights(op.getA()))
    return std::nullopt;
  WeightedOp result;
  result.weights = isLeft ? &op.getAMutable() : &op.getBMutable();
  result.input = isLeft ? &op.getBMutable() : &op.getAMutable();
  int64_t rank = getTensorType(op).getRank();
  int64_t inputRank = getTensorType(result.input->get()).getRank();
  if (isLeft) {
    result.columnsAreResults = op.getTransposeA();
    result.resultAxis = rank - 2;
    result.inputAxis = inputRank - (op.getTransposeB() ? 1 : 2);
  } else {
    result.columnsAreResults = !op.getTransposeB();
    result.resultAxis = rank - 1;
    result.inputAxis = inputRank - (op.getTransposeA() ? 2 : 1);
  }
  return result;
}

std::optional<WeightedOp> WeightedOp::get(Operation *op) {
  using Result = std::optional<WeightedOp>;
  Result result = llvm::TypeSwitch<Operation *, Result>(op)
                      .Case([](ConvOp op) {
                        WeightedOp result;
                        result.weights = &op.getFilterMutable();
                        result.input = &op.getInputMutable();
                        result.groups = op.getGroups();
                        result.inputAxis = result.resultAxis =
                            getTensorType(op).getRank() - 1;
                        return result;
                      })
                      .Case([](ConvInputGradOp op) {
                        WeightedOp result;
                        result.weights = &op.getFilterMutable();
                        result.input = &op.getOutputGradMutable();
                        result.groups = op.getGroups();
                        result.inputAxis = result.resultAxis =
                            getTensorType(op).getRank() - 1;
                        result.columnsAreResults = false;
                        return result;
                      })
                      .Case([](MatmulOp op) { return getMatmul(op); })
                      .Default([](Operation *) { return Result(); });
  if (!result)
    return std::nullopt;
  result->constant = getFloatConstant(result->weights->get());
  RankedTensorType type = result->getWeightsType();
  if (!result->constant || !type.hasStaticShape() || type.getNumElements() == 0)
    return std::nullopt;
  return result;
}

/// Whether windows along one dim, of `size` entries, stay inside of it.
static bool staysInside(const ConvolutionDim &dim, int64_t size, int64_t taps) {
  if (!dim.isSame)
    return dim.before == 0 && dim.after == 0;
  if (taps == 1)
    return true;
  if (ShapedType::isDynamic(size))
    return false;
  int64_t windows = llvm::divideCeil(size, dim.stride);
  return (windows - 1) * dim.stride + (taps - 1) * dim.dilation + 1 <= size;
}

bool WeightedOp::seesInputOnly() const {
  if (isa<MatmulOp>(getOp()))
    return true;
  // A transposed convolution has elements at which only some taps arrive.
  auto conv = dyn_cast<ConvOp>(getOp());
  if (!conv)
    return false;
  ArrayRef<int64_t> sizes = getTensorType(conv.getInput()).getShape();
  ArrayRef<int64_t> taps = getWeightsType().getShape();
  for (auto [dim, size, count] :
       llvm::zip(conv.getSpatialDims(), sizes.drop_front(), taps.drop_back(2)))
    if (!staysInside(dim, size, count))
      return false;
  return true;
}

//===----------------------------------------------------------------------===//
// Arithmetic
//===----------------------------------------------------------------------===//

std::optional<std::vector<double>> WeightedOp::scale(ArrayRef<double> factor,
                                                     bool alongColumns) const {
  std::optional<std::vector<double>> elements = readFloats(constant);
  if (!elements)
    return std::nullopt;
  int64_t rows = getRows(), columns = getColumns();
  int64_t row = 0, column = 0;
  for (double &element : *elements) {
    element *= factor[alongColumns ? column : getRowChannel(row, column)];
    if (++column == columns) {
      column = 0;
      row = row + 1 == rows ? 0 : row + 1;
    }
  }
  return elements;
}

std::optional<std::vector<double>>
WeightedOp::passShift(ArrayRef<double> shift) const {
  std::optional<std::vector<double>> elements = readFloats(constant);
  if (!elements)
    return std::nullopt;
  int64_t rows = getRows(), columns = getColumns();
  std::vector<double> gains(columnsAreResults ? columns : rows * groups, 0);
  int64_t row = 0, column = 0;
  for (double element : *elements) {
    int64_t other = getRowChannel(row, column);
    gains[columnsAreResults ? column : other] +=
        element * shift[columnsAreResults ? other : column];
    if (++column == columns) {
      column = 0;
      row = row + 1 == rows ? 0 : row + 1;
    }
  }
  return gains;
}
