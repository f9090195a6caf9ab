//===- Convolution.cpp - convolutions as loops ----------------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A convolution and its gradient for the filter are each one linalg.generic
// over the padded input, whose place is a sum of loops:
//
//   out[n, o.., q]    += in[n, o * stride + k * dilation.., c] * filter[k.., c,
//   q] filter[k.., c, q] += in[n, o * stride + k * dilation.., c] * grad[n,
//   o.., q]
//
// Of groups, the channels of the operands are split into two dims.
//
//===----------------------------------------------------------------------===//

#include "Convolution.h"
#include "ElementOps.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;
using namespace graph_compile;

//===----------------------------------------------------------------------===//
// Sizes
//===----------------------------------------------------------------------===//

Value graph_compile::divideIndex(NodeBuilder &b, Value x, int64_t y) {
  return b.createOrFold<arith::DivSIOp>(x, createIndex(b, y));
}

Value graph_compile::divideUp(NodeBuilder &b, Value x, int64_t y) {
  return divideIndex(b, addIndex(b, x, createIndex(b, y - 1)), y);
}

/// The padding that gives an input `outputSize` windows.
static Value createSamePadding(NodeBuilder &b, const SpatialDim &dim,
                               Value outputSize) {
  Value one = createIndex(b, 1), zero = createIndex(b, 0);
  Value reach = mulIndex(b, subIndex(b, dim.taps, one),
                         createIndex(b, dim.windows.dilation));
  // Windows at every place reach beyond the input by the same, whatever its
  // size; windows of one tap do not reach beyond it at all.
  if (dim.windows.stride == 1 || getConstantIntValue(reach) == 0)
    return reach;
  Value last = mulIndex(b, subIndex(b, outputSize, one),
                        createIndex(b, dim.windows.stride));
  Value end = addIndex(b, last, addIndex(b, reach, one));
  return maxIndex(b, zero, subIndex(b, end, dim.size));
}

SpatialDim::SpatialDim(NodeBuilder &b, graph::ConvolutionDim windows,
                       Value size, Value taps)
    : windows(windows), size(size), taps(taps) {
  if (windows.isSame) {
    outputSize = divideUp(b, size, windows.stride);
    padding = createSamePadding(b, *this, outputSize);
    before = divideIndex(b, padding, 2);
    return;
  }
  before = createIndex(b, windows.before);
  padding = createIndex(b, windows.before + windows.after);
  Value one = createIndex(b, 1);
  Value reach =
      mulIndex(b, subIndex(b, taps, one), createIndex(b, windows.dilation));
  Value room = subIndex(b, addIndex(b, size, padding), reach);
  // An input that is too small fails a check, which may come later.
  outputSize = maxIndex(
      b, createIndex(b, 0),
      divideIndex(b, addIndex(b, room, createIndex(b, windows.stride - 1)),
                  windows.stride));
}

//===----------------------------------------------------------------------===//
// Tensors
//===----------------------------------------------------------------------===//

SmallVector<OpFoldResult> graph_compile::getMixedSizes(NodeBuilder &b,
                                                       Value tensor) {
  SmallVector<OpFoldResult> sizes;
  for (auto [dim, size] : llvm::enumerate(getTensorType(tensor).getShape()))
    sizes.push_back(ShapedType::isDynamic(size)
                        ? OpFoldResult(getDim(b, tensor, dim))
                        : b.getIndexAttr(size));
  return sizes;
}

RankedTensorType graph_compile::getTypeOfSizes(ArrayRef<Value> sizes,
                                               Type elementType) {
  SmallVector<int64_t> shape = llvm::map_to_vector(sizes, [](Value size) {
    return getConstantIntValue(size).value_or(ShapedType::kDynamic);
  });
  return RankedTensorType::get(shape, elementType);
}

static bool changesNothing(const Placement &placement) {
  if (getConstantIntValue(placement.before) != 0)
    return false;
  std::optional<int64_t> size = getConstantIntValue(placement.size);
  return placement.size == placement.paddedSize ||
         (size && size == getConstantIntValue(placement.paddedSize));
}

Value graph_compile::createPadded(NodeBuilder &b, Value tensor,
                                  ArrayRef<Placement> spatial) {
  if (llvm::all_of(spatial, changesNothing))
    return tensor;
  RankedTensorType type = getTensorType(tensor);
  int64_t last = type.getRank() - 1;
  SmallVector<Value> padded = {getDim(b, tensor, 0)};
  SmallVector<OpFoldResult> offsets = {b.getIndexAttr(0)};
  for (const Placement &placement : spatial) {
    padded.push_back(placement.paddedSize);
    offsets.push_back(getAsOpFoldResult(placement.before));
  }
  padded.push_back(getDim(b, tensor, last));
  offsets.push_back(b.getIndexAttr(0));

  Type elementType = type.getElementType();
  Value init = createEmpty(b, getTypeOfSizes(padded, elementType),
                           [&](int64_t dim) { return padded[dim]; });
  init = createFill(b, createNumber(b, elementType, 0), init);
  SmallVector<OpFoldResult> strides(type.getRank(), b.getIndexAttr(1));
  return tensor::InsertSliceOp::create(b, tensor, init, offsets,
                                       getMixedSizes(b, tensor), strides);
}

Value graph_compile::createSplitDim(NodeBuilder &b, Value tensor, int64_t dim,
                                    int64_t groups) {
  RankedTensorType type = getTensorType(tensor);
  SmallVector<OpFoldResult> sizes = getMixedSizes(b, tensor);
  SmallVector<int64_t> shape(type.getShape());
  SmallVector<ReassociationIndices> parts;
  for (int64_t i = 0; i < type.getRank(); ++i)
    parts.push_back({i <= dim ? i : i + 1});
  parts[dim].push_back(dim + 1);

  bool isOpen = type.isDynamicDim(dim);
  sizes[dim] =
      isOpen ? OpFoldResult(divideIndex(b, getDim(b, tensor, dim), groups))
             : b.getIndexAttr(shape[dim] / groups);
  sizes.insert(sizes.begin() + dim, b.getIndexAttr(groups));
  shape[dim] = isOpen ? ShapedType::kDynamic : shape[dim] / groups;
  shape.insert(shape.begin() + dim, groups);
  return tensor::ExpandShapeOp::create(b, type.clone(shape), tensor, parts,
                                       sizes);
}

Value graph_compile::createJoinDims(NodeBuilder &b, Value tensor, int64_t dim,
                                    int64_t count) {
  SmallVector<ReassociationIndices> parts;
  for (int64_t i = 0; i < getTensorType(tensor).getRank(); ++i) {
    if (i <= dim || i >= dim + count)
      parts.emplace_back();
    parts.back().push_back(i);
  }
  return tensor::CollapseShapeOp::create(b, tensor, parts);
}

//===----------------------------------------------------------------------===//
// Loops
//===----------------------------------------------------------------------===//

AffineExpr LoopNumbers::add(utils::IteratorType kind) {
  kinds.push_back(kind);
  return getAffineDimExpr(kinds.size() - 1, context);
}

AffineMap LoopNumbers::getMap(ArrayRef<AffineExpr> places) const {
  return AffineMap::get(kinds.size(), /*symbolCount=*/0, places, context);
}

/// The places of windows in the padded input, one per spatial dim.
static SmallVector<AffineExpr> getWindowPlaces(ArrayRef<SpatialDim> dims,
                                               ArrayRef<AffineExpr> outputs,
                                               ArrayRef<AffineExpr> taps) {
  SmallVector<AffineExpr> places;
  for (auto [dim, output, tap] : llvm::zip_equal(dims, outputs, taps))
    places.push_back(output * dim.windows.stride + tap * dim.windows.dilation);
  return places;
}

/// `lists` one after the other; null expressions are left out.
static SmallVector<AffineExpr> join(ArrayRef<ArrayRef<AffineExpr>> lists) {
  SmallVector<AffineExpr> all;
  for (ArrayRef<AffineExpr> list : lists)
    for (AffineExpr expr : list)
      if (expr)
        all.push_back(expr);
  return all;
}

/// The input with the padding that its windows need.
static Value createPaddedInput(NodeBuilder &b, Value input,
                               ArrayRef<SpatialDim> dims) {
  auto placements = llvm::map_to_vector(dims, [&](const SpatialDim &dim) {
    return Placement{dim.size, dim.before, addIndex(b, dim.size, dim.padding)};
  });
  return createPadded(b, input, placements);
}

//===----------------------------------------------------------------------===//
// graph.conv
//===----------------------------------------------------------------------===//

namespace {
struct ConvLowering : GraphPattern<graph::ConvOp> {
  using GraphPattern::GraphPattern;

  LogicalResult
  matchAndRewrite(graph::ConvOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    NodeBuilder b(op.getLoc(), rewriter);
    RankedTensorType type = convert(op.getResult().getType());
    Value input = adaptor.getInput(), filter = adaptor.getFilter();
    int64_t rank = type.getRank(), groups = op.getGroups();
    SmallVector<SpatialDim> dims;
    for (auto [i, windows] : llvm::enumerate(op.getSpatialDims()))
      dims.emplace_back(b, windows, getDim(b, input, i + 1),
                        getDim(b, filter, i));
    SmallVector<Value> sizes = {getDim(b, input, 0)};
    for (const SpatialDim &dim : dims)
      sizes.push_back(dim.outputSize);
    sizes.push_back(getDim(b, filter, rank - 1));

    input = createPaddedInput(b, input, dims);
    LoopNumbers loops(b.getContext());
    AffineExpr batch = loops.addParallel(), group;
    SmallVector<AffineExpr> outputs, taps;
    for (size_t i = 0; i < dims.size(); ++i)
      outputs.push_back(loops.addParallel());
    if (groups > 1) {
      input = createSplitDim(b, input, rank - 1, groups);
      filter = createSplitDim(b, filter, rank - 1, groups);
      group = loops.addParallel();
      sizes.back() = divideIndex(b, sizes.back(), groups);
      sizes.insert(sizes.end() - 1, createIndex(b, groups));
    }
    AffineExpr feature = loops.addParallel();
    for (size_t i = 0; i < dims.size(); ++i)
      taps.push_back(loops.addReduction());
    AffineExpr channel = loops.addReduction();

    SmallVector<AffineExpr> places = getWindowPlaces(dims, outputs, taps);
    RankedTensorType sumType = getTypeOfSizes(sizes, type.getElementType());
    Value result = createContraction(
        b,
        {input, filter, loops.getMap(join({batch, places, group, channel})),
         loops.getMap(join({taps, channel, group, feature})),
         loops.getMap(join({batch, outputs, group, feature})), loops.kinds},
        sumType, [&](int64_t dim) { return sizes[dim]; });
    if (groups > 1)
      result = createJoinDims(b, result, rank - 1);
    rewriter.replaceOp(op, castTo(b, result, type));
    return success();
  }
};
} // namespace

//===----------------------------------------------------------------------===//
// graph.conv_filter_grad
//===----------------------------------------------------------------------===//

namespace {
struct ConvFilterGradLowering : GraphPattern<graph::ConvFilterGradOp> {
  using GraphPattern::GraphPattern;

  LogicalResult
  matchAndRewrite(graph::ConvFilterGradOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    NodeBuilder b(op.getLoc(), rewriter);
    RankedTensorType type = convert(op.getResult().getType());
    Value input = adaptor.getInput(), grad = adaptor.getOutputGrad();
    int64_t rank = type.getRank(), groups = op.getGroups();
    SmallVector<Value> sizes = getIndices(b, adaptor.getSizes());
    SmallVector<SpatialDim> dims;
    for (auto [i, windows] : llvm::enumerate(op.getSpatialDims()))
      dims.emplace_back(b, windows, getDim(b, input, i + 1), sizes[i]);
    sizes.push_back(divideIndex(b, getDim(b, input, rank - 1), groups));
    sizes.push_back(getDim(b, grad, rank - 1));

    input = createPaddedInput(b, input, dims);
    LoopNumbers loops(b.getContext());
    SmallVector<AffineExpr> taps, outputs;
    for (size_t i = 0; i < dims.size(); ++i)
      taps.push_back(loops.addParallel());
    AffineExpr channel = loops.addParallel(), group;
    if (groups > 1) {
      input = createSplitDim(b, input, rank - 1, groups);
      grad = createSplitDim(b, grad, rank - 1, groups);
      group = loops.addParallel();
      sizes.back() = divideIndex(b, sizes.back(), groups);
      sizes.insert(sizes.end() - 1, createIndex(b, groups));
    }
    AffineExpr feature = loops.addParallel();
    AffineExpr batch = loops.addReduction();
    for (size_t i = 0; i < dims.size(); ++i)
      outputs.push_back(loops.addReduction());

    SmallVector<AffineExpr> places = getWindowPlaces(dims, outputs, taps);
    RankedTensorType sumType = getTypeOfSizes(sizes, type.getElementType());
    Value result = createContraction(
        b,
        {input, grad, loops.getMap(join({batch, places, group, channel})),
         loops.getMap(join({batch, outputs, group, feature})),
         loops.getMap(join({taps, channel, group, feature})), loops.kinds},
        sumType, [&](int64_t dim) { return sizes[dim]; });
    if (groups > 1)
      result = createJoinDims(b, result, rank - 1);
    rewriter.replaceOp(op, castTo(b, result, type));
    return success();
  }
};
} // namespace

void graph_compile::populateConvolutionPatterns(
    RewritePatternSet &patterns, const GraphToStepContext &context) {
  patterns.add<ConvLowering, ConvFilterGradLowering>(patterns.getContext(),
                                                     context);
  populateConvolutionInputGradPatterns(patterns, context);
}
