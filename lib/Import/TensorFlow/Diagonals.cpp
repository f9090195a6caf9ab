//===- Diagonals.cpp - diagonals, triangles, merged dims ------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Diagonals.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Sequence.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;

using graph::CompareDirection;

//===----------------------------------------------------------------------===//
// Merged dims
//===----------------------------------------------------------------------===//

/// The size of a group if all of its dims are static.
static std::optional<int64_t> staticSize(const DimGroup &group) {
  int64_t size = 1;
  for (int64_t dim : group.dims) {
    RankedTensorType type = tensorType(group.tensor);
    if (type.isDynamicDim(dim))
      return std::nullopt;
    size *= type.getDimSize(dim);
  }
  return size;
}

static Value openSize(Chain &chain, const DimGroup &group, Type indexType) {
  Value size;
  for (int64_t dim : group.dims) {
    Value factor = chain.dim(group.tensor, dim, indexType);
    size = size ? chain.mul(size, factor) : factor;
  }
  return size;
}

Value tensorflow::regroup(NodeBuilder &node, Value x,
                          ArrayRef<DimGroup> groups) {
  if (!x)
    return {};
  Chain chain(node);
  Type indexType = node.builder().getI64Type();
  SmallVector<int64_t> sizes;
  int64_t product = 1;
  for (const DimGroup &group : groups) {
    std::optional<int64_t> size = staticSize(group);
    sizes.push_back(size.value_or(-1));
    product *= size.value_or(1);
  }
  // One open size follows from the others, if these are not 0.
  int64_t numOpen = llvm::count(sizes, -1);
  if (numOpen == 0 || (numOpen == 1 && product != 0))
    return chain.reshape(x, node.intVector(sizes, indexType));
  SmallVector<Value> scalars;
  for (auto [group, size] : llvm::zip_equal(groups, sizes))
    scalars.push_back(size == -1 ? openSize(chain, group, indexType)
                                 : chain.integer(size, indexType));
  return chain.reshape(x, chain.vector(scalars));
}

Value tensorflow::mergeDims(NodeBuilder &node, Value x, int64_t first,
                            int64_t count) {
  if (!x || count == 1)
    return x;
  SmallVector<DimGroup> groups;
  for (int64_t dim = 0; dim < tensorType(x).getRank(); ++dim) {
    if (dim > first && dim < first + count)
      groups.back().dims.push_back(dim);
    else
      groups.push_back({x, {dim}});
  }
  return regroup(node, x, groups);
}

//===----------------------------------------------------------------------===//
// Diagonals
//===----------------------------------------------------------------------===//

Value tensorflow::positionsAlong(Chain &chain, Value size, int64_t dim,
                                 int64_t rank) {
  if (!size)
    return {};
  Type type = tensorType(size).getElementType();
  Value positions =
      chain.range(chain.integer(0, type), size, chain.integer(1, type));
  SmallVector<int64_t> others;
  for (int64_t i = 0; i < rank; ++i)
    if (i != dim)
      others.push_back(i);
  return chain.expandDims(positions, others);
}

Value tensorflow::takeDiagonal(NodeBuilder &node, Value x, int64_t first,
                               int64_t second) {
  if (!x)
    return {};
  Chain chain(node);
  if (second != first + 1) {
    auto order =
        llvm::to_vector(llvm::seq<int64_t>(0, tensorType(x).getRank()));
    order.erase(order.begin() + second);
    order.insert(order.begin() + first + 1, second);
    x = chain.transpose(x, order);
    if (!x)
      return {};
  }
  Type indexType = node.builder().getI64Type();
  Value size = chain.dim(x, first + 1, indexType);
  Value stride = chain.add(size, chain.integer(1, indexType));
  Value places =
      chain.mul(positionsAlong(chain, size, /*dim=*/0, /*rank=*/1), stride);
  return chain.gather(mergeDims(node, x, first, 2), places, first);
}

Value tensorflow::placeOnDiagonal(NodeBuilder &node, Value x, int64_t like,
                                  int64_t dim) {
  if (!x)
    return {};
  Chain chain(node);
  int64_t rank = tensorType(x).getRank() + 1;
  Value size =
      chain.dim(x, like < dim ? like : like - 1, node.builder().getI64Type());
  Value isDiagonal = chain.compare(CompareDirection::EQ,
                                   positionsAlong(chain, size, like, rank),
                                   positionsAlong(chain, size, dim, rank));
  return chain.select(isDiagonal, chain.expandDims(x, dim), chain.scalar(0, x));
}

Value tensorflow::selectLower(NodeBuilder &node, Value sample, Value yes,
                              Value no) {
  if (!sample || !yes || !no)
    return {};
  Chain chain(node);
  int64_t rank = tensorType(sample).getRank();
  Type indexType = node.builder().getI64Type();
  Value rows = positionsAlong(chain, chain.dim(sample, rank - 2, indexType),
                              /*dim=*/0, /*rank=*/2);
  Value columns = positionsAlong(chain, chain.dim(sample, rank - 1, indexType),
                                 /*dim=*/1, /*rank=*/2);
  return chain.select(chain.compare(CompareDirection::GE, rows, columns), yes,
                      no);
}

SmallVector<int64_t> tensorflow::matrixTransposition(int64_t rank) {
  auto order = llvm::to_vector(llvm::seq<int64_t>(0, rank));
  std::swap(order[rank - 2], order[rank - 1]);
  return order;
}
