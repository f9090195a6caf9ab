//===- Import.h - TensorFlow graphs into the graph dialect ------*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_IMPORT_TENSORFLOW_IMPORT_H
#define GRAPH_COMPILE_IMPORT_TENSORFLOW_IMPORT_H

#include "graph-compile/Support/WarningOptions.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace graph_compile {

/// What one `--feed NAME[=2,-1,8]` says.
struct FeedFlag {
  /// The tensor: `node` or `node:1`.
  std::string tensor;
  /// -1 is an open dim; absent: the graph's own shape.
  std::optional<std::vector<int64_t>> shape;

  /// Returns nothing for a malformed flag. `x=` is a scalar.
  static std::optional<FeedFlag> parse(llvm::StringRef text);
};

struct ImportOptions {
  /// A folder is a SavedModel, a file a GraphDef: `.pbtxt` is text, any other
  /// name binary.
  std::string modelPath;
  /// The entry points, as docs describe config.json; empty: none. Then the
  /// three lists make up one entry point, `main`.
  std::string configPath;
  std::vector<FeedFlag> feeds;
  std::vector<std::string> fetches;
  std::vector<std::string> targets;
  /// Those of the entry points of a SavedModel, or of the configuration, to
  /// import; empty: all.
  std::vector<std::string> functions;
  /// The tags of the graph of a SavedModel to import; empty: `serve`, or the
  /// only one.
  std::vector<std::string> tags;

  WarningOptions warnings;
  /// Orders effects without a path between them as the program lists them. A
  /// node whose attribute `_graph_compile_auto_order` is false is left out.
  bool autoOrder = false;
};

/// Imports a model: a module of `graph.variable` and one `graph.func` per entry
/// point, in which every order that the source states is written as tokens.
/// Emits errors and warnings through the context's diagnostics; null after an
/// error.
mlir::OwningOpRef<mlir::ModuleOp>
importTensorFlow(mlir::MLIRContext &context, const ImportOptions &options);

/// Prints what orders the node `first` before the node `second`, or the other
/// way round, in each entry point: the shortest path of edges, or that there is
/// none, and what that means. Emits errors and warnings as importTensorFlow
/// does; builds nothing.
mlir::LogicalResult explainOrder(mlir::MLIRContext &context,
                                 const ImportOptions &options,
                                 llvm::StringRef first, llvm::StringRef second,
                                 llvm::raw_ostream &os);

/// Prints the ops that importTensorFlow knows, a line each: the title of each
/// family, and below it, indented by two, its ops by name, with their limits.
void printSupportedOps(llvm::raw_ostream &os);

} // namespace graph_compile

#endif // GRAPH_COMPILE_IMPORT_TENSORFLOW_IMPORT_H
