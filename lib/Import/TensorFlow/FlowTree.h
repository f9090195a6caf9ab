//===- FlowTree.h - what an entry point runs, with all bodies ---*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_FLOWTREE_H
#define GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_FLOWTREE_H

#include "FlowGraph.h"

#include "llvm/ADT/STLFunctionalExtras.h"

namespace graph_compile::tensorflow {

/// The flow graphs of one entry point: its own, and one for each body of the
/// conditionals and loops that run. Order is a matter of each of them alone:
/// for the flow graph around it a body is part of its owner.
class FlowTree {
public:
  FlowTree(const NodeGraph &graph, const EntryPoint &entry);
  /// All nodes of all regions.
  explicit FlowTree(const NodeGraph &graph);

  const NodeGraph &getGraph() const { return flows.front().getGraph(); }
  /// The entry point's own.
  FlowGraph &getRoot() { return flows.front(); }
  const FlowGraph &getRoot() const { return flows.front(); }
  /// Each comes after the one around it.
  llvm::MutableArrayRef<FlowGraph> getFlows() { return flows; }
  llvm::ArrayRef<FlowGraph> getFlows() const { return flows; }
  /// Null if nothing runs the region.
  const FlowGraph *lookup(RegionIndex region) const {
    auto found = indexOfRegion.find(region);
    return found == indexOfRegion.end() ? nullptr : &flows[found->second];
  }
  bool isLive(NodeIndex node) const {
    const FlowGraph *flow = lookup(getGraph()[node].region);
    return flow && flow->isLive(node);
  }

private:
  void add(FlowGraph flow);
  void addRegions(llvm::function_ref<FlowGraph(RegionIndex)> makeFlow);

  std::vector<FlowGraph> flows;
  llvm::DenseMap<RegionIndex, size_t> indexOfRegion;
};

} // namespace graph_compile::tensorflow

#endif // GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_FLOWTREE_H
