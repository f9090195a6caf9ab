//===- HoistInvariants.cpp - compute before a loop what it never changes --===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graph-compile/Dialect/Graph/IR/GraphOps.h"
#include "graph-compile/Dialect/Graph/Transforms/Passes.h"

namespace graph_compile {
#define GEN_PASS_DEF_HOISTINVARIANTS
#include "graph-compile/Dialect/Graph/Transforms/Passes.h.inc"
} // namespace graph_compile

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::graph;

/// Whether a loop is better off if `op` is computed once before it. Pure ops
/// never fail; a branch inside is a choice of its own, and a broadcast on its
/// own would only take memory that its users do without.
static bool isWorthHoisting(Operation *op) {
  return op->getNumRegions() == 0 && op->getNumResults() > 0 &&
         isMemoryEffectFree(op) && !isa<JoinOp, BroadcastToOp>(op);
}

/// Moves out of `region`, one of a loop, what depends on nothing of the loop.
/// The blocks' order means nothing yet, so an op may come before its operands.
static void hoistFrom(Region &region, WhileOp loop) {
  auto isOutside = [&](Value value) {
    return !region.isAncestor(value.getParentRegion());
  };
  SmallVector<Operation *> worklist;
  for (Operation &op : region.front().without_terminator())
    worklist.push_back(&op);
  while (!worklist.empty()) {
    Operation *op = worklist.pop_back_val();
    if (op->getBlock() != &region.front() || !isWorthHoisting(op) ||
        !llvm::all_of(op->getOperands(), isOutside))
      continue;
    op->moveBefore(loop);
    for (Operation *user : op->getUsers())
      if (user->getBlock() == &region.front() &&
          !user->hasTrait<OpTrait::IsTerminator>())
        worklist.push_back(user);
  }
}

namespace {
struct HoistInvariants
    : graph_compile::impl::HoistInvariantsBase<HoistInvariants> {
  void runOnOperation() override {
    // Inner loops come first: what leaves them may leave the outer ones too.
    getOperation().walk([](WhileOp loop) {
      hoistFrom(loop.getConditionRegion(), loop);
      hoistFrom(loop.getBodyRegion(), loop);
    });
  }
};
} // namespace
