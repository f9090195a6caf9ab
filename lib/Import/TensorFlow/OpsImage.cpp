//===- OpsImage.cpp - cropping and colors of images -----------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
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
// CropAndResize
//===----------------------------------------------------------------------===//

namespace {
/// Makes the crops of a batch of images, one per box.
class Cropper {
public:
  Cropper(NodeBuilder &node)
      : node(node), chain(node), images(node.input(0)), boxes(node.input(1)),
        cropSize(node.input(3)) {}

  LogicalResult build(Results &results);

private:
  /// Along one side of each box, as matrices with a row per box: where each
  /// place of the crop lies on the image.
  struct Samples {
    /// As floats; where it is outside the image, the last place or 0.
    Value places;
    Value isInside;
    /// How many places the image has.
    Value size;
  };
  Samples getSamples(int64_t axis);
  Value pick(Value y, Value x);
  Value getNearest();
  Value getBilinear();
  Value mix(Value a, Value b, Value part);

  Value number(double value) {
    return node.splat(node.builder().getF32Type(), value);
  }
  Value toFloat(Value x) { return chain.cast(x, node.builder().getF32Type()); }
  Value toPosition(Value x) {
    return chain.cast(x, node.builder().getI64Type());
  }
  Value floor(Value x) { return chain.op<graph::FloorOp>(x); }

  NodeBuilder &node;
  Chain chain;
  Value images, boxes, cropSize;
  /// Which image each box is on, of shape [boxes, 1, 1].
  Value imageOfBox;
  /// The pixels of all images, one after the other.
  Value pixels;
  Samples rows, columns;
};
} // namespace

Cropper::Samples Cropper::getSamples(int64_t axis) {
  Type i32 = node.builder().getI32Type();
  Value one = chain.integer(1, i32);
  Value size = chain.checkAtLeast(chain.dim(images, axis), 1, "a size");
  Value count =
      chain.checkAtLeast(chain.element(cropSize, axis - 1), 1, "a crop size");
  // A box is y1, x1, y2, x2 in parts of the image.
  auto getEdge = [&](int64_t column) {
    Value edge = chain.gather(boxes, chain.integer(column, i32), /*axis=*/1);
    return chain.expandDims(edge, int64_t(1));
  };
  Value begin = getEdge(axis - 1);
  Value end = getEdge(axis + 1);

  Value last = toFloat(chain.sub(size, one));
  Value isMany = chain.compare(CompareDirection::GT, count, one);
  Value scale = chain.div(chain.mul(chain.sub(end, begin), last),
                          toFloat(chain.sub(count, one)));
  Value steps = toFloat(chain.range(chain.integer(0, i32), count, one));
  Value spread = chain.add(chain.mul(begin, last), chain.mul(steps, scale));
  Value middle = chain.mul(chain.mul(number(0.5), chain.add(begin, end)), last);
  Value places = chain.select(isMany, spread, middle);

  Value isInside = chain.op<graph::AndOp>(
      {chain.compare(CompareDirection::GE, places, number(0)),
       chain.compare(CompareDirection::LE, places, last)});
  return {chain.select(isInside, places, number(0)), isInside, size};
}

/// The pixels at rows `y`, of shape [boxes, height], and columns `x`, of shape
/// [boxes, width], as floats.
Value Cropper::pick(Value y, Value x) {
  Value row = chain.add(chain.mul(imageOfBox, toPosition(rows.size)),
                        chain.expandDims(toPosition(y), int64_t(2)));
  Value position = chain.add(chain.mul(row, toPosition(columns.size)),
                             chain.expandDims(toPosition(x), int64_t(1)));
  return toFloat(chain.gather(pixels, position, /*axis=*/0));
}

Value Cropper::getNearest() {
  auto round = [&](Value places) {
    // Halves are rounded up; places are not negative.
    Value below = floor(places);
    Value isUp = chain.compare(CompareDirection::GE, chain.sub(places, below),
                               number(0.5));
    return chain.add(below, toFloat(isUp));
  };
  return pick(round(rows.places), round(columns.places));
}

Value Cropper::mix(Value a, Value b, Value part) {
  return chain.add(a, chain.mul(chain.sub(b, a), part));
}

Value Cropper::getBilinear() {
  auto ceil = [&](Value places) { return chain.op<graph::CeilOp>(places); };
  Value top = floor(rows.places), bottom = ceil(rows.places);
  Value left = floor(columns.places), right = ceil(columns.places);
  Value xPart = chain.expandDims(chain.sub(columns.places, left), {1, 3});
  Value yPart = chain.expandDims(chain.sub(rows.places, top), {2, 3});
  Value above = mix(pick(top, left), pick(top, right), xPart);
  Value below = mix(pick(bottom, left), pick(bottom, right), xPart);
  return mix(above, below, yPart);
}

LogicalResult Cropper::build(Results &results) {
  StringRef method = node.stringAttr("method");
  if (method != "bilinear" && method != "nearest")
    return node.error() << "expected attribute method to be bilinear or "
                           "nearest, got \""
                        << method << "\"";
  boxes = chain.checkSize(boxes, 1, 4);
  boxes = chain.checkDims(boxes, node.input(2), int64_t(0), int64_t(0));
  Value imageOf = chain.checkIndex(node.input(2), images, 0);
  imageOfBox = chain.expandDims(toPosition(imageOf), {1, 2});
  rows = getSamples(1);
  columns = getSamples(2);

  Type i64 = node.builder().getI64Type();
  Value numPixels =
      chain.reduce(graph::ReduceKind::Prod,
                   chain.part(chain.shape(images, i64), 0, 3), int64_t(0));
  pixels = chain.reshape(images,
                         chain.vector({numPixels, chain.dim(images, 3, i64)}));

  Value crops = method == "nearest" ? getNearest() : getBilinear();
  Value isInside =
      chain.op<graph::AndOp>({chain.expandDims(rows.isInside, {2, 3}),
                              chain.expandDims(columns.isInside, {1, 3})});
  Value outside = number(node.floatAttr("extrapolation_value"));
  return chain.give(results, chain.select(isInside, crops, outside));
}

static LogicalResult buildCropAndResize(NodeBuilder &node, Results &results) {
  for (auto [i, rank] : {std::pair(0u, 4), {1u, 2}, {2u, 1}, {3u, 1}})
    if (failed(expectRank(node, i, rank)))
      return failure();
  if (failed(expectKind(node, 0, Numbers)))
    return failure();
  if (node.inputType(3).getDimSize(0) != 2)
    return node.error() << "expected input 3 (crop_size) to have 2 elements, a "
                           "height and a width, got "
                        << node.inputType(3);
  return Cropper(node).build(results);
}

//===----------------------------------------------------------------------===//
// Colors
//===----------------------------------------------------------------------===//

namespace {
/// The three parts of the colors of an image: tensors without the last dim.
struct Color {
  Value a, b, c;
};
} // namespace

/// Input 0, in float where it is shorter, with its last dim taken apart.
static FailureOr<Color> splitColors(NodeBuilder &node, Chain &chain) {
  if (failed(expectKind(node, 0, Floats)))
    return failure();
  int64_t last = node.inputType(0).getRank() - 1;
  if (last < 0)
    return node.error("expected input 0 (images) to have a dim of 3 colors, "
                      "got a scalar");
  Value x = chain.widen(chain.checkSize(node.input(0), last, 3));
  auto get = [&](int64_t i) {
    return chain.gather(x, chain.integer(i, node.builder().getI32Type()), last);
  };
  Color color = {get(0), get(1), get(2)};
  if (!color.c)
    return failure();
  return color;
}

/// The parts as one tensor of the type of input 0.
static LogicalResult giveColors(NodeBuilder &node, Chain &chain, Color color,
                                Results &results) {
  int64_t last = node.inputType(0).getRank() - 1;
  SmallVector<Value> parts;
  for (Value part : {color.a, color.b, color.c})
    parts.push_back(chain.expandDims(part, last));
  return chain.give(results,
                    chain.cast(chain.concat(parts, last), node.elementType(0)));
}

/// Red, green and blue as hue, saturation and value.
static Color toHsv(Chain &chain, Color rgb) {
  Value red = rgb.a, green = rgb.b, blue = rgb.c;
  auto number = [&](double value) { return chain.scalar(value, red); };
  Value zero = number(0);
  Value value = chain.max(chain.max(red, green), blue);
  Value range = chain.sub(value, chain.min(chain.min(red, green), blue));
  Value saturation =
      chain.select(chain.compare(CompareDirection::GT, value, zero),
                   chain.div(range, value), zero);
  // The hue begins at the greatest of the three and leans to its neighbors.
  Value norm = chain.mul(chain.div(number(1), range), number(1.0 / 6));
  auto lean = [&](Value x, Value y, double base) {
    return chain.add(chain.mul(norm, chain.sub(x, y)), number(base));
  };
  Value hue = chain.select(chain.compare(CompareDirection::EQ, green, value),
                           lean(blue, red, 2.0 / 6), lean(red, green, 4.0 / 6));
  hue = chain.select(chain.compare(CompareDirection::EQ, red, value),
                     chain.mul(norm, chain.sub(green, blue)), hue);
  hue =
      chain.select(chain.compare(CompareDirection::GT, range, zero), hue, zero);
  hue = chain.select(chain.compare(CompareDirection::LT, hue, zero),
                     chain.add(hue, number(1)), hue);
  return {hue, saturation, value};
}

/// Hue, saturation and value as red, green and blue.
static Color toRgb(Chain &chain, Color hsv) {
  Value hue = hsv.a, saturation = hsv.b, value = hsv.c;
  auto number = [&](double x) { return chain.scalar(x, hue); };
  Value sixths = chain.mul(hue, number(6));
  // How far a color is from where the hue has it, in [0, 1].
  auto distance = [&](double center, double sign, double offset) {
    Value x = chain.op<graph::AbsOp>(chain.sub(sixths, number(center)));
    x = chain.add(chain.mul(x, number(sign)), number(offset));
    return chain.min(chain.max(x, number(0)), number(1));
  };
  Value gray = chain.sub(number(1), saturation);
  auto shade = [&](Value x) {
    return chain.mul(chain.add(gray, chain.mul(saturation, x)), value);
  };
  return {shade(distance(3, 1, -1)), shade(distance(2, -1, 2)),
          shade(distance(4, -1, 2))};
}

static LogicalResult buildRgbToHsv(NodeBuilder &node, Results &results) {
  Chain chain(node);
  auto color = splitColors(node, chain);
  if (failed(color))
    return failure();
  return giveColors(node, chain, toHsv(chain, *color), results);
}

static LogicalResult buildHsvToRgb(NodeBuilder &node, Results &results) {
  Chain chain(node);
  auto color = splitColors(node, chain);
  if (failed(color))
    return failure();
  return giveColors(node, chain, toRgb(chain, *color), results);
}

/// Turns the hue by `delta`.
static LogicalResult buildAdjustHue(NodeBuilder &node, Results &results) {
  Chain chain(node);
  auto color = splitColors(node, chain);
  if (failed(color) || failed(expectRank(node, 1, 0)))
    return failure();
  Color hsv = toHsv(chain, *color);
  hsv.a = chain.add(
      hsv.a, chain.cast(node.input(1), tensorType(hsv.a).getElementType()));
  hsv.a = chain.sub(hsv.a, chain.op<graph::FloorOp>(hsv.a));
  return giveColors(node, chain, toRgb(chain, hsv), results);
}

/// Multiplies the saturation by `scale`.
static LogicalResult buildAdjustSaturation(NodeBuilder &node,
                                           Results &results) {
  Chain chain(node);
  auto color = splitColors(node, chain);
  if (failed(color) || failed(expectRank(node, 1, 0)))
    return failure();
  Color hsv = toHsv(chain, *color);
  Value scale = chain.cast(node.input(1), tensorType(hsv.b).getElementType());
  hsv.b = chain.min(chain.max(chain.mul(hsv.b, scale), chain.scalar(0, hsv.b)),
                    chain.scalar(1, hsv.b));
  return giveColors(node, chain, toRgb(chain, hsv), results);
}

/// (x - mean) * factor + mean, with the mean of each image and color.
static LogicalResult buildAdjustContrast(NodeBuilder &node, Results &results) {
  if (failed(expectKind(node, 0, Floats)) || failed(expectRank(node, 1, 0)))
    return failure();
  int64_t rank = node.inputType(0).getRank();
  if (rank < 3)
    return node.error() << "expected input 0 (images) to have at least 3 dims, "
                           "got "
                        << node.inputType(0);
  Chain chain(node);
  Value x = chain.widen(node.input(0));
  Value factor = chain.cast(node.input(1), tensorType(x).getElementType());
  Value mean = chain.reduce(graph::ReduceKind::Mean, x, {rank - 3, rank - 2},
                            /*keepDims=*/true);
  Value result = chain.add(chain.mul(chain.sub(x, mean), factor), mean);
  return chain.give(results, chain.cast(result, node.elementType(0)));
}

//===----------------------------------------------------------------------===//
// Registration
//===----------------------------------------------------------------------===//

void tensorflow::registerImageOps(OpTable &table) {
  table
      .add("CropAndResize",
           "image: T, boxes: float, box_ind: int32, crop_size: int32 -> crops: "
           "float; method: string = 'bilinear', extrapolation_value: float = "
           "0.0",
           buildCropAndResize)
      .note("a box on no image of the batch fails the call");
  constexpr StringLiteral colors = "images: T -> output: T; T: type = float";
  table.add("RGBToHSV", colors, buildRgbToHsv);
  table.add("HSVToRGB", colors, buildHsvToRgb);
  table.add("AdjustHue",
            "images: T, delta: float -> output: T; T: type = float",
            buildAdjustHue);
  table.add("AdjustSaturation",
            "images: T, scale: float -> output: T; T: type = float",
            buildAdjustSaturation);
  table.add("AdjustContrastv2",
            "images: T, contrast_factor: float -> output: T; T: type = float",
            buildAdjustContrast);
}
