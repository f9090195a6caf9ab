//===- FunctionBuilder.h - building one entry point -------------*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_FUNCTIONBUILDER_H
#define GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_FUNCTIONBUILDER_H

#include "ModelState.h"

#include "graph-compile/Dialect/Graph/IR/Graph.h"

#include "mlir/IR/Builders.h"

namespace graph_compile::tensorflow {

class BlockBuilder;

/// Builds the `graph.func` of one entry point.
class FunctionBuilder {
public:
  FunctionBuilder(ModelState &model, const EntryPoint &entry,
                  const FlowTree &flows, const References &references);

  /// Builds the function at the end of the module.
  mlir::LogicalResult build(mlir::ModuleOp module);

private:
  mlir::LogicalResult createFunction(mlir::ModuleOp module);
  mlir::FailureOr<mlir::RankedTensorType> getFeedTensorType(const Feed &feed);
  void finishFunction(BlockBuilder &body);

  ModelState &model;
  const EntryPoint &entry;
  const FlowGraph &flow;
  FunctionState state;
  mlir::OpBuilder builder;
  graph::FuncOp function;
};

} // namespace graph_compile::tensorflow

#endif // GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_FUNCTIONBUILDER_H
