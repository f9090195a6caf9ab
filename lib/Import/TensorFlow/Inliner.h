//===- Inliner.h - functions become nodes of the graph ----------*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What InlineCalls.cpp (calls) and ExpandRegions.cpp (bodies of conditionals
// and loops) have in common: the graph that is being written, and one copy of a
// function in it.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_INLINER_H
#define GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_INLINER_H

#include "ErrorLimit.h"
#include "GraphFile.h"
#include "NodeGraph.h"
#include "OpTable.h"
#include "graph.pb.h"

#include "mlir/IR/Diagnostics.h"

namespace graph_compile::tensorflow {

/// The graph with its calls and bodies in place.
class Inliner {
public:
  Inliner(mlir::MLIRContext *context, const NodeGraph &graph,
          const OpTable &table, GraphFile &file);

  /// Rewrites the file: `users` are the nodes that run functions.
  mlir::LogicalResult run(llvm::ArrayRef<NodeIndex> users);

  /// Adds a node. It stays where it is.
  const proto::NodeDef *add(std::unique_ptr<proto::NodeDef> def, unsigned line,
                            RegionIndex region);
  /// Adds a node, or what it calls in its place, or its bodies beside it.
  void addOrExpand(std::unique_ptr<proto::NodeDef> def, unsigned line,
                   RegionIndex region);
  /// Adds a region, still without results.
  RegionIndex addRegion(RegionDef region);
  RegionDef &getRegion(RegionIndex region) { return regions[region]; }
  /// What a call has become, by its name.
  void addCall(llvm::StringRef name, InlinedCall call) {
    calls[name] = std::move(call);
  }

  /// The number of a function in the library; nothing if it lacks it.
  std::optional<int> findFunction(llvm::StringRef name) const;
  const proto::FunctionDef &getFunction(int number) const {
    return file.graph->library().function(number);
  }
  /// The lines of its nodes; empty if none are known.
  llvm::ArrayRef<unsigned> getLines(int function) const;
  const OpTable &getTable() const { return table; }

  /// Whether a node of the graph itself has that name.
  bool isTaken(llvm::StringRef name) const {
    return graph.find(name).has_value();
  }

  /// Reports an error at a node; failure, for convenience.
  mlir::LogicalResult report(const proto::NodeDef &node, unsigned line,
                             const llvm::Twine &message);
  /// Enters a function for a node that runs it, unless it is being expanded.
  mlir::LogicalResult enter(llvm::StringRef function,
                            const proto::NodeDef &user, unsigned line);
  void leave() { active.pop_back(); }

private:
  /// A node of the new graph.
  struct NewNode {
    std::unique_ptr<proto::NodeDef> def;
    unsigned line;
    RegionIndex region;
  };

  void redirect(std::string &edge) const;
  void replaceNodes();

  mlir::MLIRContext *context;
  const NodeGraph &graph;
  const OpTable &table;
  GraphFile &file;
  ErrorLimit errors;
  llvm::StringMap<int> functionIndex;
  std::vector<NewNode> nodes;
  std::vector<RegionDef> regions;
  bool isFull = false;
  /// The functions that are being expanded, outermost first.
  llvm::SmallVector<llvm::StringRef> active;
  llvm::StringMap<InlinedCall> calls;
};

/// A node that runs a function, and how.
struct FunctionUse {
  const proto::NodeDef &node;
  unsigned line;
  int function;
  /// What the use says of the function's attributes.
  const google::protobuf::Map<std::string, proto::AttrValue> &values;
  /// What the names of the copy start with.
  std::string prefix;
  /// The region that the copy belongs to.
  RegionIndex region;
};

/// A copy of a function's nodes.
class FunctionCopy {
public:
  FunctionCopy(Inliner &inliner, FunctionUse use);

  /// One tensor of an argument or a result. Most stand for one tensor.
  struct Tensor {
    llvm::StringRef name;
    unsigned element;
    unsigned numElements;
    proto::DataType type;

    /// The name of a node for it.
    std::string getNodeName() const;
  };

  llvm::StringRef getName() const { return function.signature().name(); }
  /// What the names of the copy start with: what was asked for, unless a node
  /// of the graph would have a name of the copy.
  llvm::StringRef getPrefix() const { return use.prefix; }
  mlir::FailureOr<std::vector<Tensor>> getArguments() {
    return listTensors(function.signature().input_arg());
  }
  mlir::FailureOr<std::vector<Tensor>> getResults() {
    return listTensors(function.signature().output_arg());
  }

  /// The next tensor of an argument comes from this edge of the new graph. A
  /// control edge from the argument comes from its node, if `runs`; else it
  /// says nothing.
  void bind(const Tensor &argument, std::string edge, bool runs);
  /// Adds the nodes that results and effects need. Those that wait for no other
  /// get the control edge `entrance`, unless it is empty.
  mlir::LogicalResult addNodes(llvm::StringRef entrance);
  /// The edge that a result comes from.
  mlir::FailureOr<std::string> getEdge(const Tensor &result);
  /// Whether a result is an argument as it is.
  bool isArgument(const Tensor &result) const;
  /// The nodes that the function says must run.
  std::vector<std::string> getControlResults() const;

  /// The name of the node that stands for an argument's tensor.
  std::string nameArgument(const Tensor &argument) {
    return argument.numElements == 1 ? inCopy(argument.name)
                                     : makeName(argument.getNodeName());
  }
  /// A name in the copy that no node of the function has.
  std::string makeName(llvm::StringRef name);
  std::string inCopy(llvm::StringRef name) const {
    return use.prefix + name.str();
  }
  std::unique_ptr<proto::NodeDef> makeNode(llvm::StringRef name,
                                           llvm::StringRef op);
  /// An Identity of that type without inputs.
  std::unique_ptr<proto::NodeDef> makeIdentity(llvm::StringRef name,
                                               proto::DataType type);
  void add(std::unique_ptr<proto::NodeDef> node) {
    inliner.add(std::move(node), use.line, use.region);
  }
  mlir::LogicalResult report(const llvm::Twine &message) {
    return inliner.report(use.node, use.line, message);
  }

private:
  using Arguments = google::protobuf::RepeatedPtrField<proto::OpDef::ArgDef>;
  struct Binding {
    std::string edge;
    bool runs;
  };

  mlir::FailureOr<std::vector<Tensor>> listTensors(const Arguments &arguments);
  mlir::LogicalResult listTensors(const proto::OpDef::ArgDef &argument,
                                  std::vector<Tensor> &tensors);
  const proto::AttrValue *findValue(llvm::StringRef attribute) const;
  void substitute(proto::AttrValue &value) const;
  bool hasTakenName() const;
  void findLiveNodes();
  void markLive(llvm::StringRef edge, llvm::SmallVectorImpl<int> &pending);
  mlir::LogicalResult copyNode(int index, llvm::StringRef entrance);
  std::optional<std::string> convertEdge(llvm::StringRef edge) const;
  std::optional<std::string> convertControl(llvm::StringRef name) const;
  unsigned getFirstOutput(const proto::NodeDef &node,
                          llvm::StringRef argument) const;

  Inliner &inliner;
  FunctionUse use;
  const proto::FunctionDef &function;
  /// By name of an argument: what its tensors are in the new graph.
  llvm::StringMap<llvm::SmallVector<Binding, 1>> arguments;
  llvm::StringMap<int> indexOfNode;
  std::vector<bool> isLive;
  /// Names of makeName.
  llvm::StringSet<> madeNames;
};

/// Puts the nodes of a function in the place of a call. (InlineCalls.cpp)
mlir::LogicalResult expandCall(Inliner &inliner, const proto::NodeDef &call,
                               unsigned line, RegionIndex region, int function);

/// Adds the bodies of a conditional or loop as regions. (ExpandRegions.cpp)
mlir::LogicalResult expandRegions(Inliner &inliner, const proto::NodeDef &owner,
                                  unsigned line);

} // namespace graph_compile::tensorflow

#endif // GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_INLINER_H
