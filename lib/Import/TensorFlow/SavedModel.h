//===- SavedModel.h - reading a SavedModel folder ---------------*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A SavedModel is a folder: saved_model.pb has graphs with their signatures,
// variables/ a checkpoint. Here it becomes what a GraphDef with a configuration
// is, so that all that follows is the same, and the values of its variables.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_SAVEDMODEL_H
#define GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_SAVEDMODEL_H

#include "Config.h"
#include "GraphFile.h"
#include "SavedVariables.h"

namespace graph_compile::tensorflow {

/// One graph of a SavedModel.
struct SavedModel {
  GraphFile file;
  SavedVariables variables;
};

/// Whether `path` is a folder, or the file in it that makes it a SavedModel.
bool isSavedModel(llvm::StringRef path);

/// Reads the SavedModel at options.modelPath. Where `config` names no entry
/// points the signatures become some; the nodes that TensorFlow runs when it
/// loads the model become initializers.
mlir::FailureOr<SavedModel> readSavedModel(mlir::MLIRContext *context,
                                           const ImportOptions &options,
                                           Config &config);

} // namespace graph_compile::tensorflow

#endif // GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_SAVEDMODEL_H
