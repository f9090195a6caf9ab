//===- VariableUpdate.h - ops that change part of a variable ----*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The first and the last step of an op that writes rows, elements or a slice of
// the variable at its input 0: it reads the variable, and assigns what it has
// made of the value.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_VARIABLEUPDATE_H
#define GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_VARIABLEUPDATE_H

#include "NodeBuilder.h"

namespace graph_compile::tensorflow {

/// The value of the variable at input 0; an error and null unless the updates
/// at input `updates` are of its element type.
mlir::Value readUpdatedVariable(NodeBuilder &node, unsigned updates);

/// Ends a node: assigns `value` to the variable at input 0, and appends the
/// null results of outputs that are references. Null is an error that has been
/// emitted.
mlir::LogicalResult
assignUpdatedVariable(NodeBuilder &node, mlir::Value value,
                      llvm::SmallVectorImpl<mlir::Value> &results);

} // namespace graph_compile::tensorflow

#endif // GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_VARIABLEUPDATE_H
