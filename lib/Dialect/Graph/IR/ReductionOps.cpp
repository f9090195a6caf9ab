//===- ReductionOps.cpp - reductions, arg_max, arg_min, top_k -------------===//
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
#include "graph-compile/Dialect/Graph/IR/GraphReductionOps.cpp.inc"

void GraphDialect::registerReductionOps() {
  addOperations<
#define GET_OP_LIST
#include "graph-compile/Dialect/Graph/IR/GraphReductionOps.cpp.inc"
      >();
}

/// The shape without the dims `axes`, or with size 1 in their place.
static SmallVector<int64_t>
reducedShape(RankedTensorType x, ArrayRef<int64_t> axes, bool keepDims) {
  SmallVector<int64_t> shape;
  for (auto [dim, size] : llvm::enumerate(x.getShape())) {
    if (!llvm::is_contained(axes, static_cast<int64_t>(dim)))
      shape.push_back(size);
    else if (keepDims)
      shape.push_back(1);
  }
  return shape;
}

LogicalResult ReduceOp::inferReturnTypes(MLIRContext *,
                                         std::optional<Location> location,
                                         Adaptor adaptor,
                                         SmallVectorImpl<Type> &types) {
  StringRef op = getOperationName();
  if (failed(requireTensors(location, op, adaptor.getX())))
    return failure();
  RankedTensorType x = tensorType(adaptor.getX());
  // C1: different dims of x, ascending.
  if (failed(verifyDims(location, op, "axes", adaptor.getAxes(), x.getRank(),
                        /*ascending=*/true)))
    return failure();
  // C2: logical kinds take booleans, the others numbers.
  ReduceKind kind = adaptor.getKind();
  bool isLogical = kind == ReduceKind::All || kind == ReduceKind::Any;
  if (x.getElementType().isInteger(1) != isLogical)
    return InferenceError(location, op)
           << "expects " << (isLogical ? "booleans" : "numbers") << " for "
           << stringifyReduceKind(kind) << ", but got " << x;
  // C3, the result's type, is checked by the interface.
  types.push_back(
      x.clone(reducedShape(x, adaptor.getAxes(), adaptor.getKeepDims())));
  return success();
}

static LogicalResult inferArg(std::optional<Location> location, StringRef op,
                              Value operand, int64_t axis, Type outType,
                              SmallVectorImpl<Type> &types) {
  if (failed(requireTensors(location, op, operand)))
    return failure();
  RankedTensorType x = tensorType(operand);
  // C1: a dim of x.
  if (failed(verifyDim(location, op, "axis", axis, x.getRank())))
    return failure();
  // C2: an integer type.
  if (!isElementType(outType) || !outType.isInteger() || outType.isInteger(1))
    return InferenceError(location, op)
           << "expects out_type to be an integer type of the dialect, but got "
           << outType;
  // C3, the result's type, is checked by the interface.
  types.push_back(RankedTensorType::get(
      reducedShape(x, axis, /*keepDims=*/false), outType));
  return success();
}

LogicalResult ArgMaxOp::inferReturnTypes(MLIRContext *,
                                         std::optional<Location> location,
                                         Adaptor adaptor,
                                         SmallVectorImpl<Type> &types) {
  return inferArg(location, getOperationName(), adaptor.getX(),
                  adaptor.getAxis(), adaptor.getOutType(), types);
}

LogicalResult ArgMinOp::inferReturnTypes(MLIRContext *,
                                         std::optional<Location> location,
                                         Adaptor adaptor,
                                         SmallVectorImpl<Type> &types) {
  return inferArg(location, getOperationName(), adaptor.getX(),
                  adaptor.getAxis(), adaptor.getOutType(), types);
}

LogicalResult TopKOp::inferReturnTypes(MLIRContext *context,
                                       std::optional<Location> location,
                                       Adaptor adaptor,
                                       SmallVectorImpl<Type> &types) {
  StringRef op = getOperationName();
  if (failed(requireTensors(location, op, adaptor.getOperands())))
    return failure();
  RankedTensorType x = tensorType(adaptor.getX());
  // C1: there are rows.
  if (x.getRank() == 0)
    return InferenceError(location, op)
           << "expects x to have at least one dim, but got " << x;
  // C2: a known k lies in the row.
  int64_t row = x.getShape().back();
  std::optional<int64_t> k = knownScalar(adaptor.getK());
  if (k && *k < 0)
    return InferenceError(location, op)
           << "expects k not to be negative, but got " << *k;
  if (k && !ShapedType::isDynamic(row) && *k > row)
    return InferenceError(location, op)
           << "expects k to be at most the last dim (" << row << "), but got "
           << *k;
  // C3, the results' types, is checked by the interface.
  SmallVector<int64_t> shape(x.getShape());
  shape.back() = k.value_or(ShapedType::kDynamic);
  types.push_back(x.clone(shape));
  types.push_back(RankedTensorType::get(shape, IntegerType::get(context, 32)));
  return success();
}
