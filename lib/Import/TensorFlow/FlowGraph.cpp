//===- FlowGraph.cpp - what one entry point runs, and in which order ------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FlowGraph.h"

#include "llvm/ADT/STLExtras.h"

#include <queue>

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;

bool tensorflow::isPlaceholder(StringRef op) {
  return op == "Placeholder" || op == "PlaceholderV2" || op == "_Arg";
}

/// Calls `fn` with each node that has an edge to `node`, some twice.
template <typename Fn>
void FlowGraph::forEachSource(NodeIndex node, Fn fn) const {
  for (Endpoint input : graph[node].inputs)
    if (!findFeed(input))
      fn(input.node);
  for (NodeIndex control : graph[node].controls)
    if (!isPlaceholder(graph[control].op))
      fn(control);
}

FlowGraph::FlowGraph(const NodeGraph &graph, const EntryPoint &entry)
    : graph(graph) {
  for (auto [index, feed] : llvm::enumerate(entry.feeds))
    feeds[getKey(feed.tensor)] = index;
  SmallVector<NodeIndex> roots;
  for (NodeIndex target : entry.targets)
    if (!isPlaceholder(graph[target].op))
      roots.push_back(target);
  for (const Fetch &fetch : entry.fetches)
    if (!findFeed(fetch.tensor))
      roots.push_back(fetch.tensor.node);
  findLiveNodes(roots);
  sort({});
  collectDependencies();
}

FlowGraph::FlowGraph(const NodeGraph &graph) : graph(graph) {
  positions.assign(graph.size(), 0);
  sort({});
  collectDependencies();
}

std::optional<unsigned> FlowGraph::findFeed(Endpoint tensor) const {
  auto found = feeds.find(getKey(tensor));
  if (found == feeds.end())
    return std::nullopt;
  return found->second;
}

/// Gives every live node some position.
void FlowGraph::findLiveNodes(ArrayRef<NodeIndex> roots) {
  positions.assign(graph.size(), notLive);
  SmallVector<NodeIndex> pending(roots.begin(), roots.end());
  while (!pending.empty()) {
    NodeIndex node = pending.pop_back_val();
    if (isLive(node))
      continue;
    positions[node] = 0;
    forEachSource(node, [&](NodeIndex source) { pending.push_back(source); });
    auto companion = graph.runsWith.find(node);
    if (companion != graph.runsWith.end())
      pending.push_back(companion->second);
  }
}

/// Kahn's algorithm over the live nodes. A node that a preference holds back is
/// taken only when no other is ready.
void FlowGraph::sort(ArrayRef<std::pair<NodeIndex, NodeIndex>> preferences) {
  std::vector<uint32_t> numPending(graph.size(), 0);
  std::vector<uint32_t> numPreferred(graph.size(), 0);
  std::vector<SmallVector<NodeIndex, 2>> users(graph.size());
  std::vector<SmallVector<NodeIndex, 0>> heldBack(
      preferences.empty() ? 0 : graph.size());
  size_t numLive = 0;
  for (const Node &node : graph.nodes) {
    if (!isLive(node.index))
      continue;
    ++numLive;
    forEachSource(node.index, [&](NodeIndex source) {
      if (isBackEdge(graph, source, node.index))
        return;
      users[source].push_back(node.index);
      ++numPending[node.index];
    });
  }
  for (auto [first, second] : preferences) {
    heldBack[first].push_back(second);
    ++numPreferred[second];
  }

  using Queue = std::priority_queue<NodeIndex, std::vector<NodeIndex>,
                                    std::greater<NodeIndex>>;
  Queue ready, readyButHeldBack;
  auto enqueue = [&](NodeIndex node) {
    (numPreferred[node] == 0 ? ready : readyButHeldBack).push(node);
  };
  for (const Node &node : graph.nodes)
    if (isLive(node.index) && numPending[node.index] == 0)
      enqueue(node.index);

  order.clear();
  order.reserve(numLive);
  std::vector<bool> isDone(heldBack.empty() ? 0 : graph.size(), false);
  while (!ready.empty() || !readyButHeldBack.empty()) {
    Queue &queue = ready.empty() ? readyButHeldBack : ready;
    NodeIndex node = queue.top();
    queue.pop();
    if (!isDone.empty()) {
      // A node moves to `ready` by a second entry.
      if (isDone[node])
        continue;
      isDone[node] = true;
    }
    positions[node] = order.size();
    order.push_back(node);
    for (NodeIndex user : users[node])
      if (--numPending[user] == 0)
        enqueue(user);
    if (heldBack.empty())
      continue;
    for (NodeIndex other : heldBack[node])
      if (--numPreferred[other] == 0 && numPending[other] == 0 &&
          !isDone[other])
        ready.push(other);
  }
  assert(order.size() == numLive && "cycles have been reported before");
}

void FlowGraph::collectDependencies() {
  dependencies.clear();
  firstDependency.assign(1, 0);
  firstDependency.reserve(order.size() + 1);
  SmallVector<Position> sources;
  for (NodeIndex node : order) {
    sources.clear();
    forEachSource(
        node, [&](NodeIndex source) { sources.push_back(positions[source]); });
    llvm::sort(sources);
    sources.erase(llvm::unique(sources), sources.end());
    llvm::append_range(dependencies, sources);
    firstDependency.push_back(dependencies.size());
  }
}

void FlowGraph::addEdges(ArrayRef<FlowEdge> edges) {
  if (edges.empty())
    return;
  // By the later end, so that one sweep merges them with the lists.
  std::vector<FlowEdge> sorted(edges.begin(), edges.end());
  llvm::sort(sorted, [](FlowEdge a, FlowEdge b) {
    return std::tie(a.second, a.first) < std::tie(b.second, b.first);
  });
  std::vector<Position> merged;
  merged.reserve(dependencies.size() + sorted.size());
  std::vector<uint32_t> firstMerged(1, 0);
  firstMerged.reserve(order.size() + 1);
  const FlowEdge *next = sorted.data(), *end = next + sorted.size();
  for (Position position = 0, e = order.size(); position != e; ++position) {
    size_t first = merged.size();
    llvm::append_range(merged, getDependencies(position));
    for (; next != end && next->second == position; ++next) {
      assert(next->first < position && "edge against the order");
      merged.push_back(next->first);
    }
    std::sort(merged.begin() + first, merged.end());
    merged.erase(std::unique(merged.begin() + first, merged.end()),
                 merged.end());
    firstMerged.push_back(merged.size());
  }
  dependencies = std::move(merged);
  firstDependency = std::move(firstMerged);
}

void FlowGraph::sortWithPreferences(
    ArrayRef<std::pair<NodeIndex, NodeIndex>> preferences) {
  sort(preferences);
  collectDependencies();
}
