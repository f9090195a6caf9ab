//===- OpsDiagonal.cpp - TensorFlow's diagonals and bands of matrices -----===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Everything here is arithmetic on positions: elementwise ops on small integer
// tensors, which fold where sizes are static, and one gather.
//
//===----------------------------------------------------------------------===//

#include "Bands.h"
#include "Diagonals.h"
#include "OpFamilies.h"
#include "PureOps.h"

#include "graph-compile/Dialect/Graph/IR/ShapeUtils.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Sequence.h"

#include <limits>

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;

using Results = SmallVectorImpl<Value>;

/// An error unless input `i` has at least `rank` dims.
static LogicalResult expectAtLeastRank(NodeBuilder &node, unsigned i,
                                       int64_t rank) {
  if (node.inputType(i).getRank() >= rank)
    return success();
  return node.error() << "expected input " << i << " (" << inputName(node, i)
                      << ") to have at least " << rank << " dims, got "
                      << node.inputType(i);
}

//===----------------------------------------------------------------------===//
// Taking diagonals
//===----------------------------------------------------------------------===//

/// The diagonals of the matrices in the last two dims of `x`.
static Value takeBand(NodeBuilder &node, Value x, Band band, Value padding) {
  Chain chain(node);
  Positions at(node);
  int64_t rank = tensorType(x).getRank();
  MatrixSize size = {at.dim(x, rank - 2), at.dim(x, rank - 1)};
  if (failed(checkBand(node, size, band)))
    return {};
  // Where each element of the result comes from in the matrix as one row.
  int64_t placeRank = band.numDims();
  Value longest = getLongest(at, size, band);
  Value position = at.along(longest, placeRank - 1, placeRank);
  Value d = band.upper, isElement;
  if (band.count > 1) {
    d = at.sub(band.upper, at.along(at.number(band.count), 0, placeRank));
    if (Value skipped = getPadding(node, size, band, longest, d))
      position = at.sub(position, skipped);
    isElement = at.both(
        at.isAtMost(at.number(0), position),
        at.isAtMost(at.add(position, at.number(1)), getLengths(at, size, d)));
  }
  Value zero = at.number(0);
  Value start = at.add(at.max(d, zero),
                       at.mul(at.max(at.sub(zero, d), zero), size.columns));
  Value place =
      at.add(at.mul(position, at.add(size.columns, at.number(1))), start);
  if (isElement)
    place = chain.select(isElement, place, zero);
  Value taken = chain.gather(mergeDims(node, x, rank - 2, 2), place, rank - 2);
  return isElement ? chain.select(isElement, taken, padding) : taken;
}

static LogicalResult buildMatrixDiagPart(NodeBuilder &node, Results &results) {
  if (failed(expectAtLeastRank(node, 0, 2)))
    return failure();
  Positions at(node);
  Band band;
  band.lower = band.upper = at.number(0);
  return Chain(node).give(results,
                          takeBand(node, node.input(0), band, Value()));
}

template <bool hasAlignment>
static LogicalResult buildMatrixDiagPartOfBand(NodeBuilder &node,
                                               Results &results) {
  if (failed(expectAtLeastRank(node, 0, 2)) || failed(expectRank(node, 2, 0)))
    return failure();
  auto band = readBand(node, 1);
  if (failed(band) || (hasAlignment && failed(readAlignment(node, *band))))
    return failure();
  return Chain(node).give(results,
                          takeBand(node, node.input(0), *band, node.input(2)));
}

/// The diagonal of a tensor whose dims come twice.
static LogicalResult buildDiagPart(NodeBuilder &node, Results &results) {
  Chain chain(node);
  Value x = node.input(0);
  int64_t rank = tensorType(x).getRank(), half = rank / 2;
  if (rank == 0 || rank % 2 != 0)
    return node.error() << "expected input 0 (input) to have an even number of "
                           "dims, got "
                        << x.getType();
  auto first = llvm::to_vector(llvm::seq<int64_t>(0, half));
  auto second = llvm::to_vector(llvm::seq<int64_t>(half, rank));
  x = chain.checkDims(x, x, first, second);
  Value square = mergeDims(node, mergeDims(node, x, half, half), 0, half);
  Value diagonal = takeDiagonal(node, square, 0, 1);
  SmallVector<DimGroup> groups;
  for (int64_t dim : first)
    groups.push_back({x, {dim}});
  return chain.give(results,
                    half == 1 ? diagonal : regroup(node, diagonal, groups));
}

//===----------------------------------------------------------------------===//
// Placing diagonals
//===----------------------------------------------------------------------===//

/// `table`, with an element appended to each row if it might have none, so that
/// position 0 is always one.
static Value makeNotEmpty(NodeBuilder &node, Value table, Value element) {
  int64_t last = tensorType(table).getRank() - 1;
  if (tensorType(table).getDimSize(last) > 0)
    return table;
  Chain chain(node);
  Type indexType = node.builder().getI64Type();
  Value batch = chain.part(chain.shape(table, indexType), 0, last);
  Value shape = chain.concat({batch, node.intVector(1, indexType)}, 0);
  return chain.concat({table, chain.broadcastTo(element, shape)}, last);
}

/// `base`, a scalar or matrices of the given size, with the diagonals of the
/// band replaced, the longest of which has `longest` elements. Where the
/// matrices have elements, so has `diagonals`; it may have more than that.
static Value placeBand(NodeBuilder &node, Value diagonals, Value longest,
                       const Band &band, MatrixSize size, Value base) {
  Chain chain(node);
  Positions at(node);
  int64_t last = tensorType(diagonals).getRank() - 1;
  Value rows = at.along(size.rows, 0, 2),
        columns = at.along(size.columns, 1, 2);
  // The main diagonal with one element per row (or column) needs no lookup.
  bool hasAllRows = band.isMain() && Positions::areSame(size.rows, longest);
  bool hasAllColumns =
      band.isMain() && Positions::areSame(size.columns, longest);
  if (hasAllRows || hasAllColumns)
    return chain.select(
        at.isEqual(rows, columns),
        chain.expandDims(diagonals, hasAllColumns ? last : last + 1), base);

  Value d = at.sub(columns, rows);
  Value isInBand = band.count == 1 ? at.isEqual(d, band.lower)
                                   : at.both(at.isAtMost(band.lower, d),
                                             at.isAtMost(d, band.upper));
  Value place = at.min(rows, columns);
  if (band.count > 1) {
    if (Value skipped = getPadding(node, size, band, longest, d))
      place = at.add(place, skipped);
    place =
        at.add(place, at.mul(at.sub(band.upper, d), at.dim(diagonals, last)));
    diagonals = mergeDims(node, diagonals, last - 1, 2);
    --last;
  }
  place = chain.select(isInBand, place, at.number(0));
  return chain.select(isInBand, chain.gather(diagonals, place, last), base);
}

/// An error unless the tensor has a dim for the diagonals of the band, and as
/// many diagonals.
static Value checkCount(NodeBuilder &node, unsigned i, const Band &band) {
  if (failed(expectAtLeastRank(node, i, band.numDims())))
    return {};
  Value diagonals = node.input(i);
  if (band.count == 1)
    return diagonals;
  return Chain(node).checkSize(diagonals, tensorType(diagonals).getRank() - 2,
                               band.count);
}

/// MatrixDiag: square matrices with one main diagonal.
static LogicalResult buildMatrixDiag(NodeBuilder &node, Results &results) {
  if (failed(expectAtLeastRank(node, 0, 1)))
    return failure();
  Positions at(node);
  Band band;
  band.lower = band.upper = at.number(0);
  Value diagonals = node.input(0);
  Value length = at.dim(diagonals, tensorType(diagonals).getRank() - 1);
  return Chain(node).give(results, placeBand(node, diagonals, length, band,
                                             {length, length},
                                             Chain(node).scalar(0, diagonals)));
}

/// The sizes of the smallest matrix that the diagonals fit into.
static MatrixSize getLeastSize(Positions &at, const Band &band, Value longest) {
  Value zero = at.number(0);
  return {at.sub(longest, at.min(band.upper, zero)),
          at.add(longest, at.max(band.lower, zero))};
}

/// Whether the size at input `i` is -1, which means that it follows from the
/// diagonals; nothing if only the run time knows.
static std::optional<bool> isLeftOut(NodeBuilder &node, unsigned i) {
  std::optional<int64_t> known = graph::knownScalar(node.input(i));
  return known ? std::optional(*known == -1) : std::nullopt;
}

/// Whether input `i` turns out to be -1.
static Value createIsLeftOut(NodeBuilder &node, unsigned i) {
  Positions at(node);
  Value given = Chain(node).cast(node.input(i), node.builder().getI64Type());
  return at.isEqual(given, at.number(-1));
}

/// The size that input `i` gives, which is at least `least`; `least` if the
/// input is -1.
static Value readSize(NodeBuilder &node, unsigned i, Value least,
                      StringRef what) {
  std::optional<bool> isKnownLeftOut = isLeftOut(node, i);
  if (isKnownLeftOut == true)
    return least;
  Chain chain(node);
  Value size = chain.cast(node.input(i), node.builder().getI64Type());
  if (!isKnownLeftOut)
    size = chain.select(createIsLeftOut(node, i), least, size);
  Value most = Positions(node).number(std::numeric_limits<int64_t>::max());
  return chain.checkBounds(size, least, most, what);
}

/// The sizes that inputs 2 and 3 give a matrix. If neither does, it is square.
static MatrixSize readMatrixSize(NodeBuilder &node, const Band &band,
                                 Value longest) {
  Positions at(node);
  MatrixSize least = getLeastSize(at, band, longest);
  std::optional<bool> noRows = isLeftOut(node, 2);
  std::optional<bool> noColumns = isLeftOut(node, 3);
  Value side = at.max(least.rows, least.columns);
  if (noRows == true && noColumns == true)
    return {side, side};
  MatrixSize size = {readSize(node, 2, least.rows, "a number of rows"),
                     readSize(node, 3, least.columns, "a number of columns")};
  if (noRows == false || noColumns == false)
    return size;
  Chain chain(node);
  Value isSquare = at.both(createIsLeftOut(node, 2), createIsLeftOut(node, 3));
  return {chain.select(isSquare, side, size.rows),
          chain.select(isSquare, side, size.columns)};
}

/// One of the sizes is the least one; the call fails otherwise.
static LogicalResult checkMatrixSize(NodeBuilder &node, const Band &band,
                                     Value longest, MatrixSize &size) {
  Chain chain(node);
  Positions at(node);
  MatrixSize least = getLeastSize(at, band, longest);
  if (Positions::areSame(size.rows, least.rows) ||
      Positions::areSame(size.columns, least.columns))
    return success();
  constexpr StringLiteral message =
      "the number of rows or columns is not consistent with the diagonals";
  auto numRows = graph::knownScalar(size.rows);
  auto numColumns = graph::knownScalar(size.columns);
  if (numRows && numColumns && graph::knownScalar(least.rows) &&
      graph::knownScalar(least.columns))
    return node.error() << message << ": got " << *numRows << " and "
                        << *numColumns;
  Value fits = chain.op<graph::OrOp>({at.isEqual(size.rows, least.rows),
                                      at.isEqual(size.columns, least.columns)});
  size.rows = chain.checkTrue(size.rows, fits, message);
  return success(bool(size.rows));
}

template <bool hasAlignment>
static LogicalResult buildMatrixDiagOfBand(NodeBuilder &node,
                                           Results &results) {
  for (unsigned i : {2u, 3u, 4u})
    if (failed(expectRank(node, i, 0)))
      return failure();
  auto band = readBand(node, 1);
  if (failed(band) || (hasAlignment && failed(readAlignment(node, *band))))
    return failure();
  Value diagonals = checkCount(node, 0, *band);
  if (!diagonals)
    return failure();
  Positions at(node);
  Value longest = at.dim(diagonals, tensorType(diagonals).getRank() - 1);
  MatrixSize size = readMatrixSize(node, *band, longest);
  if (!size.rows || !size.columns ||
      failed(checkMatrixSize(node, *band, longest, size)))
    return failure();
  Value padding = node.input(4);
  // The lookup needs something to look at; off the diagonals it finds nothing.
  if (!band->isMain())
    diagonals = makeNotEmpty(node, diagonals, padding);
  return Chain(node).give(
      results, placeBand(node, diagonals, longest, *band, size, padding));
}

/// The call fails unless `diagonals` fit into matrices `x`.
static Value checkDiagonals(NodeBuilder &node, Value x, Value diagonals,
                            const Band &band, MatrixSize size) {
  Chain chain(node);
  Positions at(node);
  int64_t rank = tensorType(x).getRank();
  int64_t diagonalRank = tensorType(diagonals).getRank();
  if (diagonalRank != rank - 2 + band.numDims()) {
    node.error() << "expected input 1 (diagonal) to have "
                 << rank - 2 + band.numDims() << " dims, got "
                 << diagonals.getType();
    return {};
  }
  auto batch = llvm::to_vector(llvm::seq<int64_t>(0, rank - 2));
  diagonals = chain.checkDims(diagonals, x, batch, batch);
  if (!diagonals)
    return {};
  Value longest = getLongest(at, size, band);
  Value length = at.dim(diagonals, diagonalRank - 1);
  if (Positions::areSame(longest, length))
    return diagonals;
  std::optional<int64_t> wanted = graph::knownScalar(longest);
  std::optional<int64_t> got = graph::knownScalar(length);
  if (wanted && got) {
    node.error() << "expected diagonals of " << *wanted << " elements, got "
                 << diagonals.getType();
    return {};
  }
  return chain.checkTrue(diagonals, at.isEqual(longest, length),
                         "the diagonals are not as long as the longest "
                         "diagonal of the matrix");
}

static LogicalResult setBand(NodeBuilder &node, Band band, Results &results) {
  if (failed(expectAtLeastRank(node, 0, 2)))
    return failure();
  Positions at(node);
  Value x = node.input(0);
  int64_t rank = tensorType(x).getRank();
  MatrixSize size = {at.dim(x, rank - 2), at.dim(x, rank - 1)};
  Value diagonals = checkCount(node, 1, band);
  if (!diagonals || failed(checkBand(node, size, band)))
    return failure();
  diagonals = checkDiagonals(node, x, diagonals, band, size);
  if (!diagonals)
    return failure();
  Value longest = at.dim(diagonals, tensorType(diagonals).getRank() - 1);
  return Chain(node).give(results,
                          placeBand(node, diagonals, longest, band, size, x));
}

static LogicalResult buildMatrixSetDiag(NodeBuilder &node, Results &results) {
  Band band;
  band.lower = band.upper = Positions(node).number(0);
  return setBand(node, band, results);
}

template <bool hasAlignment>
static LogicalResult buildMatrixSetDiagOfBand(NodeBuilder &node,
                                              Results &results) {
  auto band = readBand(node, 2);
  if (failed(band) || (hasAlignment && failed(readAlignment(node, *band))))
    return failure();
  return setBand(node, *band, results);
}

/// A tensor with the dims of the input twice and its elements on the diagonal.
static LogicalResult buildDiag(NodeBuilder &node, Results &results) {
  if (failed(expectAtLeastRank(node, 0, 1)))
    return failure();
  Value x = node.input(0);
  int64_t rank = tensorType(x).getRank();
  Value square =
      placeOnDiagonal(node, mergeDims(node, x, 0, rank), /*like=*/0, /*dim=*/1);
  SmallVector<DimGroup> groups;
  for (int64_t dim = 0; dim < 2 * rank; ++dim)
    groups.push_back({x, {dim % rank}});
  return Chain(node).give(results,
                          rank == 1 ? square : regroup(node, square, groups));
}

//===----------------------------------------------------------------------===//
// MatrixBandPart
//===----------------------------------------------------------------------===//

/// Whether elements `distance` away from the main diagonal, on one side of it,
/// are within the number that input `i` gives; null if all are.
static FailureOr<Value> isWithin(NodeBuilder &node, unsigned i, Value distance,
                                 Value size) {
  if (failed(expectRank(node, i, 0)))
    return failure();
  Chain chain(node);
  Positions at(node);
  Value number = chain.cast(node.input(i), node.builder().getI64Type());
  std::optional<int64_t> known = graph::knownScalar(number);
  if (known && *known < 0)
    return Value();
  number = chain.checkBounds(number,
                             at.number(std::numeric_limits<int64_t>::min() + 1),
                             size, "a number of diagonals");
  Value within = at.isAtMost(distance, number);
  if (!known)
    within =
        chain.op<graph::OrOp>({within, at.isAtMost(number, at.number(-1))});
  if (!within)
    return failure();
  return within;
}

static LogicalResult buildMatrixBandPart(NodeBuilder &node, Results &results) {
  if (failed(expectAtLeastRank(node, 0, 2)))
    return failure();
  Chain chain(node);
  Positions at(node);
  Value x = node.input(0);
  int64_t rank = tensorType(x).getRank();
  MatrixSize size = {at.dim(x, rank - 2), at.dim(x, rank - 1)};
  Value rows = at.along(size.rows, 0, 2),
        columns = at.along(size.columns, 1, 2);
  FailureOr<Value> lower = isWithin(node, 1, at.sub(rows, columns), size.rows);
  if (failed(lower))
    return failure();
  FailureOr<Value> upper =
      isWithin(node, 2, at.sub(columns, rows), size.columns);
  if (failed(upper))
    return failure();
  Value isKept =
      *lower && *upper ? at.both(*lower, *upper) : (*lower ? *lower : *upper);
  return chain.give(results,
                    isKept ? chain.select(isKept, x, chain.scalar(0, x)) : x);
}

//===----------------------------------------------------------------------===//
// Registration
//===----------------------------------------------------------------------===//

void tensorflow::registerDiagonalOps(OpTable &table) {
  constexpr StringLiteral align = "; align: string = 'RIGHT_LEFT'";
  constexpr StringLiteral needsK = "two values of k must be constants";
  constexpr StringLiteral diag =
      "diagonal: T, k: int32, num_rows: int32, num_cols: int32, "
      "padding_value: T -> output: T";
  constexpr StringLiteral part =
      "input: T, k: int32, padding_value: T -> diagonal: T";
  constexpr StringLiteral set = "input: T, diagonal: T, k: int32 -> output: T";
  table.add("MatrixDiagV2", diag, buildMatrixDiagOfBand<false>).note(needsK);
  table.add("MatrixDiagV3", (diag + align).str(), buildMatrixDiagOfBand<true>)
      .note(needsK);
  table.add("MatrixDiagPartV2", part, buildMatrixDiagPartOfBand<false>)
      .note(needsK);
  table
      .add("MatrixDiagPartV3", (part + align).str(),
           buildMatrixDiagPartOfBand<true>)
      .note(needsK);
  table.add("MatrixSetDiagV2", set, buildMatrixSetDiagOfBand<false>)
      .note(needsK);
  table
      .add("MatrixSetDiagV3", (set + align).str(),
           buildMatrixSetDiagOfBand<true>)
      .note(needsK);
  for (StringRef name : {"MatrixDiag", "BatchMatrixDiag"})
    table.add(name, "diagonal: T -> output: T", buildMatrixDiag);
  for (StringRef name : {"MatrixDiagPart", "BatchMatrixDiagPart"})
    table.add(name, "input: T -> diagonal: T", buildMatrixDiagPart);
  for (StringRef name : {"MatrixSetDiag", "BatchMatrixSetDiag"})
    table.add(name, "input: T, diagonal: T -> output: T", buildMatrixSetDiag);
  table.add("MatrixBandPart",
            "input: T, num_lower: Tindex, num_upper: Tindex -> band: T; "
            "Tindex: type = int64",
            buildMatrixBandPart);
  table.add("BatchMatrixBandPart",
            "input: T, num_lower: int64, num_upper: int64 -> band: T",
            buildMatrixBandPart);
  table.add("Diag", "diagonal: T -> output: T", buildDiag);
  table.add("DiagPart", "input: T -> diagonal: T", buildDiagPart);
}
