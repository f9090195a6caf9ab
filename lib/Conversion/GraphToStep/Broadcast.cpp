//===- Broadcast.cpp - operands that broadcast, in a linalg.generic -------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Broadcast.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace graph_compile;

BroadcastReader::BroadcastReader(NodeBuilder &b, Operation *op,
                                 ArrayRef<Value> tensors, int64_t rank,
                                 const BroadcastFacts &facts)
    : rank(rank) {
  for (auto [number, tensor] : llvm::enumerate(tensors)) {
    operands.emplace_back();
    operands.back().tensor = tensor;
    addOperand(b, op, number, facts);
  }
}

/// Returns the value of a constant all of whose elements are equal; else null.
static TypedAttr getSplatConstant(Value tensor) {
  DenseElementsAttr elements;
  if (!matchPattern(tensor, m_Constant(&elements)) || !elements.isSplat())
    return nullptr;
  return cast<TypedAttr>(elements.getSplatValue<Attribute>());
}

void BroadcastReader::addOperand(NodeBuilder &b, Operation *op, unsigned number,
                                 const BroadcastFacts &facts) {
  Operand &operand = operands.back();
  RankedTensorType type = getTensorType(operand.tensor);
  // The value of such a constant is all that the body needs; getResultDim still
  // asks the tensor for its dims.
  operand.constant = getSplatConstant(operand.tensor);
  if (operand.constant)
    return;
  if (type.getRank() == 0) {
    operand.scalar = getElement(b, operand.tensor, {});
    matchPattern(operand.scalar, m_Constant(&operand.constant));
    return;
  }

  bool mayBroadcast = false;
  SmallVector<AffineExpr> places;
  for (int64_t dim = 0; dim < type.getRank(); ++dim) {
    int64_t resultDim = rank - type.getRank() + dim;
    places.push_back(type.getDimSize(dim) == 1 ? b.getAffineConstantExpr(0)
                                               : b.getAffineDimExpr(resultDim));
    operand.isOne.push_back(nullptr);
    if (facts.mayBroadcast(op, number, dim)) {
      mayBroadcast = true;
      operand.isOne.back() =
          compareIntegers(b, arith::CmpIPredicate::eq,
                          getDim(b, operand.tensor, dim), createIndex(b, 1));
    }
  }
  if (mayBroadcast)
    return;
  operand.isOne.clear();
  operand.input = inputs.size();
  inputs.push_back(operand.tensor);
  maps.push_back(
      AffineMap::get(rank, /*symbolCount=*/0, places, b.getContext()));
}

Value BroadcastReader::getResultDim(NodeBuilder &b, int64_t dim) const {
  // The size of an operand that is known not to be repeated decides; if there
  // is none, the first one that turns out not to be 1, or else the last.
  SmallVector<std::pair<Value, Value>> candidates;
  for (const Operand &operand : operands) {
    RankedTensorType type = getTensorType(operand.tensor);
    int64_t ownDim = dim - (rank - type.getRank());
    if (ownDim < 0 || type.getDimSize(ownDim) == 1)
      continue;
    Value size = getDim(b, operand.tensor, ownDim);
    if (operand.isOne.empty() || !operand.isOne[ownDim])
      return size;
    candidates.push_back({operand.isOne[ownDim], size});
  }
  if (candidates.empty())
    return createIndex(b, 1);
  Value result = candidates.pop_back_val().second;
  for (auto [isOne, size] : llvm::reverse(candidates))
    result = createSelect(b, isOne, result, size);
  return result;
}

Value BroadcastReader::extract(NodeBuilder &body,
                               const Operand &operand) const {
  RankedTensorType type = getTensorType(operand.tensor);
  Value zero = createIndex(body, 0);
  SmallVector<Value> indices;
  for (int64_t dim = 0; dim < type.getRank(); ++dim) {
    if (type.getDimSize(dim) == 1) {
      indices.push_back(zero);
      continue;
    }
    Value index = linalg::IndexOp::create(body, rank - type.getRank() + dim);
    if (Value isOne = operand.isOne[dim])
      index = arith::SelectOp::create(body, isOne, zero, index);
    indices.push_back(index);
  }
  return tensor::ExtractOp::create(body, operand.tensor, indices);
}

SmallVector<Value> BroadcastReader::read(NodeBuilder &body,
                                         ValueRange args) const {
  SmallVector<Value> elements;
  for (const Operand &operand : operands) {
    if (operand.constant)
      elements.push_back(arith::ConstantOp::create(body, operand.constant));
    else if (operand.scalar)
      elements.push_back(operand.scalar);
    else if (operand.input)
      elements.push_back(args[*operand.input]);
    else
      elements.push_back(extract(body, operand));
  }
  return elements;
}
