//===- FloatElementOps.cpp - elementwise operations on floats -------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ElementOps.h"
#include "graph-compile/Dialect/Graph/IR/GraphOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "llvm/ADT/TypeSwitch.h"
#include <limits>

using namespace mlir;
using namespace graph_compile;

static Value compareFloats(NodeBuilder &b, arith::CmpFPredicate predicate,
                           Value x, double y) {
  return b.createOrFold<arith::CmpFOp>(predicate, x,
                                       createNumber(b, x.getType(), y));
}

/// -1, 0 or 1; NaN stays.
static Value emitSign(NodeBuilder &b, Value x) {
  Type type = x.getType();
  Value isZero = compareFloats(b, arith::CmpFPredicate::OEQ, x, 0);
  Value sign = createSelect(b, isZero, createNumber(b, type, 0), x);
  Value isNegative = compareFloats(b, arith::CmpFPredicate::OLT, x, 0);
  sign = createSelect(b, isNegative, createNumber(b, type, -1), sign);
  Value isPositive = compareFloats(b, arith::CmpFPredicate::OGT, x, 0);
  return createSelect(b, isPositive, createNumber(b, type, 1), sign);
}

/// 1 / (1 + exp(-x)) without overflow: with e = exp(-|x|), which is at most 1,
/// it is 1 / (1 + e) for x >= 0 and e / (1 + e) below.
static Value emitLogistic(NodeBuilder &b, Value x) {
  Value one = createNumber(b, x.getType(), 1);
  Value e = math::ExpOp::create(
      b, arith::NegFOp::create(b, math::AbsFOp::create(b, x)));
  Value isNegative = compareFloats(b, arith::CmpFPredicate::OLT, x, 0);
  Value numerator = createSelect(b, isNegative, e, one);
  return arith::DivFOp::create(b, numerator, arith::AddFOp::create(b, one, e));
}

/// The math dialect lacks lgamma: calls libm's, which convert-graph-to-step
/// declares where it is used. It sets `signgam`, which nothing here reads.
static Value emitLgamma(NodeBuilder &b, Value x) {
  StringRef callee = x.getType().isF32() ? "lgammaf" : "lgamma";
  return func::CallOp::create(b, callee, x.getType(), x).getResult(0);
}

static Value emitIsInfinite(NodeBuilder &b, Value x) {
  return compareFloats(b, arith::CmpFPredicate::OEQ, math::AbsFOp::create(b, x),
                       std::numeric_limits<double>::infinity());
}

static Value emitIsFinite(NodeBuilder &b, Value x) {
  // False for NaN as well: the comparison is ordered.
  return compareFloats(b, arith::CmpFPredicate::OLT, math::AbsFOp::create(b, x),
                       std::numeric_limits<double>::infinity());
}

template <typename MathOp> static Value emit(NodeBuilder &b, Value x) {
  return MathOp::create(b, x);
}

Value graph_compile::emitFloatUnary(NodeBuilder &b, Operation *op, Value x) {
  using namespace graph;
  return llvm::TypeSwitch<Operation *, Value>(op)
      .Case([&](AbsOp) { return emit<math::AbsFOp>(b, x); })
      .Case([&](NegOp) { return emit<arith::NegFOp>(b, x); })
      .Case([&](SignOp) { return emitSign(b, x); })
      .Case([&](FloorOp) { return emit<math::FloorOp>(b, x); })
      .Case([&](CeilOp) { return emit<math::CeilOp>(b, x); })
      .Case([&](RoundEvenOp) { return emit<math::RoundEvenOp>(b, x); })
      .Case([&](ExpOp) { return emit<math::ExpOp>(b, x); })
      .Case([&](Expm1Op) { return emit<math::ExpM1Op>(b, x); })
      .Case([&](LogOp) { return emit<math::LogOp>(b, x); })
      .Case([&](Log1pOp) { return emit<math::Log1pOp>(b, x); })
      .Case([&](SqrtOp) { return emit<math::SqrtOp>(b, x); })
      .Case([&](RsqrtOp) { return emit<math::RsqrtOp>(b, x); })
      .Case([&](SinOp) { return emit<math::SinOp>(b, x); })
      .Case([&](CosOp) { return emit<math::CosOp>(b, x); })
      .Case([&](TanOp) { return emit<math::TanOp>(b, x); })
      .Case([&](AsinOp) { return emit<math::AsinOp>(b, x); })
      .Case([&](AcosOp) { return emit<math::AcosOp>(b, x); })
      .Case([&](AtanOp) { return emit<math::AtanOp>(b, x); })
      .Case([&](SinhOp) { return emit<math::SinhOp>(b, x); })
      .Case([&](CoshOp) { return emit<math::CoshOp>(b, x); })
      .Case([&](TanhOp) { return emit<math::TanhOp>(b, x); })
      .Case([&](AsinhOp) { return emit<math::AsinhOp>(b, x); })
      .Case([&](AcoshOp) { return emit<math::AcoshOp>(b, x); })
      .Case([&](AtanhOp) { return emit<math::AtanhOp>(b, x); })
      .Case([&](ErfOp) { return emit<math::ErfOp>(b, x); })
      .Case([&](ErfcOp) { return emit<math::ErfcOp>(b, x); })
      .Case([&](LgammaOp) { return emitLgamma(b, x); })
      .Case([&](LogisticOp) { return emitLogistic(b, x); })
      .Case([&](IsFiniteOp) { return emitIsFinite(b, x); })
      .Case([&](IsInfOp) { return emitIsInfinite(b, x); })
      .Case([&](IsNanOp) {
        return b.createOrFold<arith::CmpFOp>(arith::CmpFPredicate::UNO, x, x);
      })
      .DefaultUnreachable("not a unary operation on floats");
}

/// What division rounded toward 0 leaves, moved to the sign of `y`.
static Value emitFloorMod(NodeBuilder &b, Value x, Value y) {
  Value remainder = arith::RemFOp::create(b, x, y);
  Value isNonzero = compareFloats(b, arith::CmpFPredicate::UNE, remainder, 0);
  Value signsDiffer = b.createOrFold<arith::XOrIOp>(
      compareFloats(b, arith::CmpFPredicate::OLT, y, 0),
      compareFloats(b, arith::CmpFPredicate::OLT, remainder, 0));
  Value moves = b.createOrFold<arith::AndIOp>(isNonzero, signsDiffer);
  return createSelect(b, moves, arith::AddFOp::create(b, remainder, y),
                      remainder);
}

Value graph_compile::emitFloatBinary(NodeBuilder &b, Operation *op, Value x,
                                     Value y) {
  using namespace graph;
  return llvm::TypeSwitch<Operation *, Value>(op)
      .Case([&](AddOp) { return b.createOrFold<arith::AddFOp>(x, y); })
      .Case([&](SubOp) { return b.createOrFold<arith::SubFOp>(x, y); })
      .Case([&](MulOp) { return b.createOrFold<arith::MulFOp>(x, y); })
      .Case([&](DivOp) { return b.createOrFold<arith::DivFOp>(x, y); })
      .Case([&](FloorDivOp) {
        return math::FloorOp::create(b, arith::DivFOp::create(b, x, y));
      })
      .Case([&](FloorModOp) { return emitFloorMod(b, x, y); })
      .Case([&](TruncModOp) { return arith::RemFOp::create(b, x, y); })
      .Case([&](MaxOp) { return b.createOrFold<arith::MaximumFOp>(x, y); })
      .Case([&](MinOp) { return b.createOrFold<arith::MinimumFOp>(x, y); })
      .Case([&](PowOp) { return math::PowFOp::create(b, x, y); })
      .Case([&](Atan2Op) { return math::Atan2Op::create(b, x, y); })
      .DefaultUnreachable("not a binary operation on floats");
}
