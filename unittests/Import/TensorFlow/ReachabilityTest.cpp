//===- ReachabilityTest.cpp - path queries against brute force ------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Reachability.h"
#include "FlowGraph.h"

#include <gtest/gtest.h>

#include <random>

using namespace graph_compile::tensorflow;

namespace {

/// A graph of control edges; node i waits for nodes listed before it, or after
/// it if `backwards`.
NodeGraph makeGraph(unsigned size, double edgesPerNode, bool backwards,
                    std::mt19937 &random) {
  NodeGraph graph;
  graph.nodes.resize(size);
  for (unsigned i = 0; i < size; ++i) {
    Node &node = graph.nodes[i];
    node.op = "NoOp";
    node.index = i;
    unsigned earlier = backwards ? size - 1 - i : i;
    std::poisson_distribution<unsigned> numEdges(edgesPerNode);
    for (unsigned edges = numEdges(random); earlier && edges; --edges) {
      unsigned source = random() % earlier;
      node.controls.push_back(backwards ? size - 1 - source : source);
    }
    llvm::sort(node.controls);
    node.controls.erase(llvm::unique(node.controls), node.controls.end());
  }
  graph.listNodes();
  return graph;
}

/// By position: the positions that reach it, itself included.
std::vector<llvm::BitVector> findPaths(const FlowGraph &flow) {
  std::vector<llvm::BitVector> reached(flow.size(),
                                       llvm::BitVector(flow.size()));
  for (unsigned position = 0; position < flow.size(); ++position) {
    reached[position].set(position);
    for (Position source : flow.getDependencies(position))
      reached[position] |= reached[source];
  }
  return reached;
}

void compareWithBruteForce(const FlowGraph &flow, unsigned numQueries,
                           std::mt19937 &random) {
  std::vector<llvm::BitVector> reached = findPaths(flow);
  std::vector<Reachability::Query> queries;
  for (unsigned i = 0; i < numQueries; ++i)
    queries.push_back(
        {Position(random() % flow.size()), Position(random() % flow.size())});
  llvm::BitVector answers = Reachability(flow).answer(queries);
  for (unsigned i = 0; i < numQueries; ++i)
    ASSERT_EQ(answers.test(i), reached[queries[i].second][queries[i].first])
        << "from " << queries[i].first << " to " << queries[i].second;
}

TEST(ReachabilityTest, RandomGraphs) {
  std::mt19937 random(1);
  for (double edgesPerNode : {0.3, 1.0, 1.5, 4.0})
    for (unsigned size : {1u, 2u, 17u, 300u, 1500u})
      for (bool backwards : {false, true}) {
        NodeGraph graph = makeGraph(size, edgesPerNode, backwards, random);
        FlowGraph flow = FlowGraph::ofAllNodes(graph);
        ASSERT_EQ(flow.size(), size);
        compareWithBruteForce(flow, 3000, random);
      }
}

TEST(ReachabilityTest, AddedEdgesCount) {
  std::mt19937 random(2);
  NodeGraph graph = makeGraph(200, 0.5, /*backwards=*/false, random);
  FlowGraph flow = FlowGraph::ofAllNodes(graph);
  std::vector<FlowEdge> edges;
  for (unsigned i = 0; i < 100; ++i) {
    Position a = random() % 200, b = random() % 200;
    if (a != b)
      edges.push_back(std::minmax(a, b));
  }
  flow.addEdges(edges);
  compareWithBruteForce(flow, 5000, random);
}

TEST(ReachabilityTest, SweepVisitsTargetsInTheirOrder) {
  std::mt19937 random(3);
  NodeGraph graph = makeGraph(100, 2.0, /*backwards=*/true, random);
  FlowGraph flow = FlowGraph::ofAllNodes(graph);
  std::vector<llvm::BitVector> reached = findPaths(flow);
  std::vector<Position> sources = {5, 50, 7}, targets = {99, 0, 60, 60};
  size_t next = 0;
  Reachability(flow).sweep(
      sources, targets, [&](size_t index, const Reachability::Bits &bits) {
        EXPECT_EQ(index, next++);
        for (unsigned bit = 0; bit < sources.size(); ++bit)
          EXPECT_EQ(bits[0] >> bit & 1, reached[targets[index]][sources[bit]]);
      });
  EXPECT_EQ(next, targets.size());
}

TEST(FlowGraphTest, KahnTakesTheFirstReadyNode) {
  std::mt19937 random(4);
  NodeGraph graph = makeGraph(400, 1.0, /*backwards=*/true, random);
  FlowGraph flow = FlowGraph::ofAllNodes(graph);
  std::vector<bool> isDone(graph.size(), false);
  for (unsigned position = 0; position < flow.size(); ++position) {
    NodeIndex first = 0;
    auto isReady = [&](NodeIndex node) {
      return !isDone[node] &&
             llvm::all_of(graph[node].controls,
                          [&](NodeIndex source) { return isDone[source]; });
    };
    while (!isReady(first))
      ++first;
    ASSERT_EQ(flow.getNode(position), first);
    isDone[first] = true;
  }
}

TEST(FlowGraphTest, PreferencesGiveWayToEdges) {
  // 0 waits for 2, which would rather come after 1.
  NodeGraph graph;
  graph.nodes.resize(3);
  for (NodeIndex i = 0; i < 3; ++i) {
    graph.nodes[i].op = "NoOp";
    graph.nodes[i].index = i;
  }
  graph.nodes[0].controls = {2};
  graph.nodes[1].controls = {0};
  graph.listNodes();
  FlowGraph flow = FlowGraph::ofAllNodes(graph);
  flow.sortWithPreferences({{1, 2}});
  EXPECT_EQ(flow.getOrder(), (llvm::ArrayRef<NodeIndex>{2, 0, 1}));

  graph.nodes[0].controls.clear();
  graph.nodes[1].controls.clear();
  FlowGraph open = FlowGraph::ofAllNodes(graph);
  open.sortWithPreferences({{2, 0}});
  EXPECT_EQ(open.getOrder(), (llvm::ArrayRef<NodeIndex>{1, 2, 0}));
}

} // namespace
