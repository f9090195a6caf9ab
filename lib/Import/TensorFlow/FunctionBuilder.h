//===- FunctionBuilder.h - building one entry point -------------*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_FUNCTIONBUILDER_H
#define GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_FUNCTIONBUILDER_H

#include "Constants.h"
#include "NodeBuilder.h"
#include "Variables.h"

#include "graph-compile/Dialect/Graph/IR/Graph.h"

#include "mlir/IR/Builders.h"

namespace graph_compile::tensorflow {

/// The types of the model's variables. A shape that a variable's node leaves
/// open is that of the first value assigned.
class VariableTypes {
public:
  VariableTypes(mlir::MLIRContext *context, const NodeGraph &graph,
                const NodeOps &ops, const VariableTable &variables);

  /// The variable's type; null while it is not known.
  mlir::RankedTensorType get(VariableIndex variable) const {
    return types[variable];
  }
  /// Tells that a value of this type is assigned.
  void assign(VariableIndex variable, mlir::RankedTensorType value);
  /// The variable's element type; null if the dialect lacks it.
  mlir::Type getElementType(VariableIndex variable) const {
    return elementTypes[variable];
  }

private:
  std::vector<mlir::Type> elementTypes;
  std::vector<mlir::RankedTensorType> types;
};

/// What the functions of one model have in common.
struct ModelState {
  mlir::MLIRContext *context;
  const NodeGraph &graph;
  const OpTable &table;
  const NodeOps &ops;
  const VariableTable &variables;
  VariableTypes variableTypes;
  ConstantReader constants;
};

/// The effects of the node being built.
struct NodeState {
  /// Tokens that the next effect waits for.
  llvm::SmallVector<mlir::Value> after;
  /// The references that this node has read.
  struct Read {
    VariableIndex variable;
    std::optional<uint32_t> reshape;
    mlir::Value value;
  };
  llvm::SmallVector<Read, 1> reads;
};

/// Builds the `graph.func` of one entry point, node by node in the order of its
/// flow graph: no recursion, and time and memory linear in nodes and edges.
/// Errors stand at the location of a node and do not repeat its name.
class FunctionBuilder {
public:
  FunctionBuilder(ModelState &model, const EntryPoint &entry,
                  const FlowGraph &flow, const References &references);

  /// Builds the function at the end of the module.
  mlir::LogicalResult build(mlir::ModuleOp module);

private:
  friend class NodeBuilder;

  mlir::LogicalResult createFunction(mlir::ModuleOp module);
  mlir::FailureOr<mlir::RankedTensorType> getFeedTensorType(const Feed &feed);
  mlir::LogicalResult buildNode(Position position);
  mlir::LogicalResult runBuilder(NodeBuilder &node,
                                 llvm::SmallVectorImpl<mlir::Value> &results);
  mlir::LogicalResult checkResults(NodeBuilder &node,
                                   llvm::ArrayRef<mlir::Value> results);
  mlir::LogicalResult resolveVariables(NodeBuilder &node);
  mlir::LogicalResult collectInputs(NodeBuilder &node);
  mlir::LogicalResult readFetches(NodeBuilder &node);
  mlir::LogicalResult finishFunction();

  /// The value of an output that is neither a reference nor a string.
  mlir::Value getValue(Endpoint endpoint);
  /// Reads a reference at the node, and gives it the shape it was passed with.
  mlir::FailureOr<mlir::Value> readReference(NodeBuilder &node,
                                             const Reference &reference);
  /// A value of the type that reading the reference would give.
  mlir::FailureOr<mlir::Value> makeStandIn(NodeBuilder &node,
                                           const Reference &reference);
  mlir::FailureOr<mlir::Value> applyReshapes(NodeBuilder &node,
                                             const Reference &reference,
                                             mlir::Value value);
  const Reference *findReference(Endpoint endpoint) const;

  void collectTokens(Position position, llvm::SmallVectorImpl<mlir::Value> &);
  mlir::Value joinTokens(mlir::Location location,
                         llvm::ArrayRef<mlir::Value> tokens);
  void eraseUnusedJoins();

  ModelState &model;
  const EntryPoint &entry;
  const FlowGraph &flow;
  const References &references;
  mlir::OpBuilder builder;
  graph::FuncOp function;

  /// By position: the outputs, null for references and strings.
  std::vector<llvm::SmallVector<mlir::Value, 1>> values;
  /// By position: what stands for the node and all before it having happened;
  /// null where nothing happens.
  std::vector<mlir::Value> tokens;
  llvm::DenseMap<uint64_t, Text> texts;
  /// Fetched outputs that are references, once read.
  llvm::DenseMap<uint64_t, mlir::Value> fetchedReads;
  llvm::DenseMap<NodeIndex, llvm::SmallVector<Endpoint, 1>> fetchedReferences;
  /// Inputs of reshaping nodes that those nodes read themselves (a shape that
  /// is a variable), by node and input.
  llvm::DenseMap<uint64_t, mlir::Value> pinnedInputs;
  std::vector<graph::JoinOp> joins;
};

} // namespace graph_compile::tensorflow

#endif // GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_FUNCTIONBUILDER_H
