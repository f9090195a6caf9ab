//===- NodeGraph.h - the nodes of a block and their edges -------*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_DIALECT_GRAPH_TRANSFORMS_NODEGRAPH_H
#define GRAPH_COMPILE_LIB_DIALECT_GRAPH_TRANSFORMS_NODEGRAPH_H

#include "mlir/IR/Block.h"
#include "mlir/IR/Operation.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include <vector>

namespace graph_compile::graph {

/// The nodes of a block without its terminator, numbered in source order, and
/// the edges between them. Two nodes have at most one edge; what a nested
/// region uses counts as used by the node that holds the region.
class NodeGraph {
public:
  struct Edge {
    unsigned node;
    /// False for an edge that only orders the two nodes.
    bool carriesData;
  };

  explicit NodeGraph(mlir::Block &block);

  unsigned size() const { return nodes.size(); }
  mlir::Operation *getNode(unsigned node) const { return nodes[node]; }

  /// The nodes that `node` waits for.
  llvm::ArrayRef<Edge> getPredecessors(unsigned node) const {
    return slice(predecessors, firstPredecessor, node);
  }
  /// The nodes that wait for `node`.
  llvm::ArrayRef<Edge> getSuccessors(unsigned node) const {
    return slice(successors, firstSuccessor, node);
  }
  /// Whether the block's terminator takes a value from `node`.
  bool isUsedByTerminator(unsigned node) const {
    return usedByTerminator[node];
  }

private:
  static llvm::ArrayRef<Edge> slice(const std::vector<Edge> &edges,
                                    const std::vector<unsigned> &first,
                                    unsigned node) {
    return llvm::ArrayRef(edges).slice(first[node],
                                       first[node + 1] - first[node]);
  }
  void reverseEdges();

  llvm::SmallVector<mlir::Operation *> nodes;
  // Edges of node i are at [first[i], first[i + 1]).
  std::vector<Edge> predecessors, successors;
  std::vector<unsigned> firstPredecessor, firstSuccessor;
  std::vector<bool> usedByTerminator;
};

} // namespace graph_compile::graph

#endif // GRAPH_COMPILE_LIB_DIALECT_GRAPH_TRANSFORMS_NODEGRAPH_H
