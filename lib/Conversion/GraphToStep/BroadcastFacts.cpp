//===- BroadcastFacts.cpp - which open dims may have to be broadcast ------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graph-compile/Conversion/GraphToStep/GraphToStep.h"
#include "graph-compile/Dialect/Graph/IR/GraphOps.h"
#include "graph-compile/Dialect/Graph/IR/ShapeUtils.h"
#include "mlir/IR/BuiltinTypes.h"

using namespace mlir;
using namespace graph_compile;

/// Returns how many of the last dims of the operands of `op` do not broadcast
/// with each other, or nothing if `op` does not broadcast at all.
static std::optional<int64_t> getNumInnerDims(Operation *op) {
  using namespace graph;
  if (isa<MatmulOp>(op))
    return 2;
  if (isa<AddOp, SubOp, MulOp, DivOp, FloorDivOp, FloorModOp, TruncDivOp,
          TruncModOp, MaxOp, MinOp, PowOp, Atan2Op, AndOp, OrOp, XorOp,
          ShiftLeftOp, ShiftRightOp, CompareOp, SelectOp, SpecialOp>(op))
    return 0;
  return std::nullopt;
}

BroadcastFacts::BroadcastFacts(Operation *root) {
  root->walk([&](Operation *op) { addOperation(op); });
}

bool BroadcastFacts::mayBroadcast(Operation *op, unsigned operand,
                                  int64_t dim) const {
  auto found = places.find(op);
  return found != places.end() &&
         llvm::any_of(found->second, [&](const Place &place) {
           return place.operand == operand && place.dim == dim;
         });
}

void BroadcastFacts::addOperation(Operation *op) {
  if (auto broadcast = dyn_cast<graph::BroadcastToOp>(op)) {
    int64_t rank = broadcast.getX().getType().getRank();
    int64_t resultRank = broadcast.getResult().getType().getRank();
    for (int64_t dim = 0; dim < rank; ++dim)
      if (broadcast.getX().getType().isDynamicDim(dim) &&
          !graph::sameDim(broadcast.getX(), dim, broadcast.getResult(),
                          resultRank - rank + dim))
        places[op].push_back({/*operand=*/0, dim});
    return;
  }
  std::optional<int64_t> numInnerDims = getNumInnerDims(op);
  if (!numInnerDims)
    return;
  int64_t rank = cast<RankedTensorType>(op->getResult(0).getType()).getRank();
  for (int64_t fromLast = *numInnerDims; fromLast < rank; ++fromLast)
    addResultDim(op, fromLast);
}

/// Looks at the operands' dims that are `fromLast` places before their last.
/// They need no care if all that are not known to be 1 are known to be equal.
void BroadcastFacts::addResultDim(Operation *op, int64_t fromLast) {
  SmallVector<Place, 3> others;
  bool hasOpen = false;
  for (OpOperand &operand : op->getOpOperands()) {
    auto type = cast<RankedTensorType>(operand.get().getType());
    int64_t dim = type.getRank() - 1 - fromLast;
    if (dim < 0 || type.getDimSize(dim) == 1)
      continue;
    hasOpen |= type.isDynamicDim(dim);
    others.push_back({operand.getOperandNumber(), dim});
  }
  if (!hasOpen)
    return;
  const Place &first = others.front();
  bool allEqual = llvm::all_of(llvm::drop_begin(others), [&](Place place) {
    return graph::sameDim(op->getOperand(first.operand), first.dim,
                          op->getOperand(place.operand), place.dim);
  });
  if (allEqual)
    return;
  for (Place place : others) {
    auto type = cast<RankedTensorType>(op->getOperand(place.operand).getType());
    if (type.isDynamicDim(place.dim))
      places[op].push_back(place);
  }
}
