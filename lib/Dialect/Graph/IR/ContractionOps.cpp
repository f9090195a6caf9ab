//===- ContractionOps.cpp - matrix products -------------------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graph-compile/Dialect/Graph/IR/Graph.h"
#include "graph-compile/Dialect/Graph/IR/ShapeUtils.h"

#include "Inference.h"

#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::graph;

#define GET_OP_CLASSES
#include "graph-compile/Dialect/Graph/IR/GraphContractionOps.cpp.inc"

void GraphDialect::registerContractionOps() {
  addOperations<
#define GET_OP_LIST
#include "graph-compile/Dialect/Graph/IR/GraphContractionOps.cpp.inc"
      >();
}

LogicalResult MatmulOp::inferReturnTypes(MLIRContext *,
                                         std::optional<Location> location,
                                         Adaptor adaptor,
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
  // C2: at least two dims.
  if (a.getRank() < 2 || b.getRank() < 2)
    return InferenceError(location, op)
           << "expects a and b to have at least two dims, but got " << a
           << " and " << b;
  int64_t aRows = a.getRank() - 2, aColumns = a.getRank() - 1;
  int64_t bRows = b.getRank() - 2, bColumns = b.getRank() - 1;
  if (adaptor.getTransposeA())
    std::swap(aRows, aColumns);
  if (adaptor.getTransposeB())
    std::swap(bRows, bColumns);
  // C3: the contracted sizes are equal.
  if (failed(verifyCompatibleShape({a.getDimSize(aColumns)},
                                   {b.getDimSize(bRows)})))
    return InferenceError(location, op)
           << "expects a dim " << aColumns << " (" << a.getDimSize(aColumns)
           << ") to equal b dim " << bRows << " (" << b.getDimSize(bRows)
           << ")";
  // C4: the batch dims broadcast.
  FailureOr<SmallVector<int64_t>> shape =
      broadcastShapes(a.getShape().drop_back(2), b.getShape().drop_back(2));
  if (failed(shape))
    return InferenceError(location, op)
           << "expects batch dims that broadcast, but got " << a << " and "
           << b;
  // C5, the result's type, is checked by the interface.
  shape->push_back(a.getDimSize(aRows));
  shape->push_back(b.getDimSize(bColumns));
  types.push_back(RankedTensorType::get(*shape, a.getElementType()));
  return success();
}
