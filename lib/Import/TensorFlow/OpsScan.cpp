//===- OpsScan.cpp - running sums, order ----------------------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What runs along a dim, turns it around or looks for places in it. Moving
// elements is slices where the distances are known, else a gather at positions
// that are computed.
//
//===----------------------------------------------------------------------===//

#include "IndexChain.h"
#include "OpFamilies.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;

using Results = SmallVectorImpl<Value>;
using graph::CompareDirection;

//===----------------------------------------------------------------------===//
// Running sums
//===----------------------------------------------------------------------===//

template <graph::CumulateKind kind, unsigned kinds>
static LogicalResult buildCumulate(NodeBuilder &node, Results &results) {
  if (failed(expectKind(node, 0, kinds)) || failed(expectRank(node, 1, 0)))
    return failure();
  auto given = node.requireInts(1);
  if (failed(given))
    return failure();
  auto axis = node.normalizeAxis(given->front(), node.inputType(0).getRank());
  if (failed(axis))
    return failure();
  Chain chain(node);
  SmallVector<NamedAttribute> attributes = {
      node.builder().getNamedAttr(
          "kind", graph::CumulateKindAttr::get(node.context(), kind)),
      chain.attr("axis", *axis)};
  for (StringRef flag : {"exclusive", "reverse"})
    if (node.boolAttr(flag))
      attributes.push_back(chain.flag(flag));
  return chain.give(results,
                    chain.op<graph::CumulateOp>(node.input(0), attributes));
}

//===----------------------------------------------------------------------===//
// Moving along dims
//===----------------------------------------------------------------------===//

/// `x` with the elements along `axis` moved `shift` places on, those at the end
/// to the start: two slices, joined the other way round.
static Value rollByKnown(NodeBuilder &node, Chain &chain, Value x, int64_t axis,
                         int64_t shift) {
  int64_t size = tensorType(x).getDimSize(axis);
  int64_t start = size == 0 ? 0 : (size - shift % size) % size;
  if (start == 0)
    return x;
  Type indexType = node.builder().getI64Type();
  SmallVector<int64_t> begin(tensorType(x).getRank(), 0);
  SmallVector<int64_t> count(tensorType(x).getRank(), -1);
  auto take = [&](int64_t from, int64_t size) {
    begin[axis] = from;
    count[axis] = size;
    return chain.op<graph::SliceOp>({x, node.intVector(begin, indexType),
                                     node.intVector(count, indexType)});
  };
  return chain.concat({take(start, size - start), take(0, start)}, axis);
}

/// The same for a distance or a size that each call has for itself.
static Value rollByComputed(Chain &chain, Value x, int64_t axis, Value shift) {
  if (!x || !shift)
    return {};
  Type type = tensorType(shift).getElementType();
  Value size = chain.dim(x, axis, type);
  Value places =
      chain.range(chain.integer(0, type), size, chain.integer(1, type));
  // Of an empty dim nothing is looked up, but the division is written down.
  Value divisor = chain.max(size, chain.integer(1, type));
  shift = chain.op<graph::FloorModOp>({shift, divisor});
  places = chain.op<graph::FloorModOp>({chain.sub(places, shift), divisor});
  return chain.gather(x, places, axis);
}

static LogicalResult buildRoll(NodeBuilder &node, Results &results) {
  int64_t rank = node.inputType(0).getRank();
  if (rank < 1)
    return node.error("expected input 0 (input) to have at least one dim, got "
                      "a scalar");
  for (unsigned i : {1u, 2u})
    if (node.inputType(i).getRank() > 1)
      return node.error() << "expected input " << i << " ("
                          << inputName(node, i)
                          << ") to be a scalar or a vector, got "
                          << node.inputType(i);
  auto axes = node.requireInts(2);
  if (failed(axes))
    return failure();
  RankedTensorType shiftType = node.inputType(1);
  if (!shiftType.hasStaticShape() ||
      shiftType.getNumElements() != int64_t(axes->size()))
    return node.error() << "expected input 1 (shift) to have " << axes->size()
                        << " elements, one per axis, got " << shiftType;
  Chain chain(node);
  Value x = node.input(0);
  auto known = node.constantInts(1);
  for (auto [i, given] : llvm::enumerate(*axes)) {
    auto axis = node.normalizeAxis(given, rank);
    if (failed(axis))
      return failure();
    if (known && !tensorType(x).isDynamicDim(*axis))
      x = rollByKnown(node, chain, x, *axis, (*known)[i]);
    else
      x = rollByComputed(chain, x, *axis,
                         shiftType.getRank() == 0
                             ? node.input(1)
                             : chain.element(node.input(1), i));
    if (!x)
      return failure();
  }
  return chain.give(results, x);
}

/// Turns the first elements along one dim around, as many as `seq_lengths` says
/// for each place of another dim.
static LogicalResult buildReverseSequence(NodeBuilder &node, Results &results) {
  RankedTensorType type = node.inputType(0);
  int64_t rank = type.getRank();
  if (failed(expectRank(node, 1, 1)))
    return failure();
  int64_t axis = node.intAttr("seq_dim"), batch = node.intAttr("batch_dim");
  for (auto [name, dim] : {std::pair("seq_dim", axis), {"batch_dim", batch}})
    if (dim < 0 || dim >= rank)
      return node.error() << "expected attribute " << name
                          << " to be a dim of input 0, in [0, " << rank
                          << "), got " << dim;
  if (axis == batch)
    return node.error() << "expected attributes seq_dim and batch_dim to "
                           "differ, got "
                        << axis << " for both";
  Chain chain(node);
  Value x = chain.checkDims(node.input(0), node.input(1), batch, int64_t(0));
  if (!x)
    return failure();
  Type indexType = node.elementType(1);
  Value size = chain.dim(x, axis, indexType);
  Value zero = chain.integer(0, indexType), one = chain.integer(1, indexType);
  Value lengths = chain.checkBounds(node.input(1), zero, size, "a length");
  if (!lengths)
    return failure();

  // Place s of row b holds what was at length - 1 - s, while that is not
  // negative.
  lengths = chain.expandDims(lengths, int64_t(1));
  Value places = chain.range(zero, size, one);
  Value turned = chain.sub(chain.sub(lengths, one), places);
  Value isTurned = chain.compare(CompareDirection::GE, turned, zero);
  places = chain.select(isTurned, turned, places);

  // A gather wants the batch to come first.
  SmallVector<int64_t> order = {batch};
  for (int64_t dim = 0; dim < rank; ++dim)
    if (dim != batch)
      order.push_back(dim);
  SmallVector<int64_t> back(rank);
  for (auto [to, from] : llvm::enumerate(order))
    back[from] = to;
  if (batch != 0)
    x = chain.transpose(x, order);
  Value y = chain.gather(x, places, back[axis], /*batchDims=*/1);
  if (batch != 0)
    y = chain.transpose(y, back);
  return chain.give(results, y);
}

/// TF's first Reverse, which has a flag per dim.
static LogicalResult buildReverse(NodeBuilder &node, Results &results) {
  int64_t rank = node.inputType(0).getRank();
  DenseElementsAttr flags =
      dyn_cast_if_present<DenseElementsAttr>(node.constantInput(1));
  if (!flags)
    return node.error("expected input 1 (dims) to be known at compile time");
  if (flags.getType().getRank() != 1 || flags.getNumElements() != rank)
    return node.error() << "expected input 1 (dims) to have " << rank
                        << " elements, one per dim of input 0, got "
                        << node.inputType(1);
  SmallVector<int64_t> strides;
  for (bool isTurned : flags.getValues<bool>())
    strides.push_back(isTurned ? -1 : 1);
  Chain chain(node);
  Value zeros = node.intVector(SmallVector<int64_t>(rank, 0));
  int64_t all = (int64_t(1) << rank) - 1;
  return chain.give(
      results,
      chain.op<graph::StridedSliceOp>(
          {node.input(0), zeros, zeros, node.intVector(strides)},
          {chain.attr("begin_mask", all), chain.attr("end_mask", all)}));
}

//===----------------------------------------------------------------------===//
// Order
//===----------------------------------------------------------------------===//

template <bool isUpper>
static LogicalResult buildBound(NodeBuilder &node, Results &results) {
  if (failed(expectKind(node, 0, Numbers)) || failed(expectRank(node, 0, 2)) ||
      failed(expectRank(node, 1, 2)))
    return failure();
  Type outType = node.typeAttr("out_type");
  if (!outType ||
      (!outType.isSignlessInteger(32) && !outType.isSignlessInteger(64)))
    return node.error("expected attribute out_type to be int32 or int64");
  Chain chain(node);
  Value values =
      chain.checkDims(node.input(1), node.input(0), int64_t(0), int64_t(0));
  SmallVector<NamedAttribute> attributes = {chain.attr("out_type", outType)};
  if (isUpper)
    attributes.push_back(chain.flag("upper"));
  return chain.give(results, chain.op<graph::SearchSortedOp>(
                                 {node.input(0), values}, attributes));
}

/// How many boundaries are not greater than each element.
static LogicalResult buildBucketize(NodeBuilder &node, Results &results) {
  if (failed(expectKind(node, 0, Floats | SignedInts)))
    return failure();
  SmallVector<double> boundaries = node.floatListAttr("boundaries");
  if (!llvm::is_sorted(boundaries))
    return node.error("expected attribute boundaries to be in ascending order");
  // Boundaries are floats; integers are compared with them as floats.
  bool isDouble = node.elementType(0).isF64();
  Type type = isDouble ? Type(node.builder().getF64Type())
                       : node.builder().getF32Type();
  SmallVector<APFloat> elements;
  for (double boundary : boundaries) {
    APFloat element(static_cast<float>(boundary));
    bool losesInfo;
    element.convert(cast<FloatType>(type).getFloatSemantics(),
                    APFloat::rmNearestTiesToEven, &losesInfo);
    elements.push_back(element);
  }
  auto sortedType = RankedTensorType::get({1, int64_t(elements.size())}, type);
  Value sorted = node.constant(DenseElementsAttr::get(sortedType, elements));
  Chain chain(node);
  Value x = node.input(0);
  Value row = chain.reshape(chain.cast(x, type), node.intVector({1, -1}));
  Value places = chain.op<graph::SearchSortedOp>(
      {sorted, row}, {chain.attr("out_type", node.builder().getI32Type()),
                      chain.flag("upper")});
  return chain.give(results, chain.reshape(places, chain.shape(x)));
}

/// How many values fall into each of `nbins` equal parts of a range; those
/// outside count for the first or the last part.
static LogicalResult buildHistogram(NodeBuilder &node, Results &results) {
  if (failed(expectKind(node, 0, Numbers)) || failed(expectRank(node, 1, 1)) ||
      failed(expectRank(node, 2, 0)))
    return failure();
  Type outType = node.typeAttr("dtype");
  if (!outType || !isOfKind(outType, SignedInts))
    return node.error("expected attribute dtype to be a signed integer type");
  IndexChain chain(node);
  Type doubleType = node.builder().getF64Type();
  Value range = chain.checkSize(node.input(1), 0, 2);
  Value low = chain.element(range, 0), high = chain.element(range, 1);
  Value bins = chain.checkAtLeast(node.input(2), 1, "a number of bins");
  if (!low || !high || !bins)
    return failure();
  // The width of a part and the places are computed in double.
  low = chain.cast(low, doubleType);
  high = chain.cast(high, doubleType);
  Value width = chain.div(chain.sub(high, low), chain.cast(bins, doubleType));
  Value x = chain.cast(chain.flatten(node.input(0)), doubleType);
  Value last = chain.sub(bins, chain.integer(1, node.elementType(2)));
  Value places = chain.div(chain.sub(chain.max(x, low), low), width);
  places = chain.min(places, chain.cast(last, doubleType));
  places = chain.cast(places, node.builder().getI32Type());
  if (!places)
    return failure();
  Value counts = chain.broadcastTo(node.splat(outType, 0),
                                   chain.expandDims(bins, int64_t(0)));
  Value ones = chain.broadcastTo(node.splat(outType, 1), chain.shape(places));
  return chain.give(results, chain.scatterRows(graph::ScatterKind::Add, counts,
                                               places, ones));
}

/// Element number n of each row in ascending order, or descending: the last of
/// the greatest elements that make up so much.
static LogicalResult buildNthElement(NodeBuilder &node, Results &results) {
  if (failed(expectKind(node, 0, Numbers)) || failed(expectRank(node, 1, 0)))
    return failure();
  int64_t last = node.inputType(0).getRank() - 1;
  if (last < 0)
    return node.error("expected input 0 (input) to have at least one dim, got "
                      "a scalar");
  Chain chain(node);
  Value x = node.input(0);
  Type type = node.elementType(1);
  Value one = chain.integer(1, type);
  Value size = chain.dim(x, last, type);
  Value n = chain.checkBounds(node.input(1), chain.integer(0, type),
                              chain.sub(size, one), "an n");
  Value rankOfN = node.boolAttr("reverse") ? n : Value();
  if (!rankOfN && n)
    rankOfN = chain.sub(chain.sub(size, one), n);
  Value count = rankOfN ? chain.add(rankOfN, one) : Value();
  if (!count)
    return failure();
  auto top = node.build<graph::TopKOp>({x, count}, chain.flag("sorted"));
  if (failed(top))
    return failure();
  return chain.give(results, chain.gather(top->getValues(), rankOfN, last));
}

//===----------------------------------------------------------------------===//
// Registration
//===----------------------------------------------------------------------===//

void tensorflow::registerScanOps(OpTable &table) {
  using graph::CumulateKind;
  constexpr StringLiteral cumulate =
      "x: T, axis: Tidx -> out: T; exclusive: bool = false, "
      "reverse: bool = false, Tidx: type = int32";
  table.add("Cumsum", cumulate, buildCumulate<CumulateKind::Sum, Numbers>)
      .note("constant axis");
  table.add("Cumprod", cumulate, buildCumulate<CumulateKind::Prod, Numbers>)
      .note("constant axis");
  table
      .add("CumulativeLogsumexp", cumulate,
           buildCumulate<CumulateKind::LogSumExp, Floats>)
      .note("constant axis");

  table
      .add("Roll",
           "input: T, shift: Tshift, axis: Taxis -> output: T; "
           "Tshift: type, Taxis: type",
           buildRoll)
      .note("constant axes");
  table
      .add("ReverseSequence",
           "input: T, seq_lengths: Tlen -> output: T; seq_dim: int, "
           "batch_dim: int = 0, Tlen: type = int64",
           buildReverseSequence)
      .note("a length outside the dim fails the call");
  table.add("Reverse", "tensor: T, dims: bool -> output: T", buildReverse)
      .note("constant dims");

  constexpr StringLiteral bound =
      "sorted_inputs: T, values: T -> output: out_type; "
      "out_type: type = int32";
  table.add("LowerBound", bound, buildBound<false>).note("numbers");
  table.add("UpperBound", bound, buildBound<true>).note("numbers");
  table
      .add("Bucketize", "input: T -> output: int32; boundaries: list(float)",
           buildBucketize)
      .note("floats and signed integers");
  table
      .add("HistogramFixedWidth",
           "values: T, value_range: T, nbins: int32 -> out: dtype; "
           "dtype: type = int32",
           buildHistogram)
      .note("a range of two different numbers");
  table
      .add("NthElement",
           "input: T, n: int32 -> values: T; reverse: bool = false",
           buildNthElement)
      .note("an n outside the last dim fails the call");
}
