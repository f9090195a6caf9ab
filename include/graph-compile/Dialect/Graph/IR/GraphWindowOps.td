//===- GraphWindowOps.td - pooling and its gradients -------*- tablegen -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_DIALECT_GRAPH_IR_GRAPHWINDOWOPS_TD
#define GRAPH_COMPILE_DIALECT_GRAPH_IR_GRAPHWINDOWOPS_TD

include "graph-compile/Dialect/Graph/IR/GraphOpBase.td"

#endif // GRAPH_COMPILE_DIALECT_GRAPH_IR_GRAPHWINDOWOPS_TD
