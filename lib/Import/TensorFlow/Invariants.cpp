//===- Invariants.cpp - values that a loop hands on as they are -----------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Python's tracer lets a loop carry every value that its body uses. Most of
// them never change: the body's result is its argument, perhaps by way of an
// Identity. Such a value need not be carried, and where it is a handle it
// cannot be.
//
//===----------------------------------------------------------------------===//

#include "NodeGraph.h"

#include "llvm/ADT/StringSwitch.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;

namespace {
/// Recursion goes as deep as loops are nested.
class InvariantFinder {
public:
  explicit InvariantFinder(NodeGraph &graph)
      : graph(graph), isDone(graph.regions.size(), false) {}

  void find(NodeIndex loop);

private:
  NodeGraph &graph;
  std::vector<bool> isDone;
};
} // namespace

static bool isForwarding(StringRef op) {
  return llvm::StringSwitch<bool>(op)
      .Cases({"Identity", "RefIdentity", "StopGradient", "Snapshot",
              "PreventGradient", "IdentityN"},
             true)
      .Default(false);
}

std::optional<Endpoint> tensorflow::getCopied(const NodeGraph &graph,
                                              Endpoint endpoint) {
  const Node &node = graph[endpoint.node];
  bool isCopy =
      isForwarding(node.op) ||
      (isLoop(node.op) && graph.isInvariant(node.index, endpoint.output));
  if (!isCopy || endpoint.output >= node.inputs.size())
    return std::nullopt;
  return node.inputs[endpoint.output];
}

void InvariantFinder::find(NodeIndex loop) {
  ArrayRef<RegionIndex> regions = graph.getRegions(loop);
  if (regions.empty() || isDone[regions.back()])
    return;
  isDone[regions.back()] = true;
  NodeRegion &body = graph.regions[regions.back()];
  size_t numCarried = graph[loop].inputs.size();
  llvm::BitVector invariants(numCarried);
  for (size_t number = 0; number < numCarried; ++number) {
    // What does not fit is reported when nodes are checked.
    if (number >= body.results.size() || number >= body.arguments.size())
      continue;
    Endpoint origin = body.results[number];
    std::optional<Endpoint> source = origin;
    while (source) {
      origin = *source;
      if (isLoop(graph[origin.node].op))
        find(origin.node);
      source = getCopied(graph, origin);
    }
    if (origin == Endpoint{body.arguments[number], 0})
      invariants.set(number);
  }
  body.invariants = std::move(invariants);
}

void tensorflow::findInvariants(NodeGraph &graph) {
  InvariantFinder finder(graph);
  for (const Node &node : graph.nodes)
    if (isLoop(node.op))
      finder.find(node.index);
}
