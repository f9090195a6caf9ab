//===- BinaryGraph.h - a GraphDef in protobuf's binary form -----*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_BINARYGRAPH_H
#define GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_BINARYGRAPH_H

#include "GraphFile.h"

namespace graph_compile::tensorflow {

/// Parses the GraphDef `bytes`, whose nodes may together have more bytes than a
/// protobuf message can. The contents of large tensors are not copied: `graph`
/// has one byte of them and `contents` knows where in `bytes` they are. Fails
/// if `bytes` is no GraphDef.
mlir::LogicalResult parseBinaryGraph(llvm::StringRef bytes,
                                     proto::GraphDef &graph,
                                     TensorContents &contents);

} // namespace graph_compile::tensorflow

#endif // GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_BINARYGRAPH_H
