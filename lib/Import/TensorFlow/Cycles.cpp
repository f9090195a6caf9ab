//===- Cycles.cpp - nodes that wait for each other ------------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Tarjan's strongly connected components ("Depth-first search and linear graph
// algorithms", 1972) without recursion, since graphs may be a chain of 100,000
// nodes. Of each component with a cycle the shortest one through its first node
// is shown.
//
//===----------------------------------------------------------------------===//

#include "ErrorLimit.h"
#include "NodeGraph.h"

#include "mlir/IR/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"

#include <deque>

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;

static constexpr uint32_t kNone = ~uint32_t(0);

/// The number of edges into `node`, data before control.
static size_t numEdges(const Node &node) {
  return node.inputs.size() + node.controls.size();
}

/// The node that edge `edge` of `node` comes from; nothing for a back edge.
static std::optional<NodeIndex> getSource(const NodeGraph &graph,
                                          NodeIndex index, size_t edge) {
  const Node &node = graph[index];
  if (edge >= node.inputs.size())
    return node.controls[edge - node.inputs.size()];
  NodeIndex source = node.inputs[edge].node;
  if (isBackEdge(graph, source, index))
    return std::nullopt;
  return source;
}

namespace {
/// Numbers the strongly connected components of a graph.
class ComponentFinder {
public:
  explicit ComponentFinder(const NodeGraph &graph)
      : graph(graph), component(graph.size(), kNone), number(graph.size(), 0),
        low(graph.size(), 0) {
    for (NodeIndex index = 0, e = graph.size(); index != e; ++index)
      if (number[index] == 0)
        visitFrom(index);
  }

  /// The component of each node.
  ArrayRef<uint32_t> getComponents() const { return component; }
  /// The number of nodes of each component.
  ArrayRef<uint32_t> getSizes() const { return sizes; }

private:
  struct Frame {
    NodeIndex node;
    size_t nextEdge = 0;
  };

  void enter(NodeIndex index) {
    number[index] = low[index] = ++lastNumber;
    open.push_back(index);
    frames.push_back({index});
  }
  void visitFrom(NodeIndex root);
  void leave(NodeIndex index);

  const NodeGraph &graph;
  std::vector<uint32_t> component, sizes;
  // Tarjan's numbers, from 1; 0: not visited.
  std::vector<uint32_t> number, low;
  uint32_t lastNumber = 0;
  std::vector<NodeIndex> open;
  std::vector<Frame> frames;
};
} // namespace

void ComponentFinder::visitFrom(NodeIndex root) {
  enter(root);
  while (!frames.empty()) {
    Frame &frame = frames.back();
    NodeIndex index = frame.node;
    if (frame.nextEdge == numEdges(graph[index])) {
      frames.pop_back();
      leave(index);
      continue;
    }
    std::optional<NodeIndex> source = getSource(graph, index, frame.nextEdge++);
    if (!source)
      continue;
    if (number[*source] == 0)
      enter(*source);
    else if (component[*source] == kNone)
      low[index] = std::min(low[index], number[*source]);
  }
}

/// Closes `index`'s component if it is its first node, and tells the node that
/// it was reached from.
void ComponentFinder::leave(NodeIndex index) {
  if (!frames.empty()) {
    NodeIndex parent = frames.back().node;
    low[parent] = std::min(low[parent], low[index]);
  }
  if (low[index] != number[index])
    return;
  uint32_t size = 0;
  NodeIndex member;
  do {
    member = open.back();
    open.pop_back();
    component[member] = sizes.size();
    ++size;
  } while (member != index);
  sizes.push_back(size);
}

namespace {
/// One step of a cycle: `node` waits for `source` by its edge `edge`.
struct Step {
  NodeIndex node;
  size_t edge;
  NodeIndex source;
};
} // namespace

/// Returns the shortest cycle through `start`, which lies on one within its
/// component; breadth first along the edges.
static SmallVector<Step> findCycle(const NodeGraph &graph, NodeIndex start,
                                   ArrayRef<uint32_t> component) {
  llvm::DenseMap<NodeIndex, Step> reachedBy;
  std::deque<NodeIndex> queue = {start};
  while (!queue.empty()) {
    NodeIndex index = queue.front();
    queue.pop_front();
    for (size_t edge = 0, e = numEdges(graph[index]); edge != e; ++edge) {
      std::optional<NodeIndex> source = getSource(graph, index, edge);
      if (!source || component[*source] != component[start])
        continue;
      Step step = {index, edge, *source};
      if (*source != start) {
        if (reachedBy.try_emplace(*source, step).second)
          queue.push_back(*source);
        continue;
      }
      SmallVector<Step> cycle = {step};
      while (cycle.back().node != start)
        cycle.push_back(reachedBy.lookup(cycle.back().node));
      std::reverse(cycle.begin(), cycle.end());
      return cycle;
    }
  }
  return {};
}

static void reportCycle(MLIRContext *context, const NodeGraph &graph,
                        ArrayRef<Step> cycle) {
  // Nobody reads more of a long cycle.
  constexpr size_t maxSteps = 32;
  auto error = emitError(graph.getLocation(context, cycle.front().node));
  if (cycle.size() == 1) {
    error << "node \"" << graph[cycle.front().node].name
          << "\" waits for itself: a cycle of one node";
  } else {
    error << "nodes ";
    llvm::interleave(
        cycle.take_front(maxSteps),
        [&](const Step &step) { error << '"' << graph[step.node].name << '"'; },
        [&] { error << ", "; });
    if (cycle.size() > maxSteps)
      error << " and " << cycle.size() - maxSteps << " more";
    error << " wait for each other in a cycle";
  }
  for (const Step &step : cycle.take_front(maxSteps)) {
    const Node &node = graph[step.node];
    Diagnostic &note = error.attachNote(graph.getLocation(context, step.node));
    note << '"' << node.name << "\" waits for \"" << graph[step.source].name
         << "\": ";
    if (step.edge < node.inputs.size())
      note << "its input " << step.edge;
    else
      note << "a control edge";
  }
}

LogicalResult tensorflow::checkCycles(MLIRContext *context,
                                      const NodeGraph &graph) {
  ErrorLimit errors(FileLineColLoc::get(context, graph.file, 0, 0));
  ComponentFinder components(graph);
  ArrayRef<uint32_t> sizes = components.getSizes();
  std::vector<bool> isReported(sizes.size(), false);
  for (const Node &node : graph.nodes) {
    uint32_t component = components.getComponents()[node.index];
    if (isReported[component])
      continue;
    bool waitsForItself = false;
    for (size_t edge = 0, e = numEdges(node); edge != e; ++edge)
      waitsForItself |= getSource(graph, node.index, edge) == node.index;
    if (sizes[component] == 1 && !waitsForItself)
      continue;
    isReported[component] = true;
    if (errors.report())
      reportCycle(context, graph,
                  findCycle(graph, node.index, components.getComponents()));
  }
  return errors.finish();
}
