//===- UnitDims.cpp - dimensions of size 1 in elementwise operations ------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What a mean with kept dimensions leads to,
//
//   %m = reduce %x : tensor<?xf32>
//   %k = tensor.expand_shape %m : tensor<?xf32> into tensor<?x1xf32>
//   %r = rsqrt %k : tensor<?x1xf32>
//   %y = mul %x, %r : tensor<?x8xf32>
//
// becomes an rsqrt on tensor<?xf32>, which the reduction can take as its
// epilogue, and whose result the product reads by row.
//
//===----------------------------------------------------------------------===//

#include "UnitDims.h"

#include "FusionGroup.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

using namespace mlir;
using namespace graph_compile;

/// The dimension of the source that each dimension of the result of `expand`
/// is, or -1 for added ones of size 1. Nothing if it splits a dimension.
static std::optional<SmallVector<int64_t>>
getSourceDims(tensor::ExpandShapeOp expand) {
  RankedTensorType type = expand.getResultType();
  SmallVector<int64_t> sources(type.getRank(), -1);
  for (auto [source, group] :
       llvm::enumerate(expand.getReassociationIndices())) {
    auto isWide = [&](int64_t dim) { return type.getDimSize(dim) != 1; };
    if (llvm::count_if(group, isWide) > 1)
      return std::nullopt;
    auto wide = llvm::find_if(group, isWide);
    sources[wide == group.end() ? group.front() : *wide] = source;
  }
  return sources;
}

/// Lets `operand` read what was expanded. Returns whether it does; it must not
/// where no operand would be left to say how long a loop of size 1 is, which a
/// reduction over an added dimension is.
static bool readSource(linalg::GenericOp op, OpOperand *operand,
                       SmallVectorImpl<AffineMap> &maps) {
  auto expand = operand->get().getDefiningOp<tensor::ExpandShapeOp>();
  if (!expand)
    return false;
  std::optional<SmallVector<int64_t>> sources = getSourceDims(expand);
  if (!sources)
    return false;
  AffineMap &map = maps[operand->getOperandNumber()], before = map;
  SmallVector<AffineExpr> places;
  for (auto [place, source] : llvm::zip_equal(map.getResults(), *sources))
    if (source >= 0)
      places.push_back(place);
  map = AffineMap::get(map.getNumDims(), 0, places, op.getContext());
  if (!inversePermutation(concatAffineMaps(maps, op.getContext()))) {
    map = before;
    return false;
  }
  operand->set(expand.getSrc());
  if (expand->use_empty())
    expand->erase(); // else it would count as a user of its source
  return true;
}

/// The loops of size 1 that no operand of `op` needs.
static llvm::SmallBitVector findUnitLoops(linalg::GenericOp op) {
  llvm::SmallBitVector unit(op.getNumLoops());
  SmallVector<int64_t> ranges = op.getStaticLoopRanges();
  for (auto [loop, size] : llvm::enumerate(ranges))
    unit[loop] = size == 1;
  for (OpOperand *input : op.getDpsInputOperands())
    for (AffineExpr place : op.getMatchingIndexingMap(input).getResults())
      for (unsigned loop = 0; loop < unit.size(); ++loop)
        if (unit.test(loop) && place.isFunctionOfDim(loop))
          unit.reset(loop);
  return unit;
}

/// A reassociation from `type` to the same without the dimensions in `dropped`.
static SmallVector<ReassociationIndices>
getReassociation(RankedTensorType type, const llvm::SmallBitVector &dropped) {
  SmallVector<ReassociationIndices> groups;
  ReassociationIndices leading;
  for (int64_t dim = 0, rank = type.getRank(); dim < rank; ++dim) {
    if (!dropped.test(dim)) {
      groups.push_back(leading);
      leading.clear();
      groups.back().push_back(dim);
    } else if (groups.empty()) {
      leading.push_back(dim);
    } else {
      groups.back().push_back(dim);
    }
  }
  return groups; // empty, as it must be, where nothing is left
}

/// Rewrites `op` without the loops in `unit`.
static void dropLoops(linalg::GenericOp op, const llvm::SmallBitVector &unit) {
  ImplicitLocOpBuilder builder(op.getLoc(), op);
  MLIRContext *context = op.getContext();
  SmallVector<AffineExpr> loops;
  SmallVector<utils::IteratorType> iterators;
  for (unsigned loop = 0; loop < unit.size(); ++loop) {
    if (unit.test(loop)) {
      loops.push_back(builder.getAffineConstantExpr(0));
      continue;
    }
    loops.push_back(builder.getAffineDimExpr(iterators.size()));
    iterators.push_back(op.getIteratorTypesArray()[loop]);
  }
  auto shrink = [&](AffineMap map) {
    return map.replaceDimsAndSymbols(loops, {}, iterators.size(), 0);
  };

  SmallVector<AffineMap> maps;
  for (OpOperand *input : op.getDpsInputOperands())
    maps.push_back(shrink(op.getMatchingIndexingMap(input)));
  OpOperand *init = op.getDpsInitOperand(0);
  auto empty = init->get().getDefiningOp<tensor::EmptyOp>();
  RankedTensorType type = empty.getType();
  llvm::SmallBitVector dropped(type.getRank());
  SmallVector<int64_t> shape;
  SmallVector<AffineExpr> places;
  for (auto [dim, place] :
       llvm::enumerate(shrink(op.getMatchingIndexingMap(init)).getResults())) {
    if (isa<AffineConstantExpr>(place)) {
      dropped.set(dim);
      continue;
    }
    shape.push_back(type.getDimSize(dim));
    places.push_back(place);
  }
  maps.push_back(AffineMap::get(iterators.size(), 0, places, context));

  auto small = tensor::EmptyOp::create(
      builder, RankedTensorType::get(shape, type.getElementType()),
      empty.getDynamicSizes());
  auto narrow =
      linalg::GenericOp::create(builder, small.getType(), op.getInputs(),
                                small.getResult(), maps, iterators);
  narrow.getRegion().takeBody(op.getRegion());
  for (auto index : llvm::make_early_inc_range(
           narrow.getBody()->getOps<linalg::IndexOp>())) {
    OpBuilder body(index);
    AffineExpr loop = loops[index.getDim()];
    if (auto dim = dyn_cast<AffineDimExpr>(loop)) {
      index.setDim(dim.getPosition());
      continue;
    }
    index.replaceAllUsesWith(
        arith::ConstantIndexOp::create(body, index.getLoc(), 0).getResult());
    index.erase();
  }
  auto expand = tensor::ExpandShapeOp::create(
      builder, type, narrow.getResult(0), getReassociation(type, dropped),
      empty.getMixedSizes());
  op.replaceAllUsesWith(ValueRange(expand.getResult()));
  op.erase();
}

void graph_compile::simplifyUnitDims(Block &step) {
  for (auto op : llvm::make_early_inc_range(step.getOps<linalg::GenericOp>())) {
    if (!op.hasPureTensorSemantics())
      continue;
    SmallVector<AffineMap> maps = op.getIndexingMapsArray();
    bool changed = false;
    for (OpOperand *input : op.getDpsInputOperands())
      changed |= readSource(op, input, maps);
    if (!changed)
      continue;
    OpBuilder builder(op);
    op.setIndexingMapsAttr(builder.getAffineMapArrayAttr(maps));
    if (!isElementwise(op) || op->getNumResults() != 1 ||
        !op.getOutputs().front().getDefiningOp<tensor::EmptyOp>())
      continue;
    llvm::SmallBitVector unit = findUnitLoops(op);
    if (unit.any())
      dropLoops(op, unit);
  }
}
