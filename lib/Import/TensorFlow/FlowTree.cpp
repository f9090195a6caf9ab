//===- FlowTree.cpp - what an entry point runs, with all bodies -----------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FlowTree.h"

#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;

void FlowTree::add(FlowGraph flow) {
  indexOfRegion[flow.getRegion()] = flows.size();
  flows.push_back(std::move(flow));
}

/// Adds the regions of the nodes that are there, and those inside them.
void FlowTree::addRegions(llvm::function_ref<FlowGraph(RegionIndex)> makeFlow) {
  const NodeGraph &graph = getGraph();
  for (size_t next = 0; next < flows.size(); ++next) {
    // Adding moves the flow graphs.
    SmallVector<RegionIndex> inside;
    for (NodeIndex node : flows[next].getOrder())
      llvm::append_range(inside, graph.getRegions(node));
    for (RegionIndex region : inside)
      add(makeFlow(region));
  }
}

FlowTree::FlowTree(const NodeGraph &graph, const EntryPoint &entry) {
  add(FlowGraph(graph, entry));
  addRegions([&](RegionIndex region) { return FlowGraph(graph, region); });
}

FlowTree::FlowTree(const NodeGraph &graph) {
  add(FlowGraph::ofAllNodes(graph));
  addRegions(
      [&](RegionIndex region) { return FlowGraph::ofAllNodes(graph, region); });
}
