//===- NodeGraph.cpp - the nodes of a block and their edges ---------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "NodeGraph.h"
#include "graph-compile/Dialect/Graph/IR/GraphDialect.h"
#include "llvm/ADT/DenseMap.h"

using namespace mlir;
using namespace graph_compile::graph;

using Edge = NodeGraph::Edge;

/// Calls `visit` with every value that `node` or a region of it takes.
template <typename Visitor>
static void forEachOperand(Operation *node, Visitor visit) {
  for (Value operand : node->getOperands())
    visit(operand);
  for (Region &region : node->getRegions())
    region.walk([&](Operation *inner) {
      for (Value operand : inner->getOperands())
        visit(operand);
    });
}

/// Makes several edges from one node into one, which carries data if any does.
static void mergeEdges(SmallVectorImpl<Edge> &edges) {
  llvm::sort(edges, [](const Edge &a, const Edge &b) {
    return std::make_pair(a.node, !a.carriesData) <
           std::make_pair(b.node, !b.carriesData);
  });
  edges.erase(
      llvm::unique(
          edges, [](const Edge &a, const Edge &b) { return a.node == b.node; }),
      edges.end());
}

NodeGraph::NodeGraph(Block &block) {
  llvm::DenseMap<Operation *, unsigned> numbers;
  for (Operation &op : block.without_terminator()) {
    numbers[&op] = nodes.size();
    nodes.push_back(&op);
  }

  firstPredecessor.push_back(0);
  SmallVector<Edge> edges;
  for (Operation *node : nodes) {
    edges.clear();
    forEachOperand(node, [&](Value operand) {
      // Values of a region of `node` and values from outside of `block` are
      // not in the map: they order nothing here.
      auto producer = numbers.find(operand.getDefiningOp());
      if (producer != numbers.end())
        edges.push_back({producer->second, !isa<TokenType>(operand.getType())});
    });
    mergeEdges(edges);
    llvm::append_range(predecessors, edges);
    firstPredecessor.push_back(predecessors.size());
  }
  reverseEdges();

  usedByTerminator.resize(nodes.size());
  if (block.mightHaveTerminator())
    forEachOperand(block.getTerminator(), [&](Value operand) {
      auto producer = numbers.find(operand.getDefiningOp());
      if (producer != numbers.end() && !isa<TokenType>(operand.getType()))
        usedByTerminator[producer->second] = true;
    });
}

/// Fills the successors from the predecessors: a counting sort by source.
void NodeGraph::reverseEdges() {
  firstSuccessor.assign(nodes.size() + 1, 0);
  for (const Edge &edge : predecessors)
    ++firstSuccessor[edge.node + 1];
  for (unsigned node = 0; node < nodes.size(); ++node)
    firstSuccessor[node + 1] += firstSuccessor[node];
  successors.resize(predecessors.size());
  std::vector<unsigned> next(firstSuccessor.begin(), firstSuccessor.end());
  for (unsigned node = 0; node < nodes.size(); ++node)
    for (const Edge &edge : getPredecessors(node))
      successors[next[edge.node]++] = {node, edge.carriesData};
}
