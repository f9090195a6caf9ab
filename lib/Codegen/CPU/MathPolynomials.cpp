//===- MathPolynomials.cpp - math functions as arithmetic -----------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each function reduces its argument to a small interval and evaluates a
// polynomial there, fitted for the least greatest relative error (by weighted
// least squares in multiple precision; the error of every fit is below 4e-9,
// a fifteenth of an ulp). Special values are selected at the end.
//
//===----------------------------------------------------------------------===//

#include "MathPolynomials.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"

#include <limits>

using namespace mlir;

namespace graph_compile::cpu {

static constexpr float kInfinity = std::numeric_limits<float>::infinity();
static constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

/// ln 2 in two parts; the first has 15 bits, so that n times it is exact.
static constexpr float kLn2High = 6.9314575195e-01f;
static constexpr float kLn2Low = 1.4286067653e-06f;

/// 1.5 * 2^23: adding it rounds to an integer, which the low bits then hold.
static constexpr float kRounder = 12582912.0f;

//===----------------------------------------------------------------------===//
// Parts
//===----------------------------------------------------------------------===//

Value MathPolynomials::real(Value like, float value) {
  return b.splatConstant(like.getType(), b.getF32FloatAttr(value));
}

Value MathPolynomials::integer(Value like, int32_t value) {
  return b.splatConstant(like.getType(), b.getI32IntegerAttr(value));
}

static Type withElement(Value like, Type element) {
  if (auto type = dyn_cast<VectorType>(like.getType()))
    return type.clone(element);
  return element;
}

Value MathPolynomials::asInteger(Value x) {
  return arith::BitcastOp::create(b, withElement(x, b.getI32Type()), x);
}

Value MathPolynomials::asReal(Value x) {
  return arith::BitcastOp::create(b, withElement(x, b.getF32Type()), x);
}

Value MathPolynomials::fma(Value x, Value y, Value z) {
  if (has.fma)
    return math::FmaOp::create(b, x, y, z);
  return arith::AddFOp::create(b, arith::MulFOp::create(b, x, y), z);
}

/// `coefficients` from the lowest power on.
Value MathPolynomials::polynomial(Value x, ArrayRef<float> coefficients) {
  Value result = real(x, coefficients.back());
  for (float coefficient : llvm::reverse(coefficients.drop_back()))
    result = fma(result, x, real(x, coefficient));
  return result;
}

/// Short names, so that formulas below read as such.
static Value add(CodeBuilder &b, Value x, Value y) {
  return arith::AddFOp::create(b, x, y);
}
static Value sub(CodeBuilder &b, Value x, Value y) {
  return arith::SubFOp::create(b, x, y);
}
static Value mul(CodeBuilder &b, Value x, Value y) {
  return arith::MulFOp::create(b, x, y);
}
static Value div(CodeBuilder &b, Value x, Value y) {
  return arith::DivFOp::create(b, x, y);
}
static Value select(CodeBuilder &b, arith::CmpFPredicate predicate, Value x,
                    Value y, Value ifTrue, Value ifFalse) {
  Value condition = arith::CmpFOp::create(b, predicate, x, y);
  return arith::SelectOp::create(b, condition, ifTrue, ifFalse);
}
using Predicate = arith::CmpFPredicate;

//===----------------------------------------------------------------------===//
// Exponentials
//===----------------------------------------------------------------------===//

/// x = n ln 2 + r with |r| <= ln 2 / 2; x is cut to where exp is 0 or infinite.
MathPolynomials::Exponential MathPolynomials::reduceExp(Value x) {
  x = select(b, Predicate::OGT, x, real(x, 90.0f), real(x, 90.0f), x);
  x = select(b, Predicate::OLT, x, real(x, -105.0f), real(x, -105.0f), x);
  Value shifted = fma(x, real(x, 1.4426950408889634f), real(x, kRounder));
  Value power = sub(b, shifted, real(x, kRounder));
  Value bits = arith::SubIOp::create(b, asInteger(shifted),
                                     asInteger(real(x, kRounder)));
  Value r = fma(power, real(x, -kLn2High), x);
  r = fma(power, real(x, -kLn2Low), r);
  Value tail =
      polynomial(r, {4.999999404e-01f, 1.666652113e-01f, 4.166825488e-02f,
                     8.368670009e-03f, 1.382169663e-03f});
  return {power, bits, fma(mul(b, r, r), tail, r)};
}

/// 2^n for an i32 n from -126 to 127.
Value MathPolynomials::powerOfTwo(Value power) {
  Value biased = arith::AddIOp::create(b, power, integer(power, 127));
  return asReal(arith::ShLIOp::create(b, biased, integer(power, 23)));
}

/// x * 2^n by the instruction for it.
Value MathPolynomials::scaleAtOnce(Value x, const Exponential &exponential) {
  auto call = [&](StringRef name, ValueRange operands) {
    return LLVM::CallIntrinsicOp::create(b, x.getType(), b.getStringAttr(name),
                                         operands)
        .getResult(0);
  };
  auto type = dyn_cast<VectorType>(x.getType());
  // The dialect's own operation takes one power for all lanes.
  if (!type || type.getNumElements() != 16)
    return call("llvm.ldexp", {x, exponential.bits});
  // LLVM's takes integers, which the instruction itself does not.
  Value all = LLVM::ConstantOp::create(b, b.getI16IntegerAttr(-1));
  Value rounding = LLVM::ConstantOp::create(b, b.getI32IntegerAttr(4));
  return call("llvm.x86.avx512.mask.scalef.ps.512",
              {x, exponential.power, x, all, rounding});
}

/// x * 2^n in two steps, so that what overflows or is denormal comes out right.
Value MathPolynomials::scale(Value x, const Exponential &exponential) {
  if (has.scale)
    return scaleAtOnce(x, exponential);
  Value power = exponential.bits;
  Value half = arith::ShRSIOp::create(b, power, integer(power, 1));
  Value rest = arith::SubIOp::create(b, power, half);
  return mul(b, mul(b, x, powerOfTwo(half)), powerOfTwo(rest));
}

Value MathPolynomials::exp(Value x) {
  Exponential e = reduceExp(x);
  return scale(add(b, e.rest, real(x, 1.0f)), e);
}

Value MathPolynomials::expm1(Value x) {
  Exponential e = reduceExp(x);
  // 2^n (e^r - 1) + (2^n - 1); beyond 2^25 the -1 makes no difference.
  Value limited = arith::MinSIOp::create(b, e.bits, integer(e.bits, 30));
  limited = arith::MaxSIOp::create(b, limited, integer(e.bits, -30));
  Value power = powerOfTwo(limited);
  Value small = fma(power, e.rest, sub(b, power, real(x, 1.0f)));
  Value large = scale(add(b, e.rest, real(x, 1.0f)), e);
  Value result =
      select(b, Predicate::OGT, e.power, real(x, 25.0f), large, small);
  return select(b, Predicate::OEQ, x, real(x, 0.0f), x, result);
}

Value MathPolynomials::tanh(Value x) {
  Value magnitude = math::AbsFOp::create(b, x);
  Value square = mul(b, x, x);
  Value tail = polynomial(square, {-3.333333135e-01f, 1.333320588e-01f,
                                   -5.394676328e-02f, 2.170070820e-02f,
                                   -8.177408017e-03f, 2.142969752e-03f});
  Value small = fma(mul(b, x, square), tail, x);
  // 1 - 2 / (e^2|x| + 1)
  Value one = real(x, 1.0f);
  Value power = exp(add(b, magnitude, magnitude));
  Value large = sub(b, one, div(b, real(x, 2.0f), add(b, power, one)));
  Value result =
      select(b, Predicate::OLT, magnitude, real(x, 0.625f), small, large);
  return math::CopySignOp::create(b, result, x);
}

Value MathPolynomials::erf(Value x) {
  Value magnitude = math::AbsFOp::create(b, x);
  Value square = mul(b, x, x);
  Value tail =
      polynomial(square, {1.283791661e-01f, -3.761263192e-01f, 1.128368750e-01f,
                          -2.685894258e-02f, 5.199907348e-03f,
                          -8.130018250e-04f, 8.316794265e-05f});
  Value small = fma(tail, x, x);
  // 1 - exp(-q(|x|)); from 4 on it is 1.
  Value t = select(b, Predicate::OGT, magnitude, real(x, 4.0f), real(x, 4.0f),
                   magnitude);
  Value q = polynomial(t, {1.286484897e-01f, 6.351513267e-01f, 1.062368900e-01f,
                           -2.376207151e-02f, 3.642463358e-03f,
                           -3.228049609e-04f, 1.123141919e-05f});
  q = fma(q, t, t);
  Value large = sub(b, real(x, 1.0f), exp(arith::NegFOp::create(b, q)));
  large = math::CopySignOp::create(b, large, x);
  return select(b, Predicate::OLT, magnitude, real(x, 0.93f), small, large);
}

//===----------------------------------------------------------------------===//
// Logarithms
//===----------------------------------------------------------------------===//

/// log(1 + f) + n ln 2 + c for 1 + f between sqrt(1/2) and sqrt(2), by
/// log(1 + f) = 2 atanh(f / (2 + f)).
Value MathPolynomials::logOfReduced(Value f, Value power, Value correction) {
  Value s = div(b, f, add(b, f, real(f, 2.0f)));
  Value z = mul(b, s, s);
  Value tail = mul(b, z,
                   polynomial(z, {6.666666269e-01f, 4.000033438e-01f,
                                  2.853730917e-01f, 2.358215004e-01f}));
  Value half = mul(b, mul(b, f, f), real(f, 0.5f));
  Value low = fma(power, real(f, kLn2Low), correction);
  Value rest = fma(s, add(b, half, tail), low);
  Value result = add(b, sub(b, rest, half), f);
  return fma(power, real(f, kLn2High), result);
}

/// Bits of sqrt(1/2): from here on a mantissa counts as below one.
static constexpr int32_t kRootHalfBits = 0x3f3504f3;

Value MathPolynomials::log(Value x) {
  // Denormals first become normal.
  Value isTiny = arith::CmpFOp::create(
      b, Predicate::OLT, x, real(x, std::numeric_limits<float>::min()));
  Value normal =
      arith::SelectOp::create(b, isTiny, mul(b, x, real(x, 33554432.0f)), x);
  Value bits = asInteger(normal);
  Value power = arith::ShRSIOp::create(
      b, arith::SubIOp::create(b, bits, integer(bits, kRootHalfBits)),
      integer(bits, 23));
  Value mantissa = asReal(arith::SubIOp::create(
      b, bits, arith::ShLIOp::create(b, power, integer(power, 23))));
  power = arith::SelectOp::create(
      b, isTiny, arith::SubIOp::create(b, power, integer(power, 25)), power);
  Value f = sub(b, mantissa, real(x, 1.0f));
  Value result = logOfReduced(f, arith::SIToFPOp::create(b, x.getType(), power),
                              real(x, 0.0f));

  result =
      select(b, Predicate::OEQ, x, real(x, 0.0f), real(x, -kInfinity), result);
  result = select(b, Predicate::OLT, x, real(x, 0.0f), real(x, kNaN), result);
  // Infinity and NaN are their own logarithms.
  return select(b, Predicate::OLT, x, real(x, kInfinity), result, x);
}

Value MathPolynomials::log1p(Value x) {
  Value one = real(x, 1.0f);
  Value u = add(b, x, one);
  Value bits = asInteger(u);
  Value power = arith::ShRSIOp::create(
      b, arith::SubIOp::create(b, bits, integer(bits, kRootHalfBits)),
      integer(bits, 23));
  Value mantissa = asReal(arith::SubIOp::create(
      b, bits, arith::ShLIOp::create(b, power, integer(power, 23))));
  Value n = arith::SIToFPOp::create(b, x.getType(), power);
  // What rounding 1 + x lost, relative to it.
  Value lost = select(b, Predicate::OGE, n, real(x, 1.5f),
                      sub(b, one, sub(b, u, x)), sub(b, x, sub(b, u, one)));
  lost = div(b, lost, u);
  Value isWhole = arith::CmpFOp::create(b, Predicate::OEQ, n, real(x, 0.0f));
  Value f = arith::SelectOp::create(b, isWhole, x, sub(b, mantissa, one));
  lost = arith::SelectOp::create(b, isWhole, real(x, 0.0f), lost);
  Value result = logOfReduced(f, n, lost);

  Value magnitude = math::AbsFOp::create(b, x);
  result = select(b, Predicate::OLT, magnitude, real(x, 0x1p-24f), x, result);
  result =
      select(b, Predicate::OEQ, x, real(x, -1.0f), real(x, -kInfinity), result);
  result = select(b, Predicate::OLT, x, real(x, -1.0f), real(x, kNaN), result);
  return select(b, Predicate::OLT, x, real(x, kInfinity), result, x);
}

//===----------------------------------------------------------------------===//
// Angles
//===----------------------------------------------------------------------===//

/// sin(x + quadrant * pi / 2).
Value MathPolynomials::sinOfQuadrant(Value x, int32_t quadrant) {
  // x = n pi / 2 + r; pi / 2 in three parts.
  Value shifted = fma(x, real(x, 0.6366197723675814f), real(x, kRounder));
  Value n = sub(b, shifted, real(x, kRounder));
  Value r = fma(n, real(x, -1.5707963705e+00f), x);
  r = fma(n, real(x, 4.3711388287e-08f), r);
  r = fma(n, real(x, 1.7151245100e-15f), r);
  Value bits = asInteger(shifted);
  if (quadrant != 0)
    bits = arith::AddIOp::create(b, bits, integer(bits, quadrant));

  Value square = mul(b, r, r);
  Value sinTail = polynomial(
      square, {-1.666665524e-01f, 8.332160302e-03f, -1.951528393e-04f});
  Value sine = fma(mul(b, square, r), sinTail, r);
  Value cosTail = polynomial(
      square, {4.166664556e-02f, -1.388731645e-03f, 2.443315680e-05f});
  Value cosine = fma(mul(b, square, square), cosTail,
                     fma(square, real(x, -0.5f), real(x, 1.0f)));

  // Odd quadrants take the cosine, and the upper two the other sign.
  Value isOdd = arith::CmpIOp::create(
      b, arith::CmpIPredicate::ne,
      arith::AndIOp::create(b, bits, integer(bits, 1)), integer(bits, 0));
  Value result = arith::SelectOp::create(b, isOdd, cosine, sine);
  Value sign = arith::ShLIOp::create(
      b, arith::AndIOp::create(b, bits, integer(bits, 2)), integer(bits, 30));
  result = asReal(arith::XOrIOp::create(b, asInteger(result), sign));
  // The sine of a zero has its sign; an infinity gave NaN by itself.
  if (quadrant == 0)
    result = select(b, Predicate::OEQ, x, real(x, 0.0f), x, result);
  return result;
}

} // namespace graph_compile::cpu
