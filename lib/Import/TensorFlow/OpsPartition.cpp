//===- OpsPartition.cpp - tensors taken apart and put together by index ---===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "IndexChain.h"
#include "OpFamilies.h"

#include "graph-compile/Dialect/Graph/IR/ShapeUtils.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;
using graph::CompareDirection;
using graph::ScatterKind;

using Results = SmallVectorImpl<Value>;

//===----------------------------------------------------------------------===//
// Partition and stitch
//===----------------------------------------------------------------------===//

/// Each part is the rows whose partition has its number.
static LogicalResult buildDynamicPartition(NodeBuilder &node,
                                           Results &results) {
  int64_t numPartitions = node.intAttr("num_partitions");
  if (numPartitions < 1)
    return node.error() << "expected attribute num_partitions to be at least "
                           "1, got "
                        << numPartitions;
  IndexChain chain(node);
  Value partitions = node.input(1);
  Value data = chain.checkLeadingDims(node.input(0), partitions);
  partitions = chain.checkNotNegative(partitions, "partitions");
  partitions = chain.checkLess(partitions, chain.i64(numPartitions),
                               "expects partitions to be less than " +
                                   std::to_string(numPartitions));
  if (!data || !partitions)
    return failure();
  int64_t numRowDims = tensorType(partitions).getRank();
  partitions = chain.flatten(partitions);
  data = chain.joinRows(
      data, chain.dim(partitions, 0, node.builder().getI64Type()), numRowDims);
  for (int64_t i = 0; i < numPartitions; ++i) {
    Value isOfPart =
        chain.compare(CompareDirection::EQ, partitions,
                      chain.integer(i, node.builder().getI32Type()));
    Value rows = chain.nonzero(isOfPart);
    if (failed(chain.give(results, chain.gather(data, rows, /*axis=*/0))))
      return failure();
  }
  return success();
}

/// Checks that the slices behind the rows of all data have the shape of the
/// first ones. Gives the checked data.
static LogicalResult checkSlices(NodeBuilder &node, IndexChain &chain,
                                 ArrayRef<Value> indices,
                                 SmallVectorImpl<Value> &data) {
  auto sliceDims = [&](size_t i) {
    return llvm::to_vector(llvm::seq<int64_t>(tensorType(indices[i]).getRank(),
                                              tensorType(data[i]).getRank()));
  };
  for (size_t i = 0; i < data.size(); ++i) {
    data[i] = chain.checkLeadingDims(data[i], indices[i]);
    if (!data[i])
      return failure();
    SmallVector<int64_t> dims = sliceDims(i), first = sliceDims(0);
    if (dims.size() != first.size())
      return node.error() << "expected all data to have as many dims after "
                             "those of their indices as data[0], "
                          << first.size() << ", got " << tensorType(data[i])
                          << " with indices " << tensorType(indices[i]);
    if (i > 0)
      data[i] = chain.checkDims(data[i], data[0], dims, first);
    if (!data[i])
      return failure();
  }
  return success();
}

/// For each row of the result the row of all data, one after the other, that
/// comes last for it. Nothing if not all indices are known, or if they leave
/// out a row.
static std::optional<SmallVector<int64_t>>
getKnownSources(ArrayRef<Value> indices) {
  SmallVector<int64_t> sources;
  int64_t next = 0;
  for (Value each : indices) {
    std::optional<SmallVector<int64_t>> known = graph::knownValue(each);
    if (!known)
      return std::nullopt;
    for (int64_t row : *known) {
      if (row < 0 || row > graph::kMaxShapeElements)
        return std::nullopt;
      sources.resize(std::max<size_t>(sources.size(), row + 1), -1);
      sources[row] = next++;
    }
  }
  if (sources.empty() || llvm::is_contained(sources, -1))
    return std::nullopt;
  return sources;
}

/// The rows of `data` that are `sources`. Gradients compute shapes so, which
/// have to be followed.
static Value gatherSources(IndexChain &chain, NodeBuilder &node,
                           ArrayRef<Value> indices, ArrayRef<Value> data,
                           ArrayRef<int64_t> sources) {
  SmallVector<Value> rows;
  for (auto [each, values] : llvm::zip_equal(indices, data)) {
    RankedTensorType type = tensorType(each);
    rows.push_back(chain.joinRows(values, chain.i64(type.getNumElements()),
                                  type.getRank()));
    if (!rows.back())
      return {};
  }
  return chain.gather(chain.concat(rows, 0), node.intVector(sources),
                      /*axis=*/0);
}

/// Rows are put where indices say, one input after the other. Rows that none
/// speaks of, which TensorFlow leaves open, are 0.
static LogicalResult buildDynamicStitch(NodeBuilder &node, Results &results) {
  IndexChain chain(node);
  SmallVector<Value> indices = node.inputs("indices");
  SmallVector<Value> data = node.inputs("data");
  if (indices.empty())
    return node.error("expected at least one input");
  if (failed(checkSlices(node, chain, indices, data)))
    return failure();
  if (auto sources = getKnownSources(indices))
    return chain.give(results,
                      gatherSources(chain, node, indices, data, *sources));
  Value numRows;
  for (Value &rows : indices) {
    rows = chain.checkNotNegative(rows, "indices");
    Value range = chain.rangeOf(rows);
    numRows = numRows ? chain.max(numRows, range) : range;
    if (!numRows)
      return failure();
  }
  Value shape =
      chain.rowsShape(numRows, data[0], tensorType(indices[0]).getRank());
  Value result = chain.broadcastTo(chain.scalar(0, data[0]), shape);
  for (auto [rows, values] : llvm::zip_equal(indices, data)) {
    // A scatter needs rows to take one after the other.
    if (tensorType(values).getRank() == 0) {
      rows = chain.expandDims(rows, int64_t(0));
      values = chain.expandDims(values, int64_t(0));
    }
    result = chain.scatterRows(ScatterKind::Update, result, rows, values);
  }
  return chain.give(results, result);
}

//===----------------------------------------------------------------------===//
// Where, InvertPermutation
//===----------------------------------------------------------------------===//

static LogicalResult buildWhere(NodeBuilder &node, Results &results) {
  if (node.inputType(0).getRank() == 0)
    return node.error("expected input 0 (input) to have at least one dim, got "
                      "a scalar");
  Chain chain(node);
  return chain.give(results, chain.op<graph::NonzeroOp>(node.input(0)));
}

/// The inverse of a permutation of [0, size); nothing if it is none.
static std::optional<SmallVector<int64_t>> invert(ArrayRef<int64_t> numbers) {
  SmallVector<int64_t> inverse(numbers.size(), -1);
  for (auto [place, number] : llvm::enumerate(numbers)) {
    if (number < 0 || number >= static_cast<int64_t>(numbers.size()) ||
        inverse[number] != -1)
      return std::nullopt;
    inverse[number] = place;
  }
  return inverse;
}

static LogicalResult buildInvertPermutation(NodeBuilder &node,
                                            Results &results) {
  if (failed(expectKind(node, 0, SignedInts)) || failed(expectRank(node, 0, 1)))
    return failure();
  IndexChain chain(node);
  // Transpositions need to know their permutations.
  if (auto known = graph::knownValue(node.input(0)))
    if (auto inverse = invert(*known))
      return chain.give(results, node.intVector(*inverse, node.elementType(0)));
  Value x = chain.checkIndex(node.input(0), node.input(0), 0);
  if (!x)
    return failure();
  Type type = node.elementType(0);
  Value none = chain.broadcastTo(chain.integer(-1, type), chain.shape(x));
  Value places = chain.range(chain.integer(0, type), chain.dim(x, 0, type),
                             chain.integer(1, type));
  Value result = chain.scatterRows(ScatterKind::Update, none, x, places);
  // A number that is there twice leaves out another one.
  Value isThere =
      chain.compare(CompareDirection::GE, result, chain.integer(0, type));
  return chain.give(results,
                    chain.checkTrue(result, isThere,
                                    "expects a permutation, but a number "
                                    "appears twice"));
}

//===----------------------------------------------------------------------===//
// Unique, ListDiff
//===----------------------------------------------------------------------===//

/// Appends the different slices of `x` along its first dim and their positions.
static FailureOr<graph::UniqueOp> buildDifferent(NodeBuilder &node, Value x) {
  return node.build<graph::UniqueOp>(
      x, node.builder().getNamedAttr("index_type",
                                     TypeAttr::get(node.typeAttr("out_idx"))));
}

static LogicalResult checkIndexAttribute(NodeBuilder &node) {
  Type type = node.typeAttr("out_idx");
  if (type && (type.isSignlessInteger(32) || type.isSignlessInteger(64)))
    return success();
  return node.error("expected attribute out_idx to be int32 or int64");
}

/// The dim along which slices are compared.
static FailureOr<int64_t> getUniqueAxis(NodeBuilder &node, bool hasAxis) {
  int64_t rank = node.inputType(0).getRank();
  if (hasAxis) {
    auto axes = node.requireInts(1);
    if (failed(axes) || failed(expectRank(node, 1, 1)))
      return failure();
    if (axes->size() > 1)
      return node.error() << "expected input 1 (axis) to have at most one "
                             "element, got "
                          << axes->size();
    if (!axes->empty())
      return node.normalizeAxis(axes->front(), rank);
  }
  if (failed(expectRank(node, 0, 1)))
    return failure();
  return 0;
}

template <bool hasAxis, bool hasCounts>
static LogicalResult buildUnique(NodeBuilder &node, Results &results) {
  auto axis = getUniqueAxis(node, hasAxis);
  if (failed(axis) || failed(checkIndexAttribute(node)))
    return failure();
  Chain chain(node);
  auto permutation =
      llvm::to_vector(llvm::seq<int64_t>(0, node.inputType(0).getRank()));
  std::swap(permutation[0], permutation[*axis]);
  Value x = node.input(0);
  if (*axis != 0)
    x = chain.transpose(x, permutation);
  if (!x)
    return failure();
  auto unique = buildDifferent(node, x);
  if (failed(unique))
    return failure();
  Value values = unique->getValues();
  // Two dims changed places, and do so again.
  if (*axis != 0)
    values = chain.transpose(values, permutation);
  results.append({values, unique->getIndices()});
  if (hasCounts)
    results.push_back(unique->getCounts());
  return success(bool(values));
}

/// Gives the known elements of `x` that are not among the known `y`, and their
/// places.
static LogicalResult giveKnownDifference(NodeBuilder &node, ArrayRef<int64_t> x,
                                         ArrayRef<int64_t> y,
                                         Results &results) {
  SmallVector<int64_t> elements, places;
  for (auto [place, element] : llvm::enumerate(x))
    if (!llvm::is_contained(y, element)) {
      elements.push_back(element);
      places.push_back(place);
    }
  results.append({node.intVector(elements, node.elementType(0)),
                  node.intVector(places, node.typeAttr("out_idx"))});
  return success();
}

/// The elements of `x` that are not in `y`. Numbered in the order of first
/// appearance, those of `y` first, they have the numbers that no element of `y`
/// has.
static LogicalResult buildListDiff(NodeBuilder &node, Results &results) {
  if (failed(expectRank(node, 0, 1)) || failed(expectRank(node, 1, 1)) ||
      failed(checkIndexAttribute(node)))
    return failure();
  IndexChain chain(node);
  Value x = node.input(0), y = node.input(1);
  auto knownX = graph::knownValue(x), knownY = graph::knownValue(y);
  if (knownX && knownY && isOfKind(node.elementType(0), SignedInts))
    return giveKnownDifference(node, *knownX, *knownY, results);
  Value both = chain.concat({y, x}, 0);
  if (!both)
    return failure();
  auto unique = buildDifferent(node, both);
  if (failed(unique))
    return failure();
  Type type = node.builder().getI64Type();
  Value numbers = chain.i64(unique->getIndices());
  Value sizeOfY = chain.vector(chain.dim(y, 0, type));
  Value sizeOfX = chain.vector(chain.dim(x, 0, type));
  Value numbersOfY =
      chain.op<graph::SliceOp>({numbers, node.intVector(0, type), sizeOfY});
  Value numbersOfX = chain.op<graph::SliceOp>({numbers, sizeOfY, sizeOfX});
  Value rows = chain.nonzero(chain.compare(CompareDirection::GE, numbersOfX,
                                           chain.rangeOf(numbersOfY)));
  if (failed(chain.give(results, chain.gather(x, rows, /*axis=*/0))))
    return failure();
  return chain.give(results, chain.cast(rows, node.typeAttr("out_idx")));
}

//===----------------------------------------------------------------------===//
// Registration
//===----------------------------------------------------------------------===//

void tensorflow::registerPartitionOps(OpTable &table) {
  table.add("DynamicPartition",
            "data: T, partitions: int32 -> outputs: num_partitions * T; "
            "num_partitions: int",
            buildDynamicPartition);
  constexpr StringLiteral stitch =
      "indices: N * int32, data: N * T -> merged: T";
  constexpr StringLiteral gaps = "rows that no index speaks of are 0";
  table.add("DynamicStitch", stitch, buildDynamicStitch).note(gaps);
  table.add("ParallelDynamicStitch", stitch, buildDynamicStitch).note(gaps);
  table.add("Where", "input: T -> index: int64; T: type = bool", buildWhere);
  table.add("InvertPermutation", "x: T -> y: T; T: type = int32",
            buildInvertPermutation);

  table.add("Unique", "x: T -> y: T, idx: out_idx; out_idx: type = int32",
            buildUnique<false, false>);
  table.add("UniqueWithCounts",
            "x: T -> y: T, idx: out_idx, count: out_idx; out_idx: type = int32",
            buildUnique<false, true>);
  constexpr StringLiteral axis = "constant axis";
  table
      .add("UniqueV2",
           "x: T, axis: Taxis -> y: T, idx: out_idx; Taxis: type = int64, "
           "out_idx: type = int32",
           buildUnique<true, false>)
      .note(axis);
  table
      .add("UniqueWithCountsV2",
           "x: T, axis: Taxis -> y: T, idx: out_idx, count: out_idx; "
           "Taxis: type = int64, out_idx: type = int32",
           buildUnique<true, true>)
      .note(axis);
  table.add("ListDiff",
            "x: T, y: T -> out: T, idx: out_idx; out_idx: type = int32",
            buildListDiff);
}
