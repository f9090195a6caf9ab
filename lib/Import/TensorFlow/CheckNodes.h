//===- CheckNodes.h - nodes against the signatures of their ops -*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_CHECKNODES_H
#define GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_CHECKNODES_H

#include "FlowTree.h"
#include "OpTable.h"

namespace graph_compile::tensorflow {

/// Checks all nodes that some entry point runs, and what the entry points feed
/// and fetch: calls of functions that do not exist, ops that are not supported
/// (all at once, each with the nodes that use it), attributes, the number and
/// the types of inputs, the outputs that edges and fetches name. After success
/// nodes fit their signatures.
mlir::LogicalResult checkNodes(mlir::MLIRContext *context,
                               const NodeGraph &graph, const OpTable &table,
                               llvm::ArrayRef<EntryPoint> entries,
                               llvm::ArrayRef<FlowTree> flows,
                               llvm::StringRef configFile);

/// Reports nodes whose inputs come from different frames of TF 1 loops.
mlir::LogicalResult checkFrames(mlir::MLIRContext *context,
                                llvm::ArrayRef<FlowTree> flows);

/// The frames of TF 1 loops; 0 is outside of every loop.
struct FrameTree {
  /// A frame by its name in its parent.
  struct Frame {
    unsigned parent;
    std::string name;
  };
  std::vector<Frame> frames;
  /// By position. An Enter runs in the frame that it enters, an Exit in the one
  /// that it goes to.
  std::vector<unsigned> frameOfNode;
};

/// The frames of a flow graph in which they are right.
FrameTree findFrames(const FlowGraph &flow);

/// The DataType number of a fed tensor: its node's, or, where the op is not
/// supported, what a node that uses it expects; nothing if none does.
std::optional<int> getFeedType(const FlowGraph &flow, const OpTable &table,
                               Endpoint tensor);

} // namespace graph_compile::tensorflow

#endif // GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_CHECKNODES_H
