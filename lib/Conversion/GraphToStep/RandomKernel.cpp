//===- RandomKernel.cpp - random numbers in kernels -----------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RandomKernel.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include <cmath>

using namespace mlir;
using namespace graph_compile;

//===----------------------------------------------------------------------===//
// The generator
//===----------------------------------------------------------------------===//

static Value addIntegers(NodeBuilder &b, Value x, Value y) {
  return b.createOrFold<arith::AddIOp>(x, y);
}

PhiloxStream PhiloxStream::advance(Value count) const {
  Value newLow = addIntegers(b, low, count);
  Value carry = compareIntegers(b, arith::CmpIPredicate::ult, newLow, count);
  Value newHigh = addIntegers(
      b, high, b.createOrFold<arith::ExtUIOp>(b.getI64Type(), carry));
  return {b, key, newLow, newHigh};
}

namespace {
/// The two halves, i32, of an i64.
struct Halves {
  Halves(NodeBuilder &b, Value whole)
      : low(b.createOrFold<arith::TruncIOp>(b.getI32Type(), whole)),
        high(b.createOrFold<arith::TruncIOp>(
            b.getI32Type(), b.createOrFold<arith::ShRUIOp>(
                                whole, createInteger(b, b.getI64Type(), 32)))) {
  }

  Value low, high;
};
} // namespace

/// The product of an i32 and a constant, with all its bits.
static Halves multiplyWide(NodeBuilder &b, Value x, uint32_t factor) {
  Value wide = b.createOrFold<arith::ExtUIOp>(b.getI64Type(), x);
  return {b, b.createOrFold<arith::MulIOp>(
                 wide, createInteger(b, b.getI64Type(), factor))};
}

PhiloxBlock PhiloxStream::createBlock(Value place) const {
  PhiloxStream here = advance(place);
  Halves keys(b, here.key), lows(b, here.low), highs(b, here.high);
  Value key0 = keys.low, key1 = keys.high;
  PhiloxBlock x = {lows.low, lows.high, highs.low, highs.high};
  auto mix = [&](Value product, Value word, Value key) {
    return b.createOrFold<arith::XOrIOp>(
        b.createOrFold<arith::XOrIOp>(product, word), key);
  };
  auto addConstant = [&](Value word, uint32_t number) {
    return addIntegers(b, word,
                       createInteger(b, b.getI32Type(), int32_t(number)));
  };
  for (int round = 0; round < 10; ++round) {
    Halves product0 = multiplyWide(b, x[0], 0xD2511F53);
    Halves product1 = multiplyWide(b, x[2], 0xCD9E8D57);
    x = {mix(product1.high, x[1], key0), product1.low,
         mix(product0.high, x[3], key1), product0.low};
    key0 = addConstant(key0, 0x9E3779B9);
    key1 = addConstant(key1, 0xBB67AE85);
  }
  return x;
}

//===----------------------------------------------------------------------===//
// Numbers
//===----------------------------------------------------------------------===//

// The low bits of the words become the fraction of a number in [1, 2).

Value graph_compile::createUniformF32(NodeBuilder &b, Value word) {
  auto constant = [&](int64_t value) {
    return createInteger(b, b.getI32Type(), value);
  };
  Value fraction = arith::AndIOp::create(b, word, constant(0x7fffff));
  Value bits = arith::OrIOp::create(b, fraction, constant(0x3f800000));
  return arith::SubFOp::create(
      b, arith::BitcastOp::create(b, b.getF32Type(), bits),
      createNumber(b, b.getF32Type(), 1));
}

Value graph_compile::createUniformF64(NodeBuilder &b, Value word0,
                                      Value word1) {
  Type i64 = b.getI64Type();
  auto constant = [&](int64_t value) { return createInteger(b, i64, value); };
  Value high = arith::AndIOp::create(b, arith::ExtUIOp::create(b, i64, word0),
                                     constant(0xfffff));
  Value fraction =
      arith::OrIOp::create(b, arith::ShLIOp::create(b, high, constant(32)),
                           arith::ExtUIOp::create(b, i64, word1));
  Value bits = arith::OrIOp::create(b, fraction, constant(0x3ff0000000000000));
  return arith::SubFOp::create(
      b, arith::BitcastOp::create(b, b.getF64Type(), bits),
      createNumber(b, b.getF64Type(), 1));
}

/// log, sin or cos. For f32 this is a call of libm's function, which
/// convert-graph-to-step declares, for the approximations that other kernels
/// use have other bits.
template <typename MathOp>
static Value createExact(NodeBuilder &b, StringRef callee, Value x) {
  if (x.getType().isF64())
    return MathOp::create(b, x);
  return func::CallOp::create(b, callee, x.getType(), x).getResult(0);
}

/// Two normal numbers of two uniform ones by Box and Muller's method.
static std::pair<Value, Value> createNormalPair(NodeBuilder &b, Value radius,
                                                Value angle) {
  Type type = radius.getType(), f64 = b.getF64Type();
  // The logarithm of 0 is of no use.
  Value least = createNumber(b, type, 1e-7);
  Value isSmall =
      arith::CmpFOp::create(b, arith::CmpFPredicate::OLT, radius, least);
  radius = createSelect(b, isSmall, least, radius);
  // The product is rounded once, from f64.
  if (!type.isF64())
    angle = arith::ExtFOp::create(b, f64, angle);
  angle = arith::MulFOp::create(b, createNumber(b, f64, 2 * M_PI), angle);
  if (!type.isF64())
    angle = arith::TruncFOp::create(b, type, angle);
  Value length = math::SqrtOp::create(
      b, arith::MulFOp::create(b, createNumber(b, type, -2),
                               createExact<math::LogOp>(b, "logf", radius)));
  return {arith::MulFOp::create(b, createExact<math::SinOp>(b, "sinf", angle),
                                length),
          arith::MulFOp::create(b, createExact<math::CosOp>(b, "cosf", angle),
                                length)};
}

SmallVector<Value> graph_compile::createNormals(NodeBuilder &b, Type type,
                                                const PhiloxBlock &block) {
  if (type.isF64()) {
    auto [first, second] =
        createNormalPair(b, createUniformF64(b, block[0], block[1]),
                         createUniformF64(b, block[2], block[3]));
    return {first, second};
  }
  SmallVector<Value> normals;
  for (int i = 0; i < 4; i += 2) {
    auto [first, second] = createNormalPair(b, createUniformF32(b, block[i]),
                                            createUniformF32(b, block[i + 1]));
    normals.append({first, second});
  }
  return normals;
}

//===----------------------------------------------------------------------===//
// Draws
//===----------------------------------------------------------------------===//

Draws::Draws(NodeBuilder &b, const PhiloxStream &stream)
    : b(b), stream(stream), next(createInteger(b, b.getI64Type(), 0)) {
  Value none = createNumber(b, b.getF64Type(), 0);
  Value no = createInteger(b, b.getI1Type(), 0);
  uniform = normal = {none, no};
}

SmallVector<Value> Draws::getState() const {
  return {next, uniform.number, uniform.isThere, normal.number, normal.isThere};
}

void Draws::setState(ValueRange state) {
  next = state[0];
  uniform = {state[1], state[2]};
  normal = {state[3], state[4]};
}

Value Draws::draw(Spare &spare, bool isNormal) {
  Type f64 = b.getF64Type();
  SmallVector<Value> drawn = createChoice(
      b, {f64, f64, b.getI64Type()}, spare.isThere,
      [&]() -> SmallVector<Value> {
        return {spare.number, spare.number, next};
      },
      [&]() -> SmallVector<Value> {
        PhiloxBlock block = stream.createBlock(next);
        SmallVector<Value> both;
        if (isNormal)
          both = createNormals(b, f64, block);
        else
          both = {createUniformF64(b, block[0], block[1]),
                  createUniformF64(b, block[2], block[3])};
        Value one = createInteger(b, b.getI64Type(), 1);
        return {both[1], both[0], addIntegers(b, next, one)};
      });
  Value yes = createInteger(b, b.getI1Type(), 1);
  spare = {drawn[1], b.createOrFold<arith::XOrIOp>(spare.isThere, yes)};
  next = drawn[2];
  return drawn[0];
}

SmallVector<Value> graph_compile::createRepetition(
    NodeBuilder &b, ValueRange initial,
    function_ref<Value(SmallVectorImpl<Value> &)> body) {
  auto getCondition = [&](OpBuilder &nested, Location, ValueRange carried) {
    OpBuilder::InsertionGuard guard(b);
    b.restoreInsertionPoint(nested.saveInsertionPoint());
    SmallVector<Value> values(carried);
    Value isDone = body(values);
    Value yes = createInteger(b, b.getI1Type(), 1);
    scf::ConditionOp::create(b, b.createOrFold<arith::XOrIOp>(isDone, yes),
                             values);
  };
  auto goOn = [&](OpBuilder &nested, Location location, ValueRange carried) {
    scf::YieldOp::create(nested, location, carried);
  };
  return scf::WhileOp::create(b, initial.getTypes(), initial, getCondition,
                              goOn)
      .getResults();
}

SmallVector<Value>
graph_compile::createChoice(NodeBuilder &b, TypeRange types, Value condition,
                            function_ref<SmallVector<Value>()> onTrue,
                            function_ref<SmallVector<Value>()> onFalse) {
  auto choice = scf::IfOp::create(b, types, condition, /*addThenBlock=*/true,
                                  /*addElseBlock=*/true);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(choice.thenBlock());
  scf::YieldOp::create(b, onTrue());
  b.setInsertionPointToStart(choice.elseBlock());
  scf::YieldOp::create(b, onFalse());
  return choice.getResults();
}

//===----------------------------------------------------------------------===//
// Library
//===----------------------------------------------------------------------===//

SmallVector<std::pair<StringRef, Type>>
graph_compile::getLibraryFunctions(graph::RandomNumbersOp op) {
  Type type = getElementTypeOrSelf(op.getResult());
  if (op.getDistribution() == graph::RandomDistribution::Poisson)
    return {{"lgamma", type}};
  if (type.isF32())
    return {{"logf", type}, {"sinf", type}, {"cosf", type}};
  return {};
}
