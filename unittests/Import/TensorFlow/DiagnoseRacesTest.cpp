//===- DiagnoseRacesTest.cpp - races against brute force ------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Diagnose.h"
#include "FlowGraph.h"
#include "Variables.h"
#include "graph.pb.h"

#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/MLIRContext.h"
#include "llvm/ADT/BitVector.h"

#include <gtest/gtest.h>

#include <random>

using namespace graph_compile;
using namespace graph_compile::tensorflow;

namespace {

/// Nodes 0 .. numVariables-1 are variables, the others wait for random nodes
/// before them.
struct RandomGraph {
  RandomGraph(unsigned numVariables, unsigned numNodes, double edgesPerNode,
              std::mt19937 &random)
      : defs(numVariables + numNodes) {
    graph.nodes.resize(defs.size());
    for (unsigned i = 0; i < defs.size(); ++i) {
      Node &node = graph.nodes[i];
      defs[i].set_name("n" + std::to_string(i));
      node.name = defs[i].name();
      node.op = i < numVariables ? "VarHandleOp" : "NoOp";
      node.def = &defs[i];
      node.index = i;
      if (i <= numVariables)
        continue;
      std::poisson_distribution<unsigned> numEdges(edgesPerNode);
      for (unsigned edges = numEdges(random); edges; --edges)
        node.controls.push_back(numVariables + random() % (i - numVariables));
    }
    graph.listNodes();
  }

  std::vector<proto::NodeDef> defs;
  NodeGraph graph;
};

/// At most one access per node, in the order that findAccesses gives.
std::vector<VariableAccess> makeAccesses(const FlowGraph &flow,
                                         unsigned numVariables,
                                         std::mt19937 &random) {
  std::vector<VariableAccess> accesses;
  for (Position position = 0; position < flow.size(); ++position)
    if (flow.getNode(position) >= numVariables && random() % 3 != 0)
      accesses.push_back({VariableIndex(random() % numVariables), position,
                          Access(1 + random() % 3)});
  llvm::sort(accesses, [](const VariableAccess &a, const VariableAccess &b) {
    return std::tie(a.variable, a.position) < std::tie(b.variable, b.position);
  });
  return accesses;
}

uint64_t countRaces(const FlowGraph &flow,
                    llvm::ArrayRef<VariableAccess> accesses) {
  std::vector<llvm::BitVector> reached(flow.size(),
                                       llvm::BitVector(flow.size()));
  for (Position position = 0; position < flow.size(); ++position) {
    reached[position].set(position);
    for (Position source : flow.getDependencies(position))
      reached[position] |= reached[source];
  }
  uint64_t count = 0;
  for (const VariableAccess &a : accesses)
    for (const VariableAccess &b : accesses)
      count += a.variable == b.variable && a.position < b.position &&
               (writes(a.access) || writes(b.access)) &&
               !reached[b.position][a.position];
  return count;
}

/// Counts the pairs that warnings show or count.
class PairCounter : public mlir::ScopedDiagnosticHandler {
public:
  explicit PairCounter(mlir::MLIRContext *context)
      : ScopedDiagnosticHandler(context) {
    setHandler([this](mlir::Diagnostic &diagnostic) {
      std::string text = diagnostic.str();
      size_t more = text.find(" more pair");
      if (more == std::string::npos) {
        ++count;
        return;
      }
      size_t number = text.rfind(' ', more - 1) + 1;
      count += std::stoull(text.substr(number, more - number));
    });
  }
  uint64_t count = 0;
};

void compareWithBruteForce(unsigned numVariables, unsigned numNodes,
                           double edgesPerNode, std::mt19937 &random) {
  RandomGraph source(numVariables, numNodes, edgesPerNode, random);
  FlowGraph flow = FlowGraph::ofAllNodes(source.graph);
  VariableTable variables(source.graph);
  std::vector<VariableAccess> accesses =
      makeAccesses(flow, numVariables, random);

  mlir::MLIRContext context;
  PairCounter counter(&context);
  WarningOptions options;
  auto edges = RaceFinder(&context, variables, options).check(flow, accesses);
  ASSERT_TRUE(mlir::succeeded(edges));
  ASSERT_EQ(counter.count, countRaces(flow, accesses));
  // The tie-breaks settle every race.
  flow.addEdges(*edges);
  ASSERT_EQ(countRaces(flow, accesses), 0u);
}

TEST(RaceFinderTest, RandomGraphs) {
  std::mt19937 random(1);
  for (unsigned numVariables : {1u, 3u, 40u})
    for (unsigned numNodes : {1u, 10u, 100u, 800u})
      for (double edgesPerNode : {0.5, 1.5, 3.0, 10.0})
        compareWithBruteForce(numVariables, numNodes, edgesPerNode, random);
}

// More accesses than a sweep has bits.
TEST(RaceFinderTest, SeveralBatches) {
  std::mt19937 random(2);
  compareWithBruteForce(1, 2000, 0.0, random);
  compareWithBruteForce(2, 2000, 2.0, random);
}

} // namespace
