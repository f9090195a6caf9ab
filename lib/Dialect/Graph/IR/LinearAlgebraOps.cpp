//===- LinearAlgebraOps.cpp - factors and solutions of matrices -----------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The last constraint of every op, the types of the results, is checked by the
// interface.
//
//===----------------------------------------------------------------------===//

#include "graph-compile/Dialect/Graph/IR/Graph.h"

#include "Inference.h"

#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::graph;

#define GET_OP_CLASSES
#include "graph-compile/Dialect/Graph/IR/GraphLinearAlgebraOps.cpp.inc"

void GraphDialect::registerLinearAlgebraOps() {
  addOperations<
#define GET_OP_LIST
#include "graph-compile/Dialect/Graph/IR/GraphLinearAlgebraOps.cpp.inc"
      >();
}

//===----------------------------------------------------------------------===//
// Constraints
//===----------------------------------------------------------------------===//

/// Checks that `type`, of the operand `name`, has matrices in its last dims.
static LogicalResult verifyMatrices(std::optional<Location> location,
                                    StringRef op, StringRef name,
                                    RankedTensorType type) {
  if (type.getRank() >= 2)
    return success();
  return InferenceError(location, op)
         << "expects " << name << " to have at least two dims, but got "
         << type;
}

/// The same of square matrices. If one of the two sizes is open, `type` becomes
/// the type in which both are the known one.
static LogicalResult verifySquareMatrices(std::optional<Location> location,
                                          StringRef op, StringRef name,
                                          RankedTensorType &type) {
  if (failed(verifyMatrices(location, op, name, type)))
    return failure();
  SmallVector<int64_t> shape(type.getShape());
  int64_t &rows = shape[shape.size() - 2], &columns = shape.back();
  if (ShapedType::isDynamic(rows))
    rows = columns;
  if (ShapedType::isDynamic(columns))
    columns = rows;
  if (rows != columns)
    return InferenceError(location, op)
           << "expects " << name << " to have square matrices, but got "
           << type;
  type = type.clone(shape);
  return success();
}

/// The operand of an op on one tensor of square matrices.
template <typename Adaptor>
static FailureOr<RankedTensorType>
getSquareOperand(std::optional<Location> location, StringRef op,
                 Adaptor adaptor) {
  if (failed(requireTensors(location, op, adaptor.getOperands())))
    return failure();
  // C1: square matrices.
  RankedTensorType x = tensorType(adaptor.getX());
  if (failed(verifySquareMatrices(location, op, "x", x)))
    return failure();
  return x;
}

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

LogicalResult CholeskyOp::inferReturnTypes(MLIRContext *,
                                           std::optional<Location> location,
                                           Adaptor adaptor,
                                           SmallVectorImpl<Type> &types) {
  auto x = getSquareOperand(location, getOperationName(), adaptor);
  if (failed(x))
    return failure();
  types.push_back(*x);
  return success();
}

LogicalResult LuOp::inferReturnTypes(MLIRContext *context,
                                     std::optional<Location> location,
                                     Adaptor adaptor,
                                     SmallVectorImpl<Type> &types) {
  auto x = getSquareOperand(location, getOperationName(), adaptor);
  if (failed(x))
    return failure();
  types.push_back(*x);
  types.push_back(RankedTensorType::get(x->getShape().drop_back(),
                                        IntegerType::get(context, 32)));
  types.push_back(x->clone(x->getShape().drop_back(2)));
  return success();
}

LogicalResult OrthogonalizeOp::inferReturnTypes(
    MLIRContext *, std::optional<Location> location, Adaptor adaptor,
    SmallVectorImpl<Type> &types) {
  auto x = getSquareOperand(location, getOperationName(), adaptor);
  if (failed(x))
    return failure();
  types.assign(2, *x);
  return success();
}

LogicalResult TriangularSolveOp::inferReturnTypes(
    MLIRContext *, std::optional<Location> location, Adaptor adaptor,
    SmallVectorImpl<Type> &types) {
  StringRef op = getOperationName();
  if (failed(requireTensors(location, op, adaptor.getOperands())))
    return failure();
  // C1: one element type.
  if (failed(verifySameElement(location, op, "a", adaptor.getA(), "b",
                               adaptor.getB())))
    return failure();
  RankedTensorType a = tensorType(adaptor.getA());
  RankedTensorType b = tensorType(adaptor.getB());
  // C2: square matrices.
  if (failed(verifySquareMatrices(location, op, "a", a)))
    return failure();
  // C3: one system per matrix, with as many equations as it has rows.
  if (a.getRank() != b.getRank() ||
      failed(verifyCompatibleShape(a.getShape().drop_back(),
                                   b.getShape().drop_back())))
    return InferenceError(location, op)
           << "expects a and b to have the same dims but for the last, but got "
           << a << " and " << b;
  SmallVector<int64_t> shape(b.getShape());
  for (auto [size, other] : llvm::zip(shape, a.getShape().drop_back()))
    if (ShapedType::isDynamic(size))
      size = other;
  types.push_back(b.clone(shape));
  return success();
}

LogicalResult QrOp::inferReturnTypes(MLIRContext *,
                                     std::optional<Location> location,
                                     Adaptor adaptor,
                                     SmallVectorImpl<Type> &types) {
  StringRef op = getOperationName();
  if (failed(requireTensors(location, op, adaptor.getOperands())))
    return failure();
  RankedTensorType x = tensorType(adaptor.getX());
  // C1: at least two dims.
  if (failed(verifyMatrices(location, op, "x", x)))
    return failure();
  int64_t rows = x.getShape()[x.getRank() - 2], columns = x.getShape().back();
  // As many reflections as the shorter side is long.
  int64_t inner = ShapedType::isDynamic(rows) || ShapedType::isDynamic(columns)
                      ? ShapedType::kDynamic
                      : std::min(rows, columns);
  if (adaptor.getFullMatrices())
    inner = rows;
  auto push = [&](int64_t height, int64_t width) {
    SmallVector<int64_t> shape(x.getShape().drop_back(2));
    shape.append({height, width});
    types.push_back(x.clone(shape));
  };
  push(rows, inner);
  push(inner, columns);
  return success();
}
