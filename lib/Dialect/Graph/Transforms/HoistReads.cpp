//===- HoistReads.cpp - read before a loop what it never writes -----------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graph-compile/Dialect/Graph/IR/GraphOps.h"
#include "graph-compile/Dialect/Graph/Transforms/Passes.h"
#include "mlir/IR/PatternMatch.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/MapVector.h"

namespace graph_compile {
#define GEN_PASS_DEF_HOISTREADS
#include "graph-compile/Dialect/Graph/Transforms/Passes.h.inc"
} // namespace graph_compile

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::graph;

using Variables = llvm::DenseSet<StringAttr>;

/// Returns the variables that are set whenever a function but the initializer
/// runs: those with a first value, and those that the initializer assigns.
static Variables getSetVariables(ModuleOp module) {
  Variables variables;
  for (auto variable : module.getOps<VariableOp>())
    if (variable.getInitialValue())
      variables.insert(variable.getSymNameAttr());
  for (auto function : module.getOps<FuncOp>())
    if (function.getInitializer())
      for (auto assign : function.getBody().getOps<AssignOp>())
        variables.insert(assign.getVariableAttr().getAttr());
  return variables;
}

/// Returns the variables that `loop` may write.
static Variables getWrittenVariables(WhileOp loop) {
  Variables variables;
  loop.walk([&](Operation *op) {
    if (isa<ReadOp, IsInitializedOp>(op))
      return;
    for (NamedAttribute attribute : op->getAttrs())
      if (auto name = dyn_cast<FlatSymbolRefAttr>(attribute.getValue()))
        variables.insert(name.getAttr());
  });
  return variables;
}

/// Reads variables of `set` that `loop` does not write once before it.
static void hoistReads(WhileOp loop, const Variables &set,
                       IRRewriter &rewriter) {
  SmallVector<ReadOp> reads;
  for (Region &region : loop->getRegions())
    llvm::append_range(reads, region.getOps<ReadOp>());
  if (reads.empty())
    return;
  Variables written = getWrittenVariables(loop);
  llvm::MapVector<StringAttr, ReadOp> hoisted;
  // In a linear function there are no tokens.
  bool isOrdered = loop.getToken() || !loop.getAfter().empty();
  SmallVector<Value> after(loop.getAfter());
  for (ReadOp read : reads) {
    StringAttr variable = read.getVariableAttr().getAttr();
    if (!set.contains(variable) || written.contains(variable))
      continue;
    ReadOp &outer = hoisted[variable];
    if (!outer) {
      rewriter.setInsertionPoint(loop);
      Type token = isOrdered ? rewriter.getType<TokenType>() : Type();
      outer = ReadOp::create(rewriter, read.getLoc(), read.getValue().getType(),
                             token, read.getVariableAttr(), after);
    }
    eraseEffect(rewriter, read, outer.getValue());
  }
  if (isOrdered)
    for (auto &[variable, read] : hoisted)
      loop.getAfterMutable().append(read.getToken());
}

namespace {
struct HoistReads : graph_compile::impl::HoistReadsBase<HoistReads> {
  void runOnOperation() override {
    Variables set = getSetVariables(getOperation());
    IRRewriter rewriter(&getContext());
    for (auto function : getOperation().getOps<FuncOp>())
      // Inner loops come first: what leaves them may leave the outer ones too.
      if (!function.getInitializer())
        function.walk([&](WhileOp loop) { hoistReads(loop, set, rewriter); });
  }
};
} // namespace
