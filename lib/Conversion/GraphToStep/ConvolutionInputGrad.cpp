//===- ConvolutionInputGrad.cpp - gradient of a convolution for its input -===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Place `i` of the input is covered by window `o` with tap `k` where
//
//   i + before = o * stride + k * dilation
//
// so its gradient is a convolution of the output's gradient with the filter
// backwards. With a stride only every stride-th tap meets a window; which ones
// depends on the place's phase, (i + before) mod stride. Writing the padded
// input as blocks of `stride` places, i + before = q * stride + r, and the
// filter as blocks of the same size, k = t * stride + r, gives
//
//   block[n, q, r, c] += grad[n, q - t, f] * filter[t * stride + r, c, f]
//
// one linalg.generic in which no product is wasted, but for a last block of
// taps that is not full. Without a stride, blocks have one place, and `t` is
// the tap, which steps by the dilation.
//
//===----------------------------------------------------------------------===//

#include "Convolution.h"
#include "ElementOps.h"
#include "Reshape.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;
using namespace graph_compile;

//===----------------------------------------------------------------------===//
// Blocks
//===----------------------------------------------------------------------===//

namespace {
/// The blocks of one spatial dim.
struct BlockedDim {
  BlockedDim(NodeBuilder &b, const SpatialDim &dim, Value gradSize);

  bool hasPhases() const { return dim.windows.stride > 1; }
  /// Whether only the first phases meet a tap at all.
  bool skipsPhases() const { return numPhases < dim.windows.stride; }
  /// Between two taps of one phase, in blocks.
  int64_t tapStep() const { return hasPhases() ? 1 : dim.windows.dilation; }

  SpatialDim dim;
  /// The phases that are computed.
  int64_t numPhases;
  /// Of the filter.
  Value numTapBlocks;
  /// The input starts in this block, at this place in it.
  Value firstBlock, offset;
  /// Of the input.
  Value numBlocks;
  /// Rows of the output's gradient in use, from `firstRow` on.
  Value firstRow, numRows;
  /// Whether these are all.
  bool usesAllRows;
  /// Where they come to lie.
  Placement placement;
};
} // namespace

/// From the first to the last place of a window.
static Value createReach(NodeBuilder &b, const SpatialDim &dim) {
  Value one = createIndex(b, 1);
  return addIndex(b,
                  mulIndex(b, subIndex(b, dim.taps, one),
                           createIndex(b, dim.windows.dilation)),
                  one);
}

/// Whether every window covers a place of the input, whatever its size.
static bool alwaysCovers(const graph::ConvolutionDim &windows, Value reach) {
  std::optional<int64_t> known = getConstantIntValue(reach);
  return windows.isSame ||
         (known && windows.before < *known && windows.after < *known);
}

BlockedDim::BlockedDim(NodeBuilder &b, const SpatialDim &dim, Value gradSize)
    : dim(dim), numPhases(dim.windows.stride) {
  int64_t stride = dim.windows.stride;
  Value zero = createIndex(b, 0), one = createIndex(b, 1);
  Value reach = createReach(b, dim);
  numTapBlocks = hasPhases() ? divideUp(b, reach, stride) : dim.taps;
  if (std::optional<int64_t> known = getConstantIntValue(reach))
    numPhases = std::min(numPhases, std::max<int64_t>(*known, 1));

  firstBlock = divideIndex(b, dim.before, stride);
  offset =
      subIndex(b, dim.before, mulIndex(b, firstBlock, createIndex(b, stride)));
  numBlocks = divideUp(b, addIndex(b, offset, dim.size), stride);

  // Block q takes rows q - t * step: those before the first block's and up to
  // the last block's.
  Value stepsBack =
      mulIndex(b, subIndex(b, numTapBlocks, one), createIndex(b, tapStep()));
  usesAllRows = alwaysCovers(dim.windows, reach);
  firstRow = zero;
  numRows = gradSize;
  Value before = subIndex(b, stepsBack, firstBlock);
  if (!usesAllRows) {
    firstRow = maxIndex(b, zero, subIndex(b, zero, before));
    before = maxIndex(b, zero, before);
    Value end = minIndex(b, gradSize, addIndex(b, firstBlock, numBlocks));
    numRows = maxIndex(b, zero, subIndex(b, end, firstRow));
  }
  placement = {numRows, before, addIndex(b, numBlocks, stepsBack)};
}

//===----------------------------------------------------------------------===//
// Operands
//===----------------------------------------------------------------------===//

/// The rows of the output's gradient that blocks take, among zeros.
static Value createRows(NodeBuilder &b, Value grad,
                        ArrayRef<BlockedDim> blocks) {
  bool usesAll = llvm::all_of(
      blocks, [](const BlockedDim &block) { return block.usesAllRows; });
  if (!usesAll) {
    Value zero = createIndex(b, 0);
    int64_t last = getTensorType(grad).getRank() - 1;
    SmallVector<Value> offsets = {zero}, sizes = {getDim(b, grad, 0)};
    for (const BlockedDim &block : blocks) {
      offsets.push_back(block.firstRow);
      sizes.push_back(block.numRows);
    }
    offsets.push_back(zero);
    sizes.push_back(getDim(b, grad, last));
    SmallVector<Value> strides(last + 1, createIndex(b, 1));
    RankedTensorType type =
        getTypeOfSizes(sizes, getTensorType(grad).getElementType());
    grad = createSlice(b, grad, type, offsets, strides,
                       [&](int64_t dim) { return sizes[dim]; });
  }
  return createPadded(b, grad,
                      llvm::map_to_vector(blocks, [](const BlockedDim &block) {
                        return block.placement;
                      }));
}

namespace {
/// A tap of the filter, or the zero that stands where a block has none.
struct Tap {
  Value number;
  /// Null where there is one for certain.
  Value exists;
};
} // namespace

/// The tap of block `tapBlock`, counted from the last, at `phase`.
static Tap createTap(NodeBuilder &b, const BlockedDim &block, Value tapBlock,
                     Value phase) {
  Value one = createIndex(b, 1), zero = createIndex(b, 0);
  Value fromFirst = subIndex(b, subIndex(b, block.numTapBlocks, one), tapBlock);
  if (!block.hasPhases())
    return {fromFirst, nullptr};
  Value place = addIndex(
      b, mulIndex(b, fromFirst, createIndex(b, block.dim.windows.stride)),
      phase);
  int64_t dilation = block.dim.windows.dilation;
  std::optional<int64_t> taps = getConstantIntValue(block.dim.taps);
  std::optional<int64_t> tapBlocks = getConstantIntValue(block.numTapBlocks);
  if (dilation == 1 && taps && taps == *tapBlocks * block.numPhases)
    return {place, nullptr};
  Value number = divideIndex(b, place, dilation);
  Value isTap = b.createOrFold<arith::AndIOp>(
      compareIntegers(b, arith::CmpIPredicate::eq, place,
                      mulIndex(b, number, createIndex(b, dilation))),
      compareIntegers(b, arith::CmpIPredicate::slt, number, block.dim.taps));
  return {createSelect(b, isTap, number, zero), isTap};
}

namespace {
/// Where the dims of the backward filter are:
/// [tap blocks.., phases.., output channel, phase, group, channel]. The phase
/// of the last spatial dim, the group and the channel are innermost in the
/// result too, so that loops over them can be one. Dims that there are not are
/// -1.
struct FilterLayout {
  FilterLayout(ArrayRef<BlockedDim> blocks, bool hasGroups) {
    int64_t next = blocks.size();
    auto take = [&](bool exists) { return exists ? next++ : -1; };
    for (const BlockedDim &block : blocks.drop_back())
      phases.push_back(take(block.hasPhases()));
    feature = take(true);
    phases.push_back(take(blocks.back().hasPhases()));
    group = take(hasGroups);
    channel = take(true);
  }

  int64_t rank() const { return channel + 1; }

  SmallVector<int64_t> phases;
  int64_t feature, group, channel;
};
} // namespace

/// The filter backwards and in blocks.
static Value createBackwardFilter(NodeBuilder &b, Value filter,
                                  ArrayRef<BlockedDim> blocks,
                                  const FilterLayout &layout) {
  // The filter is [taps.., channel, group, output channel].
  int64_t last = getTensorType(filter).getRank() - 1, spatial = blocks.size();
  SmallVector<Value> sizes(layout.rank());
  for (auto [i, block] : llvm::enumerate(blocks)) {
    sizes[i] = block.numTapBlocks;
    if (block.hasPhases())
      sizes[layout.phases[i]] = createIndex(b, block.numPhases);
  }
  sizes[layout.feature] = getDim(b, filter, last);
  sizes[layout.channel] = getDim(b, filter, spatial);
  if (layout.group >= 0)
    sizes[layout.group] = getDim(b, filter, last - 1);

  Type elementType = getTensorType(filter).getElementType();
  Value init = createEmpty(b, getTypeOfSizes(sizes, elementType),
                           [&](int64_t dim) { return sizes[dim]; });
  return createFromIndices(
      b, init, [&](NodeBuilder &body, ArrayRef<Value> indices) {
        SmallVector<Value> place;
        Value exists;
        for (auto [i, block] : llvm::enumerate(blocks)) {
          Value phase = block.hasPhases() ? indices[layout.phases[i]] : Value();
          Tap tap = createTap(body, block, indices[i], phase);
          place.push_back(tap.number);
          if (tap.exists)
            exists = exists
                         ? body.createOrFold<arith::AndIOp>(exists, tap.exists)
                         : tap.exists;
        }
        place.push_back(indices[layout.channel]);
        if (layout.group >= 0)
          place.push_back(indices[layout.group]);
        place.push_back(indices[layout.feature]);
        Value element = getElement(body, filter, place);
        if (!exists)
          return element;
        return createSelect(body, exists, element,
                            createNumber(body, elementType, 0));
      });
}

//===----------------------------------------------------------------------===//
// Result
//===----------------------------------------------------------------------===//

/// Places the phases that were computed among all, the others being 0.
static Value createAllPhases(NodeBuilder &b, Value result,
                             ArrayRef<BlockedDim> blocks) {
  if (llvm::none_of(
          blocks, [](const BlockedDim &block) { return block.skipsPhases(); }))
    return result;
  RankedTensorType type = getTensorType(result);
  SmallVector<Value> allSizes;
  for (int64_t dim = 0; dim < type.getRank(); ++dim)
    allSizes.push_back(getDim(b, result, dim));
  int64_t dim = 1;
  for (const BlockedDim &block : blocks) {
    ++dim;
    if (block.hasPhases())
      allSizes[dim++] = createIndex(b, block.dim.windows.stride);
  }
  Value init = createEmpty(b, getTypeOfSizes(allSizes, type.getElementType()),
                           [&](int64_t dim) { return allSizes[dim]; });
  init = createFill(b, createNumber(b, type.getElementType(), 0), init);
  SmallVector<OpFoldResult> offsets(type.getRank(), b.getIndexAttr(0));
  SmallVector<OpFoldResult> strides(type.getRank(), b.getIndexAttr(1));
  return tensor::InsertSliceOp::create(b, result, init, offsets,
                                       getMixedSizes(b, result), strides);
}

/// Takes the input's places out of its blocks.
static Value createWithoutBlocks(NodeBuilder &b, Value result,
                                 ArrayRef<BlockedDim> blocks) {
  bool isExact = true;
  SmallVector<Value> offsets = {createIndex(b, 0)};
  SmallVector<Value> sizes = {getDim(b, result, 0)};
  for (auto [i, block] : llvm::enumerate(blocks)) {
    if (block.hasPhases())
      result = createJoinDims(b, result, i + 1);
    offsets.push_back(block.offset);
    sizes.push_back(block.dim.size);
    std::optional<int64_t> size = getConstantIntValue(block.dim.size);
    isExact &= !block.hasPhases() ||
               (getConstantIntValue(block.offset) == 0 && size &&
                *size == getTensorType(result).getDimSize(i + 1));
  }
  if (isExact)
    return result;
  int64_t last = getTensorType(result).getRank() - 1;
  offsets.push_back(createIndex(b, 0));
  sizes.push_back(getDim(b, result, last));
  SmallVector<Value> strides(last + 1, createIndex(b, 1));
  RankedTensorType type =
      getTypeOfSizes(sizes, getTensorType(result).getElementType());
  return createSlice(b, result, type, offsets, strides,
                     [&](int64_t dim) { return sizes[dim]; });
}

//===----------------------------------------------------------------------===//
// graph.conv_input_grad
//===----------------------------------------------------------------------===//

namespace {
struct ConvInputGradLowering : GraphPattern<graph::ConvInputGradOp> {
  using GraphPattern::GraphPattern;

  LogicalResult
  matchAndRewrite(graph::ConvInputGradOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    NodeBuilder b(op.getLoc(), rewriter);
    RankedTensorType type = convert(op.getResult().getType());
    Value filter = adaptor.getFilter(), grad = adaptor.getOutputGrad();
    int64_t rank = type.getRank(), groups = op.getGroups();
    SmallVector<Value> given = getIndices(b, adaptor.getSizes());
    SmallVector<BlockedDim> blocks;
    for (auto [i, windows] : llvm::enumerate(op.getSpatialDims()))
      blocks.emplace_back(
          b, SpatialDim(b, windows, given[i], getDim(b, filter, i)),
          getDim(b, grad, i + 1));

    grad = createRows(b, grad, blocks);
    if (groups > 1) {
      grad = createSplitDim(b, grad, rank - 1, groups);
      filter = createSplitDim(b, filter, rank - 1, groups);
    }
    FilterLayout layout(blocks, groups > 1);
    filter = createBackwardFilter(b, filter, blocks, layout);
    Value result = createBlocks(b, grad, filter, blocks, layout);
    if (groups > 1)
      result = createJoinDims(b, result, getTensorType(result).getRank() - 2);
    result = createWithoutBlocks(b, createAllPhases(b, result, blocks), blocks);
    rewriter.replaceOp(op, castTo(b, result, type));
    return success();
  }

private:
  static Value createBlocks(NodeBuilder &b, Value grad, Value filter,
                            ArrayRef<BlockedDim> blocks,
                            const FilterLayout &layout);
};
} // namespace

/// Computes the phases of all blocks: [batch, block, phase.., group, channel].
Value ConvInputGradLowering::createBlocks(NodeBuilder &b, Value grad,
                                          Value filter,
                                          ArrayRef<BlockedDim> blocks,
                                          const FilterLayout &layout) {
  LoopNumbers loops(b.getContext());
  // The places of the gradient, the filter and the result.
  SmallVector<AffineExpr> rows = {loops.addParallel()}, places = rows;
  SmallVector<AffineExpr> taps(layout.rank());
  SmallVector<Value> sizes = {getDim(b, grad, 0)};
  for (auto [i, block] : llvm::enumerate(blocks)) {
    rows.push_back(loops.addParallel());
    places.push_back(rows.back());
    sizes.push_back(block.numBlocks);
    if (block.hasPhases()) {
      places.push_back(loops.addParallel());
      taps[layout.phases[i]] = places.back();
      sizes.push_back(createIndex(b, block.numPhases));
    }
  }
  if (layout.group >= 0) {
    places.push_back(loops.addParallel());
    rows.push_back(places.back());
    taps[layout.group] = places.back();
    sizes.push_back(getDim(b, filter, layout.group));
  }
  places.push_back(loops.addParallel());
  taps[layout.channel] = places.back();
  sizes.push_back(getDim(b, filter, layout.channel));
  for (auto [i, block] : llvm::enumerate(blocks)) {
    taps[i] = loops.addReduction();
    rows[i + 1] = rows[i + 1] + taps[i] * block.tapStep();
  }
  rows.push_back(loops.addReduction());
  taps[layout.feature] = rows.back();

  RankedTensorType type =
      getTypeOfSizes(sizes, getTensorType(grad).getElementType());
  return createContraction(b,
                           {grad, filter, loops.getMap(rows),
                            loops.getMap(taps), loops.getMap(places),
                            loops.kinds},
                           type, [&](int64_t dim) { return sizes[dim]; });
}

void graph_compile::populateConvolutionInputGradPatterns(
    RewritePatternSet &patterns, const GraphToStepContext &context) {
  patterns.add<ConvInputGradLowering>(patterns.getContext(), context);
}
