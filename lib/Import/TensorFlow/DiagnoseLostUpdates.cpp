//===- DiagnoseLostUpdates.cpp - updates that nothing runs ----------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// An update that no entry point runs is lost if it belongs to one: if its value
// comes by data from nodes of an entry point that changes state (moving
// averages that were never attached to the training step), or if it steps a
// variable by a constant and an entry point reads that variable or changes
// others (a step counter). Initial values, a Saver's restores, and the training
// half of a graph that is compiled for inference only do not belong to what
// runs.
//
//===----------------------------------------------------------------------===//

#include "Diagnose.h"

#include "mlir/IR/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;

namespace {
class LostUpdateFinder {
public:
  LostUpdateFinder(const NodeGraph &graph, const NodeOps &ops,
                   const VariableTable &variables,
                   ArrayRef<EntryAccesses> entries)
      : graph(graph), ops(ops), variables(variables), entries(entries),
        flows(graph), references(flows, ops, variables),
        effects(flows, /*entry=*/nullptr, ops, references) {
    findRunNodes();
    findEntriesOfVariables();
    findAccesses();
    findOrigins();
  }

  /// Calls `report(variable, node, entry)` for each lost update, in the order
  /// of the variables, then of the source.
  void
  find(llvm::function_ref<void(VariableIndex, NodeIndex, const EntryPoint &)>
           report) const;

private:
  void findRunNodes();
  void findEntriesOfVariables();
  void findAccesses();
  void findOrigins();
  void findOrigin(const Node &node);
  bool writesVariable(VariableIndex variable, NodeIndex node) const;
  bool isStep(VariableIndex variable, NodeIndex node) const;
  const EntryPoint *findOwner(VariableIndex variable, NodeIndex node) const;

  const NodeGraph &graph;
  const NodeOps &ops;
  const VariableTable &variables;
  ArrayRef<EntryAccesses> entries;
  /// The whole graph.
  FlowTree flows;
  References references;
  Effects effects;
  /// By variable: the nodes that access it.
  std::vector<std::vector<std::pair<NodeIndex, Access>>> accesses;

  // By node:
  /// Some entry point runs it.
  std::vector<bool> isRun;
  /// The first entry point that changes state, is no initializer and runs the
  /// node, or runs a node that its value comes from, constants apart.
  std::vector<const EntryPoint *> origins;
  std::vector<bool> isConstant, readsVariable;

  /// By variable: the first entry point that reads it or changes another one.
  std::vector<const EntryPoint *> entryOfStep;
};
} // namespace

/// The inputs that the values of a node come from. What a Switch is decided by
/// tells whether it has a value, and is none.
static ArrayRef<Endpoint> getValueInputs(const Node &node) {
  ArrayRef<Endpoint> inputs = node.inputs;
  return isSwitch(node.op) ? inputs.take_front() : inputs;
}

static bool changesState(const EntryAccesses &entry) {
  return !entry.entry.isInitializer &&
         llvm::any_of(entry.accesses, [](const VariableAccess &access) {
           return writes(access.access);
         });
}

void LostUpdateFinder::findRunNodes() {
  isRun.assign(graph.size(), false);
  origins.assign(graph.size(), nullptr);
  for (const EntryAccesses &entry : entries) {
    bool isOrigin = changesState(entry);
    auto run = [&](NodeIndex node) {
      isRun[node] = true;
      if (isOrigin && !origins[node])
        origins[node] = &entry.entry;
    };
    for (const FlowGraph &flow : entry.flows.getFlows())
      for (NodeIndex node : flow.getOrder())
        run(node);
    for (const Feed &feed : entry.entry.feeds)
      run(feed.tensor.node);
  }
}

/// A step of a variable belongs to an entry point that reads the variable or
/// changes others.
void LostUpdateFinder::findEntriesOfVariables() {
  entryOfStep.assign(variables.size(), nullptr);
  auto give = [&](VariableIndex variable, const EntryPoint &entry) {
    if (!entryOfStep[variable])
      entryOfStep[variable] = &entry;
  };
  for (const EntryAccesses &entry : entries) {
    if (entry.entry.isInitializer)
      continue;
    std::optional<VariableIndex> changed;
    bool changesSeveral = false;
    for (const VariableAccess &access : entry.accesses) {
      if (reads(access.access))
        give(access.variable, entry.entry);
      if (!writes(access.access))
        continue;
      changesSeveral |= changed && *changed != access.variable;
      changed = access.variable;
    }
    if (!changed)
      continue;
    for (VariableIndex variable = 0; variable < variables.size(); ++variable)
      if (changesSeveral || variable != *changed)
        give(variable, entry.entry);
  }
}

/// A conditional or loop that runs is not looked at as a whole: the nodes of
/// its bodies are.
void LostUpdateFinder::findAccesses() {
  accesses.resize(variables.size());
  readsVariable.assign(graph.size(), false);
  for (const FlowGraph &flow : flows.getFlows()) {
    if (flow.getRegion() != 0 && !isRun[graph.regions[flow.getRegion()].owner])
      continue;
    for (NodeIndex node : flow.getOrder()) {
      NodeEffects ofNode =
          isRun[node] ? effects.findOwn(node) : effects.find(node);
      for (auto [variable, access] : ofNode.accesses)
        accesses[variable].push_back({node, access});
      readsVariable[node] = !effects.find(node).accesses.empty();
    }
  }
}

/// Follows values along data edges, into bodies too: which are constant, and
/// which come from an entry point.
void LostUpdateFinder::findOrigins() {
  isConstant.assign(graph.size(), false);
  for (const FlowGraph &flow : flows.getFlows()) {
    const NodeRegion &region = graph.regions[flow.getRegion()];
    for (auto [argument, input] :
         llvm::zip(region.arguments, graph[region.owner].inputs))
      origins[argument] = origins[input.node];
    for (NodeIndex node : flow.getOrder())
      findOrigin(graph[node]);
  }
}

void LostUpdateFinder::findOrigin(const Node &node) {
  NodeIndex index = node.index;
  // Variables and what passes them on have no value before they are read.
  if (references.lookup({index, 0})) {
    if (variables.lookup(index))
      origins[index] = nullptr;
    return;
  }
  isConstant[index] = ops[index] && !ops[index]->isStateful &&
                      !readsVariable[index] && !isPlaceholder(node.op) &&
                      llvm::all_of(getValueInputs(node), [&](Endpoint input) {
                        return isConstant[input.node];
                      });
  if (isConstant[index])
    origins[index] = nullptr;
  for (Endpoint input : getValueInputs(node))
    if (!origins[index])
      origins[index] = origins[input.node];
}

bool LostUpdateFinder::writesVariable(VariableIndex variable,
                                      NodeIndex node) const {
  return llvm::any_of(effects.find(node).accesses, [&](auto access) {
    return access.first == variable && writes(access.second);
  });
}

/// Whether a node changes a variable by a constant: it reads what it writes,
/// and all of its other inputs are constant. (An assigned constant is an
/// initial value.)
bool LostUpdateFinder::isStep(VariableIndex variable, NodeIndex node) const {
  if (!ops[node])
    return false;
  bool isUpdate = false;
  for (auto [index, input] : llvm::enumerate(graph[node].inputs)) {
    const Reference *reference = references.lookup(input);
    if (reference && reference->variable == variable)
      isUpdate |= getInputAccess(graph, graph[node], *ops[node], index) ==
                  Access::ReadWrite;
    else if (reference || !isConstant[input.node])
      return false;
  }
  return isUpdate;
}

/// The entry point that an update of `variable` at `node` belongs to; null if
/// it belongs to none.
const EntryPoint *LostUpdateFinder::findOwner(VariableIndex variable,
                                              NodeIndex node) const {
  // A conditional or loop updates with what its bodies do; what it is decided
  // by is no value of the variable.
  auto bodies = graph.getRegions(node);
  for (RegionIndex region : bodies)
    if (const FlowGraph *body = flows.lookup(region))
      for (NodeIndex inner : body->getOrder())
        if (writesVariable(variable, inner))
          if (const EntryPoint *owner = findOwner(variable, inner))
            return owner;
  if (!bodies.empty())
    return nullptr;
  for (auto [index, input] : llvm::enumerate(graph[node].inputs)) {
    const Reference *reference = references.lookup(input);
    bool isUpdated =
        reference && reference->variable == variable &&
        writes(getInputAccess(graph, graph[node], *ops[node], index));
    if (!isUpdated && origins[input.node])
      return origins[input.node];
  }
  return isStep(variable, node) ? entryOfStep[variable] : nullptr;
}

void LostUpdateFinder::find(
    llvm::function_ref<void(VariableIndex, NodeIndex, const EntryPoint &)>
        report) const {
  for (VariableIndex variable = 0; variable < accesses.size(); ++variable) {
    // What other elements a queue could hold says nothing about those it does.
    if (variables[variable].isQueue)
      continue;
    // The first assignment gives the initial value, unless another one does.
    std::optional<NodeIndex> initialization;
    SmallVector<NodeIndex> updates;
    bool isInitialized = false;
    for (auto [node, access] : accesses[variable]) {
      if (!writes(access))
        continue;
      if (access == Access::Write) {
        initialization = std::min(initialization.value_or(node), node);
        isInitialized |= isRun[node];
      }
      if (!isRun[node])
        updates.push_back(node);
    }
    llvm::sort(updates);
    for (NodeIndex node : updates) {
      if (!isInitialized && node == initialization)
        continue;
      if (const EntryPoint *owner = findOwner(variable, node))
        report(variable, node, *owner);
    }
  }
}

LogicalResult tensorflow::checkLostUpdates(MLIRContext *context,
                                           const NodeGraph &graph,
                                           const NodeOps &ops,
                                           const VariableTable &variables,
                                           ArrayRef<EntryAccesses> entries,
                                           const WarningOptions &options) {
  WarningOptions::Level level = options.getLevel(Warning::LostUpdate);
  if (level == WarningOptions::Level::Ignored)
    return success();
  bool isShown = false;
  auto report = [&](VariableIndex variable, NodeIndex node,
                    const EntryPoint &owner) {
    auto warning = emitWarningFor(
        graph.getLocation(context, node), options, Warning::LostUpdate,
        "variable \"" + variables[variable].name + "\": the update at node \"" +
            graph[node].name + "\" is run by no entry point");
    warning->attachNote(graph.getLocation(context, node))
        << "it belongs to function \"" << owner.name << "\": make \""
        << graph[node].name
        << "\" one of its targets, or an input of a node that it runs";
    isShown = true;
  };
  LostUpdateFinder(graph, ops, variables, entries).find(report);
  return failure(isShown && level == WarningOptions::Level::Error);
}
