//===- OpsGradients.cpp - gradients of elementwise functions --------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What TensorFlow's differentiation writes: gradients of activations and
// functions of one operand, which dims to sum over, and the losses that come
// with their own gradient. The formulas are TensorFlow's, so that infinities
// and NaN come out alike; half and bfloat16 round once, at the end.
//
//===----------------------------------------------------------------------===//

#include "OpFamilies.h"
#include "PureOps.h"

#include "graph-compile/Dialect/Graph/IR/ShapeUtils.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;

using Results = SmallVectorImpl<Value>;
using graph::CompareDirection;
using graph::ReduceKind;

//===----------------------------------------------------------------------===//
// Two tensors of one shape
//===----------------------------------------------------------------------===//

namespace {
/// The two inputs of a gradient, checked to have one shape and widened: the
/// gradient and what it is taken at (the features or the outputs).
struct Pair {
  Pair(NodeBuilder &node, Chain &chain, unsigned gradientInput)
      : at(chain.widen(node.input(1 - gradientInput))),
        gradient(chain.widen(chain.checkSameShape(
            node.input(gradientInput), node.input(1 - gradientInput)))) {}
  Value at;
  Value gradient;
};
} // namespace

/// A gradient of the form `formula(chain, at, gradient)`.
template <Value (*formula)(NodeBuilder &, Chain &, Value at, Value gradient),
          unsigned gradientInput, unsigned kinds = Floats>
static LogicalResult buildGradient(NodeBuilder &node, Results &results) {
  if (failed(expectKind(node, 0, kinds)))
    return failure();
  Chain chain(node);
  Pair in(node, chain, gradientInput);
  if (!in.gradient)
    return failure();
  Value y = formula(node, chain, in.at, in.gradient);
  return chain.give(results, chain.cast(y, node.elementType(0)));
}

/// gradient * (x > 0), so that an infinite gradient of a cut-off feature is
/// NaN as in TensorFlow.
static Value reluGradient(NodeBuilder &, Chain &chain, Value x, Value dy) {
  Value isOpen = chain.compare(CompareDirection::GT, x, chain.scalar(0, x));
  return chain.mul(dy, chain.cast(isOpen, tensorType(dy).getElementType()));
}

static Value relu6Gradient(NodeBuilder &, Chain &chain, Value x, Value dy) {
  Value isOpen = chain.op<graph::AndOp>(
      {chain.compare(CompareDirection::GT, x, chain.scalar(0, x)),
       chain.compare(CompareDirection::LT, x, chain.scalar(6, x))});
  return chain.mul(dy, chain.cast(isOpen, tensorType(dy).getElementType()));
}

static Value leakyReluGradient(NodeBuilder &node, Chain &chain, Value x,
                               Value dy) {
  Value isOpen = chain.compare(CompareDirection::GT, x, chain.scalar(0, x));
  Value scaled = chain.mul(dy, chain.scalar(node.floatAttr("alpha"), dy));
  return chain.select(isOpen, dy, scaled);
}

static Value eluGradient(NodeBuilder &, Chain &chain, Value y, Value dy) {
  Value isCurve = chain.compare(CompareDirection::LT, y, chain.scalar(0, y));
  Value curve = chain.mul(chain.add(y, chain.scalar(1, y)), dy);
  return chain.select(isCurve, curve, dy);
}

static Value seluGradient(NodeBuilder &, Chain &chain, Value y, Value dy) {
  // The constants of Klambauer et al., "Self-Normalizing Neural Networks".
  constexpr double scale = 1.0507009873554804934193349852946;
  constexpr double scaleAlpha = 1.7580993408473768599402175208123;
  Value isCurve = chain.compare(CompareDirection::LT, y, chain.scalar(0, y));
  Value curve = chain.mul(dy, chain.add(y, chain.scalar(scaleAlpha, y)));
  return chain.select(isCurve, curve, chain.mul(dy, chain.scalar(scale, dy)));
}

/// dy / (exp(-x) + 1)
static Value softplusGradient(NodeBuilder &, Chain &chain, Value x, Value dy) {
  Value power = chain.op<graph::ExpOp>(chain.op<graph::NegOp>(x));
  return chain.div(dy, chain.add(power, chain.scalar(1, x)));
}

/// dy / (1 + |x|)^2
static Value softsignGradient(NodeBuilder &, Chain &chain, Value x, Value dy) {
  Value scale = chain.add(chain.scalar(1, x), chain.op<graph::AbsOp>(x));
  return chain.div(dy, chain.mul(scale, scale));
}

/// dy * y * (1 - y)
static Value sigmoidGradient(NodeBuilder &, Chain &chain, Value y, Value dy) {
  return chain.mul(chain.mul(dy, y), chain.sub(chain.scalar(1, y), y));
}

/// dy * (1 - y * y)
static Value tanhGradient(NodeBuilder &, Chain &chain, Value y, Value dy) {
  return chain.mul(dy, chain.sub(chain.scalar(1, y), chain.mul(y, y)));
}

/// dy / (2 y), but 0 where dy is 0.
static Value sqrtGradient(NodeBuilder &, Chain &chain, Value y, Value dy) {
  Value zero = chain.scalar(0, dy);
  Value isZero = chain.compare(CompareDirection::EQ, dy, zero);
  Value slope = chain.div(chain.mul(dy, chain.scalar(0.5, dy)), y);
  return chain.select(isZero, zero, slope);
}

/// -dy / 2 * y^3
static Value rsqrtGradient(NodeBuilder &, Chain &chain, Value y, Value dy) {
  Value slope = chain.mul(chain.mul(dy, y), chain.scalar(-0.5, dy));
  return chain.mul(slope, chain.mul(y, y));
}

/// -dy * y^2
static Value reciprocalGradient(NodeBuilder &, Chain &chain, Value y,
                                Value dy) {
  return chain.mul(chain.mul(y, chain.op<graph::NegOp>(dy)), y);
}

//===----------------------------------------------------------------------===//
// Biases
//===----------------------------------------------------------------------===//

/// The sum over all dims but that of the channels.
static LogicalResult buildBiasAddGrad(NodeBuilder &node, Results &results) {
  if (failed(expectKind(node, 0, Numbers)))
    return failure();
  int64_t rank = node.inputType(0).getRank();
  if (rank < 2)
    return node.error()
           << "expected input 0 (out_backprop) to have at least two dims, got "
           << node.inputType(0);
  StringRef format = node.stringAttr("data_format");
  if (format != "NHWC" && format != "NCHW")
    return node.error() << "expected attribute data_format to be \"NHWC\" or "
                           "\"NCHW\", got \""
                        << format << "\"";
  int64_t channels = format == "NHWC" ? rank - 1 : 1;
  SmallVector<int64_t> axes;
  for (int64_t axis = 0; axis < rank; ++axis)
    if (axis != channels)
      axes.push_back(axis);
  Chain chain(node);
  return chain.give(results,
                    chain.reduce(ReduceKind::Sum, node.input(0), axes));
}

//===----------------------------------------------------------------------===//
// Shapes
//===----------------------------------------------------------------------===//

/// Which dims of the broadcast result the gradients by two operands have to be
/// summed over: those that the operand lacks or has with size 1.
namespace {
class BroadcastAxes {
public:
  BroadcastAxes(NodeBuilder &node, Chain &chain) : node(node), chain(chain) {}

  LogicalResult compute();

  SmallVector<int64_t> lhs, rhs;

private:
  using Sizes = SmallVector<graph::Size>;
  std::optional<Sizes> getSizes(unsigned i);
  LogicalResult addPlace(int64_t place, graph::Size a, graph::Size b);
  Value getElement(unsigned i, int64_t place);

  NodeBuilder &node;
  Chain &chain;
  int64_t rank = 0;
};
} // namespace

/// The sizes that input `i` holds, with 1 for dims that it lacks.
std::optional<BroadcastAxes::Sizes> BroadcastAxes::getSizes(unsigned i) {
  std::optional<Sizes> own = graph::shapeElements(node.input(i));
  if (!own)
    return std::nullopt;
  Sizes sizes(rank - own->size(), graph::Size::constant(1));
  sizes.append(own->begin(), own->end());
  return sizes;
}

/// The size of place `place` of the result in input `i`, a scalar.
Value BroadcastAxes::getElement(unsigned i, int64_t place) {
  return chain.element(node.input(i),
                       place - (rank - node.inputType(i).getDimSize(0)));
}

LogicalResult BroadcastAxes::addPlace(int64_t place, graph::Size a,
                                      graph::Size b) {
  if (a.isConstant(1))
    lhs.push_back(place);
  if (b.isConstant(1))
    rhs.push_back(place);
  if (a.isConstant(1) || b.isConstant(1) || graph::sameSize(a, b))
    return success();
  // Whether an open size is 1 decides about the axes, which have to be known;
  // that it is not 1 where the other is another number can be checked.
  Value wanted = getElement(1, place);
  return success(chain.checkBounds(getElement(0, place), wanted, wanted,
                                   "a size") != nullptr);
}

LogicalResult BroadcastAxes::compute() {
  for (unsigned i : {0u, 1u}) {
    if (failed(expectRank(node, i, 1)))
      return failure();
    if (node.inputType(i).isDynamicDim(0))
      return node.error() << "expected input " << i << " ("
                          << inputName(node, i)
                          << ") to have a known number of elements, got "
                          << node.inputType(i);
    rank = std::max(rank, node.inputType(i).getDimSize(0));
  }
  auto a = getSizes(0), b = getSizes(1);
  if (!a || !b)
    return node.error("expected shapes of at most 64 dims");
  bool isSame =
      node.inputType(0) == node.inputType(1) &&
      llvm::all_of(llvm::zip_equal(*a, *b), [](auto sizes) {
        return graph::sameSize(std::get<0>(sizes), std::get<1>(sizes));
      });
  if (isSame)
    return success();
  for (int64_t place = 0; place < rank; ++place)
    if (failed(addPlace(place, (*a)[place], (*b)[place])))
      return failure();
  return success();
}

static LogicalResult buildBroadcastGradientArgs(NodeBuilder &node,
                                                Results &results) {
  Chain chain(node);
  BroadcastAxes axes(node, chain);
  if (failed(axes.compute()))
    return failure();
  results.push_back(node.intVector(axes.lhs, node.elementType(0)));
  results.push_back(node.intVector(axes.rhs, node.elementType(0)));
  return success();
}

/// Where each input of a concatenation starts in its result.
static LogicalResult buildConcatOffset(NodeBuilder &node, Results &results) {
  auto given = node.requireInts(0);
  if (failed(given) || failed(expectRank(node, 0, 0)))
    return failure();
  SmallVector<Value> shapes = node.inputs("shape");
  for (auto [i, shape] : llvm::enumerate(shapes))
    if (failed(expectRank(node, 1 + i, 1)) ||
        shape.getType() != shapes.front().getType() ||
        node.inputType(1 + i).isDynamicDim(0))
      return node.error() << "expected shapes of one known number of dims, got "
                          << shape.getType();
  int64_t rank = node.inputType(1).getDimSize(0);
  auto axis = node.normalizeAxis(given->front(), rank);
  if (failed(axis))
    return failure();
  Chain chain(node);
  Type type = node.elementType(1);
  Value zero = chain.integer(0, type), offset = zero;
  for (Value shape : shapes) {
    SmallVector<Value> place(rank, zero);
    place[*axis] = offset;
    if (failed(chain.give(results, chain.vector(place))))
      return failure();
    offset = chain.add(offset, chain.element(shape, *axis));
  }
  return success();
}

/// The elements along `axis` at `places`, which are those before `end` and from
/// `begin` on; 0 at the others.
static Value takeInside(Chain &chain, Value x, int64_t axis, Value places,
                        Value begin, Value end) {
  Value isInside = chain.op<graph::AndOp>(
      {chain.compare(CompareDirection::GE, places, begin),
       chain.compare(CompareDirection::LT, places, end)});
  Value taken = chain.gather(x, chain.select(isInside, places, begin), axis);
  if (!taken || !isInside)
    return {};
  SmallVector<int64_t> dimsAfter = llvm::to_vector(
      llvm::seq<int64_t>(1, tensorType(taken).getRank() - axis));
  return chain.select(chain.expandDims(isInside, dimsAfter), taken,
                      chain.scalar(0, taken));
}

/// The gradient of mirrored padding along one dim: what was padded before and
/// after is added to the places that it mirrors.
static Value foldMirror(NodeBuilder &node, Chain &chain, Value x, int64_t axis,
                        int64_t before, int64_t after, bool repeatsEdge) {
  Type type = node.builder().getI64Type();
  auto integer = [&](int64_t value) { return chain.integer(value, type); };
  int64_t edge = !repeatsEdge;
  Value size = chain.checkAtLeast(
      chain.sub(chain.dim(x, axis, type), integer(before + after)),
      std::max(before, after) + edge, "a mirrored size");
  if (!size)
    return {};
  Value places = chain.range(integer(0), size, integer(1));
  Value end = chain.add(size, integer(before));
  Value sum = chain.gather(x, chain.add(places, integer(before)), axis);
  if (before != 0) {
    Value mirrored = chain.sub(integer(before - 1 + edge), places);
    sum = chain.add(
        sum, takeInside(chain, x, axis, mirrored, integer(0), integer(before)));
  }
  if (after != 0) {
    Value mirrored = chain.sub(chain.add(end, size), places);
    mirrored = chain.sub(mirrored, integer(1 + edge));
    sum = chain.add(sum, takeInside(chain, x, axis, mirrored, end,
                                    chain.add(end, integer(after))));
  }
  return sum;
}

static LogicalResult buildMirrorPadGrad(NodeBuilder &node, Results &results) {
  if (failed(expectKind(node, 0, Numbers)))
    return failure();
  StringRef mode = node.stringAttr("mode");
  if (mode != "REFLECT" && mode != "SYMMETRIC")
    return node.error() << "expected attribute mode to be \"REFLECT\" or "
                           "\"SYMMETRIC\", got \""
                        << mode << "\"";
  auto paddings = node.requireInts(1);
  if (failed(paddings))
    return failure();
  int64_t rank = node.inputType(0).getRank();
  if (int64_t(paddings->size()) != 2 * rank)
    return node.error() << "expected input 1 (paddings) to have one row of two "
                           "per dim of input 0, got "
                        << node.inputType(1);
  if (llvm::any_of(*paddings, [](int64_t padding) { return padding < 0; }))
    return node.error("expected input 1 (paddings) not to be negative");
  Chain chain(node);
  Value x = node.input(0);
  for (int64_t axis = 0; axis < rank && x; ++axis) {
    int64_t before = (*paddings)[2 * axis], after = (*paddings)[2 * axis + 1];
    if (before != 0 || after != 0)
      x = foldMirror(node, chain, x, axis, before, after, mode == "SYMMETRIC");
  }
  return chain.give(results, x);
}

//===----------------------------------------------------------------------===//
// Losses
//===----------------------------------------------------------------------===//

namespace {
/// The parts of a softmax along the last of two dims: x - max, and the sum of
/// its exponentials, [rows, 1].
struct SoftmaxParts {
  SoftmaxParts(Chain &chain, Value x)
      : shifted(chain.sub(x, chain.reduce(ReduceKind::Max, x, int64_t(1),
                                          /*keepDims=*/true))),
        powers(chain.op<graph::ExpOp>(shifted)),
        sum(chain.reduce(ReduceKind::Sum, powers, int64_t(1),
                         /*keepDims=*/true)) {}
  Value shifted, powers, sum;
};
} // namespace

/// Logits with as many classes as the labels, which may be more if there is one
/// of them.
static Value broadcastClasses(Chain &chain, Value logits, Value labels) {
  if (!logits || graph::sameDim(logits, 1, labels, 1) ||
      tensorType(labels).getDimSize(1) == 1)
    return logits;
  Value rows = chain.dim(logits, 0);
  Value own = chain.dim(logits, 1);
  Value isOne = chain.compare(
      CompareDirection::EQ, own,
      own ? chain.integer(1, tensorType(own).getElementType()) : Value());
  Value classes = chain.select(isOne, chain.dim(labels, 1), own);
  return chain.broadcastTo(logits, chain.vector({rows, classes}));
}

/// The cross entropy of each row and its gradient by the logits.
static LogicalResult buildSoftmaxCrossEntropy(NodeBuilder &node,
                                              Results &results) {
  if (failed(expectKind(node, 0, Floats)) || failed(expectRank(node, 0, 2)) ||
      failed(expectRank(node, 1, 2)))
    return failure();
  Chain chain(node);
  Value logits = chain.checkBroadcast(node.input(0), node.input(1));
  Value x = chain.widen(broadcastClasses(chain, logits, node.input(1)));
  Value labels = chain.widen(node.input(1));
  if (!x)
    return failure();
  SoftmaxParts parts(chain, x);
  Value distance = chain.sub(chain.op<graph::LogOp>(parts.sum), parts.shifted);
  Value loss =
      chain.reduce(ReduceKind::Sum, chain.mul(labels, distance), int64_t(1));
  Value gradient = chain.sub(chain.div(parts.powers, parts.sum), labels);
  Type type = node.elementType(0);
  if (failed(chain.give(results, chain.cast(loss, type))))
    return failure();
  return chain.give(results, chain.cast(gradient, type));
}

/// The same where each row has one class, given by its number.
static LogicalResult buildSparseSoftmaxCrossEntropy(NodeBuilder &node,
                                                    Results &results) {
  if (failed(expectKind(node, 0, Floats)) || failed(expectRank(node, 0, 2)) ||
      failed(expectRank(node, 1, 1)))
    return failure();
  Chain chain(node);
  Value x =
      chain.checkDims(node.input(0), node.input(1), int64_t(0), int64_t(0));
  Value labels = chain.checkIndex(node.input(1), x, 1);
  x = chain.widen(x);
  if (!x || !labels)
    return failure();
  SoftmaxParts parts(chain, x);
  labels = chain.expandDims(labels, int64_t(1));
  Value picked = chain.gather(parts.shifted, labels, /*axis=*/1,
                              /*batchDims=*/1);
  Value loss = chain.squeeze(
      chain.sub(chain.op<graph::LogOp>(parts.sum), picked), int64_t(1));
  Type labelType = node.elementType(1);
  Value classes =
      chain.range(chain.integer(0, labelType), chain.dim(x, 1, labelType),
                  chain.integer(1, labelType));
  Value isLabel = chain.compare(CompareDirection::EQ, labels, classes);
  Value gradient =
      chain.sub(chain.div(parts.powers, parts.sum),
                chain.cast(isLabel, tensorType(x).getElementType()));
  Type type = node.elementType(0);
  if (failed(chain.give(results, chain.cast(loss, type))))
    return failure();
  return chain.give(results, chain.cast(gradient, type));
}

//===----------------------------------------------------------------------===//
// Registration
//===----------------------------------------------------------------------===//

void tensorflow::registerGradientOps(OpTable &table) {
  constexpr StringLiteral ofFeatures =
      "gradients: T, features: T -> backprops: T";
  table.add("ReluGrad", ofFeatures, buildGradient<reluGradient, 0, Numbers>);
  table.add("Relu6Grad", ofFeatures, buildGradient<relu6Gradient, 0, Numbers>);
  table.add("LeakyReluGrad",
            "gradients: T, features: T -> backprops: T; alpha: float = 0.2, "
            "T: type = float",
            buildGradient<leakyReluGradient, 0>);
  table.add("SoftplusGrad", ofFeatures, buildGradient<softplusGradient, 0>);
  table.add("SoftsignGrad", ofFeatures, buildGradient<softsignGradient, 0>);
  constexpr StringLiteral ofOutputs =
      "gradients: T, outputs: T -> backprops: T";
  table.add("EluGrad", ofOutputs, buildGradient<eluGradient, 0>);
  table.add("SeluGrad", ofOutputs, buildGradient<seluGradient, 0>);

  constexpr StringLiteral ofResult = "y: T, dy: T -> z: T";
  table.add("SigmoidGrad", ofResult, buildGradient<sigmoidGradient, 1>);
  table.add("TanhGrad", ofResult, buildGradient<tanhGradient, 1>);
  table.add("SqrtGrad", ofResult, buildGradient<sqrtGradient, 1>);
  table.add("RsqrtGrad", ofResult, buildGradient<rsqrtGradient, 1>);
  table.add("InvGrad", ofResult, buildGradient<reciprocalGradient, 1>);
  table.add("ReciprocalGrad", ofResult, buildGradient<reciprocalGradient, 1>);

  table.add("BiasAddGrad",
            "out_backprop: T -> output: T; data_format: string = 'NHWC'",
            buildBiasAddGrad);
  table
      .add("BroadcastGradientArgs",
           "s0: T, s1: T -> r0: T, r1: T; T: type = int32",
           buildBroadcastGradientArgs)
      .note("sizes that are not known to be 1 have to be equal");
  table
      .add("ConcatOffset",
           "concat_dim: int32, shape: N * shape_type -> offset: N * "
           "shape_type; shape_type: type = int32",
           buildConcatOffset)
      .note("a constant axis");
  table
      .add("MirrorPadGrad",
           "input: T, paddings: Tpaddings -> output: T; "
           "Tpaddings: type = int32, mode: string",
           buildMirrorPadGrad)
      .note("constant paddings");
  table.add("SoftmaxCrossEntropyWithLogits",
            "features: T, labels: T -> loss: T, backprop: T",
            buildSoftmaxCrossEntropy);
  table
      .add("SparseSoftmaxCrossEntropyWithLogits",
           "features: T, labels: Tlabels -> loss: T, backprop: T; "
           "Tlabels: type = int64",
           buildSparseSoftmaxCrossEntropy)
      .note("a label that is no class fails the call");
}
