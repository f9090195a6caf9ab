//===- ListOps.cpp - lists of tensors -------------------------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The last constraint of the ops whose types are inferred, the result's type,
// is checked by the interface.
//
//===----------------------------------------------------------------------===//

#include "graph-compile/Dialect/Graph/IR/Graph.h"
#include "graph-compile/Dialect/Graph/IR/ShapeUtils.h"

#include "Inference.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::graph;

#define GET_OP_CLASSES
#include "graph-compile/Dialect/Graph/IR/GraphListOps.cpp.inc"

void GraphDialect::registerListOps() {
  addOperations<
#define GET_OP_LIST
#include "graph-compile/Dialect/Graph/IR/GraphListOps.cpp.inc"
      >();
}

/// The type of a list: a tensor with at least one dim.
static FailureOr<RankedTensorType> inferList(std::optional<Location> location,
                                             StringRef op, Value list) {
  if (failed(requireTensors(location, op, list)))
    return failure();
  RankedTensorType type = tensorType(list);
  if (type.getRank() == 0)
    return InferenceError(location, op)
           << "expects list to have at least one dim, but got " << type;
  return type;
}

/// The length that `length` states as a size of a type.
static int64_t knownLength(Value length) {
  std::optional<int64_t> known = knownScalar(length);
  return known ? std::max<int64_t>(*known, 0) : ShapedType::kDynamic;
}

//===----------------------------------------------------------------------===//
// graph.list
//===----------------------------------------------------------------------===//

LogicalResult ListOp::verify() {
  auto type = dyn_cast<RankedTensorType>(getResult().getType());
  if (!type)
    return success();
  // C1: a first dim, the length.
  if (type.getRank() == 0)
    return emitOpError() << "expects a list of at least one dim, but got "
                         << type;
  // C2: a size for each dim of the elements.
  if (getShape() && tensorType(getShape()).getDimSize(0) != type.getRank() - 1)
    return emitOpError() << "expects shape to have one element per dim of "
                            "the list's elements, "
                         << type.getRank() - 1 << ", but got "
                         << getShape().getType();
  // C3: the length that is asked for.
  int64_t length = knownLength(getLength());
  if (failed(verifyCompatibleShape({length}, {type.getDimSize(0)})))
    return emitOpError() << "expects a list of length " << length
                         << ", but got " << type;
  return success();
}

//===----------------------------------------------------------------------===//
// graph.list_set
//===----------------------------------------------------------------------===//

LogicalResult ListSetOp::inferReturnTypes(MLIRContext *,
                                          std::optional<Location> location,
                                          Adaptor adaptor,
                                          SmallVectorImpl<Type> &types) {
  StringRef op = getOperationName();
  // C1: a list.
  FailureOr<RankedTensorType> list = inferList(location, op, adaptor.getList());
  if (failed(list) || failed(requireTensors(location, op, adaptor.getItem())))
    return failure();
  // C2: of such elements.
  if (failed(verifySameElement(location, op, "list", adaptor.getList(), "item",
                               adaptor.getItem())))
    return failure();
  // C3: of such a shape.
  RankedTensorType item = tensorType(adaptor.getItem());
  ArrayRef<int64_t> dims = list->getShape().drop_front();
  if (failed(verifyCompatibleShape(dims, item.getShape())))
    return InferenceError(location, op)
           << "expects item to have a shape compatible with "
           << list->clone(dims) << ", but got " << item;
  types.push_back(*list);
  return success();
}

//===----------------------------------------------------------------------===//
// graph.list_resize
//===----------------------------------------------------------------------===//

LogicalResult ListResizeOp::inferReturnTypes(MLIRContext *,
                                             std::optional<Location> location,
                                             Adaptor adaptor,
                                             SmallVectorImpl<Type> &types) {
  // C1: a list.
  FailureOr<RankedTensorType> list =
      inferList(location, getOperationName(), adaptor.getList());
  if (failed(list))
    return failure();
  SmallVector<int64_t> shape(list->getShape());
  shape.front() = knownLength(adaptor.getLength());
  types.push_back(list->clone(shape));
  return success();
}

OpFoldResult ListResizeOp::fold(FoldAdaptor adaptor) {
  // The length that it has.
  std::optional<SmallVector<Size>> length = shapeElements(getLength());
  if (getList().getType() != getResult().getType() || !length)
    return {};
  Size own = {Size::Kind::Dim, 0, getList()};
  if (!tensorType(getList()).isDynamicDim(0))
    own = Size::constant(tensorType(getList()).getDimSize(0));
  return sameSize(own, length->front()) ? OpFoldResult(getList())
                                        : OpFoldResult();
}

//===----------------------------------------------------------------------===//
// graph.list_fit
//===----------------------------------------------------------------------===//

LogicalResult ListFitOp::inferReturnTypes(MLIRContext *,
                                          std::optional<Location> location,
                                          Adaptor adaptor,
                                          SmallVectorImpl<Type> &types) {
  StringRef op = getOperationName();
  // C1: a list.
  FailureOr<RankedTensorType> list = inferList(location, op, adaptor.getList());
  if (failed(list))
    return failure();
  // C2: a size for each dim of the elements.
  FailureOr<int64_t> length =
      vectorLength(location, op, "shape", adaptor.getShape());
  if (failed(length))
    return failure();
  if (*length != list->getRank() - 1)
    return InferenceError(location, op)
           << "expects shape to have one element per dim of the list's "
              "elements, "
           << list->getRank() - 1 << ", but got " << *length;
  // C3: sizes that the elements may have.
  SmallVector<int64_t> shape(list->getShape());
  for (auto [dim, element] :
       llvm::enumerate(elementsOrUnknown(adaptor.getShape()))) {
    int64_t &size = shape[dim + 1];
    if (element == kUnknown)
      continue;
    if (element < 0 || (!ShapedType::isDynamic(size) && size != element))
      return InferenceError(location, op)
             << "expects element " << dim
             << " of shape to be compatible with the list " << *list
             << ", but got " << element;
    size = element;
  }
  types.push_back(list->clone(shape));
  return success();
}

OpFoldResult ListFitOp::fold(FoldAdaptor adaptor) {
  if (getList().getType() != getResult().getType())
    return {};
  RankedTensorType list = tensorType(getList());
  std::optional<SmallVector<Size>> shape = shapeElements(getShape());
  for (int64_t dim = 1; dim < list.getRank(); ++dim) {
    // A static size is the right one.
    if (!list.isDynamicDim(dim))
      continue;
    Size own = {Size::Kind::Dim, dim, getList()};
    if (!shape || !sameSize(own, (*shape)[dim - 1]))
      return {};
  }
  return getList();
}
