//===- ElementwiseFold.cpp - folding of elementwise ops -------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Constants are computed as the run-time code computes them: IEEE arithmetic in
// the elements' own type, wrapping integers. What is not correctly rounded at
// run time (exp, sin and their like) is left to run time.
//
//===----------------------------------------------------------------------===//

#include "graph-compile/Dialect/Graph/IR/Graph.h"
#include "graph-compile/Dialect/Graph/IR/ShapeUtils.h"

#include "ConstantFolding.h"
#include "Inference.h"

#include "mlir/IR/PatternMatch.h"
#include "mlir/IR/TypeUtilities.h"
#include "llvm/ADT/APSInt.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::graph;

static constexpr auto nearest = APFloat::rmNearestTiesToEven;

//===----------------------------------------------------------------------===//
// Computing element by element
//===----------------------------------------------------------------------===//

/// Applies `compute` to each element of `x`. Null if the result is too large or
/// an element has no value.
template <typename From, typename To, typename Compute>
static Attribute mapElements(Attribute x, Type result, Compute compute) {
  DenseElementsAttr elements = constantElements(x);
  auto type = cast<RankedTensorType>(result);
  if (!elements || !type.hasStaticShape())
    return {};
  SmallVector<To> values;
  auto append = [&](const From &element) {
    std::optional<To> value = compute(element);
    if (value)
      values.push_back(*value);
    return value.has_value();
  };
  if (elements.isSplat()) {
    if (!append(elements.getSplatValue<From>()))
      return {};
    return DenseElementsAttr::get(type, values);
  }
  if (!foldedType(type))
    return {};
  for (const From &element : elements.getValues<From>())
    if (!append(element))
      return {};
  return DenseElementsAttr::get(type, values);
}

/// Applies `compute` to each pair of elements of `lhs` and `rhs`, broadcast.
template <typename From, typename To, typename Compute>
static Attribute zipElements(Attribute lhs, Attribute rhs, Type result,
                             Compute compute) {
  DenseElementsAttr a = constantElements(lhs), b = constantElements(rhs);
  auto type = cast<RankedTensorType>(result);
  if (!a || !b || !type.hasStaticShape())
    return {};
  if (a.isSplat() && b.isSplat()) {
    std::optional<To> value =
        compute(a.getSplatValue<From>(), b.getSplatValue<From>());
    return value ? DenseElementsAttr::get(type, ArrayRef<To>(*value))
                 : Attribute();
  }
  if (!foldedType(type))
    return {};
  auto aValues = a.getValues<From>(), bValues = b.getValues<From>();
  BroadcastPositions aPosition(a.getType().getShape(), type.getShape());
  BroadcastPositions bPosition(b.getType().getShape(), type.getShape());
  SmallVector<To> values;
  for (int64_t i = 0, e = type.getNumElements(); i < e; ++i) {
    std::optional<To> value =
        compute(aValues[aPosition.current()], bValues[bPosition.current()]);
    if (!value)
      return {};
    values.push_back(*value);
    aPosition.next();
    bPosition.next();
  }
  return DenseElementsAttr::get(type, values);
}

static bool isFloat(Value value) {
  return isa<FloatType>(getElementTypeOrSelf(value));
}

/// Folds a unary op on integers or floats, whichever `x` holds.
template <typename OnInts, typename OnFloats>
static Attribute foldUnary(Operation *op, Attribute x, OnInts onInts,
                           OnFloats onFloats) {
  Type result = op->getResult(0).getType();
  if (!x)
    return {};
  if (isFloat(op->getOperand(0)))
    return mapElements<APFloat, APFloat>(x, result, onFloats);
  return mapElements<APInt, APInt>(x, result, onInts);
}

/// Folds a binary op on integers or floats, whichever the operands hold.
template <typename OnInts, typename OnFloats>
static Attribute foldBinary(Operation *op, ArrayRef<Attribute> operands,
                            OnInts onInts, OnFloats onFloats) {
  Type result = op->getResult(0).getType();
  if (!operands[0] || !operands[1])
    return {};
  if (isFloat(op->getOperand(0)))
    return zipElements<APFloat, APFloat>(operands[0], operands[1], result,
                                         onFloats);
  return zipElements<APInt, APInt>(operands[0], operands[1], result, onInts);
}

using Int = std::optional<APInt>;
using Float = std::optional<APFloat>;

/// For element types that an op does not have.
static Int noInts(const APInt &, const APInt &) { return std::nullopt; }
static Float noFloats(const APFloat &, const APFloat &) { return std::nullopt; }

//===----------------------------------------------------------------------===//
// Identities
//===----------------------------------------------------------------------===//

/// `x`, if it is what `op` gives when its other operand, of type `other`, has
/// no say: the types are equal and broadcasting changes nothing.
static Value passed(Operation *op, Value x, Type other) {
  if (x.getType() != op->getResult(0).getType() ||
      !broadcastsInto(cast<RankedTensorType>(other).getShape(),
                      tensorType(x).getShape()))
    return {};
  return x;
}

/// Whether every element of a constant is the integer `number`.
static bool isInt(Attribute constant, int64_t number) {
  std::optional<APInt> value = splatInt(constant);
  return value && *value == APInt(value->getBitWidth(), number,
                                  /*isSigned=*/true, /*implicitTrunc=*/true);
}

/// Whether every element of a constant is the float `number`, sign of 0
/// included.
static bool isFloat(Attribute constant, double number) {
  std::optional<APFloat> value = splatFloat(constant);
  if (!value)
    return false;
  APFloat wanted(number);
  bool losesInfo;
  wanted.convert(value->getSemantics(), nearest, &losesInfo);
  return value->bitwiseIsEqual(wanted);
}

static bool isOne(Attribute constant) {
  return isInt(constant, 1) || isFloat(constant, 1.0);
}

/// The lhs if `rhs` is neutral, else what constants give.
template <typename Fold>
static OpFoldResult foldNeutral(Operation *op, bool rhsIsNeutral, Fold fold) {
  if (rhsIsNeutral)
    if (Value lhs = passed(op, op->getOperand(0), op->getOperand(1).getType()))
      return lhs;
  return fold();
}

/// All zeros, if the result's type allows a constant.
static Attribute zeros(Type result) {
  auto type = cast<RankedTensorType>(result);
  if (!type.hasStaticShape() || !isa<IntegerType>(type.getElementType()))
    return {};
  return DenseElementsAttr::get(type,
                                APInt::getZero(type.getElementTypeBitWidth()));
}

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

//===----------------------------------------------------------------------===//
// Arithmetic
//===----------------------------------------------------------------------===//

OpFoldResult AddOp::fold(FoldAdaptor adaptor) {
  // x + -0.0 is x, but -0.0 + 0.0 is 0.0.
  bool isNeutral =
      isInt(adaptor.getRhs(), 0) || isFloat(adaptor.getRhs(), -0.0);
  return foldNeutral(*this, isNeutral, [&] {
    return foldBinary(
        *this, adaptor.getOperands(),
        [](const APInt &a, const APInt &b) -> Int { return a + b; },
        [](const APFloat &a, const APFloat &b) -> Float { return a + b; });
  });
}

OpFoldResult SubOp::fold(FoldAdaptor adaptor) {
  bool isNeutral = isInt(adaptor.getRhs(), 0) || isFloat(adaptor.getRhs(), 0.0);
  return foldNeutral(*this, isNeutral, [&] {
    return foldBinary(
        *this, adaptor.getOperands(),
        [](const APInt &a, const APInt &b) -> Int { return a - b; },
        [](const APFloat &a, const APFloat &b) -> Float { return a - b; });
  });
}

OpFoldResult MulOp::fold(FoldAdaptor adaptor) {
  // Not for floats: 0 times NaN or infinity is NaN.
  if (isInt(adaptor.getRhs(), 0))
    if (Attribute zero = zeros(getType()))
      return zero;
  return foldNeutral(*this, isOne(adaptor.getRhs()), [&] {
    return foldBinary(
        *this, adaptor.getOperands(),
        [](const APInt &a, const APInt &b) -> Int { return a * b; },
        [](const APFloat &a, const APFloat &b) -> Float { return a * b; });
  });
}

OpFoldResult DivOp::fold(FoldAdaptor adaptor) {
  return foldNeutral(*this, isFloat(adaptor.getRhs(), 1.0), [&] {
    return foldBinary(
        *this, adaptor.getOperands(), noInts,
        [](const APFloat &a, const APFloat &b) -> Float { return a / b; });
  });
}

/// What a division of integers gives: quotient and remainder, rounded down or
/// toward 0. Nothing for a zero divisor, whose result is unspecified.
static std::optional<std::pair<APInt, APInt>>
divide(const APInt &a, const APInt &b, bool isSigned, bool roundsDown) {
  if (b.isZero())
    return std::nullopt;
  if (!isSigned)
    return std::pair(a.udiv(b), a.urem(b));
  // The lowest integer divided by -1 wraps around to itself.
  APInt quotient = a.sdiv(b), remainder = a.srem(b);
  if (roundsDown && !remainder.isZero() &&
      remainder.isNegative() != b.isNegative())
    return std::pair(quotient - 1, remainder + b);
  return std::pair(quotient, remainder);
}

OpFoldResult FloorDivOp::fold(FoldAdaptor adaptor) {
  bool isSigned = isSignedElement(getElementTypeOrSelf(getType()));
  return foldNeutral(*this, isInt(adaptor.getRhs(), 1), [&] {
    return foldBinary(
        *this, adaptor.getOperands(),
        [&](const APInt &a, const APInt &b) -> Int {
          auto result = divide(a, b, isSigned, /*roundsDown=*/true);
          return result ? Int(result->first) : std::nullopt;
        },
        [](const APFloat &a, const APFloat &b) -> Float {
          APFloat quotient = a / b;
          quotient.roundToIntegral(APFloat::rmTowardNegative);
          return quotient;
        });
  });
}

OpFoldResult FloorModOp::fold(FoldAdaptor adaptor) {
  bool isSigned = isSignedElement(getElementTypeOrSelf(getType()));
  return foldBinary(
      *this, adaptor.getOperands(),
      [&](const APInt &a, const APInt &b) -> Int {
        auto result = divide(a, b, isSigned, /*roundsDown=*/true);
        return result ? Int(result->second) : std::nullopt;
      },
      [](APFloat a, const APFloat &b) -> Float {
        a.mod(b);
        bool hasOtherSign =
            !a.isZero() && !a.isNaN() && a.isNegative() != b.isNegative();
        return hasOtherSign ? a + b : a;
      });
}

OpFoldResult TruncDivOp::fold(FoldAdaptor adaptor) {
  bool isSigned = isSignedElement(getElementTypeOrSelf(getType()));
  return foldNeutral(*this, isInt(adaptor.getRhs(), 1), [&] {
    return foldBinary(
        *this, adaptor.getOperands(),
        [&](const APInt &a, const APInt &b) -> Int {
          auto result = divide(a, b, isSigned, /*roundsDown=*/false);
          return result ? Int(result->first) : std::nullopt;
        },
        noFloats);
  });
}

OpFoldResult TruncModOp::fold(FoldAdaptor adaptor) {
  bool isSigned = isSignedElement(getElementTypeOrSelf(getType()));
  return foldBinary(
      *this, adaptor.getOperands(),
      [&](const APInt &a, const APInt &b) -> Int {
        auto result = divide(a, b, isSigned, /*roundsDown=*/false);
        return result ? Int(result->second) : std::nullopt;
      },
      [](APFloat a, const APFloat &b) -> Float {
        a.mod(b);
        return a;
      });
}

OpFoldResult MaxOp::fold(FoldAdaptor adaptor) {
  bool isSigned = isSignedElement(getElementTypeOrSelf(getType()));
  return foldNeutral(*this, getLhs() == getRhs(), [&] {
    return foldBinary(
        *this, adaptor.getOperands(),
        [&](const APInt &a, const APInt &b) -> Int {
          return isSigned ? llvm::APIntOps::smax(a, b)
                          : llvm::APIntOps::umax(a, b);
        },
        [](const APFloat &a, const APFloat &b) -> Float {
          return llvm::maximum(a, b);
        });
  });
}

OpFoldResult MinOp::fold(FoldAdaptor adaptor) {
  bool isSigned = isSignedElement(getElementTypeOrSelf(getType()));
  return foldNeutral(*this, getLhs() == getRhs(), [&] {
    return foldBinary(
        *this, adaptor.getOperands(),
        [&](const APInt &a, const APInt &b) -> Int {
          return isSigned ? llvm::APIntOps::smin(a, b)
                          : llvm::APIntOps::umin(a, b);
        },
        [](const APFloat &a, const APFloat &b) -> Float {
          return llvm::minimum(a, b);
        });
  });
}

/// `base` to the power of `exponent`, wrapped; nothing for a negative exponent.
static Int power(APInt base, APInt exponent, bool isSigned) {
  if (isSigned && exponent.isNegative())
    return std::nullopt;
  APInt result(base.getBitWidth(), 1);
  for (; !exponent.isZero(); exponent.lshrInPlace(1)) {
    if (exponent[0])
      result *= base;
    base *= base;
  }
  return result;
}

OpFoldResult PowOp::fold(FoldAdaptor adaptor) {
  bool isSigned = isSignedElement(getElementTypeOrSelf(getType()));
  return foldNeutral(*this, isOne(adaptor.getRhs()), [&] {
    return foldBinary(
        *this, adaptor.getOperands(),
        [&](const APInt &a, const APInt &b) -> Int {
          return power(a, b, isSigned);
        },
        noFloats);
  });
}

LogicalResult PowOp::canonicalize(PowOp op, PatternRewriter &rewriter) {
  // A square, correctly rounded, is what every good pow gives.
  DenseElementsAttr exponent = constantElements(op.getRhs());
  if (!exponent || !(isInt(exponent, 2) || isFloat(exponent, 2.0)) ||
      !passed(op, op.getLhs(), exponent.getType()))
    return rewriter.notifyMatchFailure(op, "not a square");
  rewriter.replaceOpWithNewOp<MulOp>(op, op.getType(), op.getLhs(),
                                     op.getLhs());
  return success();
}

//===----------------------------------------------------------------------===//
// Logic
//===----------------------------------------------------------------------===//

OpFoldResult AndOp::fold(FoldAdaptor adaptor) {
  if (isInt(adaptor.getRhs(), 0))
    if (Attribute zero = zeros(getType()))
      return zero;
  bool isNeutral = getLhs() == getRhs() || isInt(adaptor.getRhs(), -1);
  return foldNeutral(*this, isNeutral, [&] {
    return foldBinary(
        *this, adaptor.getOperands(),
        [](const APInt &a, const APInt &b) -> Int { return a & b; }, noFloats);
  });
}

OpFoldResult OrOp::fold(FoldAdaptor adaptor) {
  bool isNeutral = getLhs() == getRhs() || isInt(adaptor.getRhs(), 0);
  return foldNeutral(*this, isNeutral, [&] {
    return foldBinary(
        *this, adaptor.getOperands(),
        [](const APInt &a, const APInt &b) -> Int { return a | b; }, noFloats);
  });
}

OpFoldResult XorOp::fold(FoldAdaptor adaptor) {
  return foldNeutral(*this, isInt(adaptor.getRhs(), 0), [&] {
    return foldBinary(
        *this, adaptor.getOperands(),
        [](const APInt &a, const APInt &b) -> Int { return a ^ b; }, noFloats);
  });
}

/// Whether a comparison holds for operands in the order `order`, which for
/// `unordered` ones is nothing.
static bool holds(CompareDirection direction, std::optional<int> order) {
  if (!order)
    return direction == CompareDirection::NE;
  switch (direction) {
  case CompareDirection::EQ:
    return *order == 0;
  case CompareDirection::NE:
    return *order != 0;
  case CompareDirection::LT:
    return *order < 0;
  case CompareDirection::LE:
    return *order <= 0;
  case CompareDirection::GT:
    return *order > 0;
  case CompareDirection::GE:
    return *order >= 0;
  }
  llvm_unreachable("unknown direction");
}

static std::optional<int> orderOf(const APFloat &a, const APFloat &b) {
  switch (a.compare(b)) {
  case APFloat::cmpLessThan:
    return -1;
  case APFloat::cmpEqual:
    return 0;
  case APFloat::cmpGreaterThan:
    return 1;
  case APFloat::cmpUnordered:
    return std::nullopt;
  }
  llvm_unreachable("unknown order");
}

OpFoldResult CompareOp::fold(FoldAdaptor adaptor) {
  if (!adaptor.getLhs() || !adaptor.getRhs())
    return foldKnownInts(getResult());
  CompareDirection direction = getDirection();
  if (isFloat(getLhs()))
    return zipElements<APFloat, APInt>(
        adaptor.getLhs(), adaptor.getRhs(), getType(),
        [&](const APFloat &a, const APFloat &b) -> Int {
          return APInt(1, holds(direction, orderOf(a, b)));
        });
  bool isSigned = isSignedElement(getElementTypeOrSelf(getLhs()));
  return zipElements<APInt, APInt>(
      adaptor.getLhs(), adaptor.getRhs(), getType(),
      [&](const APInt &a, const APInt &b) -> Int {
        int order = a == b ? 0 : (isSigned ? a.slt(b) : a.ult(b)) ? -1 : 1;
        return APInt(1, holds(direction, order));
      });
}

/// The operand that a condition known to be the same everywhere picks.
static Value pickedOperand(SelectOp op, Attribute condition) {
  std::optional<APInt> choice = splatInt(condition);
  Value picked;
  if (choice)
    picked = choice->isOne() ? op.getOnTrue() : op.getOnFalse();
  else if (op.getOnTrue() == op.getOnFalse())
    picked = op.getOnTrue();
  if (!picked || picked.getType() != op.getType())
    return {};
  for (Value other : op->getOperands())
    if (other != picked && !passed(op, picked, other.getType()))
      return {};
  return picked;
}

OpFoldResult SelectOp::fold(FoldAdaptor adaptor) {
  if (Value picked = pickedOperand(*this, adaptor.getCondition()))
    return picked;
  RankedTensorType type = foldedType(getType());
  DenseElementsAttr condition = constantElements(adaptor.getCondition());
  DenseElementsAttr onTrue = constantElements(adaptor.getOnTrue());
  DenseElementsAttr onFalse = constantElements(adaptor.getOnFalse());
  if (!type || !condition || !onTrue || !onFalse)
    return {};
  auto choices = condition.getValues<bool>();
  auto trueValues = onTrue.getValues<Attribute>();
  auto falseValues = onFalse.getValues<Attribute>();
  BroadcastPositions choice(condition.getType().getShape(), type.getShape());
  BroadcastPositions ifTrue(onTrue.getType().getShape(), type.getShape());
  BroadcastPositions ifFalse(onFalse.getType().getShape(), type.getShape());
  SmallVector<Attribute> values;
  for (int64_t i = 0, e = type.getNumElements(); i < e; ++i) {
    values.push_back(choices[choice.current()]
                         ? trueValues[ifTrue.current()]
                         : falseValues[ifFalse.current()]);
    choice.next();
    ifTrue.next();
    ifFalse.next();
  }
  return DenseElementsAttr::get(type, values);
}
