//===- OpsJoining.cpp - joining, cutting, repeating, padding --------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "OpFamilies.h"
#include "PureOps.h"

#include "graph-compile/Dialect/Graph/IR/ShapeUtils.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;

using Results = SmallVectorImpl<Value>;

/// The axis at input `i`, a constant, in [0, rank).
static FailureOr<int64_t> requireAxis(NodeBuilder &node, unsigned i,
                                      int64_t rank) {
  auto given = node.requireInts(i);
  if (failed(given))
    return failure();
  if (given->size() != 1)
    return LogicalResult(node.error()
                         << "expected input " << i << " (" << inputName(node, i)
                         << ") to be one integer, got " << given->size());
  return node.normalizeAxis(given->front(), rank);
}

//===----------------------------------------------------------------------===//
// Joining
//===----------------------------------------------------------------------===//

/// The first of `parts`, checked to agree with the others in all dims but
/// `except`.
static Value checkParts(NodeBuilder &node, Chain &chain, ArrayRef<Value> parts,
                        int64_t except) {
  Value first = parts.front();
  int64_t rank = tensorType(first).getRank();
  SmallVector<int64_t> dims;
  for (int64_t dim = 0; dim < rank; ++dim)
    if (dim != except)
      dims.push_back(dim);
  for (Value part : parts.drop_front()) {
    if (tensorType(part).getRank() != rank) {
      node.error() << "expected inputs of one rank, got "
                   << parts.front().getType() << " and " << part.getType();
      return {};
    }
    first = chain.checkDims(first, part, dims, dims);
    if (!first)
      return {};
  }
  return first;
}

static LogicalResult joinAlong(NodeBuilder &node, unsigned axisInput,
                               Results &results) {
  SmallVector<Value> parts = node.inputs("values");
  auto axis = requireAxis(node, axisInput, tensorType(parts.front()).getRank());
  if (failed(axis))
    return failure();
  Chain chain(node);
  parts.front() = checkParts(node, chain, parts, *axis);
  return chain.give(results, chain.concat(parts, *axis));
}

static LogicalResult buildConcatV2(NodeBuilder &node, Results &results) {
  return joinAlong(node, node.numInputs() - 1, results);
}

static LogicalResult buildConcat(NodeBuilder &node, Results &results) {
  return joinAlong(node, /*axisInput=*/0, results);
}

/// Rows, each with a first dim of size 1, one after the other.
static LogicalResult buildParallelConcat(NodeBuilder &node, Results &results) {
  SmallVector<Value> parts = node.inputs("values");
  Chain chain(node);
  for (unsigned i = 0; i < parts.size(); ++i) {
    if (node.inputType(i).getRank() == 0)
      return node.error() << "expected input " << i << " ("
                          << inputName(node, i)
                          << ") to have a first dim of size 1, got a scalar";
    parts[i] = chain.checkSize(parts[i], 0, 1);
    if (!parts[i])
      return failure();
  }
  parts.front() = checkParts(node, chain, parts, /*except=*/0);
  return chain.give(results, chain.concat(parts, 0));
}

static LogicalResult buildPack(NodeBuilder &node, Results &results) {
  SmallVector<Value> parts = node.inputs("values");
  auto axis = node.normalizeAxis(node.intAttr("axis"),
                                 tensorType(parts.front()).getRank() + 1);
  if (failed(axis))
    return failure();
  Chain chain(node);
  parts.front() = checkParts(node, chain, parts, /*except=*/-1);
  for (Value &part : parts)
    part = chain.expandDims(part, *axis);
  return chain.give(results, chain.concat(parts, *axis));
}

//===----------------------------------------------------------------------===//
// Cutting
//===----------------------------------------------------------------------===//

static FailureOr<graph::SplitOp> split(NodeBuilder &node, Chain &chain, Value x,
                                       int64_t axis, int64_t num) {
  return node.build<graph::SplitOp>(
      x, {chain.attr("axis", axis), chain.attr("num", num)});
}

static LogicalResult buildSplit(NodeBuilder &node, Results &results) {
  int64_t num = node.intAttr("num_split");
  auto axis = requireAxis(node, 0, node.inputType(1).getRank());
  if (failed(axis))
    return failure();
  Chain chain(node);
  Value x = Chain::orNull(node.checkSplit(node.input(1), *axis, num));
  if (!x)
    return failure();
  auto parts = split(node, chain, x, *axis, num);
  if (failed(parts))
    return failure();
  llvm::append_range(results, parts->getResults());
  return success();
}

static LogicalResult buildUnpack(NodeBuilder &node, Results &results) {
  int64_t num = node.intAttr("num");
  auto axis =
      node.normalizeAxis(node.intAttr("axis"), node.inputType(0).getRank());
  if (failed(axis))
    return failure();
  Chain chain(node);
  Value x = chain.checkSize(node.input(0), *axis, num);
  if (!x)
    return failure();
  if (num == 0)
    return success();
  auto parts = split(node, chain, x, *axis, num);
  if (failed(parts))
    return failure();
  for (Value part : parts->getResults())
    if (failed(chain.give(results, chain.squeeze(part, *axis))))
      return failure();
  return success();
}

/// The sizes of SplitV's parts as scalars that add up to the size of the dim;
/// one of them may be given as -1 and is then what is left.
static Value getPartSizes(NodeBuilder &node, Chain &chain, int64_t axis) {
  Value x = node.input(0);
  Value sizes = node.input(1);
  Type type = node.elementType(1);
  Value zero = chain.integer(0, type);
  Value isLeft = chain.compare(graph::CompareDirection::LT, sizes, zero);
  Value known = chain.select(isLeft, zero, sizes);
  Value total = chain.reduce(graph::ReduceKind::Sum, known, int64_t(0));
  Value left = chain.sub(chain.dim(x, axis, type), total);
  return chain.checkAtLeast(chain.select(isLeft, left, sizes), 0, "a size");
}

/// The same where all sizes are known: an error if they do not fit.
static LogicalResult resolvePartSizes(NodeBuilder &node, int64_t dim,
                                      SmallVectorImpl<int64_t> &sizes) {
  int64_t total = 0;
  int64_t *left = nullptr;
  for (int64_t &size : sizes) {
    if (size < -1 || (size == -1 && left))
      return node.error("expected input 1 (size_splits) to have sizes of 0 or "
                        "more, and at most one -1");
    if (size == -1)
      left = &size;
    else
      total += size;
  }
  if (left && total <= dim)
    *left = dim - total;
  else if (left || total != dim)
    return node.error() << "expected parts that add up to the size " << dim
                        << " of the dim, got parts that add up to " << total;
  return success();
}

/// Part `i` of `x`: `size` elements along `axis` from `begin` on, both scalars.
static Value takePart(NodeBuilder &node, Chain &chain, Value x, int64_t axis,
                      Value begin, Value size) {
  if (!x || !begin || !size)
    return {};
  Type type = tensorType(begin).getElementType();
  int64_t rank = tensorType(x).getRank();
  SmallVector<Value> begins(rank, chain.integer(0, type));
  SmallVector<Value> sizes(rank, chain.integer(-1, type));
  begins[axis] = begin;
  sizes[axis] = size;
  return chain.op<graph::SliceOp>(
      {x, chain.vector(begins), chain.vector(sizes)});
}

/// Cuts into parts of known sizes.
static LogicalResult splitAtKnown(NodeBuilder &node, ArrayRef<int64_t> sizes,
                                  Value x, int64_t axis, Results &results) {
  Chain chain(node);
  SmallVector<int64_t> begins(tensorType(x).getRank(), 0);
  SmallVector<int64_t> counts(tensorType(x).getRank(), -1);
  Type indexType = node.builder().getI64Type();
  for (int64_t size : sizes) {
    counts[axis] = size;
    Value part = chain.op<graph::SliceOp>({x, node.intVector(begins, indexType),
                                           node.intVector(counts, indexType)});
    if (failed(chain.give(results, part)))
      return failure();
    begins[axis] += size;
  }
  return success();
}

static LogicalResult buildSplitV(NodeBuilder &node, Results &results) {
  auto axis = requireAxis(node, 2, node.inputType(0).getRank());
  if (failed(axis) || failed(expectRank(node, 1, 1)))
    return failure();
  int64_t num = node.intAttr("num_split");
  if (node.inputType(1).getDimSize(0) != num)
    return node.error() << "expected input 1 (size_splits) to have " << num
                        << " elements, one per part, got " << node.inputType(1);
  Chain chain(node);
  Value x = node.input(0);
  int64_t dim = node.inputType(0).getDimSize(*axis);
  auto known = node.constantInts(1);
  if (known && !ShapedType::isDynamic(dim)) {
    if (failed(resolvePartSizes(node, dim, *known)))
      return failure();
    return splitAtKnown(node, *known, x, *axis, results);
  }
  if (known && !llvm::is_contained(*known, -1)) {
    int64_t total = std::accumulate(known->begin(), known->end(), int64_t(0));
    if (failed(resolvePartSizes(node, total, *known)))
      return failure();
    x = chain.checkSize(x, *axis, total);
    return x ? splitAtKnown(node, *known, x, *axis, results) : failure();
  }

  // From here on sizes are computed at run time.
  Value sizes = getPartSizes(node, chain, *axis);
  Value total = chain.reduce(graph::ReduceKind::Sum, sizes, int64_t(0));
  Value sample = chain.broadcastTo(node.splat(node.builder().getI1Type(), 0),
                                   chain.expandDims(total, int64_t(0)));
  x = chain.checkDims(x, sample, *axis, int64_t(0));
  Value begin = chain.integer(0, node.elementType(1));
  for (int64_t i = 0; i < num; ++i) {
    Value size = chain.element(sizes, i);
    if (failed(
            chain.give(results, takePart(node, chain, x, *axis, begin, size))))
      return failure();
    begin = chain.add(begin, size);
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Repeating and padding
//===----------------------------------------------------------------------===//

static LogicalResult buildTile(NodeBuilder &node, Results &results) {
  Chain chain(node);
  Value multiples = chain.checkAtLeast(node.input(1), 0, "a multiple");
  return chain.give(results,
                    chain.op<graph::TileOp>({node.input(0), multiples}));
}

static LogicalResult buildPad(NodeBuilder &node, Results &results) {
  Chain chain(node);
  Value paddings = chain.checkAtLeast(node.input(1), 0, "a padding");
  Value value =
      node.numInputs() == 3 ? node.input(2) : chain.scalar(0, node.input(0));
  return chain.give(results,
                    chain.op<graph::PadOp>({node.input(0), paddings, value}));
}

/// The positions in a dim of `size` elements that padding from `start`, which
/// is negative, to `end` mirrors: with the edge repeated (SYMMETRIC) or not
/// (REFLECT).
static Value mirroredPositions(Chain &chain, Value size, Value start, Value end,
                               bool repeatsEdge) {
  if (!size)
    return {};
  Type type = tensorType(size).getElementType();
  Value zero = chain.integer(0, type);
  Value one = chain.integer(1, type);
  Value edge = chain.integer(repeatsEdge, type);
  Value positions = chain.range(start, end, one);
  // Below the start p becomes -p, or -p - 1 with the edge repeated.
  Value isBefore = chain.compare(graph::CompareDirection::LT, positions, zero);
  Value mirrored = chain.sub(chain.op<graph::NegOp>(positions), edge);
  positions = chain.select(isBefore, mirrored, positions);
  // Past the end it becomes 2 * (size - 1) - p, or one more.
  Value isAfter = chain.compare(graph::CompareDirection::GE, positions, size);
  Value last = chain.sub(size, one);
  mirrored = chain.sub(chain.add(chain.add(last, last), edge), positions);
  return chain.select(isAfter, mirrored, positions);
}

/// Dim `axis` of `x` mirrored by known numbers of elements.
static Value mirrorByKnown(NodeBuilder &node, Chain &chain, Value x,
                           int64_t axis, int64_t before, int64_t after,
                           bool repeatsEdge) {
  if (before == 0 && after == 0)
    return x;
  Type type = node.builder().getI64Type();
  // There must be enough to mirror.
  Value size = chain.checkAtLeast(chain.dim(x, axis, type),
                                  std::max(before, after) + !repeatsEdge,
                                  "a mirrored size");
  Value end = chain.add(size, chain.integer(after, type));
  return chain.gather(x,
                      mirroredPositions(chain, size,
                                        chain.integer(-before, type), end,
                                        repeatsEdge),
                      axis);
}

/// The same by numbers that each call has for itself.
static Value mirrorByComputed(NodeBuilder &node, Chain &chain, Value x,
                              int64_t axis, Value before, Value after,
                              bool repeatsEdge) {
  Type type = node.builder().getI64Type();
  Value size = chain.dim(x, axis, type);
  if (!size)
    return {};
  Value most = chain.sub(size, chain.integer(!repeatsEdge, type));
  Value zero = chain.integer(0, type);
  // Nothing may be padded where there is nothing to mirror.
  most = chain.max(most, zero);
  before = chain.checkBounds(before, zero, most, "a padding");
  after = chain.checkBounds(after, zero, most, "a padding");
  return chain.gather(x,
                      mirroredPositions(chain, size,
                                        chain.op<graph::NegOp>(before),
                                        chain.add(size, after), repeatsEdge),
                      axis);
}

static LogicalResult buildMirrorPad(NodeBuilder &node, Results &results) {
  StringRef mode = node.stringAttr("mode");
  if (mode != "REFLECT" && mode != "SYMMETRIC")
    return node.error() << "expected attribute mode to be \"REFLECT\" or "
                           "\"SYMMETRIC\", got \""
                        << mode << "\"";
  bool repeatsEdge = mode == "SYMMETRIC";
  RankedTensorType type = node.inputType(0), paddingsType = node.inputType(1);
  if (paddingsType.getRank() != 2 ||
      paddingsType.getDimSize(0) != type.getRank() ||
      paddingsType.getDimSize(1) != 2)
    return node.error() << "expected input 1 (paddings) to have one row of two "
                           "per dim of input 0, got "
                        << paddingsType;
  auto known = node.constantInts(1);
  if (known && llvm::any_of(*known, [](int64_t i) { return i < 0; }))
    return node.error("expected input 1 (paddings) not to be negative");
  Chain chain(node);
  Value x = node.input(0);
  Value paddings;
  if (!known)
    paddings = chain.cast(
        chain.reshape(node.input(1), node.intVector(2 * type.getRank())),
        node.builder().getI64Type());
  for (int64_t axis = 0; axis < type.getRank() && x; ++axis)
    x = known ? mirrorByKnown(node, chain, x, axis, (*known)[2 * axis],
                              (*known)[2 * axis + 1], repeatsEdge)
              : mirrorByComputed(
                    node, chain, x, axis, chain.element(paddings, 2 * axis),
                    chain.element(paddings, 2 * axis + 1), repeatsEdge);
  return chain.give(results, x);
}

//===----------------------------------------------------------------------===//
// Registration
//===----------------------------------------------------------------------===//

void tensorflow::registerJoiningOps(OpTable &table) {
  table
      .add("ConcatV2",
           "values: N * T, axis: Tidx -> output: T; Tidx: type = int32",
           buildConcatV2)
      .note("a constant axis");
  table
      .add("Concat", "concat_dim: int32, values: N * T -> output: T",
           buildConcat)
      .note("a constant axis");
  table.add("ParallelConcat", "values: N * T -> output: T; shape: shape",
            buildParallelConcat);
  table.add("Pack", "values: N * T -> output: T; axis: int = 0", buildPack);

  table
      .add("Split", "split_dim: int32, value: T -> output: num_split * T",
           buildSplit)
      .note("a constant axis");
  table
      .add("SplitV",
           "value: T, size_splits: Tlen, split_dim: int32 -> output: num_split "
           "* T; Tlen: type = int64",
           buildSplitV)
      .note("a constant axis");
  table.add("Unpack", "value: T -> output: num * T; axis: int = 0",
            buildUnpack);

  table.add("Tile",
            "input: T, multiples: Tmultiples -> output: T; "
            "Tmultiples: type = int32",
            buildTile);
  table.add("Pad",
            "input: T, paddings: Tpaddings -> output: T; "
            "Tpaddings: type = int32",
            buildPad);
  table.add("PadV2",
            "input: T, paddings: Tpaddings, constant_values: T -> output: T; "
            "Tpaddings: type = int32",
            buildPad);
  table.add("MirrorPad",
            "input: T, paddings: Tpaddings -> output: T; "
            "Tpaddings: type = int32, mode: string",
            buildMirrorPad);
}
