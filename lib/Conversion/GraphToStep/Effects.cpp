//===- Effects.cpp - variables' accesses, assertions and prints -----------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ElementOps.h"
#include "graph-compile/Dialect/Graph/IR/GraphOps.h"
#include "graph-compile/Dialect/Step/IR/Step.h"

using namespace mlir;
using namespace graph_compile;

//===----------------------------------------------------------------------===//
// Variables
//===----------------------------------------------------------------------===//

/// Fails the call unless dimension `dim` of `value`, which is about to be
/// stored, has the size `expected`; `unless` is a condition under which any
/// will do, or null.
static void checkSize(NodeBuilder &b, Value value, int64_t dim, Value expected,
                      Value unless = {}) {
  Value size = getDim(b, value, dim);
  Value fits = compareIntegers(b, arith::CmpIPredicate::eq, size, expected);
  if (unless)
    fits = arith::OrIOp::create(b, fits, unless);
  createCheck(
      b, fits,
      {"the value assigned has size ", size,
       " in dimension " + std::to_string(dim) + ", but the variable has size ",
       expected});
}

/// Returns `value` in the variable's type; fails the call if a dim that is open
/// in the value only turns out to have another size.
static Value createFitting(NodeBuilder &b, Value value, RankedTensorType type) {
  RankedTensorType valueType = getTensorType(value);
  for (int64_t dim = 0; dim < type.getRank(); ++dim)
    if (valueType.isDynamicDim(dim) && !type.isDynamicDim(dim))
      checkSize(b, value, dim, createIndex(b, type.getDimSize(dim)));
  return castTo(b, value, type);
}

namespace {
struct ReadLowering : GraphPattern<graph::ReadOp> {
  using GraphPattern::GraphPattern;

  LogicalResult
  matchAndRewrite(graph::ReadOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    // A load without users would disappear, but the call must fail all the same
    // when nothing has set the variable.
    if (op.getValue().use_empty()) {
      step::CheckSetOp::create(rewriter, op.getLoc(), op.getVariableAttr());
      rewriter.eraseOp(op);
      return success();
    }
    rewriter.replaceOpWithNewOp<step::LoadOp>(
        op, convert(op.getValue().getType()), op.getVariableAttr());
    return success();
  }
};

struct IsInitializedLowering : GraphPattern<graph::IsInitializedOp> {
  using GraphPattern::GraphPattern;

  LogicalResult
  matchAndRewrite(graph::IsInitializedOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    NodeBuilder b(op.getLoc(), rewriter);
    Value isSet = step::IsSetOp::create(b, b.getI1Type(), op.getVariableAttr());
    rewriter.replaceOp(
        op, createFromElements(b, convert(op.getValue().getType()), isSet));
    return success();
  }
};

/// Base of what stores to a variable.
template <typename OpTy> struct StorePattern : GraphPattern<OpTy> {
  using GraphPattern<OpTy>::GraphPattern;

protected:
  RankedTensorType getVariableType(OpTy op) const {
    return this->convert(
        this->context.variableTypes.at(op.getVariableAttr().getAttr()));
  }
};

struct AssignLowering : StorePattern<graph::AssignOp> {
  using StorePattern::StorePattern;

  LogicalResult
  matchAndRewrite(graph::AssignOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    NodeBuilder b(op.getLoc(), rewriter);
    RankedTensorType type = getVariableType(op);
    if (op.getKeepShape() && !type.hasStaticShape())
      checkShapeKept(b, op, adaptor.getX(), type);
    step::StoreOp::create(b, createFitting(b, adaptor.getX(), type),
                          op.getVariableAttr());
    rewriter.eraseOp(op);
    return success();
  }

private:
  /// A variable that nothing has set has no sizes yet.
  static void checkShapeKept(NodeBuilder &b, graph::AssignOp op, Value value,
                             RankedTensorType type) {
    FlatSymbolRefAttr variable = op.getVariableAttr();
    Value isSet = step::IsSetOp::create(b, b.getI1Type(), variable);
    Value isUnset = arith::XOrIOp::create(
        b, isSet, arith::ConstantOp::create(b, b.getBoolAttr(true)));
    for (int64_t dim = 0; dim < type.getRank(); ++dim)
      if (type.isDynamicDim(dim))
        checkSize(b, value, dim,
                  step::VariableSizeOp::create(b, b.getIndexType(), variable,
                                               b.getI64IntegerAttr(dim)),
                  isUnset);
  }
};

/// Adds to a variable or subtracts from it: load, compute, store.
template <typename OpTy> struct UpdateLowering : StorePattern<OpTy> {
  using StorePattern<OpTy>::StorePattern;

  LogicalResult
  matchAndRewrite(OpTy op, typename OpTy::Adaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    NodeBuilder b(op.getLoc(), rewriter);
    RankedTensorType type = this->getVariableType(op);
    Value old = step::LoadOp::create(b, type, op.getVariableAttr());
    for (int64_t dim = 0; dim < type.getRank(); ++dim)
      if (type.isDynamicDim(dim))
        checkSize(b, adaptor.getX(), dim, getDim(b, old, dim));
    Value change = createFitting(b, adaptor.getX(), type);
    step::StoreOp::create(b, combine(b, old, change), op.getVariableAttr());
    rewriter.eraseOp(op);
    return success();
  }

private:
  static Value combineElements(NodeBuilder &b, Value old, Value change) {
    constexpr bool isAdd = std::is_same_v<OpTy, graph::AssignAddOp>;
    Type type = old.getType();
    if (!isa<FloatType>(type))
      return isAdd ? b.createOrFold<arith::AddIOp>(old, change)
                   : b.createOrFold<arith::SubIOp>(old, change);
    Type computeType = getComputeType(type);
    old = convertFloat(b, old, computeType);
    change = convertFloat(b, change, computeType);
    Value result = isAdd ? b.createOrFold<arith::AddFOp>(old, change)
                         : b.createOrFold<arith::SubFOp>(old, change);
    return convertFloat(b, result, type);
  }

  static Value combine(NodeBuilder &b, Value old, Value change) {
    RankedTensorType type = getTensorType(old);
    if (isScalarized(type)) {
      SmallVector<Value> results;
      for (auto [x, y] : llvm::zip(getElements(b, old), getElements(b, change)))
        results.push_back(combineElements(b, x, y));
      return createFromElements(b, type, results);
    }
    AffineMap map = b.getMultiDimIdentityMap(type.getRank());
    Value init =
        createEmpty(b, type, [&](int64_t dim) { return getDim(b, old, dim); });
    return createParallel(b, init, {old, change}, {map, map},
                          [](NodeBuilder &body, ValueRange args) {
                            return combineElements(body, args[0], args[1]);
                          });
  }
};
} // namespace

//===----------------------------------------------------------------------===//
// Assertions and prints
//===----------------------------------------------------------------------===//

/// Returns what an assertion or a print shows, in signed integers: unsigned
/// ones that fit a wider signed type are widened, so that they print as they
/// are.
static SmallVector<Value> createShown(NodeBuilder &b, ValueRange data,
                                      TypeRange types) {
  SmallVector<Value> shown;
  for (auto pair : llvm::zip(data, types)) {
    Value value = std::get<0>(pair);
    Type type = std::get<1>(pair);
    unsigned width = getElementTypeOrSelf(value).getIntOrFloatBitWidth();
    if (!isUnsigned(type) || width == 64) {
      shown.push_back(value);
      continue;
    }
    Type wide = b.getIntegerType(2 * width);
    auto widen = [&](NodeBuilder &body, Value element) -> Value {
      return body.createOrFold<arith::ExtUIOp>(wide, element);
    };
    RankedTensorType wideType = getTensorType(value).clone(wide);
    if (isScalarized(value)) {
      shown.push_back(createFromElements(
          b, wideType, llvm::map_to_vector(getElements(b, value), [&](Value x) {
            return widen(b, x);
          })));
      continue;
    }
    Value init = createEmpty(
        b, wideType, [&](int64_t dim) { return getDim(b, value, dim); });
    shown.push_back(createParallel(b, init, value,
                                   b.getMultiDimIdentityMap(wideType.getRank()),
                                   [&](NodeBuilder &body, ValueRange args) {
                                     return widen(body, args[0]);
                                   }));
  }
  return shown;
}

namespace {
struct AssertLowering : GraphPattern<graph::AssertOp> {
  using GraphPattern::GraphPattern;

  LogicalResult
  matchAndRewrite(graph::AssertOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    NodeBuilder b(op.getLoc(), rewriter);
    Value condition = getElement(b, adaptor.getCondition(), {});
    step::AssertOp::create(
        b, condition, op.getText(),
        createShown(b, adaptor.getData(), op.getData().getTypes()),
        kAssertionFailed, op.getSummarize());
    rewriter.eraseOp(op);
    return success();
  }
};

struct PrintLowering : GraphPattern<graph::PrintOp> {
  using GraphPattern::GraphPattern;

  LogicalResult
  matchAndRewrite(graph::PrintOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    NodeBuilder b(op.getLoc(), rewriter);
    step::PrintOp::create(
        b, op.getText(),
        createShown(b, adaptor.getData(), op.getData().getTypes()),
        op.getStream(), op.getStyle(), op.getSummarize());
    rewriter.eraseOp(op);
    return success();
  }
};
} // namespace

void graph_compile::populateEffectPatterns(RewritePatternSet &patterns,
                                           const GraphToStepContext &context) {
  patterns
      .add<ReadLowering, IsInitializedLowering, AssignLowering,
           UpdateLowering<graph::AssignAddOp>,
           UpdateLowering<graph::AssignSubOp>, AssertLowering, PrintLowering>(
          patterns.getContext(), context);
}
