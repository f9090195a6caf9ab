//===- Config.h - which entry points the user asks for ----------*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_CONFIG_H
#define GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_CONFIG_H

#include "mlir/IR/MLIRContext.h"
#include "mlir/Support/LLVM.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace graph_compile {
struct ImportOptions;
} // namespace graph_compile

namespace graph_compile::tensorflow {

/// A tensor by the name of its node (`loss`, `split:1`), and the name that the
/// compiled program gives it.
struct TensorConfig {
  std::string tensor;
  std::string name;
  /// Of feeds; -1 is open; absent: the graph's own shape.
  std::optional<std::vector<int64_t>> shape;
};

struct FunctionConfig {
  std::string name;
  std::vector<TensorConfig> feeds;
  std::vector<TensorConfig> fetches;
  std::vector<std::string> targets;
};

/// Entry points as config.json or the flags name them; nothing is looked up
/// in the graph yet.
struct Config {
  /// The file that errors about the names are reported in.
  std::string file;
  /// The model's name; empty: none given.
  std::string modelName;
  std::vector<FunctionConfig> functions;
  /// Nodes that run once, when an instance is created.
  std::vector<std::string> initializers;
};

/// Reads a config.json, and reports what is wrong with it, or makes the
/// configuration that the flags ask for.
mlir::FailureOr<Config> readConfig(mlir::MLIRContext *context,
                                   const ImportOptions &options);

/// Whether the options ask for the entry point `name`: all, or some by name.
bool isPicked(const ImportOptions &options, llvm::StringRef name);

/// Reports names that the options ask for and that are not among `names`, all
/// entry points of `file`.
mlir::LogicalResult checkPickedFunctions(mlir::MLIRContext *context,
                                         const ImportOptions &options,
                                         llvm::StringRef file,
                                         llvm::ArrayRef<llvm::StringRef> names);

/// Leaves those entry points that the options ask for.
mlir::LogicalResult pickFunctions(mlir::MLIRContext *context,
                                  const ImportOptions &options, Config &config);

} // namespace graph_compile::tensorflow

#endif // GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_CONFIG_H
