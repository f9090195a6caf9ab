//===- ElementwiseOps.cpp - types of elementwise ops ----------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graph-compile/Dialect/Graph/IR/Graph.h"
#include "graph-compile/Dialect/Graph/IR/ShapeUtils.h"

#include "Directives.h"
#include "Inference.h"
#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::graph;

#define GET_OP_CLASSES
#include "graph-compile/Dialect/Graph/IR/GraphElementwiseOps.cpp.inc"

void GraphDialect::registerElementwiseOps() {
  addOperations<
#define GET_OP_LIST
#include "graph-compile/Dialect/Graph/IR/GraphElementwiseOps.cpp.inc"
      >();
}

//===----------------------------------------------------------------------===//
// Unary ops
//===----------------------------------------------------------------------===//

/// The result has the shape of `x` and the element type `element`, or that of
/// `x` if null.
static LogicalResult inferUnary(std::optional<Location> location, StringRef op,
                                Value x, Type element,
                                SmallVectorImpl<Type> &types) {
  if (failed(requireTensors(location, op, x)))
    return failure();
  // C1, the result's type, is checked by the interface.
  RankedTensorType type = tensorType(x);
  types.push_back(element ? type.clone(element) : type);
  return success();
}

#define UNARY(OP)                                                              \
  LogicalResult OP::inferReturnTypes(                                          \
      MLIRContext *, std::optional<Location> location, Adaptor adaptor,        \
      SmallVectorImpl<Type> &types) {                                          \
    return inferUnary(location, getOperationName(), adaptor.getX(), Type(),    \
                      types);                                                  \
  }

UNARY(AbsOp)
UNARY(AcosOp)
UNARY(AcoshOp)
UNARY(AsinOp)
UNARY(AsinhOp)
UNARY(AtanOp)
UNARY(AtanhOp)
UNARY(CeilOp)
UNARY(CosOp)
UNARY(CoshOp)
UNARY(ErfOp)
UNARY(ErfcOp)
UNARY(ExpOp)
UNARY(Expm1Op)
UNARY(FloorOp)
UNARY(LgammaOp)
UNARY(LogOp)
UNARY(Log1pOp)
UNARY(LogisticOp)
UNARY(NegOp)
UNARY(NotOp)
UNARY(RoundEvenOp)
UNARY(RsqrtOp)
UNARY(SignOp)
UNARY(SinOp)
UNARY(SinhOp)
UNARY(SqrtOp)
UNARY(TanOp)
UNARY(TanhOp)
#undef UNARY

#define CLASSIFY(OP)                                                           \
  LogicalResult OP::inferReturnTypes(                                          \
      MLIRContext *context, std::optional<Location> location, Adaptor adaptor, \
      SmallVectorImpl<Type> &types) {                                          \
    return inferUnary(location, getOperationName(), adaptor.getX(),            \
                      IntegerType::get(context, 1), types);                    \
  }

CLASSIFY(IsFiniteOp)
CLASSIFY(IsInfOp)
CLASSIFY(IsNanOp)
#undef CLASSIFY

LogicalResult PopulationCountOp::inferReturnTypes(
    MLIRContext *context, std::optional<Location> location, Adaptor adaptor,
    SmallVectorImpl<Type> &types) {
  return inferUnary(location, getOperationName(), adaptor.getX(),
                    IntegerType::get(context, 8, IntegerType::Unsigned), types);
}

LogicalResult CastOp::inferReturnTypes(MLIRContext *,
                                       std::optional<Location> location,
                                       Adaptor adaptor,
                                       SmallVectorImpl<Type> &types) {
  // C1: an element type of the dialect.
  if (!isElementType(adaptor.getTo()))
    return InferenceError(location, getOperationName())
           << "expects an element type of the dialect, but got "
           << adaptor.getTo();
  // C2, the result's type, is checked by the interface.
  return inferUnary(location, getOperationName(), adaptor.getX(),
                    adaptor.getTo(), types);
}

//===----------------------------------------------------------------------===//
// Broadcasting ops
//===----------------------------------------------------------------------===//

/// The shape to which the operands broadcast.
static FailureOr<SmallVector<int64_t>>
inferBroadcast(std::optional<Location> location, StringRef op,
               ValueRange operands) {
  SmallVector<int64_t> shape;
  for (Value operand : operands) {
    FailureOr<SmallVector<int64_t>> wider =
        broadcastShapes(shape, tensorType(operand).getShape());
    if (failed(wider))
      return InferenceError(location, op)
             << "expects shapes that broadcast, but got "
             << operands.getTypes();
    shape = std::move(*wider);
  }
  return shape;
}

/// The type of a broadcasting op whose operands from `first` on have one
/// element type.
static FailureOr<RankedTensorType>
inferBroadcastType(std::optional<Location> location, StringRef op,
                   ValueRange operands, StringRef lhsName, StringRef rhsName,
                   unsigned first = 0) {
  if (failed(requireTensors(location, op, operands)))
    return failure();
  // C1: one element type.
  if (failed(verifySameElement(location, op, lhsName, operands[first], rhsName,
                               operands[first + 1])))
    return failure();
  // C2: the shapes broadcast.
  FailureOr<SmallVector<int64_t>> shape =
      inferBroadcast(location, op, operands);
  if (failed(shape))
    return failure();
  // C3, the result's type, is checked by the interface.
  return RankedTensorType::get(*shape,
                               tensorType(operands[first]).getElementType());
}

static LogicalResult inferBinary(std::optional<Location> location, StringRef op,
                                 ValueRange operands,
                                 SmallVectorImpl<Type> &types) {
  FailureOr<RankedTensorType> type =
      inferBroadcastType(location, op, operands, "lhs", "rhs");
  if (failed(type))
    return failure();
  types.push_back(*type);
  return success();
}

#define BINARY(OP)                                                             \
  LogicalResult OP::inferReturnTypes(                                          \
      MLIRContext *, std::optional<Location> location, Adaptor adaptor,        \
      SmallVectorImpl<Type> &types) {                                          \
    return inferBinary(location, getOperationName(), adaptor.getOperands(),    \
                       types);                                                 \
  }

BINARY(AddOp)
BINARY(AndOp)
BINARY(Atan2Op)
BINARY(DivOp)
BINARY(FloorDivOp)
BINARY(FloorModOp)
BINARY(MaxOp)
BINARY(MinOp)
BINARY(MulOp)
BINARY(OrOp)
BINARY(PowOp)
BINARY(ShiftLeftOp)
BINARY(ShiftRightOp)
BINARY(SubOp)
BINARY(TruncDivOp)
BINARY(TruncModOp)
BINARY(XorOp)
#undef BINARY

LogicalResult CompareOp::inferReturnTypes(MLIRContext *context,
                                          std::optional<Location> location,
                                          Adaptor adaptor,
                                          SmallVectorImpl<Type> &types) {
  StringRef op = getOperationName();
  // C1, C2, C3.
  FailureOr<RankedTensorType> type =
      inferBroadcastType(location, op, adaptor.getOperands(), "lhs", "rhs");
  if (failed(type))
    return failure();
  // C4: booleans have no order.
  CompareDirection direction = adaptor.getDirection();
  if (type->getElementType().isInteger(1) &&
      direction != CompareDirection::EQ && direction != CompareDirection::NE)
    return InferenceError(location, op)
           << "expects booleans to be compared by EQ or NE, but got "
           << stringifyCompareDirection(direction);
  types.push_back(type->clone(IntegerType::get(context, 1)));
  return success();
}

LogicalResult SelectOp::inferReturnTypes(MLIRContext *,
                                         std::optional<Location> location,
                                         Adaptor adaptor,
                                         SmallVectorImpl<Type> &types) {
  // C1, C2, C3.
  FailureOr<RankedTensorType> type =
      inferBroadcastType(location, getOperationName(), adaptor.getOperands(),
                         "on_true", "on_false", /*first=*/1);
  if (failed(type))
    return failure();
  types.push_back(*type);
  return success();
}

//===----------------------------------------------------------------------===//
// Special functions
//===----------------------------------------------------------------------===//

static unsigned getNumArguments(SpecialFunction function) {
  switch (function) {
  case SpecialFunction::Igamma:
  case SpecialFunction::Igammac:
  case SpecialFunction::IgammaGradA:
  case SpecialFunction::Polygamma:
  case SpecialFunction::Zeta:
    return 2;
  case SpecialFunction::Betainc:
    return 3;
  default:
    return 1;
  }
}

LogicalResult SpecialOp::inferReturnTypes(MLIRContext *,
                                          std::optional<Location> location,
                                          Adaptor adaptor,
                                          SmallVectorImpl<Type> &types) {
  StringRef op = getOperationName();
  ValueRange inputs = adaptor.getInputs();
  // C1: one operand per argument of the function.
  unsigned count = getNumArguments(adaptor.getFunction());
  if (inputs.size() != count)
    return InferenceError(location, op)
           << "expects " << stringifySpecialFunction(adaptor.getFunction())
           << " to have " << count << " operands, but got " << inputs.size();
  if (failed(requireTensors(location, op, inputs)))
    return failure();
  // C2: one element type.
  for (Value input : inputs.drop_front())
    if (failed(verifySameElement(location, op, "an operand", inputs.front(),
                                 "another", input)))
      return failure();
  // C3: the shapes broadcast.
  FailureOr<SmallVector<int64_t>> shape = inferBroadcast(location, op, inputs);
  if (failed(shape))
    return failure();
  // C4, the result's type, is checked by the interface.
  types.push_back(RankedTensorType::get(
      *shape, tensorType(inputs.front()).getElementType()));
  return success();
}
