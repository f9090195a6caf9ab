//===- Reshape.cpp - dims of size 1 come and go ---------------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Reshape.h"

using namespace mlir;
using namespace graph_compile;

/// Groups `rank` dims so that each group has one dim that is not in `units`. A
/// unit goes with the dim before it; those at the start with the first dim.
/// Empty if all dims are units.
static SmallVector<ReassociationIndices> groupUnits(int64_t rank,
                                                    ArrayRef<int64_t> units) {
  SmallVector<ReassociationIndices> groups;
  ReassociationIndices leading;
  for (int64_t dim = 0; dim < rank; ++dim) {
    if (!llvm::is_contained(units, dim)) {
      groups.push_back(std::exchange(leading, {}));
      groups.back().push_back(dim);
    } else if (groups.empty()) {
      leading.push_back(dim);
    } else {
      groups.back().push_back(dim);
    }
  }
  return groups;
}

Value graph_compile::createExpandDims(NodeBuilder &b, Value tensor,
                                      ArrayRef<int64_t> axes) {
  if (axes.empty())
    return tensor;
  RankedTensorType source = getTensorType(tensor);
  int64_t rank = source.getRank() + axes.size();
  SmallVector<int64_t> shape;
  SmallVector<OpFoldResult> sizes;
  int64_t next = 0;
  for (int64_t dim = 0; dim < rank; ++dim) {
    bool isNew = llvm::is_contained(axes, dim);
    shape.push_back(isNew ? 1 : source.getDimSize(next));
    if (ShapedType::isDynamic(shape.back()))
      sizes.push_back(getDim(b, tensor, next));
    else
      sizes.push_back(b.getIndexAttr(shape.back()));
    next += !isNew;
  }
  auto type = RankedTensorType::get(shape, source.getElementType());
  if (isScalarized(source) && isScalarized(type))
    return createFromElements(b, type, getElements(b, tensor));
  return tensor::ExpandShapeOp::create(b, type, tensor, groupUnits(rank, axes),
                                       sizes);
}

Value graph_compile::createSqueeze(NodeBuilder &b, Value tensor,
                                   ArrayRef<int64_t> axes) {
  if (axes.empty())
    return tensor;
  RankedTensorType source = getTensorType(tensor);
  SmallVector<int64_t> exact(source.getShape()), shape;
  for (int64_t dim = 0; dim < source.getRank(); ++dim) {
    if (llvm::is_contained(axes, dim))
      exact[dim] = 1;
    else
      shape.push_back(exact[dim]);
  }
  auto type = RankedTensorType::get(shape, source.getElementType());
  // An open dim that is dropped is 1: saying so keeps the others' sizes exact.
  tensor =
      castTo(b, tensor, RankedTensorType::get(exact, source.getElementType()));
  if (isScalarized(tensor) && isScalarized(type))
    return createFromElements(b, type, getElements(b, tensor));
  return tensor::CollapseShapeOp::create(b, type, tensor,
                                         groupUnits(source.getRank(), axes));
}

Value graph_compile::createSlice(NodeBuilder &b, Value tensor,
                                 RankedTensorType type, ArrayRef<Value> offsets,
                                 ArrayRef<Value> strides,
                                 function_ref<Value(int64_t)> getOpenDim) {
  auto getPlace = [&](NodeBuilder &body, ArrayRef<Value> indices) {
    SmallVector<Value> place;
    for (auto [index, offset, stride] : llvm::zip(indices, offsets, strides))
      place.push_back(addIndex(body, offset, mulIndex(body, index, stride)));
    return place;
  };
  if (isScalarized(type) && isScalarized(tensor)) {
    SmallVector<Value> elements;
    for (int64_t i = 0; i < type.getNumElements(); ++i) {
      SmallVector<Value> indices;
      if (type.getRank() == 1)
        indices.push_back(createIndex(b, i));
      elements.push_back(getElement(b, tensor, getPlace(b, indices)));
    }
    return createFromElements(b, type, elements);
  }
  return createFromIndices(b, createEmpty(b, type, getOpenDim),
                           [&](NodeBuilder &body, ArrayRef<Value> indices) {
                             return getElement(body, tensor,
                                               getPlace(body, indices));
                           });
}
