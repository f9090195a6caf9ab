//===- IndexOps.cpp - scatters, searches by value -------------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The last constraint of every op, the results' types, is checked by the
// interface.
//
//===----------------------------------------------------------------------===//

#include "graph-compile/Dialect/Graph/IR/Graph.h"
#include "graph-compile/Dialect/Graph/IR/ShapeUtils.h"

#include "Inference.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::graph;

#define GET_OP_CLASSES
#include "graph-compile/Dialect/Graph/IR/GraphIndexOps.cpp.inc"

void GraphDialect::registerIndexOps() {
  addOperations<
#define GET_OP_LIST
#include "graph-compile/Dialect/Graph/IR/GraphIndexOps.cpp.inc"
      >();
}

//===----------------------------------------------------------------------===//
// scatter
//===----------------------------------------------------------------------===//

/// C4, C5: the kind fits the elements.
static LogicalResult verifyKind(std::optional<Location> location,
                                RankedTensorType x, ScatterKind kind,
                                bool takesNan) {
  StringRef op = ScatterOp::getOperationName();
  bool isOrdering = kind == ScatterKind::Max || kind == ScatterKind::Min;
  if (x.getElementType().isInteger(1) && !isOrdering &&
      kind != ScatterKind::Update)
    return InferenceError(location, op)
           << "expects update, max or min for booleans, but got "
           << stringifyScatterKind(kind);
  if (takesNan && !isOrdering)
    return InferenceError(location, op)
           << "expects takes_nan with max or min only, but got "
           << stringifyScatterKind(kind);
  return success();
}

LogicalResult ScatterOp::inferReturnTypes(MLIRContext *,
                                          std::optional<Location> location,
                                          Adaptor adaptor,
                                          SmallVectorImpl<Type> &types) {
  StringRef op = getOperationName();
  if (failed(requireTensors(location, op, adaptor.getOperands())))
    return failure();
  RankedTensorType x = tensorType(adaptor.getX());
  RankedTensorType indices = tensorType(adaptor.getIndices());
  RankedTensorType updates = tensorType(adaptor.getUpdates());
  // C1: rows of as many positions as `x` has dims, or fewer.
  if (indices.getRank() == 0 ||
      ShapedType::isDynamic(indices.getShape().back()) ||
      indices.getShape().back() > x.getRank())
    return InferenceError(location, op)
           << "expects indices to end with a dim of static size of at most "
           << x.getRank() << ", but got " << indices;
  // C2: updates fit.
  if (failed(verifySameElement(location, op, "x", adaptor.getX(), "updates",
                               adaptor.getUpdates())))
    return failure();
  // C3: a slice for each row.
  SmallVector<int64_t> shape(indices.getShape().drop_back());
  llvm::append_range(shape, x.getShape().drop_front(indices.getShape().back()));
  if (shape.empty() || failed(verifyCompatibleShape(shape, updates.getShape())))
    return InferenceError(location, op)
           << "expects updates to have a shape of at least one dim that is "
              "compatible with "
           << updates.clone(shape) << ", but got " << updates;
  if (failed(verifyKind(location, x, adaptor.getKind(), adaptor.getTakesNan())))
    return failure();
  types.push_back(x);
  return success();
}

OpFoldResult ScatterOp::fold(FoldAdaptor adaptor) {
  // Without updates nothing changes.
  if (llvm::is_contained(tensorType(getUpdates()).getShape(), 0) &&
      getX().getType() == getResult().getType())
    return getX();
  return {};
}

//===----------------------------------------------------------------------===//
// nonzero, unique
//===----------------------------------------------------------------------===//

/// C1 of both: `value` has at least one dim.
static FailureOr<RankedTensorType>
inferWithDims(std::optional<Location> location, StringRef op, Value value) {
  if (failed(requireTensors(location, op, value)))
    return failure();
  RankedTensorType type = tensorType(value);
  if (type.getRank() == 0)
    return InferenceError(location, op)
           << "expects x to have at least one dim, but got " << type;
  return type;
}

LogicalResult NonzeroOp::inferReturnTypes(MLIRContext *context,
                                          std::optional<Location> location,
                                          Adaptor adaptor,
                                          SmallVectorImpl<Type> &types) {
  FailureOr<RankedTensorType> x =
      inferWithDims(location, getOperationName(), adaptor.getX());
  if (failed(x))
    return failure();
  types.push_back(RankedTensorType::get({ShapedType::kDynamic, x->getRank()},
                                        IntegerType::get(context, 64)));
  return success();
}

LogicalResult UniqueOp::inferReturnTypes(MLIRContext *,
                                         std::optional<Location> location,
                                         Adaptor adaptor,
                                         SmallVectorImpl<Type> &types) {
  StringRef op = getOperationName();
  FailureOr<RankedTensorType> x = inferWithDims(location, op, adaptor.getX());
  if (failed(x))
    return failure();
  // C2: a type of positions.
  Type indexType = adaptor.getIndexType();
  if (!indexType.isSignlessInteger(32) && !indexType.isSignlessInteger(64))
    return InferenceError(location, op)
           << "expects index_type to be i32 or i64, but got " << indexType;
  // Of no slice or of one there are as many different ones.
  int64_t size = x->getDimSize(0);
  int64_t different = size == 0 || size == 1 ? size : ShapedType::kDynamic;
  SmallVector<int64_t> shape(x->getShape());
  shape.front() = different;
  types.push_back(x->clone(shape));
  types.push_back(RankedTensorType::get(size, indexType));
  types.push_back(RankedTensorType::get(different, indexType));
  return success();
}
