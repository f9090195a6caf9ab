//===- Reduction.cpp - reductions along dims ------------------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A reduction is a linalg.generic that combines into an accumulator, followed
// by a division for means and a rounding for narrow floats. The order of the
// additions is the kernel's choice: to be accurate for many elements it keeps
// many partial sums, which is why no order is spelt out here.
//
//===----------------------------------------------------------------------===//

#include "ElementOps.h"
#include "Reshape.h"
#include "graph-compile/Dialect/Graph/IR/GraphOps.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include <limits>

using namespace mlir;
using namespace graph_compile;
using graph::ReduceKind;

//===----------------------------------------------------------------------===//
// Accumulators
//===----------------------------------------------------------------------===//

/// Returns the signless type that elements of `type`, of the graph, are
/// accumulated in. A mean of narrow integers does not overflow, as in
/// TensorFlow.
static Type getAccumulatorType(ReduceKind kind, Type type) {
  if (isa<FloatType>(type))
    return getComputeType(type);
  unsigned width = type.getIntOrFloatBitWidth();
  if (kind == ReduceKind::Mean)
    width = 64;
  return IntegerType::get(type.getContext(), width);
}

static Value createLowest(NodeBuilder &b, Type type, bool isUnsigned) {
  if (isa<FloatType>(type))
    return createNumber(b, type, -std::numeric_limits<double>::infinity());
  unsigned width = type.getIntOrFloatBitWidth();
  return arith::ConstantOp::create(
      b, b.getIntegerAttr(type, isUnsigned ? APInt::getMinValue(width)
                                           : APInt::getSignedMinValue(width)));
}

static Value createHighest(NodeBuilder &b, Type type, bool isUnsigned) {
  if (isa<FloatType>(type))
    return createNumber(b, type, std::numeric_limits<double>::infinity());
  unsigned width = type.getIntOrFloatBitWidth();
  return arith::ConstantOp::create(
      b, b.getIntegerAttr(type, isUnsigned ? APInt::getMaxValue(width)
                                           : APInt::getSignedMaxValue(width)));
}

/// Returns what combines with any element to that element.
static Value createNeutral(NodeBuilder &b, ReduceKind kind, Type type,
                           bool isUnsigned) {
  switch (kind) {
  case ReduceKind::Sum:
  case ReduceKind::Mean:
  case ReduceKind::Any:
    return createNumber(b, type, 0);
  case ReduceKind::Prod:
  case ReduceKind::All:
    return createNumber(b, type, 1);
  case ReduceKind::Max:
    return createLowest(b, type, isUnsigned);
  case ReduceKind::Min:
    return createHighest(b, type, isUnsigned);
  }
  llvm_unreachable("unknown reduction");
}

/// The greater, or lesser, of two elements; NaN stays. Which of two zeros a
/// reduction gives depends on its order, which is free: to tell them apart
/// takes as long again as all the rest.
template <typename FloatOp, typename SignedOp, typename UnsignedOp>
static Value emitExtreme(NodeBuilder &b, bool isUnsigned, Value x, Value y) {
  if (isa<FloatType>(x.getType()))
    return FloatOp::create(b, x, y, arith::FastMathFlags::nsz);
  if (isUnsigned)
    return b.createOrFold<UnsignedOp>(x, y);
  return b.createOrFold<SignedOp>(x, y);
}

template <typename FloatOp, typename IntegerOp>
static Value emitByType(NodeBuilder &b, Value x, Value y) {
  if (isa<FloatType>(x.getType()))
    return b.createOrFold<FloatOp>(x, y);
  return b.createOrFold<IntegerOp>(x, y);
}

static Value emitCombine(NodeBuilder &b, ReduceKind kind, bool isUnsigned,
                         Value x, Value y) {
  switch (kind) {
  case ReduceKind::Sum:
  case ReduceKind::Mean:
    return emitByType<arith::AddFOp, arith::AddIOp>(b, x, y);
  case ReduceKind::Prod:
    return emitByType<arith::MulFOp, arith::MulIOp>(b, x, y);
  case ReduceKind::Max:
    return emitExtreme<arith::MaximumFOp, arith::MaxSIOp, arith::MaxUIOp>(
        b, isUnsigned, x, y);
  case ReduceKind::Min:
    return emitExtreme<arith::MinimumFOp, arith::MinSIOp, arith::MinUIOp>(
        b, isUnsigned, x, y);
  case ReduceKind::All:
    return b.createOrFold<arith::AndIOp>(x, y);
  case ReduceKind::Any:
    return b.createOrFold<arith::OrIOp>(x, y);
  }
  llvm_unreachable("unknown reduction");
}

/// Widens an element to the accumulator's type.
static Value emitWiden(NodeBuilder &b, Value x, bool isUnsigned, Type type) {
  if (x.getType() == type)
    return x;
  if (isa<FloatType>(type))
    return convertFloat(b, x, type);
  return isUnsigned ? b.createOrFold<arith::ExtUIOp>(type, x)
                    : b.createOrFold<arith::ExtSIOp>(type, x);
}

//===----------------------------------------------------------------------===//
// graph.reduce
//===----------------------------------------------------------------------===//

namespace {
struct ReduceLowering : GraphPattern<graph::ReduceOp> {
  using GraphPattern::GraphPattern;

  LogicalResult
  matchAndRewrite(graph::ReduceOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    NodeBuilder b(op.getLoc(), rewriter);
    RankedTensorType type = convert(op.getResult().getType());
    if (op.getAxes().empty()) {
      rewriter.replaceOp(op, castTo(b, adaptor.getX(), type));
      return success();
    }
    Value result = isScalarized(adaptor.getX())
                       ? reduceScalars(b, op, adaptor.getX())
                       : reduceTensor(b, op, adaptor.getX());
    result = finish(b, op, adaptor.getX(), result);
    if (op.getKeepDims())
      result = createExpandDims(b, result, op.getAxes());
    rewriter.replaceOp(op, castTo(b, result, type));
    return success();
  }

private:
  static Value reduceScalars(NodeBuilder &b, graph::ReduceOp op, Value x);
  static Value reduceTensor(NodeBuilder &b, graph::ReduceOp op, Value x);
  static Value finish(NodeBuilder &b, graph::ReduceOp op, Value x,
                      Value combined);
  static Value finishElement(NodeBuilder &b, graph::ReduceOp op, Value combined,
                             Value count);
};
} // namespace

static Type getElementType(graph::ReduceOp op) {
  return op.getX().getType().getElementType();
}

/// Combines the elements of a small vector; gives rank 0.
Value ReduceLowering::reduceScalars(NodeBuilder &b, graph::ReduceOp op,
                                    Value x) {
  bool sign = isUnsigned(getElementType(op));
  Type accumulator = getAccumulatorType(op.getKind(), getElementType(op));
  Value result = createNeutral(b, op.getKind(), accumulator, sign);
  for (Value element : getElements(b, x))
    result = emitCombine(b, op.getKind(), sign,
                         emitWiden(b, element, sign, accumulator), result);
  return createFromElements(b, RankedTensorType::get({}, accumulator), result);
}

/// Combines along the axes; gives accumulators of the dims that stay.
Value ReduceLowering::reduceTensor(NodeBuilder &b, graph::ReduceOp op,
                                   Value x) {
  bool sign = isUnsigned(getElementType(op));
  Type accumulator = getAccumulatorType(op.getKind(), getElementType(op));
  RankedTensorType type = getTensorType(x);

  SmallVector<utils::IteratorType> iterators;
  SmallVector<AffineExpr> keptExprs;
  SmallVector<int64_t> keptDims, shape;
  for (int64_t dim = 0; dim < type.getRank(); ++dim) {
    bool isReduced = llvm::is_contained(op.getAxes(), dim);
    iterators.push_back(isReduced ? utils::IteratorType::reduction
                                  : utils::IteratorType::parallel);
    if (isReduced)
      continue;
    keptExprs.push_back(b.getAffineDimExpr(dim));
    keptDims.push_back(dim);
    shape.push_back(type.getDimSize(dim));
  }

  auto reducedType = RankedTensorType::get(shape, accumulator);
  Value init = createEmpty(
      b, reducedType, [&](int64_t dim) { return getDim(b, x, keptDims[dim]); });
  init = createFill(b, createNeutral(b, op.getKind(), accumulator, sign), init);
  SmallVector<AffineMap> maps = {b.getMultiDimIdentityMap(type.getRank()),
                                 AffineMap::get(type.getRank(),
                                                /*symbolCount=*/0, keptExprs,
                                                b.getContext())};
  auto buildBody = [&](OpBuilder &nested, Location location, ValueRange args) {
    NodeBuilder body(location, nested);
    Value element = emitWiden(body, args[0], sign, accumulator);
    linalg::YieldOp::create(
        body, emitCombine(body, op.getKind(), sign, element, args[1]));
  };
  return linalg::GenericOp::create(b, reducedType, x, init, maps, iterators,
                                   buildBody)
      .getResult(0);
}

/// Makes an element of the result from an accumulator. `count` is the number of
/// elements that were combined, an i64; null where it does not matter.
Value ReduceLowering::finishElement(NodeBuilder &b, graph::ReduceOp op,
                                    Value combined, Value count) {
  Type elementType = getElementType(op);
  Type accumulator = combined.getType();
  if (isa<FloatType>(accumulator)) {
    if (count)
      combined = arith::DivFOp::create(
          b, combined, b.createOrFold<arith::SIToFPOp>(accumulator, count));
    return convertFloat(b, combined, elementType);
  }
  if (!count)
    return combined;
  // No elements, no mean: any divisor does, but 0 would trap.
  Value isZero = compareIntegers(b, arith::CmpIPredicate::eq, count,
                                 createInteger(b, count.getType(), 0));
  Value divisor =
      createSelect(b, isZero, createInteger(b, count.getType(), 1), count);
  Value mean = isUnsigned(elementType)
                   ? b.createOrFold<arith::DivUIOp>(combined, divisor)
                   : b.createOrFold<arith::DivSIOp>(combined, divisor);
  unsigned width = elementType.getIntOrFloatBitWidth();
  if (width == 64)
    return mean;
  return b.createOrFold<arith::TruncIOp>(b.getIntegerType(width), mean);
}

Value ReduceLowering::finish(NodeBuilder &b, graph::ReduceOp op, Value x,
                             Value combined) {
  Value count;
  if (op.getKind() == ReduceKind::Mean) {
    Value size = createIndex(b, 1);
    for (int64_t axis : op.getAxes())
      size = mulIndex(b, size, getDim(b, x, axis));
    count = fromIndex(b, size, b.getI64Type());
  }
  RankedTensorType type = getTensorType(combined);
  RankedTensorType resultType = type.clone(getTensorType(x).getElementType());
  if (!count && resultType == type)
    return combined;
  if (type.getRank() == 0)
    return createFromElements(
        b, resultType,
        finishElement(b, op, getElement(b, combined, {}), count));
  Value init = createEmpty(
      b, resultType, [&](int64_t dim) { return getDim(b, combined, dim); });
  return createParallel(b, init, combined,
                        b.getMultiDimIdentityMap(type.getRank()),
                        [&](NodeBuilder &body, ValueRange args) {
                          return finishElement(body, op, args[0], count);
                        });
}

//===----------------------------------------------------------------------===//
// graph.arg_max, graph.arg_min
//===----------------------------------------------------------------------===//

namespace {
/// One loop along the axis per element of the result. NaN is never picked
/// unless nothing else is there, as in TensorFlow on a CPU.
template <typename OpTy> struct ArgLowering : GraphPattern<OpTy> {
  using GraphPattern<OpTy>::GraphPattern;
  static constexpr bool isMax = std::is_same_v<OpTy, graph::ArgMaxOp>;

  LogicalResult
  matchAndRewrite(OpTy op, typename OpTy::Adaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    NodeBuilder b(op.getLoc(), rewriter);
    RankedTensorType type = this->convert(op.getResult().getType());
    int64_t axis = op.getAxis();
    Value x = adaptor.getX();
    auto getSourceDim = [&](int64_t dim) { return dim < axis ? dim : dim + 1; };
    Value init = createEmpty(
        b, type, [&](int64_t dim) { return getDim(b, x, getSourceDim(dim)); });
    // True is greater than false.
    Type elementType = op.getX().getType().getElementType();
    bool sign = isUnsigned(elementType) || elementType.isInteger(1);
    Value size = getDim(b, x, axis);
    rewriter.replaceOp(
        op, createFromIndices(b, init,
                              [&](NodeBuilder &body, ArrayRef<Value> indices) {
                                SmallVector<Value> place(indices);
                                place.insert(place.begin() + axis, nullptr);
                                return search(body, x, place, axis, size, sign,
                                              type.getElementType());
                              }));
    return success();
  }

private:
  static Value emitIsBetter(NodeBuilder &b, Value x, Value best,
                            bool isUnsigned) {
    if (isa<FloatType>(x.getType()))
      return arith::CmpFOp::create(
          b, isMax ? arith::CmpFPredicate::OGT : arith::CmpFPredicate::OLT, x,
          best);
    if (isUnsigned)
      return arith::CmpIOp::create(
          b, isMax ? arith::CmpIPredicate::ugt : arith::CmpIPredicate::ult, x,
          best);
    return arith::CmpIOp::create(
        b, isMax ? arith::CmpIPredicate::sgt : arith::CmpIPredicate::slt, x,
        best);
  }

  static Value search(NodeBuilder &b, Value x, SmallVector<Value> place,
                      int64_t axis, Value size, bool isUnsigned, Type type) {
    Type elementType = getTensorType(x).getElementType();
    Type accumulator = getComputeType(elementType);
    Value zero = createIndex(b, 0);
    Value worst = isMax ? createLowest(b, accumulator, isUnsigned)
                        : createHighest(b, accumulator, isUnsigned);
    auto buildBody = [&](OpBuilder &nested, Location location, Value i,
                         ValueRange carried) {
      NodeBuilder body(location, nested);
      place[axis] = i;
      Value element = tensor::ExtractOp::create(body, x, place);
      if (isa<FloatType>(elementType))
        element = convertFloat(body, element, accumulator);
      Value isBetter = emitIsBetter(body, element, carried[0], isUnsigned);
      Value best = createSelect(body, isBetter, element, carried[0]);
      Value bestPlace = createSelect(body, isBetter, i, carried[1]);
      scf::YieldOp::create(body, ValueRange{best, bestPlace});
    };
    auto loop = scf::ForOp::create(b, zero, size, createIndex(b, 1),
                                   ValueRange{worst, zero}, buildBody);
    return fromIndex(b, loop.getResult(1), type);
  }
};
} // namespace

void graph_compile::populateReductionPatterns(
    RewritePatternSet &patterns, const GraphToStepContext &context) {
  patterns.add<ReduceLowering, ArgLowering<graph::ArgMaxOp>,
               ArgLowering<graph::ArgMinOp>>(patterns.getContext(), context);
}
