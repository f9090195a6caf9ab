//===- Signatures.h - the entry points of a SavedModel ----------*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_SIGNATURES_H
#define GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_SIGNATURES_H

#include "Config.h"
#include "GraphFile.h"

namespace graph_compile::tensorflow {

namespace proto {
class MetaGraphDef;
} // namespace proto

/// Adds a function to `config` for each signature that the options ask for,
/// unless it has functions already, and the initializers: what TensorFlow runs
/// when it has loaded the model. Refuses what they need of assets and tables.
mlir::LogicalResult addSignatures(mlir::MLIRContext *context,
                                  const ImportOptions &options,
                                  const proto::MetaGraphDef &metaGraph,
                                  const GraphFile &file, Config &config);

} // namespace graph_compile::tensorflow

#endif // GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_SIGNATURES_H
