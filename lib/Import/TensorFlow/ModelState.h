//===- ModelState.h - what the functions of one model share -----*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_MODELSTATE_H
#define GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_MODELSTATE_H

#include "Arrays.h"
#include "Constants.h"
#include "HiddenVariables.h"
#include "NodeBuilder.h"
#include "Queues.h"
#include "Variables.h"

namespace graph_compile::tensorflow {

/// The types of the model's variables. Where a variable's node says nothing of
/// its shape, not even the rank, its type is the narrowest that has what is
/// assigned. That is known when all functions are built, so they are built
/// again when a type has become wider.
class VariableTypes {
public:
  VariableTypes(mlir::MLIRContext *context, const NodeGraph &graph,
                const NodeOps &ops, const VariableTable &variables);

  /// The variable's type; null while it is not known.
  mlir::RankedTensorType get(VariableIndex variable) const {
    return types[variable];
  }
  /// Tells that a value of this type is assigned.
  void assign(VariableIndex variable, mlir::RankedTensorType value);
  /// Whether the variable's node says what its type is.
  bool isDeclared(VariableIndex variable) const { return declared[variable]; }
  /// Whether a type has become wider after something may have used it.
  bool haveWidened() const { return widened; }
  void startAgain() { widened = false; }
  /// The variable's element type; null if the dialect lacks it.
  mlir::Type getElementType(VariableIndex variable) const {
    return elementTypes[variable];
  }

private:
  std::vector<mlir::Type> elementTypes;
  std::vector<mlir::RankedTensorType> types;
  std::vector<bool> declared;
  bool widened = false;
};

/// What the functions of one model have in common.
struct ModelState {
  mlir::MLIRContext *context;
  const NodeGraph &graph;
  const OpTable &table;
  const NodeOps &ops;
  const VariableTable &variables;
  VariableTypes variableTypes;
  ConstantReader constants;
  HiddenVariables hiddenVariables;
  Queues queues;
};

/// What the blocks of one function have in common.
struct FunctionState {
  FunctionState(ModelState &model, const FlowTree &flows,
                const References &references)
      : model(model), flows(flows), references(references),
        stackUses(model.graph),
        hasArrayGradients(tensorflow::hasArrayGradients(model.graph)) {}

  ModelState &model;
  const FlowTree &flows;
  const References &references;
  /// The strings among the outputs.
  llvm::DenseMap<uint64_t, Text> texts;
  /// Inputs of reshaping nodes that those nodes read themselves (a shape that
  /// is a variable), by node and input.
  llvm::DenseMap<uint64_t, mlir::Value> pinnedInputs;
  /// The types that each loop carried when it was built last. A loop in a loop
  /// is built again and again; its types only ever become more open.
  llvm::DenseMap<NodeIndex, llvm::SmallVector<mlir::Type>> carriedTypes;
  /// What each stack holds where the block that is being built has come to.
  llvm::DenseMap<NodeIndex, mlir::Value> stacks;
  StackUses stackUses;
  bool hasArrayGradients;
};

} // namespace graph_compile::tensorflow

#endif // GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_MODELSTATE_H
