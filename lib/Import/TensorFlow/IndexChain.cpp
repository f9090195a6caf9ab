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
