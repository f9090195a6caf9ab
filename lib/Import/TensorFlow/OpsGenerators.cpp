//===- OpsGenerators.cpp - tensors from nothing but sizes -----------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Lists.h"
#include "OpFamilies.h"

#include "graph-compile/Dialect/Graph/IR/ShapeUtils.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;

using Results = SmallVectorImpl<Value>;

/// A tensor of the shape of input 0, its sizes, that holds a scalar everywhere.
static LogicalResult fill(NodeBuilder &node, Value element, Results &results) {
  if (failed(expectRank(node, 0, 1)))
    return failure();
  if (node.inputType(0).isDynamicDim(0))
    return node.error() << "expected input 0 (" << inputName(node, 0)
                        << ") to have a known number of elements, so that the "
                           "result's rank is known";
  Chain chain(node);
  Value dims = chain.checkAtLeast(node.input(0), 0, "a size");
  return chain.give(results, chain.broadcastTo(element, dims));
}

static LogicalResult buildFill(NodeBuilder &node, Results &results) {
  if (failed(expectRank(node, 1, 0)))
    return failure();
  return fill(node, node.input(1), results);
}

/// Memory that nothing has written is all zeros here.
static LogicalResult buildEmpty(NodeBuilder &node, Results &results) {
  Type type = node.typeAttr("dtype");
  if (!type)
    return node.error("expected attribute \"dtype\" to be a type of numbers or "
                      "bool");
  return fill(node, node.splat(type, 0), results);
}

/// A tensor of the shape of input 0 that holds one value everywhere.
template <int value>
static LogicalResult buildLike(NodeBuilder &node, Results &results) {
  Chain chain(node);
  RankedTensorType type = node.inputType(0);
  if (type.hasStaticShape())
    return chain.give(
        results, node.splat(type.getElementType(), value, type.getShape()));
  Value shape = chain.shape(node.input(0), node.builder().getI64Type());
  Value element = node.splat(type.getElementType(), value);
  return chain.give(results, chain.broadcastTo(element, shape));
}

static LogicalResult buildZerosLike(NodeBuilder &node, Results &results) {
  if (!isUntypedList(node.input(0)))
    return buildLike<0>(node, results);
  ListChain chain(node);
  return chain.give(results, chain.zerosLike(node.input(0)));
}

/// The elements of a short range of known integers; axes are often given as
/// `range(rank)`.
static std::optional<SmallVector<int64_t>> getKnownRange(NodeBuilder &node) {
  if (!isOfKind(node.elementType(0), SignedInts))
    return std::nullopt;
  std::optional<int64_t> start = graph::knownScalar(node.input(0));
  std::optional<int64_t> limit = graph::knownScalar(node.input(1));
  std::optional<int64_t> delta = graph::knownScalar(node.input(2));
  if (!start || !limit || !delta || *delta == 0)
    return std::nullopt;
  int64_t length = graph::rangeLength(*start, *limit, *delta);
  if (length > graph::kMaxShapeElements)
    return std::nullopt;
  SmallVector<int64_t> elements;
  for (int64_t i = 0; i < length; ++i)
    elements.push_back(*start + i * *delta);
  return elements;
}

static LogicalResult buildRange(NodeBuilder &node, Results &results) {
  if (failed(expectKind(node, 0, Numbers)))
    return failure();
  for (unsigned i = 0; i < 3; ++i)
    if (failed(expectRank(node, i, 0)))
      return failure();
  Chain chain(node);
  if (std::optional<SmallVector<int64_t>> known = getKnownRange(node))
    return chain.give(results, node.intVector(*known, node.elementType(0)));
  Value delta = node.input(2);
  if (isOfKind(node.elementType(2), Ints))
    delta = chain.checkNonzero(delta);
  return chain.give(results, chain.range(node.input(0), node.input(1), delta));
}

/// num values from start to stop: start + i * (stop - start) / (num - 1), with
/// stop itself at the end.
static LogicalResult buildLinSpace(NodeBuilder &node, Results &results) {
  if (failed(expectKind(node, 0, Floats)))
    return failure();
  for (unsigned i = 0; i < 3; ++i)
    if (failed(expectRank(node, i, 0)))
      return failure();
  Chain chain(node);
  Type countType = node.elementType(2);
  Value one = chain.integer(1, countType);
  Value count = chain.checkAtLeast(node.input(2), 1, "a num");
  Value start = chain.widen(node.input(0));
  Value stop = chain.widen(node.input(1));
  if (!count || !start || !stop)
    return failure();
  Type floatType = tensorType(start).getElementType();
  Value steps = chain.sub(count, one);
  Value positions = chain.range(chain.integer(0, countType), count, one);
  Value step = chain.div(chain.sub(stop, start),
                         chain.cast(chain.max(steps, one), floatType));
  Value values =
      chain.add(start, chain.mul(chain.cast(positions, floatType), step));
  // One value is the start; of more the last is the stop, exactly.
  Value isLast = chain.compare(graph::CompareDirection::EQ, positions,
                               chain.max(steps, one));
  values = chain.select(isLast, stop, values);
  return chain.give(results, chain.cast(values, node.elementType(0)));
}

/// The shape to which two shapes broadcast.
static LogicalResult buildBroadcastArgs(NodeBuilder &node, Results &results) {
  for (unsigned i : {0u, 1u}) {
    if (failed(expectKind(node, i, SignedInts)) ||
        failed(expectRank(node, i, 1)))
      return failure();
    if (node.inputType(i).isDynamicDim(0))
      return node.error() << "expected input " << i << " ("
                          << inputName(node, i)
                          << ") to have a known number of elements, got "
                          << node.inputType(i);
  }
  Chain chain(node);
  return chain.give(results,
                    chain.broadcastShape(node.input(0), node.input(1)));
}

void tensorflow::registerGeneratorOps(OpTable &table) {
  table
      .add("Fill",
           "dims: index_type, value: T -> output: T; index_type: type = int32",
           buildFill)
      .note("dims of known length");
  table
      .add("Empty",
           "shape: int32 -> output: dtype; dtype: type, init: bool = false",
           buildEmpty)
      .note("shape of known length");
  table.add("ZerosLike", "x: T -> y: T", buildZerosLike).usesTypeOf(0).lists();
  table.add("OnesLike", "x: T -> y: T", buildLike<1>).usesTypeOf(0);
  table.add("Range",
            "start: Tidx, limit: Tidx, delta: Tidx -> output: Tidx; "
            "Tidx: type = int32",
            buildRange);
  table.add("LinSpace",
            "start: T, stop: T, num: Tidx -> output: T; Tidx: type = int32",
            buildLinSpace);
  table
      .add("BroadcastArgs", "s0: T, s1: T -> r0: T; T: type = int32",
           buildBroadcastArgs)
      .note("shapes of known length");
}
