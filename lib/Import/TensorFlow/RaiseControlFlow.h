//===- RaiseControlFlow.h - TF 1 control flow into regions ------*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// TensorFlow 1 has no conditionals and loops but nodes that make others dead
// (Switch, Merge) and frames that nodes run in again and again (Enter, Exit,
// NextIteration, LoopCond). Here they become If and While nodes with regions,
// as those of TensorFlow 2 have them, for each entry point on its own: what an
// entry point does not need does not run in its branches either.
//
// ItemBuilder finds out when nodes are alive and what loops carry, buildBlocks
// makes conditionals of that, RegionWriter writes the new nodes.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_RAISECONTROLFLOW_H
#define GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_RAISECONTROLFLOW_H

#include "GraphFile.h"
#include "Variables.h"

namespace graph_compile::tensorflow {

/// What raising looks at: a graph that fits its ops' signatures, and what each
/// entry point runs of it, in which order.
struct FlatModel {
  mlir::MLIRContext *context;
  const NodeGraph &graph;
  const OpTable &table;
  const NodeOps &ops;
  llvm::ArrayRef<EntryPoint> entries;
  llvm::ArrayRef<FlowTree> flows;
  llvm::ArrayRef<References> references;
};

/// By position in an entry point's own flow graph: what is, or waits for, a
/// node of TF 1 control flow.
std::vector<bool> findAffected(const FlowTree &tree);

/// Whether a flow graph itself has a node of TF 1 control flow.
bool hasFlatControlFlow(const FlowGraph &flow);

/// Whether some entry point runs a node of TF 1 control flow.
bool hasFlatControlFlow(llvm::ArrayRef<FlowTree> flows);

/// Adds to `file` what replaces TF 1 control flow, and returns the graph and,
/// in `entries`, the entry points with it. The old nodes stay, but no entry
/// point runs them.
mlir::FailureOr<NodeGraph> raiseControlFlow(const FlatModel &model,
                                            GraphFile &file,
                                            std::vector<EntryPoint> &entries);

} // namespace graph_compile::tensorflow

#endif // GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_RAISECONTROLFLOW_H
