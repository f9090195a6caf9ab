//===- UnaryFold.cpp - folding of unary elementwise ops -------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Constants are computed as the run-time code computes them: IEEE arithmetic in
// the elements' own type, wrapping integers. What is not correctly rounded at
// run time (exp, sin and their like) is left to run time.
//
//===----------------------------------------------------------------------===//

#include "graph-compile/Dialect/Graph/IR/Graph.h"

#include "ElementwiseFold.h"

#include "llvm/ADT/APSInt.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::graph;

static constexpr auto nearest = APFloat::rmNearestTiesToEven;

//===----------------------------------------------------------------------===//
// Unary ops
//===----------------------------------------------------------------------===//

OpFoldResult AbsOp::fold(FoldAdaptor adaptor) {
  if (getX().getDefiningOp<AbsOp>() && getX().getType() == getType())
    return getX();
  return foldUnary(
      *this, adaptor.getX(), [](const APInt &x) -> Int { return x.abs(); },
      [](const APFloat &x) -> Float { return llvm::abs(x); });
}

OpFoldResult NegOp::fold(FoldAdaptor adaptor) {
  if (auto inner = getX().getDefiningOp<NegOp>())
    if (inner.getX().getType() == getType())
      return inner.getX();
  return foldUnary(
      *this, adaptor.getX(), [](const APInt &x) -> Int { return -x; },
      [](const APFloat &x) -> Float { return llvm::neg(x); });
}

OpFoldResult NotOp::fold(FoldAdaptor adaptor) {
  if (auto inner = getX().getDefiningOp<NotOp>())
    if (inner.getX().getType() == getType())
      return inner.getX();
  return mapElements<APInt, APInt>(adaptor.getX(), getType(),
                                   [](const APInt &x) -> Int { return ~x; });
}

OpFoldResult PopulationCountOp::fold(FoldAdaptor adaptor) {
  return mapElements<APInt, APInt>(
      adaptor.getX(), getType(),
      [](const APInt &x) -> Int { return APInt(8, x.popcount()); });
}

OpFoldResult SignOp::fold(FoldAdaptor adaptor) {
  return foldUnary(
      *this, adaptor.getX(),
      [](const APInt &x) -> Int {
        int sign = x.isNegative() ? -1 : x.isZero() ? 0 : 1;
        return APInt(x.getBitWidth(), sign, /*isSigned=*/true);
      },
      [](const APFloat &x) -> Float {
        if (x.isNaN())
          return x;
        if (x.isZero())
          return APFloat::getZero(x.getSemantics());
        return APFloat::getOne(x.getSemantics(), x.isNegative());
      });
}

/// Folds floor, ceil and round_even.
static Attribute foldRounding(Attribute x, Type result,
                              llvm::RoundingMode mode) {
  return mapElements<APFloat, APFloat>(x, result, [&](APFloat number) -> Float {
    number.roundToIntegral(mode);
    return number;
  });
}

OpFoldResult FloorOp::fold(FoldAdaptor adaptor) {
  return foldRounding(adaptor.getX(), getType(), APFloat::rmTowardNegative);
}

OpFoldResult CeilOp::fold(FoldAdaptor adaptor) {
  return foldRounding(adaptor.getX(), getType(), APFloat::rmTowardPositive);
}

OpFoldResult RoundEvenOp::fold(FoldAdaptor adaptor) {
  return foldRounding(adaptor.getX(), getType(), nearest);
}

template <typename Test>
static Attribute foldClassify(Attribute x, Type result, Test test) {
  return mapElements<APFloat, APInt>(
      x, result,
      [&](const APFloat &number) -> Int { return APInt(1, test(number)); });
}

OpFoldResult IsFiniteOp::fold(FoldAdaptor adaptor) {
  return foldClassify(adaptor.getX(), getType(),
                      [](const APFloat &x) { return x.isFinite(); });
}

OpFoldResult IsInfOp::fold(FoldAdaptor adaptor) {
  return foldClassify(adaptor.getX(), getType(),
                      [](const APFloat &x) { return x.isInfinity(); });
}

OpFoldResult IsNanOp::fold(FoldAdaptor adaptor) {
  return foldClassify(adaptor.getX(), getType(),
                      [](const APFloat &x) { return x.isNaN(); });
}

//===----------------------------------------------------------------------===//
// Casts
//===----------------------------------------------------------------------===//

static Attribute castFloats(Attribute x, Type result, Type to) {
  if (auto type = dyn_cast<FloatType>(to))
    return mapElements<APFloat, APFloat>(
        x, result, [&](APFloat number) -> Float {
          bool losesInfo;
          number.convert(type.getFloatSemantics(), nearest, &losesInfo);
          return number;
        });
  return mapElements<APFloat, APInt>(
      x, result, [&](const APFloat &number) -> Int {
        if (to.isInteger(1))
          return APInt(1, !number.isZero());
        llvm::APSInt integer(to.getIntOrFloatBitWidth(),
                             to.isUnsignedInteger());
        bool isExact;
        if (number.convertToInteger(integer, APFloat::rmTowardZero, &isExact) ==
            APFloat::opInvalidOp)
          return std::nullopt; // Unspecified, so left to run time.
        return integer;
      });
}

static Attribute castInts(Attribute x, Type result, Type from, Type to) {
  bool isSigned = isSignedElement(from);
  if (auto type = dyn_cast<FloatType>(to))
    return mapElements<APInt, APFloat>(
        x, result, [&](const APInt &number) -> Float {
          APFloat value(type.getFloatSemantics());
          value.convertFromAPInt(number, isSigned, nearest);
          return value;
        });
  unsigned width = to.getIntOrFloatBitWidth();
  return mapElements<APInt, APInt>(x, result, [&](const APInt &number) -> Int {
    if (to.isInteger(1))
      return APInt(1, !number.isZero());
    return isSigned ? number.sextOrTrunc(width) : number.zextOrTrunc(width);
  });
}

/// Whether the integer type `wide` holds all values of `narrow`.
static bool holdsAll(Type wide, Type narrow) {
  if (!isa<IntegerType>(wide) || !isa<IntegerType>(narrow) ||
      wide.isInteger(1) || narrow.isInteger(1))
    return false;
  return wide.isUnsignedInteger() == narrow.isUnsignedInteger() &&
         wide.getIntOrFloatBitWidth() >= narrow.getIntOrFloatBitWidth();
}

OpFoldResult CastOp::fold(FoldAdaptor adaptor) {
  if (getX().getType() == getType())
    return getX();
  Type from = getElementTypeOrSelf(getX());
  // There and back again through integers that lose nothing.
  if (auto inner = getX().getDefiningOp<CastOp>())
    if (inner.getX().getType() == getType() &&
        holdsAll(from, getElementTypeOrSelf(getType())))
      return inner.getX();
  if (!adaptor.getX())
    return {};
  if (isa<FloatType>(from))
    return castFloats(adaptor.getX(), getType(), getTo());
  return castInts(adaptor.getX(), getType(), from, getTo());
}
