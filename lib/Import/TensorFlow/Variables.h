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

#include "FlowTree.h"
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
  /// It is a queue (see Queues.h), which has no value of its own.
  bool isQueue = false;
  /// The node leaves the shape open, in part or as a whole: assignments may
  /// change it.
  bool isOpen = false;

  /// `variable "v"` or `queue "q"`.
  std::string describe() const {
    return (isQueue ? "queue \"" : "variable \"") + name + '"';
  }
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

/// The references of one entry point, in bodies too: what a body takes from
/// outside, what a loop hands on from one iteration to the next, and what a
/// conditional gives, if all of its branches give the same.
class References {
public:
  References(const FlowTree &flows, const NodeOps &ops,
             const VariableTable &variables);

  /// Null where the output is a value of its own, or fed.
  const Reference *lookup(Endpoint endpoint) const {
    auto found = references.find(getKey(endpoint));
    return found == references.end() ? nullptr : &found->second;
  }
  const ReshapeStep &getReshape(uint32_t index) const { return steps[index]; }
  /// Whether the shape of what is read may change.
  bool isOpen(const Reference &reference) const {
    return variables[reference.variable].isOpen;
  }

  /// Whether result `number` of a region is a reference that is read when the
  /// region ends, for its owner gives a value.
  bool isReadAtEnd(RegionIndex region, uint32_t number) const;

private:
  void visitFlow(const FlowGraph &flow);
  void visit(const Node &node, const OpInfo &info);
  void visitOwner(const Node &owner, const OpInfo &info);
  void bindArguments(const Node &loop, const OpInfo &info);
  std::optional<Reference> findResult(const Node &owner, const OpInfo &info,
                                      uint32_t output) const;
  bool isShapedIn(Reference reference, RegionIndex region) const;
  void add(Endpoint endpoint, Reference reference);

  const FlowTree &flows;
  const NodeOps &ops;
  const VariableTable &variables;
  llvm::DenseMap<uint64_t, Reference> references;
  std::vector<ReshapeStep> steps;
};

/// Reports handles that a conditional or a loop gives or carries, but that do
/// not always refer to one variable.
mlir::LogicalResult checkHandles(mlir::MLIRContext *context,
                                 const FlowTree &flows, const NodeOps &ops,
                                 const VariableTable &variables,
                                 const References &references);

/// Whether output 0 (or output `input` of an IdentityN) of a node passes on
/// the reference at `input`.
bool passesReference(const OpInfo &info, unsigned input);

} // namespace graph_compile::tensorflow

#endif // GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_VARIABLES_H
