//===- IndexChain.cpp - chains with scatters and searches -----------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "IndexChain.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;
using graph::CompareDirection;

//===----------------------------------------------------------------------===//
// Scatters and searches
//===----------------------------------------------------------------------===//

Value IndexChain::scatter(graph::ScatterKind kind, Value x, Value indices,
                          Value updates, bool takesNan) {
  auto attribute = graph::ScatterKindAttr::get(node.context(), kind);
  SmallVector<NamedAttribute> attributes = {
      node.builder().getNamedAttr("kind", attribute)};
  if (takesNan)
    attributes.push_back(flag("takes_nan"));
  return op<graph::ScatterOp>({x, indices, updates}, attributes);
}

Value IndexChain::scatterRows(graph::ScatterKind kind, Value x, Value rows,
                              Value updates, bool takesNan) {
  if (!rows)
    return {};
  Value indices = expandDims(rows, tensorType(rows).getRank());
  return scatter(kind, x, indices, updates, takesNan);
}

Value IndexChain::checkUpdates(Value x, Value indices, Value updates) {
  RankedTensorType type = tensorType(x), indexType = tensorType(indices);
  int64_t last = indexType.getRank() - 1;
  if (last < 0 || indexType.isDynamicDim(last) ||
      indexType.getDimSize(last) < 1 ||
      indexType.getDimSize(last) > type.getRank()) {
    node.error() << "expected indices to end with a dim of a known size of 1 "
                    "to "
                 << type.getRank() << ", the number of dims that it picks from "
                 << type << ", got " << indexType;
    return {};
  }
  int64_t depth = indexType.getDimSize(last);
  int64_t rank = last + type.getRank() - depth;
  if (rank == 0 || tensorType(updates).getRank() != rank) {
    node.error() << "expected updates to have " << std::max<int64_t>(rank, 1)
                 << " dims, those of indices but the last and those of " << type
                 << " after the first " << depth << ", got "
                 << tensorType(updates);
    return {};
  }
  auto dims = [](int64_t begin, int64_t end) {
    return llvm::to_vector(llvm::seq<int64_t>(begin, end));
  };
  updates = checkDims(updates, indices, dims(0, last), dims(0, last));
  return checkDims(updates, x, dims(last, rank), dims(depth, type.getRank()));
}

Value IndexChain::checkRows(Value indices, Value x) {
  int64_t depth = tensorType(indices).getShape().back();
  if (depth == 1)
    return checkIndex(indices, x, 0);
  Type elementType = tensorType(indices).getElementType();
  Value sizes = part(shape(x, elementType), 0, depth);
  Value areInside = op<graph::AndOp>(
      {compare(CompareDirection::GE, indices, integer(0, elementType)),
       compare(CompareDirection::LT, indices, sizes)});
  return checkTrue(indices, areInside, "an index is outside the tensor");
}

Value IndexChain::checkedScatter(graph::ScatterKind kind, Value x,
                                 Value indices, Value updates,
                                 OutsidePolicy policy) {
  indices = widenPositions(indices);
  if (!x || !indices || !updates)
    return {};
  updates = checkUpdates(x, indices, updates);
  if (!updates)
    return {};
  if (policy == OutsidePolicy::Fail)
    indices = checkRows(indices, x);
  // The sum of booleans is "or".
  if (kind == graph::ScatterKind::Add &&
      tensorType(x).getElementType().isInteger(1))
    kind = graph::ScatterKind::Max;
  return scatter(kind, x, indices, updates);
}

Value IndexChain::nonzero(Value x) {
  return squeeze(op<graph::NonzeroOp>(x), int64_t(1));
}

//===----------------------------------------------------------------------===//
// Sizes
//===----------------------------------------------------------------------===//

Value IndexChain::rowsShape(Value numRows, Value like, int64_t from) {
  if (!numRows || !like)
    return {};
  Value shape = this->shape(like, node.builder().getI64Type());
  return concat({expandDims(numRows, int64_t(0)),
                 part(shape, from, tensorType(like).getRank())},
                0);
}

Value IndexChain::rangeOf(Value numbers) {
  if (!numbers)
    return {};
  auto axes =
      llvm::to_vector(llvm::seq<int64_t>(0, tensorType(numbers).getRank()));
  // Of no numbers the greatest is the lowest of their type.
  Value greatest =
      max(i64(reduce(graph::ReduceKind::Max, numbers, axes)), i64(-1));
  return add(greatest, i64(1));
}

Value IndexChain::flatten(Value x) {
  if (!x || tensorType(x).getRank() == 1)
    return x;
  return reshape(x, node.intVector(-1));
}

Value IndexChain::joinRows(Value x, Value numRows, int64_t from) {
  return from == 1 ? x : reshape(x, rowsShape(numRows, x, from));
}

//===----------------------------------------------------------------------===//
// Positions
//===----------------------------------------------------------------------===//

Value IndexChain::widenPositions(Value indices) {
  if (!indices || tensorType(indices).getElementType().isSignlessInteger(64))
    return indices;
  return cast(indices, node.builder().getI32Type());
}

Value IndexChain::checkNotNegative(Value x, StringRef what) {
  if (!x)
    return {};
  Value zero = integer(0, tensorType(x).getElementType());
  return checkTrue(x, compare(CompareDirection::GE, x, zero),
                   ("expects " + what + " not to be negative").str());
}

Value IndexChain::checkLess(Value x, Value limit, StringRef message) {
  return checkTrue(x, compare(CompareDirection::LT, i64(x), i64(limit)),
                   message);
}

Value IndexChain::checkLeadingDims(Value x, Value index) {
  if (!x || !index)
    return {};
  auto dims =
      llvm::to_vector(llvm::seq<int64_t>(0, tensorType(index).getRank()));
  if (tensorType(x).getRank() >= tensorType(index).getRank())
    return checkDims(x, index, dims, dims);
  node.error() << "expected data with the dims of " << tensorType(index)
               << " first, got " << tensorType(x);
  return {};
}

FailureOr<OutsidePolicy> tensorflow::getOutsidePolicy(NodeBuilder &node) {
  StringRef policy = node.stringAttr("bad_indices_policy");
  if (policy == "IGNORE")
    return OutsidePolicy::Ignore;
  // Left open, it is an error on a CPU.
  if (policy.empty() || policy == "DEFAULT" || policy == "ERROR")
    return OutsidePolicy::Fail;
  return node.error() << "expected attribute bad_indices_policy to be "
                         "\"ERROR\", \"IGNORE\", \"DEFAULT\" or empty, got \""
                      << policy << '"';
}
