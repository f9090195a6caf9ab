//===- OpenSizes.cpp - where the sizes of a tensor are written down -------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "KernelBuilder.h"
#include "StepMemory.h"

using namespace mlir;
using namespace graph_compile;

std::optional<SmallVector<Value>> graph_compile::getOpenSizes(Value tensor) {
  if (cast<RankedTensorType>(tensor.getType()).hasStaticShape())
    return SmallVector<Value>();
  while (auto launch = tensor.getDefiningOp<step::LaunchOp>())
    tensor = launch.getOutputs()[cast<OpResult>(tensor).getResultNumber()];
  if (auto empty = tensor.getDefiningOp<tensor::EmptyOp>())
    return llvm::to_vector(empty.getDynamicSizes());
  if (auto resize = tensor.getDefiningOp<step::ResizeOp>())
    return llvm::to_vector(resize.getSizes());
  if (auto expand = tensor.getDefiningOp<tensor::ExpandShapeOp>())
    return llvm::to_vector(expand.getOutputShape());
  return std::nullopt;
}

/// Adds the factors of dimension `dim` of `tensor`, looking through views for
/// sizes that come before `writer`.
static bool addSizeFactors(Value tensor, int64_t dim, Operation *writer,
                           SizeFactors &factors, unsigned depth = 0) {
  constexpr unsigned kMaxViews = 8;
  auto type = cast<RankedTensorType>(tensor.getType());
  if (!type.isDynamicDim(dim)) {
    factors.push_back(IntegerAttr::get(IndexType::get(tensor.getContext()),
                                       type.getDimSize(dim)));
    return true;
  }
  unsigned open = type.getDynamicDimIndex(dim);
  Operation *definition = tensor.getDefiningOp();
  if (definition == writer) {
    std::optional<SmallVector<Value>> sizes = getOpenSizes(tensor);
    if (sizes)
      factors.push_back((*sizes)[open]);
    return sizes.has_value();
  }
  if (depth == kMaxViews || !definition)
    return false;
  // A kernel that goes on from contents keeps their sizes.
  if (auto launch = dyn_cast<step::LaunchOp>(definition)) {
    Value output =
        launch.getOutputs()[cast<OpResult>(tensor).getResultNumber()];
    return hasContents(output) &&
           addSizeFactors(output, dim, writer, factors, depth + 1);
  }
  if (auto cast = dyn_cast<tensor::CastOp>(definition))
    return addSizeFactors(cast.getSource(), dim, writer, factors, depth + 1);
  if (auto collapse = dyn_cast<tensor::CollapseShapeOp>(definition))
    return llvm::all_of(collapse.getReassociationIndices()[dim],
                        [&](int64_t part) {
                          return addSizeFactors(collapse.getSrc(), part, writer,
                                                factors, depth + 1);
                        });
  auto expand = dyn_cast<tensor::ExpandShapeOp>(definition);
  if (!expand)
    return false;
  Value size = expand.getOutputShape()[open];
  Operation *origin = size.getDefiningOp();
  if (origin && (origin->getBlock() != writer->getBlock() ||
                 !origin->isBeforeInBlock(writer)))
    return false;
  factors.push_back(size);
  return true;
}

std::optional<SmallVector<SizeFactors>>
graph_compile::getOpenSizesAt(Value tensor, Operation *writer) {
  auto type = cast<RankedTensorType>(tensor.getType());
  SmallVector<SizeFactors> sizes;
  for (int64_t dim = 0, rank = type.getRank(); dim < rank; ++dim)
    if (type.isDynamicDim(dim) &&
        !addSizeFactors(tensor, dim, writer, sizes.emplace_back()))
      return std::nullopt;
  return sizes;
}
