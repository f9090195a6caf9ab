//===- Checks.cpp - checks that fail the call -----------------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A check becomes a step.assert, whose message the runtime begins with the
// node's name, and is replaced by the value that it passed through.
//
//===----------------------------------------------------------------------===//

#include "ElementOps.h"
#include "graph-compile/Dialect/Graph/IR/GraphOps.h"
#include "graph-compile/Dialect/Step/IR/Step.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/Matchers.h"
#include <limits>

using namespace mlir;
using namespace graph_compile;

static Value isEqual(NodeBuilder &b, Value x, Value y) {
  return compareIntegers(b, arith::CmpIPredicate::eq, x, y);
}

//===----------------------------------------------------------------------===//
// Elements
//===----------------------------------------------------------------------===//

namespace {
struct CheckNumericsLowering : GraphPattern<graph::CheckNumericsOp> {
  using GraphPattern::GraphPattern;

  // What was seen, a bit each.
  static constexpr int32_t hasNan = 1, hasInfinity = 2;

  LogicalResult
  matchAndRewrite(graph::CheckNumericsOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    NodeBuilder b(op.getLoc(), rewriter);
    Value none = createInteger(b, b.getI32Type(), 0);
    Value seen = createFullReduction(
        b, adaptor.getX(), none,
        [&](NodeBuilder &body, Value element, Value all) {
          return body.createOrFold<arith::OrIOp>(all, classify(body, element));
        });
    createReport(b, op, seen, hasNan | hasInfinity, "Inf and NaN");
    createReport(b, op, seen, hasInfinity, "Inf");
    createReport(b, op, seen, hasNan, "NaN");
    rewriter.replaceOp(op, adaptor.getX());
    return success();
  }

private:
  static Value classify(NodeBuilder &b, Value x) {
    Value wide = convertFloat(b, x, getComputeType(x.getType()));
    Value infinity = createNumber(b, wide.getType(),
                                  std::numeric_limits<double>::infinity());
    Value isNan =
        arith::CmpFOp::create(b, arith::CmpFPredicate::UNO, wide, wide);
    Value isInfinite = arith::CmpFOp::create(
        b, arith::CmpFPredicate::OEQ, math::AbsFOp::create(b, wide), infinity);
    auto bitIf = [&](Value condition, int32_t bit) {
      return createSelect(b, condition, createInteger(b, b.getI32Type(), bit),
                          createInteger(b, b.getI32Type(), 0));
    };
    return b.createOrFold<arith::OrIOp>(bitIf(isNan, hasNan),
                                        bitIf(isInfinite, hasInfinity));
  }

  static void createReport(NodeBuilder &b, graph::CheckNumericsOp op,
                           Value seen, int32_t bits, StringRef kinds) {
    Value isOther = compareIntegers(b, arith::CmpIPredicate::ne, seen,
                                    createInteger(b, b.getI32Type(), bits));
    // TensorFlow's words.
    Attribute text =
        b.getStringAttr(op.getMessage() + " : Tensor had " + kinds + " values");
    step::AssertOp::create(b, isOther, b.getArrayAttr(text), ValueRange(),
                           kAssertionFailed);
  }
};

struct CheckIndexLowering : GraphPattern<graph::CheckIndexOp> {
  using GraphPattern::GraphPattern;

  LogicalResult
  matchAndRewrite(graph::CheckIndexOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    NodeBuilder b(op.getLoc(), rewriter);
    Value indices = adaptor.getIndices();
    Type type = getTensorType(indices).getElementType();
    // Read as unsigned integers, negative indices are the largest: one maximum
    // tells both kinds of failure, and is a culprit to show.
    Value greatest = createFullReduction(
        b, indices, createInteger(b, type, 0),
        [](NodeBuilder &body, Value element, Value all) -> Value {
          return body.createOrFold<arith::MaxUIOp>(element, all);
        });
    Value index = toIndex(b, greatest);
    Value size = getDim(b, adaptor.getX(), op.getAxis());
    Value isInside = compareIntegers(b, arith::CmpIPredicate::ult, index, size);
    // Of no indices the maximum is 0, which an empty dim does not have.
    Value isEmpty = isEqual(b, getNumElements(b, indices), createIndex(b, 0));
    createCheck(b, b.createOrFold<arith::OrIOp>(isInside, isEmpty),
                {"index ", index, " is outside [0, ", size, ")"});
    rewriter.replaceOp(op, indices);
    return success();
  }
};

struct CheckNonzeroLowering : GraphPattern<graph::CheckNonzeroOp> {
  using GraphPattern::GraphPattern;

  LogicalResult
  matchAndRewrite(graph::CheckNonzeroOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    NodeBuilder b(op.getLoc(), rewriter);
    Value holds =
        createAllOf(b, adaptor.getX(), [](NodeBuilder &body, Value element) {
          return compareIntegers(body, arith::CmpIPredicate::ne, element,
                                 createInteger(body, element.getType(), 0));
        });
    createCheck(b, holds, {"integer division by zero"});
    rewriter.replaceOp(op, adaptor.getX());
    return success();
  }
};

struct CheckTrueLowering : GraphPattern<graph::CheckTrueOp> {
  using GraphPattern::GraphPattern;

  LogicalResult
  matchAndRewrite(graph::CheckTrueOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    NodeBuilder b(op.getLoc(), rewriter);
    Value holds =
        createAllOf(b, adaptor.getConditions(),
                    [](NodeBuilder &, Value condition) { return condition; });
    createCheck(b, holds, {op.getMessage().str()});
    rewriter.replaceOp(op, adaptor.getX());
    return success();
  }
};

struct CheckBoundsLowering : GraphPattern<graph::CheckBoundsOp> {
  using GraphPattern::GraphPattern;

  LogicalResult
  matchAndRewrite(graph::CheckBoundsOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    NodeBuilder b(op.getLoc(), rewriter);
    if (isScalarized(adaptor.getX()))
      checkElements(b, adaptor);
    else
      checkTensor(b, adaptor);
    rewriter.replaceOp(op, adaptor.getX());
    return success();
  }

private:
  static Value isWithin(NodeBuilder &b, Value x, Value lower, Value upper) {
    return b.createOrFold<arith::AndIOp>(
        compareIntegers(b, arith::CmpIPredicate::sge, x, lower),
        compareIntegers(b, arith::CmpIPredicate::sle, x, upper));
  }

  /// A few elements are looked at one by one, so that the culprit is shown.
  static void checkElements(NodeBuilder &b, OpAdaptor adaptor) {
    // A bound has one element or, whatever its type says, as many as `x`.
    auto getBound = [&](Value bound, int64_t i) {
      if (getTensorType(bound).getRank() == 0)
        return getElement(b, bound, {});
      return getElement(b, bound, ValueRange{createIndex(b, i)});
    };
    for (auto [i, x] : llvm::enumerate(getElements(b, adaptor.getX()))) {
      Value least = getBound(adaptor.getLower(), i);
      Value most = getBound(adaptor.getUpper(), i);
      // The highest number of a type bounds nothing.
      APInt highest;
      if (matchPattern(most, m_ConstantInt(&highest)) &&
          highest.isMaxSignedValue())
        createCheck(b, compareIntegers(b, arith::CmpIPredicate::sge, x, least),
                    {"the number ", x, " is less than ", least});
      else
        createCheck(
            b, isWithin(b, x, least, most),
            {"the number ", x, " is outside [", least, ", ", most, "]"});
    }
  }

  static void checkTensor(NodeBuilder &b, OpAdaptor adaptor) {
    Value x = adaptor.getX();
    RankedTensorType type = getTensorType(x);
    SmallVector<AffineMap> maps;
    for (Value operand : adaptor.getOperands().take_front(3)) {
      bool isScalar = getTensorType(operand).getRank() == 0;
      maps.push_back(isScalar
                         ? AffineMap::get(type.getRank(), 0, b.getContext())
                         : b.getMultiDimIdentityMap(type.getRank()));
    }
    Value init = createEmpty(b, type.clone(b.getI1Type()),
                             [&](int64_t dim) { return getDim(b, x, dim); });
    Value areWithin = createParallel(
        b, init, {x, adaptor.getLower(), adaptor.getUpper()}, maps,
        [](NodeBuilder &body, ValueRange elements) {
          return isWithin(body, elements[0], elements[1], elements[2]);
        });
    Value holds = createAllOf(
        b, areWithin, [](NodeBuilder &, Value isInside) { return isInside; });
    createCheck(b, holds, {"a number is outside its bounds"});
  }
};
} // namespace

//===----------------------------------------------------------------------===//
// Sizes
//===----------------------------------------------------------------------===//

namespace {
struct CheckBroadcastLowering : GraphPattern<graph::CheckBroadcastOp> {
  using GraphPattern::GraphPattern;

  LogicalResult
  matchAndRewrite(graph::CheckBroadcastOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    NodeBuilder b(op.getLoc(), rewriter);
    int64_t rank = 0;
    for (Value operand : adaptor.getOperands())
      rank = std::max(rank, getTensorType(operand).getRank());
    for (int64_t fromLast = rank - 1; fromLast >= 0; --fromLast)
      checkPlace(b, adaptor.getOperands(), fromLast);
    rewriter.replaceOp(op, adaptor.getX());
    return success();
  }

private:
  /// Checks the dims that are `fromLast` places before the last one.
  static void checkPlace(NodeBuilder &b, ValueRange operands,
                         int64_t fromLast) {
    Value one = createIndex(b, 1);
    Value common;
    for (Value operand : operands) {
      int64_t dim = getTensorType(operand).getRank() - 1 - fromLast;
      if (dim < 0)
        continue;
      Value size = getDim(b, operand, dim);
      if (!common) {
        common = size;
        continue;
      }
      Value commonIsOne = isEqual(b, common, one);
      Value fits = b.createOrFold<arith::OrIOp>(
          b.createOrFold<arith::OrIOp>(isEqual(b, size, common),
                                       isEqual(b, size, one)),
          commonIsOne);
      createCheck(b, fits,
                  {"dimensions of size ", common, " and ", size,
                   " do not broadcast together"});
      common = createSelect(b, commonIsOne, size, common);
    }
  }
};

struct CheckDimsLowering : GraphPattern<graph::CheckDimsOp> {
  using GraphPattern::GraphPattern;

  LogicalResult
  matchAndRewrite(graph::CheckDimsOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    NodeBuilder b(op.getLoc(), rewriter);
    for (auto [lhs, rhs] : llvm::zip(op.getLhsDims(), op.getRhsDims())) {
      Value left = getDim(b, adaptor.getX(), lhs);
      Value right = getDim(b, adaptor.getY(), rhs);
      createCheck(
          b, isEqual(b, left, right),
          {"expects equal sizes, but dimension " + std::to_string(lhs) +
               " of one operand has size ",
           left,
           " and dimension " + std::to_string(rhs) + " of the other has size ",
           right});
    }
    rewriter.replaceOp(op, adaptor.getX());
    return success();
  }
};

struct CheckSqueezeLowering : GraphPattern<graph::CheckSqueezeOp> {
  using GraphPattern::GraphPattern;

  LogicalResult
  matchAndRewrite(graph::CheckSqueezeOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    NodeBuilder b(op.getLoc(), rewriter);
    for (int64_t axis : op.getAxes()) {
      Value size = getDim(b, adaptor.getX(), axis);
      createCheck(
          b, isEqual(b, size, createIndex(b, 1)),
          {"dimension " + std::to_string(axis) + " to be dropped has size ",
           size, " instead of 1"});
    }
    rewriter.replaceOp(op, adaptor.getX());
    return success();
  }
};

struct CheckSplitLowering : GraphPattern<graph::CheckSplitOp> {
  using GraphPattern::GraphPattern;

  LogicalResult
  matchAndRewrite(graph::CheckSplitOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    NodeBuilder b(op.getLoc(), rewriter);
    Value size = getDim(b, adaptor.getX(), op.getAxis());
    Value rest =
        b.createOrFold<arith::RemSIOp>(size, createIndex(b, op.getNum()));
    createCheck(b, isEqual(b, rest, createIndex(b, 0)),
                {"dimension " + std::to_string(op.getAxis()) + " of size ",
                 size,
                 " cannot be split into " + std::to_string(op.getNum()) +
                     " equal parts"});
    rewriter.replaceOp(op, adaptor.getX());
    return success();
  }
};

struct CheckReshapeLowering : GraphPattern<graph::CheckReshapeOp> {
  using GraphPattern::GraphPattern;

  LogicalResult
  matchAndRewrite(graph::CheckReshapeOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    if (op.getShape().getType().isDynamicDim(0))
      return op.emitOpError(
          "expects a shape with a known number of dimensions; "
          "give the shape's size in the graph");
    NodeBuilder b(op.getLoc(), rewriter);
    SmallVector<Value> sizes = getIndices(b, adaptor.getShape());
    Value total = getNumElements(b, adaptor.getX());
    SmallVector<MessagePiece> message{"a tensor of ", total,
                                      " elements cannot take the shape ["};
    for (auto [i, size] : llvm::enumerate(sizes)) {
      if (i > 0)
        message.push_back(", ");
      message.push_back(size);
    }
    message.push_back("]");
    createCheck(b, fits(b, sizes, total), message);
    rewriter.replaceOp(op, adaptor.getShape());
    return success();
  }

private:
  static Value fits(NodeBuilder &b, ArrayRef<Value> sizes, Value total) {
    Value zero = createIndex(b, 0), one = createIndex(b, 1);
    Value minusOne = createIndex(b, -1);
    Value numInferred = zero, others = one;
    Value areValid = createInteger(b, b.getI1Type(), 1);
    for (Value size : sizes) {
      Value isInferred = isEqual(b, size, minusOne);
      numInferred =
          addIndex(b, numInferred, createSelect(b, isInferred, one, zero));
      others = mulIndex(b, others, createSelect(b, isInferred, one, size));
      areValid = b.createOrFold<arith::AndIOp>(
          areValid,
          compareIntegers(b, arith::CmpIPredicate::sge, size, minusOne));
    }
    Value nonzero = maxIndex(b, others, one);
    Value divides = b.createOrFold<arith::AndIOp>(
        compareIntegers(b, arith::CmpIPredicate::sgt, others, zero),
        isEqual(b, b.createOrFold<arith::RemSIOp>(total, nonzero), zero));
    Value agrees = createSelect(b, isEqual(b, numInferred, zero),
                                isEqual(b, others, total), divides);
    Value atMostOne =
        compareIntegers(b, arith::CmpIPredicate::sle, numInferred, one);
    return b.createOrFold<arith::AndIOp>(
        areValid, b.createOrFold<arith::AndIOp>(atMostOne, agrees));
  }
};
} // namespace

void graph_compile::populateCheckPatterns(RewritePatternSet &patterns,
                                          const GraphToStepContext &context) {
  patterns.add<CheckNumericsLowering, CheckIndexLowering, CheckNonzeroLowering,
               CheckTrueLowering, CheckBoundsLowering, CheckBroadcastLowering,
               CheckDimsLowering, CheckSqueezeLowering, CheckSplitLowering,
               CheckReshapeLowering>(patterns.getContext(), context);
}
