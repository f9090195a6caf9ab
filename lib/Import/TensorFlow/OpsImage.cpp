//===- OpsImage.cpp - colors of images ------------------------------------===//
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
