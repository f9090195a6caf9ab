//===- CheckOps.cpp - constraints of checks -------------------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// C1 of every check, that its result has the type of what it passes, is a
// trait.
//
//===----------------------------------------------------------------------===//

#include "graph-compile/Dialect/Graph/IR/Graph.h"
#include "graph-compile/Dialect/Graph/IR/ShapeUtils.h"

#include "Directives.h"
#include "Inference.h"

#include "mlir/IR/PatternMatch.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::graph;

#define GET_OP_CLASSES
#include "graph-compile/Dialect/Graph/IR/GraphCheckOps.cpp.inc"

void GraphDialect::registerCheckOps() {
  addOperations<
#define GET_OP_LIST
#include "graph-compile/Dialect/Graph/IR/GraphCheckOps.cpp.inc"
      >();
}

//===----------------------------------------------------------------------===//
// Builders
//===----------------------------------------------------------------------===//

void CheckNumericsOp::build(OpBuilder &builder, OperationState &state, Value x,
                            StringRef message, ValueRange after) {
  build(builder, state, x.getType(), builder.getType<TokenType>(), x, after,
        message);
}

void CheckBroadcastOp::build(OpBuilder &builder, OperationState &state, Value x,
                             ValueRange others, ValueRange after) {
  build(builder, state, x.getType(), builder.getType<TokenType>(), x, others,
        after);
}

void CheckDimsOp::build(OpBuilder &builder, OperationState &state, Value x,
                        Value y, ArrayRef<int64_t> lhsDims,
                        ArrayRef<int64_t> rhsDims, ValueRange after) {
  build(builder, state, x.getType(), builder.getType<TokenType>(), x, y, after,
        lhsDims, rhsDims);
}

void CheckIndexOp::build(OpBuilder &builder, OperationState &state,
                         Value indices, Value x, int64_t axis,
                         ValueRange after) {
  build(builder, state, indices.getType(), builder.getType<TokenType>(),
        indices, x, after, axis);
}

void CheckNonzeroOp::build(OpBuilder &builder, OperationState &state, Value x,
                           ValueRange after) {
  build(builder, state, x.getType(), builder.getType<TokenType>(), x, after);
}

void CheckBoundsOp::build(OpBuilder &builder, OperationState &state, Value x,
                          Value lower, Value upper, ValueRange after) {
  build(builder, state, x.getType(), builder.getType<TokenType>(), x, lower,
        upper, after);
}

void CheckReshapeOp::build(OpBuilder &builder, OperationState &state,
                           Value shape, Value x, ValueRange after) {
  build(builder, state, shape.getType(), builder.getType<TokenType>(), shape, x,
        after);
}

void CheckSqueezeOp::build(OpBuilder &builder, OperationState &state, Value x,
                           ArrayRef<int64_t> axes, ValueRange after) {
  build(builder, state, x.getType(), builder.getType<TokenType>(), x, after,
        axes);
}

void CheckSplitOp::build(OpBuilder &builder, OperationState &state, Value x,
                         int64_t axis, int64_t num, ValueRange after) {
  build(builder, state, x.getType(), builder.getType<TokenType>(), x, after,
        axis, num);
}

void CheckTrueOp::build(OpBuilder &builder, OperationState &state, Value x,
                        Value conditions, StringRef message, ValueRange after) {
  build(builder, state, x.getType(), builder.getType<TokenType>(), x,
        conditions, after, message);
}

//===----------------------------------------------------------------------===//
// Constraints
//===----------------------------------------------------------------------===//

LogicalResult CheckBroadcastOp::verify() {
  // C2: static sizes broadcast.
  SmallVector<int64_t> shape(tensorType(getX()).getShape());
  for (Value other : getOthers()) {
    FailureOr<SmallVector<int64_t>> wider =
        broadcastShapes(shape, tensorType(other).getShape());
    if (failed(wider))
      return emitOpError() << "expects shapes that broadcast, but got "
                           << getX().getType() << " and "
                           << getOthers().getTypes();
    shape = std::move(*wider);
  }
  return success();
}

LogicalResult CheckDimsOp::verify() {
  // C2: the dims come in pairs.
  if (getLhsDims().size() != getRhsDims().size())
    return emitOpError() << "expects as many lhs_dims as rhs_dims, but got "
                         << getLhsDims().size() << " and "
                         << getRhsDims().size();
  RankedTensorType x = tensorType(getX()), y = tensorType(getY());
  for (auto [i, j] : llvm::zip(getLhsDims(), getRhsDims())) {
    // C3: they are dims of x and y.
    if (failed(verifyDim(getLoc(), getOperationName(), "lhs_dims", i,
                         x.getRank())) ||
        failed(verifyDim(getLoc(), getOperationName(), "rhs_dims", j,
                         y.getRank())))
      return failure();
    // C4: static sizes agree.
    int64_t size = x.getDimSize(i), wanted = y.getDimSize(j);
    if (size != wanted && !ShapedType::isDynamic(size) &&
        !ShapedType::isDynamic(wanted))
      return emitOpError() << "expects x dim " << i << " (" << size
                           << ") to equal y dim " << j << " (" << wanted << ")";
  }
  return success();
}

LogicalResult CheckIndexOp::verify() {
  // C2: a dim of x.
  return verifyDim(getLoc(), getOperationName(), "axis", getAxis(),
                   tensorType(getX()).getRank());
}

LogicalResult CheckBoundsOp::verify() {
  RankedTensorType type = tensorType(getX());
  for (Value bound : {getLower(), getUpper()}) {
    RankedTensorType boundType = tensorType(bound);
    // C2: bounds are numbers of the same kind.
    if (boundType.getElementType() != type.getElementType())
      return emitOpError() << "expects bounds of element type "
                           << type.getElementType() << ", but got "
                           << boundType;
    // C3: one bound for all places or one per place.
    if (boundType.getRank() != 0 &&
        failed(verifyCompatibleShape(boundType, type)))
      return emitOpError() << "expects bounds that are scalars or of a shape "
                              "compatible with "
                           << type << ", but got " << boundType;
  }
  return success();
}

LogicalResult CheckSqueezeOp::verify() {
  RankedTensorType x = tensorType(getX());
  // C2: different dims of x.
  if (failed(verifyDims(getLoc(), getOperationName(), "axes", getAxes(),
                        x.getRank(), /*ascending=*/false)))
    return failure();
  // C3: a static size is 1.
  for (int64_t axis : getAxes())
    if (!x.isDynamicDim(axis) && x.getDimSize(axis) != 1)
      return emitOpError() << "expects dim " << axis
                           << " to have size 1, but got " << x.getDimSize(axis);
  return success();
}

LogicalResult CheckSplitOp::verify() {
  RankedTensorType x = tensorType(getX());
  int64_t axis = getAxis(), num = getNum();
  // C2: a dim of x.
  if (failed(
          verifyDim(getLoc(), getOperationName(), "axis", axis, x.getRank())))
    return failure();
  // C3: a number of parts.
  if (num <= 0)
    return emitOpError() << "expects num to be positive, but got " << num;
  // C4: static sizes are divisible.
  if (!x.isDynamicDim(axis) && x.getDimSize(axis) % num != 0)
    return emitOpError() << "expects num (" << num << ") to divide dim " << axis
                         << " (" << x.getDimSize(axis) << ")";
  return success();
}
