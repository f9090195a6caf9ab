//===- Effects.h - what nodes do to variables -------------------*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_EFFECTS_H
#define GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_EFFECTS_H

#include "Variables.h"

#include <map>
#include <set>

namespace graph_compile::tensorflow {

/// What a node itself does to the reference or handle at one of its inputs.
Access getInputAccess(const NodeGraph &graph, const Node &node,
                      const OpInfo &info, unsigned input);

/// All that one node does to one variable; a conditional or loop does what its
/// bodies do.
struct VariableAccess {
  VariableIndex variable;
  Position position;
  Access access;
};

/// What a node does besides giving values.
struct NodeEffects {
  std::map<VariableIndex, Access> accesses;
  /// The variables of which it asks whether they are set, or for a shape that
  /// may change.
  std::set<VariableIndex> queries;
  /// It does something that no variable shows: it prints, or may fail.
  bool isStateful = false;
  /// It is an assertion.
  bool isAssertion = false;

  void access(VariableIndex variable, Access access);
  void merge(const NodeEffects &other);
};

/// The effects of the nodes of one entry point.
class Effects {
public:
  Effects(const FlowTree &flows, const EntryPoint *entry, const NodeOps &ops,
          const References &references);

  /// What a node does.
  NodeEffects find(NodeIndex node) const;
  /// The same without what its bodies do.
  NodeEffects findOwn(NodeIndex node) const;
  /// The accesses of a flow graph, sorted by variable, then by position, with
  /// one entry per variable and node. A fetch reads at the node that it names,
  /// and so does a body that gives the value of a reference.
  std::vector<VariableAccess> findAccesses(const FlowGraph &flow) const;

  /// Whether two nodes are conditionals that decide by one value, of which no
  /// run takes two branches that race for the variable.
  bool areExclusive(NodeIndex a, NodeIndex b, VariableIndex variable) const;

private:
  /// What a conditional decides by; `isNegated` if by the opposite.
  struct Decision {
    Endpoint value;
    bool isNegated;
  };

  void addBody(const FlowGraph &flow);
  std::optional<Decision> findDecision(NodeIndex conditional) const;

  const NodeGraph &graph;
  const EntryPoint *entry;
  const NodeOps &ops;
  const References &references;
  /// What each region does, and what those of each conditional and loop do
  /// together.
  llvm::DenseMap<RegionIndex, NodeEffects> ofRegion;
  llvm::DenseMap<NodeIndex, NodeEffects> ofBodies;
};

/// Calls `fn` with the accesses to each variable.
template <typename Fn>
void forEachVariable(llvm::ArrayRef<VariableAccess> accesses, Fn fn) {
  while (!accesses.empty()) {
    VariableIndex variable = accesses.front().variable;
    auto ofVariable = accesses.take_while([&](const VariableAccess &access) {
      return access.variable == variable;
    });
    fn(ofVariable);
    accesses = accesses.drop_front(ofVariable.size());
  }
}

} // namespace graph_compile::tensorflow

#endif // GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_EFFECTS_H
