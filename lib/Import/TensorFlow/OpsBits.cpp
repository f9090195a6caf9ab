//===- OpsBits.cpp - the bits of numbers ----------------------------------===//
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

static LogicalResult buildBitcast(NodeBuilder &node, Results &results) {
  if (failed(expectKind(node, 0, Numbers)))
    return failure();
  Type to = node.typeAttr("type");
  if (!to || !isOfKind(to, Numbers))
    return node.error("expected attribute type to be a type of numbers");
  Chain chain(node);
  Value x = node.input(0);
  RankedTensorType type = node.inputType(0);
  unsigned from = type.getElementTypeBitWidth();
  unsigned width = to.getIntOrFloatBitWidth();
  if (width > from) {
    if (type.getRank() == 0)
      return node.error() << "expected input 0 (input) to have a last dim of "
                          << width / from << ", which make one " << to
                          << ", got " << type;
    x = chain.checkSize(x, type.getRank() - 1, width / from);
  }
  return chain.give(results,
                    chain.op<graph::BitcastOp>(x, chain.attr("to", to)));
}

template <typename OpTy>
static LogicalResult buildShift(NodeBuilder &node, Results &results) {
  if (failed(expectKind(node, 0, Ints)))
    return failure();
  Chain chain(node);
  Value y = node.input(1);
  Value x = chain.checkBroadcast(node.input(0), y);
  return chain.give(results, chain.op<OpTy>({x, y}));
}

static LogicalResult buildPopulationCount(NodeBuilder &node, Results &results) {
  if (failed(expectKind(node, 0, Ints)))
    return failure();
  Chain chain(node);
  return chain.give(results, chain.op<graph::PopulationCountOp>(node.input(0)));
}

/// The float next to x1 in the direction of x2, by the order of their bits.
static LogicalResult buildNextAfter(NodeBuilder &node, Results &results) {
  if (failed(expectKind(node, 0, Floats)))
    return failure();
  Chain chain(node);
  Value to = node.input(1);
  Value from = chain.checkBroadcast(node.input(0), to);
  if (!from)
    return failure();
  Type type = node.elementType(0);
  Type bitsType = node.builder().getIntegerType(type.getIntOrFloatBitWidth());
  Value zero = chain.scalar(0, from);
  Value one = chain.integer(1, bitsType);
  Value bits = chain.op<graph::BitcastOp>(from, chain.attr("to", bitsType));

  // Away from zero the bits count up, whatever the sign.
  Value isPositive = chain.compare(CompareDirection::GT, from, zero);
  Value goesUp = chain.compare(CompareDirection::GT, to, from);
  Value leavesZero = chain.compare(CompareDirection::EQ, isPositive, goesUp);
  Value next =
      chain.select(leavesZero, chain.add(bits, one), chain.sub(bits, one));
  // From a zero on there is the least number of the direction's sign.
  Value isZero = chain.compare(CompareDirection::EQ, from, zero);
  Value sign =
      chain.integer(int64_t(1) << (type.getIntOrFloatBitWidth() - 1), bitsType);
  Value least = chain.select(goesUp, one, chain.op<graph::OrOp>({sign, one}));
  next = chain.select(isZero, least, next);
  Value result = chain.op<graph::BitcastOp>(next, chain.attr("to", type));

  Value isThere = chain.compare(CompareDirection::EQ, from, to);
  result = chain.select(isThere, to, result);
  // NaN on either side gives NaN.
  Value sum = chain.add(from, to);
  Value isNan = chain.op<graph::OrOp>(
      {chain.op<graph::IsNanOp>(from), chain.op<graph::IsNanOp>(to)});
  return chain.give(results, chain.select(isNan, sum, result));
}

void tensorflow::registerBitsOps(OpTable &table) {
  table.add("Bitcast", "input: T -> output: type; type: type", buildBitcast)
      .note("numbers; wider elements take their parts from the last dim");
  constexpr StringLiteral shift = "x: T, y: T -> z: T";
  constexpr StringLiteral cutAmount =
      "an amount is cut to [0, width of the type)";
  table.add("LeftShift", shift, buildShift<graph::ShiftLeftOp>).note(cutAmount);
  table.add("RightShift", shift, buildShift<graph::ShiftRightOp>)
      .note(cutAmount);
  table.add("PopulationCount", "x: T -> y: uint8", buildPopulationCount);
  table.add("NextAfter", "x1: T, x2: T -> output: T; T: type = float",
            buildNextAfter);
}
