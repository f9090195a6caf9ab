//===- OpsElementwise.cpp - TensorFlow's arithmetic -----------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Functions of one and of two tensors, element by element. What TensorFlow
// computes in one step is rounded once here too: a decomposition that could
// round half or bfloat16 in between goes through float.
//
//===----------------------------------------------------------------------===//

#include "Lists.h"
#include "OpFamilies.h"
#include "graph.pb.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;

using Results = SmallVectorImpl<Value>;

//===----------------------------------------------------------------------===//
// One operand
//===----------------------------------------------------------------------===//

template <typename OpTy, unsigned kinds>
static LogicalResult buildUnary(NodeBuilder &node, Results &results) {
  if (failed(expectKind(node, 0, kinds)))
    return failure();
  Chain chain(node);
  return chain.give(results, chain.op<OpTy>(node.input(0)));
}

/// Rounding: integers stay as they are.
static LogicalResult buildRound(NodeBuilder &node, Results &results) {
  if (failed(expectKind(node, 0, Numbers)))
    return failure();
  Chain chain(node);
  Value x = node.input(0);
  if (isOfKind(node.elementType(0), Floats))
    x = chain.op<graph::RoundEvenOp>(x);
  return chain.give(results, x);
}

static LogicalResult buildSquare(NodeBuilder &node, Results &results) {
  if (failed(expectKind(node, 0, Numbers)))
    return failure();
  Chain chain(node);
  Value x = node.input(0);
  return chain.give(results, chain.mul(x, x));
}

static LogicalResult buildReciprocal(NodeBuilder &node, Results &results) {
  if (failed(expectKind(node, 0, Floats)))
    return failure();
  Chain chain(node);
  Value x = node.input(0);
  return chain.give(results, chain.div(chain.scalar(1, x), x));
}

static LogicalResult buildCast(NodeBuilder &node, Results &results) {
  Type from = node.elementType(0);
  Type to = node.typeAttr("DstT");
  if (!to)
    return node.error(
        "expected attribute DstT to be a type of numbers or bool");
  bool dropsBits = isa<FloatType>(from) && isa<FloatType>(to) &&
                   to.getIntOrFloatBitWidth() < from.getIntOrFloatBitWidth();
  if (node.boolAttr("Truncate") && dropsBits)
    return node.error("casts between floating-point types with Truncate=true "
                      "are not supported; clear the attribute to round to "
                      "nearest");
  Chain chain(node);
  return chain.give(results, chain.cast(node.input(0), to));
}

//===----------------------------------------------------------------------===//
// Two operands
//===----------------------------------------------------------------------===//

/// The operands of a broadcasting op, checked.
namespace {
struct Operands {
  Operands(NodeBuilder &node, Chain &chain)
      : y(node.input(1)), x(chain.checkBroadcast(node.input(0), y)) {}
  Value y;
  Value x;
};
} // namespace

template <typename OpTy, unsigned kinds>
static LogicalResult buildBinary(NodeBuilder &node, Results &results) {
  if (failed(expectKind(node, 0, kinds)))
    return failure();
  Chain chain(node);
  Operands in(node, chain);
  return chain.give(results, chain.op<OpTy>({in.x, in.y}));
}

/// Division and remainder: an integer must not be divided by zero.
template <typename IntOpTy, typename FloatOpTy, unsigned kinds = Numbers>
static LogicalResult buildDivision(NodeBuilder &node, Results &results) {
  if (failed(expectKind(node, 0, kinds)))
    return failure();
  Chain chain(node);
  Operands in(node, chain);
  Value quotient = isOfKind(node.elementType(0), Floats)
                       ? chain.op<FloatOpTy>({in.x, in.y})
                       : chain.op<IntOpTy>({in.x, chain.checkNonzero(in.y)});
  return chain.give(results, quotient);
}

/// The quotient rounded toward zero.
static LogicalResult buildTruncateDiv(NodeBuilder &node, Results &results) {
  if (isOfKind(node.elementType(0), Ints))
    return buildDivision<graph::TruncDivOp, graph::DivOp>(node, results);
  if (failed(expectKind(node, 0, Numbers)))
    return failure();
  Chain chain(node);
  Operands in(node, chain);
  Value quotient = chain.div(chain.widen(in.x), chain.widen(in.y));
  Value isNegative = chain.compare(graph::CompareDirection::LT, quotient,
                                   chain.scalar(0, quotient));
  Value whole = chain.select(isNegative, chain.op<graph::CeilOp>(quotient),
                             chain.op<graph::FloorOp>(quotient));
  return chain.give(results, chain.cast(whole, node.elementType(0)));
}

/// x op y, but 0 where y is 0.
template <typename OpTy>
static LogicalResult buildNoNan(NodeBuilder &node, Results &results) {
  if (failed(expectKind(node, 0, Floats)))
    return failure();
  Chain chain(node);
  Operands in(node, chain);
  Value zero = chain.scalar(0, in.x);
  Value isZero = chain.compare(graph::CompareDirection::EQ, in.y, zero);
  Value value = chain.op<OpTy>({in.x, in.y});
  return chain.give(results, chain.select(isZero, zero, value));
}

static LogicalResult buildSquaredDifference(NodeBuilder &node,
                                            Results &results) {
  if (failed(expectKind(node, 0, Numbers)))
    return failure();
  Chain chain(node);
  Operands in(node, chain);
  Value difference = chain.sub(chain.widen(in.x), chain.widen(in.y));
  Value square = chain.mul(difference, difference);
  return chain.give(results, chain.cast(square, node.elementType(0)));
}

/// x * log(y), x * log1p(y), x / y: 0 where x is 0, whatever y is.
template <typename FactorTy>
static LogicalResult buildZeroTimes(NodeBuilder &node, Results &results) {
  if (failed(expectKind(node, 0, Floats)))
    return failure();
  Chain chain(node);
  Operands in(node, chain);
  Value x = chain.widen(in.x);
  Value y = chain.widen(in.y);
  Value zero = chain.scalar(0, x);
  Value isZero = chain.compare(graph::CompareDirection::EQ, x, zero);
  Value value;
  if constexpr (std::is_same_v<FactorTy, graph::DivOp>)
    value = chain.div(x, y);
  else
    value = chain.mul(x, chain.op<FactorTy>(y));
  value = chain.select(isZero, zero, value);
  return chain.give(results, chain.cast(value, node.elementType(0)));
}

static LogicalResult buildPow(NodeBuilder &node, Results &results) {
  if (failed(expectKind(node, 0, Numbers)))
    return failure();
  Chain chain(node);
  Operands in(node, chain);
  // TensorFlow refuses to raise integers to negative powers.
  if (isOfKind(node.elementType(0), SignedInts))
    in.y = chain.checkAtLeast(in.y, 0, "an exponent");
  return chain.give(results, chain.op<graph::PowOp>({in.x, in.y}));
}

/// min(max(x, low), high); the bounds are scalars or have the shape of x.
static LogicalResult buildClip(NodeBuilder &node, Results &results) {
  if (failed(expectKind(node, 0, Numbers)))
    return failure();
  Chain chain(node);
  Value x = node.input(0);
  Value low = node.input(1);
  Value high = node.input(2);
  for (Value bound : {low, high})
    if (tensorType(bound).getRank() != 0)
      x = chain.checkSameShape(x, bound);
  return chain.give(results, chain.min(chain.max(x, low), high));
}

static LogicalResult buildAdd(NodeBuilder &node, Results &results) {
  FailureOr<Value> flow = addFlows(node, {node.input(0), node.input(1)});
  if (failed(flow))
    return failure();
  if (!*flow)
    return buildBinary<graph::AddOp, Numbers>(node, results);
  results.push_back(*flow);
  return success();
}

/// The sum of tensors of one shape, from left to right.
static LogicalResult buildAddN(NodeBuilder &node, Results &results) {
  SmallVector<Value> inputs = node.inputs("inputs");
  FailureOr<Value> flow = addFlows(node, inputs);
  if (failed(flow))
    return failure();
  if (*flow) {
    results.push_back(*flow);
    return success();
  }
  // Of lists, one whose elements are known tells those of the others.
  auto *known =
      llvm::find_if(inputs, [](Value x) { return !isUntypedList(x); });
  if (known != inputs.end())
    for (Value input : inputs)
      refineList(input, tensorType(*known));
  ListChain chain(node);
  Value sum = inputs.front();
  if (isUntypedList(sum))
    return chain.give(results, chain.sumOfUntyped(inputs));
  if (failed(expectKind(node, 0, Numbers)))
    return failure();
  bool addsLists = node.dataTypeAttr("T") == proto::DT_VARIANT;
  for (Value input : ArrayRef(inputs).drop_front())
    sum = addsLists ? chain.addLists(sum, input)
                    : chain.add(chain.checkSameShape(sum, input), input);
  return chain.give(results, sum);
}

/// A vector added along the last dim, or along dim 1 of NCHW.
static LogicalResult buildBiasAdd(NodeBuilder &node, Results &results) {
  if (failed(expectKind(node, 0, Numbers)) || failed(expectRank(node, 1, 1)))
    return failure();
  int64_t rank = node.inputType(0).getRank();
  if (rank < 2)
    return node.error()
           << "expected input 0 (value) to have at least two dims, "
              "got "
           << node.inputType(0);
  StringRef format = node.stringAttr("data_format");
  if (format != "NHWC" && format != "NCHW")
    return node.error() << "expected attribute data_format to be \"NHWC\" or "
                           "\"NCHW\", got \""
                        << format << "\"";
  int64_t channels = format == "NHWC" ? rank - 1 : 1;
  Chain chain(node);
  Value bias = node.input(1);
  Value value =
      chain.checkDims(node.input(0), bias, channels, /*rhsDims=*/int64_t(0));
  SmallVector<int64_t> dimsAfter =
      llvm::to_vector(llvm::seq<int64_t>(1, rank - channels));
  bias = chain.expandDims(bias, dimsAfter);
  return chain.give(results, chain.add(value, bias));
}

//===----------------------------------------------------------------------===//
// Registration
//===----------------------------------------------------------------------===//

static void registerUnaryOps(OpTable &table) {
  constexpr StringLiteral same = "x: T -> y: T";
  table.add("Abs", same, buildUnary<graph::AbsOp, SignedNumbers>);
  table.add("Neg", same, buildUnary<graph::NegOp, SignedNumbers>);
  table.add("Sign", same, buildUnary<graph::SignOp, SignedNumbers>);
  table.add("Exp", same, buildUnary<graph::ExpOp, Floats>);
  table.add("Expm1", same, buildUnary<graph::Expm1Op, Floats>);
  table.add("Log", same, buildUnary<graph::LogOp, Floats>);
  table.add("Log1p", same, buildUnary<graph::Log1pOp, Floats>);
  table.add("Sqrt", same, buildUnary<graph::SqrtOp, Floats>);
  table.add("Rsqrt", same, buildUnary<graph::RsqrtOp, Floats>);
  table.add("Sin", same, buildUnary<graph::SinOp, Floats>);
  table.add("Cos", same, buildUnary<graph::CosOp, Floats>);
  table.add("Tan", same, buildUnary<graph::TanOp, Floats>);
  table.add("Asin", same, buildUnary<graph::AsinOp, Floats>);
  table.add("Acos", same, buildUnary<graph::AcosOp, Floats>);
  table.add("Atan", same, buildUnary<graph::AtanOp, Floats>);
  table.add("Sinh", same, buildUnary<graph::SinhOp, Floats>);
  table.add("Cosh", same, buildUnary<graph::CoshOp, Floats>);
  table.add("Tanh", same, buildUnary<graph::TanhOp, Floats>);
  table.add("Asinh", same, buildUnary<graph::AsinhOp, Floats>);
  table.add("Acosh", same, buildUnary<graph::AcoshOp, Floats>);
  table.add("Atanh", same, buildUnary<graph::AtanhOp, Floats>);
  table.add("Erf", same, buildUnary<graph::ErfOp, Floats>);
  table.add("Erfc", same, buildUnary<graph::ErfcOp, Floats>);
  table.add("Lgamma", same, buildUnary<graph::LgammaOp, Floats>);
  table.add("Sigmoid", same, buildUnary<graph::LogisticOp, Floats>);
  table.add("Floor", same, buildUnary<graph::FloorOp, Floats>);
  table.add("Ceil", same, buildUnary<graph::CeilOp, Floats>);
  table.add("Rint", same, buildUnary<graph::RoundEvenOp, Floats>)
      .note("ties to even");
  table.add("Round", same, buildRound).note("ties to even");
  table.add("Square", same, buildSquare);
  table.add("Reciprocal", same, buildReciprocal).note("floats only");
  table.add("Inv", same, buildReciprocal).note("floats only");

  constexpr StringLiteral classify = "x: T -> y: bool";
  table.add("IsFinite", classify, buildUnary<graph::IsFiniteOp, Floats>);
  table.add("IsInf", classify, buildUnary<graph::IsInfOp, Floats>);
  table.add("IsNan", classify, buildUnary<graph::IsNanOp, Floats>);

  table.add("Cast", "x: SrcT -> y: DstT; Truncate: bool = false", buildCast)
      .note("floats to narrower floats with Truncate are not supported");
}

static void registerBinaryOps(OpTable &table) {
  constexpr StringLiteral same = "x: T, y: T -> z: T";
  for (StringRef name : {"Add", "AddV2"})
    table.add(name, same, buildAdd).lists();
  table.add("Sub", same, buildBinary<graph::SubOp, Numbers>);
  table.add("Mul", same, buildBinary<graph::MulOp, Numbers>);
  table.add("Maximum", same, buildBinary<graph::MaxOp, Numbers>)
      .note("NaN on either side gives NaN");
  table.add("Minimum", same, buildBinary<graph::MinOp, Numbers>)
      .note("NaN on either side gives NaN");
  table.add("RealDiv", same, buildBinary<graph::DivOp, Floats>)
      .note("floats only");
  table.add("Atan2", same, buildBinary<graph::Atan2Op, Floats>);
  table.add("Pow", same, buildPow)
      .note("an integer to a negative power fails the call");

  table.add("Div", same, buildDivision<graph::TruncDivOp, graph::DivOp>)
      .note("integers round toward zero; a zero divisor fails the call");
  table
      .add("FloorDiv", same,
           buildDivision<graph::FloorDivOp, graph::FloorDivOp>)
      .note("an integer divided by zero fails the call");
  table
      .add("FloorMod", same,
           buildDivision<graph::FloorModOp, graph::FloorModOp>)
      .note("an integer divided by zero fails the call");
  table
      .add("TruncateMod", same,
           buildDivision<graph::TruncModOp, graph::TruncModOp>)
      .note("an integer divided by zero fails the call");
  table.add("Mod", same, buildDivision<graph::TruncModOp, graph::TruncModOp>)
      .note("an integer divided by zero fails the call");
  table.add("TruncateDiv", same, buildTruncateDiv)
      .note("an integer divided by zero fails the call");

  table.add("DivNoNan", same, buildNoNan<graph::DivOp>);
  table.add("MulNoNan", same, buildNoNan<graph::MulOp>);
  table.add("SquaredDifference", same, buildSquaredDifference);
  table.add("Xlogy", same, buildZeroTimes<graph::LogOp>);
  table.add("Xlog1py", same, buildZeroTimes<graph::Log1pOp>);
  table.add("Xdivy", same, buildZeroTimes<graph::DivOp>);
}

void tensorflow::registerElementwiseOps(OpTable &table) {
  registerUnaryOps(table);
  registerBinaryOps(table);
  table
      .add("ClipByValue",
           "t: T, clip_value_min: T, clip_value_max: T -> output: T", buildClip)
      .note("the bounds are scalars or have the shape of the tensor");
  table.add("AddN", "inputs: N * T -> sum: T", buildAddN)
      .lists()
      .note("all inputs have one shape");
  table.add("AccumulateNV2", "inputs: N * T -> sum: T; shape: shape", buildAddN)
      .note("all inputs have one shape");
  table
      .add("BiasAdd",
           "value: T, bias: T -> output: T; data_format: string = 'NHWC'",
           buildBiasAdd)
      .note("the bias has the size of the channels");
  table.add("BiasAddV1",
            "value: T, bias: T -> output: T; data_format: string = 'NHWC'",
            buildBiasAdd);
}
