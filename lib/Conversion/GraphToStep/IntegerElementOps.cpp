//===- IntegerElementOps.cpp - elementwise operations on integers ---------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ElementOps.h"
#include "graph-compile/Dialect/Graph/IR/GraphOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace graph_compile;

/// -1, 0 or 1: the sign bit in every place, or a bit for what is positive.
static Value emitSign(NodeBuilder &b, Value x) {
  Type type = x.getType();
  Value zero = createInteger(b, type, 0);
  Value isNegative = compareIntegers(b, arith::CmpIPredicate::slt, x, zero);
  Value isPositive = compareIntegers(b, arith::CmpIPredicate::sgt, x, zero);
  return createSelect(
      b, isPositive, createInteger(b, type, 1),
      createSelect(b, isNegative, createInteger(b, type, -1), zero));
}

/// How many bits are set, as an i8.
static Value emitPopulationCount(NodeBuilder &b, Value x) {
  Value count = math::CtPopOp::create(b, x);
  return b.createOrFold<arith::TruncIOp>(b.getI8Type(), count);
}

Value graph_compile::emitIntegerUnary(NodeBuilder &b, Operation *op, Value x) {
  using namespace graph;
  Type type = x.getType();
  Value zero = createInteger(b, type, 0);
  return llvm::TypeSwitch<Operation *, Value>(op)
      .Case([&](AbsOp) {
        // Written out, because what math.absi makes of the lowest integer is
        // left open; here it stays as it is.
        Value isNegative =
            compareIntegers(b, arith::CmpIPredicate::slt, x, zero);
        return createSelect(b, isNegative,
                            b.createOrFold<arith::SubIOp>(zero, x), x);
      })
      .Case([&](NegOp) { return b.createOrFold<arith::SubIOp>(zero, x); })
      .Case([&](SignOp) { return emitSign(b, x); })
      .Case([&](NotOp) {
        return b.createOrFold<arith::XOrIOp>(x, createInteger(b, type, -1));
      })
      .Case([&](PopulationCountOp) { return emitPopulationCount(b, x); })
      .DefaultUnreachable("not a unary operation on integers");
}

//===----------------------------------------------------------------------===//
// Division
//===----------------------------------------------------------------------===//

namespace {
/// A quotient rounded toward 0 and what it leaves.
struct Division {
  Value quotient;
  Value remainder;
};
} // namespace

/// Divides without ever trapping: a divisor of 0 counts as 1 (the value is
/// unspecified, a check has failed the call, but may yet run after a kernel),
/// and the lowest integer divided by -1 wraps around.
static Division emitDivision(NodeBuilder &b, Value x, Value y,
                             bool isUnsigned) {
  Type type = x.getType();
  Value zero = createInteger(b, type, 0);
  Value one = createInteger(b, type, 1);
  Value isZero = compareIntegers(b, arith::CmpIPredicate::eq, y, zero);
  if (isUnsigned) {
    Value divisor = createSelect(b, isZero, one, y);
    return {b.createOrFold<arith::DivUIOp>(x, divisor),
            b.createOrFold<arith::RemUIOp>(x, divisor)};
  }
  Value isMinusOne = compareIntegers(b, arith::CmpIPredicate::eq, y,
                                     createInteger(b, type, -1));
  Value isSpecial = b.createOrFold<arith::OrIOp>(isZero, isMinusOne);
  Value divisor = createSelect(b, isSpecial, one, y);
  Value quotient = b.createOrFold<arith::DivSIOp>(x, divisor);
  Value negated = b.createOrFold<arith::SubIOp>(zero, x);
  return {createSelect(b, isMinusOne, negated, quotient),
          b.createOrFold<arith::RemSIOp>(x, divisor)};
}

/// Whether the quotient of a division has to be rounded down further: something
/// is left, and its sign is not the divisor's.
static Value emitRoundsDown(NodeBuilder &b, Value remainder, Value y) {
  Value zero = createInteger(b, y.getType(), 0);
  Value isNonzero =
      compareIntegers(b, arith::CmpIPredicate::ne, remainder, zero);
  Value signsDiffer =
      compareIntegers(b, arith::CmpIPredicate::slt,
                      b.createOrFold<arith::XOrIOp>(remainder, y), zero);
  return b.createOrFold<arith::AndIOp>(isNonzero, signsDiffer);
}

static Value emitFloorDiv(NodeBuilder &b, Value x, Value y, bool isUnsigned) {
  Division division = emitDivision(b, x, y, isUnsigned);
  if (isUnsigned)
    return division.quotient;
  Value lower = b.createOrFold<arith::SubIOp>(division.quotient,
                                              createInteger(b, x.getType(), 1));
  return createSelect(b, emitRoundsDown(b, division.remainder, y), lower,
                      division.quotient);
}

static Value emitFloorMod(NodeBuilder &b, Value x, Value y, bool isUnsigned) {
  Value remainder = emitDivision(b, x, y, isUnsigned).remainder;
  if (isUnsigned)
    return remainder;
  return createSelect(b, emitRoundsDown(b, remainder, y),
                      b.createOrFold<arith::AddIOp>(remainder, y), remainder);
}

//===----------------------------------------------------------------------===//
// Power
//===----------------------------------------------------------------------===//

/// Square and multiply over the bits of the exponent, without branches so that
/// it can be vectorized. Wraps around; where the exponent is a constant, what
/// its bits do not need folds away.
static Value emitPower(NodeBuilder &b, Value x, Value y) {
  Type type = x.getType();
  Value zero = createInteger(b, type, 0);
  Value result = createInteger(b, type, 1);
  Value square = x;
  unsigned width = type.getIntOrFloatBitWidth();
  for (unsigned bit = 0; bit < width; ++bit) {
    Value mask = arith::ConstantOp::create(
        b, b.getIntegerAttr(type, APInt::getOneBitSet(width, bit)));
    Value isSet = compareIntegers(b, arith::CmpIPredicate::ne,
                                  b.createOrFold<arith::AndIOp>(y, mask), zero);
    result = createSelect(
        b, isSet, b.createOrFold<arith::MulIOp>(result, square), result);
    if (bit + 1 < width)
      square = b.createOrFold<arith::MulIOp>(square, square);
  }
  return result;
}

//===----------------------------------------------------------------------===//
// Shifts
//===----------------------------------------------------------------------===//

/// The amount of a shift, cut to [0, width - 1].
static Value emitShiftAmount(NodeBuilder &b, Value amount, bool isUnsigned) {
  Type type = amount.getType();
  Value most = createInteger(b, type, type.getIntOrFloatBitWidth() - 1);
  if (isUnsigned)
    return b.createOrFold<arith::MinUIOp>(amount, most);
  amount = b.createOrFold<arith::MaxSIOp>(amount, createInteger(b, type, 0));
  return b.createOrFold<arith::MinSIOp>(amount, most);
}

static Value emitShiftRight(NodeBuilder &b, Value x, Value y, bool isUnsigned) {
  Value amount = emitShiftAmount(b, y, isUnsigned);
  return isUnsigned ? b.createOrFold<arith::ShRUIOp>(x, amount)
                    : b.createOrFold<arith::ShRSIOp>(x, amount);
}

Value graph_compile::emitIntegerBinary(NodeBuilder &b, Operation *op, Value x,
                                       Value y, bool isUnsigned) {
  using namespace graph;
  return llvm::TypeSwitch<Operation *, Value>(op)
      .Case([&](AddOp) { return b.createOrFold<arith::AddIOp>(x, y); })
      .Case([&](SubOp) { return b.createOrFold<arith::SubIOp>(x, y); })
      .Case([&](MulOp) { return b.createOrFold<arith::MulIOp>(x, y); })
      .Case([&](FloorDivOp) { return emitFloorDiv(b, x, y, isUnsigned); })
      .Case([&](FloorModOp) { return emitFloorMod(b, x, y, isUnsigned); })
      .Case([&](TruncDivOp) {
        return emitDivision(b, x, y, isUnsigned).quotient;
      })
      .Case([&](TruncModOp) {
        return emitDivision(b, x, y, isUnsigned).remainder;
      })
      .Case([&](MaxOp) {
        return isUnsigned ? b.createOrFold<arith::MaxUIOp>(x, y)
                          : b.createOrFold<arith::MaxSIOp>(x, y);
      })
      .Case([&](MinOp) {
        return isUnsigned ? b.createOrFold<arith::MinUIOp>(x, y)
                          : b.createOrFold<arith::MinSIOp>(x, y);
      })
      .Case([&](PowOp) { return emitPower(b, x, y); })
      .Case([&](AndOp) { return b.createOrFold<arith::AndIOp>(x, y); })
      .Case([&](OrOp) { return b.createOrFold<arith::OrIOp>(x, y); })
      .Case([&](XorOp) { return b.createOrFold<arith::XOrIOp>(x, y); })
      .Case([&](ShiftLeftOp) {
        return b.createOrFold<arith::ShLIOp>(x,
                                             emitShiftAmount(b, y, isUnsigned));
      })
      .Case([&](ShiftRightOp) { return emitShiftRight(b, x, y, isUnsigned); })
      .DefaultUnreachable("not a binary operation on integers");
}
