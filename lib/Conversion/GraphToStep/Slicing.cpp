//===- Slicing.cpp - slices, lookups, padding, repetition, ranges ---------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ElementOps.h"
#include "Reshape.h"
#include "graph-compile/Dialect/Graph/IR/GraphOps.h"
#include "graph-compile/Dialect/Graph/IR/ShapeUtils.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;
using namespace graph_compile;

//===----------------------------------------------------------------------===//
// graph.slice
//===----------------------------------------------------------------------===//

namespace {
struct SliceLowering : GraphPattern<graph::SliceOp> {
  using GraphPattern::GraphPattern;

  LogicalResult
  matchAndRewrite(graph::SliceOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    NodeBuilder b(op.getLoc(), rewriter);
    RankedTensorType type = convert(op.getResult().getType());
    Value x = adaptor.getX();
    SmallVector<Value> offsets, sizes;
    for (int64_t dim = 0; dim < type.getRank(); ++dim) {
      Value place = createIndex(b, dim);
      Value begin = toIndex(b, getElement(b, adaptor.getBegin(), place));
      Value size = toIndex(b, getElement(b, adaptor.getSize(), place));
      Value whole = getDim(b, x, dim);
      Value isRest = compareIntegers(b, arith::CmpIPredicate::eq, size,
                                     createIndex(b, -1));
      size = createSelect(b, isRest, subIndex(b, whole, begin), size);
      checkInside(b, begin, size, whole, dim);
      offsets.push_back(begin);
      sizes.push_back(size);
    }
    SmallVector<Value> strides(type.getRank(), createIndex(b, 1));
    rewriter.replaceOp(op,
                       createSlice(b, x, type, offsets, strides,
                                   [&](int64_t dim) { return sizes[dim]; }));
    return success();
  }

private:
  static void checkInside(NodeBuilder &b, Value begin, Value size, Value whole,
                          int64_t dim) {
    // A slice from the start to the end of an open dim needs no check.
    if (getConstantIntValue(begin) == 0 && size == whole)
      return;
    Value zero = createIndex(b, 0);
    Value end = addIndex(b, begin, size);
    Value isInside = b.createOrFold<arith::AndIOp>(
        b.createOrFold<arith::AndIOp>(
            compareIntegers(b, arith::CmpIPredicate::sge, begin, zero),
            compareIntegers(b, arith::CmpIPredicate::sge, size, zero)),
        compareIntegers(b, arith::CmpIPredicate::sle, end, whole));
    createCheck(b, isInside,
                {"slice [", begin, ", ", end,
                 ") of dimension " + std::to_string(dim) + " is outside [0, ",
                 whole, ")"});
  }
};
} // namespace

//===----------------------------------------------------------------------===//
// graph.strided_slice
//===----------------------------------------------------------------------===//

namespace {
/// Reads the index expression of a strided slice.
class IndexExpression {
public:
  IndexExpression(NodeBuilder &b, graph::StridedSliceOp op,
                  graph::StridedSliceOp::Adaptor adaptor);

  /// Per dim of the tensor, the first place and the step.
  SmallVector<Value> offsets, strides;
  /// Per dim of the tensor, the size of what is taken.
  SmallVector<Value> sizes;
  /// Per dim of the result, the dim of the tensor that it walks along; -1 for a
  /// new axis.
  SmallVector<int64_t> sources;

private:
  void addWhole(int64_t dim);
  void addPicked(const graph::SliceEntry &entry);
  void addRange(const graph::SliceEntry &entry);
  Value getOperandAt(Value tensor, int64_t entry) {
    return toIndex(b, getElement(b, tensor, ValueRange{createIndex(b, entry)}));
  }

  NodeBuilder &b;
  graph::StridedSliceOp::Adaptor adaptor;
  Value zero, one;
};
} // namespace

IndexExpression::IndexExpression(NodeBuilder &b, graph::StridedSliceOp op,
                                 graph::StridedSliceOp::Adaptor adaptor)
    : b(b), adaptor(adaptor), zero(createIndex(b, 0)), one(createIndex(b, 1)) {
  // Entries come in the order of the tensor's dims.
  for (const graph::SliceEntry &entry : graph::sliceEntries(op)) {
    switch (entry.kind) {
    case graph::SliceEntry::Kind::Whole:
      addWhole(entry.dim);
      break;
    case graph::SliceEntry::Kind::Range:
      addRange(entry);
      break;
    case graph::SliceEntry::Kind::Index:
      addPicked(entry);
      break;
    case graph::SliceEntry::Kind::NewAxis:
      sources.push_back(-1);
      break;
    }
  }
}

void IndexExpression::addWhole(int64_t dim) {
  offsets.push_back(zero);
  strides.push_back(one);
  sizes.push_back(getDim(b, adaptor.getX(), dim));
  sources.push_back(dim);
}

void IndexExpression::addPicked(const graph::SliceEntry &entry) {
  Value size = getDim(b, adaptor.getX(), entry.dim);
  Value index = getOperandAt(adaptor.getBegin(), entry.entry);
  Value isNegative = compareIntegers(b, arith::CmpIPredicate::slt, index, zero);
  Value place = createSelect(b, isNegative, addIndex(b, index, size), index);
  Value isInside = b.createOrFold<arith::AndIOp>(
      compareIntegers(b, arith::CmpIPredicate::sge, place, zero),
      compareIntegers(b, arith::CmpIPredicate::slt, place, size));
  createCheck(
      b, isInside,
      {"slice index ", index,
       " of dimension " + std::to_string(entry.dim) + " is outside [0, ", size,
       ")"});
  offsets.push_back(place);
  strides.push_back(one);
  sizes.push_back(one);
}

void IndexExpression::addRange(const graph::SliceEntry &entry) {
  Value whole = getDim(b, adaptor.getX(), entry.dim);
  Value stride = getOperandAt(adaptor.getStrides(), entry.entry);
  createCheck(b, compareIntegers(b, arith::CmpIPredicate::ne, stride, zero),
              {"stride " + std::to_string(entry.entry) + " of the slice is 0"});
  Value isBackward =
      compareIntegers(b, arith::CmpIPredicate::slt, stride, zero);

  // Going forward, places are clamped to [0, whole]; backward to [-1, whole-1].
  Value lowest = createSelect(b, isBackward, createIndex(b, -1), zero);
  Value highest = createSelect(b, isBackward, subIndex(b, whole, one), whole);
  auto clamp = [&](Value place) {
    Value isNegative =
        compareIntegers(b, arith::CmpIPredicate::slt, place, zero);
    place = createSelect(b, isNegative, addIndex(b, place, whole), place);
    return minIndex(b, maxIndex(b, place, lowest), highest);
  };
  Value begin = entry.openBegin
                    ? createSelect(b, isBackward, highest, zero)
                    : clamp(getOperandAt(adaptor.getBegin(), entry.entry));
  Value end = entry.openEnd
                  ? createSelect(b, isBackward, lowest, whole)
                  : clamp(getOperandAt(adaptor.getEnd(), entry.entry));

  // Rounded up; a division by a stride of 0 must not trap before its check.
  Value span = createSelect(b, isBackward, subIndex(b, begin, end),
                            subIndex(b, end, begin));
  Value step = createSelect(b, isBackward, subIndex(b, zero, stride), stride);
  step = maxIndex(b, step, one);
  Value size = b.createOrFold<arith::DivSIOp>(
      addIndex(b, span, subIndex(b, step, one)), step);
  offsets.push_back(begin);
  strides.push_back(stride);
  sizes.push_back(maxIndex(b, size, zero));
  sources.push_back(entry.dim);
}

namespace {
struct StridedSliceLowering : GraphPattern<graph::StridedSliceOp> {
  using GraphPattern::GraphPattern;

  LogicalResult
  matchAndRewrite(graph::StridedSliceOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    NodeBuilder b(op.getLoc(), rewriter);
    RankedTensorType type = convert(op.getResult().getType());
    IndexExpression expression(b, op, adaptor);
    SmallVector<Value> sizes =
        llvm::map_to_vector(expression.sources, [&](int64_t source) {
          return source < 0 ? createIndex(b, 1) : expression.sizes[source];
        });
    auto getElementAt = [&](NodeBuilder &body, ArrayRef<Value> indices) {
      SmallVector<Value> place(expression.offsets);
      for (auto [index, source] : llvm::zip(indices, expression.sources))
        if (source >= 0)
          place[source] =
              addIndex(body, expression.offsets[source],
                       mulIndex(body, index, expression.strides[source]));
      return getElement(body, adaptor.getX(), place);
    };

    // What ends in a register is read there; but of a vector that does not live
    // in registers only single elements are.
    if (type.getRank() == 0 ||
        (isScalarized(type) && isScalarized(adaptor.getX()))) {
      SmallVector<Value> elements;
      for (int64_t i = 0; i < type.getNumElements(); ++i)
        elements.push_back(getElementAt(
            b, SmallVector<Value>(type.getRank(), createIndex(b, i))));
      rewriter.replaceOp(op, createFromElements(b, type, elements));
      return success();
    }
    Value init = createEmpty(b, type, [&](int64_t dim) { return sizes[dim]; });
    rewriter.replaceOp(op, createFromIndices(b, init, getElementAt));
    return success();
  }
};
} // namespace

//===----------------------------------------------------------------------===//
// graph.gather
//===----------------------------------------------------------------------===//

namespace {
struct GatherLowering : GraphPattern<graph::GatherOp> {
  using GraphPattern::GraphPattern;

  LogicalResult
  matchAndRewrite(graph::GatherOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    NodeBuilder b(op.getLoc(), rewriter);
    RankedTensorType type = convert(op.getResult().getType());
    Value x = adaptor.getX(), indices = adaptor.getIndices();
    int64_t axis = op.getAxis(), batch = op.getBatchDims();
    // Dims of the result: those of `x` before the axis, `numLooked` dims of the
    // indices, those of `x` after the axis.
    int64_t numLooked = getTensorType(indices).getRank() - batch;

    auto getElementAt = [&](NodeBuilder &body, ArrayRef<Value> places) {
      SmallVector<Value> indexPlace(places.take_front(batch));
      llvm::append_range(indexPlace, places.slice(axis, numLooked));
      SmallVector<Value> place(places.take_front(axis));
      place.push_back(toIndex(body, getElement(body, indices, indexPlace)));
      llvm::append_range(place, places.drop_front(axis + numLooked));
      return getElement(body, x, place);
    };
    if (isScalarized(type) && isScalarized(indices)) {
      SmallVector<Value> elements;
      for (int64_t i = 0; i < type.getNumElements(); ++i)
        elements.push_back(getElementAt(
            b, SmallVector<Value>(type.getRank(), createIndex(b, i))));
      rewriter.replaceOp(op, createFromElements(b, type, elements));
      return success();
    }
    Value init = createEmpty(b, type, [&](int64_t dim) {
      if (dim < axis)
        return getDim(b, x, dim);
      if (dim < axis + numLooked)
        return getDim(b, indices, batch + dim - axis);
      return getDim(b, x, dim - numLooked + 1);
    });
    rewriter.replaceOp(op, createFromIndices(b, init, getElementAt));
    return success();
  }
};
} // namespace

//===----------------------------------------------------------------------===//
// graph.pad, graph.tile
//===----------------------------------------------------------------------===//

namespace {
struct PadLowering : GraphPattern<graph::PadOp> {
  using GraphPattern::GraphPattern;

  LogicalResult
  matchAndRewrite(graph::PadOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    NodeBuilder b(op.getLoc(), rewriter);
    RankedTensorType type = convert(op.getResult().getType());
    Value x = adaptor.getX();
    RankedTensorType sourceType = getTensorType(x);
    auto getPadding = [&](int64_t dim, int64_t side) {
      Value padding =
          toIndex(b, getElement(b, adaptor.getPaddings(),
                                {createIndex(b, dim), createIndex(b, side)}));
      createCheck(b,
                  compareIntegers(b, arith::CmpIPredicate::sge, padding,
                                  createIndex(b, 0)),
                  {"padding ", padding,
                   " of dimension " + std::to_string(dim) + " is negative"});
      return padding;
    };

    SmallVector<Value> padded;
    SmallVector<OpFoldResult> offsets, sizes;
    for (int64_t dim = 0; dim < type.getRank(); ++dim) {
      Value before = getPadding(dim, 0);
      Value size = getDim(b, x, dim);
      padded.push_back(
          addIndex(b, addIndex(b, before, size), getPadding(dim, 1)));
      offsets.push_back(getAsOpFoldResult(before));
      sizes.push_back(sourceType.isDynamicDim(dim)
                          ? OpFoldResult(size)
                          : b.getIndexAttr(sourceType.getDimSize(dim)));
    }
    SmallVector<OpFoldResult> strides(type.getRank(), b.getIndexAttr(1));
    Value init = createEmpty(b, type, [&](int64_t dim) { return padded[dim]; });
    init = createFill(b, getElement(b, adaptor.getValue(), {}), init);
    rewriter.replaceOp(
        op, tensor::InsertSliceOp::create(b, x, init, offsets, sizes, strides));
    return success();
  }
};

struct TileLowering : GraphPattern<graph::TileOp> {
  using GraphPattern::GraphPattern;

  LogicalResult
  matchAndRewrite(graph::TileOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    NodeBuilder b(op.getLoc(), rewriter);
    RankedTensorType type = convert(op.getResult().getType());
    Value x = adaptor.getX();
    SmallVector<Value> sizes, multiples;
    for (int64_t dim = 0; dim < type.getRank(); ++dim) {
      sizes.push_back(getDim(b, x, dim));
      multiples.push_back(toIndex(
          b, getElement(b, adaptor.getMultiples(), {createIndex(b, dim)})));
      createCheck(b,
                  compareIntegers(b, arith::CmpIPredicate::sge,
                                  multiples.back(), createIndex(b, 0)),
                  {"multiple ", multiples.back(),
                   " of dimension " + std::to_string(dim) + " is negative"});
    }
    if (isScalarized(type) && isScalarized(x)) {
      SmallVector<Value> elements = getElements(b, x), repeated;
      for (int64_t i = 0; i < type.getNumElements(); ++i)
        repeated.push_back(elements[i % elements.size()]);
      rewriter.replaceOp(op, createFromElements(b, type, repeated));
      return success();
    }
    Value init = createEmpty(b, type, [&](int64_t dim) {
      return mulIndex(b, sizes[dim], multiples[dim]);
    });
    rewriter.replaceOp(
        op, createFromIndices(
                b, init, [&](NodeBuilder &body, ArrayRef<Value> indices) {
                  SmallVector<Value> place;
                  for (auto [index, size, multiple] :
                       llvm::zip(indices, sizes, multiples))
                    place.push_back(
                        getConstantIntValue(multiple) == 1
                            ? index
                            : body.createOrFold<arith::RemUIOp>(index, size));
                  return getElement(body, x, place);
                }));
    return success();
  }
};
} // namespace

//===----------------------------------------------------------------------===//
// graph.range
//===----------------------------------------------------------------------===//

namespace {
struct RangeLowering : GraphPattern<graph::RangeOp> {
  using GraphPattern::GraphPattern;

  LogicalResult
  matchAndRewrite(graph::RangeOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    NodeBuilder b(op.getLoc(), rewriter);
    RankedTensorType type = convert(op.getResult().getType());
    Type elementType = op.getStart().getType().getElementType();
    Value start = widen(b, adaptor.getStart(), elementType);
    Value limit = widen(b, adaptor.getLimit(), elementType);
    Value delta = widen(b, adaptor.getDelta(), elementType);
    checkDelta(b, delta);

    auto getElementAt = [&](NodeBuilder &body, ArrayRef<Value> indices) {
      Value i = fromIndex(body, indices.front(), body.getI64Type());
      if (!isa<FloatType>(elementType)) {
        Value element = body.createOrFold<arith::AddIOp>(
            start, body.createOrFold<arith::MulIOp>(i, delta));
        return emitCast(body, element, body.getI64Type(), elementType);
      }
      Value steps = body.createOrFold<arith::SIToFPOp>(delta.getType(), i);
      Value element = body.createOrFold<arith::AddFOp>(
          start, body.createOrFold<arith::MulFOp>(steps, delta));
      return convertFloat(body, element, elementType);
    };
    if (isScalarized(type)) {
      SmallVector<Value> elements;
      for (int64_t i = 0; i < type.getNumElements(); ++i)
        elements.push_back(getElementAt(b, {createIndex(b, i)}));
      rewriter.replaceOp(op, createFromElements(b, type, elements));
      return success();
    }
    Value init = createEmpty(b, type, [&](int64_t) {
      return isa<FloatType>(elementType)
                 ? countFloats(b, start, limit, delta)
                 : countIntegers(b, start, limit, delta);
    });
    rewriter.replaceOp(op, createFromIndices(b, init, getElementAt));
    return success();
  }

private:
  /// Returns a scalar operand as an i64 or in the type floats are computed in.
  static Value widen(NodeBuilder &b, Value tensor, Type elementType) {
    Value scalar = getElement(b, tensor, {});
    if (isa<FloatType>(elementType))
      return convertFloat(b, scalar, getComputeType(elementType));
    return emitCast(b, scalar, elementType, b.getI64Type());
  }

  static void checkDelta(NodeBuilder &b, Value delta) {
    Value zero = createNumber(b, delta.getType(), 0);
    Value isNonzero =
        isa<FloatType>(delta.getType())
            ? b.createOrFold<arith::CmpFOp>(arith::CmpFPredicate::UNE, delta,
                                            zero)
            : compareIntegers(b, arith::CmpIPredicate::ne, delta, zero);
    createCheck(b, isNonzero, {"the step of the range is 0"});
  }

  static Value countIntegers(NodeBuilder &b, Value start, Value limit,
                             Value delta) {
    Value zero = createInteger(b, b.getI64Type(), 0);
    Value one = createInteger(b, b.getI64Type(), 1);
    Value isDown = compareIntegers(b, arith::CmpIPredicate::slt, delta, zero);
    Value span = createSelect(b, isDown, subIndex(b, start, limit),
                              subIndex(b, limit, start));
    // A step of 0 fails the check before, but must not trap.
    Value step = maxIndex(
        b, createSelect(b, isDown, subIndex(b, zero, delta), delta), one);
    Value count = b.createOrFold<arith::DivSIOp>(
        addIndex(b, span, subIndex(b, step, one)), step);
    return toIndex(b, maxIndex(b, count, zero));
  }

  static Value countFloats(NodeBuilder &b, Value start, Value limit,
                           Value delta) {
    Value span = arith::SubFOp::create(b, limit, start);
    Value count =
        math::CeilOp::create(b, arith::DivFOp::create(b, span, delta));
    // Infinite ends, steps that are tiny, and NaN give no number of elements.
    Value tooMany = createNumber(b, count.getType(), 0x1p63);
    createCheck(b,
                b.createOrFold<arith::CmpFOp>(arith::CmpFPredicate::OLT, count,
                                              tooMany),
                {"the range has more elements than can be counted"});
    Value integer = emitCast(b, count, count.getType(), b.getI64Type());
    return toIndex(b,
                   maxIndex(b, integer, createInteger(b, b.getI64Type(), 0)));
  }
};
} // namespace

void graph_compile::populateSlicingPatterns(RewritePatternSet &patterns,
                                            const GraphToStepContext &context) {
  patterns.add<SliceLowering, StridedSliceLowering, GatherLowering, PadLowering,
               TileLowering, RangeLowering>(patterns.getContext(), context);
}
