//===- OpsDilation.cpp - dilations of images ------------------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The dilation of morphology: like a convolution, but the result is the
// greatest of the sums of an element and a tap. The taps are taken one after
// the other, each as a lookup of all windows at once; the gradients are handed
// to where the greatest sums were found.
//
//===----------------------------------------------------------------------===//

#include "ConvolutionWindows.h"
#include "IndexChain.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;
using graph::CompareDirection;

using Results = SmallVectorImpl<Value>;

namespace {
/// The windows along one spatial dim.
struct Axis {
  graph::ConvolutionDim windows;
  int64_t taps;
  /// The size of the image, a scalar of i64.
  Value size;
  /// Where the windows start: before the image where there is padding.
  Value starts;
};

/// What tap `k` of an axis looks at: a place of the image for each window.
struct Lookup {
  Value places;
  /// The same, moved into the image where they are outside.
  Value safePlaces;
  Value areInside;
};

/// The images, the filter and what is known of the greatest sums so far. Null
/// values stand for errors, as in Chain.
class Dilation {
public:
  explicit Dilation(NodeBuilder &node)
      : node(node), chain(node), x(node.input(0)), filter(node.input(1)) {}

  LogicalResult read();
  /// Visits every tap.
  void run();
  /// The gradient of the result at input 2, of the result's shape.
  Value getResultGrad() {
    return chain.checkSameShape(node.input(2), greatest);
  }
  Value makeInputGrad();
  Value makeFilterGrad();

  IndexChain &getChain() { return chain; }
  Value getGreatest() const { return greatest; }

private:
  LogicalResult readAxis(unsigned i, int64_t stride, int64_t rate, bool isSame);
  Value makeStarts(const Axis &axis);
  Lookup makeLookup(const Axis &axis, int64_t tap);
  void visit(const Lookup &row, const Lookup &column, Value inRow, int64_t tap);
  Value addChannels(Value positions);
  Value zeros(Value count);

  Value both(Value a, Value b) { return chain.op<graph::AndOp>({a, b}); }
  /// Numbers of rows and of columns as tensors that broadcast to windows.
  Value alongRows(Value numbers) { return chain.expandDims(numbers, {1, 2}); }
  Value alongColumns(Value numbers) {
    return chain.expandDims(numbers, int64_t(1));
  }

  NodeBuilder &node;
  IndexChain chain;
  Value x, filter;
  SmallVector<Axis, 2> axes;
  Value greatest;
  /// Where the greatest sums are: the place in an image and the tap.
  Value place, tapNumber;
};
} // namespace

//===----------------------------------------------------------------------===//
// Windows
//===----------------------------------------------------------------------===//

/// The two inner elements of a list with an element per dim of the input.
static FailureOr<std::pair<int64_t, int64_t>> readSteps(NodeBuilder &node,
                                                        StringRef name) {
  SmallVector<int64_t> steps = node.intListAttr(name);
  if (steps.size() != 4 || steps[0] != 1 || steps[3] != 1 || steps[1] < 1 ||
      steps[2] < 1) {
    auto error = node.error()
                 << "expected attribute " << name
                 << " to have four positive elements, 1 for batch and "
                    "channels, got [";
    llvm::interleaveComma(steps, error);
    return LogicalResult(error << "]");
  }
  return std::pair(steps[1], steps[2]);
}

LogicalResult Dilation::readAxis(unsigned i, int64_t stride, int64_t rate,
                                 bool isSame) {
  Axis axis;
  axis.windows.stride = stride;
  axis.windows.dilation = rate;
  axis.windows.isSame = isSame;
  axis.taps = tensorType(filter).getDimSize(i);
  if (axis.taps < 1)
    return node.error() << "expected input 1 (filter) to have a known height "
                           "and width, at least 1, got "
                        << tensorType(filter);
  int64_t size = tensorType(x).getDimSize(i + 1);
  if (!ShapedType::isDynamic(size) &&
      !axis.windows.getOutputSize(size, axis.taps))
    return node.error() << "expected images that hold a window of " << axis.taps
                        << " taps in dim " << i + 1 << ", got "
                        << tensorType(x);
  axis.size = chain.dim(x, i + 1, node.builder().getI64Type());
  axis.starts = makeStarts(axis);
  axes.push_back(axis);
  return success(bool(axis.starts));
}

LogicalResult Dilation::read() {
  if (failed(expectKind(node, 0, Numbers)) || failed(expectRank(node, 0, 4)) ||
      failed(expectRank(node, 1, 3)))
    return failure();
  auto strides = readSteps(node, "strides");
  if (failed(strides))
    return failure();
  auto rates = readSteps(node, "rates");
  if (failed(rates))
    return failure();
  StringRef padding = node.stringAttr("padding");
  if (padding != "SAME" && padding != "VALID")
    return node.error() << "expected attribute padding to be SAME or VALID, "
                           "got \""
                        << padding << "\"";
  bool isSame = padding == "SAME";
  x = chain.checkDims(x, filter, int64_t(3), int64_t(2));
  return success(
      x && succeeded(readAxis(0, strides->first, rates->first, isSame)) &&
      succeeded(readAxis(1, strides->second, rates->second, isSame)));
}

/// A vector with the place of each window's first tap.
Value Dilation::makeStarts(const Axis &axis) {
  int64_t stride = axis.windows.stride;
  int64_t reach = (axis.taps - 1) * axis.windows.dilation + 1;
  Value zero = chain.i64(0), one = chain.i64(1), step = chain.i64(stride);
  Value before = zero, room;
  if (axis.windows.isSame) {
    room = chain.add(axis.size, chain.i64(stride - 1));
  } else {
    // What is missing may be less than a stride: then there are no windows.
    Value size = chain.checkAtLeast(axis.size, reach - 2 * stride + 1,
                                    "a size of the images");
    room = chain.add(size, chain.i64(stride - reach));
    room = chain.max(room, zero);
  }
  Value count = chain.op<graph::FloorDivOp>({room, step});
  if (axis.windows.isSame) {
    Value last = chain.mul(chain.sub(count, one), step);
    Value missing = chain.sub(chain.add(last, chain.i64(reach)), axis.size);
    before =
        chain.op<graph::FloorDivOp>({chain.max(missing, zero), chain.i64(2)});
  }
  return chain.sub(chain.mul(chain.range(zero, count, one), step), before);
}

//===----------------------------------------------------------------------===//
// Sums
//===----------------------------------------------------------------------===//

Lookup Dilation::makeLookup(const Axis &axis, int64_t tap) {
  Value zero = chain.i64(0);
  Value last = chain.sub(axis.size, chain.i64(1));
  Lookup lookup;
  lookup.places =
      chain.add(axis.starts, chain.i64(tap * axis.windows.dilation));
  lookup.safePlaces = chain.max(chain.min(lookup.places, last), zero);
  lookup.areInside =
      chain.compare(CompareDirection::EQ, lookup.places, lookup.safePlaces);
  return lookup;
}

/// The lowest finite number of a type.
static Value lowestOf(NodeBuilder &node, Type type) {
  auto scalarType = RankedTensorType::get({}, type);
  if (auto floatType = dyn_cast<FloatType>(type)) {
    APFloat lowest =
        APFloat::getLargest(floatType.getFloatSemantics(), /*Negative=*/true);
    return node.constant(DenseElementsAttr::get(scalarType, lowest));
  }
  unsigned width = type.getIntOrFloatBitWidth();
  APInt lowest = type.isUnsignedInteger() ? APInt::getMinValue(width)
                                          : APInt::getSignedMinValue(width);
  return node.constant(DenseElementsAttr::get(scalarType, lowest));
}

/// Compares the sums at one tap of all windows with the greatest so far.
/// `inRow` has the rows that the tap looks at.
void Dilation::visit(const Lookup &row, const Lookup &column, Value inRow,
                     int64_t tap) {
  Value width = axes[1].size;
  Value elements = chain.gather(inRow, column.safePlaces, 2);
  Value tapValues =
      chain.gather(chain.gather(filter, chain.i64(tap / axes[1].taps), 0),
                   chain.i64(tap % axes[1].taps), 0);
  Value sums = chain.add(elements, tapValues);
  // Of equal sums the first counts, and NaN never does.
  Value isGreater =
      both(chain.compare(CompareDirection::GT, sums, greatest),
           both(alongRows(row.areInside), alongColumns(column.areInside)));
  greatest = chain.select(isGreater, sums, greatest);
  Value here = chain.add(alongRows(chain.mul(row.places, width)),
                         alongColumns(column.places));
  place = chain.select(isGreater, here, place);
  tapNumber = chain.select(isGreater, chain.i64(tap), tapNumber);
}

void Dilation::run() {
  Axis &rows = axes[0], &columns = axes[1];
  Value zero = chain.i64(0);
  greatest = lowestOf(node, tensorType(x).getElementType());
  // A window without any greater sum counts for its first place inside.
  place = chain.add(
      alongRows(chain.mul(chain.max(rows.starts, zero), columns.size)),
      alongColumns(chain.max(columns.starts, zero)));
  tapNumber = zero;
  SmallVector<Lookup> lookups;
  for (int64_t j = 0; j < columns.taps; ++j)
    lookups.push_back(makeLookup(columns, j));
  for (int64_t i = 0; i < rows.taps; ++i) {
    Lookup row = makeLookup(rows, i);
    Value inRow = chain.gather(x, row.safePlaces, 1);
    for (int64_t j = 0; j < columns.taps; ++j)
      visit(row, lookups[j], inRow, i * columns.taps + j);
  }
}

//===----------------------------------------------------------------------===//
// Gradients
//===----------------------------------------------------------------------===//

/// Positions of channels, which are innermost, as positions of elements.
Value Dilation::addChannels(Value positions) {
  Value channels = chain.dim(x, 3, node.builder().getI64Type());
  return chain.add(chain.mul(positions, channels),
                   chain.range(chain.i64(0), channels, chain.i64(1)));
}

/// A vector of `count` zeros.
Value Dilation::zeros(Value count) {
  return chain.broadcastTo(node.splat(tensorType(x).getElementType(), 0),
                           chain.expandDims(count, int64_t(0)));
}

Value Dilation::makeInputGrad() {
  Value grad = getResultGrad();
  Value batch = chain.dim(x, 0, node.builder().getI64Type());
  Value pixels = chain.mul(axes[0].size, axes[1].size);
  Value image =
      chain.mul(chain.range(chain.i64(0), batch, chain.i64(1)), pixels);
  Value positions =
      addChannels(chain.add(place, chain.expandDims(image, {1, 2, 3})));
  Value shape = chain.shape(x, node.builder().getI64Type());
  Value count = chain.reduce(graph::ReduceKind::Prod, shape, int64_t(0));
  Value sum = chain.scatterRows(graph::ScatterKind::Add, zeros(count),
                                chain.flatten(positions), chain.flatten(grad));
  return chain.reshape(sum, shape);
}

Value Dilation::makeFilterGrad() {
  Value grad = getResultGrad();
  Value shape = chain.shape(filter, node.builder().getI64Type());
  Value count = chain.reduce(graph::ReduceKind::Prod, shape, int64_t(0));
  Value sum = chain.scatterRows(graph::ScatterKind::Add, zeros(count),
                                chain.flatten(addChannels(tapNumber)),
                                chain.flatten(grad));
  return chain.reshape(sum, shape);
}

//===----------------------------------------------------------------------===//
// Ops
//===----------------------------------------------------------------------===//

static LogicalResult buildDilation(NodeBuilder &node, Results &results) {
  Dilation dilation(node);
  if (failed(dilation.read()))
    return failure();
  dilation.run();
  return dilation.getChain().give(results, dilation.getGreatest());
}

static LogicalResult buildInputGrad(NodeBuilder &node, Results &results) {
  Dilation dilation(node);
  if (failed(dilation.read()) || failed(expectRank(node, 2, 4)))
    return failure();
  dilation.run();
  return dilation.getChain().give(results, dilation.makeInputGrad());
}

static LogicalResult buildFilterGrad(NodeBuilder &node, Results &results) {
  Dilation dilation(node);
  if (failed(dilation.read()) || failed(expectRank(node, 2, 4)))
    return failure();
  dilation.run();
  return dilation.getChain().give(results, dilation.makeFilterGrad());
}

void tensorflow::registerDilationOps(OpTable &table) {
  constexpr StringLiteral remark = "a filter of known height and width";
  constexpr StringLiteral attributes =
      "; strides: list(int), rates: list(int), padding: string";
  table
      .add("Dilation2D",
           ("input: T, filter: T -> output: T" + attributes).str(),
           buildDilation)
      .note(remark);
  table
      .add("Dilation2DBackpropInput",
           ("input: T, filter: T, out_backprop: T -> in_backprop: T" +
            attributes)
               .str(),
           buildInputGrad)
      .note(remark);
  table
      .add("Dilation2DBackpropFilter",
           ("input: T, filter: T, out_backprop: T -> filter_backprop: T" +
            attributes)
               .str(),
           buildFilterGrad)
      .note(remark);
}
