//===- OpsReduction.cpp - sums, norms, greatest elements ------------------===//
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
using graph::ReduceKind;

//===----------------------------------------------------------------------===//
// Reductions along axes
//===----------------------------------------------------------------------===//

/// The axes at input 1, in ascending order.
static FailureOr<SmallVector<int64_t>> getAxes(NodeBuilder &node) {
  auto given = node.requireInts(1);
  if (failed(given))
    return failure();
  SmallVector<int64_t> axes;
  for (int64_t axis : *given) {
    auto normalized = node.normalizeAxis(axis, node.inputType(0).getRank());
    if (failed(normalized))
      return failure();
    axes.push_back(*normalized);
  }
  llvm::sort(axes);
  auto twice = std::adjacent_find(axes.begin(), axes.end());
  if (twice != axes.end())
    return LogicalResult(node.error() << "expected different axes, but axis "
                                      << *twice << " is given twice");
  return axes;
}

template <ReduceKind kind, unsigned kinds>
static LogicalResult buildReduce(NodeBuilder &node, Results &results) {
  if (failed(expectKind(node, 0, kinds)))
    return failure();
  auto axes = getAxes(node);
  if (failed(axes))
    return failure();
  Chain chain(node);
  Value x = node.input(0);
  // Without axes there is nothing to combine.
  if (!axes->empty())
    x = chain.reduce(kind, x, *axes, node.boolAttr("keep_dims"));
  return chain.give(results, x);
}

/// The square root of the sum of squares. The squares and the sum of integers
/// wrap around, as in TensorFlow; the root takes the detour of double.
static LogicalResult buildEuclideanNorm(NodeBuilder &node, Results &results) {
  if (failed(expectKind(node, 0, Numbers)))
    return failure();
  auto axes = getAxes(node);
  if (failed(axes))
    return failure();
  Chain chain(node);
  Type elementType = node.elementType(0);
  Value x = chain.widen(node.input(0));
  Value sum = chain.mul(x, x);
  if (!axes->empty())
    sum = chain.reduce(ReduceKind::Sum, sum, *axes, node.boolAttr("keep_dims"));
  if (isOfKind(elementType, Ints))
    sum = chain.cast(sum, node.builder().getF64Type());
  return chain.give(results,
                    chain.cast(chain.op<graph::SqrtOp>(sum), elementType));
}

/// Half the sum of squares of all elements.
static LogicalResult buildL2Loss(NodeBuilder &node, Results &results) {
  if (failed(expectKind(node, 0, Floats)))
    return failure();
  Chain chain(node);
  Value x = chain.widen(node.input(0));
  Value sum = chain.mul(x, x);
  if (int64_t rank = node.inputType(0).getRank())
    sum = chain.reduce(ReduceKind::Sum, sum,
                       llvm::to_vector(llvm::seq<int64_t>(0, rank)));
  Value half = chain.mul(sum, chain.scalar(0.5, x));
  return chain.give(results, chain.cast(half, node.elementType(0)));
}

//===----------------------------------------------------------------------===//
// Positions and order
//===----------------------------------------------------------------------===//

template <typename OpTy>
static LogicalResult buildArg(NodeBuilder &node, Results &results) {
  auto dimension = node.requireInts(1);
  if (failed(dimension))
    return failure();
  if (dimension->size() != 1)
    return node.error()
           << "expected input 1 (dimension) to be one integer, got "
           << dimension->size();
  auto axis =
      node.normalizeAxis(dimension->front(), node.inputType(0).getRank());
  if (failed(axis))
    return failure();
  if (node.inputType(0).getDimSize(*axis) == 0)
    return node.error() << "expected dim " << *axis
                        << " of input 0 (input) not to be empty";
  Type outType = node.typeAttr("output_type");
  if (!outType || !isOfKind(outType, Ints))
    return node.error("expected attribute output_type to be an integer type");
  Chain chain(node);
  Value x = node.input(0);
  // Where there is nothing to look for, nothing is found.
  if (!chain.checkAtLeast(chain.dim(x, *axis), 1, "a size"))
    return failure();
  return chain.give(results,
                    chain.op<OpTy>(x, {chain.attr("axis", *axis),
                                       chain.attr("out_type", outType)}));
}

/// Appends the k greatest elements along the last dim and their positions.
static LogicalResult topK(NodeBuilder &node, Value k, Results &results) {
  if (failed(expectKind(node, 0, Numbers)))
    return failure();
  int64_t rank = node.inputType(0).getRank();
  if (rank < 1)
    return node.error("expected input 0 (input) to have at least one dim, got "
                      "a scalar");
  Chain chain(node);
  Value x = node.input(0);
  Type countType = tensorType(k).getElementType();
  k = chain.checkBounds(k, chain.integer(0, countType),
                        chain.dim(x, rank - 1, countType), "a k");
  if (!k)
    return failure();
  SmallVector<NamedAttribute> attributes;
  if (node.boolAttr("sorted"))
    attributes.push_back(chain.flag("sorted"));
  auto top = node.build<graph::TopKOp>({x, k}, attributes);
  if (failed(top))
    return failure();
  results.push_back(top->getValues());
  results.push_back(top->getIndices());
  return success();
}

static LogicalResult buildTopK(NodeBuilder &node, Results &results) {
  Chain chain(node);
  Value k = chain.integer(node.intAttr("k"), node.builder().getI32Type());
  return topK(node, k, results);
}

/// Whether fewer than k classes of a row are more probable than the target. Not
/// so where the target is no class or any prediction is not finite.
static LogicalResult inTopK(NodeBuilder &node, Value k, Results &results) {
  if (failed(expectKind(node, 0, Floats)) || failed(expectRank(node, 0, 2)) ||
      failed(expectRank(node, 1, 1)))
    return failure();
  using graph::CompareDirection;
  Chain chain(node);
  Value targets = node.input(1);
  Value x = chain.checkDims(node.input(0), targets, int64_t(0), int64_t(0));
  if (!x)
    return failure();
  Type classType = tensorType(targets).getElementType();
  Value classes =
      chain.range(chain.integer(0, classType), chain.dim(x, 1, classType),
                  chain.integer(1, classType));
  Value isTarget = chain.compare(
      CompareDirection::EQ, chain.expandDims(targets, int64_t(1)), classes);
  Value lowest = chain.scalar(-std::numeric_limits<double>::infinity(), x);
  Value wanted =
      chain.reduce(ReduceKind::Max, chain.select(isTarget, x, lowest),
                   int64_t(1), /*keepDims=*/true);
  Value isGreater = chain.compare(CompareDirection::GT, x, wanted);
  Value count = chain.reduce(
      ReduceKind::Sum, chain.cast(isGreater, tensorType(k).getElementType()),
      int64_t(1));
  Value isInside = chain.compare(CompareDirection::LT, count, k);
  Value isClass = chain.reduce(ReduceKind::Any, isTarget, int64_t(1));
  Value isFinite =
      chain.reduce(ReduceKind::All, chain.op<graph::IsFiniteOp>(x), int64_t(1));
  Value canSay = chain.op<graph::AndOp>({isClass, isFinite});
  return chain.give(results, chain.op<graph::AndOp>({isInside, canSay}));
}

static LogicalResult buildInTopK(NodeBuilder &node, Results &results) {
  Chain chain(node);
  Value k = chain.integer(node.intAttr("k"), node.builder().getI64Type());
  return inTopK(node, k, results);
}

static LogicalResult buildInTopKV2(NodeBuilder &node, Results &results) {
  if (failed(expectRank(node, 2, 0)))
    return failure();
  return inTopK(node, node.input(2), results);
}

static LogicalResult buildTopKV2(NodeBuilder &node, Results &results) {
  if (failed(expectRank(node, 1, 0)))
    return failure();
  if (!node.elementType(1).isSignlessInteger(32) &&
      !node.elementType(1).isSignlessInteger(64))
    return node.error() << "expected input 1 (k) to be of type int32 or int64, "
                           "got "
                        << node.inputType(1);
  Type indexType = node.typeAttr("index_type");
  if (!indexType || !isOfKind(indexType, SignedInts))
    return node.error("expected attribute index_type to be a signed integer "
                      "type");
  if (failed(topK(node, node.input(1), results)))
    return failure();
  Chain chain(node);
  results.back() = chain.cast(results.back(), indexType);
  return success(results.back() != nullptr);
}

//===----------------------------------------------------------------------===//
// Registration
//===----------------------------------------------------------------------===//

void tensorflow::registerReductionOps(OpTable &table) {
  constexpr StringLiteral numbers =
      "input: T, reduction_indices: Tidx -> output: T; "
      "keep_dims: bool = false, Tidx: type = int32";
  constexpr StringLiteral booleans =
      "input: bool, reduction_indices: Tidx -> output: bool; "
      "keep_dims: bool = false, Tidx: type = int32";
  constexpr StringLiteral constantAxes = "constant axes";
  table.add("Sum", numbers, buildReduce<ReduceKind::Sum, Numbers>)
      .note(constantAxes);
  table.add("Prod", numbers, buildReduce<ReduceKind::Prod, Numbers>)
      .note(constantAxes);
  table.add("Max", numbers, buildReduce<ReduceKind::Max, Numbers>)
      .note(constantAxes);
  table.add("Min", numbers, buildReduce<ReduceKind::Min, Numbers>)
      .note(constantAxes);
  table.add("Mean", numbers, buildReduce<ReduceKind::Mean, Numbers>)
      .note("constant axes; the mean of integers rounds toward zero");
  table.add("All", booleans, buildReduce<ReduceKind::All, Booleans>)
      .note(constantAxes);
  table.add("Any", booleans, buildReduce<ReduceKind::Any, Booleans>)
      .note(constantAxes);
  table.add("EuclideanNorm", numbers, buildEuclideanNorm).note(constantAxes);
  table.add("L2Loss", "t: T -> output: T", buildL2Loss);

  constexpr StringLiteral arg =
      "input: T, dimension: Tidx -> output: output_type; "
      "Tidx: type = int32, output_type: type = int64";
  table.add("ArgMax", arg, buildArg<graph::ArgMaxOp>).note("constant axis");
  table.add("ArgMin", arg, buildArg<graph::ArgMinOp>).note("constant axis");
  table.add("InTopK",
            "predictions: float, targets: T -> precision: bool; k: int, "
            "T: type = int32",
            buildInTopK);
  table.add("InTopKV2",
            "predictions: float, targets: T, k: T -> precision: bool; "
            "T: type = int32",
            buildInTopKV2);
  table
      .add("TopKV2",
           "input: T, k: Tk -> values: T, indices: index_type; sorted: bool = "
           "true, Tk: type = int32, index_type: type = int32",
           buildTopKV2)
      .note("a k beyond the last dim fails the call");
  table
      .add("TopK",
           "input: T -> values: T, indices: int32; k: int, sorted: bool = true",
           buildTopK)
      .note("a k beyond the last dim fails the call");
}
