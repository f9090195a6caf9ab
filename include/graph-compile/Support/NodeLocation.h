//===- NodeLocation.h - where a node stands in its source ---------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_SUPPORT_NODELOCATION_H
#define GRAPH_COMPILE_SUPPORT_NODELOCATION_H

#include "mlir/IR/Location.h"
#include "llvm/ADT/SetVector.h"

#include <string>

namespace graph_compile {

/// Returns the location of the node `node` in `line` of `file`. A line of 0
/// means that the file has no lines (a binary graph).
mlir::Location makeNodeLocation(mlir::MLIRContext *context,
                                llvm::StringRef file, unsigned line,
                                llvm::StringRef node);

/// Returns the name of the first node in `location`, looking through fused and
/// call-site locations; empty if there is none.
llvm::StringRef getNodeName(mlir::Location location);

/// Adds the name of every node in `location` to `names`, in order. Fused
/// locations nest, but each names its own parts only.
void collectNodeNames(mlir::Location location,
                      llvm::SetVector<mlir::StringAttr> &names);

/// Returns the file and line of the first node in `location`; null if there is
/// none.
mlir::FileLineColLoc getFileLocation(mlir::Location location);

/// Returns `node "NAME"`, or `an unnamed node`: how messages speak of a node.
std::string describeNode(mlir::Location location);

} // namespace graph_compile

#endif // GRAPH_COMPILE_SUPPORT_NODELOCATION_H
