//===- FlowGraph.h - what an entry point runs, in which order ---*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_FLOWGRAPH_H
#define GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_FLOWGRAPH_H

#include "EntryPoints.h"
#include "NodeGraph.h"
#include "PathGraph.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace graph_compile::tensorflow {

/// Place of a node in the topological order of a FlowGraph.
using Position = uint32_t;

/// `second` waits for `first`, which comes earlier.
using FlowEdge = std::pair<Position, Position>;

/// The nodes that an entry point runs, the ancestors of its fetches and
/// targets, or those that a region runs, the ancestors of its results, in one
/// topological order: of the nodes that are ready the one that the source lists
/// first. Feeds cut the data edges of what they replace; placeholders never
/// run, so nothing waits for their control inputs. The arguments of a region
/// are fed. Edges from outside a region are edges to its owner.
class FlowGraph : public PathGraph {
public:
  FlowGraph(const NodeGraph &graph, const EntryPoint &entry);
  FlowGraph(const NodeGraph &graph, RegionIndex region);
  /// Without fetches and targets: all nodes.
  static FlowGraph ofAllNodes(const NodeGraph &graph, RegionIndex region = 0);

  const NodeGraph &getGraph() const { return graph; }
  /// 0 for an entry point.
  RegionIndex getRegion() const { return region; }
  NodeIndex getNode(Position position) const { return order[position]; }
  llvm::ArrayRef<NodeIndex> getOrder() const { return order; }
  bool isLive(NodeIndex node) const {
    return graph[node].region == region && positionOf(node) != notLive;
  }
  Position getPosition(NodeIndex node) const { return positionOf(node); }

  /// The number of the feed that replaces a tensor.
  std::optional<unsigned> findFeed(Endpoint tensor) const;

  /// Adds edges that agree with the order.
  void addEdges(llvm::ArrayRef<FlowEdge> edges);

  /// Sorts again: also avoids, where no edge forces it, that `second` of a pair
  /// comes before `first`. Positions change.
  void sortWithPreferences(
      llvm::ArrayRef<std::pair<NodeIndex, NodeIndex>> preferences);
  /// Sorts again, along the edges that were added too: a node that `isLate`
  /// holds for comes only when no other is ready. Positions change.
  void sortLate(llvm::function_ref<bool(NodeIndex)> isLate);

private:
  static constexpr Position notLive = ~Position(0);

  FlowGraph(const NodeGraph &graph, RegionIndex region,
            llvm::ArrayRef<NodeIndex> roots);

  Position &positionOf(NodeIndex node) { return positions[graph[node].place]; }
  Position positionOf(NodeIndex node) const {
    return positions[graph[node].place];
  }
  void addFeed(Endpoint tensor, unsigned number) {
    feeds[getKey(tensor)] = number;
  }
  llvm::ArrayRef<NodeIndex> getNodes() const {
    return graph.regions[region].nodes;
  }
  void findLiveNodes(llvm::ArrayRef<NodeIndex> roots);
  void sort(llvm::ArrayRef<std::pair<NodeIndex, NodeIndex>> preferences);
  void collectDependencies();
  void renumber(llvm::ArrayRef<Position> sorted);
  template <typename Fn> void forEachSource(NodeIndex node, Fn fn) const;

  const NodeGraph &graph;
  RegionIndex region;
  llvm::DenseMap<uint64_t, unsigned> feeds;
  /// By position.
  std::vector<NodeIndex> order;
  /// By place of the node in the region.
  std::vector<Position> positions;
};

/// Whether an op stands for a value that a caller gives: it never runs.
bool isPlaceholder(llvm::StringRef op);

} // namespace graph_compile::tensorflow

#endif // GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_FLOWGRAPH_H
