//===- EntryPoints.h - the entry points of a graph --------------*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_ENTRYPOINTS_H
#define GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_ENTRYPOINTS_H

#include "Config.h"
#include "NodeGraph.h"

namespace graph_compile::tensorflow {

/// A tensor that the caller gives; it takes the place of the node's output.
struct Feed {
  Endpoint tensor;
  std::string name;
  /// Dims, kDynamic where open; absent: the graph's own.
  std::optional<llvm::SmallVector<int64_t>> shape;
};

/// A tensor that the caller gets.
struct Fetch {
  Endpoint tensor;
  std::string name;
};

/// A function of the compiled model, in terms of the graph's nodes.
struct EntryPoint {
  std::string name;
  bool isInitializer = false;
  std::vector<Feed> feeds;
  std::vector<Fetch> fetches;
  /// Nodes that run for their effects.
  std::vector<NodeIndex> targets;
};

/// Looks up the names of a configuration, or takes a graph's _Arg and _Retval
/// nodes where it names no entry point. The initializer, if any, comes first.
mlir::FailureOr<std::vector<EntryPoint>>
resolveEntryPoints(mlir::MLIRContext *context, const NodeGraph &graph,
                   const Config &config);

} // namespace graph_compile::tensorflow

#endif // GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_ENTRYPOINTS_H
