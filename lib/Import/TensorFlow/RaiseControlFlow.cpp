//===- RaiseControlFlow.cpp - TF 1 control flow into regions --------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What an entry point runs without waiting for a node of TF 1 control flow
// stays as it is; the rest is written anew, under names of its own, and bears
// the old names in messages.
//
//===----------------------------------------------------------------------===//

#include "RaiseControlFlow.h"

#include "Attributes.h"
#include "Effects.h"
#include "RegionWriter.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Sequence.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;

bool tensorflow::hasFlatControlFlow(const FlowGraph &flow) {
  return llvm::any_of(flow.getOrder(), [&](NodeIndex node) {
    return isFlatControlFlow(flow.getGraph()[node].op);
  });
}

bool tensorflow::hasFlatControlFlow(ArrayRef<FlowTree> flows) {
  return llvm::any_of(flows, [](const FlowTree &tree) {
    return llvm::any_of(tree.getFlows(), [](const FlowGraph &flow) {
      return hasFlatControlFlow(flow);
    });
  });
}

namespace {
class ControlFlowRaiser {
public:
  ControlFlowRaiser(const FlatModel &model, GraphFile &file)
      : model(model), file(file), writer(model, file) {}

  /// An entry point, by names where it has changed.
  struct NewEntry {
    bool isRaised = false;
    std::vector<std::string> fetches, targets;
  };

  LogicalResult raise(unsigned entry, NewEntry &raised);
  void separateCalls();

private:
  std::vector<bool> findEffects(unsigned entry) const;

  const FlatModel &model;
  GraphFile &file;
  NodeWriter writer;
  /// By entry point: what it runs that is written anew.
  std::vector<std::vector<bool>> affected;
  std::vector<NewEntry *> entries;
};
} // namespace

std::vector<bool> tensorflow::findAffected(const FlowTree &tree) {
  const NodeGraph &graph = tree.getGraph();
  const FlowGraph &flow = tree.getRoot();
  // Owners of bodies with such nodes.
  llvm::DenseSet<NodeIndex> owners;
  for (const FlowGraph &body : llvm::reverse(tree.getFlows().drop_front()))
    if (hasFlatControlFlow(body) ||
        llvm::any_of(body.getOrder(),
                     [&](NodeIndex node) { return owners.contains(node); }))
      owners.insert(graph.regions[body.getRegion()].owner);
  std::vector<bool> isAffected(flow.size(), false);
  for (Position position = 0, e = flow.size(); position != e; ++position) {
    NodeIndex node = flow.getNode(position);
    isAffected[position] =
        isFlatControlFlow(graph[node].op) || owners.contains(node);
    for (Position source : flow.getDependencies(position))
      isAffected[position] = isAffected[position] || isAffected[source];
  }
  return isAffected;
}

/// Whether what a node does depends on what others have done to a queue, a
/// stack or the like.
static bool usesHandle(const Node &node, const OpInfo &info) {
  return llvm::any_of(getInputSpecs(node, info),
                      [](const TensorSpec &spec) { return spec.isVariable(); });
}

/// By node: what is more than a value.
std::vector<bool> ControlFlowRaiser::findEffects(unsigned entry) const {
  Effects effects(model.flows[entry], &model.entries[entry], model.ops,
                  model.references[entry]);
  std::vector<bool> hasEffect(model.graph.size(), false);
  for (const FlowGraph &flow : model.flows[entry].getFlows())
    for (NodeIndex node : flow.getOrder()) {
      NodeEffects found = effects.find(node);
      hasEffect[node] = found.isStateful || !found.accesses.empty() ||
                        !found.queries.empty() ||
                        !model.graph.getRegions(node).empty() ||
                        usesHandle(model.graph[node], *model.ops[node]);
    }
  return hasEffect;
}

LogicalResult ControlFlowRaiser::raise(unsigned entry, NewEntry &raised) {
  const FlowTree &tree = model.flows[entry];
  affected.push_back(findAffected(tree));
  entries.push_back(&raised);
  if (!llvm::is_contained(affected.back(), true))
    return success();
  raised.isRaised = true;
  std::vector<bool> hasEffect = findEffects(entry);
  return RegionWriter(model, tree, model.references[entry], hasEffect, writer)
      .writeEntry(model.entries[entry], affected.back(), raised.fetches,
                  raised.targets);
}

/// A call whose nodes are not all as they were is no unit any more: what it
/// must run becomes a target.
void ControlFlowRaiser::separateCalls() {
  std::vector<std::string> separated;
  for (const auto &call : model.graph.calls) {
    auto isAffected = [&](NodeIndex node) {
      return llvm::any_of(llvm::seq<size_t>(0, affected.size()), [&](size_t i) {
        const FlowGraph &flow = model.flows[i].getRoot();
        return flow.isLive(node) && affected[i][flow.getPosition(node)];
      });
    };
    if (isAffected(call.second.done) ||
        llvm::any_of(call.second.outputs,
                     [&](Endpoint output) { return isAffected(output.node); }))
      separated.push_back(call.first().str());
  }
  llvm::sort(separated);
  for (const std::string &name : separated) {
    NodeIndex done = model.graph.calls.lookup(name).done;
    file.calls.erase(name);
    for (auto [i, entry] : llvm::enumerate(entries)) {
      const FlowGraph &flow = model.flows[i].getRoot();
      if (flow.isLive(done) && !affected[i][flow.getPosition(done)])
        entry->targets.push_back(model.graph[done].name.str());
    }
  }
}

/// Looks up an input's spelling.
static Endpoint findEndpoint(const NodeGraph &graph, StringRef text) {
  if (std::optional<NodeIndex> node = graph.find(text))
    return {*node, 0};
  auto [name, number] = text.rsplit(':');
  uint32_t output = 0;
  (void)number.getAsInteger(10, output);
  return {*graph.find(name), output};
}

FailureOr<NodeGraph>
tensorflow::raiseControlFlow(const FlatModel &model, GraphFile &file,
                             std::vector<EntryPoint> &entries) {
  ControlFlowRaiser raiser(model, file);
  std::vector<ControlFlowRaiser::NewEntry> raised(entries.size());
  for (unsigned entry = 0; entry < entries.size(); ++entry)
    if (failed(raiser.raise(entry, raised[entry])))
      return failure();
  raiser.separateCalls();
  FailureOr<NodeGraph> graph = buildNodeGraph(model.context, file);
  if (failed(graph))
    return failure();
  for (auto [entry, names] : llvm::zip_equal(entries, raised)) {
    if (names.isRaised) {
      entry.targets.clear();
      for (auto [fetch, name] : llvm::zip_equal(entry.fetches, names.fetches))
        fetch.tensor = findEndpoint(*graph, name);
    }
    for (const std::string &name : names.targets)
      entry.targets.push_back(*graph->find(name));
  }
  return graph;
}
