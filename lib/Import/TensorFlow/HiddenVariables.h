//===- HiddenVariables.h - state that nodes keep themselves -----*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Random ops of TensorFlow 1 remember how far they have come. What a node
// remembers is a hidden variable of the model, which all entry points that run
// the node share and which starts anew with each instance. Raising control flow
// writes a node anew for each entry point: the copies are one node, by its
// name.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_HIDDENVARIABLES_H
#define GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_HIDDENVARIABLES_H

#include "Variables.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "llvm/ADT/StringSet.h"

#include <map>

namespace graph_compile::tensorflow {

/// The hidden variables of a model.
class HiddenVariables {
public:
  explicit HiddenVariables(const VariableTable &variables);

  /// The name of the variable that `node` keeps as `role`, which starts as
  /// `initial`: always the same value for one node and role.
  llvm::StringRef get(const Node &node, llvm::StringRef role,
                      mlir::ElementsAttr initial);

  /// Declares them all, in the order of the nodes that asked first.
  void declare(mlir::OpBuilder &builder, const NodeGraph &graph) const;

private:
  struct Hidden {
    /// The first that asked for it.
    NodeIndex node = 0;
    std::string name;
    mlir::ElementsAttr initial;
  };

  /// By the name of the node and its role.
  std::map<std::pair<llvm::StringRef, std::string>, Hidden> hidden;
  /// Names that variables have.
  llvm::StringSet<> taken;
};

} // namespace graph_compile::tensorflow

#endif // GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_HIDDENVARIABLES_H
