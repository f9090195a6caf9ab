//===- OpsShape.cpp - TensorFlow's ops on shapes --------------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "OpFamilies.h"
#include "PureOps.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;

using Results = SmallVectorImpl<Value>;

//===----------------------------------------------------------------------===//
// Asking for shapes
//===----------------------------------------------------------------------===//

/// The integer type that a shape is asked for in: int32 or int64.
static FailureOr<Type> getIndexType(NodeBuilder &node, StringRef attribute) {
  Type type = node.typeAttr(attribute);
  if (type && (type.isSignlessInteger(32) || type.isSignlessInteger(64)))
    return type;
  return LogicalResult(node.error() << "expected attribute " << attribute
                                    << " to be int32 or int64");
}

static LogicalResult buildShape(NodeBuilder &node, Results &results) {
  auto outType = getIndexType(node, "out_type");
  if (failed(outType))
    return failure();
  Chain chain(node);
  for (unsigned i = 0; i < node.numInputs(); ++i)
    if (failed(chain.give(results, chain.shape(node.input(i), *outType))))
      return failure();
  return success();
}

static LogicalResult buildSize(NodeBuilder &node, Results &results) {
  auto outType = getIndexType(node, "out_type");
  if (failed(outType))
    return failure();
  Chain chain(node);
  Value size =
      chain.op<graph::SizeOp>(node.input(0), chain.attr("out_type", *outType));
  return chain.give(results, size);
}

static LogicalResult buildRank(NodeBuilder &node, Results &results) {
  Chain chain(node);
  return chain.give(results, chain.integer(node.inputType(0).getRank(),
                                           node.builder().getI32Type()));
}

//===----------------------------------------------------------------------===//
// Giving shapes
//===----------------------------------------------------------------------===//

static LogicalResult buildReshape(NodeBuilder &node, Results &results) {
  if (failed(expectRank(node, 1, 1)))
    return failure();
  if (node.inputType(1).isDynamicDim(0))
    return node.error("expected input 1 (shape) to have a known number of "
                      "elements, so that the result's rank is known");
  Chain chain(node);
  Value x = node.input(0);
  Value shape = Chain::orNull(node.checkReshape(node.input(1), x));
  return chain.give(results, chain.reshape(x, shape));
}

static LogicalResult buildExpandDims(NodeBuilder &node, Results &results) {
  auto dim = node.requireInts(1);
  if (failed(dim))
    return failure();
  if (dim->size() != 1)
    return node.error() << "expected input 1 (dim) to be one integer, got "
                        << dim->size();
  // The position is one in the result.
  auto axis = node.normalizeAxis(dim->front(), node.inputType(0).getRank() + 1);
  if (failed(axis))
    return failure();
  Chain chain(node);
  return chain.give(results, chain.expandDims(node.input(0), *axis));
}

/// The dims that Squeeze drops: those it names, else all of size 1.
static FailureOr<SmallVector<int64_t>> getSqueezedDims(NodeBuilder &node) {
  RankedTensorType type = node.inputType(0);
  SmallVector<int64_t> axes;
  for (int64_t named : node.intListAttr("squeeze_dims")) {
    auto axis = node.normalizeAxis(named, type.getRank());
    if (failed(axis))
      return failure();
    axes.push_back(*axis);
  }
  llvm::sort(axes);
  axes.erase(llvm::unique(axes), axes.end());
  if (!axes.empty())
    return axes;
  if (!type.hasStaticShape())
    return LogicalResult(node.error()
                         << "without squeeze_dims expected an input of static "
                            "shape, got "
                         << type << "; name the dims to drop");
  for (auto [axis, size] : llvm::enumerate(type.getShape()))
    if (size == 1)
      axes.push_back(axis);
  return axes;
}

static LogicalResult buildSqueeze(NodeBuilder &node, Results &results) {
  auto axes = getSqueezedDims(node);
  if (failed(axes))
    return failure();
  Chain chain(node);
  Value x = Chain::orNull(node.checkSqueeze(node.input(0), *axes));
  return chain.give(results, chain.squeeze(x, *axes));
}

static LogicalResult buildTranspose(NodeBuilder &node, Results &results) {
  auto permutation = node.requireInts(1);
  if (failed(permutation))
    return failure();
  int64_t rank = node.inputType(0).getRank();
  if (int64_t(permutation->size()) != rank)
    return node.error() << "expected input 1 (perm) to have " << rank
                        << " elements, one per dim of input 0, got "
                        << permutation->size();
  SmallVector<bool> isTaken(rank);
  for (int64_t &axis : *permutation) {
    auto normalized = node.normalizeAxis(axis, rank);
    if (failed(normalized))
      return failure();
    axis = *normalized;
    if (std::exchange(isTaken[axis], true))
      return node.error() << "expected input 1 (perm) to be a permutation, but "
                             "dim "
                          << axis << " is given twice";
  }
  Chain chain(node);
  return chain.give(results, chain.transpose(node.input(0), *permutation));
}

static LogicalResult buildBroadcastTo(NodeBuilder &node, Results &results) {
  if (failed(expectRank(node, 1, 1)))
    return failure();
  if (node.inputType(1).isDynamicDim(0))
    return node.error("expected input 1 (shape) to have a known number of "
                      "elements, so that the result's rank is known");
  Chain chain(node);
  return chain.give(results,
                    chain.checkedBroadcastTo(node.input(0), node.input(1)));
}

/// The input, whose shape must fit the attribute.
static LogicalResult buildEnsureShape(NodeBuilder &node, Results &results) {
  Chain chain(node);
  Value x = node.input(0);
  std::optional<SmallVector<int64_t>> shape = node.shapeAttr("shape");
  if (!shape)
    return chain.give(results, x);
  RankedTensorType type = node.inputType(0);
  if (int64_t(shape->size()) != type.getRank())
    return node.error() << "expected a tensor of rank " << shape->size()
                        << ", got " << type;
  for (auto [axis, size] : llvm::enumerate(*shape))
    if (!ShapedType::isDynamic(size))
      x = chain.checkSize(x, axis, size);
  return chain.give(results, x);
}

//===----------------------------------------------------------------------===//
// Registration
//===----------------------------------------------------------------------===//

void tensorflow::registerShapeOps(OpTable &table) {
  table
      .add("Shape", "input: T -> output: out_type; out_type: type = int32",
           buildShape)
      .usesTypeOf(0);
  table
      .add("ShapeN",
           "input: N * T -> output: N * out_type; out_type: type = int32",
           buildShape)
      .usesTypes();
  table
      .add("Size", "input: T -> output: out_type; out_type: type = int32",
           buildSize)
      .usesTypeOf(0);
  table.add("Rank", "input: T -> output: int32", buildRank).usesTypeOf(0);

  table
      .add("Reshape",
           "tensor: T, shape: Tshape -> output: T; Tshape: type = int32",
           buildReshape)
      .reshapes(0)
      .note("a shape of known length");
  table
      .add("ExpandDims", "input: T, dim: Tdim -> output: T; Tdim: type = int32",
           buildExpandDims)
      .reshapes(0)
      .note("a constant position");
  table
      .add("Squeeze", "input: T -> output: T; squeeze_dims: list(int) = []",
           buildSqueeze)
      .reshapes(0)
      .note("open dims only if they are named");
  table
      .add("Transpose", "x: T, perm: Tperm -> y: T; Tperm: type = int32",
           buildTranspose)
      .note("a constant permutation");
  table
      .add("ConjugateTranspose",
           "x: T, perm: Tperm -> y: T; Tperm: type = int32", buildTranspose)
      .note("a constant permutation");
  table
      .add("BroadcastTo",
           "input: T, shape: Tidx -> output: T; Tidx: type = int32",
           buildBroadcastTo)
      .note("a shape of known length");
  table.add("EnsureShape", "input: T -> output: T; shape: shape",
            buildEnsureShape);
}
