//===- SavedVariables.h - what a checkpoint says of variables ---*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A SavedModel's graph contains the nodes that restore its variables from its
// checkpoint. They are not run but read: they say under which key each variable
// is saved.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_SAVEDVARIABLES_H
#define GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_SAVEDVARIABLES_H

#include "Checkpoint.h"

namespace graph_compile::tensorflow {

namespace proto {
class GraphDef;
} // namespace proto

/// What RestoreV2 reads for one variable.
struct SavedTensor {
  std::string key;
  /// Of a partitioned variable: the whole tensor's shape and this part of it.
  std::string slice;
};

/// Tensors by the names that the graph gives variables: `shared_name`, else the
/// node's.
using SavedTensors = llvm::StringMap<SavedTensor>;

/// Follows the nodes that the node `restore` runs, or those of the function
/// that it calls.
SavedTensors findSavedTensors(const proto::GraphDef &graph,
                              llvm::StringRef restore);

/// The variables of a model that has a checkpoint.
class SavedVariables {
public:
  /// A model without a checkpoint.
  SavedVariables() = default;

  /// Reads what the checkpoint at `prefix` says.
  static mlir::FailureOr<SavedVariables> open(mlir::MLIRContext *context,
                                              llvm::StringRef prefix,
                                              SavedTensors tensors);

  /// Whether the checkpoint has a value for the variable.
  bool contains(llvm::StringRef variable) const {
    return lookup(variable).has_value();
  }

  /// Returns the name that users know a variable by: its own where that is
  /// unique, else its key.
  std::string getName(llvm::StringRef variable) const;

  /// Returns the type and the value that the checkpoint has for a variable;
  /// null if it has none.
  mlir::FailureOr<mlir::RankedTensorType> getType(llvm::StringRef variable);
  mlir::FailureOr<mlir::ElementsAttr> read(llvm::StringRef variable);

private:
  mlir::LogicalResult readNames();
  /// Returns what the checkpoint has for a variable, if anything.
  std::optional<SavedTensor> lookup(llvm::StringRef variable) const;

  std::unique_ptr<Checkpoint> checkpoint;
  SavedTensors tensors;
  /// Of a TF 2 model: the names by key, and the keys by those names that are
  /// the variables' own.
  llvm::StringMap<std::string> names;
  llvm::StringMap<std::string> keys;
};

} // namespace graph_compile::tensorflow

#endif // GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_SAVEDVARIABLES_H
