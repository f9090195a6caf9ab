//===- GraphOps.td - all ops of the graph dialect ----------*- tablegen -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// For the documentation; C++ is generated family by family.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_DIALECT_GRAPH_IR_GRAPHOPS_TD
#define GRAPH_COMPILE_DIALECT_GRAPH_IR_GRAPHOPS_TD

include "graph-compile/Dialect/Graph/IR/GraphStructureOps.td"
include "graph-compile/Dialect/Graph/IR/GraphControlOps.td"
include "graph-compile/Dialect/Graph/IR/GraphEffectOps.td"
include "graph-compile/Dialect/Graph/IR/GraphCheckOps.td"
include "graph-compile/Dialect/Graph/IR/GraphElementwiseOps.td"
include "graph-compile/Dialect/Graph/IR/GraphReductionOps.td"
include "graph-compile/Dialect/Graph/IR/GraphContractionOps.td"
include "graph-compile/Dialect/Graph/IR/GraphShapeOps.td"
include "graph-compile/Dialect/Graph/IR/GraphDataOps.td"
include "graph-compile/Dialect/Graph/IR/GraphConvolutionOps.td"
include "graph-compile/Dialect/Graph/IR/GraphNormOps.td"
include "graph-compile/Dialect/Graph/IR/GraphWindowOps.td"
include "graph-compile/Dialect/Graph/IR/GraphIndexOps.td"
include "graph-compile/Dialect/Graph/IR/GraphLinearAlgebraOps.td"
include "graph-compile/Dialect/Graph/IR/GraphScanOps.td"
include "graph-compile/Dialect/Graph/IR/GraphListOps.td"
include "graph-compile/Dialect/Graph/IR/GraphRandomOps.td"

#endif // GRAPH_COMPILE_DIALECT_GRAPH_IR_GRAPHOPS_TD
