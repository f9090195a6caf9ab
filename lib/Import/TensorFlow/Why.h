//===- Why.h - what orders two nodes ----------------------------*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_WHY_H
#define GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_WHY_H

#include "Effects.h"

#include "llvm/Support/raw_ostream.h"

namespace graph_compile::tensorflow {

/// `--why A B`: two nodes, or calls, by name.
struct OrderQuestion {
  llvm::StringRef first;
  llvm::StringRef second;
};

/// What the answer looks at. The flow graphs hold every order that there is.
struct OrderedModel {
  mlir::MLIRContext *context;
  const NodeGraph &graph;
  const NodeOps &ops;
  const VariableTable &variables;
  /// The entry points, and what each of them runs.
  llvm::ArrayRef<EntryPoint> entries;
  llvm::ArrayRef<FlowTree> flows;
  llvm::ArrayRef<References> references;
  /// Whether --auto-order has added edges.
  bool autoOrder;
  /// Whether there is control flow of TensorFlow 1, of which some branches do
  /// not run. Then nothing has been ordered that the graph leaves open.
  bool isFlat;
};

/// Prints for each entry point the shortest path of edges that orders one of
/// the nodes before the other, or that there is none, and what that means. A
/// name that no node has is an error.
mlir::LogicalResult explainOrder(const OrderedModel &model,
                                 OrderQuestion question, llvm::raw_ostream &os);

} // namespace graph_compile::tensorflow

#endif // GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_WHY_H
