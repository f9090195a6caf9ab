//===- ElementOps.cpp - one element of an elementwise operation -----------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ElementOps.h"
#include "graph-compile/Dialect/Graph/IR/GraphOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace graph_compile;

Type graph_compile::getComputeType(Type type) {
  return type.isF16() || type.isBF16() ? Float32Type::get(type.getContext())
                                       : type;
}

Value graph_compile::convertFloat(NodeBuilder &b, Value x, Type type) {
  unsigned from = x.getType().getIntOrFloatBitWidth();
  unsigned to = type.getIntOrFloatBitWidth();
  if (x.getType() == type)
    return x;
  if (from < to)
    return b.createOrFold<arith::ExtFOp>(type, x);
  return b.createOrFold<arith::TruncFOp>(type, x);
}

//===----------------------------------------------------------------------===//
// Comparison
//===----------------------------------------------------------------------===//

static arith::CmpFPredicate
getFloatPredicate(graph::CompareDirection direction) {
  switch (direction) {
  case graph::CompareDirection::EQ:
    return arith::CmpFPredicate::OEQ;
  case graph::CompareDirection::NE:
    return arith::CmpFPredicate::UNE;
  case graph::CompareDirection::LT:
    return arith::CmpFPredicate::OLT;
  case graph::CompareDirection::LE:
    return arith::CmpFPredicate::OLE;
  case graph::CompareDirection::GT:
    return arith::CmpFPredicate::OGT;
  case graph::CompareDirection::GE:
    return arith::CmpFPredicate::OGE;
  }
  llvm_unreachable("unknown comparison");
}

static arith::CmpIPredicate
getIntegerPredicate(graph::CompareDirection direction, bool isUnsigned) {
  switch (direction) {
  case graph::CompareDirection::EQ:
    return arith::CmpIPredicate::eq;
  case graph::CompareDirection::NE:
    return arith::CmpIPredicate::ne;
  case graph::CompareDirection::LT:
    return isUnsigned ? arith::CmpIPredicate::ult : arith::CmpIPredicate::slt;
  case graph::CompareDirection::LE:
    return isUnsigned ? arith::CmpIPredicate::ule : arith::CmpIPredicate::sle;
  case graph::CompareDirection::GT:
    return isUnsigned ? arith::CmpIPredicate::ugt : arith::CmpIPredicate::sgt;
  case graph::CompareDirection::GE:
    return isUnsigned ? arith::CmpIPredicate::uge : arith::CmpIPredicate::sge;
  }
  llvm_unreachable("unknown comparison");
}

static Value emitCompare(NodeBuilder &b, graph::CompareOp op, Value x,
                         Value y) {
  if (isa<FloatType>(x.getType()))
    return b.createOrFold<arith::CmpFOp>(getFloatPredicate(op.getDirection()),
                                         x, y);
  return compareIntegers(
      b,
      getIntegerPredicate(op.getDirection(), isUnsigned(op.getLhs().getType())),
      x, y);
}

//===----------------------------------------------------------------------===//
// Conversion
//===----------------------------------------------------------------------===//

/// Converts a float to a signed integer by dropping the fraction. What does not
/// fit, and NaN, gives the lowest integer, as the instruction of x86 does: this
/// is what TensorFlow's users see, while LLVM leaves it undefined.
static Value emitTruncation(NodeBuilder &b, Value x, IntegerType type) {
  Type floatType = x.getType();
  double bound = std::ldexp(1.0, type.getWidth() - 1);
  Value fits = arith::AndIOp::create(
      b,
      arith::CmpFOp::create(b, arith::CmpFPredicate::OGE, x,
                            createNumber(b, floatType, -bound)),
      arith::CmpFOp::create(b, arith::CmpFPredicate::OLT, x,
                            createNumber(b, floatType, bound)));
  Value safe = createSelect(b, fits, x, createNumber(b, floatType, 0));
  Value lowest = arith::ConstantOp::create(
      b, b.getIntegerAttr(type, APInt::getSignedMinValue(type.getWidth())));
  return createSelect(b, fits, arith::FPToSIOp::create(b, type, safe), lowest);
}

/// Converts a float to an unsigned 64-bit integer as x86 compilers do: from
/// 2^63 on by way of the difference, below as a signed integer.
static Value emitTruncationToUnsigned64(NodeBuilder &b, Value x) {
  auto type = b.getI64Type();
  Value half = createNumber(b, x.getType(), std::ldexp(1.0, 63));
  Value low = emitTruncation(b, x, type);
  Value high = emitTruncation(b, arith::SubFOp::create(b, x, half), type);
  Value topBit = arith::ConstantOp::create(
      b, b.getIntegerAttr(type, APInt::getSignedMinValue(64)));
  Value isHigh = arith::CmpFOp::create(b, arith::CmpFPredicate::OGE, x, half);
  return createSelect(b, isHigh, arith::XOrIOp::create(b, high, topBit), low);
}

static Value emitFloatToInteger(NodeBuilder &b, Value x, IntegerType to) {
  unsigned width = to.getWidth();
  auto signless = b.getIntegerType(width);
  if (width == 64)
    return to.isUnsigned() ? emitTruncationToUnsigned64(b, x)
                           : emitTruncation(b, x, signless);
  // Narrow types take the low bits of the conversion to a wider type: i32, or
  // i64 for what i32 cannot hold.
  bool viaI64 = width == 32 && to.isUnsigned();
  Value wide = emitTruncation(b, x, b.getIntegerType(viaI64 ? 64 : 32));
  return b.createOrFold<arith::TruncIOp>(signless, wide);
}

static Value emitIntegerToFloat(NodeBuilder &b, Value x, bool isUnsigned,
                                FloatType to) {
  // The narrow floats are made from f32, as TensorFlow makes them.
  Type type = getComputeType(to);
  Value result = isUnsigned ? b.createOrFold<arith::UIToFPOp>(type, x)
                            : b.createOrFold<arith::SIToFPOp>(type, x);
  return convertFloat(b, result, to);
}

static Value emitIntegerToInteger(NodeBuilder &b, Value x, bool isUnsigned,
                                  Type to) {
  unsigned from = x.getType().getIntOrFloatBitWidth();
  unsigned width = to.getIntOrFloatBitWidth();
  if (from == width)
    return x;
  if (width < from)
    return b.createOrFold<arith::TruncIOp>(to, x);
  return isUnsigned ? b.createOrFold<arith::ExtUIOp>(to, x)
                    : b.createOrFold<arith::ExtSIOp>(to, x);
}

Value graph_compile::emitCast(NodeBuilder &b, Value x, Type from, Type to) {
  if (from == to)
    return x;
  // Booleans widen to 0 and 1.
  bool extendsZero = from.isUnsignedInteger() || from.isInteger(1);
  if (isa<FloatType>(from)) {
    x = convertFloat(b, x, getComputeType(from));
    if (to.isInteger(1))
      return b.createOrFold<arith::CmpFOp>(arith::CmpFPredicate::UNE, x,
                                           createNumber(b, x.getType(), 0));
    if (auto integer = dyn_cast<IntegerType>(to))
      return emitFloatToInteger(b, x, integer);
    // Narrow floats are rounded from f32, as TensorFlow rounds them.
    return convertFloat(b, convertFloat(b, x, getComputeType(to)), to);
  }
  if (to.isInteger(1))
    return compareIntegers(b, arith::CmpIPredicate::ne, x,
                           createInteger(b, x.getType(), 0));
  if (auto floatType = dyn_cast<FloatType>(to))
    return emitIntegerToFloat(b, x, extendsZero, floatType);
  return emitIntegerToInteger(b, x, extendsZero,
                              b.getIntegerType(to.getIntOrFloatBitWidth()));
}

//===----------------------------------------------------------------------===//
// Special functions
//===----------------------------------------------------------------------===//

std::string
graph_compile::getSpecialFunctionName(graph::SpecialFunction function) {
  return ("gcrt_" + graph::stringifySpecialFunction(function)).str();
}

/// Calls the runtime's function, which convert-graph-to-step declares.
static Value emitSpecial(NodeBuilder &b, graph::SpecialOp op, ValueRange args) {
  Type type = args[0].getType();
  SmallVector<Value> doubles = llvm::map_to_vector(
      args, [&](Value arg) { return convertFloat(b, arg, b.getF64Type()); });
  Value result =
      func::CallOp::create(b, getSpecialFunctionName(op.getFunction()),
                           b.getF64Type(), doubles)
          .getResult(0);
  return convertFloat(b, result, type);
}

//===----------------------------------------------------------------------===//
// Dispatch
//===----------------------------------------------------------------------===//

Value graph_compile::emitElement(NodeBuilder &b, Operation *op,
                                 ValueRange args) {
  if (auto cast = dyn_cast<graph::CastOp>(op))
    return emitCast(b, args[0], getElementTypeOrSelf(cast.getX().getType()),
                    getElementTypeOrSelf(cast.getResult().getType()));
  if (isa<graph::SelectOp>(op))
    return createSelect(b, args[0], args[1], args[2]);

  if (auto special = dyn_cast<graph::SpecialOp>(op))
    return emitSpecial(b, special, args);

  Type type = args[0].getType();
  if (!isa<FloatType>(type)) {
    if (auto compare = dyn_cast<graph::CompareOp>(op))
      return emitCompare(b, compare, args[0], args[1]);
    if (args.size() == 1)
      return emitIntegerUnary(b, op, args[0]);
    return emitIntegerBinary(b, op, args[0], args[1],
                             isUnsigned(op->getOperand(0).getType()));
  }

  Type computeType = getComputeType(type);
  SmallVector<Value> wide = llvm::map_to_vector(
      args, [&](Value arg) { return convertFloat(b, arg, computeType); });
  if (auto compare = dyn_cast<graph::CompareOp>(op))
    return emitCompare(b, compare, wide[0], wide[1]);
  Value result = wide.size() == 1 ? emitFloatUnary(b, op, wide[0])
                                  : emitFloatBinary(b, op, wide[0], wide[1]);
  // A classification gives an i1.
  return isa<FloatType>(result.getType()) ? convertFloat(b, result, type)
                                          : result;
}
