//===- BinaryFold.cpp - folding of broadcasting ops -----------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "graph-compile/Dialect/Graph/IR/Graph.h"
#include "graph-compile/Dialect/Graph/IR/ShapeUtils.h"

#include "ElementwiseFold.h"
#include "Inference.h"

#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::graph;

static constexpr auto nearest = APFloat::rmNearestTiesToEven;

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

/// The operand, where both operands of `op` are the same and so is the result.
static Value sameOperand(Operation *op) {
  Value lhs = op->getOperand(0);
  if (lhs != op->getOperand(1) || lhs.getType() != op->getResult(0).getType())
    return {};
  return lhs;
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
  if (Value operand = sameOperand(*this))
    return operand;
  bool isSigned = isSignedElement(getElementTypeOrSelf(getType()));
  return foldBinary(
      *this, adaptor.getOperands(),
      [&](const APInt &a, const APInt &b) -> Int {
        return isSigned ? llvm::APIntOps::smax(a, b)
                        : llvm::APIntOps::umax(a, b);
      },
      [](const APFloat &a, const APFloat &b) -> Float {
        return llvm::maximum(a, b);
      });
}

OpFoldResult MinOp::fold(FoldAdaptor adaptor) {
  if (Value operand = sameOperand(*this))
    return operand;
  bool isSigned = isSignedElement(getElementTypeOrSelf(getType()));
  return foldBinary(
      *this, adaptor.getOperands(),
      [&](const APInt &a, const APInt &b) -> Int {
        return isSigned ? llvm::APIntOps::smin(a, b)
                        : llvm::APIntOps::umin(a, b);
      },
      [](const APFloat &a, const APFloat &b) -> Float {
        return llvm::minimum(a, b);
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
  if (Value operand = sameOperand(*this))
    return operand;
  if (isInt(adaptor.getRhs(), 0))
    if (Attribute zero = zeros(getType()))
      return zero;
  bool isNeutral = isInt(adaptor.getRhs(), -1);
  return foldNeutral(*this, isNeutral, [&] {
    return foldBinary(
        *this, adaptor.getOperands(),
        [](const APInt &a, const APInt &b) -> Int { return a & b; }, noFloats);
  });
}

OpFoldResult OrOp::fold(FoldAdaptor adaptor) {
  if (Value operand = sameOperand(*this))
    return operand;
  bool isNeutral = isInt(adaptor.getRhs(), 0);
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

/// A shift by `amount` that is cut to [0, width).
static unsigned shiftAmount(const APInt &amount, bool isSigned) {
  if (isSigned && amount.isNegative())
    return 0;
  return amount.getLimitedValue(amount.getBitWidth() - 1);
}

OpFoldResult ShiftLeftOp::fold(FoldAdaptor adaptor) {
  bool isSigned = isSignedElement(getElementTypeOrSelf(getLhs()));
  return foldNeutral(*this, isInt(adaptor.getRhs(), 0), [&] {
    return foldBinary(
        *this, adaptor.getOperands(),
        [&](const APInt &a, const APInt &b) -> Int {
          return a.shl(shiftAmount(b, isSigned));
        },
        noFloats);
  });
}

OpFoldResult ShiftRightOp::fold(FoldAdaptor adaptor) {
  bool isSigned = isSignedElement(getElementTypeOrSelf(getLhs()));
  return foldNeutral(*this, isInt(adaptor.getRhs(), 0), [&] {
    return foldBinary(
        *this, adaptor.getOperands(),
        [&](const APInt &a, const APInt &b) -> Int {
          unsigned amount = shiftAmount(b, isSigned);
          return isSigned ? a.ashr(amount) : a.lshr(amount);
        },
        noFloats);
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
  if (holdsFloats(getLhs()))
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
