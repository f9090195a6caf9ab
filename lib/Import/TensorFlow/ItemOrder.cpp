//===- ItemOrder.cpp - the order of a scope's nodes and loops -------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A loop is one thing among the nodes of the scope around it: it waits for all
// that enters it, and what leaves it waits for all of it. An edge from deep
// inside one loop to deep inside another is one between the loops.
//
//===----------------------------------------------------------------------===//

#include "ItemBuilder.h"

#include "llvm/ADT/STLExtras.h"

#include <queue>

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;

static bool isEnter(StringRef op) { return op == "Enter" || op == "RefEnter"; }
static bool isExit(StringRef op) { return op == "Exit" || op == "RefExit"; }
static bool isMerge(StringRef op) { return op == "Merge" || op == "RefMerge"; }

/// The element of frame `outer` that `element`, of `frame`, is or lies in.
uint32_t ItemBuilder::liftToScope(uint32_t element, unsigned frame,
                                  unsigned outer) const {
  for (; frame != outer; frame = frames.frames[frame].parent)
    element = flow.size() + frame;
  return element;
}

/// Kahn's algorithm: of what is ready, what the flow graph has first.
void ItemBuilder::orderElements(unsigned frame, ArrayRef<uint32_t> unordered,
                                ArrayRef<SmallVector<uint32_t, 2>> users,
                                std::vector<uint32_t> &numPending) {
  // A loop comes where its first node does.
  llvm::DenseMap<uint32_t, uint32_t> rankOf;
  std::priority_queue<std::pair<uint32_t, uint32_t>,
                      std::vector<std::pair<uint32_t, uint32_t>>,
                      std::greater<>>
      ready;
  for (auto [rank, element] : llvm::enumerate(unordered)) {
    rankOf[element] = rank;
    if (numPending[element] == 0)
      ready.push({rank, element});
  }
  while (!ready.empty()) {
    uint32_t element = ready.top().second;
    ready.pop();
    elements[frame].push_back(element);
    for (uint32_t user : users[element])
      if (--numPending[user] == 0)
        ready.push({rankOf.lookup(user), user});
  }
}

/// Whether the graph has an edge to `node` from `source`.
static bool isEdge(const Node &node, NodeIndex source) {
  return std::binary_search(node.controls.begin(), node.controls.end(),
                            source) ||
         llvm::any_of(node.inputs,
                      [&](Endpoint input) { return input.node == source; });
}

LogicalResult ItemBuilder::orderScopes() {
  size_t numElements = flow.size() + frames.frames.size();
  elements.resize(frames.frames.size());
  enters.resize(frames.frames.size());
  exits.resize(frames.frames.size());
  std::vector<std::vector<uint32_t>> unordered(frames.frames.size());
  std::vector<bool> isListed(frames.frames.size(), false);
  std::vector<SmallVector<uint32_t, 2>> users(numElements);
  std::vector<uint32_t> numPending(numElements, 0);
  // The frame that a node's item belongs to: an Enter's to the one outside.
  auto frameOf = [&](Position position) {
    unsigned frame = frames.frameOfNode[position];
    bool enters = isEnter(graph[flow.getNode(position)].op);
    return enters ? frames.frames[frame].parent : frame;
  };
  for (Position position = 0, e = flow.size(); position != e; ++position) {
    if (!region.isAffected[position])
      continue;
    const Node &node = graph[flow.getNode(position)];
    unsigned frame = frameOf(position);
    // The loops around it, unless they are known.
    for (unsigned f = frames.frameOfNode[position]; f != 0 && !isListed[f];
         f = frames.frames[f].parent) {
      isListed[f] = true;
      unordered[frames.frames[f].parent].push_back(flow.size() + f);
    }
    unordered[frame].push_back(position);
    if (isEnter(node.op))
      enters[frames.frameOfNode[position]].push_back(position);
    if (isExit(node.op) && flow.isLive(node.inputs[0].node))
      exits[frames.frameOfNode[flow.getPosition(node.inputs[0].node)]]
          .push_back(position);
    for (Endpoint input : node.inputs)
      if (input.output == 1 && isMerge(graph[input.node].op))
        indexedMerges.insert(input.node);
    for (Position source : flow.getDependencies(position)) {
      // A back edge comes from a later position.
      if (source >= position || !region.isAffected[source])
        continue;
      unsigned sourceFrame = frameOf(source), common = sourceFrame;
      // What breaks ties disables nothing, and is made anew for the loops.
      if (sourceFrame != frame && !isEdge(node, flow.getNode(source)))
        continue;
      llvm::SmallDenseSet<unsigned, 4> around;
      for (unsigned f = frame;; f = frames.frames[f].parent) {
        around.insert(f);
        if (f == 0)
          break;
      }
      while (!around.contains(common))
        common = frames.frames[common].parent;
      uint32_t from = liftToScope(source, sourceFrame, common);
      uint32_t to = liftToScope(position, frame, common);
      // An Exit waits for all of its loop.
      if (isExit(node.op) && from == source &&
          frames.frameOfNode[source] != frame)
        from = flow.size() + frames.frameOfNode[source];
      if (from == to)
        continue;
      users[from].push_back(to);
      ++numPending[to];
    }
    // A loop waits for all that enters it.
    if (isEnter(node.op)) {
      uint32_t loop = flow.size() + frames.frameOfNode[position];
      users[position].push_back(loop);
      ++numPending[loop];
    }
  }
  for (unsigned frame = 0; frame < frames.frames.size(); ++frame) {
    orderElements(frame, unordered[frame], users, numPending);
    if (elements[frame].size() == unordered[frame].size())
      continue;
    for (uint32_t element : unordered[frame])
      if (numPending[element] != 0 && element >= flow.size()) {
        unsigned loop = element - flow.size();
        return error(flow.getNode(enters[loop].front()))
               << "the loop of frame \"" << frames.frames[loop].name
               << "\" takes a value in that waits for one of its own Exit "
                  "nodes, which is not supported";
      }
  }
  return success();
}
