//===- OpsBatchNorm.cpp - batch normalization -----------------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Batch normalization with statistics that are given is graph.batch_norm. In
// training, and its gradients, are written out as reductions over all dims but
// that of the channels, and elementwise formulas. With m and v a channel's mean
// and variance, r = rsqrt(v + epsilon) and N elements in a channel:
//
//   y       = (x - m) * (r * scale) + offset
//   dOffset = sum(dy)
//   dScale  = sum(dy * z)                            with z = (x - m) * r
//   dx      = (scale * r) * dy                       where m and v are given
//   dx      = (scale * r) * (dy - dOffset / N - z * dScale / N)
//                                                    where they are those of x
//
// A variance of x is the mean of the squares of what is left after its mean is
// taken off, so that it does not cancel. It normalizes as it is, and is handed
// out times N / max(N - 1, 1), Bessel's correction. half and bfloat16 go
// through float.
//
//===----------------------------------------------------------------------===//

#include "OpFamilies.h"
#include "PureOps.h"

#include <limits>

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;

using Results = SmallVectorImpl<Value>;
using graph::CompareDirection;
using graph::ReduceKind;

namespace {
/// The tensor that is normalized, and vectors with one element per channel.
class Channels {
public:
  /// `x` is in the node's order of dims; `axis` is that of its channels.
  Channels(NodeBuilder &node, Value x, int64_t axis)
      : node(node), chain(node), given(x), axis(axis) {
    for (int64_t i = 0, e = tensorType(x).getRank(); i < e; ++i)
      if (i != axis)
        others.push_back(i);
  }

  /// The tensor in float.
  Value x() {
    if (!wide)
      wide = chain.widen(given);
    return wide;
  }

  /// Input `i`, a vector with an element per channel, in float.
  FailureOr<Value> vector(unsigned i) {
    if (failed(expectKind(node, i, Floats)) || failed(expectRank(node, i, 1)))
      return failure();
    return node.checkDims(chain.widen(node.input(i)), given, int64_t(0), axis);
  }

  /// The tensor normalized with vectors of channels, in its own type.
  Value normalized(Value scale, Value offset, Value mean, Value variance,
                   double epsilon) {
    Builder &b = node.builder();
    return chain.op<graph::BatchNormOp>(
        {given, scale, offset, mean, variance},
        {chain.attr("axis", axis),
         b.getNamedAttr("epsilon", b.getF64FloatAttr(epsilon))});
  }

  /// `v`, a vector, so that it broadcasts along all dims but the channels'.
  Value spread(Value v) {
    if (!v)
      return {};
    SmallVector<int64_t> behind;
    for (int64_t i = axis + 1, e = others.size(); i <= e; ++i)
      behind.push_back(i - axis);
    return chain.expandDims(v, behind);
  }

  Value sum(Value of) { return chain.reduce(ReduceKind::Sum, of, others); }
  Value mean(Value of) { return chain.reduce(ReduceKind::Mean, of, others); }

  /// What is left of x without `mean`.
  Value centered(Value mean) { return chain.sub(x(), spread(mean)); }

  /// rsqrt(variance + epsilon)
  Value reciprocalDeviation(Value variance, double epsilon) {
    return chain.op<graph::RsqrtOp>(
        chain.add(variance, chain.scalar(epsilon, variance)));
  }

  /// How many elements a channel has, as a scalar of i64.
  Value count() {
    Type type = node.builder().getI64Type();
    ArrayRef<int64_t> shape = tensorType(given).getShape();
    int64_t known = 1;
    Value open;
    for (int64_t i : others) {
      if (!ShapedType::isDynamic(shape[i])) {
        known *= shape[i];
        continue;
      }
      Value dim = chain.dim(given, i, type);
      open = open ? chain.mul(open, dim) : dim;
    }
    Value factor = chain.integer(known, type);
    if (!open)
      return factor;
    return known == 1 ? open : chain.mul(open, factor);
  }

  /// That number in the type of x, and N / max(N - 1, 1).
  Value countAsFloat() {
    return chain.cast(count(), tensorType(x()).getElementType());
  }
  Value besselCorrection() {
    Type type = tensorType(x()).getElementType();
    Value n = count();
    Value less =
        chain.max(chain.sub(n, chain.scalar(1, n)), chain.scalar(1, n));
    return chain.div(chain.cast(n, type), chain.cast(less, type));
  }

  /// `v`, or NaN if the channels have no elements.
  Value unlessEmpty(Value v) {
    ArrayRef<int64_t> shape = tensorType(given).getShape();
    bool mayBeEmpty = llvm::any_of(others, [&](int64_t i) {
      return shape[i] == 0 || ShapedType::isDynamic(shape[i]);
    });
    if (!mayBeEmpty)
      return v;
    Value n = count();
    Value isEmpty = chain.compare(CompareDirection::EQ, n, chain.scalar(0, n));
    Value nan = chain.scalar(std::numeric_limits<double>::quiet_NaN(), v);
    return chain.select(isEmpty, nan, v);
  }

private:
  NodeBuilder &node;
  Chain chain;
  Value given, wide;
  int64_t axis;
  SmallVector<int64_t, 4> others;
};
} // namespace

//===----------------------------------------------------------------------===//
// What nodes state
//===----------------------------------------------------------------------===//

/// An error unless input `i` is an image or a volume of type half, bfloat16 or
/// float.
static LogicalResult expectImages(NodeBuilder &node, unsigned i) {
  RankedTensorType type = node.inputType(i);
  if (!isOfKind(type.getElementType(), Floats) || type.getElementType().isF64())
    return node.error() << "expected input " << i << " (" << inputName(node, i)
                        << ") to be of type half, bfloat16 or float, got "
                        << type;
  if (type.getRank() != 4 && type.getRank() != 5)
    return node.error() << "expected input " << i << " (" << inputName(node, i)
                        << ") to be a tensor of rank 4 or 5, got " << type;
  return success();
}

/// The dim of the channels of input `i`.
static FailureOr<int64_t> channelAxis(NodeBuilder &node, unsigned i) {
  StringRef format = node.stringAttr("data_format");
  if (format == "NCHW" || format == "NCDHW")
    return 1;
  if (format == "NHWC" || format == "NDHWC")
    return node.inputType(i).getRank() - 1;
  return node.error() << "expected attribute data_format to be \"NHWC\", "
                         "\"NCHW\", \"NDHWC\" or \"NCDHW\", got \""
                      << format << "\"";
}

/// The outputs of gradients that nothing has been given for hold nothing.
static void giveNothing(NodeBuilder &node, Results &results, Type elementType) {
  while (results.size() < node.info().outputs.size())
    results.push_back(node.splat(elementType, 0, {0}));
}

//===----------------------------------------------------------------------===//
// FusedBatchNorm
//===----------------------------------------------------------------------===//

/// y, and the four vectors: what becomes of the mean and the variance, and what
/// the gradient needs.
static LogicalResult giveNormalized(NodeBuilder &node, Results &results,
                                    Value y, ArrayRef<Value> vectors) {
  Chain chain(node);
  if (failed(chain.give(results, chain.cast(y, node.elementType(0)))))
    return failure();
  for (Value vector : vectors)
    if (failed(chain.give(results, chain.cast(vector, node.elementType(1)))))
      return failure();
  // Version 3 has a space that only GPUs use.
  if (node.info().outputs.size() > results.size())
    results.push_back(node.splat(node.elementType(1), 0));
  return success();
}

static Value normalize(NodeBuilder &node, Channels &channels, Value centered,
                       Value variance, Value scale, Value offset) {
  Chain chain(node);
  Value factor = chain.mul(
      channels.reciprocalDeviation(variance, node.floatAttr("epsilon")), scale);
  return chain.add(chain.mul(centered, channels.spread(factor)),
                   channels.spread(offset));
}

/// (1 - factor) * before + factor * now
static Value average(Chain &chain, double factor, Value before, Value now) {
  // The complement as TensorFlow has it, rounded to float.
  double rest = 1.0f - static_cast<float>(factor);
  return chain.add(chain.mul(before, chain.scalar(rest, before)),
                   chain.mul(now, chain.scalar(factor, now)));
}

static LogicalResult buildTraining(NodeBuilder &node, Channels &channels,
                                   Value scale, Value offset,
                                   Results &results) {
  Chain chain(node);
  Value mean = channels.mean(channels.x());
  Value centered = channels.centered(mean);
  Value variance = channels.mean(chain.mul(centered, centered));
  Value y = normalize(node, channels, centered, variance, scale, offset);

  Value newMean = mean;
  Value newVariance = chain.mul(variance, channels.besselCorrection());
  double factor = node.floatAttr("exponential_avg_factor");
  // Otherwise the old ones do not matter and may be empty.
  if (factor != 1) {
    FailureOr<Value> oldMean = channels.vector(3);
    FailureOr<Value> oldVariance = channels.vector(4);
    if (failed(oldMean) || failed(oldVariance))
      return failure();
    newMean = average(chain, factor, *oldMean, newMean);
    newVariance = average(chain, factor, *oldVariance, newVariance);
  }
  return giveNormalized(node, results, y,
                        {newMean, newVariance, mean, variance});
}

static LogicalResult buildInference(NodeBuilder &node, Channels &channels,
                                    Value scale, Value offset,
                                    Results &results) {
  FailureOr<Value> mean = channels.vector(3);
  FailureOr<Value> variance = channels.vector(4);
  if (failed(mean) || failed(variance))
    return failure();
  Value y = channels.normalized(scale, offset, *mean, *variance,
                                node.floatAttr("epsilon"));
  return giveNormalized(node, results, y,
                        {channels.unlessEmpty(*mean),
                         channels.unlessEmpty(*variance), *mean, *variance});
}

static LogicalResult buildFusedBatchNorm(NodeBuilder &node, Results &results) {
  if (failed(expectImages(node, 0)))
    return failure();
  FailureOr<int64_t> axis = channelAxis(node, 0);
  if (failed(axis))
    return failure();
  Channels channels(node, node.input(0), *axis);
  FailureOr<Value> scale = channels.vector(1);
  FailureOr<Value> offset = channels.vector(2);
  if (failed(scale) || failed(offset))
    return failure();
  return node.boolAttr("is_training")
             ? buildTraining(node, channels, *scale, *offset, results)
             : buildInference(node, channels, *scale, *offset, results);
}

static LogicalResult buildFusedBatchNormGrad(NodeBuilder &node,
                                             Results &results) {
  if (failed(expectImages(node, 0)) || failed(expectImages(node, 1)))
    return failure();
  FailureOr<int64_t> axis = channelAxis(node, 1);
  FailureOr<Value> gradient = node.checkSameShape(node.input(0), node.input(1));
  if (failed(axis) || failed(gradient))
    return failure();
  Channels channels(node, node.input(1), *axis);
  FailureOr<Value> scale = channels.vector(2);
  FailureOr<Value> mean = channels.vector(3);
  FailureOr<Value> variance = channels.vector(4);
  if (failed(scale) || failed(mean) || failed(variance))
    return failure();

  Chain chain(node);
  Value dy = chain.widen(*gradient);
  Value r = channels.reciprocalDeviation(*variance, node.floatAttr("epsilon"));
  Value z = chain.mul(channels.centered(*mean), channels.spread(r));
  Value dOffset = channels.sum(dy);
  // The factor r stays inside of the sum: an empty sum is 0 even if r is NaN.
  Value dScale = channels.sum(chain.mul(dy, z));
  Value rest = dy;
  if (node.boolAttr("is_training")) {
    Value n = channels.countAsFloat();
    rest = chain.sub(dy, channels.spread(chain.div(dOffset, n)));
    rest = chain.sub(rest, chain.mul(z, channels.spread(chain.div(dScale, n))));
  }
  Value dx = chain.mul(rest, channels.spread(chain.mul(*scale, r)));

  Type statistics = node.elementType(3);
  if (failed(chain.give(results, chain.cast(dx, node.elementType(1)))) ||
      failed(chain.give(results, chain.cast(dScale, statistics))) ||
      failed(chain.give(results, chain.cast(dOffset, statistics))))
    return failure();
  giveNothing(node, results, statistics);
  return success();
}

//===----------------------------------------------------------------------===//
// BatchNormWithGlobalNormalization
//===----------------------------------------------------------------------===//

/// The vectors at the inputs `inputs`, after the checks.
static FailureOr<SmallVector<Value>>
readVectors(NodeBuilder &node, Channels &channels, ArrayRef<unsigned> inputs) {
  SmallVector<Value> vectors;
  for (unsigned i : inputs) {
    FailureOr<Value> vector = channels.vector(i);
    if (failed(vector))
      return failure();
    vectors.push_back(*vector);
  }
  return vectors;
}

static LogicalResult buildGlobalNormalization(NodeBuilder &node,
                                              Results &results) {
  if (failed(expectKind(node, 0, Floats)) || failed(expectRank(node, 0, 4)))
    return failure();
  Channels channels(node, node.input(0), 3);
  FailureOr<SmallVector<Value>> vectors =
      readVectors(node, channels, {1, 2, 3, 4});
  if (failed(vectors))
    return failure();
  Value mean = (*vectors)[0], variance = (*vectors)[1];
  Value offset = (*vectors)[2], scale = (*vectors)[3];

  Chain chain(node);
  if (!node.boolAttr("scale_after_normalization"))
    scale = chain.scalar(1, variance);
  Value y = channels.normalized(scale, offset, mean, variance,
                                node.floatAttr("variance_epsilon"));
  return chain.give(results, y);
}

/// Gradients by the tensor, the mean, the variance, the offset and the scale,
/// all of which are inputs of their own.
static LogicalResult buildGlobalNormalizationGrad(NodeBuilder &node,
                                                  Results &results) {
  if (failed(expectKind(node, 0, Floats)) || failed(expectRank(node, 0, 4)))
    return failure();
  Channels channels(node, node.input(0), 3);
  FailureOr<SmallVector<Value>> vectors =
      readVectors(node, channels, {1, 2, 3});
  if (failed(vectors))
    return failure();
  Value mean = (*vectors)[0], variance = (*vectors)[1], scale = (*vectors)[2];
  FailureOr<Value> gradient = node.checkSameShape(node.input(4), node.input(0));
  if (failed(gradient))
    return failure();

  Chain chain(node);
  bool isScaled = node.boolAttr("scale_after_normalization");
  Value dy = chain.widen(*gradient);
  Value r = channels.reciprocalDeviation(variance,
                                         node.floatAttr("variance_epsilon"));
  Value factor = isScaled ? chain.mul(r, scale) : r;
  Value z = chain.mul(channels.centered(mean), channels.spread(r));
  Value dOffset = channels.sum(dy);
  Value dNormalized = channels.sum(chain.mul(dy, z));
  Value dx = chain.mul(dy, channels.spread(factor));
  Value dMean = chain.op<graph::NegOp>(chain.mul(dOffset, factor));
  // d rsqrt(v + epsilon) / dv = -r**3 / 2, and z has one r already.
  Value dVariance = chain.mul(chain.mul(dNormalized, chain.mul(factor, r)),
                              chain.scalar(-0.5, r));
  // Without a scale its gradient is 0, whatever the others are.
  Value dScale = isScaled ? dNormalized
                          : chain.broadcastTo(chain.scalar(0, r),
                                              chain.shape(dNormalized));
  for (Value result : {dx, dMean, dVariance, dOffset, dScale})
    if (failed(chain.give(results, chain.cast(result, node.elementType(0)))))
      return failure();
  return success();
}

//===----------------------------------------------------------------------===//
// Registration
//===----------------------------------------------------------------------===//

void tensorflow::registerBatchNormOps(OpTable &table) {
  constexpr StringLiteral remark =
      "reserve_space_1 and 2 are mean and variance, as on a CPU";
  constexpr StringLiteral settings =
      "; epsilon: float = 0.0001, exponential_avg_factor: float = 1.0, "
      "data_format: string = 'NHWC', is_training: bool = true";
  constexpr StringLiteral vectors =
      "scale: U, offset: U, mean: U, variance: U -> y: T, batch_mean: U, "
      "batch_variance: U, reserve_space_1: U, reserve_space_2: U";
  table
      .add("FusedBatchNorm",
           ("x: T, scale: T, offset: T, mean: T, variance: T -> y: T, "
            "batch_mean: T, batch_variance: T, reserve_space_1: T, "
            "reserve_space_2: T" +
            settings)
               .str(),
           buildFusedBatchNorm)
      .note(remark);
  table
      .add("FusedBatchNormV2", ("x: T, " + vectors + settings).str(),
           buildFusedBatchNorm)
      .note(remark);
  table
      .add("FusedBatchNormV3",
           ("x: T, " + vectors + ", reserve_space_3: U" + settings).str(),
           buildFusedBatchNorm)
      .note(remark);

  constexpr StringLiteral gradientSettings =
      "; epsilon: float = 0.0001, data_format: string = 'NHWC', "
      "is_training: bool = true";
  constexpr StringLiteral gradientOperands =
      "y_backprop: T, x: T, scale: float, reserve_space_1: U, "
      "reserve_space_2: U";
  constexpr StringLiteral gradientResults =
      " -> x_backprop: T, scale_backprop: U, offset_backprop: U, ";
  table.add("FusedBatchNormGrad",
            ("y_backprop: T, x: T, scale: T, reserve_space_1: T, "
             "reserve_space_2: T -> x_backprop: T, scale_backprop: T, "
             "offset_backprop: T, reserve_space_3: T, reserve_space_4: T" +
             gradientSettings)
                .str(),
            buildFusedBatchNormGrad);
  table.add("FusedBatchNormGradV2",
            (gradientOperands + gradientResults +
             "reserve_space_3: U, reserve_space_4: U" + gradientSettings)
                .str(),
            buildFusedBatchNormGrad);
  table.add("FusedBatchNormGradV3",
            (gradientOperands + ", reserve_space_3: U" + gradientResults +
             "reserve_space_4: U, reserve_space_5: U" + gradientSettings)
                .str(),
            buildFusedBatchNormGrad);

  constexpr StringLiteral globalSettings =
      "; variance_epsilon: float, scale_after_normalization: bool";
  table.add(
      "BatchNormWithGlobalNormalization",
      ("t: T, m: T, v: T, beta: T, gamma: T -> result: T" + globalSettings)
          .str(),
      buildGlobalNormalization);
  table.add("BatchNormWithGlobalNormalizationGrad",
            ("t: T, m: T, v: T, gamma: T, backprop: T -> dx: T, dm: T, dv: T, "
             "db: T, dg: T" +
             globalSettings)
                .str(),
            buildGlobalNormalizationGrad);
}
