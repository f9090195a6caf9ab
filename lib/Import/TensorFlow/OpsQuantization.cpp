//===- OpsQuantization.cpp - numbers rounded to few levels ----------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "OpFamilies.h"
#include "PureOps.h"

#include "llvm/ADT/Sequence.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;

using Results = SmallVectorImpl<Value>;
using graph::CompareDirection;
using graph::ReduceKind;

//===----------------------------------------------------------------------===//
// FakeQuant
//===----------------------------------------------------------------------===//

namespace {
/// A range of floats, as scalars or one per channel, and the levels in it.
struct FakeRange {
  Value min, max;
  Value scale, inverseScale;
  /// Whether both bounds are 0, which turns quantization off.
  Value isEmpty;
};
} // namespace

/// Where the range of input values is stated.
enum class RangeForm { Attributes, Scalars, PerChannel };

/// Moves the range [min, max] so that 0 is one of its levels.
static FakeRange nudge(NodeBuilder &node, Chain &chain, Value min, Value max) {
  double least = node.boolAttr("narrow_range") ? 1 : 0;
  double greatest = double((int64_t(1) << node.intAttr("num_bits")) - 1);
  auto number = [&](double value) { return chain.scalar(value, min); };

  FakeRange range;
  Value width = chain.sub(max, min);
  Value numSteps = number(greatest - least);
  range.scale = chain.div(width, numSteps);
  range.inverseScale = chain.div(numSteps, width);
  // The level of 0, rounded to a whole one, halves up.
  Value zeroLevel = chain.sub(number(least), chain.div(min, range.scale));
  Value below = chain.op<graph::FloorOp>(zeroLevel);
  Value isUp = chain.compare(CompareDirection::GE, chain.sub(zeroLevel, below),
                             number(0.5));
  Value rounded = chain.select(isUp, chain.add(below, number(1)), below);
  Value level = chain.min(chain.max(rounded, number(least)), number(greatest));
  range.min = chain.mul(chain.sub(number(least), level), range.scale);
  range.max = chain.mul(chain.sub(number(greatest), level), range.scale);
  range.isEmpty = chain.op<graph::AndOp>(
      {chain.compare(CompareDirection::EQ, min, number(0)),
       chain.compare(CompareDirection::EQ, max, number(0))});
  return range;
}

/// The range that attributes or the inputs from `firstInput` on state for `x`.
template <RangeForm form>
static FailureOr<FakeRange> getRange(NodeBuilder &node, Chain &chain, Value x,
                                     unsigned firstInput) {
  int64_t bits = node.intAttr("num_bits");
  if (bits < 2 || bits > 16)
    return node.error() << "expected attribute num_bits to be in [2, 16], got "
                        << bits;
  if constexpr (form == RangeForm::Attributes) {
    double min = node.floatAttr("min"), max = node.floatAttr("max");
    if (!(min < max))
      return node.error() << "expected attribute min to be less than max, got "
                          << min << " and " << max;
    return nudge(node, chain, chain.scalar(min, x), chain.scalar(max, x));
  }
  int64_t rank = form == RangeForm::PerChannel ? 1 : 0;
  Value bounds[2];
  for (unsigned i : {0u, 1u}) {
    if (failed(expectRank(node, firstInput + i, rank)))
      return failure();
    bounds[i] = node.input(firstInput + i);
    if (rank == 1)
      bounds[i] = chain.checkDims(bounds[i], x, int64_t(0),
                                  tensorType(x).getRank() - 1);
  }
  return nudge(node, chain, bounds[0], bounds[1]);
}

/// Checks that there are channels to have ranges of their own.
template <RangeForm form>
static LogicalResult checkChannels(NodeBuilder &node, unsigned i) {
  if (form != RangeForm::PerChannel || node.inputType(i).getRank() > 0)
    return success();
  return node.error() << "expected input " << i << " (" << inputName(node, i)
                      << ") to have at least one dim, got a scalar";
}

template <RangeForm form>
static LogicalResult buildFakeQuant(NodeBuilder &node, Results &results) {
  if (failed(checkChannels<form>(node, 0)))
    return failure();
  Chain chain(node);
  Value x = node.input(0);
  auto range = getRange<form>(node, chain, x, /*firstInput=*/1);
  if (failed(range))
    return failure();
  Value half = chain.scalar(0.5, x);
  Value inside = chain.max(chain.min(x, range->max), range->min);
  Value levels = chain.mul(chain.sub(inside, range->min), range->inverseScale);
  Value zeroLevel = chain.op<graph::FloorOp>(chain.add(
      chain.mul(chain.op<graph::NegOp>(range->min), range->inverseScale),
      half));
  levels =
      chain.op<graph::FloorOp>(chain.add(chain.sub(levels, zeroLevel), half));
  Value result = chain.mul(levels, range->scale);
  if (form != RangeForm::Attributes)
    result = chain.select(range->isEmpty, chain.scalar(0, x), result);
  return chain.give(results, result);
}

/// What `grad` holds where `condition` is true; elsewhere, 0 times it.
static Value keepWhere(Chain &chain, Value condition, Value grad) {
  if (!condition || !grad)
    return {};
  return chain.mul(grad,
                   chain.cast(condition, tensorType(grad).getElementType()));
}

/// Appends the gradient for a bound: the sum of `grad` where `x` is beyond it.
template <RangeForm form>
static LogicalResult giveBoundGrad(Chain &chain, CompareDirection beyond,
                                   Value x, Value bound, Value grad,
                                   Value isEmpty, Results &results) {
  int64_t rank = tensorType(x).getRank();
  if (form == RangeForm::PerChannel)
    --rank;
  Value outside = keepWhere(chain, chain.compare(beyond, x, bound), grad);
  Value sum = chain.reduce(ReduceKind::Sum, outside,
                           llvm::to_vector(llvm::seq<int64_t>(0, rank)));
  return chain.give(results, chain.select(isEmpty, chain.scalar(0, x), sum));
}

template <RangeForm form>
static LogicalResult buildFakeQuantGrad(NodeBuilder &node, Results &results) {
  if (failed(checkChannels<form>(node, 1)))
    return failure();
  Chain chain(node);
  Value x = node.input(1);
  Value grad = chain.checkSameShape(node.input(0), x);
  auto range = getRange<form>(node, chain, x, /*firstInput=*/2);
  if (failed(range))
    return failure();
  Value isInside = chain.op<graph::AndOp>(
      {chain.compare(CompareDirection::GE, x, range->min),
       chain.compare(CompareDirection::LE, x, range->max)});
  Value inside = keepWhere(chain, isInside, grad);
  if (form == RangeForm::Attributes)
    return chain.give(results, inside);
  if (failed(chain.give(results, chain.select(range->isEmpty, grad, inside))))
    return failure();
  if (failed(giveBoundGrad<form>(chain, CompareDirection::LT, x, range->min,
                                 grad, range->isEmpty, results)))
    return failure();
  return giveBoundGrad<form>(chain, CompareDirection::GT, x, range->max, grad,
                             range->isEmpty, results);
}

//===----------------------------------------------------------------------===//
// QuantizeAndDequantize
//===----------------------------------------------------------------------===//

/// The dim of input `i` that has a range for each place; -1 for one range.
static FailureOr<int64_t> getRangeAxis(NodeBuilder &node, unsigned i) {
  int64_t axis = node.intAttr("axis");
  int64_t rank = node.inputType(i).getRank();
  if (axis >= -1 && axis < rank)
    return axis;
  return node.error() << "expected attribute axis to be -1 or in [0, " << rank
                      << "), got " << axis;
}

/// A bound that input `i` states for `x`, broadcast with it.
static Value getBound(NodeBuilder &node, Chain &chain, Value x, unsigned i,
                      int64_t axis) {
  if (failed(expectRank(node, i, axis < 0 ? 0 : 1)))
    return {};
  if (axis < 0)
    return node.input(i);
  Value bound = chain.checkDims(node.input(i), x, int64_t(0), axis);
  return chain.expandDims(bound, llvm::to_vector(llvm::seq<int64_t>(
                                     1, tensorType(x).getRank() - axis)));
}

/// The least or greatest element of `x`, for each place along `axis`.
static Value findBound(Chain &chain, ReduceKind kind, Value x, int64_t axis) {
  SmallVector<int64_t> others;
  for (int64_t dim = 0; dim < tensorType(x).getRank(); ++dim)
    if (dim != axis)
      others.push_back(dim);
  return chain.reduce(kind, x, others, /*keepDims=*/true);
}

/// The highest value of a float type.
static double highestOf(Type type) {
  bool ignored;
  APFloat value =
      APFloat::getLargest(cast<FloatType>(type).getFloatSemantics());
  value.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven, &ignored);
  return value.convertToDouble();
}

/// Rounds `input` to the levels of an integer of `bits` bits; the scale is such
/// that 0 stays 0 and the range just fits.
static LogicalResult quantizeAndDequantize(NodeBuilder &node, int64_t bits,
                                           bool roundsHalfUp,
                                           Results &results) {
  if (failed(expectKind(node, 0, Floats)))
    return failure();
  bool isSigned = node.boolAttr("signed_input");
  if (bits < (isSigned ? 2 : 1) || bits > 62)
    return node.error() << "expected num_bits to be in [" << (isSigned ? 2 : 1)
                        << ", 62], got " << bits;
  auto axis = getRangeAxis(node, 0);
  if (failed(axis))
    return failure();
  Chain chain(node);
  Value x = node.input(0);
  auto number = [&](double value) { return chain.scalar(value, x); };
  bool isGiven = node.boolAttr("range_given");
  Value min, max;
  if (isGiven) {
    min = getBound(node, chain, x, 1, *axis);
    max = getBound(node, chain, x, 2, *axis);
    if (!min || !max)
      return failure();
    min = chain.checkTrue(min, chain.compare(CompareDirection::LE, min, max),
                          "input_min is greater than input_max");
  } else {
    min = findBound(chain, ReduceKind::Min, x, *axis);
    max = findBound(chain, ReduceKind::Max, x, *axis);
  }

  int64_t half = int64_t(1) << (bits - 1);
  double least = !isSigned                       ? 0
                 : node.boolAttr("narrow_range") ? double(-half + 1)
                                                 : double(-half);
  double greatest = isSigned ? double(half - 1) : double(2 * half - 1);
  // The greatest scale at which neither side exceeds its last level.
  auto scaleOf = [&](double level, Value bound) {
    Value isUsed = chain.compare(CompareDirection::GT,
                                 chain.mul(number(level), bound), number(0));
    return chain.select(isUsed, chain.div(number(level), bound),
                        number(highestOf(node.elementType(0))));
  };
  Value minScale = scaleOf(least, min), maxScale = scaleOf(greatest, max);
  Value isMinSide = chain.compare(CompareDirection::LT, minScale, maxScale);
  Value scale = chain.select(isMinSide, minScale, maxScale);
  Value inverseOfMax = chain.div(max, number(greatest));
  // Without levels below 0, the other side decides.
  Value inverse = least == 0
                      ? inverseOfMax
                      : chain.select(isMinSide, chain.div(min, number(least)),
                                     inverseOfMax);
  Value inside = x;
  if (isGiven) {
    Value top =
        chain.select(isMinSide, chain.mul(number(greatest), inverse), max);
    Value bottom =
        chain.select(isMinSide, min, chain.mul(number(least), inverse));
    inside = chain.max(chain.min(x, top), bottom);
  }
  Value levels = chain.mul(inside, scale);
  levels = roundsHalfUp
               ? chain.op<graph::FloorOp>(chain.add(levels, number(0.5)))
               : chain.op<graph::RoundEvenOp>(levels);
  return chain.give(results, chain.mul(levels, inverse));
}

static LogicalResult buildQuantizeAndDequantize(NodeBuilder &node,
                                                Results &results) {
  StringRef mode = node.stringAttr("round_mode");
  if (mode != "HALF_TO_EVEN" && mode != "HALF_UP")
    return node.error() << "expected attribute round_mode to be HALF_TO_EVEN "
                           "or HALF_UP, got \""
                        << mode << "\"";
  return quantizeAndDequantize(node, node.intAttr("num_bits"),
                               mode == "HALF_UP", results);
}

static LogicalResult buildQuantizeAndDequantizeV3(NodeBuilder &node,
                                                  Results &results) {
  auto bits = node.requireInts(3);
  if (failed(bits))
    return failure();
  if (bits->size() != 1)
    return node.error() << "expected input 3 (num_bits) to be one integer, got "
                        << bits->size();
  return quantizeAndDequantize(node, bits->front(), /*roundsHalfUp=*/false,
                               results);
}

/// The gradient passes where the input lies in the range; bounds get none.
static LogicalResult buildQuantizeAndDequantizeGrad(NodeBuilder &node,
                                                    Results &results) {
  if (failed(expectKind(node, 0, Floats)))
    return failure();
  auto axis = getRangeAxis(node, 1);
  if (failed(axis))
    return failure();
  Chain chain(node);
  Value x = node.input(1);
  Value grad = chain.checkSameShape(node.input(0), x);
  Value min = getBound(node, chain, x, 2, *axis);
  Value max = getBound(node, chain, x, 3, *axis);
  if (!min || !max)
    return failure();
  Value isOutside =
      chain.op<graph::OrOp>({chain.compare(CompareDirection::LT, x, min),
                             chain.compare(CompareDirection::GT, x, max)});
  Value zero = chain.scalar(0, x);
  if (failed(chain.give(results, chain.select(isOutside, zero, grad))))
    return failure();
  for (unsigned i : {2u, 3u})
    if (failed(chain.give(results,
                          chain.broadcastTo(zero, chain.shape(node.input(i))))))
      return failure();
  return success();
}

//===----------------------------------------------------------------------===//
// Registration
//===----------------------------------------------------------------------===//

static void registerFakeQuantOps(OpTable &table) {
  table.add("FakeQuantWithMinMaxArgs",
            "inputs: float -> outputs: float; min: float = -6.0, max: float = "
            "6.0, num_bits: int = 8, narrow_range: bool = false",
            buildFakeQuant<RangeForm::Attributes>);
  constexpr StringLiteral fakeQuant =
      "inputs: float, min: float, max: float -> outputs: float; num_bits: int "
      "= 8, narrow_range: bool = false";
  table.add("FakeQuantWithMinMaxVars", fakeQuant,
            buildFakeQuant<RangeForm::Scalars>);
  table.add("FakeQuantWithMinMaxVarsPerChannel", fakeQuant,
            buildFakeQuant<RangeForm::PerChannel>);
  table.add("FakeQuantWithMinMaxArgsGradient",
            "gradients: float, inputs: float -> backprops: float; min: float = "
            "-6.0, max: float = 6.0, num_bits: int = 8, narrow_range: bool = "
            "false",
            buildFakeQuantGrad<RangeForm::Attributes>);
  constexpr StringLiteral fakeQuantGrad =
      "gradients: float, inputs: float, min: float, max: float -> "
      "backprops_wrt_input: float, backprop_wrt_min: float, backprop_wrt_max: "
      "float; num_bits: int = 8, narrow_range: bool = false";
  table.add("FakeQuantWithMinMaxVarsGradient", fakeQuantGrad,
            buildFakeQuantGrad<RangeForm::Scalars>);
  table.add("FakeQuantWithMinMaxVarsPerChannelGradient", fakeQuantGrad,
            buildFakeQuantGrad<RangeForm::PerChannel>);
}

void tensorflow::registerQuantizationOps(OpTable &table) {
  registerFakeQuantOps(table);

  constexpr StringLiteral quantize =
      "input: T, input_min: T, input_max: T -> output: T; signed_input: bool = "
      "true, num_bits: int = 8, range_given: bool = false, round_mode: string "
      "= 'HALF_TO_EVEN', narrow_range: bool = false, axis: int = -1";
  table.add("QuantizeAndDequantizeV2", quantize, buildQuantizeAndDequantize);
  table.add("QuantizeAndDequantizeV4", quantize, buildQuantizeAndDequantize);
  table
      .add("QuantizeAndDequantizeV3",
           "input: T, input_min: T, input_max: T, num_bits: int32 -> output: "
           "T; signed_input: bool = true, range_given: bool = true, "
           "narrow_range: bool = false, axis: int = -1",
           buildQuantizeAndDequantizeV3)
      .note("constant num_bits");
  table.add("QuantizeAndDequantizeV4Grad",
            "gradients: T, input: T, input_min: T, input_max: T -> "
            "input_backprop: T, input_min_backprop: T, input_max_backprop: T; "
            "axis: int = -1",
            buildQuantizeAndDequantizeGrad);
}
