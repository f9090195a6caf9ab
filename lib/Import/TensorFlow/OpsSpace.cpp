//===- OpsSpace.cpp - space, depth and batch exchanged --------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// All of these cut dims into blocks, or join blocks into dims, and move the
// places inside a block to another dim: a reshape, a transpose, a reshape.
//
//===----------------------------------------------------------------------===//

#include "OpFamilies.h"
#include "PureOps.h"

#include "graph-compile/Dialect/Graph/IR/ShapeUtils.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;

using Results = SmallVectorImpl<Value>;

//===----------------------------------------------------------------------===//
// Sizes
//===----------------------------------------------------------------------===//

namespace {
/// A shape under construction, as scalars of i64.
class Sizes {
public:
  Sizes(NodeBuilder &node, Chain &chain)
      : chain(chain), type(node.builder().getI64Type()) {}

  Value number(int64_t value) { return chain.integer(value, type); }
  Value dim(Value x, int64_t axis) { return chain.dim(x, axis, type); }

  /// `size` divided by `count`, which divides it.
  Value over(Value size, Value count) {
    auto known = knownScalar(size), divisor = knownScalar(count);
    if (known && divisor && *divisor > 0)
      return number(*known / *divisor);
    return divisor == 1 ? size : chain.op<graph::FloorDivOp>({size, count});
  }
  Value times(Value size, Value count) {
    auto known = knownScalar(size), factor = knownScalar(count);
    if (known && factor)
      return number(*known * *factor);
    return factor == 1 ? size : chain.mul(size, count);
  }

  static std::optional<int64_t> knownScalar(Value size) {
    return size ? graph::knownScalar(size) : std::nullopt;
  }

private:
  Chain &chain;
  Type type;
};
} // namespace

/// `x` cut to `cut`, its dims in the order `permutation`, then joined to
/// `joined`.
static Value exchange(Chain &chain, Value x, ValueRange cut,
                      ArrayRef<int64_t> permutation, ValueRange joined) {
  x = chain.reshape(x, chain.vector(cut));
  x = chain.transpose(x, permutation);
  return chain.reshape(x, chain.vector(joined));
}

//===----------------------------------------------------------------------===//
// Space and depth
//===----------------------------------------------------------------------===//

namespace {
/// Where the dims of an image are.
struct ImageLayout {
  int64_t rank;
  int64_t channels;
  int64_t height;

  int64_t width() const { return height + 1; }
};
} // namespace

static FailureOr<ImageLayout> readLayout(NodeBuilder &node) {
  if (node.intAttr("block_size") < 2)
    return LogicalResult(
        node.error() << "expected attribute block_size to be at least 2, got "
                     << node.intAttr("block_size"));
  StringRef format = node.stringAttr("data_format");
  ImageLayout layout;
  if (format == "NHWC")
    layout = {/*rank=*/4, /*channels=*/3, /*height=*/1};
  else if (format == "NCHW")
    layout = {/*rank=*/4, /*channels=*/1, /*height=*/2};
  else if (format == "NCHW_VECT_C")
    // Four channels, which stay together, are innermost.
    layout = {/*rank=*/5, /*channels=*/1, /*height=*/2};
  else
    return LogicalResult(
        node.error() << "expected attribute data_format to be NHWC, NCHW or "
                        "NCHW_VECT_C, got \""
                     << format << "\"");
  if (failed(expectRank(node, 0, layout.rank)))
    return failure();
  return layout;
}

static LogicalResult buildSpaceToDepth(NodeBuilder &node, Results &results) {
  FailureOr<ImageLayout> layout = readLayout(node);
  if (failed(layout))
    return failure();
  int64_t size = node.intAttr("block_size");
  Chain chain(node);
  Value x = node.input(0);
  for (int64_t dim : {layout->height, layout->width()}) {
    x = Chain::orNull(node.checkSplit(x, dim, size));
    if (!x)
      return failure();
  }

  // Cut height and width; the places in a block go before the channels.
  Sizes sizes(node, chain);
  Value block = sizes.number(size);
  SmallVector<Value> cut, joined;
  SmallVector<int64_t> places, permutation;
  for (int64_t dim = 0; dim < layout->rank; ++dim) {
    Value whole = sizes.dim(x, dim);
    places.push_back(cut.size());
    if (dim == layout->height || dim == layout->width()) {
      whole = sizes.over(whole, block);
      cut.append({whole, block});
    } else {
      cut.push_back(whole);
    }
    joined.push_back(dim == layout->channels
                         ? sizes.times(whole, sizes.number(size * size))
                         : whole);
  }
  for (int64_t dim = 0; dim < layout->rank; ++dim) {
    if (dim == layout->channels)
      permutation.append(
          {places[layout->height] + 1, places[layout->width()] + 1});
    permutation.push_back(places[dim]);
  }
  return chain.give(results, exchange(chain, x, cut, permutation, joined));
}

static LogicalResult buildDepthToSpace(NodeBuilder &node, Results &results) {
  FailureOr<ImageLayout> layout = readLayout(node);
  if (failed(layout))
    return failure();
  int64_t size = node.intAttr("block_size");
  Chain chain(node);
  Value x = Chain::orNull(
      node.checkSplit(node.input(0), layout->channels, size * size));
  if (!x)
    return failure();

  // Cut the channels; their outer parts are the places in a block.
  Sizes sizes(node, chain);
  Value block = sizes.number(size);
  SmallVector<Value> cut, joined;
  SmallVector<int64_t> places, permutation;
  for (int64_t dim = 0; dim < layout->rank; ++dim) {
    Value whole = sizes.dim(x, dim);
    if (dim == layout->channels) {
      whole = sizes.over(whole, sizes.number(size * size));
      cut.append({block, block});
    }
    places.push_back(cut.size());
    cut.push_back(whole);
    bool grows = dim == layout->height || dim == layout->width();
    joined.push_back(grows ? sizes.times(whole, block) : whole);
  }
  int64_t blockHeight = places[layout->channels] - 2;
  for (int64_t dim = 0; dim < layout->rank; ++dim) {
    permutation.push_back(places[dim]);
    if (dim == layout->height)
      permutation.push_back(blockHeight);
    else if (dim == layout->width())
      permutation.push_back(blockHeight + 1);
  }
  return chain.give(results, exchange(chain, x, cut, permutation, joined));
}

//===----------------------------------------------------------------------===//
// Operands of space and batch
//===----------------------------------------------------------------------===//

namespace {
/// The blocks of the dims after the batch, and what is added to or taken from
/// both ends of these dims.
struct Blocks {
  /// Scalars of i64.
  SmallVector<Value> sizes;
  /// A matrix with one row of two per block: paddings or crops.
  Value margins;

  int64_t count() const { return sizes.size(); }
};
} // namespace

/// Whether `margins` are known to be all 0.
static bool areZero(Value margins) {
  std::optional<SmallVector<int64_t>> known = graph::knownValue(margins);
  return known && llvm::all_of(*known, [](int64_t size) { return size == 0; });
}

/// A matrix of i64 with two columns.
static Value makePairs(NodeBuilder &node, ArrayRef<int64_t> elements) {
  int64_t rows = elements.size() / 2;
  auto type = RankedTensorType::get({rows, 2}, node.builder().getI64Type());
  return node.constant(DenseElementsAttr::get(type, elements));
}

/// The margins at input `i`, one row of two per block.
static LogicalResult readMargins(NodeBuilder &node, Chain &chain, unsigned i,
                                 Blocks &blocks) {
  ArrayRef<int64_t> shape = node.inputType(i).getShape();
  if (shape != ArrayRef<int64_t>{blocks.count(), 2})
    return node.error() << "expected input " << i << " (" << inputName(node, i)
                        << ") to be a matrix of " << blocks.count()
                        << " by 2, got " << node.inputType(i);
  auto known = graph::knownValue(node.input(i));
  Value margins = known
                      ? makePairs(node, *known)
                      : chain.cast(node.input(i), node.builder().getI64Type());
  blocks.margins = chain.checkAtLeast(margins, 0,
                                      "a number in input " + std::to_string(i) +
                                          " (" + inputName(node, i) + ")");
  return success(bool(blocks.margins));
}

/// The operands of the ops for any number of blocks.
static FailureOr<Blocks> readBlocks(NodeBuilder &node, Chain &chain) {
  int64_t rank = node.inputType(0).getRank();
  if (failed(expectRank(node, 1, 1)))
    return failure();
  int64_t count = node.inputType(1).getDimSize(0);
  if (count < 0 || count >= rank)
    return LogicalResult(
        node.error()
        << "expected input 1 (block_shape) to have at most as many elements as "
           "input 0 has dims after the batch, got "
        << node.inputType(1) << " for " << node.inputType(0));
  Value sizes =
      chain.checkAtLeast(chain.cast(node.input(1), node.builder().getI64Type()),
                         1, "a block size");
  if (!sizes)
    return failure();
  Blocks blocks;
  Sizes numbers(node, chain);
  for (auto [i, size] : llvm::enumerate(chain.knownInts(sizes)))
    blocks.sizes.push_back(size == graph::kUnknown ? chain.element(sizes, i)
                                                   : numbers.number(size));
  if (failed(readMargins(node, chain, 2, blocks)))
    return failure();
  return blocks;
}

/// The operands of the ops for images: two blocks of one size.
static FailureOr<Blocks> readImageBlocks(NodeBuilder &node, Chain &chain) {
  if (failed(expectRank(node, 0, 4)))
    return failure();
  int64_t size = node.intAttr("block_size");
  if (size < 2)
    return LogicalResult(
        node.error() << "expected attribute block_size to be at least 2, got "
                     << size);
  Blocks blocks;
  blocks.sizes.assign(2, Sizes(node, chain).number(size));
  if (failed(readMargins(node, chain, 1, blocks)))
    return failure();
  return blocks;
}

/// `x`, checked to have a size along `axis` that is a multiple of `count`.
static Value checkMultiple(NodeBuilder &node, Chain &chain, Value x,
                           int64_t axis, Value count) {
  if (!x || !count)
    return {};
  if (std::optional<int64_t> known = graph::knownScalar(count))
    return Chain::orNull(node.checkSplit(x, axis, *known));
  Sizes sizes(node, chain);
  Value rest = chain.op<graph::FloorModOp>({sizes.dim(x, axis), count});
  return chain.checkTrue(
      x, chain.compare(graph::CompareDirection::EQ, rest, sizes.number(0)),
      "a size is not a multiple of its block");
}

//===----------------------------------------------------------------------===//
// Space and batch
//===----------------------------------------------------------------------===//

/// Adds the margins of zeros around the blocks' dims.
static Value addMargins(NodeBuilder &node, Chain &chain, Value x,
                        const Blocks &blocks) {
  if (areZero(blocks.margins))
    return x;
  // The other dims have none.
  int64_t others = tensorType(x).getRank() - 1 - blocks.count();
  Value paddings;
  if (auto known = graph::knownValue(blocks.margins)) {
    SmallVector<int64_t> elements(2, 0);
    llvm::append_range(elements, *known);
    elements.append(2 * others, 0);
    paddings = makePairs(node, elements);
  } else {
    SmallVector<Value> parts = {makePairs(node, {0, 0}), blocks.margins};
    if (others)
      parts.push_back(makePairs(node, SmallVector<int64_t>(2 * others, 0)));
    paddings = chain.concat(parts, 0);
  }
  return chain.op<graph::PadOp>({x, paddings, chain.scalar(0, x)});
}

/// Column `i` of the margins as a vector.
static Value getMargins(NodeBuilder &node, Chain &chain, const Blocks &blocks,
                        int64_t i) {
  Type type = node.builder().getI64Type();
  if (auto known = graph::knownValue(blocks.margins)) {
    SmallVector<int64_t> column;
    for (int64_t row = 0; row < blocks.count(); ++row)
      column.push_back((*known)[2 * row + i]);
    return node.intVector(column, type);
  }
  Value column =
      chain.op<graph::SliceOp>({blocks.margins, node.intVector({0, i}, type),
                                node.intVector({blocks.count(), 1}, type)});
  return chain.squeeze(column, int64_t(1));
}

/// Takes the margins away.
static Value cropMargins(NodeBuilder &node, Chain &chain, Value x,
                         const Blocks &blocks) {
  if (!x || areZero(blocks.margins))
    return x;
  Type type = node.builder().getI64Type();
  int64_t rank = tensorType(x).getRank(), count = blocks.count();
  Value begin = getMargins(node, chain, blocks, 0);
  Value shape = chain.shape(x, type);
  Value size = chain.sub(chain.part(shape, 1, count + 1),
                         chain.add(begin, getMargins(node, chain, blocks, 1)));
  size = chain.checkAtLeast(size, 0, "a cropped size");
  SmallVector<Value> begins = {node.intVector(0, type), begin};
  SmallVector<Value> sizes = {node.intVector(-1, type), size};
  if (int64_t others = rank - 1 - count) {
    begins.push_back(node.intVector(SmallVector<int64_t>(others, 0), type));
    sizes.push_back(node.intVector(SmallVector<int64_t>(others, -1), type));
  }
  return chain.op<graph::SliceOp>(
      {x, chain.concat(begins, 0), chain.concat(sizes, 0)});
}

static LogicalResult spaceToBatch(NodeBuilder &node, Chain &chain,
                                  const Blocks &blocks, Results &results) {
  if (blocks.count() == 0)
    return chain.give(results, node.input(0));
  Value x = addMargins(node, chain, node.input(0), blocks);
  for (auto [i, block] : llvm::enumerate(blocks.sizes))
    x = checkMultiple(node, chain, x, i + 1, block);
  if (!x)
    return failure();

  // Cut the dims; the places in a block go before the batch.
  Sizes sizes(node, chain);
  Value batch = sizes.dim(x, 0);
  SmallVector<Value> cut = {batch}, joined = {batch};
  SmallVector<int64_t> inner, outer = {0};
  for (int64_t dim = 1; dim < tensorType(x).getRank(); ++dim) {
    Value size = sizes.dim(x, dim);
    outer.push_back(cut.size());
    if (dim <= blocks.count()) {
      Value block = blocks.sizes[dim - 1];
      size = sizes.over(size, block);
      inner.push_back(cut.size() + 1);
      cut.append({size, block});
      joined[0] = sizes.times(joined[0], block);
    } else {
      cut.push_back(size);
    }
    joined.push_back(size);
  }
  llvm::append_range(inner, outer);
  return chain.give(results, exchange(chain, x, cut, inner, joined));
}

static LogicalResult batchToSpace(NodeBuilder &node, Chain &chain,
                                  const Blocks &blocks, Results &results) {
  if (blocks.count() == 0)
    return chain.give(results, node.input(0));
  Sizes sizes(node, chain);
  Value product = sizes.number(1);
  for (Value block : blocks.sizes)
    product = sizes.times(block, product);
  Value x = checkMultiple(node, chain, node.input(0), 0, product);
  if (!x)
    return failure();

  // Cut the batch; its outer parts are the places in a block.
  SmallVector<Value> cut(blocks.sizes), joined;
  SmallVector<int64_t> permutation;
  for (int64_t dim = 0; dim < tensorType(x).getRank(); ++dim) {
    Value size = sizes.dim(x, dim);
    if (dim == 0)
      size = sizes.over(size, product);
    permutation.push_back(cut.size());
    cut.push_back(size);
    bool isBlocked = dim > 0 && dim <= blocks.count();
    if (isBlocked)
      permutation.push_back(dim - 1);
    joined.push_back(isBlocked ? sizes.times(size, blocks.sizes[dim - 1])
                               : size);
  }
  x = exchange(chain, x, cut, permutation, joined);
  return chain.give(results, cropMargins(node, chain, x, blocks));
}

static LogicalResult buildSpaceToBatchND(NodeBuilder &node, Results &results) {
  Chain chain(node);
  FailureOr<Blocks> blocks = readBlocks(node, chain);
  return failed(blocks) ? failure()
                        : spaceToBatch(node, chain, *blocks, results);
}

static LogicalResult buildSpaceToBatch(NodeBuilder &node, Results &results) {
  Chain chain(node);
  FailureOr<Blocks> blocks = readImageBlocks(node, chain);
  return failed(blocks) ? failure()
                        : spaceToBatch(node, chain, *blocks, results);
}

static LogicalResult buildBatchToSpaceND(NodeBuilder &node, Results &results) {
  Chain chain(node);
  FailureOr<Blocks> blocks = readBlocks(node, chain);
  return failed(blocks) ? failure()
                        : batchToSpace(node, chain, *blocks, results);
}

static LogicalResult buildBatchToSpace(NodeBuilder &node, Results &results) {
  Chain chain(node);
  FailureOr<Blocks> blocks = readImageBlocks(node, chain);
  return failed(blocks) ? failure()
                        : batchToSpace(node, chain, *blocks, results);
}

//===----------------------------------------------------------------------===//
// Registration
//===----------------------------------------------------------------------===//

void tensorflow::registerSpaceOps(OpTable &table) {
  constexpr StringLiteral depth =
      "input: T -> output: T; block_size: int, data_format: string = 'NHWC'";
  table.add("SpaceToDepth", depth, buildSpaceToDepth);
  table.add("DepthToSpace", depth, buildDepthToSpace);
  table.add("SpaceToBatchND",
            "input: T, block_shape: Tblock_shape, paddings: Tpaddings -> "
            "output: T; Tblock_shape: type = int32, Tpaddings: type = int32",
            buildSpaceToBatchND);
  table.add("BatchToSpaceND",
            "input: T, block_shape: Tblock_shape, crops: Tcrops -> output: T; "
            "Tblock_shape: type = int32, Tcrops: type = int32",
            buildBatchToSpaceND);
  table.add("SpaceToBatch",
            "input: T, paddings: Tpaddings -> output: T; "
            "Tpaddings: type = int32, block_size: int",
            buildSpaceToBatch);
  table.add("BatchToSpace",
            "input: T, crops: Tidx -> output: T; block_size: int, "
            "Tidx: type = int32",
            buildBatchToSpace);
}
