//===- OpsCrop.cpp - crops of images --------------------------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A crop is an image of its own size, made of what lies under a box on one
// image of a batch. Each of its pixels is one pixel of the image, or four of
// them weighted; outside the image it is a given value.
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
// Grids
//===----------------------------------------------------------------------===//

/// The dims of images.
static constexpr int64_t kHeight = 1, kWidth = 2;

namespace {
/// Height and width as scalars of i32 that are at least 1.
struct Area {
  Value height, width;
};

/// A pixel of the image for each pixel of the crops, as matrices with a row per
/// box: its row and its column, as floats.
struct Corner {
  Value row, column;
};

/// Where the pixels of crops lie on the images.
class Grid {
public:
  /// `boxes` are matrices of y1, x1, y2, x2 in parts of the image, and
  /// `imageOfBox` their images, both checked.
  Grid(NodeBuilder &node, Chain &chain, Value boxes, Value imageOfBox,
       Area image, Area crop);

  /// Along one side, as matrices with a row per box.
  struct Samples {
    /// As floats; 0 where it is outside the image.
    Value places;
    Value isInside;
    /// How far the last place of the image is from the first, and the steps
    /// between the places of the crop; scalars and a vector of floats.
    Value length, steps;
  };
  const Samples &getRows() const { return rows; }
  const Samples &getColumns() const { return columns; }

  /// Whether each pixel of the crops lies on its image, of shape [boxes,
  /// height, width, 1].
  Value getInside();
  /// The nearest pixels, and those around: above, then from the left.
  Corner getNearest();
  SmallVector<Corner> getAround();
  /// How far each pixel is below the row above and right of the column to the
  /// left of it, of shapes [boxes, height, 1, 1] and [boxes, 1, width, 1].
  Value getPartBelow();
  Value getPartRight();
  /// The positions of pixels in the row of all pixels of all images, of shape
  /// [boxes, height, width].
  Value getPositions(Corner corner);

private:
  Samples getSamples(Value begin, Value end, Value size, Value count);
  Value round(Value places);
  Value floor(Value x) { return chain.op<graph::FloorOp>(x); }
  Value ceil(Value x) { return chain.op<graph::CeilOp>(x); }
  Value number(double value) {
    return node.splat(node.builder().getF32Type(), value);
  }
  Value toFloat(Value x) { return chain.cast(x, node.builder().getF32Type()); }
  Value toPosition(Value x) {
    return chain.cast(x, node.builder().getI64Type());
  }

  NodeBuilder &node;
  Chain &chain;
  Value imageOfBox;
  Area image;
  Samples rows, columns;
};
} // namespace

Grid::Grid(NodeBuilder &node, Chain &chain, Value boxes, Value imageOfBox,
           Area image, Area crop)
    : node(node), chain(chain), imageOfBox(imageOfBox), image(image) {
  auto getEdge = [&](int64_t i) {
    Value edge = chain.gather(
        boxes, chain.integer(i, node.builder().getI32Type()), /*axis=*/1);
    return chain.expandDims(edge, int64_t(1));
  };
  rows = getSamples(getEdge(0), getEdge(2), image.height, crop.height);
  columns = getSamples(getEdge(1), getEdge(3), image.width, crop.width);
}

Grid::Samples Grid::getSamples(Value begin, Value end, Value size,
                               Value count) {
  Type i32 = node.builder().getI32Type();
  Value one = chain.integer(1, i32);
  Value last = toFloat(chain.sub(size, one));
  Value isMany = chain.compare(CompareDirection::GT, count, one);
  Value scale = chain.div(chain.mul(chain.sub(end, begin), last),
                          toFloat(chain.sub(count, one)));
  Value steps = toFloat(chain.range(chain.integer(0, i32), count, one));
  Value spread = chain.add(chain.mul(begin, last), chain.mul(steps, scale));
  // A single place is in the middle.
  Value middle = chain.mul(chain.mul(number(0.5), chain.add(begin, end)), last);
  Value places = chain.select(isMany, spread, middle);
  Value isInside = chain.op<graph::AndOp>(
      {chain.compare(CompareDirection::GE, places, number(0)),
       chain.compare(CompareDirection::LE, places, last)});
  return {chain.select(isInside, places, number(0)), isInside, last, steps};
}

Value Grid::getInside() {
  return chain.op<graph::AndOp>({chain.expandDims(rows.isInside, {2, 3}),
                                 chain.expandDims(columns.isInside, {1, 3})});
}

/// Halves are rounded up; places are not negative.
Value Grid::round(Value places) {
  Value below = floor(places);
  Value isUp = chain.compare(CompareDirection::GE, chain.sub(places, below),
                             number(0.5));
  return chain.add(below, toFloat(isUp));
}

Corner Grid::getNearest() {
  return {round(rows.places), round(columns.places)};
}

SmallVector<Corner> Grid::getAround() {
  Value above = floor(rows.places), below = ceil(rows.places);
  Value left = floor(columns.places), right = ceil(columns.places);
  return {{above, left}, {above, right}, {below, left}, {below, right}};
}

Value Grid::getPartBelow() {
  return chain.expandDims(chain.sub(rows.places, floor(rows.places)), {2, 3});
}

Value Grid::getPartRight() {
  return chain.expandDims(chain.sub(columns.places, floor(columns.places)),
                          {1, 3});
}

Value Grid::getPositions(Corner corner) {
  Value first = chain.mul(chain.expandDims(toPosition(imageOfBox), {1, 2}),
                          toPosition(image.height));
  Value row =
      chain.add(first, chain.expandDims(toPosition(corner.row), int64_t(2)));
  return chain.add(chain.mul(row, toPosition(image.width)),
                   chain.expandDims(toPosition(corner.column), int64_t(1)));
}

//===----------------------------------------------------------------------===//
// Inputs
//===----------------------------------------------------------------------===//

static Value checkedSize(Chain &chain, Value size) {
  return chain.checkAtLeast(size, 1, "a size");
}

/// The height and width of the images `x`.
static Area areaOf(Chain &chain, Value x) {
  return {checkedSize(chain, chain.dim(x, kHeight)),
          checkedSize(chain, chain.dim(x, kWidth))};
}

/// The sizes that elements `first` and `first + 1` of a vector state.
static Area areaIn(Chain &chain, Value sizes, int64_t first) {
  return {checkedSize(chain, chain.element(sizes, first)),
          checkedSize(chain, chain.element(sizes, first + 1))};
}

/// The boxes at input `i` after the checks that there is an image for each at
/// input `i + 1`, and that they have four edges.
static Value getBoxes(NodeBuilder &node, Chain &chain, unsigned i) {
  Value boxes = chain.checkSize(node.input(i), 1, 4);
  return chain.checkDims(boxes, node.input(i + 1), int64_t(0), int64_t(0));
}

static LogicalResult expectRanks(NodeBuilder &node, ArrayRef<int64_t> ranks) {
  for (auto [i, rank] : llvm::enumerate(ranks))
    if (failed(expectRank(node, i, rank)))
      return failure();
  return success();
}

static LogicalResult expectElements(NodeBuilder &node, unsigned i,
                                    int64_t count, StringRef what) {
  if (node.inputType(i).getDimSize(0) == count)
    return success();
  return node.error() << "expected input " << i << " (" << inputName(node, i)
                      << ") to have " << count << " elements, " << what
                      << ", got " << node.inputType(i);
}

/// Whether pixels are mixed of four; an error if `method` is unknown.
static FailureOr<bool> isBilinear(NodeBuilder &node) {
  StringRef method = node.stringAttr("method");
  if (method == "bilinear" || method == "nearest")
    return method == "bilinear";
  return node.error() << "expected attribute method to be bilinear or nearest, "
                         "got \""
                      << method << "\"";
}

/// The pixels of all images of `x`, one after the other.
static Value flattenPixels(NodeBuilder &node, Chain &chain, Value x) {
  Type i64 = node.builder().getI64Type();
  Value count = chain.reduce(graph::ReduceKind::Prod,
                             chain.part(chain.shape(x, i64), 0, 3), int64_t(0));
  return chain.reshape(x, chain.vector({count, chain.dim(x, 3, i64)}));
}

/// The pixels around each pixel of the crops, as floats, in getAround's order.
static SmallVector<Value> pickAround(NodeBuilder &node, Chain &chain,
                                     Grid &grid, Value images) {
  Value pixels = flattenPixels(node, chain, images);
  return llvm::map_to_vector(grid.getAround(), [&](Corner corner) {
    Value picked = chain.gather(pixels, grid.getPositions(corner), /*axis=*/0);
    return chain.cast(picked, node.builder().getF32Type());
  });
}

/// `a` where `part` is 0, `b` where it is 1.
static Value mix(Chain &chain, Value a, Value b, Value part) {
  return chain.add(a, chain.mul(chain.sub(b, a), part));
}

//===----------------------------------------------------------------------===//
// CropAndResize
//===----------------------------------------------------------------------===//

static LogicalResult buildCropAndResize(NodeBuilder &node, Results &results) {
  auto bilinear = isBilinear(node);
  if (failed(bilinear) || failed(expectRanks(node, {4, 2, 1, 1})) ||
      failed(expectKind(node, 0, Numbers)) ||
      failed(expectElements(node, 3, 2, "a height and a width")))
    return failure();
  Chain chain(node);
  Value images = node.input(0);
  Grid grid(node, chain, getBoxes(node, chain, 1),
            chain.checkIndex(node.input(2), images, 0), areaOf(chain, images),
            areaIn(chain, node.input(3), 0));
  Value crops;
  if (*bilinear) {
    SmallVector<Value> around = pickAround(node, chain, grid, images);
    Value right = grid.getPartRight();
    crops = mix(chain, mix(chain, around[0], around[1], right),
                mix(chain, around[2], around[3], right), grid.getPartBelow());
  } else {
    crops = chain.cast(chain.gather(flattenPixels(node, chain, images),
                                    grid.getPositions(grid.getNearest()),
                                    /*axis=*/0),
                       node.builder().getF32Type());
  }
  Value outside = node.splat(node.builder().getF32Type(),
                             node.floatAttr("extrapolation_value"));
  return chain.give(results, chain.select(grid.getInside(), crops, outside));
}

//===----------------------------------------------------------------------===//
// Gradients
//===----------------------------------------------------------------------===//

/// The weights of the pixels around, in getAround's order, of shape [boxes,
/// height, width, 4].
static Value weighAround(Chain &chain, Grid &grid) {
  Value below = grid.getPartBelow(), right = grid.getPartRight();
  Value one = chain.scalar(1, below);
  Value above = chain.sub(one, below), left = chain.sub(one, right);
  return chain.concat({chain.mul(above, left), chain.mul(above, right),
                       chain.mul(below, left), chain.mul(below, right)},
                      3);
}

/// Adds each pixel of the crops' gradients to the pixels that it was made of.
static LogicalResult buildCropAndResizeGradImage(NodeBuilder &node,
                                                 Results &results) {
  auto bilinear = isBilinear(node);
  if (failed(bilinear) || failed(expectRanks(node, {4, 2, 1, 1})) ||
      failed(expectElements(node, 3, 4, "the sizes of a batch of images")))
    return failure();
  Type imageType = node.typeAttr("T");
  if (!imageType || !isOfKind(imageType, Floats))
    return node.error("expected attribute T to be a floating-point type");
  Chain chain(node);
  Type i32 = node.builder().getI32Type();
  Value sizes = chain.checkAtLeast(node.input(3), 0, "a size");
  Value grads = node.input(0);
  Value boxes = getBoxes(node, chain, 1);
  grads = chain.checkDims(grads, boxes, int64_t(0), int64_t(0));
  Value depth = chain.element(sizes, 3);
  Value channels = chain.checkBounds(chain.dim(grads, 3), depth, depth,
                                     "a number of channels");
  Value numImages = chain.element(sizes, 0);
  Value imageOfBox = chain.checkBounds(
      chain.cast(node.input(2), i32), chain.integer(0, i32),
      chain.sub(numImages, chain.integer(1, i32)), "an image of a box");
  Grid grid(node, chain, boxes, imageOfBox, areaIn(chain, sizes, 1),
            areaOf(chain, grads));

  SmallVector<Corner> corners = {grid.getNearest()};
  if (*bilinear)
    corners = grid.getAround();
  SmallVector<Value> positions;
  for (Corner corner : corners)
    positions.push_back(
        chain.expandDims(grid.getPositions(corner), int64_t(3)));
  Value taps = chain.concat(positions, 3);
  Value weights =
      *bilinear ? weighAround(chain, grid)
                : chain.broadcastTo(chain.scalar(1, grads), chain.shape(taps));
  // A row for each pixel of the crops.
  Value tapRows = node.intVector({-1, int64_t(corners.size())});
  Value inside = chain.select(grid.getInside(), grads, chain.scalar(0, grads));
  Type i64 = node.builder().getI64Type();
  Value numPixels =
      chain.reduce(graph::ReduceKind::Prod,
                   chain.cast(chain.part(sizes, 0, 3), i64), int64_t(0));
  Value sums = chain.op<graph::ResampleGradOp>(
      {flattenPixels(node, chain, inside), chain.reshape(taps, tapRows),
       chain.reshape(weights, tapRows), numPixels},
      chain.attr("axis", int64_t(0)));
  Value shape = chain.concat(
      {chain.part(sizes, 0, 3), chain.expandDims(channels, int64_t(0))}, 0);
  return chain.give(results, chain.cast(chain.reshape(sums, shape), imageType));
}

/// The gradient for the two edges of each box along one side: `slope` says how
/// a pixel changes as it moves along it.
static std::pair<Value, Value> getEdgeGrads(Chain &chain, Value slope,
                                            const Grid::Samples &samples,
                                            Value numSteps,
                                            ArrayRef<int64_t> stepAxes) {
  // A pixel moves with the far edge as far as its step is, with the near one
  // the rest; a single pixel with both by half.
  Value half = chain.scalar(0.5, slope);
  Value one = chain.scalar(1, slope);
  Value isMany = chain.compare(CompareDirection::GT, numSteps, one);
  Value part = chain.select(
      isMany, chain.div(samples.steps, chain.sub(numSteps, one)), half);
  Value far = chain.mul(chain.expandDims(part, stepAxes), samples.length);
  Value near = chain.sub(samples.length, far);
  auto sum = [&](Value distance) {
    return chain.reduce(graph::ReduceKind::Sum, chain.mul(slope, distance),
                        {1, 2, 3}, /*keepDims=*/false);
  };
  return {sum(near), sum(far)};
}

static LogicalResult buildCropAndResizeGradBoxes(NodeBuilder &node,
                                                 Results &results) {
  auto bilinear = isBilinear(node);
  if (failed(bilinear) || failed(expectRanks(node, {4, 4, 2, 1})) ||
      failed(expectKind(node, 1, Numbers)))
    return failure();
  if (!*bilinear)
    return node.error("expected attribute method to be bilinear, got "
                      "\"nearest\"");
  Chain chain(node);
  Value images = node.input(1);
  Value boxes = getBoxes(node, chain, 2);
  Value grads = chain.checkDims(node.input(0), boxes, int64_t(0), int64_t(0));
  grads = chain.checkDims(grads, images, int64_t(3), int64_t(3));
  Area crop = areaOf(chain, grads);
  Grid grid(node, chain, boxes, chain.checkIndex(node.input(3), images, 0),
            areaOf(chain, images), crop);
  SmallVector<Value> around = pickAround(node, chain, grid, images);
  Value right = grid.getPartRight(), below = grid.getPartBelow();
  Value inside = chain.select(grid.getInside(), grads, chain.scalar(0, grads));
  Value down = mix(chain, chain.sub(around[2], around[0]),
                   chain.sub(around[3], around[1]), right);
  Value across = mix(chain, chain.sub(around[1], around[0]),
                     chain.sub(around[3], around[2]), below);
  Type f32 = node.builder().getF32Type();
  auto [y1, y2] = getEdgeGrads(chain, chain.mul(inside, down), grid.getRows(),
                               chain.cast(crop.height, f32), {1, 2});
  auto [x1, x2] =
      getEdgeGrads(chain, chain.mul(inside, across), grid.getColumns(),
                   chain.cast(crop.width, f32), int64_t(1));
  SmallVector<Value> edges;
  for (Value edge : {y1, x1, y2, x2})
    edges.push_back(chain.expandDims(edge, int64_t(1)));
  return chain.give(results, chain.concat(edges, 1));
}

//===----------------------------------------------------------------------===//
// Registration
//===----------------------------------------------------------------------===//

void tensorflow::registerCropOps(OpTable &table) {
  constexpr StringLiteral note =
      "a box on no image of the batch fails the call";
  table
      .add("CropAndResize",
           "image: T, boxes: float, box_ind: int32, crop_size: int32 -> crops: "
           "float; method: string = 'bilinear', extrapolation_value: float = "
           "0.0",
           buildCropAndResize)
      .note(note);
  table
      .add("CropAndResizeGradImage",
           "grads: float, boxes: float, box_ind: int32, image_size: int32 -> "
           "output: T; method: string = 'bilinear'",
           buildCropAndResizeGradImage)
      .note(note);
  table
      .add("CropAndResizeGradBoxes",
           "grads: float, image: T, boxes: float, box_ind: int32 -> output: "
           "float; method: string = 'bilinear'",
           buildCropAndResizeGradBoxes)
      .note(note);
}
