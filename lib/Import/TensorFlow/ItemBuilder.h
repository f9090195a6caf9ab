//===- ItemBuilder.h - from nodes with deadness to items --------*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_ITEMBUILDER_H
#define GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_ITEMBUILDER_H

#include "CheckNodes.h"
#include "ControlFlowItems.h"
#include "Variables.h"

#include "mlir/IR/Diagnostics.h"
#include "llvm/ADT/DenseSet.h"

namespace graph_compile::tensorflow {

/// A region as one entry point runs it.
struct FlatRegion {
  mlir::MLIRContext *context;
  const FlowGraph &flow;
  const NodeOps &ops;
  const References &references;
  /// By node: it is more than a value.
  const std::vector<bool> &hasEffect;
  /// By position: it is, or waits for, a node of TF 1 control flow. The others
  /// stay as they are.
  const std::vector<bool> &isAffected;
};

/// Whether an op belongs to TF 1 control flow.
bool isFlatControlFlow(llvm::StringRef op);

/// Finds out where each node of a region is alive, and makes items of them: a
/// Merge becomes Selects, a frame a Loop. Switch, Enter and the like pass their
/// values on.
class ItemBuilder {
public:
  ItemBuilder(const FlatRegion &region, ItemGraph &items);

  mlir::LogicalResult build();
  /// Completes the items' order. Nothing can be added any more.
  void finish();

  /// The value of an output for who waits for it.
  struct Source {
    ItemValue value;
    ContextIndex context;
    /// What else to wait for; none for most.
    ItemIndex after = Item::none;
  };
  /// An output of a node, or what is fed for it.
  Source getSource(Endpoint endpoint, ScopeIndex scope);
  /// The item of a node; none if the node is not affected.
  ItemIndex getItem(NodeIndex node) const {
    return flow.isLive(node) ? itemOfNode[flow.getPosition(node)] : Item::none;
  }
  /// A value at `context` that holds where `alive` is alive.
  ItemValue makeLiveness(ContextIndex context, ContextIndex alive,
                         NodeIndex node);
  bool isReference(ItemValue value) const;
  /// The context that output `output` of a Switch has in `context`, where the
  /// Switch itself would be alive.
  ContextIndex enterOutput(ItemIndex item, uint32_t output,
                           ContextIndex context);
  bool isSwitch(ItemIndex item) const { return literals.count(item); }
  /// The scope of a frame, and the loop that a scope is; none for the graph.
  ScopeIndex getScope(unsigned frame) const {
    return scopeOfFrame.lookup(frame);
  }
  ItemIndex getLoop(ScopeIndex scope) const { return scopes[scope].loop; }
  /// Whether an item of a loop runs only where the loop goes on.
  bool isInBody(ItemIndex item) const;
  /// Whether a condition is that of a loop.
  bool decidesLoop(ConditionIndex condition) const {
    return loopConditions.contains(condition);
  }
  /// The type of a value, one of TensorFlow's DataType numbers.
  int getDataType(ItemValue value) const;

private:
  /// What runs in one frame, iteration for iteration: the nodes of a loop, or
  /// those outside of every loop.
  struct Scope {
    unsigned frame;
    ItemIndex loop;
    ContextIndex root;
    /// In an order in which they can run.
    std::vector<ItemIndex> items;
    /// What is decided on each value.
    llvm::DenseMap<std::pair<ItemIndex, uint32_t>, ConditionIndex> conditions;
    std::vector<ItemIndex> loopConditions;
    /// Where the loop goes on.
    ContextIndex body = 0;
    /// The NextIteration of each value that the loop carries.
    std::vector<NodeIndex> nextIterations;
  };
  /// The parts of a loop.
  enum class Part : uint8_t { Check, Body, Exit };
  using Parts = llvm::DenseMap<ItemIndex, Part>;
  /// One input of a Merge.
  struct Candidate {
    ContextIndex context;
    ItemValue value;
  };
  struct Literal {
    ConditionIndex condition;
    bool holds;
  };

  // ItemBuilder.cpp
  mlir::InFlightDiagnostic error(NodeIndex node);
  ScopeIndex addScope(unsigned frame, ItemIndex loop, ContextIndex root);
  ItemIndex addItem(Item item, ScopeIndex scope);
  ItemIndex getOuterItem(NodeIndex node);
  ItemValue makeConstant(int dataType, int64_t number, ContextIndex context,
                         ScopeIndex scope, NodeIndex node);
  mlir::LogicalResult makeItem(Position position, ScopeIndex scope);
  void addControls(Position position, Item &item,
                   llvm::SmallVectorImpl<ContextIndex> *contexts);
  void makeNode(Position position, ScopeIndex scope);
  static Item makeForward(const Node &node, ScopeIndex scope);
  void makeSwitch(Position position, ScopeIndex scope);
  mlir::LogicalResult makeMerge(Position position, ScopeIndex scope);
  std::optional<ItemValue> lookThrough(ItemValue value);
  Literal findLiteral(ItemValue value, ScopeIndex scope, Item &user);
  ItemValue select(ContextIndex context, llvm::ArrayRef<Candidate> candidates,
                   std::optional<ItemValue> otherwise, ScopeIndex scope,
                   NodeIndex node);
  ContextIndex unite(llvm::ArrayRef<Candidate> candidates, ScopeIndex scope,
                     NodeIndex node);
  ItemValue select(ContextIndex context, llvm::ArrayRef<ContextIndex> alive,
                   llvm::ArrayRef<int64_t> numbers, int64_t otherwise,
                   int dataType, ScopeIndex scope, NodeIndex node);

  // ItemOrder.cpp
  mlir::LogicalResult orderScopes();
  uint32_t liftToScope(uint32_t element, unsigned frame, unsigned outer) const;
  void orderElements(unsigned frame, llvm::ArrayRef<uint32_t> unordered,
                     llvm::ArrayRef<llvm::SmallVector<uint32_t, 2>> users,
                     std::vector<uint32_t> &numPending);

  // RaiseLoops.cpp
  mlir::LogicalResult buildScope(unsigned frame, ScopeIndex scope);
  void kill(unsigned frame);
  mlir::LogicalResult buildLoop(unsigned frame, ScopeIndex parent);
  ItemIndex addCarried(ItemIndex loop, ItemValue init);
  mlir::LogicalResult makeLoopMerge(Position position, ScopeIndex scope);
  mlir::LogicalResult makeExit(Position position, ScopeIndex scope);
  mlir::LogicalResult finishLoop(ScopeIndex scope, ScopeIndex parent);
  void findInvariants(LoopDetail &loop, llvm::ArrayRef<ItemIndex> next);
  ItemValue getOutside(ItemIndex loop, ItemValue value);
  bool splitLoop(ScopeIndex scope, ScopeIndex parent, ContextIndex bodyContext,
                 ContextIndex exitContext);
  Parts findParts(const Scope &scope, ContextIndex bodyContext,
                  ContextIndex exitContext);
  bool isSplittable(const Scope &scope, Parts &parts, ContextIndex bodyContext,
                    ContextIndex exitContext);
  void collectNested(ItemIndex item, llvm::SmallVectorImpl<ItemIndex> &found);
  template <typename Fn> void forEachUse(ItemIndex item, Fn fn);
  std::optional<std::vector<ItemIndex>>
  findClosure(const Scope &scope, const Parts &parts,
              llvm::ArrayRef<ItemValue> values);
  llvm::DenseMap<ItemIndex, ItemIndex>
  cloneItems(llvm::ArrayRef<ItemIndex> closure, ScopeIndex scope,
             ContextIndex context, std::vector<ItemIndex> &clones);
  void keepLoopWhole(ScopeIndex scope, ScopeIndex parent,
                     llvm::ArrayRef<ItemIndex> next);

  const FlatRegion region;
  const FlowGraph &flow;
  const NodeGraph &graph;
  ItemGraph &items;
  std::vector<Scope> scopes;
  FrameTree frames;

  /// By position.
  std::vector<ItemIndex> itemOfNode;
  /// By position of a Switch: what it decides on; of several outputs one each.
  llvm::DenseMap<ItemIndex, llvm::SmallVector<Literal, 1>> literals;
  /// By item of a Merge: its value_index.
  llvm::DenseMap<ItemIndex, ItemValue> valueIndices;
  llvm::DenseMap<NodeIndex, ItemIndex> outerItems;
  /// Where a union of contexts is alive, by the context around and its
  /// predicate.
  llvm::DenseMap<std::pair<ContextIndex, Predicate>, ConditionIndex> unions;

  /// By frame: positions and child frames, in order; frames as numbers above
  /// the positions.
  std::vector<std::vector<uint32_t>> elements;
  /// By frame: where values come in and go out.
  std::vector<std::vector<Position>> enters, exits;
  /// Merges whose value_index something uses.
  llvm::DenseSet<NodeIndex> indexedMerges;
  llvm::DenseMap<unsigned, ScopeIndex> scopeOfFrame;
  llvm::DenseSet<ConditionIndex> loopConditions;
  /// By position of an Exit: its value, for who is outside.
  llvm::DenseMap<Position, ItemValue> exitValues;
};

} // namespace graph_compile::tensorflow

#endif // GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_ITEMBUILDER_H
