//===- NodeChecks.cpp - checks that builders put before their ops ---------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Shapes that can never fit are errors now. What depends on open dims or on the
// data becomes an op, unless it is easily seen to hold.
//
//===----------------------------------------------------------------------===//

#include "NodeBuilder.h"

#include "graph-compile/Dialect/Graph/IR/Graph.h"
#include "graph-compile/Dialect/Graph/IR/ShapeUtils.h"

#include "mlir/IR/Matchers.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;

static RankedTensorType getType(Value value) {
  return cast<RankedTensorType>(value.getType());
}

//===----------------------------------------------------------------------===//
// Broadcasting
//===----------------------------------------------------------------------===//

/// Whether the open sizes of `values`, whose static ones broadcast, are sure to
/// broadcast: in each place all sizes other than a static 1 are the same.
static bool surelyBroadcast(ArrayRef<Value> values) {
  int64_t rank = 0;
  for (Value value : values)
    rank = std::max(rank, getType(value).getRank());
  for (int64_t fromEnd = 1; fromEnd <= rank; ++fromEnd) {
    Value first;
    for (Value value : values) {
      RankedTensorType type = getType(value);
      int64_t dim = type.getRank() - fromEnd;
      if (dim < 0 || type.getDimSize(dim) == 1)
        continue;
      if (!first)
        first = value;
      else if (!graph::sameDim(first, getType(first).getRank() - fromEnd, value,
                               dim))
        return false;
    }
  }
  return true;
}

FailureOr<Value> NodeBuilder::checkBroadcast(Value x, ValueRange others) {
  SmallVector<Value> values = {x};
  llvm::append_range(values, others);
  SmallVector<int64_t> shape;
  for (Value value : values) {
    auto broadcast = graph::broadcastShapes(shape, getType(value).getShape());
    if (succeeded(broadcast)) {
      shape = *broadcast;
      continue;
    }
    auto diagnostic = error() << "expected shapes that broadcast, got ";
    llvm::interleave(
        values, [&](Value each) { diagnostic << each.getType(); },
        [&] { diagnostic << " and "; });
    return diagnostic;
  }
  if (surelyBroadcast(values))
    return x;
  auto check = graph::CheckBroadcastOp::create(builder(), loc(), x, others);
  return ordered(check).getResult();
}

//===----------------------------------------------------------------------===//
// Dims
//===----------------------------------------------------------------------===//

FailureOr<Value> NodeBuilder::checkDims(Value x, Value y,
                                        ArrayRef<int64_t> lhsDims,
                                        ArrayRef<int64_t> rhsDims) {
  RankedTensorType lhs = getType(x), rhs = getType(y);
  SmallVector<int64_t> openLhs, openRhs;
  for (auto [i, j] : llvm::zip_equal(lhsDims, rhsDims)) {
    int64_t left = lhs.getDimSize(i), right = rhs.getDimSize(j);
    if (!lhs.isDynamicDim(i) && !rhs.isDynamicDim(j) && left != right)
      return error() << "expected dim " << i << " (" << left << ") of " << lhs
                     << " to equal dim " << j << " (" << right << ") of "
                     << rhs;
    if (graph::sameDim(x, i, y, j))
      continue;
    openLhs.push_back(i);
    openRhs.push_back(j);
  }
  if (openLhs.empty())
    return x;
  auto check =
      graph::CheckDimsOp::create(builder(), loc(), x, y, openLhs, openRhs);
  return ordered(check).getResult();
}

FailureOr<Value> NodeBuilder::checkSameShape(Value x, Value y) {
  if (getType(x).getRank() != getType(y).getRank())
    return error() << "expected tensors of one shape, got " << x.getType()
                   << " and " << y.getType();
  auto dims = llvm::to_vector(llvm::seq<int64_t>(0, getType(x).getRank()));
  return checkDims(x, y, dims, dims);
}

FailureOr<Value> NodeBuilder::checkSqueeze(Value x, ArrayRef<int64_t> axes) {
  RankedTensorType type = getType(x);
  SmallVector<int64_t> open;
  for (int64_t axis : axes) {
    if (type.isDynamicDim(axis))
      open.push_back(axis);
    else if (type.getDimSize(axis) != 1)
      return error() << "expected dim " << axis << " of " << type
                     << " to be 1, got " << type.getDimSize(axis);
  }
  if (open.empty())
    return x;
  return ordered(graph::CheckSqueezeOp::create(builder(), loc(), x, open))
      .getResult();
}

FailureOr<Value> NodeBuilder::checkSplit(Value x, int64_t axis, int64_t num) {
  RankedTensorType type = getType(x);
  if (num <= 0)
    return error() << "expected at least one part, got " << num;
  if (type.isDynamicDim(axis) && num != 1)
    return ordered(graph::CheckSplitOp::create(builder(), loc(), x, axis, num))
        .getResult();
  if (!type.isDynamicDim(axis) && type.getDimSize(axis) % num != 0)
    return error() << "expected dim " << axis << " (" << type.getDimSize(axis)
                   << ") of " << type << " to be a multiple of " << num;
  return x;
}

/// How many elements a reshape to the known sizes `shape` leaves for its -1, or
/// whether it fits; nothing if it never fits.
static bool canFit(ArrayRef<int64_t> shape, int64_t numElements) {
  int64_t product = 1;
  bool hasOpen = false;
  for (int64_t size : shape) {
    if (size == -1) {
      if (hasOpen)
        return false;
      hasOpen = true;
      continue;
    }
    if (size < 0 || llvm::MulOverflow(product, size, product))
      return false;
  }
  if (!hasOpen)
    return product == numElements;
  return product != 0 && numElements % product == 0;
}

FailureOr<Value> NodeBuilder::checkReshape(Value shape, Value x) {
  RankedTensorType type = getType(x);
  std::optional<SmallVector<int64_t>> known = graph::knownValue(shape);
  if (known && type.hasStaticShape()) {
    if (canFit(*known, type.getNumElements()))
      return shape;
    auto diagnostic = error() << "cannot give " << type << " the shape [";
    llvm::interleaveComma(*known, diagnostic);
    return diagnostic << "]: the numbers of elements differ";
  }
  return ordered(graph::CheckReshapeOp::create(builder(), loc(), shape, x))
      .getResult();
}

//===----------------------------------------------------------------------===//
// Data
//===----------------------------------------------------------------------===//

FailureOr<Value> NodeBuilder::checkIndex(Value index, Value x, int64_t axis) {
  RankedTensorType type = getType(x);
  std::optional<SmallVector<int64_t>> known = graph::knownValue(index);
  bool isSafe =
      known && !type.isDynamicDim(axis) && llvm::all_of(*known, [&](int64_t i) {
        return i >= 0 && i < type.getDimSize(axis);
      });
  if (isSafe)
    return index;
  return ordered(graph::CheckIndexOp::create(builder(), loc(), index, x, axis))
      .getResult();
}

FailureOr<Value> NodeBuilder::checkNonzero(Value x) {
  DenseIntElementsAttr constant;
  bool isSafe = matchPattern(x, m_Constant(&constant)) &&
                (constant.isSplat() || constant.getNumElements() <= 1024) &&
                llvm::none_of(constant.getValues<APInt>(),
                              [](const APInt &i) { return i.isZero(); });
  if (isSafe)
    return x;
  return ordered(graph::CheckNonzeroOp::create(builder(), loc(), x))
      .getResult();
}
