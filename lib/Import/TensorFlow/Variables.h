//===- Variables.h - which nodes read and write which variables -*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A TF 1 reference variable shares its memory with what passes the reference on
// (Identity, Reshape, ..), so it is read by the node that computes with it.
// This analysis follows references and handles from variables to those nodes.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_VARIABLES_H
#define GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_VARIABLES_H

#include "FlowGraph.h"
#include "OpTable.h"

#include "llvm/ADT/StringMap.h"

namespace graph_compile::tensorflow {

using VariableIndex = uint32_t;

/// The table's entry for each node; null for ops that are not supported and for
/// nodes that lack attributes, which only nodes that no entry point runs may
/// be.
using NodeOps = std::vector<const OpInfo *>;

NodeOps lookupOps(const NodeGraph &graph, const OpTable &table);

/// A variable of the model: nodes of one name are one variable.
struct Variable {
  /// What users know it by.
  std::string name;
  /// What the graph calls it: `shared_name`, else the node's name.
  std::string nameInGraph;
  /// The first node that declares it.
  NodeIndex node;
};

/// The variables of a graph, in the order of the source.
class VariableTable {
public:
  /// `getName` returns what users know a variable by, given the graph's name.
  explicit VariableTable(
      const NodeGraph &graph,
      llvm::function_ref<std::string(llvm::StringRef)> getName = nullptr);

  size_t size() const { return variables.size(); }
  const Variable &operator[](VariableIndex index) const {
    return variables[index];
  }
  /// The variable that a node declares.
  std::optional<VariableIndex> lookup(NodeIndex node) const;

private:
  void rename(llvm::function_ref<std::string(llvm::StringRef)> getName);

  std::vector<Variable> variables;
  llvm::DenseMap<NodeIndex, VariableIndex> indexOfNode;
};

/// What an output that is a reference or a handle stands for.
struct Reference {
  VariableIndex variable;
  /// The last of the nodes that give what is read another shape (Reshape), as
  /// an index into References; none for most.
  std::optional<uint32_t> reshape;
};

/// A node that passes a reference on with another shape, and what it was.
struct ReshapeStep {
  NodeIndex node;
  std::optional<uint32_t> previous;
};

/// The references of one flow graph.
class References {
public:
  References(const FlowGraph &flow, const NodeOps &ops,
             const VariableTable &variables);

  /// Null where the output is a value of its own, or fed.
  const Reference *lookup(Endpoint endpoint) const {
    auto found = references.find(getKey(endpoint));
    return found == references.end() ? nullptr : &found->second;
  }
  const ReshapeStep &getReshape(uint32_t index) const { return steps[index]; }

private:
  void visit(const FlowGraph &flow, const Node &node, const OpInfo &info);

  llvm::DenseMap<uint64_t, Reference> references;
  std::vector<ReshapeStep> steps;
};

/// Whether output 0 (or output `input` of an IdentityN) of a node passes on
/// the reference at `input`.
bool passesReference(const OpInfo &info, unsigned input);

/// What a node does to the reference or handle at one of its inputs.
Access getInputAccess(const Node &node, const OpInfo &info, unsigned input);

/// All that one node does to one variable.
struct VariableAccess {
  VariableIndex variable;
  Position position;
  Access access;
};

/// The accesses of a flow graph, sorted by variable, then by position, with one
/// entry per variable and node. A fetch reads at the node that it names.
std::vector<VariableAccess> findAccesses(const FlowGraph &flow,
                                         const EntryPoint *entry,
                                         const NodeOps &ops,
                                         const References &references);

/// The accesses to one variable.
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

#endif // GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_VARIABLES_H
