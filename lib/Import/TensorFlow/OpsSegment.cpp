//===- OpsSegment.cpp - reductions of segments ----------------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Rows that have one id are combined: a scatter of the rows at their ids.
//
//===----------------------------------------------------------------------===//

#include "IndexChain.h"
#include "OpFamilies.h"

#include "graph-compile/Dialect/Graph/IR/ShapeUtils.h"

#include "llvm/ADT/APFloat.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;
using graph::CompareDirection;
using graph::ScatterKind;

using Results = SmallVectorImpl<Value>;

//===----------------------------------------------------------------------===//
// What segments start from
//===----------------------------------------------------------------------===//

/// The greatest (or lowest) number of a type; `isFinite` excludes infinities.
static Value limitOf(NodeBuilder &node, Type type, bool greatest,
                     bool isFinite) {
  auto scalarType = RankedTensorType::get({}, type);
  if (auto floatType = dyn_cast<FloatType>(type)) {
    const llvm::fltSemantics &semantics = floatType.getFloatSemantics();
    APFloat limit = isFinite ? APFloat::getLargest(semantics, !greatest)
                             : APFloat::getInf(semantics, !greatest);
    return node.constant(DenseElementsAttr::get(scalarType, limit));
  }
  unsigned width = type.getIntOrFloatBitWidth();
  APInt limit;
  if (type.isUnsignedInteger())
    limit = greatest ? APInt::getMaxValue(width) : APInt::getMinValue(width);
  else
    limit = greatest ? APInt::getSignedMaxValue(width)
                     : APInt::getSignedMinValue(width);
  return node.constant(DenseElementsAttr::get(scalarType, limit));
}

/// What the combination of no rows is, of a finite type.
static Value neutralOf(NodeBuilder &node, ScatterKind kind, Type type,
                       bool isFinite) {
  switch (kind) {
  case ScatterKind::Max:
  case ScatterKind::Min:
    return limitOf(node, type, kind == ScatterKind::Min, isFinite);
  case ScatterKind::Mul:
    return node.splat(type, 1);
  default:
    return node.splat(type, 0);
  }
}

/// Whether, of numbers that do not compare, TensorFlow takes the later one.
static bool takesNan(ScatterKind kind) {
  return kind == ScatterKind::Max || kind == ScatterKind::Min;
}

/// How many rows each of `numSegments` ids has, as numbers of `type`.
static Value countRows(NodeBuilder &node, IndexChain &chain, Value ids,
                       Value numSegments, Type type) {
  if (!ids || !numSegments)
    return {};
  Value zeros = chain.broadcastTo(node.splat(type, 0),
                                  chain.expandDims(numSegments, int64_t(0)));
  Value ones = chain.broadcastTo(node.splat(type, 1), chain.shape(ids));
  return chain.scatterRows(ScatterKind::Add, zeros, ids, ones);
}

/// A vector with dims of size 1 after its own, as many dims as `like` has.
static Value alignRows(IndexChain &chain, Value rows, Value like) {
  if (!rows || !like)
    return {};
  return chain.expandDims(
      rows, llvm::to_vector(llvm::seq<int64_t>(1, tensorType(like).getRank())));
}

//===----------------------------------------------------------------------===//
// Unsorted segments
//===----------------------------------------------------------------------===//

/// Rows with negative ids are left out. Too great ids fail the call, or, in the
/// second form of the sorted ops, are left out too.
template <ScatterKind kind, bool failsOutside>
static LogicalResult buildUnsorted(NodeBuilder &node, Results &results) {
  if (failed(expectKind(node, 0, Numbers)) ||
      failed(expectKind(node, 1, SignedInts)) ||
      failed(expectKind(node, 2, SignedInts)) || failed(expectRank(node, 2, 0)))
    return failure();
  IndexChain chain(node);
  Value ids = chain.widenPositions(node.input(1));
  Value data = chain.checkLeadingDims(node.input(0), ids);
  Value numSegments =
      chain.i64(chain.checkAtLeast(node.input(2), 0, "a number of segments"));
  if (!data || !numSegments)
    return failure();
  // A scatter needs rows to take one after the other.
  if (tensorType(data).getRank() == 0) {
    data = chain.expandDims(data, int64_t(0));
    ids = chain.expandDims(ids, int64_t(0));
  }
  if (failsOutside)
    ids = chain.checkLess(ids, numSegments,
                          "expects segment ids to be less than the number of "
                          "segments");
  Value initial = neutralOf(node, kind, node.elementType(0), /*isFinite=*/true);
  int64_t numIdDims = tensorType(node.input(1)).getRank();
  Value shape = chain.rowsShape(numSegments, node.input(0), numIdDims);
  return chain.give(results,
                    chain.scatterRows(kind, chain.broadcastTo(initial, shape),
                                      ids, data, takesNan(kind)));
}

//===----------------------------------------------------------------------===//
// Sorted segments
//===----------------------------------------------------------------------===//

/// Checks that ids, a vector, are not negative and never decrease.
static Value checkSorted(NodeBuilder &node, IndexChain &chain, Value ids) {
  ids = chain.checkNotNegative(ids, "segment ids");
  if (!ids)
    return {};
  Value zero = node.intVector(0), one = node.intVector(1);
  Value later = chain.op<graph::StridedSliceOp>(
      {ids, one, zero, one}, chain.attr("end_mask", int64_t(1)));
  Value earlier =
      chain.op<graph::StridedSliceOp>({ids, zero, node.intVector(-1), one}, {});
  return chain.checkTrue(ids,
                         chain.compare(CompareDirection::GE, later, earlier),
                         "expects segment ids to be sorted");
}

/// The ids of a sorted op after its checks, and how many segments there are.
struct SortedIds {
  Value ids;
  Value numSegments;
};
static SortedIds getSortedIds(NodeBuilder &node, IndexChain &chain, Value ids) {
  SortedIds result;
  result.ids = checkSorted(node, chain, chain.widenPositions(ids));
  result.numSegments = chain.rangeOf(result.ids);
  return result;
}

/// Sums, or means of some sort, where rows without a segment leave 0.
static Value sumRows(IndexChain &chain, SortedIds sorted, Value rows) {
  if (!rows)
    return {};
  Value shape = chain.rowsShape(sorted.numSegments, rows, 1);
  Value zeros = chain.broadcastTo(chain.scalar(0, rows), shape);
  return chain.scatterRows(ScatterKind::Add, zeros, sorted.ids, rows);
}

/// How many rows each segment has, at least 1, aligned with `like`.
static Value divisors(NodeBuilder &node, IndexChain &chain, SortedIds sorted,
                      Value like) {
  if (!like)
    return {};
  Type type = tensorType(like).getElementType();
  Value counts = countRows(node, chain, sorted.ids, sorted.numSegments, type);
  return alignRows(chain, chain.max(counts, node.splat(type, 1)), like);
}

/// Segments without rows give 0, and 1 for products.
template <ScatterKind kind>
static LogicalResult buildSorted(NodeBuilder &node, Results &results) {
  if (failed(expectKind(node, 0, Numbers)) ||
      failed(expectKind(node, 1, SignedInts)) || failed(expectRank(node, 1, 1)))
    return failure();
  IndexChain chain(node);
  Value data = chain.checkLeadingDims(node.input(0), node.input(1));
  SortedIds sorted = getSortedIds(node, chain, node.input(1));
  if (!data || !sorted.numSegments)
    return failure();
  Value initial =
      neutralOf(node, kind, node.elementType(0), /*isFinite=*/false);
  Value shape = chain.rowsShape(sorted.numSegments, data, 1);
  Value result = chain.scatterRows(kind, chain.broadcastTo(initial, shape),
                                   sorted.ids, data, takesNan(kind));
  if (takesNan(kind)) {
    Type boolean = node.builder().getI1Type();
    Value none =
        chain.broadcastTo(node.splat(boolean, 0),
                          chain.expandDims(sorted.numSegments, int64_t(0)));
    Value all =
        chain.broadcastTo(node.splat(boolean, 1), chain.shape(sorted.ids));
    Value hasRows =
        chain.scatterRows(ScatterKind::Update, none, sorted.ids, all);
    result = chain.select(alignRows(chain, hasRows, result), result,
                          chain.scalar(0, data));
  }
  return chain.give(results, result);
}

static LogicalResult buildSortedMean(NodeBuilder &node, Results &results) {
  if (failed(expectKind(node, 0, Numbers)) ||
      failed(expectKind(node, 1, SignedInts)) || failed(expectRank(node, 1, 1)))
    return failure();
  IndexChain chain(node);
  Value data = chain.checkLeadingDims(node.input(0), node.input(1));
  SortedIds sorted = getSortedIds(node, chain, node.input(1));
  if (!data || !sorted.numSegments)
    return failure();
  Value sums = sumRows(chain, sorted, data);
  Value counts = divisors(node, chain, sorted, sums);
  bool isFloat = isOfKind(node.elementType(0), Floats);
  return chain.give(results, isFloat
                                 ? chain.div(sums, counts)
                                 : chain.op<graph::TruncDivOp>({sums, counts}));
}

//===----------------------------------------------------------------------===//
// Sparse segments
//===----------------------------------------------------------------------===//

/// What the sum of a segment of n rows is divided by.
enum class Divisor { One, Count, SqrtCount };

static Value divide(IndexChain &chain, Value sums, Value counts,
                    Divisor divisor) {
  switch (divisor) {
  case Divisor::One:
    return sums;
  case Divisor::Count:
    return chain.div(sums, counts);
  case Divisor::SqrtCount:
    return chain.div(sums, chain.op<graph::SqrtOp>(counts));
  }
  llvm_unreachable("unknown divisor");
}

/// Rows of `data` at positions, in sorted segments. What is short is added up
/// in float.
template <Divisor divisor, bool hasNumSegments>
static LogicalResult buildSparse(NodeBuilder &node, Results &results) {
  if (failed(expectKind(node, 0, divisor == Divisor::One ? Numbers : Floats)) ||
      failed(expectKind(node, 1, SignedInts)) ||
      failed(expectKind(node, 2, SignedInts)) ||
      failed(expectRank(node, 1, 1)) || failed(expectRank(node, 2, 1)))
    return failure();
  if (node.inputType(0).getRank() == 0)
    return node.error("expected input 0 (data) to have at least one dim, got a "
                      "scalar");
  IndexChain chain(node);
  Value indices =
      chain.checkIndex(chain.widenPositions(node.input(1)), node.input(0), 0);
  indices = chain.checkLeadingDims(indices, node.input(2));
  SortedIds sorted = getSortedIds(node, chain, node.input(2));
  if (hasNumSegments) {
    if (failed(expectKind(node, 3, SignedInts)) ||
        failed(expectRank(node, 3, 0)))
      return failure();
    sorted.numSegments =
        chain.i64(chain.checkAtLeast(node.input(3), 0, "a number of segments"));
    sorted.ids = chain.checkLess(sorted.ids, sorted.numSegments,
                                 "expects segment ids to be less than the "
                                 "number of segments");
  }
  Value rows = chain.widen(chain.gather(node.input(0), indices, /*axis=*/0));
  Value sums = sumRows(chain, sorted, rows);
  if (divisor != Divisor::One)
    sums = divide(chain, sums, divisors(node, chain, sorted, sums), divisor);
  return chain.give(results, chain.cast(sums, node.elementType(0)));
}

/// The gradient of a sparse op: each position gets the gradient of its segment,
/// divided as the segment was.
static Value sparseGradient(NodeBuilder &node, IndexChain &chain,
                            Divisor divisor, Value indices, Value size) {
  Value ids =
      chain.checkIndex(chain.widenPositions(node.input(2)), node.input(0), 0);
  indices = chain.checkLeadingDims(indices, node.input(2));
  Value gradient = chain.widen(node.input(0));
  if (!ids || !gradient || !indices)
    return {};
  SortedIds segments = {ids,
                        chain.dim(gradient, 0, node.builder().getI64Type())};
  if (divisor != Divisor::One)
    gradient = divide(chain, gradient,
                      divisors(node, chain, segments, gradient), divisor);
  Value rows = chain.gather(gradient, ids, /*axis=*/0);
  SortedIds places = {indices, size};
  return chain.cast(sumRows(chain, places, rows), node.elementType(0));
}

/// The positions of a gradient's node after their check, and the size of what
/// they are positions in.
static LogicalResult checkGradient(NodeBuilder &node, IndexChain &chain,
                                   Value &indices, Value &size) {
  if (failed(expectKind(node, 0, Floats)) ||
      failed(expectKind(node, 1, SignedInts)) ||
      failed(expectKind(node, 2, SignedInts)) ||
      failed(expectRank(node, 1, 1)) || failed(expectRank(node, 2, 1)) ||
      failed(expectRank(node, 3, 0)))
    return failure();
  if (node.inputType(0).getRank() == 0)
    return node.error("expected input 0 (grad) to have at least one dim, got a "
                      "scalar");
  size = chain.i64(chain.checkAtLeast(node.input(3), 0, "a size"));
  indices =
      chain.checkNotNegative(chain.widenPositions(node.input(1)), "indices");
  indices = chain.checkLess(indices, size,
                            "expects indices to be less than the number of "
                            "rows of the result");
  return success(indices && size);
}

template <Divisor divisor>
static LogicalResult buildSparseGrad(NodeBuilder &node, Results &results) {
  IndexChain chain(node);
  Value indices, size;
  if (failed(checkGradient(node, chain, indices, size)))
    return failure();
  return chain.give(results,
                    sparseGradient(node, chain, divisor, indices, size));
}

/// The second form gives only the rows that have a position, and those
/// positions.
template <Divisor divisor>
static LogicalResult buildSparseGradV2(NodeBuilder &node, Results &results) {
  IndexChain chain(node);
  Value indices, size;
  if (failed(checkGradient(node, chain, indices, size)))
    return failure();
  Value dense = sparseGradient(node, chain, divisor, indices, size);
  Type boolean = node.builder().getI1Type();
  Value none = chain.broadcastTo(node.splat(boolean, 0),
                                 chain.expandDims(size, int64_t(0)));
  Value all = chain.broadcastTo(node.splat(boolean, 1), chain.shape(indices));
  Value used =
      chain.nonzero(chain.scatterRows(ScatterKind::Update, none, indices, all));
  if (failed(chain.give(results, chain.gather(dense, used, /*axis=*/0))))
    return failure();
  return chain.give(results, chain.cast(used, node.elementType(1)));
}

//===----------------------------------------------------------------------===//
// Counts
//===----------------------------------------------------------------------===//

/// A weight for each of `numbers`, which are a vector: those of input 2, or
/// ones if there are none.
static Value getWeights(NodeBuilder &node, IndexChain &chain, Value numbers) {
  Value weights = chain.flatten(node.input(2));
  if (!weights || !numbers)
    return {};
  Value one = chain.scalar(1, weights);
  if (tensorType(weights).getDimSize(0) == 0)
    return chain.broadcastTo(one, chain.shape(numbers));
  if (!tensorType(weights).isDynamicDim(0) ||
      graph::sameDim(weights, 0, numbers, 0) ||
      graph::sameShape(node.input(0), node.input(2)))
    return chain.checkDims(weights, numbers, int64_t(0), int64_t(0));
  // As many ones as weights are missing: none or all.
  Type type = node.builder().getI64Type();
  Value given = chain.dim(weights, 0, type);
  Value missing = chain.sub(chain.dim(numbers, 0, type), given);
  Value isAllOrNone = chain.compare(CompareDirection::EQ,
                                    chain.mul(given, missing), chain.i64(0));
  missing = chain.checkTrue(missing, isAllOrNone,
                            "expects a weight for each number, or none at all");
  Value paddings =
      chain.expandDims(chain.vector({chain.i64(0), missing}), int64_t(0));
  return chain.op<graph::PadOp>({weights, paddings, one});
}

/// Counts numbers, or adds up their weights; all of them or, with `byRows`,
/// each row of a matrix by itself. Those of `size` and more are left out.
static LogicalResult countNumbers(NodeBuilder &node, bool isBinary, bool byRows,
                                  Results &results) {
  if (failed(expectKind(node, 0, SignedInts)) || failed(expectRank(node, 1, 0)))
    return failure();
  IndexChain chain(node);
  Value numbers =
      chain.checkNotNegative(chain.flatten(node.input(0)), "numbers to count");
  Value size = chain.i64(chain.checkAtLeast(node.input(1), 0, "a size"));
  Value weights = getWeights(node, chain, numbers);
  if (!numbers || !weights)
    return failure();
  if (isBinary)
    weights = chain.broadcastTo(chain.scalar(1, weights), chain.shape(numbers));
  ScatterKind kind = isBinary ? ScatterKind::Update : ScatterKind::Add;
  Value zero = chain.scalar(0, weights);
  if (!byRows) {
    Value zeros = chain.broadcastTo(zero, chain.expandDims(size, int64_t(0)));
    return chain.give(results,
                      chain.scatterRows(kind, zeros, numbers, weights));
  }
  // The numbers of a row are columns of its bins.
  Type type = node.builder().getI64Type();
  Value shape = chain.shape(node.input(0), type);
  Value numRows = chain.dim(node.input(0), 0, type);
  Value rows = chain.expandDims(
      chain.range(chain.i64(0), numRows, chain.i64(1)), int64_t(1));
  Value columns = chain.i64(chain.reshape(numbers, shape));
  Value places = chain.concat(
      {chain.expandDims(chain.broadcastTo(rows, shape), int64_t(2)),
       chain.expandDims(columns, int64_t(2))},
      2);
  Value zeros = chain.broadcastTo(zero, chain.vector({numRows, size}));
  return chain.give(results, chain.scatter(kind, zeros, places,
                                           chain.reshape(weights, shape)));
}

static LogicalResult buildBincount(NodeBuilder &node, Results &results) {
  return countNumbers(node, /*isBinary=*/false, /*byRows=*/false, results);
}

static LogicalResult buildDenseBincount(NodeBuilder &node, Results &results) {
  if (node.inputType(0).getRank() > 2)
    return node.error() << "expected input 0 (input) to have at most 2 dims, "
                           "got "
                        << node.inputType(0);
  return countNumbers(node, node.boolAttr("binary_output"),
                      /*byRows=*/node.inputType(0).getRank() == 2, results);
}

//===----------------------------------------------------------------------===//
// Registration
//===----------------------------------------------------------------------===//

static void registerSparseOps(OpTable &table) {
  constexpr StringLiteral sparse =
      "data: T, indices: Tidx, segment_ids: Tsegmentids -> output: T; "
      "Tidx: type = int32, Tsegmentids: type = int32, "
      "sparse_gradient: bool = false";
  constexpr StringLiteral sized =
      "data: T, indices: Tidx, segment_ids: Tsegmentids, "
      "num_segments: Tnumsegments -> output: T; Tidx: type = int32, "
      "Tsegmentids: type = int32, Tnumsegments: type = int32, "
      "sparse_gradient: bool = false";
  constexpr StringLiteral gradient =
      "grad: T, indices: Tidx, segment_ids: Tsegmentids, output_dim0: int32 -> "
      "output: T; Tidx: type = int32, Tsegmentids: type = int32";
  constexpr StringLiteral gradientV2 =
      "grad: T, indices: Tidx, segment_ids: Tsegmentids, "
      "dense_output_dim0: int32 -> output: T, sorted_unique_indices: Tidx; "
      "Tidx: type = int32, Tsegmentids: type = int32";
  table.add("SparseSegmentSum", sparse, buildSparse<Divisor::One, false>);
  table.add("SparseSegmentMean", sparse, buildSparse<Divisor::Count, false>);
  table.add("SparseSegmentSqrtN", sparse,
            buildSparse<Divisor::SqrtCount, false>);
  table.add("SparseSegmentSumWithNumSegments", sized,
            buildSparse<Divisor::One, true>);
  table.add("SparseSegmentMeanWithNumSegments", sized,
            buildSparse<Divisor::Count, true>);
  table.add("SparseSegmentSqrtNWithNumSegments", sized,
            buildSparse<Divisor::SqrtCount, true>);
  table.add("SparseSegmentSumGrad", gradient, buildSparseGrad<Divisor::One>);
  table.add("SparseSegmentMeanGrad", gradient, buildSparseGrad<Divisor::Count>);
  table.add("SparseSegmentSqrtNGrad", gradient,
            buildSparseGrad<Divisor::SqrtCount>);
  table.add("SparseSegmentSumGradV2", gradientV2,
            buildSparseGradV2<Divisor::One>);
  table.add("SparseSegmentMeanGradV2", gradientV2,
            buildSparseGradV2<Divisor::Count>);
  table.add("SparseSegmentSqrtNGradV2", gradientV2,
            buildSparseGradV2<Divisor::SqrtCount>);
}

void tensorflow::registerSegmentOps(OpTable &table) {
  constexpr StringLiteral sorted =
      "data: T, segment_ids: Tindices -> output: T";
  constexpr StringLiteral sized =
      "data: T, segment_ids: Tindices, num_segments: Tnumsegments -> output: "
      "T; Tnumsegments: type = int32";
  table.add("SegmentSum", sorted, buildSorted<ScatterKind::Add>);
  table.add("SegmentProd", sorted, buildSorted<ScatterKind::Mul>);
  table.add("SegmentMax", sorted, buildSorted<ScatterKind::Max>);
  table.add("SegmentMin", sorted, buildSorted<ScatterKind::Min>);
  table.add("SegmentMean", sorted, buildSortedMean);
  table.add("SegmentSumV2", sized, buildUnsorted<ScatterKind::Add, false>);
  table.add("SegmentProdV2", sized, buildUnsorted<ScatterKind::Mul, false>);
  table.add("SegmentMaxV2", sized, buildUnsorted<ScatterKind::Max, false>);
  table.add("SegmentMinV2", sized, buildUnsorted<ScatterKind::Min, false>);
  table.add("UnsortedSegmentSum", sized, buildUnsorted<ScatterKind::Add, true>);
  table.add("UnsortedSegmentProd", sized,
            buildUnsorted<ScatterKind::Mul, true>);
  table.add("UnsortedSegmentMax", sized, buildUnsorted<ScatterKind::Max, true>);
  table.add("UnsortedSegmentMin", sized, buildUnsorted<ScatterKind::Min, true>);
  registerSparseOps(table);
  table.add("Bincount", "arr: int32, size: int32, weights: T -> bins: T",
            buildBincount);
  table.add("DenseBincount",
            "input: Tidx, size: Tidx, weights: T -> output: T; "
            "binary_output: bool = false",
            buildDenseBincount);
}
