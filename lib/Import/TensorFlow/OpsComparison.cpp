//===- OpsComparison.cpp - comparisons, logic, selection ------------------===//
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
using graph::CompareDirection;

//===----------------------------------------------------------------------===//
// Comparisons
//===----------------------------------------------------------------------===//

template <CompareDirection direction>
static LogicalResult buildCompare(NodeBuilder &node, Results &results) {
  if (failed(expectKind(node, 0, Numbers)))
    return failure();
  Chain chain(node);
  Value y = node.input(1);
  Value x = chain.checkBroadcast(node.input(0), y);
  return chain.give(results, chain.compare(direction, x, y));
}

/// Whether two static shapes broadcast; open dims count as if they did.
static bool mayBroadcast(RankedTensorType a, RankedTensorType b) {
  for (auto [x, y] :
       llvm::zip(llvm::reverse(a.getShape()), llvm::reverse(b.getShape())))
    if (x != y && x != 1 && y != 1 && !ShapedType::isDynamic(x) &&
        !ShapedType::isDynamic(y))
      return false;
  return true;
}

/// Equal and NotEqual, which may be told that tensors whose shapes do not fit
/// are simply not equal.
template <CompareDirection direction>
static LogicalResult buildEquality(NodeBuilder &node, Results &results) {
  Chain chain(node);
  Value x = node.input(0);
  Value y = node.input(1);
  if (node.boolAttr("incompatible_shape_error"))
    return chain.give(results,
                      chain.compare(direction, chain.checkBroadcast(x, y), y));
  RankedTensorType xType = node.inputType(0);
  RankedTensorType yType = node.inputType(1);
  if (!mayBroadcast(xType, yType))
    return chain.give(results, node.splat(node.builder().getI1Type(),
                                          direction == CompareDirection::NE));
  if (!xType.hasStaticShape() || !yType.hasStaticShape())
    return node.error()
           << "with incompatible_shape_error=false expected inputs "
              "of static shape, got "
           << xType << " and " << yType
           << "; give the feeds static shapes or set the "
              "attribute";
  return chain.give(results, chain.compare(direction, x, y));
}

/// |x - y| <= tolerance
static LogicalResult buildApproximateEqual(NodeBuilder &node,
                                           Results &results) {
  if (failed(expectKind(node, 0, SignedNumbers)))
    return failure();
  Chain chain(node);
  Value y = node.input(1);
  Value x = chain.checkSameShape(node.input(0), y);
  Value distance = chain.op<graph::AbsOp>(chain.sub(x, y));
  Value tolerance = chain.scalar(node.floatAttr("tolerance"), y);
  return chain.give(results,
                    chain.compare(CompareDirection::LE, distance, tolerance));
}

//===----------------------------------------------------------------------===//
// Logic
//===----------------------------------------------------------------------===//

template <typename OpTy, unsigned kinds>
static LogicalResult buildLogical(NodeBuilder &node, Results &results) {
  if (failed(expectKind(node, 0, kinds)))
    return failure();
  Chain chain(node);
  Value y = node.input(1);
  Value x = chain.checkBroadcast(node.input(0), y);
  return chain.give(results, chain.op<OpTy>({x, y}));
}

template <unsigned kinds>
static LogicalResult buildNot(NodeBuilder &node, Results &results) {
  if (failed(expectKind(node, 0, kinds)))
    return failure();
  Chain chain(node);
  return chain.give(results, chain.op<graph::NotOp>(node.input(0)));
}

//===----------------------------------------------------------------------===//
// Selection
//===----------------------------------------------------------------------===//

/// TF 1's Select: the condition is a scalar, a vector that picks rows, or has
/// the shape of both branches.
static LogicalResult buildSelect(NodeBuilder &node, Results &results) {
  Chain chain(node);
  Value condition = node.input(0);
  Value b = node.input(2);
  Value a = chain.checkSameShape(node.input(1), b);
  if (!a)
    return failure();
  int64_t rank = tensorType(a).getRank();
  int64_t conditionRank = tensorType(condition).getRank();
  if (conditionRank == 1 && rank > 1) {
    condition = chain.checkDims(condition, a, int64_t(0), int64_t(0));
    condition = chain.expandDims(condition,
                                 llvm::to_vector(llvm::seq<int64_t>(1, rank)));
  } else if (conditionRank != 0) {
    condition = chain.checkSameShape(condition, a);
  }
  return chain.give(results, chain.select(condition, a, b));
}

static LogicalResult buildSelectV2(NodeBuilder &node, Results &results) {
  Chain chain(node);
  Value a = node.input(1);
  Value b = node.input(2);
  Value condition = chain.checkBroadcast(node.input(0), {a, b});
  return chain.give(results, chain.select(condition, a, b));
}

//===----------------------------------------------------------------------===//
// Registration
//===----------------------------------------------------------------------===//

void tensorflow::registerComparisonOps(OpTable &table) {
  constexpr StringLiteral compare = "x: T, y: T -> z: bool";
  table.add("Less", compare, buildCompare<CompareDirection::LT>);
  table.add("LessEqual", compare, buildCompare<CompareDirection::LE>);
  table.add("Greater", compare, buildCompare<CompareDirection::GT>);
  table.add("GreaterEqual", compare, buildCompare<CompareDirection::GE>);
  constexpr StringLiteral equality =
      "x: T, y: T -> z: bool; incompatible_shape_error: bool = true";
  table.add("Equal", equality, buildEquality<CompareDirection::EQ>)
      .note("with incompatible_shape_error=false static shapes only");
  table.add("NotEqual", equality, buildEquality<CompareDirection::NE>)
      .note("with incompatible_shape_error=false static shapes only");
  table
      .add("ApproximateEqual",
           "x: T, y: T -> z: bool; tolerance: float = 0.00001",
           buildApproximateEqual)
      .note("signed numbers of one shape");

  constexpr StringLiteral logical = "x: bool, y: bool -> z: bool";
  table.add("LogicalAnd", logical, buildLogical<graph::AndOp, Booleans>);
  table.add("LogicalOr", logical, buildLogical<graph::OrOp, Booleans>);
  table.add("LogicalNot", "x: bool -> y: bool", buildNot<Booleans>);
  constexpr StringLiteral bits = "x: T, y: T -> z: T";
  table.add("BitwiseAnd", bits, buildLogical<graph::AndOp, Ints>);
  table.add("BitwiseOr", bits, buildLogical<graph::OrOp, Ints>);
  table.add("BitwiseXor", bits, buildLogical<graph::XorOp, Ints>);
  table.add("Invert", "x: T -> y: T", buildNot<Ints>);

  table.add("Select", "condition: bool, t: T, e: T -> output: T", buildSelect);
  table.add("SelectV2", "condition: bool, t: T, e: T -> output: T",
            buildSelectV2);
}
