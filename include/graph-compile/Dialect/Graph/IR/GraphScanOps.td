//===- GraphScanOps.td - running sums, order ---------------*- tablegen -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_DIALECT_GRAPH_IR_GRAPHSCANOPS_TD
#define GRAPH_COMPILE_DIALECT_GRAPH_IR_GRAPHSCANOPS_TD

include "graph-compile/Dialect/Graph/IR/GraphOpBase.td"

#endif // GRAPH_COMPILE_DIALECT_GRAPH_IR_GRAPHSCANOPS_TD
