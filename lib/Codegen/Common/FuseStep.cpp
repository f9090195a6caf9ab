//===- FuseStep.cpp - merge elementwise operations into consumers ---------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Roots are visited from last to first, and the producers of a group likewise,
// so that when a producer's turn comes all its users are where they will stay.
//
//===----------------------------------------------------------------------===//

#include "FusionGroup.h"
#include "KernelBuilder.h"
#include "StepBlocks.h"
#include "UnitDims.h"
#include "graph-compile/Codegen/Common/Passes.h"
#include "graph-compile/Dialect/Step/IR/Step.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/IR/PatternMatch.h"

#include <queue>

namespace graph_compile {
#define GEN_PASS_DEF_FUSESTEP
#include "graph-compile/Codegen/Common/Passes.h.inc"
} // namespace graph_compile

using namespace mlir;
using namespace graph_compile;

namespace {
/// Fuses the operations of one block.
class StepFuser {
public:
  StepFuser(Block &block, unsigned maxOps, unsigned maxOperands)
      : block(block), builder(block.getParentOp()->getContext()),
        maxOps(maxOps), maxOperands(maxOperands) {}

  void run();

private:
  void number();
  void fuseInto(linalg::GenericOp root);
  /// How `producer` may join `group`, if it may.
  std::optional<FusionGroup::Join>
  decide(const FusionGroup &group, linalg::GenericOp producer, AffineMap loops);
  bool hasOwnProducer(linalg::GenericOp op);
  /// The operation of the block that `user` is or is in.
  Operation *getUserInBlock(Operation *user) {
    return block.findAncestorOpInBlock(*user);
  }
  bool crossesStore(linalg::GenericOp producer, linalg::GenericOp root);

  Block &block;
  OpBuilder builder;
  unsigned maxOps, maxOperands;
  DenseMap<Operation *, unsigned> positions;
  /// Elementwise operations and roots by position; null where there is none.
  std::vector<linalg::GenericOp> generics;
  DenseMap<StringAttr, SmallVector<unsigned, 1>> stores;
};
} // namespace

void StepFuser::number() {
  for (auto [position, op] : llvm::enumerate(block)) {
    positions[&op] = position;
    auto generic = dyn_cast<linalg::GenericOp>(op);
    generics.push_back(generic && isFusionRoot(generic) ? generic
                                                        : linalg::GenericOp());
    // Conditionals and loops may store, too.
    if (op.getNumRegions() == 0 && !isa<step::StoreOp>(op))
      continue;
    op.walk([&, position = position](step::StoreOp store) {
      auto &positionsOf = stores[store.getVariableAttr().getAttr()];
      if (positionsOf.empty() || positionsOf.back() != position)
        positionsOf.push_back(position);
    });
  }
}

/// Whether `producer` reads a variable that is stored to before `root`: moved
/// there, it would need the old value to be kept.
bool StepFuser::crossesStore(linalg::GenericOp producer,
                             linalg::GenericOp root) {
  return llvm::any_of(producer.getInputs(), [&](Value input) {
    auto load = input.getDefiningOp<step::LoadOp>();
    if (!load)
      return false;
    auto it = stores.find(load.getVariableAttr().getAttr());
    if (it == stores.end())
      return false;
    auto next = llvm::upper_bound(it->second, positions.lookup(producer));
    return next != it->second.end() && *next < positions.lookup(root);
  });
}

/// The shape of `loops` tells how often a point of the producer is computed.
static bool computesEachPointOnce(AffineMap loops) {
  return loops.isPermutation();
}

/// Whether `op` could be computed where its operand is, for nothing.
bool StepFuser::hasOwnProducer(linalg::GenericOp op) {
  return llvm::any_of(op.getInputs(), [](Value input) {
    return input.getDefiningOp<linalg::LinalgOp>() && input.hasOneUse();
  });
}

std::optional<FusionGroup::Join> StepFuser::decide(const FusionGroup &group,
                                                   linalg::GenericOp producer,
                                                   AffineMap loops) {
  if (group.getBodySize() + getBodySize(producer) > maxOps ||
      group.getNumOperandsWith(producer) > maxOperands ||
      crossesStore(producer, group.getRoot()))
    return std::nullopt;
  bool isOnce = computesEachPointOnce(loops);
  if (!isOnce && !isCheap(producer))
    return std::nullopt;

  // Few operations have many users, and those gain little from fusion.
  constexpr unsigned kMaxUses = 32;
  if (producer->getNumResults() != 1 ||
      producer->getResult(0).hasNUsesOrMore(kMaxUses + 1))
    return std::nullopt;
  bool isAlone = true;
  bool isAfter = true;
  unsigned rootPosition = positions.lookup(group.getRoot());
  for (Operation *user : producer->getUsers()) {
    if (group.replaces(user))
      continue;
    isAlone = false;
    Operation *inBlock = getUserInBlock(user);
    if (!inBlock || (inBlock != user && group.contains(inBlock)))
      return std::nullopt; // read by index inside the group
    isAfter &= positions.lookup(inBlock) > rootPosition;
  }
  if (isAlone)
    return FusionGroup::Join::Alone;
  if (isAfter && isOnce && group.getRoot().getNumReductionLoops() == 0)
    return FusionGroup::Join::WithResult;
  if (isCheap(producer) && !hasOwnProducer(producer))
    return FusionGroup::Join::Again;
  return std::nullopt;
}

void StepFuser::fuseInto(linalg::GenericOp root) {
  FusionGroup group(root);
  std::priority_queue<unsigned> candidates;
  auto addCandidates = [&](linalg::GenericOp member) {
    for (Value input : member.getInputs())
      if (Operation *definition = input.getDefiningOp())
        if (auto it = positions.find(definition); it != positions.end())
          if (generics[it->second])
            candidates.push(it->second);
  };
  addCandidates(root);
  while (!candidates.empty()) {
    linalg::GenericOp producer = generics[candidates.top()];
    candidates.pop();
    if (group.contains(producer) || !isElementwise(producer))
      continue;
    AffineMap loops = group.getLoops(producer);
    if (!loops)
      continue;
    if (auto join = decide(group, producer, loops)) {
      group.add(producer, loops, *join);
      addCandidates(producer);
    }
  }

  bool hasScalarInput = llvm::any_of(root.getInputs(), [](Value input) {
    return isa<RankedTensorType>(input.getType()) &&
           (getScalarOf(input) || getSplatOf(input));
  });
  if (group.size() == 1 && !hasScalarInput)
    return;
  unsigned position = positions.lookup(root);
  linalg::GenericOp fused = group.rewrite(builder, [&](Operation *erased) {
    generics[positions.lookup(erased)] = {};
    positions.erase(erased);
  });
  if (fused)
    positions[fused] = position;
}

void StepFuser::run() {
  number();
  for (size_t position = generics.size(); position-- > 0;) {
    linalg::GenericOp root = generics[position];
    if (!root)
      continue;
    if (root->use_empty()) {
      generics[position] = {};
      positions.erase(root);
      root->erase();
      continue;
    }
    fuseInto(root);
  }
}

namespace {
struct FuseStep : graph_compile::impl::FuseStepBase<FuseStep> {
  using FuseStepBase::FuseStepBase;
  void runOnOperation() override;
  LogicalResult generalize(Block &step);
};
} // namespace

/// Named operations become generics, except those that code generation knows.
LogicalResult FuseStep::generalize(Block &step) {
  IRRewriter rewriter(&getContext());
  for (auto op : llvm::make_early_inc_range(step.getOps<linalg::LinalgOp>())) {
    if (isa<linalg::GenericOp, linalg::FillOp>(*op) ||
        linalg::isaContractionOpInterface(op))
      continue;
    rewriter.setInsertionPoint(op);
    if (failed(linalg::generalizeNamedOp(rewriter, op)))
      return op->emitOpError() << "cannot be written as linalg.generic";
  }
  return success();
}

void FuseStep::runOnOperation() {
  func::FuncOp step = getOperation();
  if (step.isExternal() || step->hasAttr(step::StepDialect::kKernelAttr))
    return;
  for (Block *block : getStepBlocks(step)) {
    if (failed(generalize(*block)))
      return signalPassFailure();
    simplifyUnitDims(*block);
    StepFuser(*block, maxOps, maxOperands).run();
  }
}
