//===- GraphFile.h - reading a GraphDef from a file -------------*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_GRAPHFILE_H
#define GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_GRAPHFILE_H

#include "mlir/IR/MLIRContext.h"
#include "mlir/Support/LLVM.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"

#include <memory>
#include <string>
#include <vector>

namespace graph_compile::tensorflow {

namespace proto {
class GraphDef;
class TensorProto;
} // namespace proto

/// Where the contents of large tensors are that a GraphDef itself does not
/// have.
using TensorContents =
    llvm::DenseMap<const proto::TensorProto *, llvm::StringRef>;

/// What a call of a function has become, by names of nodes.
struct InlinedCall {
  /// The node that gives each output of the call, its first.
  std::vector<std::string> outputs;
  /// All nodes of the call wait for this node; empty if they wait for nothing.
  std::string entrance;
  /// What waited for the call waits for this node.
  std::string done;
};

/// A body of a conditional or loop, in names: see NodeRegion.
struct RegionDef {
  std::string owner;
  std::vector<std::string> arguments;
  std::vector<std::string> results;
  std::vector<std::string> controlResults;
  std::string function;
  std::string prefix;
};

/// A GraphDef and where its nodes stand in the file.
struct GraphFile {
  std::string path;
  /// Shared with the constants of the module, which point into it, or into the
  /// mapped file, which lives as long.
  std::shared_ptr<proto::GraphDef> graph;
  /// Lives as long as the graph.
  const TensorContents *contents = nullptr;
  /// The same if contents have been added.
  TensorContents *ownContents = nullptr;
  /// The line of each node, and of those of the library's functions; empty for
  /// a binary file.
  std::vector<unsigned> lines;
  std::vector<std::vector<unsigned>> functionLines;
  /// The calls whose place other nodes have taken, by name.
  llvm::StringMap<InlinedCall> calls;
  /// The bodies of conditionals and loops; entry 0 stands for the graph
  /// itself. Empty while there is none.
  std::vector<RegionDef> regions;
  /// The region of each node, as an index into `regions`; empty while there is
  /// none.
  std::vector<uint32_t> regionOfNode;
  /// What messages call a node that has been made for another, by its name.
  llvm::StringMap<std::string> namesInMessages;

  /// Lets a tensor that has been added have contents elsewhere.
  void addContents(const proto::TensorProto *tensor, llvm::StringRef bytes);
};

/// Reads `path`: text if its name ends in `.pbtxt`, otherwise binary. Reports
/// what is wrong with the file at `path` itself.
mlir::FailureOr<GraphFile> readGraphFile(mlir::MLIRContext *context,
                                         llvm::StringRef path);

} // namespace graph_compile::tensorflow

#endif // GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_GRAPHFILE_H
