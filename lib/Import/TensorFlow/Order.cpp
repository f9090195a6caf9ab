//===- Order.cpp - order where the graph states none ----------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Order.h"

#include "Attributes.h"
#include "Reachability.h"
#include "graph.pb.h"

#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;

/// Appends edges that put one variable's accesses in the order of their
/// positions; two reads stay unordered.
static void chainAccesses(ArrayRef<VariableAccess> accesses,
                          llvm::function_ref<bool(Position)> isLeftOut,
                          std::vector<FlowEdge> &edges) {
  std::optional<Position> lastWrite;
  SmallVector<Position> readsSince;
  for (const VariableAccess &access : accesses) {
    if (isLeftOut(access.position))
      continue;
    if (!writes(access.access)) {
      if (lastWrite)
        edges.push_back({*lastWrite, access.position});
      readsSince.push_back(access.position);
      continue;
    }
    // The reads in between wait for the last write already.
    if (lastWrite && readsSince.empty())
      edges.push_back({*lastWrite, access.position});
    for (Position read : readsSince)
      edges.push_back({read, access.position});
    readsSince.clear();
    lastWrite = access.position;
  }
}

std::vector<FlowEdge>
tensorflow::makeProgramOrder(const FlowGraph &flow, const Effects &effects,
                             ArrayRef<VariableAccess> accesses) {
  const NodeGraph &graph = flow.getGraph();
  auto isLeftOut = [&](Position position) {
    const proto::AttrValue *value = findAttribute(graph[flow.getNode(position)],
                                                  "_graph_compile_auto_order");
    return value && value->value_case() == proto::AttrValue::kB && !value->b();
  };
  std::vector<FlowEdge> edges;
  forEachVariable(accesses, [&](ArrayRef<VariableAccess> ofVariable) {
    chainAccesses(ofVariable, isLeftOut, edges);
  });

  // Assertions and prints take no handle, though what they show may be a
  // reference variable.
  std::optional<Position> last;
  for (Position position = 0, e = flow.size(); position != e; ++position) {
    if (!effects.find(flow.getNode(position)).isStateful || isLeftOut(position))
      continue;
    if (last)
      edges.push_back({*last, position});
    last = position;
  }
  return edges;
}

std::vector<FlowEdge>
tensorflow::makeQueryOrder(const FlowGraph &flow, const Effects &effects,
                           ArrayRef<VariableAccess> accesses) {
  std::vector<VariableAccess> ordered;
  llvm::DenseSet<VariableIndex> queried;
  for (Position position = 0, e = flow.size(); position != e; ++position)
    for (VariableIndex variable :
         effects.find(flow.getNode(position)).queries) {
      ordered.push_back({variable, position, Access::Read});
      queried.insert(variable);
    }
  if (ordered.empty())
    return {};
  llvm::copy_if(
      accesses, std::back_inserter(ordered), [&](const VariableAccess &access) {
        return writes(access.access) && queried.contains(access.variable);
      });
  llvm::sort(ordered, [](const VariableAccess &a, const VariableAccess &b) {
    return std::tie(a.variable, a.position) < std::tie(b.variable, b.position);
  });
  std::vector<FlowEdge> edges;
  forEachVariable(ordered, [&](ArrayRef<VariableAccess> ofVariable) {
    chainAccesses(ofVariable, [](Position) { return false; }, edges);
  });
  // Where there is a path already, an edge would only be one more token.
  std::vector<Reachability::Query> queries;
  queries.reserve(edges.size());
  for (auto [first, second] : edges)
    queries.push_back({first, second});
  llvm::BitVector hasPath = Reachability(flow).answer(queries);
  std::vector<FlowEdge> missing;
  for (auto [index, edge] : llvm::enumerate(edges))
    if (!hasPath[index])
      missing.push_back(edge);
  return missing;
}

void tensorflow::orderInitializer(FlowGraph &flow, const Effects &effects) {
  // A read whose result the assignment needs cannot come after it.
  std::vector<Reachability::Query> queries;
  forEachVariable(
      effects.findAccesses(flow), [&](ArrayRef<VariableAccess> accesses) {
        const auto *first = llvm::find_if(accesses, [](const auto &access) {
          return access.access == Access::Write;
        });
        if (first == accesses.end())
          return;
        for (const VariableAccess &access : accesses)
          if (access.position != first->position)
            queries.push_back({access.position, first->position});
      });
  llvm::BitVector hasPath = Reachability(flow).answer(queries);
  std::vector<std::pair<NodeIndex, NodeIndex>> preferences;
  for (auto [index, query] : llvm::enumerate(queries))
    if (!hasPath[index])
      preferences.push_back(
          {flow.getNode(query.second), flow.getNode(query.first)});
  if (!preferences.empty())
    flow.sortWithPreferences(preferences);

  std::vector<FlowEdge> edges;
  forEachVariable(
      effects.findAccesses(flow), [&](ArrayRef<VariableAccess> accesses) {
        chainAccesses(accesses, [](Position) { return false; }, edges);
      });
  flow.addEdges(edges);
}

void tensorflow::orderAssertions(FlowGraph &flow, const Effects &effects) {
  llvm::DenseSet<NodeIndex> assertions;
  for (NodeIndex node : flow.getOrder())
    if (effects.find(node).isAssertion)
      assertions.insert(node);
  if (assertions.empty())
    return;
  flow.sortLate([&](NodeIndex node) { return assertions.contains(node); });
  std::vector<FlowEdge> edges;
  SmallVector<Position> effectsSince;
  for (Position position = 0, e = flow.size(); position != e; ++position) {
    NodeIndex node = flow.getNode(position);
    bool isAssertion = assertions.contains(node);
    if (isAssertion) {
      for (Position effect : effectsSince)
        edges.push_back({effect, position});
      effectsSince.clear();
    }
    NodeEffects ofNode = effects.find(node);
    if (isAssertion || ofNode.isStateful ||
        llvm::any_of(ofNode.accesses,
                     [](const auto &access) { return writes(access.second); }))
      effectsSince.push_back(position);
  }
  flow.addEdges(edges);
}
