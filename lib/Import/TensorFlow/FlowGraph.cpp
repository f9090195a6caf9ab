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

/// Calls `fn` with each node of the region that has an edge to `node`, some
/// twice.
template <typename Fn>
void FlowGraph::forEachSource(NodeIndex node, Fn fn) const {
  for (Endpoint input : graph[node].inputs)
    if (graph[input.node].region == region && !findFeed(input))
      fn(input.node);
  for (NodeIndex control : graph[node].controls)
    if (graph[control].region == region && !isPlaceholder(graph[control].op))
      fn(control);
}

FlowGraph::FlowGraph(const NodeGraph &graph, const EntryPoint &entry)
    : graph(graph), region(0) {
  for (auto [index, feed] : llvm::enumerate(entry.feeds))
    addFeed(feed.tensor, index);
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

FlowGraph::FlowGraph(const NodeGraph &graph, RegionIndex region)
    : graph(graph), region(region) {
  const NodeRegion &body = graph.regions[region];
  for (auto [index, argument] : llvm::enumerate(body.arguments))
    addFeed({argument, 0}, index);
  SmallVector<NodeIndex> roots;
  auto addRoot = [&](NodeIndex node) {
    if (graph[node].region == region && !isPlaceholder(graph[node].op))
      roots.push_back(node);
  };
  for (Endpoint result : body.results)
    addRoot(result.node);
  for (NodeIndex node : body.controlResults)
    addRoot(node);
  findLiveNodes(roots);
  sort({});
  collectDependencies();
}

FlowGraph::FlowGraph(const NodeGraph &graph, RegionIndex region,
                     ArrayRef<NodeIndex> roots)
    : graph(graph), region(region) {
  findLiveNodes(roots);
  sort({});
  collectDependencies();
}

FlowGraph FlowGraph::ofAllNodes(const NodeGraph &graph, RegionIndex region) {
  return FlowGraph(graph, region, graph.regions[region].nodes);
}

std::optional<unsigned> FlowGraph::findFeed(Endpoint tensor) const {
  auto found = feeds.find(getKey(tensor));
  if (found == feeds.end())
    return std::nullopt;
  return found->second;
}

/// Gives every live node some position.
void FlowGraph::findLiveNodes(ArrayRef<NodeIndex> roots) {
  positions.assign(getNodes().size(), notLive);
  SmallVector<NodeIndex> pending(roots.begin(), roots.end());
  while (!pending.empty()) {
    NodeIndex node = pending.pop_back_val();
    if (isLive(node))
      continue;
    positionOf(node) = 0;
    forEachSource(node, [&](NodeIndex source) { pending.push_back(source); });
    auto companion = graph.runsWith.find(node);
    if (companion != graph.runsWith.end())
      pending.push_back(companion->second);
  }
}

/// Kahn's algorithm over the live nodes. A node that a preference holds back is
/// taken only when no other is ready.
void FlowGraph::sort(ArrayRef<std::pair<NodeIndex, NodeIndex>> preferences) {
  // All by place of the node.
  size_t size = getNodes().size();
  auto place = [&](NodeIndex node) { return graph[node].place; };
  std::vector<uint32_t> numPending(size, 0);
  std::vector<uint32_t> numPreferred(size, 0);
  std::vector<SmallVector<NodeIndex, 2>> users(size);
  std::vector<SmallVector<NodeIndex, 0>> heldBack(preferences.empty() ? 0
                                                                      : size);
  size_t numLive = 0;
  for (NodeIndex node : getNodes()) {
    if (!isLive(node))
      continue;
    ++numLive;
    forEachSource(node, [&](NodeIndex source) {
      if (isBackEdge(graph, source, node))
        return;
      users[place(source)].push_back(node);
      ++numPending[place(node)];
    });
  }
  for (auto [first, second] : preferences) {
    heldBack[place(first)].push_back(second);
    ++numPreferred[place(second)];
  }

  using Queue = std::priority_queue<NodeIndex, std::vector<NodeIndex>,
                                    std::greater<NodeIndex>>;
  Queue ready, readyButHeldBack;
  auto enqueue = [&](NodeIndex node) {
    (numPreferred[place(node)] == 0 ? ready : readyButHeldBack).push(node);
  };
  for (NodeIndex node : getNodes())
    if (isLive(node) && numPending[place(node)] == 0)
      enqueue(node);

  order.clear();
  order.reserve(numLive);
  std::vector<bool> isDone(heldBack.empty() ? 0 : size, false);
  while (!ready.empty() || !readyButHeldBack.empty()) {
    Queue &queue = ready.empty() ? readyButHeldBack : ready;
    NodeIndex node = queue.top();
    queue.pop();
    if (!isDone.empty()) {
      // A node moves to `ready` by a second entry.
      if (isDone[place(node)])
        continue;
      isDone[place(node)] = true;
    }
    positionOf(node) = order.size();
    order.push_back(node);
    for (NodeIndex user : users[place(node)])
      if (--numPending[place(user)] == 0)
        enqueue(user);
    if (heldBack.empty())
      continue;
    for (NodeIndex other : heldBack[place(node)])
      if (--numPreferred[place(other)] == 0 && numPending[place(other)] == 0 &&
          !isDone[place(other)])
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
    // What a loop hands on to its next iteration is none of this one's order.
    forEachSource(node, [&](NodeIndex source) {
      if (!isBackEdge(graph, source, node))
        sources.push_back(positionOf(source));
    });
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

void FlowGraph::sortLate(llvm::function_ref<bool(NodeIndex)> isLate) {
  // All by old position.
  std::vector<uint32_t> numPending(size());
  std::vector<SmallVector<Position, 2>> users(size());
  using Queue = std::priority_queue<Position, std::vector<Position>,
                                    std::greater<Position>>;
  Queue ready, readyLate;
  auto enqueue = [&](Position position) {
    (isLate(order[position]) ? readyLate : ready).push(position);
  };
  for (Position position = 0, e = size(); position != e; ++position) {
    ArrayRef<Position> sources = getDependencies(position);
    numPending[position] = sources.size();
    for (Position source : sources)
      users[source].push_back(position);
    if (sources.empty())
      enqueue(position);
  }
  std::vector<Position> sorted;
  sorted.reserve(size());
  while (!ready.empty() || !readyLate.empty()) {
    Queue &queue = ready.empty() ? readyLate : ready;
    Position position = queue.top();
    queue.pop();
    sorted.push_back(position);
    for (Position user : users[position])
      if (--numPending[user] == 0)
        enqueue(user);
  }
  renumber(sorted);
}

/// Gives the nodes new positions: `sorted` lists the old ones.
void FlowGraph::renumber(ArrayRef<Position> sorted) {
  std::vector<Position> newPosition(size());
  for (auto [position, old] : llvm::enumerate(sorted))
    newPosition[old] = position;
  std::vector<NodeIndex> newOrder;
  std::vector<Position> newDependencies;
  std::vector<uint32_t> newFirst(1, 0);
  for (Position old : sorted) {
    newOrder.push_back(order[old]);
    size_t first = newDependencies.size();
    for (Position source : getDependencies(old))
      newDependencies.push_back(newPosition[source]);
    std::sort(newDependencies.begin() + first, newDependencies.end());
    newFirst.push_back(newDependencies.size());
  }
  order = std::move(newOrder);
  for (auto [position, node] : llvm::enumerate(order))
    positionOf(node) = position;
  dependencies = std::move(newDependencies);
  firstDependency = std::move(newFirst);
}
