//===- BlockBuilder.h - building one flow graph -----------------*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_BLOCKBUILDER_H
#define GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_BLOCKBUILDER_H

#include "ModelState.h"

#include "graph-compile/Dialect/Graph/IR/Graph.h"

#include "mlir/IR/Builders.h"

namespace graph_compile::tensorflow {

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

/// Builds the nodes of one flow graph into one block, in the order of the flow
/// graph: time and memory are linear in nodes and edges, and recursion goes as
/// deep as bodies are nested. Errors stand at the location of a node and do not
/// repeat its name.
class BlockBuilder {
public:
  /// `parent` builds the block around this one; null for a function's.
  BlockBuilder(FunctionState &function, const FlowGraph &flow,
               mlir::Block &block, BlockBuilder *parent = nullptr);

  /// The value of feed `number` of the flow graph. What a body's owner gets as
  /// that input is the default.
  void setFeed(unsigned number, mlir::Value value) { feeds[number] = value; }
  /// Has a reference read, after the effects of its node.
  void readAtEnd(Endpoint endpoint);

  mlir::LogicalResult build();

  /// After build: the value of an output, also of one that is read at the end;
  /// null for other references and strings.
  mlir::Value getResult(Endpoint endpoint);
  /// After build: what stands for the node and all before it having happened;
  /// null where nothing happens, or where the node is none of this block's.
  mlir::Value getToken(NodeIndex node) const;

private:
  friend class NodeBuilder;

  mlir::LogicalResult buildNode(Position position);
  mlir::LogicalResult runBuilder(NodeBuilder &node,
                                 llvm::SmallVectorImpl<mlir::Value> &results);
  mlir::LogicalResult checkResults(NodeBuilder &node,
                                   llvm::ArrayRef<mlir::Value> results);
  mlir::LogicalResult resolveVariables(NodeBuilder &node);
  mlir::LogicalResult collectInputs(NodeBuilder &node);
  mlir::LogicalResult readMarked(NodeBuilder &node);
  mlir::FailureOr<BodyResults> buildBody(NodeBuilder &owner, unsigned number,
                                         mlir::Block &body,
                                         mlir::ArrayRef<mlir::Value> carried);
  void handOnTexts(NodeBuilder &loop, const NodeRegion &body);

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
  const Reference *findReference(Endpoint endpoint) const {
    return function.references.lookup(endpoint);
  }

  void collectTokens(Position position, llvm::SmallVectorImpl<mlir::Value> &);
  mlir::Value joinTokens(mlir::Location location,
                         llvm::ArrayRef<mlir::Value> tokens);

  FunctionState &function;
  ModelState &model;
  const FlowGraph &flow;
  BlockBuilder *parent;
  mlir::OpBuilder builder;

  /// By number of the feed; null: what the owner gets.
  llvm::DenseMap<unsigned, mlir::Value> feeds;
  /// By position: the outputs, null for references and strings.
  std::vector<llvm::SmallVector<mlir::Value, 1>> values;
  /// By position: what stands for the node and all before it having happened;
  /// null where nothing happens.
  std::vector<mlir::Value> tokens;
  /// Outputs that are references and read at the end: by node, and, once read,
  /// their values.
  llvm::DenseMap<NodeIndex, llvm::SmallVector<Endpoint, 1>> marked;
  llvm::DenseMap<uint64_t, mlir::Value> readsAtEnd;
  /// Whether something in the block is an effect.
  bool hasEffects = false;
};

} // namespace graph_compile::tensorflow

#endif // GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_BLOCKBUILDER_H
