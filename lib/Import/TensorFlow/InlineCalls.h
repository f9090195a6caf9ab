//===- InlineCalls.h - calls of functions become their nodes ----*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A call of a function of the graph's library (PartitionedCall,
// StatefulPartitionedCall, or a node whose op is the function) is replaced by
// the nodes of the function, so that what comes after sees one graph: order,
// races, shapes. The rules are those of TensorFlow's kernels of these calls:
//
// - Arguments and results become Identity nodes.
// - A call begins when all its inputs are there: so does every node of the
//   function.
// - What waits for the call waits for the nodes that the function says must
//   run (control_ret); of a call by the function's name, for its results.
//   What uses a result waits for that alone.
// - A call that runs, runs all that the function says must run.
//
// The functions of a conditional or loop become regions of that node, likewise.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_INLINECALLS_H
#define GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_INLINECALLS_H

#include "GraphFile.h"
#include "NodeGraph.h"
#include "OpTable.h"

namespace graph_compile::tensorflow {

/// Whether `node` runs functions that are not in place yet: a call of one that
/// the graph's library has, a conditional or a loop.
bool runsFunctions(const NodeGraph &graph, const Node &node);

/// Puts the nodes of functions in the place of the calls among `users`, and
/// beside the conditionals and loops among them; and those of the functions
/// that these functions use. `graph` refers to what is gone: build it again.
mlir::LogicalResult inlineFunctions(mlir::MLIRContext *context,
                                    const NodeGraph &graph,
                                    llvm::ArrayRef<NodeIndex> users,
                                    const OpTable &table, GraphFile &file);

} // namespace graph_compile::tensorflow

#endif // GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_INLINECALLS_H
