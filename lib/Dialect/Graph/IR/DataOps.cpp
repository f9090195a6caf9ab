//===- DataOps.cpp - types of pad, tile, gather, range --------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The last constraint of every op, the result's type, is checked by the
// interface.
//
//===----------------------------------------------------------------------===//

#include "graph-compile/Dialect/Graph/IR/Graph.h"
#include "graph-compile/Dialect/Graph/IR/ShapeUtils.h"

#include "ConstantFolding.h"
#include "Inference.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::graph;

#define GET_OP_CLASSES
#include "graph-compile/Dialect/Graph/IR/GraphDataOps.cpp.inc"

void GraphDialect::registerDataOps() {
  addOperations<
#define GET_OP_LIST
#include "graph-compile/Dialect/Graph/IR/GraphDataOps.cpp.inc"
      >();
}

//===----------------------------------------------------------------------===//
// pad, tile
//===----------------------------------------------------------------------===//

LogicalResult PadOp::inferReturnTypes(MLIRContext *,
                                      std::optional<Location> location,
                                      Adaptor adaptor,
                                      SmallVectorImpl<Type> &types) {
  StringRef op = getOperationName();
  if (failed(requireTensors(location, op, adaptor.getOperands())))
    return failure();
  RankedTensorType x = tensorType(adaptor.getX());
  RankedTensorType paddings = tensorType(adaptor.getPaddings());
  // C1: a matrix with one row of two per dim.
  if (paddings.getShape() != ArrayRef<int64_t>{x.getRank(), 2})
    return InferenceError(location, op)
           << "expects paddings to be a matrix of " << x.getRank()
           << " by 2, but got " << paddings;
  // C2: the value fits.
  if (failed(verifySameElement(location, op, "x", adaptor.getX(), "value",
                               adaptor.getValue())))
    return failure();
  SmallVector<int64_t> elements = elementsOrUnknown(adaptor.getPaddings());
  SmallVector<int64_t> shape(x.getShape());
  for (auto [position, padding] : llvm::enumerate(elements)) {
    // C3: paddings are not negative.
    if (padding < 0 && padding != kUnknown)
      return InferenceError(location, op)
             << "expects paddings not to be negative, but got " << padding;
    int64_t &size = shape[position / 2];
    if (padding == kUnknown)
      size = ShapedType::kDynamic;
    else if (!ShapedType::isDynamic(size) &&
             llvm::AddOverflow(size, padding, size))
      return InferenceError(location, op)
             << "expects sizes that fit 64 bits, but dim " << position / 2
             << " does not";
  }
  types.push_back(x.clone(shape));
  return success();
}

LogicalResult TileOp::inferReturnTypes(MLIRContext *,
                                       std::optional<Location> location,
                                       Adaptor adaptor,
                                       SmallVectorImpl<Type> &types) {
  StringRef op = getOperationName();
  if (failed(requireTensors(location, op, adaptor.getOperands())))
    return failure();
  RankedTensorType x = tensorType(adaptor.getX());
  // C1: one multiple per dim.
  if (failed(verifyLength(location, op, "multiples", adaptor.getMultiples(),
                          x.getRank())))
    return failure();
  SmallVector<int64_t> shape(x.getShape());
  for (auto [size, multiple] :
       llvm::zip(shape, elementsOrUnknown(adaptor.getMultiples()))) {
    // C2: multiples are not negative.
    if (multiple < 0 && multiple != kUnknown)
      return InferenceError(location, op)
             << "expects multiples not to be negative, but got " << multiple;
    if (multiple == 0)
      size = 0;
    else if (multiple == kUnknown)
      size = ShapedType::kDynamic;
    else if (!ShapedType::isDynamic(size) &&
             llvm::MulOverflow(size, multiple, size))
      return InferenceError(location, op)
             << "expects sizes that fit 64 bits, but multiple " << multiple
             << " is too large";
  }
  types.push_back(x.clone(shape));
  return success();
}

//===----------------------------------------------------------------------===//
// gather
//===----------------------------------------------------------------------===//

LogicalResult GatherOp::inferReturnTypes(MLIRContext *,
                                         std::optional<Location> location,
                                         Adaptor adaptor,
                                         SmallVectorImpl<Type> &types) {
  StringRef op = getOperationName();
  if (failed(requireTensors(location, op, adaptor.getOperands())))
    return failure();
  RankedTensorType x = tensorType(adaptor.getX());
  RankedTensorType indices = tensorType(adaptor.getIndices());
  int64_t axis = adaptor.getAxis(), batchDims = adaptor.getBatchDims();
  // C1: a dim of x.
  if (failed(verifyDim(location, op, "axis", axis, x.getRank())))
    return failure();
  // C2: shared dims are dims of both, before the axis.
  if (batchDims < 0 || batchDims > indices.getRank() || batchDims > axis)
    return InferenceError(location, op)
           << "expects batch_dims to be in [0, "
           << std::min(indices.getRank(), axis) << "], but got " << batchDims;
  SmallVector<int64_t> shape(x.getShape().take_front(axis));
  for (int64_t dim = 0; dim < batchDims; ++dim) {
    int64_t size = indices.getDimSize(dim);
    if (ShapedType::isDynamic(shape[dim]))
      shape[dim] = size;
    // C3: shared sizes are equal.
    else if (!ShapedType::isDynamic(size) && size != shape[dim])
      return InferenceError(location, op)
             << "expects x and indices to share dim " << dim << ", but got "
             << shape[dim] << " and " << size;
  }
  llvm::append_range(shape, indices.getShape().drop_front(batchDims));
  llvm::append_range(shape, x.getShape().drop_front(axis + 1));
  types.push_back(x.clone(shape));
  return success();
}

//===----------------------------------------------------------------------===//
// range
//===----------------------------------------------------------------------===//

LogicalResult RangeOp::inferReturnTypes(MLIRContext *,
                                        std::optional<Location> location,
                                        Adaptor adaptor,
                                        SmallVectorImpl<Type> &types) {
  StringRef op = getOperationName();
  if (failed(requireTensors(location, op, adaptor.getOperands())))
    return failure();
  // C1: one element type.
  if (failed(verifySameElement(location, op, "start", adaptor.getStart(),
                               "limit", adaptor.getLimit())) ||
      failed(verifySameElement(location, op, "start", adaptor.getStart(),
                               "delta", adaptor.getDelta())))
    return failure();
  // C2: the delta is not 0.
  if (isZeroConstant(adaptor.getDelta()))
    return InferenceError(location, op) << "expects delta not to be 0";
  std::optional<int64_t> length = constantRangeLength(
      adaptor.getStart(), adaptor.getLimit(), adaptor.getDelta());
  types.push_back(
      RankedTensorType::get({length.value_or(ShapedType::kDynamic)},
                            tensorType(adaptor.getStart()).getElementType()));
  return success();
}
