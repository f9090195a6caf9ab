//===- LinearizeGraph.cpp - make SSA order the order of execution ---------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graph-compile/Dialect/Graph/IR/GraphOps.h"
#include "graph-compile/Dialect/Graph/Transforms/Passes.h"
#include "graph-compile/Support/NodeLocation.h"
#include "mlir/IR/PatternMatch.h"
#include "llvm/ADT/TypeSwitch.h"

namespace graph_compile {
#define GEN_PASS_DEF_LINEARIZEGRAPH
#include "graph-compile/Dialect/Graph/Transforms/Passes.h.inc"
} // namespace graph_compile

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::graph;

/// Returns how a message speaks of `node`: by its name in quotes, or by its
/// operation where it has none.
static std::string describe(Operation *node) {
  StringRef name = getNodeName(node->getLoc());
  if (name.empty())
    return ("'" + node->getName().getStringRef() + "'").str();
  return ("\"" + name + "\"").str();
}

/// Reports that the nodes of `cycle` wait for each other, each for the next.
static void emitCycle(ArrayRef<Operation *> cycle) {
  if (cycle.size() == 1) {
    emitError(cycle.front()->getLoc())
        << "node " << describe(cycle.front()) << " waits for itself";
    return;
  }
  // A long cycle is cut in the message; its notes would help nobody.
  constexpr size_t maxShown = 10;
  ArrayRef<Operation *> shown = cycle.take_front(maxShown);
  InFlightDiagnostic error = emitError(cycle.front()->getLoc()) << "nodes ";
  llvm::interleaveComma(shown, error,
                        [&](Operation *node) { error << describe(node); });
  if (shown.size() < cycle.size())
    error << " and " << cycle.size() - shown.size() << " more";
  error << " wait for each other";
  for (auto [i, node] : llvm::enumerate(shown))
    error.attachNote(node->getLoc()) << describe(node) << " waits for "
                                     << describe(cycle[(i + 1) % cycle.size()]);
}

/// Removes what the terminator of a block waits for.
static void dropTerminatorTokens(Operation *terminator) {
  llvm::TypeSwitch<Operation *>(terminator)
      .Case<ReturnOp, YieldOp, ConditionOp>(
          [](auto end) { end.getAfterMutable().clear(); });
}

/// Removes all control edges of `block`.
static void dropTokens(Block &block) {
  SmallVector<JoinOp> joins;
  SmallVector<OrderedOpInterface> ordered;
  for (Operation &op : block) {
    if (auto join = dyn_cast<JoinOp>(op)) {
      joins.push_back(join);
    } else if (auto effect = dyn_cast<OrderedOpInterface>(op)) {
      effect.getAfterMutable().clear();
      ordered.push_back(effect);
    }
  }
  dropTerminatorTokens(block.getTerminator());
  // From here on only joins use tokens, and only each other's.
  for (JoinOp join : joins)
    join->dropAllReferences();
  for (JoinOp join : joins)
    join.erase();
  IRRewriter rewriter(block.getParentOp()->getContext());
  for (OrderedOpInterface effect : ordered)
    graph::dropTokens(rewriter, effect);
}

namespace {
struct LinearizeGraph
    : graph_compile::impl::LinearizeGraphBase<LinearizeGraph> {
  using LinearizeGraphBase::LinearizeGraphBase;

  void runOnOperation() override {
    FuncOp function = getOperation();
    if (function.isDeclaration() || function.getLinear())
      return markAllAnalysesPreserved();

    // Sorting a block and dropping its tokens leaves the blocks inside as they
    // are.
    SmallVector<Block *> blocks;
    function.walk<WalkOrder::PreOrder>([&](Operation *op) {
      for (Region &region : op->getRegions())
        blocks.push_back(&region.front());
    });
    for (Block *block : blocks)
      if (failed(linearize(*block)))
        return signalPassFailure();
    function.setLinear(true);
  }

private:
  /// Sorts the nodes of one block and drops its tokens.
  LogicalResult linearize(Block &block) {
    SmallVector<Operation *> cycle;
    FailureOr<SmallVector<Operation *>> order =
        sortNodes(block, schedule, seed, cycle);
    if (failed(order)) {
      emitCycle(cycle);
      return failure();
    }
    Operation *terminator = block.getTerminator();
    for (Operation *node : *order)
      node->moveBefore(terminator);
    dropTokens(block);
    return success();
  }
};
} // namespace
