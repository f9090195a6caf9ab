//===- Shape.cpp - shapes, reshapes, transposes, joins and splits ---------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Broadcast.h"
#include "Reshape.h"
#include "graph-compile/Dialect/Graph/IR/GraphOps.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;
using namespace graph_compile;

//===----------------------------------------------------------------------===//
// Sizes as values
//===----------------------------------------------------------------------===//

namespace {
struct ShapeLowering : GraphPattern<graph::ShapeOp> {
  using GraphPattern::GraphPattern;

  LogicalResult
  matchAndRewrite(graph::ShapeOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    NodeBuilder b(op.getLoc(), rewriter);
    int64_t rank = op.getX().getType().getRank();
    auto type = RankedTensorType::get({rank}, op.getOutType());
    SmallVector<Value> sizes;
    for (int64_t dim = 0; dim < rank; ++dim)
      sizes.push_back(
          fromIndex(b, getDim(b, adaptor.getX(), dim), op.getOutType()));
    rewriter.replaceOp(op, castTo(b, createFromElements(b, type, sizes),
                                  convert(op.getResult().getType())));
    return success();
  }
};

struct SizeLowering : GraphPattern<graph::SizeOp> {
  using GraphPattern::GraphPattern;

  LogicalResult
  matchAndRewrite(graph::SizeOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    NodeBuilder b(op.getLoc(), rewriter);
    Value size =
        fromIndex(b, getNumElements(b, adaptor.getX()), op.getOutType());
    rewriter.replaceOp(
        op, createFromElements(b, convert(op.getResult().getType()), size));
    return success();
  }
};
} // namespace

//===----------------------------------------------------------------------===//
// Reshapes
//===----------------------------------------------------------------------===//

/// Returns the size that a -1 beside sizes of the product `others` stands for.
/// Where the static dims of `x` alone absorb a known product, no division is
/// left.
static Value createInferredSize(NodeBuilder &b, Value x, Value others) {
  RankedTensorType type = getTensorType(x);
  int64_t staticPart = 1;
  Value openPart = createIndex(b, 1);
  for (int64_t dim = 0; dim < type.getRank(); ++dim) {
    if (type.isDynamicDim(dim))
      openPart = mulIndex(b, openPart, getDim(b, x, dim));
    else
      staticPart *= type.getDimSize(dim);
  }
  std::optional<int64_t> divisor = getConstantIntValue(others);
  if (divisor && *divisor != 0 && staticPart % *divisor == 0)
    return mulIndex(b, openPart, createIndex(b, staticPart / *divisor));
  // The check of the reshape rules out 0; a division must not trap before.
  Value safe = maxIndex(b, others, createIndex(b, 1));
  Value total = mulIndex(b, openPart, createIndex(b, staticPart));
  return b.createOrFold<arith::DivSIOp>(total, safe);
}

namespace {
struct ReshapeLowering : GraphPattern<graph::ReshapeOp> {
  using GraphPattern::GraphPattern;

  LogicalResult
  matchAndRewrite(graph::ReshapeOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    NodeBuilder b(op.getLoc(), rewriter);
    RankedTensorType type = convert(op.getResult().getType());
    Value x = adaptor.getX();
    if (isScalarized(x) && isScalarized(type)) {
      rewriter.replaceOp(op, createFromElements(b, type, getElements(b, x)));
      return success();
    }
    SmallVector<Value> sizes;
    if (!type.hasStaticShape())
      sizes = getSizes(b, x, adaptor.getShape(), type.getRank());
    rewriter.replaceOp(
        op, createReshape(b, x, type, [&](int64_t dim) { return sizes[dim]; }));
    return success();
  }

private:
  /// Returns the sizes that `shape` gives `x`.
  static SmallVector<Value> getSizes(NodeBuilder &b, Value x, Value shape,
                                     int64_t rank) {
    Value minusOne = createIndex(b, -1);
    Value one = createIndex(b, 1);
    SmallVector<Value> sizes, isInferred;
    Value others = one;
    for (int64_t dim = 0; dim < rank; ++dim) {
      Value size =
          toIndex(b, getElement(b, shape, ValueRange{createIndex(b, dim)}));
      sizes.push_back(size);
      isInferred.push_back(
          compareIntegers(b, arith::CmpIPredicate::eq, size, minusOne));
      others =
          mulIndex(b, others, createSelect(b, isInferred.back(), one, size));
    }
    auto isKnownToBeGiven = [](Value inferred) {
      return getConstantIntValue(inferred) == 0;
    };
    if (llvm::all_of(isInferred, isKnownToBeGiven))
      return sizes;
    Value left = createInferredSize(b, x, others);
    for (auto [size, inferred] : llvm::zip(sizes, isInferred))
      size = createSelect(b, inferred, left, size);
    return sizes;
  }
};

struct ExpandDimsLowering : GraphPattern<graph::ExpandDimsOp> {
  using GraphPattern::GraphPattern;

  LogicalResult
  matchAndRewrite(graph::ExpandDimsOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    NodeBuilder b(op.getLoc(), rewriter);
    Value result = createExpandDims(b, adaptor.getX(), op.getAxes());
    rewriter.replaceOp(op,
                       castTo(b, result, convert(op.getResult().getType())));
    return success();
  }
};

struct SqueezeLowering : GraphPattern<graph::SqueezeOp> {
  using GraphPattern::GraphPattern;

  LogicalResult
  matchAndRewrite(graph::SqueezeOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    NodeBuilder b(op.getLoc(), rewriter);
    Value result = createSqueeze(b, adaptor.getX(), op.getAxes());
    rewriter.replaceOp(op,
                       castTo(b, result, convert(op.getResult().getType())));
    return success();
  }
};
} // namespace

//===----------------------------------------------------------------------===//
// Broadcast and transpose
//===----------------------------------------------------------------------===//

namespace {
struct BroadcastToLowering : GraphPattern<graph::BroadcastToOp> {
  using GraphPattern::GraphPattern;

  LogicalResult
  matchAndRewrite(graph::BroadcastToOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    NodeBuilder b(op.getLoc(), rewriter);
    RankedTensorType type = convert(op.getResult().getType());
    Value x = adaptor.getX();
    if (isScalarized(x) && isScalarized(type)) {
      SmallVector<Value> elements = getElements(b, x);
      if (elements.size() == 1)
        elements.assign(type.getNumElements(), elements.front());
      rewriter.replaceOp(op, createFromElements(b, type, elements));
      return success();
    }
    Value init = createEmpty(b, type, [&](int64_t dim) {
      return toIndex(b, getElement(b, adaptor.getShape(),
                                   ValueRange{createIndex(b, dim)}));
    });
    if (getTensorType(x).getRank() == 0) {
      rewriter.replaceOp(op, createFill(b, getElement(b, x, {}), init));
      return success();
    }
    BroadcastReader reader(b, op, x, type.getRank(), context.facts);
    rewriter.replaceOp(
        op, createParallel(b, init, reader.getInputs(), reader.getMaps(),
                           [&](NodeBuilder &body, ValueRange args) {
                             return reader.read(body, args).front();
                           }));
    return success();
  }
};

struct TransposeLowering : GraphPattern<graph::TransposeOp> {
  using GraphPattern::GraphPattern;

  LogicalResult
  matchAndRewrite(graph::TransposeOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    NodeBuilder b(op.getLoc(), rewriter);
    RankedTensorType type = convert(op.getResult().getType());
    Value x = adaptor.getX();
    ArrayRef<int64_t> permutation = op.getPermutation();
    if (llvm::is_sorted(permutation)) {
      rewriter.replaceOp(op, castTo(b, x, type));
      return success();
    }
    Value init = createEmpty(
        b, type, [&](int64_t dim) { return getDim(b, x, permutation[dim]); });
    // The loops are the dims of the result; dim permutation[i] of `x` is read
    // at loop i.
    SmallVector<AffineExpr> places(permutation.size());
    for (auto [loop, dim] : llvm::enumerate(permutation))
      places[dim] = b.getAffineDimExpr(loop);
    auto map = AffineMap::get(type.getRank(), /*symbolCount=*/0, places,
                              b.getContext());
    rewriter.replaceOp(
        op, createParallel(b, init, x, map, [](NodeBuilder &, ValueRange args) {
          return args.front();
        }));
    return success();
  }
};
} // namespace

//===----------------------------------------------------------------------===//
// Joining and splitting
//===----------------------------------------------------------------------===//

namespace {
struct ConcatLowering : GraphPattern<graph::ConcatOp> {
  using GraphPattern::GraphPattern;

  LogicalResult
  matchAndRewrite(graph::ConcatOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    NodeBuilder b(op.getLoc(), rewriter);
    RankedTensorType type = convert(op.getResult().getType());
    ValueRange inputs = adaptor.getInputs();
    if (isScalarized(type) &&
        llvm::all_of(inputs, [](Value v) { return isScalarized(v); })) {
      SmallVector<Value> elements;
      for (Value input : inputs)
        llvm::append_range(elements, getElements(b, input));
      rewriter.replaceOp(op, createFromElements(b, type, elements));
      return success();
    }
    rewriter.replaceOp(op, join(b, type, inputs, op.getAxis()));
    return success();
  }

private:
  /// Writes the inputs one after the other into a new tensor: one copy each,
  /// which whoever makes an input may save by writing it there at once.
  static Value join(NodeBuilder &b, RankedTensorType type, ValueRange inputs,
                    int64_t axis) {
    Value joined = createEmpty(b, type, [&](int64_t dim) -> Value {
      if (dim != axis)
        return getDim(b, inputs.front(), dim);
      Value size = createIndex(b, 0);
      for (Value input : inputs)
        size = addIndex(b, size, getDim(b, input, axis));
      return size;
    });
    SmallVector<OpFoldResult> offsets(type.getRank(), b.getIndexAttr(0));
    SmallVector<OpFoldResult> strides(type.getRank(), b.getIndexAttr(1));
    Value offset = createIndex(b, 0);
    for (Value input : inputs) {
      RankedTensorType inputType = getTensorType(input);
      SmallVector<OpFoldResult> sizes;
      for (int64_t dim = 0; dim < type.getRank(); ++dim)
        sizes.push_back(inputType.isDynamicDim(dim)
                            ? OpFoldResult(getDim(b, input, dim))
                            : b.getIndexAttr(inputType.getDimSize(dim)));
      offsets[axis] = getAsOpFoldResult(offset);
      joined = tensor::InsertSliceOp::create(b, input, joined, offsets, sizes,
                                             strides);
      offset = addIndex(b, offset, getDim(b, input, axis));
    }
    return joined;
  }
};

struct SplitLowering : GraphPattern<graph::SplitOp> {
  using GraphPattern::GraphPattern;

  LogicalResult
  matchAndRewrite(graph::SplitOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    NodeBuilder b(op.getLoc(), rewriter);
    Value x = adaptor.getX();
    int64_t rank = getTensorType(x).getRank();
    Value size = b.createOrFold<arith::DivSIOp>(getDim(b, x, op.getAxis()),
                                                createIndex(b, op.getNum()));
    SmallVector<Value> offsets(rank, createIndex(b, 0));
    SmallVector<Value> strides(rank, createIndex(b, 1));
    SmallVector<Value> parts;
    for (auto [i, result] : llvm::enumerate(op.getResults())) {
      RankedTensorType type = convert(result.getType());
      offsets[op.getAxis()] = mulIndex(b, createIndex(b, i), size);
      parts.push_back(
          createSlice(b, x, type, offsets, strides, [&](int64_t dim) {
            return dim == static_cast<int64_t>(op.getAxis())
                       ? size
                       : getDim(b, x, dim);
          }));
    }
    rewriter.replaceOp(op, parts);
    return success();
  }
};
} // namespace

void graph_compile::populateShapePatterns(RewritePatternSet &patterns,
                                          const GraphToStepContext &context) {
  patterns.add<ShapeLowering, SizeLowering, ReshapeLowering, ExpandDimsLowering,
               SqueezeLowering, BroadcastToLowering, TransposeLowering,
               ConcatLowering, SplitLowering>(patterns.getContext(), context);
}
