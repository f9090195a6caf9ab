//===- OpsResize.cpp - resizing images ------------------------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// An image is resized along its width and along its height: each place of the
// result is a weighted sum of a few places of the image. Where they are and
// what they weigh is computed here as TensorFlow's kernels do, in float, out of
// the sizes, which may be open; graph.resample does the rest.
//
//===----------------------------------------------------------------------===//

#include "OpFamilies.h"
#include "PureOps.h"

#include "graph-compile/Dialect/Graph/IR/ShapeUtils.h"

#include "llvm/ADT/StringSwitch.h"

#include <cmath>
#include <limits>

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;

using Results = SmallVectorImpl<Value>;
using graph::CompareDirection;

//===----------------------------------------------------------------------===//
// Sides
//===----------------------------------------------------------------------===//

/// The dims of images.
static constexpr int64_t kHeight = 1, kWidth = 2;

namespace {
/// The places of an image along one side, before and after resizing, as scalars
/// of i32 that are at least 1.
struct Side {
  Value in, out;
};

/// The weighted sums along one side: matrices with a row per place of the
/// result.
struct Taps {
  Value positions, weights;
};

struct Kernel;

/// Where the places of a resized side lie on the image.
class Sampler {
public:
  Sampler(NodeBuilder &node, Chain &chain, bool alignCorners, bool halfPixel)
      : node(node), chain(chain), alignCorners(alignCorners),
        halfPixel(halfPixel) {}

  /// The number of places of the image per place of the result.
  Value getScale(Side side);
  /// The places of the result as floats.
  Value getPlaces(Side side);
  /// Where each place of the result lies, as bilinear and bicubic resizing see
  /// it.
  Value getSamples(Side side);

  Taps getNearest(Side side);
  Taps getBilinear(Side side);
  Taps getBicubic(Side side);
  Taps getArea(Side side);
  Taps getKernelTaps(Side side, const Kernel &kernel, Value scale,
                     Value translation, bool antialias);

private:
  Value number(double value) {
    return node.splat(node.builder().getF32Type(), value);
  }
  Value whole(int64_t value) {
    return chain.integer(value, node.builder().getI32Type());
  }
  Value toFloat(Value x) { return chain.cast(x, node.builder().getF32Type()); }
  Value toInt(Value x) { return chain.cast(x, node.builder().getI32Type()); }
  Value floor(Value x) { return chain.op<graph::FloorOp>(x); }
  Value ceil(Value x) { return chain.op<graph::CeilOp>(x); }
  /// Positions as positions of the image.
  Value clamp(Value positions, Side side);
  Value column(Value vector) { return chain.expandDims(vector, int64_t(1)); }
  Value getCubicTable(double a, bool isFar);
  /// Weights that add up to 1 in each row, or `otherwise` where they cannot.
  Value normalize(Value weights, Value otherwise);

  NodeBuilder &node;
  Chain &chain;
  bool alignCorners, halfPixel;
};
} // namespace

Value Sampler::getScale(Side side) {
  Value scale = chain.div(toFloat(side.in), toFloat(side.out));
  if (!alignCorners)
    return scale;
  Value one = whole(1);
  Value between = chain.div(toFloat(chain.sub(side.in, one)),
                            toFloat(chain.sub(side.out, one)));
  return chain.select(chain.compare(CompareDirection::GT, side.out, one),
                      between, scale);
}

Value Sampler::getPlaces(Side side) {
  return toFloat(chain.range(whole(0), side.out, whole(1)));
}

Value Sampler::getSamples(Side side) {
  Value places = getPlaces(side);
  Value scale = getScale(side);
  if (!halfPixel)
    return chain.mul(places, scale);
  Value half = number(0.5);
  return chain.sub(chain.mul(chain.add(places, half), scale), half);
}

Value Sampler::clamp(Value positions, Side side) {
  Value last = chain.sub(side.in, whole(1));
  return chain.max(chain.min(positions, last), whole(0));
}

Taps Sampler::getNearest(Side side) {
  Value places = getPlaces(side);
  if (halfPixel)
    places = chain.add(places, number(0.5));
  Value samples = chain.mul(places, getScale(side));
  Value below = floor(samples);
  Value positions = toInt(below);
  if (alignCorners) {
    // Halves are rounded up.
    Value isUp = chain.compare(CompareDirection::GE, chain.sub(samples, below),
                               number(0.5));
    positions = chain.add(positions, toInt(isUp));
  }
  return {column(clamp(positions, side)), Value()};
}

Taps Sampler::getBilinear(Side side) {
  Value samples = getSamples(side);
  Value below = floor(samples);
  Value part = column(chain.sub(samples, below));
  Value lower = column(clamp(toInt(below), side));
  Value upper = column(clamp(toInt(ceil(samples)), side));
  return {chain.concat({lower, upper}, 1),
          chain.concat({chain.sub(number(1), part), part}, 1)};
}

//===----------------------------------------------------------------------===//
// Bicubic
//===----------------------------------------------------------------------===//

/// The number of steps between two places for which TensorFlow has weights.
static constexpr int64_t kCubicSteps = 1024;

/// The weights at distances of up to one place, or from one to two if `isFar`:
/// one for each step.
Value Sampler::getCubicTable(double a, bool isFar) {
  SmallVector<float> table;
  for (int64_t i = 0; i <= kCubicSteps; ++i) {
    float x = i * 1.0 / kCubicSteps;
    if (isFar) {
      x += 1.0f;
      table.push_back(((a * x - 5 * a) * x + 8 * a) * x - 4 * a);
    } else {
      table.push_back(((a + 2) * x - (a + 3)) * x * x + 1);
    }
  }
  auto type =
      RankedTensorType::get(kCubicSteps + 1, node.builder().getF32Type());
  return node.constant(DenseElementsAttr::get(type, ArrayRef<float>(table)));
}

Taps Sampler::getBicubic(Side side) {
  Value samples = getSamples(side);
  Value below = floor(samples);
  Value part = chain.sub(samples, below);
  Value step =
      toInt(chain.op<graph::RoundEvenOp>(chain.mul(part, number(kCubicSteps))));
  Value stepBack = chain.sub(whole(kCubicSteps), step);
  double a = halfPixel ? -0.5 : -0.75;
  Value near = getCubicTable(a, /*isFar=*/false);
  Value far = getCubicTable(a, /*isFar=*/true);
  Value weights = chain.concat({column(chain.gather(far, step, 0)),
                                column(chain.gather(near, step, 0)),
                                column(chain.gather(near, stepBack, 0)),
                                column(chain.gather(far, stepBack, 0))},
                               1);
  Value positions =
      chain.add(column(toInt(below)), node.intVector({-1, 0, 1, 2}));
  Value inside = clamp(positions, side);
  if (!halfPixel)
    return {inside, weights};
  // Places outside the image weigh nothing, and the others that much more.
  weights = chain.select(chain.compare(CompareDirection::EQ, positions, inside),
                         weights, number(0));
  return {inside, normalize(weights, weights)};
}

Value Sampler::normalize(Value weights, Value otherwise) {
  Value sum = chain.reduce(graph::ReduceKind::Sum, weights, int64_t(1),
                           /*keepDims=*/true);
  Value isNumber =
      chain.compare(CompareDirection::GE, chain.op<graph::AbsOp>(sum),
                    number(1000.0 * std::numeric_limits<float>::min()));
  Value scaled = chain.mul(weights, chain.div(number(1), sum));
  return chain.select(isNumber, scaled, otherwise);
}

//===----------------------------------------------------------------------===//
// Area
//===----------------------------------------------------------------------===//

Taps Sampler::getArea(Side side) {
  Value scale = getScale(side);
  Value places = column(getPlaces(side));
  Value begin = chain.mul(places, scale);
  Value end = chain.mul(chain.add(places, number(1)), scale);
  // A place of the result covers at most this many places of the image.
  Value count = chain.add(toInt(ceil(scale)), whole(1));
  if (auto in = graph::knownScalar(side.in))
    if (auto out = graph::knownScalar(side.out))
      count = whole(alignCorners ? *in + 1 : (*in + *out - 1) / *out + 1);
  Value cells =
      chain.add(floor(begin), toFloat(chain.range(whole(0), count, whole(1))));
  Value cellEnds = chain.add(cells, number(1));
  // How much of each lies inside.
  Value weights = chain.sub(chain.min(cellEnds, end), chain.max(cells, begin));
  weights = chain.max(weights, number(0));
  return {clamp(toInt(cells), side), chain.div(weights, scale)};
}

//===----------------------------------------------------------------------===//
// Resizing
//===----------------------------------------------------------------------===//

/// The side `axis` of the images `images`, resized to element `axis - 1` of
/// `sizes`.
static Side getSide(Chain &chain, Value images, Value sizes, int64_t axis) {
  return {chain.checkAtLeast(chain.dim(images, axis), 1, "a size"),
          chain.checkAtLeast(chain.element(sizes, axis - 1), 1, "a size")};
}

/// The same of the gradient `grad` of images that were like `images`.
static Side getGradSide(Chain &chain, Value images, Value grad, int64_t axis) {
  return {chain.checkAtLeast(chain.dim(images, axis), 1, "a size"),
          chain.checkAtLeast(chain.dim(grad, axis), 1, "a size")};
}

static LogicalResult expectImages(NodeBuilder &node, unsigned i) {
  return expectRank(node, i, 4);
}

/// Checks that input `i` is the two sizes of an image.
static LogicalResult expectSizes(NodeBuilder &node, unsigned i) {
  if (failed(expectRank(node, i, 1)))
    return failure();
  if (node.inputType(i).getDimSize(0) == 2)
    return success();
  return node.error() << "expected input " << i << " (" << inputName(node, i)
                      << ") to have 2 elements, a height and a width, got "
                      << node.inputType(i);
}

static FailureOr<Sampler> getSampler(NodeBuilder &node, Chain &chain) {
  auto get = [&](StringRef name) {
    return node.info().findAttribute(name) && node.boolAttr(name);
  };
  bool alignCorners = get("align_corners");
  bool halfPixel = get("half_pixel_centers");
  if (alignCorners && halfPixel)
    return node.error("expected at most one of align_corners and "
                      "half_pixel_centers to be true, got both");
  return Sampler(node, chain, alignCorners, halfPixel);
}

static Value resample(Chain &chain, Value x, Taps taps, int64_t axis) {
  return chain.op<graph::ResampleOp>({x, taps.positions, taps.weights},
                                     chain.attr("axis", axis));
}

/// The transpose of `resample` for an image of size `size` along `axis`.
static Value resampleGrad(Chain &chain, Value grad, Taps taps, Value size,
                          int64_t axis) {
  return chain.op<graph::ResampleGradOp>(
      {grad, taps.positions, taps.weights, size}, chain.attr("axis", axis));
}

using GetTaps = Taps (Sampler::*)(Side);

template <GetTaps getTaps>
static LogicalResult buildResize(NodeBuilder &node, Results &results) {
  if (failed(expectImages(node, 0)) || failed(expectKind(node, 0, Numbers)) ||
      failed(expectSizes(node, 1)))
    return failure();
  Chain chain(node);
  auto sampler = getSampler(node, chain);
  if (failed(sampler))
    return failure();
  Value images = chain.cast(node.input(0), node.builder().getF32Type());
  for (int64_t axis : {kWidth, kHeight}) {
    Taps taps = ((*sampler).*
                 getTaps)(getSide(chain, node.input(0), node.input(1), axis));
    images = resample(chain, images, taps, axis);
  }
  return chain.give(results, images);
}

static LogicalResult buildResizeNearest(NodeBuilder &node, Results &results) {
  if (failed(expectImages(node, 0)) || failed(expectSizes(node, 1)))
    return failure();
  Chain chain(node);
  auto sampler = getSampler(node, chain);
  if (failed(sampler))
    return failure();
  Value images = node.input(0);
  for (int64_t axis : {kHeight, kWidth}) {
    Side side = getSide(chain, node.input(0), node.input(1), axis);
    Value positions =
        chain.squeeze(sampler->getNearest(side).positions, int64_t(1));
    images = chain.gather(images, positions, axis);
  }
  return chain.give(results, images);
}

//===----------------------------------------------------------------------===//
// Gradients
//===----------------------------------------------------------------------===//

/// The gradient of bilinear and bicubic resizing: `original_image` says how
/// large the image was.
template <GetTaps getTaps>
static LogicalResult buildResizeGrad(NodeBuilder &node, Results &results) {
  if (failed(expectImages(node, 0)) || failed(expectImages(node, 1)) ||
      failed(expectKind(node, 1, Floats)))
    return failure();
  Chain chain(node);
  auto sampler = getSampler(node, chain);
  if (failed(sampler))
    return failure();
  Value grad = node.input(0);
  for (int64_t axis : {kHeight, kWidth}) {
    Side side = {
        chain.checkAtLeast(chain.dim(node.input(1), axis), 1, "a size"),
        chain.checkAtLeast(chain.dim(node.input(0), axis), 1, "a size")};
    grad =
        resampleGrad(chain, grad, ((*sampler).*getTaps)(side), side.in, axis);
  }
  return chain.give(results, chain.cast(grad, node.elementType(1)));
}

static LogicalResult buildResizeNearestGrad(NodeBuilder &node,
                                            Results &results) {
  if (failed(expectImages(node, 0)) || failed(expectKind(node, 0, Numbers)) ||
      failed(expectSizes(node, 1)))
    return failure();
  Chain chain(node);
  auto sampler = getSampler(node, chain);
  if (failed(sampler))
    return failure();
  Value grad = node.input(0);
  for (int64_t axis : {kHeight, kWidth}) {
    Side side = {
        chain.checkAtLeast(chain.element(node.input(1), axis - 1), 1, "a size"),
        chain.checkAtLeast(chain.dim(node.input(0), axis), 1, "a size")};
    Taps taps = sampler->getNearest(side);
    taps.weights =
        chain.broadcastTo(chain.scalar(1, grad), chain.shape(taps.positions));
    grad = resampleGrad(chain, grad, taps, side.in, axis);
  }
  return chain.give(results, grad);
}

//===----------------------------------------------------------------------===//
// ScaleAndTranslate
//===----------------------------------------------------------------------===//

namespace {
/// The weight of a place by its distance.
struct Kernel {
  /// From here on it is 0.
  double radius;
  Value (*getWeight)(Chain &, Value distance);
};
} // namespace

static Value isBelow(Chain &chain, Value x, double limit) {
  return chain.compare(CompareDirection::LT, x, chain.scalar(limit, x));
}

/// A polynomial, the coefficient of the highest power first.
static Value polynomial(Chain &chain, Value x, ArrayRef<double> coefficients) {
  Value result = chain.scalar(coefficients.front(), x);
  for (double coefficient : coefficients.drop_front())
    result = chain.add(chain.mul(result, x), chain.scalar(coefficient, x));
  return result;
}

template <int radius> static Value getLanczos(Chain &chain, Value x) {
  Value angle = chain.mul(x, chain.scalar(M_PI, x));
  Value slowAngle = chain.div(angle, chain.scalar(radius, x));
  Value wave = chain.mul(chain.op<graph::SinOp>(angle),
                         chain.op<graph::SinOp>(slowAngle));
  Value weight = chain.div(wave, chain.mul(angle, slowAngle));
  Value one = chain.scalar(1, x);
  weight = chain.select(isBelow(chain, x, 1e-3), one, weight);
  Value isFar = chain.compare(CompareDirection::GT, x, chain.scalar(radius, x));
  return chain.select(isFar, chain.scalar(0, x), weight);
}

/// With a deviation of a half.
static Value getGaussian(Chain &chain, Value x) {
  Value weight =
      chain.op<graph::ExpOp>(chain.mul(chain.mul(x, x), chain.scalar(-2, x)));
  return chain.select(isBelow(chain, x, 1.5), weight, chain.scalar(0, x));
}

static Value getBox(Chain &chain, Value x) {
  Value isEdge = chain.compare(CompareDirection::EQ, x, chain.scalar(0.5, x));
  Value outside =
      chain.select(isEdge, chain.scalar(0.5, x), chain.scalar(0, x));
  return chain.select(isBelow(chain, x, 0.5), chain.scalar(1, x), outside);
}

static Value getTriangle(Chain &chain, Value x) {
  return chain.max(chain.sub(chain.scalar(1, x), x), chain.scalar(0, x));
}

/// A kernel of two cubic polynomials, for distances up to 1 and up to 2.
static Value getCubic(Chain &chain, Value x, ArrayRef<double> near,
                      ArrayRef<double> far) {
  Value outer = chain.select(isBelow(chain, x, 2), polynomial(chain, x, far),
                             chain.scalar(0, x));
  return chain.select(isBelow(chain, x, 1), polynomial(chain, x, near), outer);
}

static Value getKeysCubic(Chain &chain, Value x) {
  return getCubic(chain, x, {1.5, -2.5, 0, 1}, {-0.5, 2.5, -4, 2});
}

static Value getMitchellCubic(Chain &chain, Value x) {
  return getCubic(chain, x, {7.0 / 6, -2, 0, 8.0 / 9},
                  {-7.0 / 18, 2, -10.0 / 3, 16.0 / 9});
}

static FailureOr<Kernel> getKernel(NodeBuilder &node) {
  StringRef name = node.stringAttr("kernel_type");
  Kernel kernel = llvm::StringSwitch<Kernel>(name)
                      .Case("lanczos1", {1, getLanczos<1>})
                      .Case("lanczos3", {3, getLanczos<3>})
                      .Case("lanczos5", {5, getLanczos<5>})
                      .Case("gaussian", {1.5, getGaussian})
                      .Case("box", {1, getBox})
                      .Case("triangle", {1, getTriangle})
                      .Case("keyscubic", {2, getKeysCubic})
                      .Case("mitchellcubic", {2, getMitchellCubic})
                      .Default({0, nullptr});
  if (kernel.getWeight)
    return kernel;
  return node.error() << "expected attribute kernel_type to be lanczos1, "
                         "lanczos3, lanczos5, gaussian, box, triangle, "
                         "keyscubic or mitchellcubic, got \""
                      << name << "\"";
}

/// The places that a kernel, scaled and moved, covers around each place of a
/// side.
Taps Sampler::getKernelTaps(Side side, const Kernel &kernel, Value scale,
                            Value translation, bool antialias) {
  Value zero = number(0), half = number(0.5), one = number(1);
  Value inverse = chain.div(one, scale);
  Value offset = chain.mul(chain.op<graph::NegOp>(inverse), translation);
  Value samples = column(
      chain.add(chain.mul(chain.add(getPlaces(side), half), inverse), offset));
  // Shrinking, the kernel has to cover what a place of the result does.
  Value kernelScale = antialias ? chain.max(inverse, one) : one;
  Value radius = chain.mul(number(kernel.radius), kernelScale);

  Value begin =
      clamp(toInt(ceil(chain.sub(chain.sub(samples, radius), half))), side);
  Value last =
      clamp(toInt(floor(chain.sub(chain.add(samples, radius), half))), side);
  Value count = chain.add(chain.mul(toInt(ceil(radius)), whole(2)), whole(1));
  Value positions = chain.add(
      begin, chain.range(whole(0), chain.min(count, side.in), whole(1)));

  Value distance = chain.op<graph::AbsOp>(
      chain.mul(chain.sub(chain.add(toFloat(positions), half), samples),
                chain.div(one, kernelScale)));
  Value isCovered = chain.op<graph::AndOp>(
      {chain.compare(CompareDirection::LE, positions, last),
       chain.op<graph::AndOp>(
           {chain.compare(CompareDirection::GE, samples, zero),
            chain.compare(CompareDirection::LE, samples, toFloat(side.in))})});
  Value weights =
      chain.select(isCovered, kernel.getWeight(chain, distance), zero);
  return {clamp(positions, side), normalize(weights, zero)};
}

/// Builds the op, or with `isGrad` its transpose.
template <bool isGrad>
static LogicalResult buildScaleAndTranslate(NodeBuilder &node,
                                            Results &results) {
  if (failed(expectImages(node, 0)) || failed(expectKind(node, 0, Numbers)) ||
      failed(isGrad ? expectImages(node, 1) : expectSizes(node, 1)))
    return failure();
  for (unsigned i : {2u, 3u}) {
    if (failed(expectRank(node, i, 1)))
      return failure();
    if (node.inputType(i).getDimSize(0) != 2)
      return node.error() << "expected input " << i << " ("
                          << inputName(node, i) << ") to have 2 elements, got "
                          << node.inputType(i);
  }
  auto kernel = getKernel(node);
  if (failed(kernel))
    return failure();
  Chain chain(node);
  Sampler sampler(node, chain, /*alignCorners=*/false, /*halfPixel=*/true);
  Value scale =
      chain.checkTrue(node.input(2),
                      chain.compare(CompareDirection::GT, node.input(2),
                                    chain.scalar(0, node.input(2))),
                      "a scale is not greater than 0");
  Value images = chain.cast(node.input(0), node.builder().getF32Type());
  for (int64_t axis : {kHeight, kWidth}) {
    Side side = isGrad ? getGradSide(chain, node.input(1), node.input(0), axis)
                       : getSide(chain, node.input(0), node.input(1), axis);
    Taps taps = sampler.getKernelTaps(
        side, *kernel, chain.element(scale, axis - 1),
        chain.element(node.input(3), axis - 1), node.boolAttr("antialias"));
    images = isGrad ? resampleGrad(chain, images, taps, side.in, axis)
                    : resample(chain, images, taps, axis);
  }
  return chain.give(results, images);
}

//===----------------------------------------------------------------------===//
// Registration
//===----------------------------------------------------------------------===//

void tensorflow::registerResizeOps(OpTable &table) {
  constexpr StringLiteral toFloat =
      "images: T, size: int32 -> resized_images: float; align_corners: bool = "
      "false, half_pixel_centers: bool = false";
  table.add("ResizeBilinear", toFloat, buildResize<&Sampler::getBilinear>);
  table.add("ResizeBicubic", toFloat, buildResize<&Sampler::getBicubic>);
  table.add("ResizeArea",
            "images: T, size: int32 -> resized_images: float; align_corners: "
            "bool = false",
            buildResize<&Sampler::getArea>);
  table.add("ResizeNearestNeighbor",
            "images: T, size: int32 -> resized_images: T; align_corners: bool "
            "= false, half_pixel_centers: bool = false",
            buildResizeNearest);

  constexpr StringLiteral grad =
      "grads: float, original_image: T -> output: T; align_corners: bool = "
      "false, half_pixel_centers: bool = false";
  table.add("ResizeBilinearGrad", grad, buildResizeGrad<&Sampler::getBilinear>);
  table.add("ResizeBicubicGrad", grad, buildResizeGrad<&Sampler::getBicubic>);
  table.add("ResizeNearestNeighborGrad",
            "grads: T, size: int32 -> output: T; align_corners: bool = false, "
            "half_pixel_centers: bool = false",
            buildResizeNearestGrad);

  table.add("ScaleAndTranslate",
            "images: T, size: int32, scale: float, translation: float -> "
            "resized_images: float; kernel_type: string = 'lanczos3', "
            "antialias: bool = true",
            buildScaleAndTranslate<false>);
  table.add("ScaleAndTranslateGrad",
            "grads: T, original_image: T, scale: float, translation: float -> "
            "output: T; kernel_type: string = 'lanczos3', antialias: bool = "
            "true",
            buildScaleAndTranslate<true>);
}
