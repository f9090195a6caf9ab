//===- ScanOps.cpp - running sums, order ----------------------------------===//
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

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::graph;

#define GET_OP_CLASSES
#include "graph-compile/Dialect/Graph/IR/GraphScanOps.cpp.inc"

void GraphDialect::registerScanOps() {
  addOperations<
#define GET_OP_LIST
#include "graph-compile/Dialect/Graph/IR/GraphScanOps.cpp.inc"
      >();
}

//===----------------------------------------------------------------------===//
// graph.cumulate
//===----------------------------------------------------------------------===//

LogicalResult CumulateOp::inferReturnTypes(MLIRContext *,
                                           std::optional<Location> location,
                                           Adaptor adaptor,
                                           SmallVectorImpl<Type> &types) {
  StringRef op = getOperationName();
  if (failed(requireTensors(location, op, adaptor.getX())))
    return failure();
  RankedTensorType x = tensorType(adaptor.getX());
  // C1: a dim of x.
  if (failed(verifyDim(location, op, "axis", adaptor.getAxis(), x.getRank())))
    return failure();
  // C2: exponentials are of floats.
  if (adaptor.getKind() == CumulateKind::LogSumExp &&
      !isa<FloatType>(x.getElementType()))
    return InferenceError(location, op)
           << "expects floats for log_sum_exp, but got " << x;
  // C3, the result's type, is checked by the interface.
  types.push_back(x);
  return success();
}

//===----------------------------------------------------------------------===//
// graph.bitcast
//===----------------------------------------------------------------------===//

LogicalResult BitcastOp::inferReturnTypes(MLIRContext *,
                                          std::optional<Location> location,
                                          Adaptor adaptor,
                                          SmallVectorImpl<Type> &types) {
  StringRef op = getOperationName();
  if (failed(requireTensors(location, op, adaptor.getX())))
    return failure();
  RankedTensorType x = tensorType(adaptor.getX());
  Type to = adaptor.getTo();
  // C1: a type of numbers.
  if (!isElementType(to) || to.isInteger(1))
    return InferenceError(location, op)
           << "expects a type of numbers of the dialect, but got " << to;
  unsigned from = x.getElementType().getIntOrFloatBitWidth();
  unsigned width = to.getIntOrFloatBitWidth();
  SmallVector<int64_t> shape(x.getShape());
  if (width < from)
    shape.push_back(from / width);
  if (width > from) {
    // C2: the last dim makes one element.
    int64_t parts = width / from;
    if (shape.empty() ||
        (!ShapedType::isDynamic(shape.back()) && shape.back() != parts))
      return InferenceError(location, op)
             << "expects a last dim of " << parts << ", which make one " << to
             << ", but got " << x;
    shape.pop_back();
  }
  // C3, the result's type, is checked by the interface.
  types.push_back(RankedTensorType::get(shape, to));
  return success();
}

OpFoldResult BitcastOp::fold(FoldAdaptor adaptor) {
  if (getX().getType() == getType())
    return getX();
  // There and back again.
  if (auto inner = getX().getDefiningOp<BitcastOp>())
    if (inner.getX().getType() == getType())
      return inner.getX();
  return {};
}

//===----------------------------------------------------------------------===//
// graph.search_sorted
//===----------------------------------------------------------------------===//

LogicalResult SearchSortedOp::inferReturnTypes(MLIRContext *,
                                               std::optional<Location> location,
                                               Adaptor adaptor,
                                               SmallVectorImpl<Type> &types) {
  StringRef op = getOperationName();
  if (failed(requireTensors(location, op, adaptor.getOperands())))
    return failure();
  RankedTensorType sorted = tensorType(adaptor.getSorted());
  RankedTensorType values = tensorType(adaptor.getValues());
  // C1: matrices.
  if (sorted.getRank() != 2 || values.getRank() != 2)
    return InferenceError(location, op)
           << "expects matrices, but got " << sorted << " and " << values;
  // C2: one element type.
  if (failed(verifySameElement(location, op, "sorted", adaptor.getSorted(),
                               "values", adaptor.getValues())))
    return failure();
  // C3: as many rows.
  if (!sorted.isDynamicDim(0) && !values.isDynamicDim(0) &&
      sorted.getDimSize(0) != values.getDimSize(0))
    return InferenceError(location, op)
           << "expects the same number of rows, but got "
           << sorted.getDimSize(0) << " and " << values.getDimSize(0);
  // C4: an index type.
  Type outType = adaptor.getOutType();
  if (!outType.isSignlessInteger(32) && !outType.isSignlessInteger(64))
    return InferenceError(location, op)
           << "expects out_type to be i32 or i64, but got " << outType;
  // C5, the result's type, is checked by the interface.
  types.push_back(RankedTensorType::get(values.getShape(), outType));
  return success();
}
